"""Filing locks a sheet; what was filed is kept as it was, with its time and hash, whatever happens later."""

import hashlib
import json
import secrets
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from evaluation.marking.reading import NOTHING, Sheet, sheet_of
from evaluation.marking.reconciling import open_when_complete
from evaluation.marking.sheets import require_open, write_entry
from evaluation.marking.voices import voices
from evaluation.model import RECONCILED, Mark
from office import journal
from office.clock import now
from office.errors import Refused
from office.i18n import N_, translate
from office.people import Person
from office.settings import Settings

SAID = ("grade", "absent", "strength", "weakness", "recommendation", "reason")
"""What of a mark is part of a filed version."""


class FiledSheet(SQLModel, table=True):
    """A sheet as it was filed: never changed, never deleted; `content` is canonical JSON and `sha256` its hash."""

    __tablename__ = "filed_sheet"

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id", index=True)
    round: int
    filed_at: datetime
    content: str = Field(sa_type=sa.Text)
    sha256: str = Field(max_length=64)


def record_of(sheet: Sheet, salt: str) -> str:
    """The canonical JSON of a sheet: keys sorted, no spaces, indicators in the order of the contract.

    Without the salt the grades could be guessed from the hash, which stands in the journal.
    """
    marks = []
    for code in sheet.codes:
        said = asdict(sheet.entry(code))
        marks.append({"indicator": code, **{name: said[name] for name in SAID}})
    whole = {
        "assignment": sheet.assignment.id,
        "contract": sheet.contract.public_id,
        "round": sheet.round,
        "salt": salt,
        "marks": marks,
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


async def filed_versions(session: AsyncSession, assignment_id: int) -> list[FiledSheet]:
    """Everything that was ever filed of a sheet, the earliest first."""
    query = select(FiledSheet).where(col(FiledSheet.assignment_id) == assignment_id)
    return list(await session.exec(query.order_by(col(FiledSheet.id))))


async def file(session: AsyncSession, assignment_id: int, evaluator: Person) -> Sheet:
    """Hand the sheet in: it is locked, and from now on it counts.  The last of a contract opens its second round."""
    sheet = await sheet_of(session, assignment_id, evaluator, lock=True)
    require_open(sheet)
    _require_decided(sheet)
    sheet.assignment.filed_at = now()
    kept = await keep(session, sheet, sheet.assignment.filed_at)
    await journal.record(
        session,
        evaluator.actor,
        "calibration.filed" if sheet.assignment.calibration else "evaluation.filed",
        sheet.contract.public_id,
        assignment=sheet.assignment.id,
        absent=sum(sheet.entry(code).absent for code in sheet.codes),
        sha256=kept.sha256,
    )
    await open_when_complete(session, sheet)
    return sheet


async def file_reconciled(
    session: AsyncSession, settings: Settings, assignment_id: int, evaluator: Person
) -> Sheet:
    """Hand in the second round: what was not touched is taken over from the first, and what changed has a reason."""
    sheet = await sheet_of(session, assignment_id, evaluator, round=RECONCILED, lock=True)
    await voices(session, settings, sheet)
    require_open(sheet)
    _require_decided(sheet)
    changed = changed_codes(sheet)
    if unexplained := unexplained_codes(sheet):
        raise Refused(
            N_("등급을 바꾼 까닭을 적지 않은 지표가 {n}개 있습니다"),
            fields={
                f"reason-{code}": translate(N_("왜 바꾸셨는지 한 문장으로 적어 주십시오"))
                for code in unexplained
            },
            n=len(unexplained),
        )
    query = select(Mark).where(col(Mark.assignment_id) == assignment_id, col(Mark.round) == RECONCILED)
    stored = {mark.indicator_code for mark in await session.exec(query)}
    for code in sheet.codes:
        if code not in stored:
            taken_over = Mark(assignment_id=assignment_id, indicator_code=code, round=RECONCILED)
            write_entry(taken_over, sheet.entry(code))
            session.add(taken_over)
    sheet.assignment.reconciled_at = now()
    kept = await keep(session, sheet, sheet.assignment.reconciled_at)
    await journal.record(
        session,
        evaluator.actor,
        "evaluation.reconciled",
        sheet.contract.public_id,
        assignment=sheet.assignment.id,
        changed=len(changed),
        sha256=kept.sha256,
    )
    return sheet


def changed_codes(sheet: Sheet) -> tuple[str, ...]:
    """Indicators whose grade in the second round is not that of the first."""
    return tuple(
        code for code in sheet.codes if not sheet.entry(code).grades_as(sheet.own.get(code, NOTHING))
    )


def unexplained_codes(sheet: Sheet) -> tuple[str, ...]:
    """Indicators whose grade was changed in the second round without a reason."""
    return tuple(code for code in changed_codes(sheet) if not sheet.entry(code).reason)


def _require_decided(sheet: Sheet) -> None:
    if not sheet.undecided:
        return
    raise Refused(
        N_(
            "아직 정하지 않은 지표가 {n}개 있습니다. 등급을 고르거나 ‘평정하지 않음’을 고른 뒤 제출해 주십시오"
        ),
        fields={
            f"grade-{code}": translate(N_("등급을 고르거나 ‘평정하지 않음’을 골라 주십시오"))
            for code in sheet.undecided
        },
        n=len(sheet.undecided),
    )


async def keep(session: AsyncSession, sheet: Sheet, at: datetime) -> FiledSheet:
    """Keep the sheet as it is being filed."""
    content = record_of(sheet, secrets.token_hex(16))
    assert sheet.assignment.id is not None  # noqa: S101 - a stored sheet
    kept = FiledSheet(
        assignment_id=sheet.assignment.id,
        round=sheet.round,
        filed_at=at,
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
    )
    session.add(kept)
    await session.flush()
    return kept
