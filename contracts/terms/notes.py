"""What is worth a second look in a contract that is being agreed on; nothing here keeps it from being handed in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from contracts.terms.tree import BESIDE, ContractTree, Direction, Measure, Method, Node, walk
from office.decimals import shown
from office.i18n import N_, translate
from office.particles import josa

PERCENT: Final = frozenset({"%", "％", "퍼센트"})
_LOWER = N_(
    "올해 목표 {target} 지난해 값 {last}보다 낮습니다. 클수록 좋은 지표로 적혀 있으니 지난해보다 못한 목표입니다. 좋아지는 방향이 맞습니까?"
)
_HIGHER = N_(
    "올해 목표 {target} 지난해 값 {last}보다 높습니다. 작을수록 좋은 지표로 적혀 있으니 지난해보다 못한 목표입니다. 좋아지는 방향이 맞습니까?"
)
_NO_SHARE = N_(
    "올해 목표 {target} 0%와 100% 사이의 값이 아닙니다. 그럴 수 있는 비율인지, 숫자를 잘못 적지 않았는지 보아 주십시오"
)
_AS_LAST_YEAR = N_(
    "약속 문장이 지난해 문장 그대로입니다. 올해에도 맞으면 이 과제를 열어 그대로 저장하고, 아니면 고쳐 주십시오"
)


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said of a node (`code`, `title`); `message` is Korean source text."""

    code: str
    title: str
    message: str
    values: tuple[tuple[str, str], ...] = ()

    def said(self) -> str:
        """The sentence for people, in the language of the request."""
        return translate(self.message, **dict(self.values))


def notes(tree: ContractTree, year: int, carried: Collection[str] = ()) -> tuple[Note, ...]:
    """Everything worth a second look, from the top down; `carried` are tasks that still promise last year's sentence."""
    return tuple(note for _, node in walk(tree) for note in notes_of(node, year, carried))


def notes_of(node: Node, year: int, carried: Collection[str] = ()) -> tuple[Note, ...]:
    """What is to be said of one node; nothing where a value is missing."""
    if node.promise and node.code in carried:
        return (Note(node.code, node.title, _AS_LAST_YEAR),)
    said = _of_target(node.measure, year) if node.measure else ()
    return tuple(Note(node.code, node.title, message, values) for message, values in said)


def _of_target(measure: Measure, year: int) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """A target that is worse than last year's value, but for grades and points beside; and one that no share can be.

    Some rates pass a hundred: one that did before is not asked about.
    """
    target, past = measure.target, dict(measure.history)
    if target is None:
        return
    said = josa(f"{shown(target)}{measure.unit}", "은")
    last = past.get(year - 1)
    if last is not None and measure.method not in {Method.NINE_GRADE} | BESIDE:
        up = measure.direction is Direction.UP
        if target < last if up else target > last:
            values = (("target", said), ("last", f"{shown(last)}{measure.unit}"))
            yield _LOWER if up else _HIGHER, values
    if measure.unit.strip() in PERCENT and not _is_share(target) and all(map(_is_share, past.values())):
        yield _NO_SHARE, (("target", said),)


def _is_share(value: Decimal) -> bool:
    return 0 <= value <= 100
