"""The outbox: recipient, purpose and fate of every message, and never its body (demonstrations excepted).

A body lives in memory between the commit that decided to send it and the carrier.  If the process dies in between,
the row says so and the message is sent again by whoever asked for it: a code by its owner, a link by an officer.
"""

import asyncio
import enum
import logging
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from office.carriers import Carrier, Letter, Undeliverable
from office.clock import now
from office.database import Database, choice

log = logging.getLogger(__name__)
TRIES = 3
PARALLEL = 8


class Fate(enum.StrEnum):
    """What became of a message."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    LOST = "lost"


class Message(SQLModel, table=True):
    """One message and what became of it."""

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(max_length=10)
    recipient: str = Field(max_length=120)
    purpose: str = Field(max_length=60, index=True)
    subject: str = Field(default="", max_length=200)
    body: str | None = None
    fate: Fate = Field(default=Fate.QUEUED, sa_type=choice(Fate))
    tries: int = 0
    error: str = Field(default="", max_length=200)
    created_at: datetime
    settled_at: datetime | None = None


class Outbox:
    """Takes letters inside a transaction and hands them to their carriers after its commit."""

    def __init__(self, db: Database, carriers: dict[str, Carrier], *, keep_bodies: bool = False) -> None:
        self._db = db
        self._carriers = carriers
        self._keep_bodies = keep_bodies
        self._waiting: list[tuple[int, Letter]] = []

    async def post(self, session: AsyncSession, letter: Letter) -> Message:
        """Record the letter in the caller's transaction; it leaves once that has been committed."""
        message = Message(
            channel=letter.channel,
            recipient=letter.recipient,
            purpose=letter.purpose,
            subject=letter.subject,
            body=letter.text if self._keep_bodies else None,
            created_at=now(),
        )
        session.add(message)
        await session.flush()
        number = message.id
        assert number is not None  # noqa: S101 - just flushed

        def committed(_: Any) -> None:
            self._waiting.append((number, letter))

        event.listen(session.sync_session, "after_commit", committed, once=True)
        return message

    async def deliver(self) -> None:
        """Due work: hand over everything that waits, a few at a time."""
        waiting, self._waiting = self._waiting, []
        gate = asyncio.Semaphore(PARALLEL)

        async def one(number: int, letter: Letter) -> tuple[int, Fate, int, str]:
            async with gate:
                return number, *await self._carry(letter)

        settled = await asyncio.gather(*(one(number, letter) for number, letter in waiting))
        if not settled:
            return
        async with self._db.writing() as session:
            for number, fate, tries, error in settled:
                values = {"fate": fate, "tries": tries, "error": error, "settled_at": now()}
                await session.exec(update(Message).where(col(Message.id) == number).values(**values))

    async def _carry(self, letter: Letter) -> tuple[Fate, int, str]:
        carrier = self._carriers.get(letter.channel)
        if carrier is None:
            return Fate.FAILED, 0, f"no carrier for {letter.channel}"
        error = ""
        for attempt in range(1, TRIES + 1):
            try:
                await carrier.carry(letter)
            except Undeliverable as refused:
                return Fate.FAILED, attempt, str(refused)[:200]
            except Exception as trouble:
                # The carrier's own words may quote the message; its type cannot.
                error = type(trouble).__name__
                log.warning("carrier for %s failed: %s", letter.channel, error)
                await asyncio.sleep(0.2 * attempt)
            else:
                return Fate.SENT, attempt, ""
        return Fate.FAILED, TRIES, error

    async def mark_lost(self) -> None:
        """At start: messages whose bodies died with an earlier process are said to be lost."""
        async with self._db.writing() as session:
            await session.exec(
                update(Message)
                .where(col(Message.fate) == Fate.QUEUED)
                .values(fate=Fate.LOST, settled_at=now(), error="the process ended before it was sent")
            )


async def latest(session: AsyncSession, *, limit: int = 200, purpose: str | None = None) -> list[Message]:
    """The newest messages first."""
    query = select(Message).order_by(col(Message.id).desc()).limit(limit)
    if purpose:
        query = query.where(col(Message.purpose) == purpose)
    return list(await session.exec(query))
