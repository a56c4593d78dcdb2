"""The box under load: a full queue, a full disk, and many requests at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
import sqlalchemy as sa
from litestar import Litestar
from sqlmodel import col, select

import app as house
from ballots.checking import Checker
from ballots.protocol.ballot import tracker
from office.codes import Challenge, CodeSubject
from office.database import Database
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests.ballots.asking import other_than, recorded, refusal, right_code, stored
from tests.ballots.polls import Poll, open_poll
from tests.conftest import visitor_of


@pytest.fixture
async def poll(db: Database) -> Poll:
    return await open_poll(db)


@pytest.fixture
async def busy(db: Database, settings: Settings, checker: Checker) -> AsyncIterator[tuple[Visitor, Checker]]:
    """A visitor of a house whose checking queue is full; `room` of the checker can be set."""
    full = Checker(1)
    full._room = 0
    async with (visitor := visitor_of(house.create_app(settings, db=db, checker=full))).http:
        yield visitor, full
    full.close()


async def test_a_full_queue_says_when_to_come_back_and_the_code_stays_unspent(
    busy: tuple[Visitor, Checker], db: Database, poll: Poll
) -> None:
    visitor, checker = busy
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(visitor, poll, 0)
    for _ in range(7):
        answer = await poll.give(visitor, asked["challenge"], code, raw, 503)
        refusal(answer, 503, "자동으로 다시")
        assert int(answer.headers["retry-after"]) == 5
    assert await stored(db, poll) == []
    checker._room = 1
    await poll.give(visitor, asked["challenge"], code, raw)
    assert len(await stored(db, poll)) == 1


@pytest.fixture
async def served_poll(
    own_db: tuple[Database, Settings], checker: Checker
) -> AsyncIterator[tuple[Visitor, Poll, Database]]:
    """A vote in a database of its own, where requests really run side by side."""
    db, settings = own_db
    poll = await open_poll(db)
    app: Litestar = house.create_app(settings, db=db, checker=checker)
    async with (visitor := visitor_of(app)).http:
        yield visitor, poll, db


async def test_a_full_disk_acknowledges_nothing_and_the_same_request_succeeds_once_there_is_room(
    served_poll: tuple[Visitor, Poll, Database], backend: str
) -> None:
    if backend != "sqlite":
        pytest.skip("the limit that stands for a full disk is SQLite's")
    visitor, poll, db = served_poll
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(visitor, poll, 0)
    engine = cast(Any, db.binding).sync_engine
    room = 1

    def limit(connection: Any, *_: Any) -> None:
        """No page more than there is, or (with 2**30) as many as one likes."""
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count={room}")
        cursor.close()

    sa.event.listen(engine, "checkout", limit)
    for _ in range(3):
        answer = await poll.give(visitor, asked["challenge"], code, raw, 503)
        refusal(answer, 503)
        assert int(answer.headers["retry-after"]) > 0
    assert await stored(db, poll) == []
    assert await recorded(db) == []
    room = 2**30
    answer = await poll.give(visitor, asked["challenge"], code, raw)
    assert answer.json()["tracker"] == tracker(raw)
    assert len(await stored(db, poll)) == 1
    assert len(await recorded(db)) == 1


async def test_of_right_codes_at_once_exactly_one_succeeds(
    served_poll: tuple[Visitor, Poll, Database],
) -> None:
    visitor, poll, db = served_poll
    raw = poll.ballot(0, 1)
    challenges = []
    for _ in range(4):
        asked = await poll.ask(visitor, raw)
        challenges.append((asked["challenge"], await right_code(visitor, poll, 0)))
    answers = await asyncio.gather(
        *(poll.give(visitor, challenge, code, raw, (201, 409)) for challenge, code in challenges)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    (boxed,) = await stored(db, poll)
    async with db.reading() as session:
        spent = select(Challenge.id).where(col(Challenge.consumed_at).is_not(None))
        assert list(await session.exec(spent)) == [boxed.challenge_id]


async def test_the_same_request_many_times_at_once_stores_one_ballot_and_is_answered_alike(
    served_poll: tuple[Visitor, Poll, Database],
) -> None:
    visitor, poll, db = served_poll
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(visitor, poll, 0)
    answers = await asyncio.gather(*(poll.give(visitor, asked["challenge"], code, raw) for _ in range(6)))
    assert len({answer.text for answer in answers}) == 1
    assert len(await stored(db, poll)) == 1
    assert len(await recorded(db)) == 1


async def test_wrong_codes_at_once_are_compared_five_times_at_most(
    served_poll: tuple[Visitor, Poll, Database],
) -> None:
    visitor, poll, db = served_poll
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    wrong = other_than(await right_code(visitor, poll, 0))
    answers = await asyncio.gather(
        *(poll.give(visitor, asked["challenge"], wrong, raw, (410, 422)) for _ in range(12))
    )
    assert sorted(answer.status_code for answer in answers) == [410] * 8 + [422] * 4
    async with db.reading() as session:
        (standing,) = list(await session.exec(select(CodeSubject)))
    assert standing.failures == 5


async def test_many_voters_at_once_are_all_heard(served_poll: tuple[Visitor, Poll, Database]) -> None:
    visitor, poll, db = served_poll
    ballots = [poll.ballot(voter, voter) for voter in range(3)]
    asked = await asyncio.gather(*(poll.ask(visitor, raw) for raw in ballots))
    sent = [await right_code(visitor, poll, voter) for voter in range(3)]
    await asyncio.gather(
        *(
            poll.give(visitor, one["challenge"], code, raw)
            for one, code, raw in zip(asked, sent, ballots, strict=True)
        )
    )
    assert {boxed.body.encode() for boxed in await stored(db, poll)} == set(ballots)
