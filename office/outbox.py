"""The outbox: recipient, purpose and fate of every message, and never its body (demonstrations excepted).

A body lives in memory between the commit that decided to send it and the carrier.  If the process dies in between,
the row says so and the message is sent again by whoever asked for it: a code by its owner, a link by an officer.
"""

import asyncio
import enum
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from office.carriers import Carrier, Letter, Undeliverable
from office.clock import now
from office.database import Database, after_commit, choice

log = logging.getLogger(__name__)
TRIES = 3
PAUSE = 0.2
"""Seconds before the second try; the third waits twice as long."""
PARALLEL = 8
PATIENCE = 1.0
"""Seconds one round waits for carriers before it notes what has arrived so far."""
LOST_AFTER = timedelta(minutes=5)
LOOK_EVERY = timedelta(seconds=30)


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


@dataclass(frozen=True, slots=True)
class Settled:
    """What a carrier made of one letter."""

    number: int
    fate: Fate
    tries: int
    error: str = ""


class Outbox:
    """Takes letters inside a transaction and hands them to their carriers after its commit."""

    def __init__(self, db: Database, carriers: dict[str, Carrier], *, keep_bodies: bool = False) -> None:
        self._db = db
        self._carriers = carriers
        self._keep_bodies = keep_bodies
        self._waiting: list[tuple[int, Letter]] = []
        self._flying: set[asyncio.Task[Settled]] = set()
        self._gate = asyncio.Semaphore(PARALLEL)
        self._looked = datetime.min.replace(tzinfo=UTC)

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
        after_commit(session, lambda: self._waiting.append((number, letter)))
        return message

    async def deliver(self) -> None:
        """Due work: send off what waits and note what has arrived; a letter that hangs holds up no other."""
        waiting, self._waiting = self._waiting, []
        self._flying |= {asyncio.create_task(self._carry(number, letter)) for number, letter in waiting}
        if not self._flying:
            return
        arrived, _ = await asyncio.wait(self._flying, timeout=PATIENCE)
        if not arrived:
            return
        async with self._db.writing() as session:
            for settled in (task.result() for task in arrived):
                values = {"fate": settled.fate, "tries": settled.tries, "error": settled.error}
                query = update(Message).where(col(Message.id) == settled.number)
                await session.exec(query.values(**values, settled_at=now()))
        self._flying -= arrived

    async def _carry(self, number: int, letter: Letter) -> Settled:
        carrier = self._carriers.get(letter.channel)
        if carrier is None:
            return Settled(number, Fate.FAILED, 0, f"no carrier for {letter.channel}")
        error = ""
        async with self._gate:
            for attempt in range(1, TRIES + 1):
                try:
                    await carrier.carry(letter)
                except Undeliverable as refused:
                    return Settled(number, Fate.FAILED, attempt, str(refused)[:200])
                except Exception as trouble:
                    # The carrier's own words may quote the message; its type cannot.
                    error = type(trouble).__name__
                    log.warning("carrier for %s failed: %s", letter.channel, error)
                    await asyncio.sleep(PAUSE * attempt)
                else:
                    return Settled(number, Fate.SENT, attempt)
        return Settled(number, Fate.FAILED, TRIES, error)

    async def mark_lost(self) -> None:
        """Due work, now and then: a message queued for so long died with its process and is said to be lost."""
        at = now()
        if at - self._looked < LOOK_EVERY:
            return
        self._looked = at
        async with self._db.writing() as session:
            await session.exec(
                update(Message)
                .where(col(Message.fate) == Fate.QUEUED, col(Message.created_at) < at - LOST_AFTER)
                .values(fate=Fate.LOST, settled_at=at, error="the process ended before it was sent")
            )

    async def close(self) -> None:
        """Give up what is still under way; `mark_lost` of the next process says so."""
        for task in self._flying:
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)


async def latest(session: AsyncSession, *, limit: int = 200, purpose: str | None = None) -> list[Message]:
    """The newest messages first."""
    query = select(Message).order_by(col(Message.id).desc()).limit(limit)
    if purpose:
        query = query.where(col(Message.purpose) == purpose)
    return list(await session.exec(query))
