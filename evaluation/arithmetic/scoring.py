"""From ratings to scores: up the tree of a contract, each stage rounded half-up where it is published.

F1 leaf: `score = hu(weight × rating / 100, 2)`.  F2 parent: `score = Σ children`, `rating = hu(score / weight × 100, 2)`,
never the average of the children's ratings.  F15: what could not be rated is left out of both sums, so that it
counts neither as zero nor as kept.  F3: the band shown.  Sources: 종로구시설관리공단 published score sheets (F1-F3),
2026 경영평가편람 p. 69 (F15).

Bonus and penalty are in none of these sums (evaluation/arithmetic/beside.py).  A task that another body leads has the rating that
task has in the contract of that body (docs/decisions/0005).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from contracts.terms.standing import met
from contracts.terms.tree import ROOT_WEIGHT, ContractTree, Kind, Measure, Method, Node
from evaluation.arithmetic.beside import points_of
from evaluation.arithmetic.combining import Combining
from evaluation.arithmetic.marks import Grade
from evaluation.arithmetic.outcomes import NotRated, Outcome, Points, Rating, Step
from evaluation.arithmetic.rating import rate
from office.decimals import half_up, plain
from office.i18n import N_

BANDS = (Decimal(90), Decimal(80), Decimal(70), Decimal(60))
LINKED_PLACES = 4
"""Decimal places of the points of a linked task that are available: as many as a weight may have."""
NO_LEADER = N_("주관 기관({lead})의 계약에 같은 협업과제가 없어 점수를 낼 수 없습니다")
NOT_YET = N_("주관 기관({lead})의 협업과제에 점수를 낼 수 있는 지표가 없습니다")


class Source(StrEnum):
    """Where an indicator's rating comes from."""

    QUANTITATIVE = "quantitative"
    EXPERT = "expert"
    BESIDE = "beside"
    SHOWN = "shown"


SOURCES = dict.fromkeys(Method, Source.QUANTITATIVE) | {
    Method.NINE_GRADE: Source.EXPERT,
    Method.BONUS: Source.BESIDE,
    Method.PENALTY: Source.BESIDE,
    Method.SHOWN: Source.SHOWN,
}
SCORED = (Source.QUANTITATIVE, Source.EXPERT)


@dataclass(frozen=True, slots=True)
class Rounding:
    """Decimal places by stage; a rating of `None` places stays exact until the score."""

    rating: int | None = None
    score: int = 2
    parent: int = 2


@dataclass(frozen=True, slots=True)
class ScoredNode:
    """A node with its score.

    `available` is the weight of the indicators below that could be rated; `rating` is out of 100 of what was
    available; both `score` and `rating` are `None` where nothing could be rated.  `outcome`, `source`,
    `met` and `measure` belong to indicators; `points` to bonuses (above zero) and penalties (below).  A task that
    another body leads has an `outcome` and names that body in `led_by`.
    """

    code: str
    title: str
    kind: Kind | None
    weight: Decimal
    available: Decimal
    score: Decimal | None
    rating: Decimal | None
    source: Source | None = None
    outcome: Outcome | Points | None = None
    met: bool | None = None
    measure: Measure | None = None
    children: tuple[ScoredNode, ...] = ()
    points: Decimal | None = None
    led_by: str = ""

    @property
    def band(self) -> int | None:
        """The band shown beside the rating (F3)."""
        return None if self.rating is None else band(self.rating)


def band(rating: Decimal) -> int:
    """F3: 1 from 90, 2 from 80, 3 from 70, 4 from 60, else 5."""
    return 1 + sum(rating < limit for limit in BANDS)


