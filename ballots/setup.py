"""Preparing a vote: the question and its options, and who holds the key to the tally."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, field_validator
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import STATE_LABELS, Election, ElectionOption, ElectionState, ElectionTrustee
from ballots.protocol.credentials import draw_uuid
from ballots.ratings import refresh_rated
from contracts.cycles import require_phase
from contracts.model import Cycle, Phase
from contracts.reading import ballot_tasks
from office import journal
from office.clock import SEOUL, now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person


class NewElection(BaseModel):
    """What the performance office decides about a vote."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    min_picks: Annotated[int, Field(ge=0, le=200)] = 1
    max_picks: Annotated[int, Field(ge=1, le=200)]
    blank: bool = False
    ratings: bool = False
    close_at: datetime | None = None

    @field_validator("close_at", mode="before")
    @classmethod
    def _absent(cls, typed: object) -> object:
        return typed or None

    @field_validator("close_at")
    @classmethod
    def _in_seoul(cls, typed: datetime | None) -> datetime | None:
        return typed if typed is None or typed.tzinfo else typed.replace(tzinfo=SEOUL)


def require_state(election: Election, *states: ElectionState) -> None:
    """`Conflict` unless the vote is in one of these states."""
    if election.state not in states:
        raise Conflict(
            N_("이 투표는 지금 '{now}' 단계입니다. 이 일은 '{needed}' 단계에서 할 수 있습니다"),
            advice=N_("앞 화면을 다시 열면 지금 단계에서 할 일이 나옵니다."),
            now=translate(STATE_LABELS[election.state]),
            needed=", ".join(translate(STATE_LABELS[state]) for state in states),
        )


async def elections(session: AsyncSession) -> list[tuple[Election, Cycle]]:
    """Every vote with its cycle, the newest first."""
    query = select(Election, Cycle).join(Cycle, col(Cycle.id) == col(Election.cycle_id))
    return list(await session.exec(query.order_by(col(Election.id).desc())))


async def options_of(session: AsyncSession, election: Election) -> list[ElectionOption]:
    """The options in the order of the ballot."""
    query = select(ElectionOption).where(col(ElectionOption.election_id) == election.id)
    return list(await session.exec(query.order_by(col(ElectionOption.position))))


async def create(session: AsyncSession, cycle: Cycle, wanted: NewElection, by: Person) -> Election:
    """Prepare the one vote of a cycle; its options are the tasks of the published contracts that stand on the ballot."""
    require_phase(cycle, Phase.PUBLISHED, Phase.REPORTING, Phase.SCORING)
    taken = select(Election.id).where(col(Election.cycle_id) == cycle.id)
    if (await session.exec(taken)).first() is not None:
        raise Conflict(N_("이 평가주기의 투표가 이미 있습니다. 그 투표를 이어서 준비해 주십시오"))
    tasks = len(await ballot_tasks(session, cycle))
    if not tasks:
        raise Conflict(N_("투표에 올릴 과제가 없습니다. 성과계약의 '투표대상' 과제를 먼저 정해 주십시오"))
    _require_possible(wanted, tasks)
    assert cycle.id is not None  # noqa: S101 - a stored cycle
    election = Election(
        uuid=draw_uuid(),
        cycle_id=cycle.id,
        title=wanted.title,
        question=wanted.question,
        min_picks=wanted.min_picks,
        max_picks=wanted.max_picks,
        blank=wanted.blank,
        ratings=wanted.ratings,
        planned_close_at=wanted.close_at,
    )
    session.add(election)
    await session.flush()
    await refresh_options(session, election, cycle)
    rated = await refresh_rated(session, election, cycle)
    await journal.record(session, by.actor, "ballots.created", election.uuid, options=tasks, rated=len(rated))
    return election


def _require_possible(wanted: NewElection, tasks: int) -> None:
    fields = {}
    if wanted.max_picks > tasks:
        fields["max_picks"] = translate(N_("과제가 {n}개입니다. {n} 이하로 적어 주십시오"), n=tasks)
    if wanted.min_picks > wanted.max_picks:
        fields["min_picks"] = translate(N_("가장 많이 고를 수 있는 개수보다 클 수 없습니다"))
    if wanted.close_at is not None and wanted.close_at <= now():
        fields["close_at"] = translate(N_("앞으로 올 때를 적어 주십시오"))
    if fields:
        raise Refused(N_("입력한 내용을 확인해 주십시오. 표시한 칸을 고치면 됩니다"), fields=fields)


async def refresh_options(session: AsyncSession, election: Election, cycle: Cycle) -> list[ElectionOption]:
    """Read the tasks on the ballot once more (results are reported after a vote may have been prepared)."""
    await session.exec(delete(ElectionOption).where(col(ElectionOption.election_id) == election.id))
    assert election.id is not None  # noqa: S101 - a stored election
    options = [
        ElectionOption(
            election_id=election.id,
            position=position,
            agency_code=task.agency_code,
            agency=task.agency,
            task_code=task.task_code,
            title=task.title,
            promise=task.promise,
            result=task.result,
        )
        for position, task in enumerate(await ballot_tasks(session, cycle))
    ]
    session.add_all(options)
    await session.flush()
    return options


async def trustees_of(session: AsyncSession, election: Election) -> list[tuple[ElectionTrustee, Person]]:
    """The trustees of a vote in the order of their owner numbers."""
    query = (
        select(ElectionTrustee, Person)
        .join(Person, col(Person.id) == col(ElectionTrustee.person_id))
        .where(col(ElectionTrustee.election_id) == election.id)
    )
    return list(await session.exec(query.order_by(col(ElectionTrustee.owner))))


async def place_of(session: AsyncSession, uuid: str, person: Person) -> tuple[Election, ElectionTrustee]:
    """The election and this person's place in it; `NotFound` for everybody who is no trustee of it."""
    query = (
        select(Election, ElectionTrustee)
        .join(ElectionTrustee, col(ElectionTrustee.election_id) == col(Election.id))
        .where(col(Election.uuid) == uuid, col(ElectionTrustee.person_id) == person.id)
    )
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFound(N_("맡으신 투표가 아닙니다. 주소를 확인해 주십시오"))
    return found
