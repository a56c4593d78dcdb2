"""The journal: an append-only record of acts, each entry hashed together with the one before it."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from office.clock import now
from office.database import Database

GENESIS = "0" * 64
"""What the first entry names as its predecessor."""


class JournalEntry(SQLModel, table=True):
    """One act: who did what to what, and the chain that makes a later change visible."""

    __tablename__ = "journal_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    actor: str = Field(max_length=80)
    act: str = Field(max_length=60, index=True)
    subject: str = Field(max_length=120, index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    previous: str = Field(max_length=64, unique=True)
    hash: str = Field(max_length=64, unique=True)


Listener = Callable[[AsyncSession, JournalEntry], Awaitable[None]]
_LISTENER = "yaksok_journal_listener"


def listen(db: Database, listener: Listener) -> None:
    """Call this for every act the journal records from now on, in the transaction of the act."""
    db.info[_LISTENER] = listener


def digest(entry: JournalEntry) -> str:
    """SHA-256 of the entry's facts and of its predecessor's hash."""
    facts = [
        entry.previous,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.act,
        entry.subject,
        json.dumps(entry.details, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


async def hold(session: AsyncSession) -> None:
    """Be the only writer of the journal until the caller's transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        # SQLite's write lock already sees to it.
        await session.exec(sa.text("SELECT pg_advisory_xact_lock(7203111)"))  # type: ignore[call-overload]  # SQLModel types exec() for select only


async def record(session: AsyncSession, actor: str, act: str, subject: str, **details: Any) -> JournalEntry:
    """Add an act to the journal in the caller's transaction.

    `actor` is a role and number, never a name that identifies a resident; `details` hold no secret, no code,
    no phone number and no choice.  The unique `previous` makes two concurrent appends impossible.
    """
    await hold(session)
    last = (
        await session.exec(select(JournalEntry.hash).order_by(col(JournalEntry.id).desc()).limit(1))
    ).first()
    entry = JournalEntry(
        at=now(), actor=actor, act=act, subject=subject, details=details, previous=last or GENESIS, hash=""
    )
    entry.hash = digest(entry)
    session.add(entry)
    await session.flush()
    listener: Listener | None = session.info.get(_LISTENER)
    if listener is not None:
        await listener(session, entry)
    return entry


async def broken_at(session: AsyncSession) -> int | None:
    """Id of the first entry that does not fit the chain, or None when the whole journal is sound."""
    expected = GENESIS
    for entry in await session.exec(select(JournalEntry).order_by(col(JournalEntry.id))):
        if entry.previous != expected or digest(entry) != entry.hash:
            return entry.id
        expected = entry.hash
    return None


async def latest(session: AsyncSession, limit: int = 200) -> list[JournalEntry]:
    """The newest entries first."""
    return list(await session.exec(select(JournalEntry).order_by(col(JournalEntry.id).desc()).limit(limit)))
