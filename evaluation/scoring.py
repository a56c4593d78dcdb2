"""From ratings to scores: up the tree of a contract, each stage rounded half-up where it is published.

F1 leaf: `score = hu(weight × rating / 100, 2)`.  F2 parent: `score = Σ children`, `rating = hu(score / weight × 100, 2)`,
never the average of the children's ratings.  F15: what could not be rated is left out of both sums, so that it
counts neither as zero nor as kept.  F3: the band shown.  Sources: 종로구시설관리공단 published score sheets (F1-F3),
2026 경영평가편람 p. 69 (F15).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from contracts.standing import met
from contracts.tree import ROOT_WEIGHT, ContractTree, Kind, Measure, Method, Node
from evaluation.marks import Grade
from evaluation.outcomes import Outcome, Rating
from evaluation.rating import rate
from office.decimals import half_up

BANDS = (Decimal(90), Decimal(80), Decimal(70), Decimal(60))


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
    `met` and `measure` belong to indicators.
    """

    code: str
    title: str
    kind: Kind | None
    weight: Decimal
    available: Decimal
    score: Decimal | None
    rating: Decimal | None
    source: Source | None = None
    outcome: Outcome | None = None
    met: bool | None = None
    measure: Measure | None = None
    children: tuple[ScoredNode, ...] = ()

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
) -> ScoredNode:
    """The whole contract scored; `grades` by indicator code; only indicators from `sources` count.

    The root has no code; its rating is F15: `hu(Σ score / Σ available weight × 100, 2)`.
    """
    stages = rounding or Rounding()

    def scored(node: Node) -> ScoredNode:
        if node.kind is not Kind.INDICATOR:
            return _parent(
                node.code,
                node.title,
                node.kind,
                _weight(node),
                [scored(each) for each in node.children],
                stages,
            )
        outcome = rate(node, year=year, grades=grades.get(node.code, ()))
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
