"""The result as a pure function of rulebook and bundle: points by part, totals, ranks.

Stages: indicator ratings and scores (`evaluation.arithmetic.scoring`), the rating of a part, its points
`hu(weight × rating / 100)`, the total as their sum, the rank on the published total (F34, method min: 1, 2, 2, 4).
Votes to points (F19): an agency's votes are the mean of its tasks on the ballot; their share of the best agency's
mean (or of the voters, where the rulebook says so) times the citizens' weight.  What is missing is never zero.

Joint tasks: rated once, where they are led, and their votes credited by shares (reports/crediting.py).  Bonus and
penalty come last, on the total, under the rulebook's ceiling; ratings do not change by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from contracts.terms.standing import standing_of
from contracts.terms.tree import ContractTree
from evaluation.arithmetic.beside import Beside
from evaluation.arithmetic.scoring import ScoredNode
from office.decimals import half_up
from office.i18n import N_, translate
from reports.beside import beside_of, with_points
from reports.bundle import Bundle, refuse_contradictions
from reports.crediting import ALONE, Credit, Option, credits_of, mean_votes
from reports.doubts import Doubted, doubted_in, without_verdicts
from reports.heads import HeadResult, agency_points, head_result
from reports.rulebook import TOTAL, Conversion, MissingPart, Part, Rulebook
from reports.scorebook import Scorebook

NO_RATING = N_("점수를 매길 수 있는 지표가 없습니다")
NO_OPTION = N_("투표에 오른 과제가 없습니다")
NO_VOTES = N_("표를 받은 과제가 없습니다")
MEAN_PLACES = 2


@dataclass(frozen=True, slots=True)
class PartPoints:
    """One part of an agency's total; `rating` is out of 100; without points there is a reason (Korean source text)."""

    id: str
    name: str
    weight: Decimal
    points: Decimal | None
    rating: Decimal | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AgencyResult:
    """What came out for one agency; without a rank there is a reason.

    `options` are the tasks whose votes it has a part in, `joint` those of them whose votes it shares; `beside` is there
    where the contract has a bonus or a penalty; `head_points` is what the total is worth in the result of its head, and `head`
    that result where the head has a contract of their own; `doubted` are the figures that the check could not call right:
    they score as they were reported, and are neither among the `met` nor the `missed`; `with_target` are all that have one, as contracts count them.
    """

    code: str
    name: str
    kind: str
    parts: tuple[PartPoints, ...]
    total: Decimal | None
    rank: int | None
    tied: bool
    reason: str
    tree: ScoredNode
    met: int
    missed: int
    without_verdict: int
    options: tuple[Option, ...]
    mean_votes: Decimal | None
    beside: Beside | None = None
    joint: tuple[Credit, ...] = ()
    head_points: Decimal | None = None
    head: HeadResult | None = None
    doubted: tuple[Doubted, ...] = ()
    with_target: int = 0

    @property
    def apart(self) -> int:
        """Indicators with a target whose figure is doubted: neither met nor missed."""
        return sum(each.judged for each in self.doubted)

    def said(self) -> str:
        """Why there is no rank, in the language of the request."""
        return translate(self.reason) if self.reason else ""


@dataclass(frozen=True, slots=True)
class Result:
    """All agencies, ranked first by rank, unranked last, equals by code."""

    cycle: str
    year: int
    agencies: tuple[AgencyResult, ...]
    voters: int
    parts: tuple[Part, ...]
    simulated: tuple[str, ...]
    people: int | None = None

    @property
    def turned_out(self) -> int:
        """How many people voted; `voters` is what their ballots weigh."""
        return self.voters if self.people is None else self.people

    @property
    def ranked(self) -> tuple[AgencyResult, ...]:
        """The agencies that have a rank."""
        return tuple(agency for agency in self.agencies if agency.rank is not None)

    @property
    def best_total(self) -> Decimal | None:
        """The highest total."""
        return max((agency.total for agency in self.ranked if agency.total is not None), default=None)

    @property
    def mean_total(self) -> Decimal | None:
        """The mean of the totals of ranked agencies, as published."""
        totals = [agency.total for agency in self.ranked if agency.total is not None]
        return half_up(sum(map(Fraction, totals), Fraction()) / len(totals), MEAN_PLACES) if totals else None

    def agency(self, code: str) -> AgencyResult:
        """One agency's result; `KeyError` for a code that is not in it."""
        found = {agency.code: agency for agency in self.agencies}
        return found[code]


