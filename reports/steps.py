"""Everything a page says about one indicator's score: the steps, the stages up to the total, and another figure tried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contracts.terms.tree import ContractTree, Node, indicators
from evaluation.arithmetic.branches import left_out, way_to
from evaluation.arithmetic.combining import COMBINING_NAMES, Combining
from evaluation.arithmetic.curve import UNRATED, outcome_of, with_actual
from evaluation.arithmetic.explaining import Explanation, Missing, Stage, explained, missing_of, stages_of
from evaluation.arithmetic.marks import POINTS, Grade, trimmed_positions
from evaluation.arithmetic.outcomes import Outcome, Points, Rating
from evaluation.arithmetic.scoring import SOURCES, Rounding, score_tree
from evaluation.figures import Strip
from office.decimals import half_up, number, plain
from office.errors import NotFound
from office.i18n import N_, translate
from reports.bundle import Bundle
from reports.ranking import AgencyResult
from reports.rulebook import Ingredient, Rulebook
from reports.scorebook import Scorebook

NO_SUCH = N_("이 계약에 그런 지표가 없습니다")
POINTS_RULE = N_("부문 점수를 소수 {n}자리로 사사오입합니다")
TOTAL_RULE = N_("부문 점수를 그대로 더합니다")
BESIDE_RULE = N_("가점과 감점을 평가규칙의 한도 안에서 더하고 뺍니다")


@dataclass(frozen=True, slots=True)
class Tried:
    """What another figure would come to; nothing of it is stored."""

    typed: str
    wrong: str = ""
    actual: Decimal | None = None
    outcome: Outcome | Points | None = None
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """One indicator's page."""

    node: Node
    explanation: Explanation
    stages: tuple[Stage, ...]
    missing: Missing | None
    tried: Tried | None
    rounding: Rounding
    combining: str
    strip: Strip | None

    @property
    def can_be_tried(self) -> bool:
        """Whether a figure moves the rating at all."""
        return self.explanation.measure.method not in UNRATED


def indicator_of(tree: ContractTree, code: str) -> Node:
    """The indicator an address means; `NotFound` for another code."""
    for node in indicators(tree):
        if node.code == code and node.measure is not None:
            return node
    raise NotFound(NO_SUCH)


def steps_in(rulebook: Rulebook, bundle: Bundle, agency: AgencyResult, code: str, typed: str) -> Steps:
    """How an indicator's score came about in a run, up to the agency's total."""
    tree = next(each for each in bundle.contracts if each.agency_code == agency.code)
    node = indicator_of(tree, code)
    grades = bundle.grades.get(agency.code, {}).get(code, ())
    outcome = outcome_of(node, year=bundle.year, grades=grades, combining=rulebook.combining)
    book = Scorebook(rulebook, bundle.contracts, bundle.year, bundle.grades)
    stages: tuple[Stage, ...] = ()
    missing = None
    part = next((each for each in rulebook.parts if _ingredient(node) in each.of), None)
    if part is not None:
        root = book.scored(tree, part.of)
        stages = stages_of(way_to(root, code), rulebook.rounding)
        missing = missing_of(root, left_out(root))
    if stages:
        stages = (*stages, *_up_to_the_total(rulebook, agency, part.id if part else ""))
    strip = _strip(node, outcome, grades, rulebook.combining)
    tried = _tried(node, bundle.year, rulebook.rounding, typed)
    combining = translate(COMBINING_NAMES[rulebook.combining])
    explanation = explained(node, outcome, bundle.year)
    return Steps(node, explanation, stages, missing, tried, rulebook.rounding, combining, strip)


def steps_so_far(tree: ContractTree, code: str, *, year: int, rulebook: Rulebook, typed: str) -> Steps:
    """How an indicator would be scored with the figures reported so far; experts' marks are nobody's yet."""
    node = indicator_of(tree, code)
    outcome = outcome_of(node, year=year, combining=rulebook.combining)
    root = score_tree(tree, year=year, grades={}, rounding=rulebook.rounding)
    stages = stages_of(way_to(root, code), rulebook.rounding)[:1]
    combining = translate(COMBINING_NAMES[rulebook.combining])
    tried = _tried(node, year, rulebook.rounding, typed)
    explanation = explained(node, outcome, year)
    return Steps(node, explanation, stages, None, tried, rulebook.rounding, combining, None)


def _ingredient(node: Node) -> Ingredient | None:
    source = SOURCES[node.measure.method].value if node.measure else ""
    return Ingredient(source) if source in set(Ingredient) else None


def _up_to_the_total(rulebook: Rulebook, agency: AgencyResult, part_id: str) -> list[Stage]:
    """The points of the part the indicator belongs to, then the total of all parts, bonus and penalty last."""
    stages = []
    part = next(each for each in agency.parts if each.id == part_id)
    if part.points is not None and part.rating is not None:
        title = translate(N_("{name} 점수: 배점 × 평점 ÷ 100"), name=translate(part.name))
        expression = f"{plain(part.weight)} × {part.rating} ÷ 100"
        stages.append(Stage(title, expression, part.points, POINTS_RULE, {"n": str(rulebook.points_places)}))
    if agency.total is None or any(each.points is None for each in agency.parts):
        return stages
    points = [each.points for each in agency.parts if each.points is not None]
    summed = " + ".join(f"{each}" for each in points)
    beside = agency.beside
    whole = sum(points, Decimal())
    stages.append(Stage(translate(N_("총점")), summed, whole, TOTAL_RULE, {}))
    if beside is not None:
        expression = f"{whole} + {beside.bonus_counted} − {beside.penalty_counted}"
        stages.append(
            Stage(translate(N_("가점과 감점을 더한 총점")), expression, agency.total, BESIDE_RULE, {})
        )
    return stages


def _strip(
    node: Node, outcome: Outcome | Points, grades: Sequence[Grade | None], rule: Combining
) -> Strip | None:
    marks = tuple(POINTS[grade] for grade in grades if grade is not None)
    if not marks:
        return None
    dropped = trimmed_positions(marks) if rule is Combining.TRIMMED else frozenset()
    return Strip(node.title, marks, dropped, outcome.exact if isinstance(outcome, Rating) else None)


def _tried(node: Node, year: int, rounding: Rounding, typed: str) -> Tried | None:
    """What the figure somebody typed would come to."""
    typed = typed.strip()
    if not typed or node.measure is None or node.measure.method in UNRATED:
        return None
    actual = number(typed)
    if actual is None:
        return Tried(typed, translate(N_("숫자가 아닙니다. 단위 없이 숫자만 적어 주십시오(예: 1,234.5)")))
    outcome = outcome_of(with_actual(node, actual), year=year)
    score = None
    if isinstance(outcome, Rating) and node.weight is not None:
        rating = outcome.exact
        if rounding.rating is not None:
            rating = Fraction(half_up(rating, rounding.rating))
        score = half_up(Fraction(node.weight) * rating / 100, rounding.score)
    return Tried(typed, actual=actual, outcome=outcome, score=score)
