"""What is worth a second look in a contract that is being agreed on; nothing here keeps it from being handed in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from contracts.terms.tree import BESIDE, ContractTree, Direction, Method, Node, indicators
from office.decimals import shown
from office.i18n import N_, translate
from office.particles import josa

_LOWER = N_("올해 목표 {target} 지난해 값 {last}보다 낮습니다")
_HIGHER = N_("올해 목표 {target} 지난해 값 {last}보다 높습니다")


@dataclass(frozen=True, slots=True)
class Note:
    """An indicator (`code`, `title`) whose target asks for less than last year's value."""

    code: str
    title: str
    target: Decimal
    last: Decimal
    unit: str

    def said(self) -> str:
        """The sentence for people, in the language of the request."""
        target, last = (f"{shown(value)}{self.unit}" for value in (self.target, self.last))
        said = _LOWER if self.target < self.last else _HIGHER
        return translate(said, target=josa(target, "은"), last=last)


def notes(tree: ContractTree, year: int) -> tuple[Note, ...]:
    """Every target of `year` that is worse than the value of the year before, from the top down."""
    return tuple(note for node in indicators(tree) if (note := note_of(node, year)))


def note_of(node: Node, year: int) -> Note | None:
    """What is to be said of one indicator; `None` where a value is missing, and for grades and points beside."""
    measure = node.measure
    if measure is None or measure.method in {Method.NINE_GRADE} | BESIDE:
        return None
    target, last = measure.target, dict(measure.history).get(year - 1)
    if target is None or last is None:
        return None
    worse = target < last if measure.direction is Direction.UP else target > last
    return Note(node.code, node.title, target, last, measure.unit) if worse else None
