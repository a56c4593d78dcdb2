"""The committee of experts: appointments for a term, with the fields of expertise.

What everybody may know of a member is the number, the fields and the term.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Cycle
from contracts.terms.tree import ContractTree
from evaluation.experts.fields import ExpertField, fields_known
from office import journal
from office.clock import SEOUL, now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person, Role, people_with


class Member(SQLModel, table=True):
    """An evaluator's appointment for a term; the number stays the same through all terms of a person."""

    __tablename__ = "committee_member"

    id: int | None = Field(default=None, primary_key=True)
    evaluator_id: int = Field(foreign_key="person.id", index=True)
    number: int
    since: date
    until: date
    fields: list[int] = Field(default_factory=list, sa_type=sa.JSON)
    appointed_at: datetime
    ended_on: date | None = None
    end_reason: str = Field(default="", max_length=500)

    def serves_on(self, day: date) -> bool:
        """Whether the term covers a day and has not been ended before it."""
        return self.since <= day <= self.until and (self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True)
class Seated:
    """An appointment with the person and the names of the fields."""

    member: Member
    person: Person
    fields: tuple[str, ...]

    @property
    def now(self) -> bool:
        """Whether they serve today."""
        return self.member.serves_on(today())


def today() -> date:
    """The day it is in Seoul."""
    return now().astimezone(SEOUL).date()


async def one_at_a_time(session: AsyncSession, cycle: Cycle) -> None:
    """Hold what decides who judges whom until this transaction ends; asked for before the journal, always.

    Two officers pressing together do not fill the same places, and nobody is assigned while a tie is being stated.
    """
    await session.exec(select(Cycle.id).where(col(Cycle.id) == cycle.id).with_for_update())


async def members(session: AsyncSession) -> list[Seated]:
    """Every appointment, by number and the newest term first."""
    query = (
        select(Member, Person)
        .join(Person, col(Person.id) == col(Member.evaluator_id))
        .order_by(col(Member.number), col(Member.since).desc(), col(Member.id).desc())
    )
    rows = list(await session.exec(query))
    names = {field.id: field.name for field in await fields_known(session)} if rows else {}
    return [
        Seated(member, person, tuple(names[each] for each in member.fields if each in names))
        for member, person in rows
    ]


async def serving(session: AsyncSession, seated: Sequence[Seated] | None = None) -> list[Person]:
    """The evaluators who can be given contracts today: members within their term.

    As long as nobody has ever been appointed, all evaluators.
    """
    found = await members(session) if seated is None else seated
    if not found:
        return await people_with(session, Role.EVALUATOR)
    return list({each.person.id: each.person for each in found if each.now}.values())


def numbers(seated: Sequence[Seated]) -> dict[int, int]:
    """The member's number by person."""
    return {each.member.evaluator_id: each.member.number for each in seated}


async def appoint(
    session: AsyncSession,
    cycle: Cycle,
    evaluator_id: int,
    *,
    since: date,
    until: date,
    fields: Sequence[int],
    by: Person,
) -> Member:
    """Appoint an evaluator for a term; two terms of one person do not overlap."""
    await journal.hold(session)
    person = await session.get(Person, evaluator_id)
    if person is None or person.role is not Role.EVALUATOR:
        raise NotFound(N_("그런 평가위원이 없습니다. 목록에서 골라 주십시오"))
    if until < since:
        raise Refused(
            N_("임기의 끝이 시작보다 빠릅니다"),
            fields={"until": translate(N_("시작한 날과 같거나 뒤의 날을 적어 주십시오"))},
        )
    known = {field.id for field in await fields_known(session)}
    earlier = list(await session.exec(select(Member).where(col(Member.evaluator_id) == evaluator_id)))
    for other in earlier:
        last = other.until if other.ended_on is None else min(other.until, other.ended_on)
        over = last < since if other.ended_on is None or last < other.ended_on else last <= since
        if not (over or until < other.since):
            raise Conflict(N_("이미 이 기간에 위촉한 분입니다. 앞 임기가 끝난 다음 날부터 적어 주십시오"))
    number = earlier[0].number if earlier else await _next_number(session)
    member = Member(
        evaluator_id=evaluator_id,
        number=number,
        since=since,
        until=until,
        fields=[each for each in fields if each in known],
        appointed_at=now(),
    )
    session.add(member)
    await journal.record(
        session,
        by.actor,
        "committee.appointed",
        str(cycle.year),
        number=number,
        since=since.isoformat(),
        until=until.isoformat(),
    )
    return member


async def _next_number(session: AsyncSession) -> int:
    return ((await session.exec(select(func.max(Member.number)))).one() or 0) + 1


async def member_of(session: AsyncSession, member_id: int) -> Member:
    """One appointment (404 where there is none)."""
    member = await session.get(Member, member_id)
    if member is None:
        raise NotFound(N_("그런 위촉이 없습니다. 평가위원회 화면에서 골라 주십시오"))
    return member


async def end(
    session: AsyncSession, cycle: Cycle, member: Member, *, on: date, reason: str, by: Person
) -> None:
    """End an appointment before its term, with the reason; the journal keeps the day and not the reason."""
    if member.ended_on is not None:
        raise Conflict(N_("이미 해촉한 위원입니다"))
    if not member.since <= on <= member.until:
        raise Refused(
            N_("해촉하는 날은 임기 안의 날이어야 합니다"),
            fields={"on": translate(N_("임기 안의 날을 적어 주십시오"))},
        )
    if not reason.strip():
        raise Refused(
            N_("해촉하는 까닭을 적어 주십시오"), fields={"reason": translate(N_("한 문장이면 됩니다"))}
        )
    member.ended_on, member.end_reason = on, reason.strip()
    session.add(member)
    await journal.record(
        session, by.actor, "committee.ended", str(cycle.year), number=member.number, on=on.isoformat()
    )


async def give_fields(
    session: AsyncSession, cycle: Cycle, member: Member, fields: Sequence[int], by: Person
) -> None:
    """Say in which fields a member is an expert."""
    known = {field.id for field in await fields_known(session)}
    member.fields = [each for each in fields if each in known]
    session.add(member)
    await journal.record(session, by.actor, "committee.fields-given", str(cycle.year), number=member.number)


def fitting_of(
    seated: Sequence[Seated], fields: Sequence[ExpertField], trees: Mapping[int, ContractTree]
) -> frozenset[tuple[int, int]]:
    """The (contract, evaluator) pairs that share a field."""
    by_field = {
        field.id: [contract for contract, tree in trees.items() if field.fits(tree)] for field in fields
    }
    return frozenset(
        (contract, each.member.evaluator_id)
        for each in seated
        if each.now
        for known in each.member.fields
        for contract in by_field.get(known, ())
    )
