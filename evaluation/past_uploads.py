"""A published file of a past year brought in: looked at first, counting and public once two officers keep it."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from functools import lru_cache

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Cycle
from contracts.terms.canonical import sha256_hex
from evaluation.past_results import PastSheet, agency_called
from evaluation.published.reading import Published, read_published
from office import journal
from office.approval import Approval, agreed, pending
from office.clock import now
from office.decimals import plain
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person

EARLIEST = 1990
ACT = "past.keep"
"""The act two officers agree on: a file counts, and everybody may see it."""


async def try_file(
    session: AsyncSession, cycle: Cycle, agency_code: str, year: int, data: bytes, filename: str, by: Person
) -> PastSheet:
    """Read a published file and put it aside for a look; nothing counts yet.

    `Unusable`, with its rows, for a file that cannot be read; `Refused` where body or year cannot be right.
    """
    if await agency_called(session, agency_code) is None:
        raise Refused(N_("기관을 골라 주십시오"), fields={"agency": translate(N_("목록에서 골라 주십시오"))})
    if not EARLIEST <= year <= cycle.year:
        message = N_("{first}년부터 {last}년까지의 해를 적어 주십시오")
        said = translate(message, first=EARLIEST, last=cycle.year)
        raise Refused(message, fields={"year": said}, first=EARLIEST, last=cycle.year)
    if not data:
        raise Refused(
            N_("올릴 파일을 골라 주십시오"),
            fields={"file": translate(N_("CSV 또는 XLSX 파일을 골라 주십시오"))},
        )
    read = await asyncio.to_thread(read_published, data, filename)
    if read.year is not None and read.year != year:
        message = N_("파일에는 {stated}년이라고 적혀 있습니다. 해를 확인하여 주십시오")
        said = translate(message, stated=read.year)
        raise Refused(message, fields={"year": said}, stated=read.year)
    assert by.id is not None  # noqa: S101 - a stored row
    sheet = PastSheet(
        agency_code=agency_code,
        year=year,
        kind=read.kind,
        filename=filename[:200],
        data=data,
        sha256=sha256_hex(data),
        total=read.total,
        parts=_parts(read),
        flags=[
            {
                "row": flag.row,
                "where": flag.where,
                "defect": flag.defect.value,
                "message": flag.message,
                "values": flag.values,
            }
            for flag in read.flags
        ],
        uploaded_by=by.id,
        uploaded_at=now(),
    )
    session.add(sheet)
    await session.flush()
    return sheet


def _parts(read: Published) -> list[list[str | None]]:
    items = read.scores.items if read.scores else ()
    return [[item.name, _text(item.weighed), _text(item.scored)] for item in items]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


async def sheet_of(session: AsyncSession, sheet_id: int) -> PastSheet:
    """A file that was put aside or kept."""
    found = await session.get(PastSheet, sheet_id)
    if found is None:
        raise NotFound(N_("올린 파일을 찾을 수 없습니다"))
    return found


async def read_again(sheet: PastSheet) -> Published:
    """The file as it is read today, to be shown."""
    return await asyncio.to_thread(_read, sheet.data, sheet.filename)


@lru_cache(maxsize=64)
def _read(data: bytes, filename: str) -> Published:
    """Kept files do not change, and a public page shows all of a body's."""
    return read_published(data, filename)


def subject_of(sheet: PastSheet) -> str:
    """What two officers agree on: this very file."""
    return f"past/{sheet.agency_code}/{sheet.year}/{sheet.id}"


async def asked_for(session: AsyncSession, sheet: PastSheet) -> Approval | None:
    """The first officer's wish to keep a file, if one waits for the second."""
    return await pending(session, ACT, subject_of(sheet)) if sheet.kept_at is None else None


async def keep(session: AsyncSession, sheet_id: int, by: Person) -> bool:
    """Let a file count, in place of an earlier one of the same body, year and kind; kept files stay as they were read.

    It takes two officers: False after the first.
    """
    await journal.hold(session)
    sheet = await sheet_of(session, sheet_id)
    if sheet.kept_at is not None:
        raise Conflict(N_("이미 보관한 파일입니다"))
    if not await agreed(session, act=ACT, subject=subject_of(sheet), by=by, content=sheet.sha256):
        return False
    at = now()
    taken = await session.exec(
        update(PastSheet)
        .where(col(PastSheet.id) == sheet_id, col(PastSheet.kept_at).is_(None))
        .values(kept_at=at)
    )
    if taken.rowcount != 1:
        raise Conflict(N_("이미 보관한 파일입니다"))
    replaced = await session.exec(
        update(PastSheet)
        .where(
            col(PastSheet.agency_code) == sheet.agency_code,
            col(PastSheet.year) == sheet.year,
            col(PastSheet.kind) == sheet.kind,
            col(PastSheet.id) != sheet_id,
            col(PastSheet.kept_at).is_not(None),
            col(PastSheet.replaced_at).is_(None),
        )
        .values(replaced_at=at)
    )
    await journal.record(
        session,
        by.actor,
        "past.kept",
        f"past/{sheet.agency_code}/{sheet.year}",
        kind=sheet.kind.value,
        sha256=sheet.sha256,
        flags=len(sheet.flags),
        replaced=replaced.rowcount,
    )
    return True
