"""Who has had a letter of some kind."""

from sqlmodel import col, select

from office.database import Database
from office.outbox import Message


async def told(db: Database, purpose: str, about: str = "") -> list[str]:
    """The addresses of letters for a purpose whose subject says `about`, in alphabetical order."""
    query = select(Message.recipient).where(col(Message.purpose) == purpose)
    async with db.reading() as session:
        return sorted(await session.exec(query.where(col(Message.subject).contains(about))))
