"""Published results of past years, kept file by file with everything they contradict themselves in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, ContractState
from evaluation.published.flags import Defect, Flag
from evaluation.published.reading import SheetKind
from office.database import DecimalText, choice
from office.errors import NotFound
from office.i18n import N_


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


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


async def agency_called(session: AsyncSession, code: str) -> str | None:
    """The name of a body, if it is known."""
    return (await session.exec(select(Agency.name).where(col(Agency.code) == code))).first()


async def has_kept(session: AsyncSession, agency_code: str) -> bool:
    """Whether there is a published result of a past year."""
    return bool(await kept_sheets(session, agency_code))


async def has_page(session: AsyncSession, agency_code: str) -> bool:
    """Whether everybody may know of this body: it has a published contract, or a published result of a past year."""
    published = (
        select(Contract.id)
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(Agency.code) == agency_code, col(Contract.state) == ContractState.PUBLISHED)
        .limit(1)
    )
    return (await session.exec(published)).first() is not None or await has_kept(session, agency_code)


async def past_file(session: AsyncSession, agency_code: str, sha256: str) -> PastSheet:
    """A file that counts, by its fingerprint."""
    sheets = await kept_sheets(session, agency_code, with_data=True)
    found = [each for each in sheets if each.sha256 == sha256]
    if not found:
        raise NotFound(N_("지난 평가의 파일을 찾을 수 없습니다"))
    return found[0]
