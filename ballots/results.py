"""What a counted vote says, as plain values: for pages, and for the run that makes the ranking."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import Election, ElectionOption, ElectionState, RollEntry
from ballots.protocol.records import SizedTally, decode, number_of
from ballots.protocol.tally import read_result
from ballots.ratings import AgencyRating, rated_of, rating_of
from contracts.model import Cycle


@dataclass(frozen=True, slots=True)
class OptionVotes:
    """Votes for one task of the ballot."""

    agency_code: str
    agency: str
    task_code: str
    title: str
    votes: int


@dataclass(frozen=True, slots=True)
class Tally:
    """A counted vote: `voters` cast a ballot that counts (blank ones too), `listed` could have.

    `weight` is what those ballots weigh together: as many as there are voters, unless some weigh more.  `ratings` are
    those of the agencies in the order of the ballot; none where the panel was not asked to rate them.
    """

    uuid: str
    fingerprint: str
    options: tuple[OptionVotes, ...]
    voters: int
    weight: int
    blank: int
    listed: int
    ratings: tuple[AgencyRating, ...] = ()

    @property
    def weighted(self) -> bool:
        """Whether votes are more than people: somebody's ballot weighs more than one."""
        return self.weight != self.voters


def places(votes: Sequence[int]) -> list[int]:
    """The place of every option by its votes; equal votes share a place."""
    return [1 + sum(other > one for other in votes) for one in votes]


async def tally_of(session: AsyncSession, cycle: Cycle) -> Tally | None:
    """The result of a cycle's vote, or None before the tally."""
    election = (await session.exec(select(Election).where(col(Election.cycle_id) == cycle.id))).first()
    return await result_of(session, election) if election else None


async def result_of(session: AsyncSession, election: Election) -> Tally | None:
    """The result of one vote, or None before the tally."""
    if election.state is not ElectionState.TALLIED or not (election.result_record and election.sized_record):
        return None
    counts, *rated = read_result(election.result_record.encode())
    blank = counts.pop(0) if election.blank else 0
    query = select(ElectionOption).where(col(ElectionOption.election_id) == election.id)
    options = list(await session.exec(query.order_by(col(ElectionOption.position))))
    listed = select(func.count(col(RollEntry.id))).where(
        col(RollEntry.election_id) == election.id, col(RollEntry.voided_at).is_(None)
    )
    sized = decode(election.sized_record.encode(), SizedTally)
    heaviest = select(func.max(col(RollEntry.weight))).where(col(RollEntry.election_id) == election.id)
    largest_weight = (await session.exec(heaviest)).one() or 1
    return Tally(
        uuid=election.uuid,
        fingerprint=election.fingerprint or "",
        options=tuple(
            OptionVotes(option.agency_code, option.agency, option.task_code, option.title, votes)
            for option, votes in zip(options, counts, strict=True)
        ),
        voters=sized.num_tallied,
        weight=number_of(sized.total_weight),
        blank=blank,
        listed=(await session.exec(listed)).one(),
        ratings=tuple(
            rating_of(agency.agency_code, agency.agency, totals, largest_weight=largest_weight)
            for agency, totals in zip(await rated_of(session, election), rated, strict=True)
        ),
    )
