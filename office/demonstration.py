"""Demonstrations and real data never share a database."""

from sqlmodel import col, select

from office import journal
from office.database import Database
from office.journal import JournalEntry
from office.settings import Settings

BEGUN = "demonstration.begun"
"""The first act in the journal of every demonstration's database."""


class WrongDatabase(Exception):
    """Demonstrations and real data never share a database."""


async def keep_apart(db: Database, settings: Settings) -> None:
    """Refuse to start a demonstration on real data, or real work on a demonstration's database."""
    async with db.writing() as session:
        first = (await session.exec(select(JournalEntry.act).order_by(col(JournalEntry.id)).limit(1))).first()
        if first is None and settings.demonstration:
            await journal.record(session, "system", BEGUN, "")
        elif (first == BEGUN) != settings.demonstration and first is not None:
            raise WrongDatabase(
                "this database holds something else than a demonstration: it is left alone"
                if settings.demonstration
                else "this database belongs to a demonstration; set YAKSOK_DATABASE_URL to another one"
            )
