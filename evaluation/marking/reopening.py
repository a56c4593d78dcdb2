"""A filed sheet is given back only by two officers with a reason, until the vote is counted; the earlier version stays."""

import enum
import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.model import Cycle
from evaluation.marking.locked import Locked, locked_sheet
from evaluation.marking.locking import FiledSheet, filed_versions
from evaluation.marking.reading import MARKING
from evaluation.model import RECONCILED
from office import approval, journal
from office.approval import Approval
from office.clock import now
from office.database import choice
from office.errors import Conflict, Refused
from office.i18n import N_, translate
from office.people import Person

ACT = "evaluation.reopen"
REASON_LENGTH = 500


class Cause(enum.StrEnum):
    """Why a filed sheet is given back; this, and not the officers' own words, stands in the journal."""

    EVALUATOR_ASKED = "evaluator_asked"
    WRONG_ENTRY = "wrong_entry"
    NEW_EVIDENCE = "new_evidence"
    CONTRACT_AMENDED = "contract_amended"
    OTHER = "other"


CAUSE_LABELS = {
    Cause.EVALUATOR_ASKED: N_("평가위원이 요청했습니다"),
    Cause.WRONG_ENTRY: N_("잘못 적은 것이 분명합니다"),
    Cause.NEW_EVIDENCE: N_("평정에 중요한 증빙자료가 뒤늦게 나왔습니다"),
    Cause.CONTRACT_AMENDED: N_("계약이나 실적이 바로잡혔습니다"),
    Cause.OTHER: N_("그 밖의 사정"),
}


class Reopening(SQLModel, table=True):
    """One officer's request to give a filed sheet back and, once `agreed_at` is set, that it was.

    `reason` is for the performance office alone.
    """

    id: int | None = Field(default=None, primary_key=True)
    filed_id: int = Field(foreign_key="filed_sheet.id", index=True)
    cause: Cause = Field(sa_type=choice(Cause))
    reason: str = Field(max_length=REASON_LENGTH)
    asked_by: int = Field(foreign_key="person.id")
    asked_at: datetime
    agreed_by: int | None = Field(default=None, foreign_key="person.id")
    agreed_at: datetime | None = None


async def history_of(session: AsyncSession, assignment_id: int) -> list[tuple[FiledSheet, Reopening | None]]:
    """Every filed version of a sheet with the reopening that followed it, the earliest first."""
    versions = await filed_versions(session, assignment_id)
    query = select(Reopening).where(
        col(Reopening.filed_id).in_([version.id for version in versions]),
        col(Reopening.agreed_at).is_not(None),
    )
    followed = {reopening.filed_id: reopening for reopening in await session.exec(query)}
    return [(version, followed.get(version.id or 0)) for version in versions]


async def waiting(session: AsyncSession, locked: Locked) -> Reopening | None:
    """The request that waits for a second officer, if it is still fresh and about what is filed now."""
    first = await approval.pending(session, ACT, _subject(locked))
    return await _asked(session, locked, first) if first else None


async def waiting_in(session: AsyncSession, locked: Sequence[Locked]) -> frozenset[int]:
    """Which of these sheets somebody has asked to give back, and nobody has agreed to yet."""
    subjects = {_subject(each): each.assignment.id or 0 for each in locked}
    query = select(Approval.subject).where(
        col(Approval.act) == ACT,
        col(Approval.second_by).is_(None),
        col(Approval.first_at) > now() - approval.WITHIN,
    )
    return frozenset(subjects[subject] for subject in await session.exec(query) if subject in subjects)


async def ask(
    session: AsyncSession, cycle: Cycle, assignment_id: int, cause: Cause, reason: str, by: Person
) -> None:
    """The first officer's press; it takes the place of an earlier request that nobody has agreed to."""
    locked = await _to_reopen(session, cycle, assignment_id)
    reason = reason.strip()
    if not reason:
        raise Refused(
            N_("다시 여는 까닭을 적어 주십시오"),
            fields={"reason": translate(N_("한두 문장이면 됩니다. 성과관리 담당만 봅니다"))},
        )
    filed = await _latest(session, locked)
    assert by.id is not None and filed.id is not None  # noqa: S101 - stored rows
    reopening = Reopening(filed_id=filed.id, cause=cause, reason=reason, asked_by=by.id, asked_at=now())
    done = await approval.agreed(
        session, act=ACT, subject=_subject(locked), by=by, content=_content(filed, reopening)
    )
    if done:
        # Two officers wrote the very same request, one after the other: that is an agreement, too.
        raise Conflict(N_("같은 요청이 이미 있습니다. 그 요청에 동의해 주십시오"))
    session.add(reopening)


async def agree(session: AsyncSession, cycle: Cycle, assignment_id: int, by: Person) -> None:
    """The second officer's press: the sheet is open again, its filed version kept, and the evaluator is told."""
    locked = await _to_reopen(session, cycle, assignment_id)
    reopening = await waiting(session, locked)
    if reopening is None:
        raise Conflict(N_("기다리는 요청이 없거나 하루가 지났습니다. 까닭을 적어 다시 요청해 주십시오"))
    filed = await _latest(session, locked)
    await approval.agreed(
        session, act=ACT, subject=_subject(locked), by=by, content=_content(filed, reopening)
    )
    reopening.agreed_by, reopening.agreed_at = by.id, now()
    assignment, round = locked.assignment, locked.round
    if round == RECONCILED:
        assignment.reconciled_at = None
    else:
        assignment.filed_at = None
    assignment.reopened_at = reopening.agreed_at
    await journal.record(
        session,
        by.actor,
        "evaluation.reopened",
        locked.contract.public_id,
        assignment=assignment.id,
        round=round,
        cause=reopening.cause.value,
        filed_sha256=filed.sha256,
    )


async def _to_reopen(session: AsyncSession, cycle: Cycle, assignment_id: int) -> Locked:
    require_phase(cycle, *MARKING)
    locked = await locked_sheet(session, cycle, assignment_id, lock=True)
    if not locked.holds:
        raise Conflict(N_("제출한 상태가 아니라 다시 열 것이 없습니다"))
    return locked


async def _latest(session: AsyncSession, locked: Locked) -> FiledSheet:
    assert locked.assignment.id is not None  # noqa: S101 - a stored sheet
    return (await filed_versions(session, locked.assignment.id))[-1]


async def _asked(session: AsyncSession, locked: Locked, first: Approval) -> Reopening | None:
    """The request behind a first press: the one whose fingerprint the press carries."""
    filed = await _latest(session, locked)
    query = select(Reopening).where(
        col(Reopening.filed_id) == filed.id,
        col(Reopening.asked_by) == first.first_by,
        col(Reopening.agreed_at).is_(None),
    )
    asked = list(await session.exec(query.order_by(col(Reopening.id).desc())))
    return next((each for each in asked if _content(filed, each) == first.content), None)


def _subject(locked: Locked) -> str:
    return f"{locked.contract.public_id}/{locked.assignment.id}"


def _content(filed: FiledSheet, reopening: Reopening) -> str:
    said = f"{filed.id}\n{filed.sha256}\n{reopening.cause.value}\n{reopening.reason}"
    return hashlib.sha256(said.encode()).hexdigest()
