"""The contract as a tree of plain values: goals, tasks and indicators, weighted in points that add up to 100."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from office.i18n import N_

ROOT_WEIGHT = Decimal(100)


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
