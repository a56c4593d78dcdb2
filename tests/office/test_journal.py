"""The journal: what is written stays written, or it shows."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from itertools import pairwise

import pytest
import sqlalchemy as sa
from sqlmodel import col, delete, select, update

from office import journal
from office.database import Database
from office.journal import GENESIS, JournalEntry
from office.people import Role
from office.settings import Settings
from tests.conftest import SignIn


async def write(db: Database, count: int = 5) -> list[int]:
    """Some entries; their ids."""
    async with db.writing() as session:
        return [
            (await journal.record(session, "office:1", "cycle.opened", f"2026/{n}", 이름="가나다", n=n)).id
            or 0
            for n in range(count)
        ]


async def broken(db: Database) -> int | None:
    async with db.reading() as session:
        return await journal.broken_at(session)


async def change(db: Database, statement: sa.UpdateBase) -> None:
    async with db.writing() as session:
        await session.exec(statement)


async def test_what_was_recorded_is_one_chain(db: Database) -> None:
    assert await broken(db) is None
    ids = await write(db)
    assert await broken(db) is None
    async with db.reading() as session:
        entries = list(await session.exec(select(JournalEntry).order_by(col(JournalEntry.id))))
    assert [entry.id for entry in entries] == ids
    assert entries[0].previous == GENESIS
    assert all(b.previous == a.hash for a, b in pairwise(entries))


@pytest.mark.parametrize(
    "edit",
    [
        {"actor": "office:2"},
        {"act": "cycle.closed"},
        {"subject": "2027"},
        {"details": {"이름": "가나다", "n": 99}},
        {"at": sa.text("at")},
        {"hash": "0" * 64},
        {"previous": "1" * 64},
    ],
)
async def test_an_edited_entry_is_found_at_its_number(db: Database, edit: dict[str, object]) -> None:
    ids = await write(db)
    if "at" in edit:
        async with db.reading() as session:
            at = (await session.get_one(JournalEntry, ids[0])).at
        edit = {"at": at}
    await change(db, update(JournalEntry).where(col(JournalEntry.id) == ids[2]).values(**edit))
    assert await broken(db) == ids[2]


async def test_an_edited_entry_with_its_hash_made_anew_is_found_at_the_next(db: Database) -> None:
    ids = await write(db)
    async with db.writing() as session:
        entry = await session.get_one(JournalEntry, ids[2])
        entry.actor = "office:2"
        entry.hash = journal.digest(entry)
    assert await broken(db) == ids[3]


@pytest.mark.parametrize("position", [0, 2])
async def test_a_deleted_entry_is_found_at_the_next(db: Database, position: int) -> None:
    ids = await write(db)
    await change(db, delete(JournalEntry).where(col(JournalEntry.id) == ids[position]))
    assert await broken(db) == ids[position + 1]


async def test_reordered_entries_are_found(db: Database) -> None:
    ids = await write(db)
    for old, new in ((ids[1], 9_000_001), (ids[2], ids[1]), (9_000_001, ids[2])):
        await change(db, update(JournalEntry).where(col(JournalEntry.id) == old).values(id=new))
    assert await broken(db) == ids[1]


async def test_entries_written_at_once_are_one_chain(own_db: tuple[Database, Settings]) -> None:
    db, _ = own_db
    await asyncio.gather(*(write(db, 3) for _ in range(8)))
    assert await broken(db) is None
    async with db.reading() as session:
        assert len(list(await session.exec(select(JournalEntry)))) == 24


async def test_an_act_that_is_undone_is_not_recorded(db: Database) -> None:
    with pytest.raises(RuntimeError):
        async with db.writing() as session:
            await journal.record(session, "office:1", "cycle.opened", "2026")
            raise RuntimeError
    async with db.reading() as session:
        assert (await session.exec(select(JournalEntry))).first() is None


async def test_details_that_cannot_be_written_down_exactly_are_refused(db: Database) -> None:
    with pytest.raises(TypeError):
        async with db.writing() as session:
            await journal.record(session, "office:1", "cycle.opened", "2026", weight=Decimal("0.1"))


async def test_the_performance_office_sees_the_chain_and_where_it_breaks(
    signed_in: SignIn, db: Database
) -> None:
    ids = await write(db)
    async with signed_in(Role.OFFICE) as (_, visitor):
        assert "처음부터 끝까지 이어져 있습니다" in (await visitor.get("/office/journal")).text
        await change(db, update(JournalEntry).where(col(JournalEntry.id) == ids[1]).values(actor="x"))
        assert f"{ids[1]}번 기록에서" in (await visitor.get("/office/journal")).text
    async with signed_in(Role.EVALUATOR) as (_, visitor):
        await visitor.get("/office/journal", expect=403)
