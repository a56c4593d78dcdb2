"""A published evaluation as a tree: every item with the weight, rating and score that were printed for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the evaluation as printed; figures are `None` where nothing was printed for it."""

    row: int
    name: str
    method: str = ""
    weight: Decimal | None = None
    rating: Decimal | None = None
    score: Decimal | None = None
    children: tuple[Item, ...] = ()

    @property
    def weighed(self) -> Decimal | None:
        """Its printed weight, else the sum below it."""
        return self.weight if self.weight is not None else added(child.weighed for child in self.children)

    @property
    def scored(self) -> Decimal | None:
        """Its printed score, else the sum below it."""
        return self.score if self.score is not None else added(child.scored for child in self.children)


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """A published evaluation.

    `total` is the printed total of the items, `split` the same total parted in another way (quantitative and
    qualitative), `bonus` points beside the hundred, `summary` what the sheet builds out of the total.
    """

    year: int | None
    items: tuple[Item, ...]
    total: Item | None
    split: tuple[Item, ...] = ()
    bonus: tuple[Item, ...] = ()
    summary: tuple[Item, ...] = ()


def added(values: Iterator[Decimal | None] | Sequence[Decimal | None]) -> Decimal | None:
    """The sum, or nothing where a part of it is missing or there is no part."""
    known = list(values)
    whole = [value for value in known if value is not None]
    return sum(whole, Decimal()) if known and len(whole) == len(known) else None


def walk(items: Sequence[Item]) -> Iterator[Item]:
    """All items, each before those below it."""
    for item in items:
        yield item
        yield from walk(item.children)
