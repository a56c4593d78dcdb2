"""Where a vote stands, for the office's page: what is done, what is missing, who is waited for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import booths, box, certificate, closing, issuing, opening, roll
from ballots.ceremony.duties import Group, group_of, still_needed
from ballots.ceremony.minutes import accused
from ballots.letters import Letters, letters_of
from ballots.model import (
    AssistedBooth,
    Election,
    ElectionOption,
    ElectionState,
    ElectionTrustee,
    RatedAgency,
    RollDraft,
    RollEntry,
)
from ballots.ratings import rated_of
from ballots.setup import options_of, trustees_of
from ballots.strata import Stratum
from contracts.model import Cycle
from office.approval import pending
from office.i18n import N_, translate
from office.journal import JournalEntry
from office.people import Person

ACTS = {
    ElectionState.SETUP: issuing.ACT,
    ElectionState.ISSUED: opening.ACT,
    ElectionState.OPEN: closing.ACT,
}
"""The act two officers have to ask for next, by the state it starts from."""
STATES = tuple(ElectionState)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An act that one officer has asked for and another has to confirm."""

    name: str
    at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """The roll in figures: people, how many are reached by phone, the sum of their weights."""

    people: int
    by_phone: int
    weight: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the line of a vote."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything the office's page says about one vote; no figure about any option is among it."""

    election: Election
    cycle: Cycle
    options: Sequence[ElectionOption]
    rated: Sequence[RatedAgency]
    trustees: Sequence[tuple[ElectionTrustee, Person]]
    listed: Listed
    strata: Sequence[Stratum]
    draft: RollDraft | None
    letters: Letters
    voted: int
    lacking: Sequence[str]
    waiting: Waiting | None
    locked: Sequence[RollEntry]
    releases: Sequence[tuple[str, bool]]
    booths: Sequence[AssistedBooth]
    roll_unchanged: bool | None
    signed: int
    close_refused_at: datetime | None

    @property
    def group(self) -> Group | None:
        """The trustees of whom some suffice, and the step of the ceremony they are at."""
        return group_of(self.election, [trustee for trustee, _ in self.trustees])

    @property
    def accused(self) -> list[tuple[str, str]]:
        """Names: who complains of whose share."""
        name = {trustee.id: person.name for trustee, person in self.trustees}
        return [(name[by.id], name[of.id]) for by, of in accused(self.group)] if self.group else []

    @property
    def still_needed(self) -> tuple[list[str], int]:
        """Names of the mandatory trustees who have not opened the tally, and how many of the group are still needed."""
        left, more = still_needed(self.election, [trustee for trustee, _ in self.trustees])
        return [person.name for trustee, person in self.trustees if trustee in left], more

    @property
    def steps(self) -> list[Step]:
        """The line of steps; the first that is not done is the present one."""
        reached = STATES.index(self.election.state)
        done = [
            (N_("과제"), bool(self.options)),
            (N_("개표관리인"), bool(self.trustees)),
            (N_("명부"), self.listed.people > 0),
            (N_("링크"), reached >= STATES.index(ElectionState.ISSUED)),
            (N_("열기"), reached >= STATES.index(ElectionState.OPEN)),
            (N_("투표 중"), reached >= STATES.index(ElectionState.CLOSED)),
            (N_("투표 마감"), reached >= STATES.index(ElectionState.CLOSED)),
            (N_("개표"), reached >= STATES.index(ElectionState.TALLIED)),
            (N_("확인서 서명"), self.signed >= 2),
        ]
        current = next((place for place, (_, is_done) in enumerate(done) if not is_done), len(done))
        return [
            Step(translate(label), "done" if is_done else "current" if place == current else "todo")
            for place, (label, is_done) in enumerate(done)
        ]


async def standing_of(session: AsyncSession, uuid: str, person: Person) -> Standing:
    """Look at a vote as this officer; a fixed number of statements."""
    election = await box.election_of(session, uuid)
    cycle = await session.get_one(Cycle, election.cycle_id)
    begun = STATES.index(election.state) >= STATES.index(ElectionState.OPEN)
    forgotten = election.personal_data_deleted_at is not None
    voted, _ = await box.turnout(session, election)
    return Standing(
        election=election,
        cycle=cycle,
        options=await options_of(session, election),
        rated=await rated_of(session, election),
        trustees=await trustees_of(session, election),
        listed=await _listed(session, election),
        strata=await roll.strata(session, election),
        draft=await _draft(session, election),
        letters=await letters_of(session, election),
        voted=voted,
        lacking=[] if begun else await opening.lacking(session, election, cycle),
        waiting=await _waiting(session, election, person),
        locked=await roll.locked_voters(session, election) if begun else [],
        releases=[
            (one.subject.partition(":")[2], one.first_by == person.id)
            for one in await roll.releases_to_confirm(session, election)
        ],
        booths=await booths.booths_of(session, election),
        roll_unchanged=await roll.unchanged(session, election) if begun and not forgotten else None,
        signed=len(await certificate.signatures_of(session, election)),
        close_refused_at=await _close_refused(session, election),
    )


async def _listed(session: AsyncSession, election: Election) -> Listed:
    query = select(
        func.count(col(RollEntry.id)),
        func.count(func.nullif(col(RollEntry.phone), "")),
        func.coalesce(func.sum(col(RollEntry.weight)), 0),
    ).where(col(RollEntry.election_id) == election.id)
    people, by_phone, weight = (await session.exec(query)).one()
    return Listed(people, by_phone, int(weight))


async def _draft(session: AsyncSession, election: Election) -> RollDraft | None:
    return (await session.exec(select(RollDraft).where(col(RollDraft.election_id) == election.id))).first()


async def _waiting(session: AsyncSession, election: Election, person: Person) -> Waiting | None:
    act = ACTS.get(election.state)
    first = await pending(session, act, election.uuid) if act else None
    if first is None:
        return None
    asked = await session.get_one(Person, first.first_by)
    return Waiting(asked.name, first.first_at, first.first_by == person.id)


async def _close_refused(session: AsyncSession, election: Election) -> datetime | None:
    """When a close was last refused because the numbers did not fit, as long as the vote is open."""
    if election.state is not ElectionState.OPEN:
        return None
    query = select(JournalEntry.at).where(
        col(JournalEntry.act) == certificate.REFUSED, col(JournalEntry.subject) == election.uuid
    )
    return (await session.exec(query.order_by(col(JournalEntry.id).desc()))).first()
