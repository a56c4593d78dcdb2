"""What a contract still lacks before it can be handed in: every gap by the node that has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from contracts.terms.joint import wrong_task
from contracts.terms.methods import SETTINGS, disorders
from contracts.terms.points import unbalanced
from contracts.terms.tree import BESIDE, ROOT_WEIGHT, ContractTree, Kind, Measure, Method, Node, walk
from office.decimals import plain
from office.i18n import N_, translate

YEARS_NEEDED = {
    Method.TARGET_RANGE: 2,
    Method.TARGET_DEVIATION: 3,
    Method.LONG_TERM: 1,
    Method.TREND: 3,
    Method.BETA: 3,
    Method.TIERED: 2,
}
"""Years before this one, without a gap, that a method cannot do without (편람 pp. 43-52)."""
UNFIGURED = frozenset({Method.NINE_GRADE, *BESIDE})
"""Methods whose sheet may do without unit and formula."""
TARGET_NEEDED = frozenset(Method) - {Method.NINE_GRADE, Method.SHOWN, *BESIDE}
"""Methods about figures: a promise of a figure says which."""
_SENTENCES = (
    ("definition", N_("무엇을 재는지(정의)를 적어 주십시오")),
    ("source", N_("자료 출처를 적어 주십시오")),
    ("supplied_by", N_("자료를 내는 곳을 적어 주십시오")),
    ("checked_by", N_("자료를 확인하는 곳을 적어 주십시오")),
)
_OF_FIGURES = (
    ("unit", N_("단위를 적어 주십시오")),
    ("formula", N_("산식을 적어 주십시오")),
)

_UNEVEN = N_("배점은 {stated}점인데 아래 항목의 합은 {summed}점입니다")


def needed_fields(measure: Measure, year: int) -> frozenset[str]:
    """The fields of a definition sheet that have to be filled in before the contract of `year` can be handed in."""
    names = {name for name, _ in (*_SENTENCES, *(() if measure.method in UNFIGURED else _OF_FIGURES))}
    names |= {"target"} if measure.method in TARGET_NEEDED else set()
    names |= {f"history-{each}" for each in range(year - YEARS_NEEDED.get(measure.method, 0), year)}
    return frozenset(names | {each.name for each in SETTINGS[measure.method] if each.required})


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing at a node (`code` empty: the whole contract); `message` is Korean source text."""

    code: str
    title: str
    message: str
    values: tuple[tuple[str, str], ...] = ()

    def said(self) -> str:
        """The sentence for people, in the language of the request."""
        return translate(self.message, **dict(self.values))


@dataclass(frozen=True, slots=True)
class Sum:
    """The points right below a node (or below the whole contract) against the points it has; blank ones count nothing."""

    stated: Decimal | None
    summed: Decimal
    blank: int

    @property
    def left(self) -> Decimal | None:
        """Points still to be given; below zero where too many were."""
        return None if self.stated is None else self.stated - self.summed

    @property
    def even(self) -> bool:
        """Whether the points add up and none is blank."""
        return self.left == 0 and not self.blank

    def said(self) -> str:
        """The running sum in words, in the language of the request."""
        values = {"summed": plain(self.summed)}
        if self.stated is None or self.left is None:
            return translate(N_("아래 항목의 합 {summed}점. 이 항목의 배점이 아직 비어 있습니다"), **values)
        values |= {"stated": plain(self.stated), "left": plain(abs(self.left))}
        if self.left > 0:
            said = N_("아래 항목의 합 {summed} / {stated}점, {left}점이 남았습니다")
        elif self.left < 0:
            said = N_("아래 항목의 합 {summed} / {stated}점, {left}점이 넘칩니다")
        elif self.blank:
            said = N_("아래 항목의 합 {summed} / {stated}점, 배점이 빈 항목이 있습니다")
        else:
            said = N_("아래 항목의 합 {summed} / {stated}점, 꼭 맞습니다")
        return translate(said, **values)


