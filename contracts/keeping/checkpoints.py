"""Checkpoints: how every contract of a cycle stood at mid-year and at the end of the year, frozen for good."""

import enum
import json
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, insert, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.model import Contract, Cycle, Phase
from contracts.reading import cycle_name, published_pairs
from contracts.terms.canonical import Json, canonical_bytes, sha256_hex, tree_record
from office import journal
from office.clock import SEOUL, now
from office.database import choice
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person

FORMAT = "yaksok-checkpoint-1"
TREE = ("agency", "agency_code", "agency_kind", "nodes")
"""What of a frozen record is the contract itself."""


class Moment(enum.StrEnum):
    """Which look at a year it is."""

    MIDYEAR = "midyear"
    YEAREND = "yearend"


MOMENT_LABELS = {Moment.MIDYEAR: N_("중간점검"), Moment.YEAREND: N_("연말점검")}


class Checkpoint(SQLModel, table=True):
    """One look at all contracts of a cycle, as of a day; never changed."""

    __table_args__ = (sa.UniqueConstraint("cycle_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    number: int
    moment: Moment = Field(sa_type=choice(Moment))
    as_of: date
    taken_at: datetime
    taken_by: str = Field(max_length=80)

    @property
    def day(self) -> datetime:
        """The beginning of the day it is as of."""
        return datetime.combine(self.as_of, time(), SEOUL)


class Snapshot(SQLModel, table=True):
    """One contract as it stood: tree, figures and results in canonical JSON, with its SHA-256."""

    __tablename__ = "checkpoint_snapshot"

    checkpoint_id: int = Field(foreign_key="checkpoint.id", primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", primary_key=True, index=True)
    record: str = Field(sa_type=sa.Text)
    sha256: str = Field(max_length=64)

    @property
    def content(self) -> dict[str, Any]:
        """The record read back."""
        read: dict[str, Any] = json.loads(self.record)
        return read

    @property
    def sound(self) -> bool:
        """Whether the frozen bytes still have the fingerprint they were frozen under."""
        return sha256_hex(self.record.encode()) == self.sha256


async def checkpoints_of(session: AsyncSession, cycle: Cycle) -> list[Checkpoint]:
    """The checkpoints of a cycle, the first one first."""
    query = select(Checkpoint).where(col(Checkpoint.cycle_id) == cycle.id)
    return list(await session.exec(query.order_by(col(Checkpoint.number))))


async def snapshots_of(session: AsyncSession, contract: Contract) -> list[tuple[Checkpoint, Snapshot]]:
    """How a contract stood at every checkpoint, the first one first."""
    query = (
        select(Checkpoint, Snapshot)
        .join(Snapshot, col(Snapshot.checkpoint_id) == col(Checkpoint.id))
        .where(col(Snapshot.contract_id) == contract.id)
        .order_by(col(Checkpoint.number))
    )
    return list(await session.exec(query))


async def snapshot_of(session: AsyncSession, contract: Contract, number: int) -> tuple[Checkpoint, Snapshot]:
    """How a contract stood at one checkpoint."""
    for checkpoint, snapshot in await snapshots_of(session, contract):
        if checkpoint.number == number:
            return checkpoint, snapshot
    raise NotFound(N_("이 계약에 그런 점검 기록은 없습니다"))


async def take_midyear(session: AsyncSession, cycle: Cycle, as_of: date, by: Person) -> Checkpoint:
    """An officer freezes how the contracts stand in the middle of the year."""
    await hold(session, cycle, alone=True)
    require_phase(cycle, Phase.REPORTING)
    taken = await checkpoints_of(session, cycle)
    said = None
    if as_of > now().astimezone(SEOUL).date():
        said = translate(N_("오늘이나 지난 날을 적어 주십시오"))
    elif taken and as_of <= taken[-1].as_of:
        said = translate(N_("앞선 점검({day})보다 뒤의 날을 적어 주십시오"), day=taken[-1].as_of)
    if said:
        raise Refused(N_("점검 기록을 굳히지 않았습니다. 날짜를 확인해 주십시오"), fields={"as_of": said})
    checkpoint = await take(session, cycle, Moment.MIDYEAR, as_of, by.actor)
    if checkpoint is None:
        raise Conflict(N_("공개된 계약이 없어 굳힐 것이 없습니다"))
    return checkpoint


async def take_yearend(session: AsyncSession, cycle: Cycle, by: str) -> None:
    """Freeze how the contracts stand when scoring begins: what the experts then judge."""
    await take(session, cycle, Moment.YEAREND, now().astimezone(SEOUL).date(), by)


async def take(
    session: AsyncSession, cycle: Cycle, moment: Moment, as_of: date, by: str
) -> Checkpoint | None:
    """Freeze every published contract in a few statements; None where nothing is published."""
    assert cycle.id is not None  # noqa: S101 - a stored cycle
    found = await published_pairs(session, cycle)
    if not found:
        return None
    number = len(await checkpoints_of(session, cycle)) + 1
    checkpoint = Checkpoint(
        cycle_id=cycle.id, number=number, moment=moment, as_of=as_of, taken_at=now(), taken_by=by
    )
    session.add(checkpoint)
    await session.flush()
    rows = []
    for contract, _, tree in found:
        stood: dict[str, Json] = {
            "format": FORMAT,
            "cycle": cycle_name(cycle),
            "checkpoint": number,
            "moment": moment.value,
            "as_of": as_of.isoformat(),
            **tree_record(tree),
        }
        record = canonical_bytes(stood)
        rows.append(
            {
                "checkpoint_id": checkpoint.id,
                "contract_id": contract.id,
                "record": record.decode(),
                "sha256": sha256_hex(record),
            }
        )
    await session.exec(insert(Snapshot), params=rows)
    await journal.record(
        session,
        by,
        "contracts.checkpoint-taken",
        str(cycle.year),
        number=number,
        moment=moment.value,
        as_of=as_of.isoformat(),
        contracts=len(rows),
    )
    return checkpoint
