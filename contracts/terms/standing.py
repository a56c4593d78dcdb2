"""How a contract is going: which indicators have their figure, which reached their target, and what to show first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal

from contracts.terms.doubt import Doubt
from contracts.terms.tree import (
    BESIDE,
    ContractTree,
    Direction,
    Kind,
    Measure,
    Method,
    Node,
    indicators,
    tasks,
)
from office.decimals import half_up
from office.i18n import N_, translate


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts over the indicators of one or more contracts.

    Graded ones have no figure to wait for, and bonus and penalty need not have one (`UNCOUNTED`).
    """

    tasks: int
    indicators: int
    measured: int
    reported: int
    with_target: int
    met: int
    missed: int
    doubted: int = 0
    """Targets whose figure the check doubts (contracts/terms/doubt.py): counted neither as met nor as missed."""
    linked: int = 0
    """Of the tasks those that another body leads: its contract has them, too."""

    @property
    def promised(self) -> int:
        """The tasks of several contracts, a joint one counted once: at the body that leads it."""
        return self.tasks - self.linked

    @property
    def judged(self) -> int:
        """Targets with a figure, whatever is said of it."""
        return self.met + self.missed + self.doubted

    @property
    def unknown(self) -> int:
        """Targets without a figure yet."""
        return self.with_target - self.judged

    def doubting(self, reached: bool | None) -> Standing:
        """The same counts where a figure counted as met or missed is doubted; one without a verdict changes nothing."""
        if reached is None:
            return self
        return replace(
            self, met=self.met - reached, missed=self.missed - (not reached), doubted=self.doubted + 1
        )

    @property
    def state(self) -> str:
        """`waiting` without any figure, `met` when every target is reached, otherwise `reported`."""
        if not self.reported:
            return "waiting"
        return "met" if self.met and self.met == self.with_target else "reported"

    def said(self) -> str:
        """The state in words, in the language of the request; while figures are missing, how many there are."""
        if self.state == "reported" and self.reported < self.measured:
            return translate(N_("{n}/{all} 보고"), n=self.reported, all=self.measured)
        return translate(STATE_NAMES[self.state])


@dataclass(frozen=True, slots=True)
class Way:
    """From where an indicator started to where it should be, in the words and figures of a promise bar.

    The actual figure is cut to what a bar can show; the tree has it in full.
    """

    title: str
    unit: str
    direction: Direction
    start: Decimal | None
    start_label: str
    actual: Decimal | None
    actual_label: str
    target: Decimal | None
    target_label: str
    differs: str = ""
    """What is to be said instead of how far it is, where the check doubts the figure."""
    outcome: bool | None = None
    """Whether the promise was kept, once the year is over; nothing while a figure may still change, or none is known."""


UNCOUNTED = BESIDE | {Method.NINE_GRADE}
STATE_NAMES = {
    "waiting": N_("실적 보고 전"),
    "reported": N_("실적 보고 마침"),
    "met": N_("목표를 모두 이룸"),
}


def met(measure: Measure) -> bool | None:
    """Whether the target was reached (equal counts); `None` without a target or an actual figure."""
    if measure.target is None or measure.actual is None:
        return None
    if measure.direction is Direction.UP:
        return measure.actual >= measure.target
    return measure.actual <= measure.target


def kept(measure: Measure, *, doubted: bool) -> bool | None:
    """Whether a promise is called kept or failed; neither (`None`) while nothing is known, or the check doubts its figure."""
    return None if doubted else met(measure)


def standing_of(trees: Iterable[ContractTree], doubted: Collection[str] = ()) -> Standing:
    """The counts of some contracts together; `doubted` are codes whose figure the check of one contract doubts."""
    trees = list(trees)
    found = [(node.code, node.measure) for tree in trees for node in indicators(tree) if node.measure]
    measures = [measure for _, measure in found]
    outcomes = [met(measure) for measure in measures]
    counted = Standing(
        tasks=sum(len(tasks(tree)) for tree in trees),
        indicators=len(measures),
        measured=sum(measure.method not in UNCOUNTED for measure in measures),
        reported=sum(measure.actual is not None and measure.method not in UNCOUNTED for measure in measures),
        with_target=sum(measure.target is not None for measure in measures),
        met=outcomes.count(True),
        missed=outcomes.count(False),
        linked=sum(task.is_linked(tree.agency_code) for tree in trees for task in tasks(tree)),
    )
    for code, measure in found:
        if code in doubted:
            counted = counted.doubting(met(measure))
    return counted


def together(standings: Iterable[Standing]) -> Standing:
    """The counts of several contracts added up."""
    total = {field.name: 0 for field in fields(Standing)}
    for standing in standings:
        for name in total:
            total[name] += getattr(standing, name)
    return Standing(**total)


def way_of(node: Node, year: int, doubt: Doubt | None = None, *, over: bool = False) -> Way | None:
    """The promise bar of an indicator, with what is doubted of it; it starts at the baseline, else at the last year's figure.

    Of a year that is `over` the figure is an outcome, kept or not; until then it is how far the promise has come.

    `None` where there is neither a target nor an actual figure to show.
    """
    measure = node.measure
    if measure is None or (measure.target is None and measure.actual is None):
        return None
    start, label = measure.baseline, translate(N_("기준"))
    past = [(each, value) for each, value in measure.history if each < year]
    if start is None and past:
        start, label = past[-1][1], translate(N_("{year}년"), year=past[-1][0])
    return Way(
        node.title,
        measure.unit,
        measure.direction,
        _short(start),
        label,
        _short(measure.actual, measure.target),
        translate(N_("{year}년 실적"), year=year) if over else translate(N_("지금")),
        measure.target,
        translate(N_("{year}년 목표"), year=year),
        doubt.said(measure.unit) if doubt else "",
        kept(measure, doubted=doubt is not None) if over else None,
    )


def _short(value: Decimal | None, target: Decimal | None = None) -> Decimal | None:
    """Two decimal places, four where the figure is under one; in full where that would put it across its target."""
    if value is None:
        return None
    short = half_up(value, 2 if abs(value) >= 1 else 4)
    crosses = target is not None and (
        (value < target) != (short < target) or (value > target) != (short > target)
    )
    return value if crosses else short


def lead_indicator(task: Node) -> Node | None:
    """The indicator that says most about a task: with a target before one without, then by points, then by order."""
    found = [node for node in _below(task) if node.kind is Kind.INDICATOR and node.measure]
    return max(found, key=_weighty, default=None)


def lead_task(tree: ContractTree) -> Node | None:
    """The task a contract is introduced by: with a promise sentence, then with a measured lead, then by points."""
    return max(
        tasks(tree),
        key=lambda task: (
            bool(task.promise),
            (lead := lead_indicator(task)) is not None and _weighty(lead)[0],
            task.weight or Decimal(),
        ),
        default=None,
    )


def _weighty(node: Node) -> tuple[bool, Decimal]:
    return (node.measure is not None and node.measure.target is not None, node.weight or Decimal())


def _below(node: Node) -> Iterable[Node]:
    for child in node.children:
        yield child
        yield from _below(child)