def evaluate(rulebook: Rulebook, bundle: Bundle) -> Result:
    """The result; the order of anything in the bundle is irrelevant.  `ValueError` for a bundle that contradicts itself."""
    refuse_contradictions(bundle)
    credits = credits_of(bundle.contracts, bundle.options)
    means = [mean for each in credits.values() if (mean := mean_votes(each)) is not None]
    best = max(means, default=Fraction())
    whole = Fraction(bundle.voters) if rulebook.conversion is Conversion.SHARE_OF_VOTERS else best
    book = Scorebook(rulebook, bundle.contracts, bundle.year, bundle.grades)
    results = [
        _agency(rulebook, bundle, book, tree, credits[tree.agency_code], whole) for tree in bundle.contracts
    ]
    return Result(
        bundle.cycle,
        bundle.year,
        _ranked(rulebook, results),
        bundle.voters,
        rulebook.parts,
        bundle.simulated,
        bundle.people,
    )


def _agency(
    rulebook: Rulebook,
    bundle: Bundle,
    book: Scorebook,
    tree: ContractTree,
    credits: Sequence[Credit],
    whole: Fraction,
) -> AgencyResult:
    mean = mean_votes(credits)
    parts = tuple(
        _citizens(rulebook, part, mean, whole)
        if part.by_citizens
        else _performance(rulebook, part, book.scored(tree, part.of))
        for part in rulebook.parts
    )
    doubts = bundle.doubts.get(tree.agency_code, {})
    scored = book.scored(tree, [each for part in rulebook.parts for each in part.of])
    shown = without_verdicts(scored, doubts)
    verdicts = [leaf.met for leaf in _leaves(shown) if leaf.code not in doubts]
    total, reason = _total(rulebook, parts)
    beside = beside_of(rulebook, shown)
    if total is not None and beside is not None:
        total = with_points(rulebook, total, beside)
    return AgencyResult(
        code=tree.agency_code,
        name=tree.agency,
        kind=tree.agency_kind,
        parts=parts,
        total=total,
        rank=None,
        tied=False,
        reason=reason,
        tree=shown,
        met=verdicts.count(True),
        missed=verdicts.count(False),
        without_verdict=verdicts.count(None),
        options=tuple(credit.option for credit in credits),
        mean_votes=None if mean is None else half_up(mean, MEAN_PLACES),
        beside=beside,
        joint=tuple(credit for credit in credits if credit.share != ALONE),
        head_points=agency_points(rulebook, total),
        head=head_result(rulebook, tree, bundle.grades.get(tree.agency_code, {}), total, bundle.year),
        doubted=doubted_in(tree, doubts),
        with_target=standing_of([tree]).with_target,
    )


def _performance(rulebook: Rulebook, part: Part, root: ScoredNode) -> PartPoints:
    if root.rating is None:
        return PartPoints(part.id, part.name, part.weight, None, None, NO_RATING)
    points = half_up(Fraction(part.weight) * Fraction(root.rating) / 100, rulebook.points_places)
    return PartPoints(part.id, part.name, part.weight, points, root.rating)


def _citizens(rulebook: Rulebook, part: Part, mean: Fraction | None, whole: Fraction) -> PartPoints:
    if mean is None or not whole:
        return PartPoints(
            part.id, part.name, part.weight, None, None, NO_OPTION if mean is None else NO_VOTES
        )
    share = mean / whole
    points = half_up(Fraction(part.weight) * share, rulebook.points_places)
    return PartPoints(part.id, part.name, part.weight, points, half_up(share * 100, rulebook.rounding.parent))


def _total(rulebook: Rulebook, parts: Sequence[PartPoints]) -> tuple[Decimal | None, str]:
    missing = [part for part in parts if part.points is None]
    points = sum((part.points for part in parts if part.points is not None), Decimal())
    if not missing:
        return points, ""
    if rulebook.missing_part is MissingPart.UNRANKED or len(missing) == len(parts):
        return None, missing[0].reason
    available = TOTAL - sum((part.weight for part in missing), Decimal())
    return half_up(Fraction(points) / Fraction(available) * 100, rulebook.points_places), ""


def _ranked(rulebook: Rulebook, results: Sequence[AgencyResult]) -> tuple[AgencyResult, ...]:
    """Ranks by published total, then by the part the tie rule names; equals share the better rank."""

    def merit(agency: AgencyResult) -> tuple[Decimal, Decimal]:
        breaker = [part.points for part in agency.parts if part.id == rulebook.tie]
        return agency.total or Decimal(), (breaker[0] if breaker else None) or Decimal()

    merits = [merit(agency) for agency in results if agency.total is not None]
    ranked = [
        agency
        if agency.total is None
        else replace(
            agency,
            rank=1 + sum(other > merit(agency) for other in merits),
            tied=merits.count(merit(agency)) > 1,
        )
        for agency in results
    ]
    return tuple(sorted(ranked, key=lambda agency: (agency.rank is None, agency.rank or 0, agency.code)))


def _leaves(node: ScoredNode) -> list[ScoredNode]:
    return [node] if node.source is not None else [leaf for child in node.children for leaf in _leaves(child)]
