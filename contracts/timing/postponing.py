"""One agency's deadline moved by two officers: a new last day, and the reason for everybody to read."""

import hashlib
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import PHASES
from contracts.expecting import Body, not_begun
from contracts.model import Cycle, Phase
from contracts.reading import contract_called, contracts_of
from contracts.timing.days import days_of
from contracts.timing.duties import RULES, TASK_LABELS, Task, Who
from contracts.writing.drafting import public_id_of
from office import journal
from office.approval import agreed, all_pending
from office.clock import SEOUL, now
from office.database import choice
from office.errors import Conflict, Refused
from office.i18n import N_, translate
from office.people import Person

ACT = "deadline.move"
"""The act two officers agree on."""
BY_AGENCIES = tuple(task for task, rule in RULES.items() if rule.who in (Who.OFFICER, Who.HEAD))
"""Tasks that each agency has a deadline of its own for."""


class DeadlineMove(SQLModel, table=True):
    """An agency's own deadline for one task: asked for by one officer and, once `agreed_at` is set, moved.

    The newest one moved counts, and all are kept.
    """

    __tablename__ = "deadline_move"

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    agency_code: str = Field(max_length=40)
    task: Task = Field(sa_type=choice(Task))
    day: date
    reason: str = Field(max_length=500)
    asked_by: int = Field(foreign_key="person.id")
    asked_at: datetime
    agreed_by: int | None = Field(default=None, foreign_key="person.id")
    agreed_at: datetime | None = None


class Moving(BaseModel):
    """What an officer fills in to move one agency's deadline."""

    agency: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    task: Task
    day: date
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


async def moves_of(session: AsyncSession, cycle: Cycle) -> list[DeadlineMove]:
    """Every deadline that was moved, the newest first."""
    query = select(DeadlineMove).where(
        col(DeadlineMove.cycle_id) == cycle.id, col(DeadlineMove.agreed_at).is_not(None)
    )
    return list(await session.exec(query.order_by(col(DeadlineMove.id).desc())))


async def bodies_of(session: AsyncSession, cycle: Cycle) -> list[Body]:
    """The bodies whose deadlines may be moved: those with a contract, and while contracts are written, those without."""
    begun = [Body(agency.code, agency.name) for _, agency in await contracts_of(session, cycle)]
    return [*begun, *(await not_begun(session, cycle) if cycle.phase is Phase.DRAFTING else [])]


async def body_called(session: AsyncSession, public_id: str) -> tuple[Body, int] | None:
    """The body of a contract by its public name, and the year; also of one that is expected and not begun."""
    if found := await contract_called(session, public_id):
        return Body(found[1].code, found[1].name), found[2].year
    query = select(Cycle).where(col(Cycle.year) == int(public_id.partition("-")[0]))
    for cycle in (await session.exec(query)).all():
        for body in await not_begun(session, cycle):
            if public_id_of(cycle.year, body.code) == public_id:
                return body, cycle.year
    return None


async def asked_in(session: AsyncSession, cycle: Cycle) -> list[DeadlineMove]:
    """Every move that one officer has asked for and that waits for a second one."""
    fresh = {(each.subject, each.content) for each in await all_pending(session) if each.act == ACT}
    query = select(DeadlineMove).where(
        col(DeadlineMove.cycle_id) == cycle.id, col(DeadlineMove.agreed_at).is_(None)
    )
    return [
        each
        for each in await session.exec(query.order_by(col(DeadlineMove.id)))
        if (_subject(public_id_of(cycle.year, each.agency_code), each.task), _content(each.day, each.reason))
        in fresh
    ]


def _subject(public_id: str, task: Task) -> str:
    return f"{public_id}/{task.value}"


def _content(day: date, reason: str) -> str:
    return hashlib.sha256(f"{day.isoformat()}\n{reason}".encode()).hexdigest()


