"""The demonstration's figures at other times: the year before, and the middle of the year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from contracts.terms.tree import ContractTree, Kind, Measure, Node

LAST, THIS, NEXT = 2025, 2026, 2027
TWO_YEARS = 2
SEOUL_TIME = timedelta(hours=9)
_WHOLE = Decimal(1)


def today() -> date:
    """The day in Seoul."""
    return (datetime.now(UTC) + SEOUL_TIME).date()


def a_year_before(trees: Sequence[ContractTree]) -> tuple[ContractTree, ...]:
    """The same tasks a year earlier: what this year's contracts name as last year's value is what was reported then."""
    return tuple(_each(tree, _a_year_before) for tree in trees)


def _a_year_before(node: Node) -> Node:
    if node.kind is Kind.TASK:
        return _in_last_words(node)
    measure = node.measure
    if measure is None or len(measure.history) < TWO_YEARS:
        return node
    (first, a), (_, b) = measure.history[:2]
    *_, (_, y), (last, z) = measure.history
    if last != LAST:
        raise ValueError(f"{node.code} has no figure of {LAST}")
    earlier = ((first - 1, max(Decimal(), a - (b - a))), *measure.history[:-1])
    # Every other target was reached to the point, the others were a fifth of the way too high.
    goal = z if sum(map(ord, node.code)) % 2 else _as_whole(z + (z - y) / 5, z)
    baseline, target = measure.baseline and y, measure.target and goal
    return replace(
        node, measure=replace(measure, history=earlier, baseline=baseline, target=target, actual=z)
    )


def _in_last_words(task: Node) -> Node:
    """Promise and result of a year ago are told by the first figure with a target; a joint task has them where it is led."""
    for node in task.children:
        measure = node.measure
        if measure and measure.history and measure.target is not None:
            (_, before), unit = measure.history[-1], measure.unit
            promise = (
                f"{node.title}: 한 해 전 {before}{unit}에서 올해는 {measure.target}{unit}까지 나아갑니다."
            )
            return replace(
                task, promise=promise, result=f"{node.title}: 한 해 실적은 {measure.actual}{unit}입니다."
            )
    return replace(task, result="한 해 실적은 주관 기관의 계약에 있습니다.")


def in_the_middle(trees: Sequence[ContractTree]) -> tuple[ContractTree, ...]:
    """What had been reached by the middle of the year: half the way from last year's figure; nothing told in words."""
    return tuple(_each(tree, _in_the_middle) for tree in trees)


def _in_the_middle(node: Node) -> Node:
    measure = node.measure
    if measure is None:
        return replace(node, result="")
    return replace(node, measure=replace(measure, actual=_half_way(measure)))


def _half_way(measure: Measure) -> Decimal | None:
    if measure.actual is None or not measure.history:
        return None
    before = measure.history[-1][1]
    return _as_whole((before + measure.actual) / 2, before)


def _as_whole(value: Decimal, like: Decimal) -> Decimal:
    """A value as precise as another: who counts places has no half of one."""
    return value.quantize(_WHOLE.scaleb(int(like.as_tuple().exponent)), rounding=ROUND_HALF_UP)


def _each(tree: ContractTree, change: Callable[[Node], Node]) -> ContractTree:
    def below(node: Node) -> Node:
        return change(replace(node, children=tuple(map(below, node.children))))

    return replace(tree, children=tuple(map(below, tree.children)))
