"""The result of an agency's head (F14): leadership, the head's own contract in two halves, and the agency's total.

Points of a part: `hu(weight × rating ÷ 100)`, its rating the mean of its tasks by their weights.  A task without a figure, or
with fewer than three marks, leaves the mean; a part without any rating is handled as the rulebook says of missing parts.
Source: 2026년도 공공기관 경영평가편람 pp. 77-86.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contracts.terms import head as terms
from contracts.terms.tree import ContractTree, Direction, Measure, Node
from evaluation.arithmetic.combining import expert_rating
from evaluation.arithmetic.criteria import head_contract
from evaluation.arithmetic.marks import Grade
from evaluation.arithmetic.outcomes import NO_ACTUAL, NotRated, Outcome, Rating, short, step
from office.decimals import half_up, plain
from office.i18n import N_, translate
from reports.rulebook import TOTAL, HeadRule, MissingPart, Rulebook

LEADERSHIP, QUANTITATIVE, QUALITATIVE, AGENCY = "leadership", "quantitative", "qualitative", "agency"
PART_NAMES = {
    LEADERSHIP: N_("리더십"),
    QUANTITATIVE: N_("숫자로 재는 과제"),
    QUALITATIVE: N_("평정하는 과제"),
    AGENCY: N_("기관의 총점"),
}
GRADE_NAMES = (N_("우수"), N_("보통"), N_("미흡"), N_("아주 미흡"))
TOO_SHORT = N_("재임 기간이 {months}개월로 {least}개월에 못 미쳐 평가하지 않습니다")
NO_PART = N_("{part}: 점수를 낼 수 없습니다")
NO_TOTAL = N_("기관의 총점이 없습니다")
Marks = Mapping[str, Sequence[Grade | None]]


@dataclass(frozen=True, slots=True)
class HeadLine:
    """One task of a part, with its rating in per cent or why there is none."""

    code: str
    title: str
    weight: Decimal
    outcome: Outcome

    @property
    def rating(self) -> Decimal | None:
        """The rating as published."""
        return self.outcome.value if isinstance(self.outcome, Rating) else None


@dataclass(frozen=True, slots=True)
class HeadPart:
    """One part of a head's result; without points there is a reason (Korean source text)."""

    id: str
    weight: Decimal
    lines: tuple[HeadLine, ...]
    expression: str
    points: Decimal | None
    reason: str = ""

    @property
    def name(self) -> str:
        """What the part is called (Korean source text)."""
        return PART_NAMES[self.id]


@dataclass(frozen=True, slots=True)
class HeadResult:
    """What came out for a head, named by their office; `total` and `grade` are `None` where `reason` says why.

    `expression` is the division where parts are missing and the others were made 100.
    """

    months: int
    parts: tuple[HeadPart, ...]
    total: Decimal | None
    grade: str | None
    reason: str = ""
    values: tuple[tuple[str, str], ...] = ()
    expression: str = ""

    def said(self) -> str:
        """Why there is no total, in the language of the request."""
        return self._said(None)

    def said_in_korean(self) -> str:
        """The sentence as it is stored."""
        return self._said("ko")

    def _said(self, language: str | None) -> str:
        values = {name: translate(value, language) for name, value in self.values}
        return translate(self.reason, language, **values) if self.reason else ""


def head_result(
    rulebook: Rulebook, tree: ContractTree, marks: Marks, agency_total: Decimal | None, year: int
) -> HeadResult | None:
    """The result of the head of one agency; `None` where the head has no contract or the rulebook judges no head."""
    rule = rulebook.head
    if tree.head is None or not rule.judges:
        return None
    months = terms.months_in_office(tree.head.since, year)
    if months < rule.least_months:
        values = (("months", str(months)), ("least", str(rule.least_months)))
        return HeadResult(months, (), None, None, TOO_SHORT, values)
    judged = terms.judged(tree)
    by_part = (
        (LEADERSHIP, rule.leadership, [_graded(node, marks, rulebook) for node in judged[-1:]]),
        (QUANTITATIVE, rule.quantitative, [_measured(node) for node in terms.measured(tree.head)]),
        (QUALITATIVE, rule.qualitative, [_graded(node, marks, rulebook) for node in judged[:-1]]),
    )
    parts = [
        *(_part(name, weight, lines, rulebook) for name, weight, lines in by_part if weight),
        *([_agency(rule, agency_total, rulebook)] if rule.agency else []),
    ]
    return _summed(rulebook, months, tuple(parts))


