"""Published results of past years, kept file by file with everything they contradict themselves in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, ContractState, Cycle
from contracts.terms.canonical import sha256_hex
from evaluation.published.flags import Defect, Flag
from evaluation.published.reading import Published, SheetKind, read_published
from office import journal
from office.clock import now
from office.database import DecimalText, choice
from office.decimals import plain
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person

EARLIEST = 1990


class PastSheet(SQLModel, table=True):
    """A published file of a past year as it came; it counts once it is kept, until another one takes its place.

    `total`, `parts` (name, weight, score) and `flags` are what was read of it then.
    """

    __tablename__ = "past_sheet"

    id: int | None = Field(default=None, primary_key=True)
    agency_code: str = Field(max_length=40, index=True)
    year: int
    kind: SheetKind = Field(sa_type=choice(SheetKind))
    filename: str = Field(max_length=200)
    data: bytes = Field(sa_type=sa.LargeBinary)
    sha256: str = Field(max_length=64, index=True)
    total: Decimal | None = Field(default=None, sa_type=DecimalText)
    parts: list[list[str | None]] = Field(default_factory=list, sa_type=sa.JSON)
    flags: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    uploaded_by: int = Field(foreign_key="person.id")
    uploaded_at: datetime
    kept_at: datetime | None = None
    replaced_at: datetime | None = None

    def found(self) -> tuple[Flag, ...]:
        """The contradictions found when the file was read."""
        return tuple(
            Flag(each["row"], each["where"], Defect(each["defect"]), each["message"], each["values"])
            for each in self.flags
        )


_WITHOUT_DATA = defer(cast(Any, PastSheet.data), raiseload=True)


@dataclass(frozen=True, slots=True)
class PastPart:
    """One of the main parts of a past evaluation, as printed."""

    name: str
    weight: Decimal | None
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class PastResult:
    """A body's published evaluation of a past year: the printed total and parts, and what is wrong with the sheet."""

    year: int
    total: Decimal | None
    parts: tuple[PastPart, ...]
    flags: tuple[Flag, ...]
    filename: str = ""
    sha256: str = ""


async def past_results_of(session: AsyncSession, agency_code: str) -> list[PastResult]:
    """A body's published evaluations of past years, the oldest first."""
    return [
        PastResult(
            sheet.year,
            sheet.total,
            tuple(
                PastPart(name or "", _decimal(weight), _decimal(score)) for name, weight, score in sheet.parts
            ),
            sheet.found(),
            sheet.filename,
            sheet.sha256,
        )
        for sheet in await kept_sheets(session, agency_code)
        if sheet.kind is SheetKind.SCORES
    ]


async def kept_sheets(
    session: AsyncSession, agency_code: str | None = None, *, with_data: bool = False
) -> list[PastSheet]:
    """The files that count, of one body or of all; by body, year and kind.  Without `with_data` only what was read."""
    query = select(PastSheet) if with_data else select(PastSheet).options(_WITHOUT_DATA)
    query = query.where(col(PastSheet.kept_at).is_not(None), col(PastSheet.replaced_at).is_(None))
    if agency_code is not None:
        query = query.where(col(PastSheet.agency_code) == agency_code)
    return list(
        await session.exec(
            query.order_by(
                col(PastSheet.agency_code), col(PastSheet.year), col(PastSheet.kind), col(PastSheet.id)
            )
        )
    )


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


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


async def agency_called(session: AsyncSession, code: str) -> str | None:
    """The name of a body, if it is known."""
    return (await session.exec(select(Agency.name).where(col(Agency.code) == code))).first()


async def has_page(session: AsyncSession, agency_code: str) -> bool:
    """Whether everybody may know of this body: it has a published contract, or a published result of a past year."""
    published = (
        select(Contract.id)
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(Agency.code) == agency_code, col(Contract.state) == ContractState.PUBLISHED)
        .limit(1)
    )
    return (await session.exec(published)).first() is not None or bool(
        await kept_sheets(session, agency_code)
    )


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


async def keep(session: AsyncSession, sheet_id: int, by: Person) -> PastSheet:
    """Let a file count, in place of an earlier one of the same body, year and kind; kept files stay as they were read."""
    await journal.hold(session)
    sheet = await sheet_of(session, sheet_id)
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
    return sheet


async def past_file(session: AsyncSession, agency_code: str, sha256: str) -> PastSheet:
    """A file that counts, by its fingerprint."""
    sheets = await kept_sheets(session, agency_code, with_data=True)
    found = [each for each in sheets if each.sha256 == sha256]
    if not found:
        raise NotFound(N_("지난 평가의 파일을 찾을 수 없습니다"))
    return found[0]
