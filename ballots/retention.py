"""How long the panel's personal data are kept, and their deletion: names, numbers and addresses of the roll, wherever they stand.

What stays are rows without a person: the number on the roll with its public credential, the encrypted ballots, the board.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import roll
from ballots.casting import CODE_LETTER, RECORDED_LETTER
from ballots.issuing import LETTER
from ballots.model import Election, OpenedBallot, RollDraft, RollEntry
from contracts.model import CalendarDay, Phase
from office import journal
from office.clock import now
from office.codes import Challenge, CodeSubject
from office.database import Database
from office.outbox import Message

KEPT_AFTER_FINAL = timedelta(days=30)
"""Objections are over once the result is final; what is asked afterwards needs no names."""
KEPT_AFTER_CLOSE = timedelta(days=180)
"""The longest, however the cycle goes on."""
LETTERS = (LETTER, CODE_LETTER, RECORDED_LETTER)
STRAGGLERS = timedelta(days=1)
"""The last messages about a vote are older than this after its close."""
_TABLES = ("roll_entry", "roll_draft", "message", "challenge", "code_subject", "opened_ballot")
ITSELF = "yaksok"


def due_at(election: Election, final_at: datetime | None) -> datetime | None:
    """When the personal data of a vote are to be deleted; None while it has not been closed."""
    if election.closed_at is None:
        return None
    latest = election.closed_at + KEPT_AFTER_CLOSE
    return min(latest, final_at + KEPT_AFTER_FINAL) if final_at else latest


async def final_at(session: AsyncSession, election: Election) -> datetime | None:
    """When the result of the vote's cycle became final."""
    query = select(CalendarDay.entered_at).where(
        col(CalendarDay.cycle_id) == election.cycle_id, col(CalendarDay.phase) == Phase.FINAL
    )
    return (await session.exec(query)).first()


async def delete_what_is_due(db: Database) -> None:
    """Delete the personal data of every vote whose time has come; what a stopped process left undone is done again."""
    kept = select(Election).where(
        col(Election.closed_at).is_not(None), col(Election.personal_data_deleted_at).is_(None)
    )
    async with db.reading() as session:
        closed = [(one, await final_at(session, one)) for one in await session.exec(kept)]
    for election, final in closed:
        due = due_at(election, final)
        if due is None or due > now():
            continue
        async with db.writing() as session:
            unchanged = await roll.unchanged(session, election)
            people = await forget(session, election)
        await _empty_free_space(db)
        async with db.writing() as session:
            deleted = update(Election).where(col(Election.id) == election.id)
            await session.exec(deleted.values(personal_data_deleted_at=now()))
            await journal.record(
                session,
                ITSELF,
                "ballots.personal-data-deleted",
                election.uuid,
                people=people,
                roll_unchanged=unchanged,
            )


async def forget(session: AsyncSession, election: Election) -> int:
    """Delete names, telephone numbers and addresses of the roll, codes' records and recipients; returns how many people."""
    on_roll = col(RollEntry.election_id) == election.id
    addresses = sa.union(
        sa.select(col(RollEntry.phone)).where(on_roll), sa.select(col(RollEntry.mail)).where(on_roll)
    )
    last = (election.closed_at or now()) + STRAGGLERS
    letters = update(Message).where(
        col(Message.purpose).in_(LETTERS),
        col(Message.created_at) <= last,
        col(Message.recipient).in_(addresses),
    )
    if election.issued_at is not None:
        letters = letters.where(col(Message.created_at) >= election.issued_at)
    unsynchronized = {"synchronize_session": False}
    await session.exec(letters.values(recipient="", body=None, error=""), execution_options=unsynchronized)
    about = f"{election.uuid}:"
    await session.exec(delete(Challenge).where(col(Challenge.subject).startswith(about)))
    await session.exec(delete(CodeSubject).where(col(CodeSubject.subject).startswith(about)))
    await session.exec(delete(RollDraft).where(col(RollDraft.election_id) == election.id))
    await session.exec(delete(OpenedBallot).where(col(OpenedBallot.election_id) == election.id))
    await session.exec(
        update(RollEntry).where(on_roll).values(name="", phone="", mail="", stratum=""),
        execution_options=unsynchronized,
    )
    return (await session.exec(select(func.count(col(RollEntry.id))).where(on_roll))).one()


async def _empty_free_space(db: Database) -> None:
    """Write the tables anew: what a database deletes it only marks as free, and the bytes would still be in its file."""
    if not isinstance(db.binding, AsyncEngine):
        return
    async with db.binding.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101 - just opened
        if db.binding.dialect.name == "postgresql":
            await driver.set_autocommit(True)
            try:
                await driver.execute(f"VACUUM (FULL, ANALYZE) {', '.join(_TABLES)}")
            finally:
                await driver.set_autocommit(False)
        else:
            await driver.execute("VACUUM")
            await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