def score_tree(
    tree: ContractTree,
    *,
    year: int,
    grades: Mapping[str, Sequence[Grade | None]],
    sources: Collection[Source] = SCORED,
    rounding: Rounding | None = None,
    combining: Combining = Combining.TRIMMED,
    joint: Mapping[tuple[str, str], ScoredNode] | None = None,
) -> ScoredNode:
    """The whole contract scored; `grades` by indicator code; only indicators from `sources` count.

    The root has no code; its rating is F15: `hu(Σ score / Σ available weight × 100, 2)`.  `joint`: the joint tasks as
    they are scored where they are led, by agency code and task code, from the same sources.
    """
    stages = rounding or Rounding()

    def scored(node: Node) -> ScoredNode:
        if node.is_linked(tree.agency_code):
            lead = node.shares[0][0]
            return _linked(node, lead, (joint or {}).get((lead, node.code)), stages)
        if node.is_beside and node.measure is not None:
            return _beside(node, points_of(node.measure), stages)
        if node.kind is not Kind.INDICATOR:
            return _parent(
                node.code,
                node.title,
                node.kind,
                _weight(node),
                [scored(each) for each in node.children],
                stages,
            )
        outcome = rate(node, year=year, grades=grades.get(node.code, ()), combining=combining)
        return _leaf(node, outcome, sources, stages)

    return _parent("", tree.agency, None, ROOT_WEIGHT, [scored(node) for node in tree.children], stages)


def _leaf(node: Node, outcome: Outcome, sources: Collection[Source], rounding: Rounding) -> ScoredNode:
    measure = node.measure
    source = SOURCES[measure.method] if measure else Source.SHOWN
    reached = met(measure) if measure else None
    leaf = ScoredNode(
        code=node.code,
        title=node.title,
        kind=node.kind,
        weight=_weight(node),
        available=Decimal(0),
        score=None,
        rating=None,
        source=source,
        outcome=outcome,
        met=reached,
        measure=measure,
    )
    if source not in sources or not isinstance(outcome, Rating):
        return leaf
    rating = outcome.exact if rounding.rating is None else Fraction(half_up(outcome.exact, rounding.rating))
    score = half_up(Fraction(leaf.weight) * rating / 100, rounding.score)
    return replace(leaf, available=leaf.weight, score=score, rating=outcome.value)


def _beside(node: Node, outcome: Points | NotRated, rounding: Rounding) -> ScoredNode:
    """A bonus or a penalty: points of its own, nothing in the sums above it."""
    return ScoredNode(
        code=node.code,
        title=node.title,
        kind=node.kind,
        weight=_weight(node),
        available=Decimal(0),
        score=None,
        rating=None,
        source=Source.BESIDE,
        outcome=outcome,
        measure=node.measure,
        points=half_up(outcome.exact, rounding.score) if isinstance(outcome, Points) else None,
    )


def _linked(node: Node, lead: str, leading: ScoredNode | None, rounding: Rounding) -> ScoredNode:
    """A task that another body leads: its own points times the rating the task has there.

    As much of its points is available as is there: `weight × available / weight` of the leading task.
    """
    own = ScoredNode(node.code, node.title, node.kind, _weight(node), Decimal(0), None, None, led_by=lead)
    if leading is None:
        return replace(own, outcome=NotRated(NO_LEADER, {"lead": lead}))
    if leading.rating is None:
        return replace(own, outcome=NotRated(NOT_YET, {"lead": lead}))
    measured = Fraction(leading.available) / Fraction(leading.weight)
    available = half_up(Fraction(own.weight) * measured, LINKED_PLACES)
    score = half_up(Fraction(available) * Fraction(leading.rating) / 100, rounding.score)
    came = Step(N_("평점: 주관 기관의 계약에서 이 과제가 받은 평점"), lead, leading.rating)
    counted = Step(
        N_("점수를 낼 수 있는 배점"),
        f"{plain(own.weight)} × {plain(leading.available)} ÷ {plain(leading.weight)}",
        available,
    )
    return replace(
        own,
        available=available,
        score=score,
        rating=leading.rating,
        outcome=Rating(Fraction(leading.rating), (came, counted)),
    )


def _parent(
    code: str,
    title: str,
    kind: Kind | None,
    weight: Decimal,
    children: Sequence[ScoredNode],
    rounding: Rounding,
) -> ScoredNode:
    available = sum((child.available for child in children), Decimal(0))
    scores = [child.score for child in children if child.score is not None]
    if not available:
        return ScoredNode(code, title, kind, weight, available, None, None, children=tuple(children))
    score = sum(scores, Decimal(0))
    rating = half_up(Fraction(score) / Fraction(available) * 100, rounding.parent)
    return ScoredNode(code, title, kind, weight, available, score, rating, children=tuple(children))


def _weight(node: Node) -> Decimal:
    if node.weight is None:
        raise ValueError(f"the weight of {node.code} is blank")
    return node.weight
