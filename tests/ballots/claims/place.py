"""What the claims about the running system look at: a vote of the test's own, and everything its database holds."""

from __future__ import annotations

from typing import Any

import httpx
import sqlalchemy as sa
from sqlmodel import SQLModel

from office.database import Database
from rehearsal.visitor import Visitor
from tests.ballots.claims.claim import Place
from tests.ballots.polls import Poll, open_poll
from tests.ballots.votes import Vote
from tests.conftest import visitor_of

ANY = tuple(range(200, 600))
"""A check judges the answer itself."""


async def poll_at(place: Place, *, voters: int = 2, blank: bool = False) -> tuple[Poll, Visitor]:
    """An open vote of one or two of three options, and somebody at a browser."""
    poll = await open_poll(place.database(), voters=voters, options=3, minimum=1, maximum=2, blank=blank)
    return poll, visitor_of(place.application())


def vote_at(place: Place) -> Vote:
    """A vote to be prepared by its services, with an outbox as in operation: no body is kept."""
    return Vote(place.database(), place.settings)


async def right_code(poll: Poll, visitor: Visitor, voter: int) -> str:
    return (await poll.codes(visitor, voter))[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def give(poll: Poll, visitor: Visitor, challenge: str, code: str, raw: bytes) -> httpx.Response:
    return await poll.give(visitor, challenge, code, raw, expect=ANY)


async def everything_stored(db: Database) -> str:
    """Every value of every table, as text."""
    async with db.reading() as session:
        connection = await session.connection()
        rows: list[Any] = []
        for table in SQLModel.metadata.sorted_tables:
            rows += (await connection.execute(sa.select(table))).all()
    return "\n".join(str(tuple(row)) for row in rows)
