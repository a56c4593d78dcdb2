"""What became of a vote's letters: whom the link did not reach, and how many messages did not arrive."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import issuing
from ballots.model import Election, RollEntry
from office.outbox import Fate, Message

MISSED = (Fate.FAILED, Fate.LOST)


@dataclass(frozen=True, slots=True)
class Letters:
    """What became of the links: how many went out or are on their way, and whom they did not reach."""

    sent: int = 0
    queued: int = 0
    unreached: Sequence[RollEntry] = ()


async def letters_of(session: AsyncSession, election: Election) -> Letters:
    """The newest link of every address counts."""
    if election.issued_at is None:
        return Letters()
    query = (
        select(Message.recipient, Message.fate)
        .where(col(Message.purpose) == issuing.LETTER, col(Message.created_at) >= election.issued_at)
        .order_by(col(Message.id))
    )
    newest = dict((await session.exec(query)).all())
    fates = Counter(newest.values())
    missed = [address for address, fate in newest.items() if fate in MISSED]
    reached_by = col(RollEntry.phone).in_(missed) | col(RollEntry.mail).in_(missed)
    found = select(RollEntry).where(col(RollEntry.election_id) == election.id, reached_by)
    unreached = [
        entry
        for entry in await session.exec(found.order_by(col(RollEntry.id)))
        if (entry.phone or entry.mail) in missed
    ]
    return Letters(fates[Fate.SENT], fates[Fate.QUEUED], unreached)


async def undelivered(session: AsyncSession, election: Election) -> int:
    """Messages to people on the roll that did not arrive, of every kind, since the links went out."""
    if election.issued_at is None:
        return 0
    listed = col(RollEntry.election_id) == election.id
    addresses = select(RollEntry.phone).where(listed).union(select(RollEntry.mail).where(listed))
    query = select(func.count(col(Message.id))).where(
        col(Message.created_at) >= election.issued_at,
        col(Message.fate).in_(MISSED),
        col(Message.recipient) != "",
        col(Message.recipient).in_(addresses),
    )
    return (await session.exec(query)).one()
