"""What somebody asks of the list of contracts, and which lines answer it, in the order asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from contracts.public.survey import Line, Survey
from office.i18n import N_

WITHOUT_GOAL = "-"
"""How an address names the tasks that stand under no goal."""

SORTS = {
    "": N_("올라온 순서"),
    "name": N_("기관 이름 순"),
    "best": N_("목표를 많이 이룬 순"),
    "least": N_("목표를 적게 이룬 순"),
    "promises": N_("약속이 많은 순"),
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """Words, filters and order; blank ones ask for nothing."""

    q: str = ""
    kind: str = ""
    state: str = ""
    field: str = ""
    sort: str = ""

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.q.strip() or self.kind or self.state or self.field)


def answers(survey: Survey, question: Question, speaking: Collection[int] | None) -> list[Line]:
    """The lines that fit; `speaking` are the contracts that hold the words, `None` where no words are asked for."""
    goal = "" if question.field == WITHOUT_GOAL else question.field
    found = [
        line
        for line in survey.lines
        if (speaking is None or line.contract_id in speaking)
        and (not question.kind or line.kind == question.kind)
        and (not question.state or line.standing.state == question.state)
        and (not question.field or survey.has_field(line.contract_id, goal))
    ]
    return _sorted(found, question.sort)


def _sorted(lines: list[Line], sort: str) -> list[Line]:
    orders: dict[str, Callable[[Line], Any]] = {
        "name": lambda line: line.agency,
        "best": lambda line: _share(line, -1),
        "least": lambda line: _share(line, 1),
        "promises": lambda line: -line.standing.tasks,
    }
    return sorted(lines, key=orders[sort]) if sort in orders else lines


def _share(line: Line, sign: int) -> tuple[bool, Fraction]:
    """The share of reached targets; those that have reported nothing stand at the end either way."""
    standing = line.standing
    return standing.judged == 0, sign * Fraction(standing.met, standing.with_target or 1)


def page_of(items: Sequence[T], number: int, size: int) -> tuple[Sequence[T], int, int]:
    """The items of a page, its number brought within what there is, and how many pages there are."""
    pages = max(1, -(-len(items) // size))
    number = min(max(number, 1), pages)
    return items[(number - 1) * size : number * size], number, pages


def kinds_of(lines: Iterable[Line]) -> list[str]:
    """The kinds of bodies there are."""
    return sorted({line.kind for line in lines if line.kind})
