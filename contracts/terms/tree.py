"""The contract as a tree of plain values: goals, tasks and indicators, weighted in points that add up to 100."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from office.decimals import plain
from office.i18n import N_, translate

ROOT_WEIGHT = Decimal(100)
UNIT = Decimal("0.01")
"""Blank weights are shared in hundredths of a point."""


class Kind(StrEnum):
    """What a node of the tree is."""

    GOAL = "goal"
    TASK = "task"
    INDICATOR = "indicator"


class Direction(StrEnum):
    """Whether more or less of the measured thing is better."""

    UP = "up"
    DOWN = "down"


class Method(StrEnum):
    """How an indicator becomes a rating (the national handbook's methods and four of other systems; docs/scoring.md).

    Bonus and penalty give points beside the hundred instead of a rating.
    """

    TARGET_RANGE = "target_range"
    TARGET_DEVIATION = "target_deviation"
    LONG_TERM = "long_term"
    TREND = "trend"
    BETA = "beta"
    TARGET_RATIO = "target_ratio"
    GLOBAL = "global"
    TIERED = "tiered"
    CRITERIA = "criteria"
    ALL_OR_NOTHING = "all_or_nothing"
    NINE_GRADE = "nine_grade"
    BONUS = "bonus"
    PENALTY = "penalty"
    SHOWN = "shown"


KIND_NAMES = {Kind.GOAL: N_("전략목표"), Kind.TASK: N_("과제"), Kind.INDICATOR: N_("지표")}
DIRECTION_NAMES = {Direction.UP: N_("상향"), Direction.DOWN: N_("하향")}
METHOD_NAMES = {
    Method.TARGET_RANGE: N_("목표부여"),
    Method.TARGET_DEVIATION: N_("목표부여(편차)"),
    Method.LONG_TERM: N_("중장기 목표부여"),
    Method.TREND: N_("추세치"),
    Method.BETA: N_("β-분포"),
    Method.TARGET_RATIO: N_("목표 대 실적"),
    Method.GLOBAL: N_("글로벌 실적비교"),
    Method.TIERED: N_("기본득점 구간"),
    Method.CRITERIA: N_("기준값(탁월~미흡)"),
    Method.ALL_OR_NOTHING: N_("모두 이루어야 득점"),
    Method.NINE_GRADE: N_("9등급 평정"),
    Method.BONUS: N_("가점"),
    Method.PENALTY: N_("감점"),
    Method.SHOWN: N_("참고(점수 없음)"),
}
BESIDE = frozenset({Method.BONUS, Method.PENALTY})
"""What is added to or taken from the total: such an indicator weighs 0."""

Shares = tuple[tuple[str, Decimal], ...]
"""Who has a part in a task that several bodies keep together: agency code and per cent, the leading body first."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What an indicator measures and what was measured: its definition sheet.

    `history` ascends by year; `settings` are those of the method (contracts/terms/methods.py), by name; `supplied_by` brings
    the figure and `checked_by` checks it.
    """

    direction: Direction
    method: Method
    unit: str = ""
    definition: str = ""
    baseline: Decimal | None = None
    history: tuple[tuple[int, Decimal], ...] = ()
    target: Decimal | None = None
    actual: Decimal | None = None
    settings: tuple[tuple[str, str], ...] = ()
    source: str = ""
    formula: str = ""
    supplied_by: str = ""
    checked_by: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One goal, task or indicator; `weight` in points, `None` while it is still blank.

    `shares` belong to a task that several bodies keep together (협업과제, contracts/terms/joint.py).
    """

    code: str
    title: str
    kind: Kind
    weight: Decimal | None
    promise: str = ""
    result: str = ""
    on_ballot: bool = False
    measure: Measure | None = None
    children: tuple[Node, ...] = ()
    shares: Shares = ()

    @property
    def is_beside(self) -> bool:
        """Whether this indicator gives bonus or penalty points, and so weighs 0."""
        return self.measure is not None and self.measure.method in BESIDE

    def is_linked(self, agency_code: str) -> bool:
        """Whether, in the contract of this agency, the task is one that another body leads and is measured by."""
        return bool(self.shares) and self.shares[0][0] != agency_code


@dataclass(frozen=True, slots=True)
class HeadContract:
    """What the head of an agency promised for themselves (contracts/terms/head.py); the head is named by the office only.

    `tasks` are measured (목표 대 실적) or graded by experts, their weight counts among their like; `since` is the first day
    in office and `leadership` what was done, both reported later.
    """

    tasks: tuple[Node, ...]
    since: date
    leadership: str = ""


@dataclass(frozen=True, slots=True)
class ContractTree:
    """Everything one agency promised for one cycle, and what its head promised beside it."""

    agency_code: str
    agency: str
    agency_kind: str = ""
    children: tuple[Node, ...] = ()
    head: HeadContract | None = None


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A node whose points are not the sum of the points below it; an empty path is the whole contract."""

    path: tuple[str, ...]
    code: str
    stated: Decimal
    summed: Decimal

    @property
    def message(self) -> str:
        """The Korean sentence with its named fields still open."""
        if not self.path:
            return N_("과제 배점의 합이 {stated}점이어야 하는데 {summed}점입니다")
        return N_("{path}: 배점은 {stated}점인데 아래 항목의 합은 {summed}점입니다")

    @property
    def values(self) -> dict[str, str]:
        """What goes into the named fields."""
        return {"path": " › ".join(self.path), "stated": plain(self.stated), "summed": plain(self.summed)}

    def said(self) -> str:
        """The sentence for people, in the language of the request."""
        return translate(self.message, **self.values)


def walk(tree: ContractTree) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every node with the titles that lead to it (its own last), from the top down, in the order of the contract."""

    def below(path: tuple[str, ...], nodes: tuple[Node, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
        for node in nodes:
            here = (*path, node.title)
            yield here, node
            yield from below(here, node.children)

    return below((), tree.children)


def tasks(tree: ContractTree) -> tuple[Node, ...]:
    """The tasks of a contract in its order."""
    return tuple(node for _, node in walk(tree) if node.kind is Kind.TASK)


def indicators(tree: ContractTree) -> tuple[Node, ...]:
    """The indicators of a contract in its order."""
    return tuple(node for _, node in walk(tree) if node.kind is Kind.INDICATOR)


def unbalanced(tree: ContractTree) -> tuple[Imbalance, ...]:
    """Every node whose children do not add up to its points, the root (100) first.

    A goal or task with nothing below it weighs 0: a promise that only stands on the ballot.  A task that another body
    leads has its points without anything below: it is measured in that body's contract.
    Blank weights are filled before this is asked (`with_blank_weights_filled`); `ValueError` otherwise.
    """
    found = []
    total = sum((_points(node) for node in tree.children), Decimal())
    if total != ROOT_WEIGHT:
        found.append(Imbalance((), "", ROOT_WEIGHT, total))
    for path, node in walk(tree):
        if node.kind is Kind.INDICATOR or node.is_linked(tree.agency_code):
            continue
        summed = sum((_points(child) for child in node.children), Decimal())
        if summed != _points(node):
            found.append(Imbalance(path, node.code, _points(node), summed))
    return tuple(found)


def _points(node: Node) -> Decimal:
    if node.weight is None:
        raise ValueError(f"the weight of {node.code} is blank")
    return node.weight


def largest_remainder(total: Decimal, parts: Sequence[Decimal], unit: Decimal = UNIT) -> tuple[Decimal, ...]:
    """Share `total` in proportion to `parts`, in whole units, so that the shares add up to it exactly.

    Every share is cut to the unit; the units left over go to the largest cut-off remainders, the earlier of equals
    first (Hare-Niemeyer).  `ValueError` where `total` is no multiple of the unit, or no part is positive.
    """
    whole = Fraction(sum(parts, Decimal()))
    units = Fraction(total) / Fraction(unit)
    if any(part < 0 for part in parts) or whole <= 0 or units.denominator != 1 or units < 0:
        raise ValueError("nothing to share by")
    quotas = [units * Fraction(part) / whole for part in parts]
    shares = [quota.numerator // quota.denominator for quota in quotas]
    left_over = int(units) - sum(shares)
    by_remainder = sorted(range(len(parts)), key=lambda i: (shares[i] - quotas[i], i))
    for i in by_remainder[:left_over]:
        shares[i] += 1
    return tuple(share * unit for share in shares)


def equal_shares(total: Decimal, n: int, unit: Decimal = UNIT) -> tuple[Decimal, ...]:
    """`total` in `n` parts that differ by at most one unit and add up exactly; the larger ones come first."""
    return largest_remainder(total, [Decimal(1)] * n, unit) if n else ()


def with_blank_weights_filled(tree: ContractTree) -> ContractTree:
    """Fill in weights that were left blank.

    All blank: the indicators share 100 points equally and what is above them is their sum (0 without indicators).
    A node left blank above weighted children is their sum; children all left blank below a weighted node share it
    equally.  Some blank among weighted brothers: they weigh 0 where nothing is below them, otherwise the blank stays
    for the caller to refuse.  Bonus and penalty weigh 0 and share nothing.
    """
    tree = replace(tree, children=tuple(_beside_at_zero(node) for node in tree.children))
    summed = tuple(_summed(node) for node in tree.children)
    if all(node.weight is None for _, node in walk(tree) if not node.is_beside):
        sharing = [node for node in indicators(tree) if not node.is_beside]
        shares = iter(equal_shares(ROOT_WEIGHT, len(sharing)))
        summed = tuple(_summed(_dealt(node, shares)) for node in tree.children)
    return replace(tree, children=tuple(_shared(node) for node in summed))


def _beside_at_zero(node: Node) -> Node:
    if node.is_beside and node.weight is None:
        return replace(node, weight=Decimal())
    return replace(node, children=tuple(_beside_at_zero(child) for child in node.children))


def _dealt(node: Node, shares: Iterator[Decimal]) -> Node:
    """The branch with the next shares given to its indicators."""
    if node.is_beside:
        return node
    if node.kind is Kind.INDICATOR:
        return replace(node, weight=next(shares))
    return replace(node, children=tuple(_dealt(child, shares) for child in node.children))


def _summed(node: Node) -> Node:
    """The branch with every blank node above fully weighted children made their sum."""
    if node.kind is Kind.INDICATOR:
        return node
    children = tuple(_summed(child) for child in node.children)
    weights = [child.weight for child in children if child.weight is not None]
    weight = node.weight
    if weight is None and len(weights) == len(children):
        weight = sum(weights, Decimal())
    return replace(node, weight=weight, children=children)


def _shared(node: Node) -> Node:
    """The branch with children that are all blank sharing their parent's points."""
    children = node.children
    sharing = [child for child in children if not child.is_beside]
    if sharing and node.weight is not None and all(child.weight is None for child in sharing):
        shares = iter(equal_shares(node.weight, len(sharing)))
        children = tuple(
            child if child.is_beside else replace(child, weight=next(shares)) for child in children
        )
    return replace(node, children=tuple(_shared(child) for child in children))