def sum_below(node: Node | ContractTree) -> Sum:
    """The running sum right below a node or the whole contract."""
    stated = ROOT_WEIGHT if isinstance(node, ContractTree) else node.weight
    weights = [child.weight for child in node.children]
    given = [weight for weight in weights if weight is not None]
    return Sum(stated, sum(given, Decimal()), len(weights) - len(given))


def gaps(tree: ContractTree, year: int) -> tuple[Gap, ...]:
    """Everything to be filled in or mended before the contract of `year` can be handed in, from the top down."""
    if not tree.children:
        return tuple(_of_the_whole(tree))
    return (*_of_the_whole(tree), *weight_gaps(tree), *_of_nodes(tree, year))


def weight_gaps(tree: ContractTree) -> tuple[Gap, ...]:
    """Blank points, and points that do not add up."""
    blank = [
        Gap(node.code, node.title, N_("배점을 적어 주십시오"))
        for _, node in walk(tree)
        if node.weight is None
    ]
    return (*blank, *uneven_gaps(tree))


def uneven_gaps(tree: ContractTree) -> tuple[Gap, ...]:
    """Points that do not add up, the whole contract first; blank ones count nothing."""
    return tuple(
        Gap(
            each.code,
            each.path[-1] if each.path else "",
            _UNEVEN if each.path else each.message,
            tuple(each.values.items()),
        )
        for each in unbalanced(_blank_as_zero(tree))
    )


def _blank_as_zero(tree: ContractTree) -> ContractTree:
    def filled(node: Node) -> Node:
        weight = Decimal() if node.weight is None else node.weight
        return replace(node, weight=weight, children=tuple(map(filled, node.children)))

    return replace(tree, children=tuple(map(filled, tree.children)))


def _of_the_whole(tree: ContractTree) -> Iterator[Gap]:
    kinds = {node.kind for _, node in walk(tree)}
    if Kind.TASK not in kinds:
        yield Gap("", "", N_("과제를 하나 이상 적어 주십시오"))
    elif Kind.INDICATOR not in kinds:
        yield Gap("", "", N_("과제 아래에 지표를 하나 이상 적어 주십시오"))


def _of_nodes(tree: ContractTree, year: int) -> Iterator[Gap]:
    for _, node in walk(tree):
        if node.kind is Kind.GOAL and not node.children:
            yield Gap(node.code, node.title, N_("목표 아래에 과제를 하나 이상 적어 주십시오"))
        if node.kind is Kind.TASK and node.on_ballot and not node.promise:
            said = N_("도민이 투표하는 과제입니다. 약속 문장을 적어 주십시오")
            yield Gap(node.code, node.title, said)
        if wrong := wrong_task(tree.agency_code, node):
            yield Gap(node.code, node.title, wrong, (("code", tree.agency_code),))
        if node.measure:
            for message, values in _of_measure(node.measure, year):
                yield Gap(node.code, node.title, message, values)


def _of_measure(measure: Measure, year: int) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    for name, said in (*_SENTENCES, *(() if measure.method in UNFIGURED else _OF_FIGURES)):
        if not getattr(measure, name):
            yield said, ()
    if measure.method in TARGET_NEEDED and measure.target is None:
        yield N_("목표를 적어 주십시오"), ()
    needed = YEARS_NEEDED.get(measure.method, 0)
    past = dict(measure.history)
    missing = [str(each) for each in range(year - needed, year) if each not in past]
    if missing:
        years = ", ".join(missing)
        yield N_("이 방법에는 지난 값이 있어야 합니다. 비어 있는 해: {years}"), (("years", years),)
    for _, wrong in disorders(measure.direction, measure.settings):
        yield wrong.message, tuple(wrong.values.items())
    known = dict(measure.settings)
    for setting in SETTINGS[measure.method]:
        if setting.required and setting.name not in known:
            yield (
                N_("점수 매기는 방법의 '{label}' 칸을 적어 주십시오"),
                (("label", translate(setting.label)),),
            )
