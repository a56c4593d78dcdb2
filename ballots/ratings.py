"""Rating the agencies: beside the choice of tasks, one question of one to five points for every agency.

A rating is encrypted, proven and summed like everything else on the ballot; it changes no rank.  Where fewer than ten
people can have rated an agency, its distribution and mean are not shown.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import Election, RatedAgency
from ballots.protocol.records import Question
from contracts.model import Agency, ContractState, Cycle
from contracts.reading import contracts_of
from office.decimals import half_up
from office.errors import Conflict
from office.i18n import N_

# These stand in the election record on the public board, in one language: it is written once for everybody.
ANSWERS = ("1점", "2점", "3점", "4점", "5점")
QUESTION = "{agency}: 약속을 얼마나 잘 지켰습니까?"
MOST_RATED = 199
"""The election record holds at most 200 questions, and the choice of tasks is the first."""
DISCLOSED_FROM = 10
"""Raters from whom on an agency's distribution and mean are shown (threshold of the breakdowns by group)."""


@dataclass(frozen=True, slots=True)
class AgencyRating:
    """What the panel thinks of one agency.

    `raters` is the weight of those who rated it: people, unless some weigh more.  `counts` (from 1 point to 5) and
    `mean` are None where too few rated it.
    """

    agency_code: str
    agency: str
    counts: tuple[int, ...] | None
    raters: int
    mean: Fraction | None


def rating_of(
    agency_code: str, agency: str, totals: Sequence[int], *, largest_weight: int = 1
) -> AgencyRating:
    """An agency's rating from the opened totals, from 1 point to 5.

    Only sums are known.  So many voters of `largest_weight` each are the fewest people a sum can come from, and these
    are what the threshold asks about.
    """
    raters = sum(totals)
    fewest_people = -(-raters // largest_weight)
    if fewest_people < DISCLOSED_FROM:
        return AgencyRating(agency_code, agency, None, raters, None)
    points = sum(point * count for point, count in enumerate(totals, start=1))
    return AgencyRating(agency_code, agency, tuple(totals), raters, Fraction(points, raters))


def mean_text(mean: Fraction) -> str:
    """A mean as it is published: half-up to two places."""
    return str(half_up(mean, 2))


def in_order(ratings: Sequence[AgencyRating]) -> list[tuple[int | None, AgencyRating]]:
    """(place, rating), the highest published mean first; equal means share a place, and who has none stands last."""
    means = [half_up(rating.mean, 2) for rating in ratings if rating.mean is not None]

    def place(rating: AgencyRating) -> int | None:
        return None if rating.mean is None else 1 + sum(m > half_up(rating.mean, 2) for m in means)

    # A stable sort: within a place the order of the ballot stays.
    return sorted(((place(one), one) for one in ratings), key=lambda pair: pair[0] or len(ratings) + 1)


def rating_questions(rated: Sequence[RatedAgency]) -> list[Question]:
    """The questions after the choice of tasks; agencies of one name carry their code, so that no two read alike."""
    names = Counter(one.agency for one in rated)
    return [
        Question(
            answers=ANSWERS,
            min=0,
            max=1,
            question=QUESTION.format(
                agency=one.agency if names[one.agency] == 1 else f"{one.agency}({one.agency_code})"
            ),
        )
        for one in rated
    ]


async def rated_of(session: AsyncSession, election: Election) -> list[RatedAgency]:
    """The agencies that are rated, in the order of their questions."""
    query = select(RatedAgency).where(col(RatedAgency.election_id) == election.id)
    return list(await session.exec(query.order_by(col(RatedAgency.position))))


async def agencies_to_rate(session: AsyncSession, cycle: Cycle) -> list[Agency]:
    """The agencies with a published contract, in the order of the contracts."""
    return [
        agency
        for contract, agency in await contracts_of(session, cycle)
        if contract.state is ContractState.PUBLISHED
    ]


async def refresh_rated(session: AsyncSession, election: Election, cycle: Cycle) -> list[RatedAgency]:
    """Read the agencies with a published contract once more; none where the vote asks for no ratings."""
    await session.exec(delete(RatedAgency).where(col(RatedAgency.election_id) == election.id))
    if not election.ratings:
        return []
    agencies = await agencies_to_rate(session, cycle)
    if len(agencies) > MOST_RATED:
        raise Conflict(
            N_("기관이 {n}곳입니다. 기관별 평가는 {most}곳까지 받을 수 있습니다"),
            n=len(agencies),
            most=MOST_RATED,
        )
    assert election.id is not None  # noqa: S101 - a stored election
    rated = [
        RatedAgency(election_id=election.id, position=position, agency_code=agency.code, agency=agency.name)
        for position, agency in enumerate(agencies)
    ]
    session.add_all(rated)
    await session.flush()
    return rated
