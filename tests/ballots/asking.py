"""A panel member's requests to the box, and what is found in it afterwards."""

from __future__ import annotations

import httpx
from sqlmodel import col, func, select

from ballots import casting
from ballots.model import BoxedBallot
from office.database import Database
from office.outbox import Message
from rehearsal.visitor import Visitor
from tests.ballots.polls import Poll

WRONG = "000000"


async def stored(db: Database, poll: Poll) -> list[BoxedBallot]:
    async with db.reading() as session:
        query = select(BoxedBallot).where(col(BoxedBallot.election_id) == poll.id)
        return list(await session.exec(query.order_by(col(BoxedBallot.id))))


async def messages(db: Database) -> int:
    async with db.reading() as session:
        return (await session.exec(select(func.count(col(Message.id))))).one()


async def right_code(visitor: Visitor, poll: Poll, voter: int) -> str:
    return (await poll.codes(visitor, voter))[0]


def other_than(code: str) -> str:
    return WRONG if code != WRONG else "999999"


def refusal(answer: httpx.Response, status: int, *words: str) -> str:
    """The sentence of a refusal: a problem document in Korean, with the words that matter in it."""
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    detail: str = answer.json()["detail"]
    assert any("가" <= letter <= "힣" for letter in detail)
    for word in words:
        assert word in detail
    return detail


async def recorded(db: Database) -> list[Message]:
    async with db.reading() as session:
        query = select(Message).where(col(Message.purpose) == casting.RECORDED_LETTER)
        return list(await session.exec(query.order_by(col(Message.id))))
