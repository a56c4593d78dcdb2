"""The panel's personal data: kept until they are no longer needed, then found nowhere in the database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import psycopg
import sqlalchemy as sa
import time_machine
from sqlmodel import SQLModel, col, select, update

from ballots.casting import ask
from ballots.model import Election
from ballots.protocol.ballot import encrypt
from ballots.protocol.credentials import derive
from ballots.protocol.verifier import verify
from ballots.retention import KEPT_AFTER_CLOSE, KEPT_AFTER_FINAL, delete_what_is_due, due_at
from contracts.model import CalendarDay, Phase
from office import journal
from office.clock import now
from office.database import Database
from office.outbox import Message
from office.settings import Settings
from tests.ballots.votes import Vote

PERSONAL = (
    "김하나",
    "이두리",
    "박세나",
    "12345671",
    "1234-5671",
    "12345672",
    "1234-5672",
    "three@example.kr",
)


async def rows(db: Database) -> str:
    """Every value of every table."""
    async with db.reading() as session:
        connection = await session.connection()
        found: list[object] = []
        for table in SQLModel.metadata.sorted_tables:
            found += (await connection.execute(sa.select(table))).all()
    return "\n".join(map(str, found))


def on_disk(settings: Settings) -> bytes:
    """What the database's files hold: all of SQLite's, the tables' own of PostgreSQL."""
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        query = (
            "SELECT current_setting('data_directory') || '/' || pg_relation_filepath(c.oid) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'i')"
        )
        paths = [str(path) for (path,) in connection.execute(query)]
    return b"".join(Path(path).read_bytes() for path in paths)


def found_in(stored: str | bytes) -> list[str]:
    """Which of the panel's names, numbers and addresses are there."""
    raw = stored.encode() if isinstance(stored, str) else stored
    return [one for one in PERSONAL if one.encode() in raw]


async def a_vote_with_traces(db: Database, settings: Settings) -> Vote:
    """A closed and counted vote whose people got links, codes and messages, and a roll draft left behind."""
    vote = Vote(db, settings)
    await vote.begin()
    await vote.box([(0, (0,)), (1, (1,)), (2, (0,))])
    election, context, credentials = await vote.election(), await vote.context(), vote.credentials()
    for entry in await vote.roll():
        secret = derive(credentials[entry.phone or entry.mail], vote.uuid).secret
        async with db.writing() as session:
            await ask(session, settings, vote.outbox, election, encrypt(context, secret, [(0,)]))
    await vote.outbox.deliver()
    await vote.close()
    await vote.count()
    return vote


async def make_final(vote: Vote) -> None:
    election = await vote.election()
    async with vote.db.writing() as session:
        day = update(CalendarDay).where(
            col(CalendarDay.cycle_id) == election.cycle_id, col(CalendarDay.phase) == Phase.FINAL
        )
        await session.exec(day.values(entered_at=now()))


async def test_thirty_days_after_the_final_result_nothing_personal_is_found_anywhere(
    own_db: tuple[Database, Settings],
) -> None:
    db, settings = own_db
    vote = await a_vote_with_traces(db, settings)
    board = await vote.board()
    await make_final(vote)
    assert len(found_in(await rows(db))) >= 5
    assert found_in(on_disk(settings))

    with time_machine.travel(now() + KEPT_AFTER_FINAL - timedelta(hours=1)):
        await delete_what_is_due(db)
    assert found_in(await rows(db))

    with time_machine.travel(now() + KEPT_AFTER_FINAL + timedelta(hours=1)):
        await delete_what_is_due(db)
        await delete_what_is_due(db)
    assert found_in(await rows(db)) == []
    assert found_in(on_disk(settings)) == []

    election = await vote.election()
    assert election.personal_data_deleted_at is not None
    async with db.reading() as session:
        (entry,) = [
            one for one in await journal.latest(session) if one.act == "ballots.personal-data-deleted"
        ]
        assert entry.details == {"people": 3, "roll_unchanged": True}
        assert await journal.broken_at(session) is None
    assert await vote.board() == board
    assert verify(board, jobs=1).ok


async def test_without_a_final_result_they_go_half_a_year_after_the_close(
    own_db: tuple[Database, Settings],
) -> None:
    db, settings = own_db
    vote = await a_vote_with_traces(db, settings)
    with time_machine.travel(now() + KEPT_AFTER_FINAL + timedelta(days=1)):
        await delete_what_is_due(db)
    assert found_in(await rows(db))
    with time_machine.travel(now() + KEPT_AFTER_CLOSE + timedelta(hours=1)):
        await delete_what_is_due(db)
    assert found_in(await rows(db)) == []
    assert (await vote.election()).personal_data_deleted_at is not None


async def test_an_open_vote_keeps_its_roll_however_long_it_lasts(db: Database, settings: Settings) -> None:
    vote = Vote(db, settings)
    await vote.begin()
    assert due_at(await vote.election(), None) is None
    with time_machine.travel(now() + 3 * KEPT_AFTER_CLOSE):
        await delete_what_is_due(db)
    assert found_in(await rows(db))


async def test_messages_about_other_things_and_later_votes_keep_their_recipients(
    db: Database, settings: Settings
) -> None:
    vote = Vote(db, settings)
    await vote.begin()
    await vote.close()
    moment = now()
    async with db.writing() as session:
        for purpose, when in (("invitation", moment), ("voting link", moment + timedelta(days=300))):
            session.add(
                Message(channel="mail", recipient="three@example.kr", purpose=purpose, created_at=when)
            )
    with time_machine.travel(moment + KEPT_AFTER_CLOSE + timedelta(hours=1)):
        await delete_what_is_due(db)
    async with db.reading() as session:
        left = await session.exec(select(Message.purpose).where(col(Message.recipient) != ""))
        assert sorted(left) == ["invitation", "voting link"]
        stored = (await session.exec(select(Election).where(col(Election.uuid) == vote.uuid))).one()
        assert stored.personal_data_deleted_at is not None