async def _out_of_order(session: AsyncSession, cycle: Cycle, wanted: Moving) -> str:
    """Why an agency's mid-year deadline would fall after that of its year-end figures, or nothing."""
    if wanted.task not in (Task.MIDYEAR, Task.FIGURES):
        return ""
    days = await days_of(session, cycle)
    own = [each for each in reversed(await moves_of(session, cycle)) if each.agency_code == wanted.agency]
    days |= {each.task: each.day for each in own} | {wanted.task: wanted.day}
    mid, end = days.get(Task.MIDYEAR), days.get(Task.FIGURES)
    if mid is None or end is None or mid <= end:
        return ""
    if wanted.task is Task.MIDYEAR:
        said = N_("연말 실적 마감({day})보다 늦을 수 없습니다")
    else:
        said = N_("중간 실적 마감({day})보다 이를 수 없습니다. 중간 실적 마감을 먼저 옮겨 주십시오")
    other = end if wanted.task is Task.MIDYEAR else mid
    day = translate(N_("{year}년 {month}월 {day}일"), year=other.year, month=other.month, day=other.day)
    return translate(said, day=day)


async def _require_possible(session: AsyncSession, cycle: Cycle, wanted: Moving) -> None:
    """Says what is wrong where the agency's deadline may not be moved so."""
    wrong: dict[str, str] = {}
    known = any(body.code == wanted.agency for body in await bodies_of(session, cycle))
    if not known:
        wrong["agency"] = translate(N_("이 평가주기에 계약을 맺는 기관을 골라 주십시오"))
    if wanted.task not in BY_AGENCIES:
        wrong["task"] = translate(N_("기관이 하는 일의 마감만 기관마다 옮길 수 있습니다"))
    elif wanted.day < now().astimezone(SEOUL).date():
        wrong["day"] = translate(N_("오늘이나 뒤의 날을 적어 주십시오"))
    elif known and (out_of_order := await _out_of_order(session, cycle, wanted)):
        wrong["day"] = out_of_order
    if wrong:
        raise Refused(N_("마감을 옮기지 않았습니다. 표시한 칸을 고쳐 주십시오"), fields=wrong)
    during = (Phase(name) for name in RULES[wanted.task].during)
    if PHASES.index(cycle.phase) > max(map(PHASES.index, during)):
        raise Conflict(
            N_("'{task}'은 이미 지난 단계의 일이라 마감을 옮겨도 할 수 없습니다"),
            task=translate(TASK_LABELS[wanted.task]),
        )


async def move(session: AsyncSession, cycle: Cycle, wanted: Moving, by: Person) -> bool:
    """Give one agency another last day for a task, and say why; False after the first of two officers.

    Everybody reads the reason on the contract's timeline; a body may get it before it has begun its contract.
    """
    assert cycle.id is not None and by.id is not None  # noqa: S101 - stored
    await _require_possible(session, cycle, wanted)
    public_id = public_id_of(cycle.year, wanted.agency)
    day, reason = wanted.day, wanted.reason.replace("\r\n", "\n")
    subject = _subject(public_id, wanted.task)
    done = await agreed(session, act=ACT, subject=subject, by=by, content=_content(day, reason))
    waiting = (
        col(DeadlineMove.cycle_id) == cycle.id,
        col(DeadlineMove.agency_code) == wanted.agency,
        col(DeadlineMove.task) == wanted.task,
        col(DeadlineMove.agreed_at).is_(None),
    )
    if not done:
        await session.exec(delete(DeadlineMove).where(*waiting))
        asked = DeadlineMove(
            cycle_id=cycle.id,
            agency_code=wanted.agency,
            task=wanted.task,
            day=day,
            reason=reason,
            asked_by=by.id,
            asked_at=now(),
        )
        session.add(asked)
        return False
    moved = (await session.exec(select(DeadlineMove).where(*waiting))).one()
    moved.agreed_by, moved.agreed_at = by.id, now()
    session.add(moved)
    said: dict[str, Any] = {"task": wanted.task.value, "day": day.isoformat(), "reason": reason}
    await journal.record(session, by.actor, "deadline.moved", public_id, **said)
    return True