def agency_points(rulebook: Rulebook, total: Decimal | None) -> Decimal | None:
    """F14: the agency's part, `weight × total ÷ 100`, within 0 and the weight."""
    if total is None or not rulebook.head.agency:
        return None
    within = min(max(total, Decimal()), TOTAL)
    return half_up(Fraction(rulebook.head.agency) * Fraction(within) / 100, rulebook.points_places)


def _graded(node: Node, marks: Marks, rulebook: Rulebook) -> HeadLine:
    given = expert_rating(marks.get(node.code, ()), rulebook.combining)
    return HeadLine(node.code, node.title, node.weight or Decimal(1), given)


def _measured(node: Node) -> HeadLine:
    measure = node.measure
    far = terms.attained(measure.direction, measure.target, measure.actual) if measure else None
    outcome: Outcome = NotRated(NO_ACTUAL)
    if far is not None and measure is not None:
        outcome = Rating(far, (step(N_("달성률(백분율, 100까지)"), _ratio(measure), far),))
    return HeadLine(node.code, node.title, node.weight or Decimal(1), outcome)


def _ratio(measure: Measure) -> str:
    actual, target = plain(measure.actual or Decimal()), plain(measure.target or Decimal())
    rises = measure.direction is Direction.UP
    return f"{actual} ÷ {target} × 100" if rises else f"{target} ÷ {actual} × 100"


def _part(name: str, weight: Decimal, lines: Sequence[HeadLine], rulebook: Rulebook) -> HeadPart:
    rated = [(line, line.outcome.exact) for line in lines if isinstance(line.outcome, Rating)]
    if not rated:
        return HeadPart(name, weight, tuple(lines), "", None, NO_PART)
    weights = [line.weight for line, _ in rated]
    exact = head_contract([far for _, far in rated], weight, weights)
    plainly = len(set(weights)) == 1
    terms_ = [short(far) if plainly else f"{plain(line.weight)} × {short(far)}" for line, far in rated]
    over = str(len(rated)) if plainly else plain(sum(weights, Decimal()))
    mean = terms_[0] if len(rated) == 1 else f"({' + '.join(terms_)}) ÷ {over}"
    expression = f"{plain(weight)} × {mean} ÷ 100"
    return HeadPart(name, weight, tuple(lines), expression, half_up(exact, rulebook.points_places))


def _agency(rule: HeadRule, total: Decimal | None, rulebook: Rulebook) -> HeadPart:
    points = agency_points(rulebook, total)
    if points is None or total is None:
        return HeadPart(AGENCY, rule.agency, (), "", None, NO_TOTAL)
    within = min(max(total, Decimal()), TOTAL)
    return HeadPart(AGENCY, rule.agency, (), f"{plain(rule.agency)} × {plain(within)} ÷ 100", points)


def _summed(rulebook: Rulebook, months: int, parts: tuple[HeadPart, ...]) -> HeadResult:
    missing = [part for part in parts if part.points is None]
    points = sum((part.points for part in parts if part.points is not None), Decimal())
    if missing and (rulebook.missing_part is MissingPart.UNRANKED or len(missing) == len(parts)):
        return HeadResult(months, parts, None, None, NO_PART, (("part", missing[0].name),))
    total, expression = points, ""
    if missing:
        available = TOTAL - sum((part.weight for part in missing), Decimal())
        total = half_up(Fraction(points) / Fraction(available) * 100, rulebook.points_places)
        expression = f"{plain(points)} ÷ {plain(available)} × 100"
    place = next((n for n, low in enumerate(rulebook.head.grades) if total >= low), len(GRADE_NAMES) - 1)
    return HeadResult(months, parts, total, GRADE_NAMES[place], expression=expression)
