"""A ballot is opened to be checked, or cast: one of the two, whichever comes first, and the answers tell nothing."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from sqlmodel import col, select

import app as house
from ballots import opened
from ballots.box import election_of
from ballots.checking import Checker
from ballots.model import BoxedBallot, ElectionState, OpenedBallot
from ballots.protocol.ballot import encrypt, tracker
from ballots.protocol.credentials import derive, draw
from office.database import Database
from office.errors import Conflict
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests.ballots.polls import Poll, open_poll
from tests.conftest import visitor_of


@pytest.fixture
async def poll(db: Database) -> Poll:
    return await open_poll(db)


async def notes(db: Database, poll: Poll) -> list[OpenedBallot]:
    async with db.reading() as session:
        return list(await session.exec(select(OpenedBallot).where(col(OpenedBallot.election_id) == poll.id)))


async def open_it(visitor: Visitor, poll: Poll, raw: bytes, expect: int = 201) -> httpx.Response:
    return await visitor.send(f"{poll.address}/opened", raw, expect=expect)


async def test_an_opened_ballot_is_known_by_its_tracker_alone(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    raw = poll.ballot(0, 1, 3)
    answer = await open_it(visitor, poll, raw)
    assert answer.json() == {"tracker": tracker(raw)}
    (note,) = await notes(db, poll)
    assert note.digest == tracker(raw)
    stored = json.dumps(note.model_dump(mode="json"))
    content = json.loads(raw)
    for part in (
        content["credential"],
        content["answers"][0]["choices"][0]["alpha"],
        content["signature"]["hash"],
    ):
        assert part not in stored
    # Asked once more, the same answer, and no second note.
    assert (await open_it(visitor, poll, raw)).json() == answer.json()
    assert len(await notes(db, poll)) == 1


async def test_an_opened_ballot_is_never_cast(visitor: Visitor, db: Database, poll: Poll) -> None:
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = (await poll.codes(visitor, 0))[0]
    await open_it(visitor, poll, raw)
    refused = await poll.give(visitor, asked["challenge"], code, raw, expect=409)
    assert "열어 본 투표지는 낼 수 없습니다" in refused.json()["detail"]
    await visitor.send(f"{poll.address}/ballots", raw, expect=409)
    async with db.reading() as session:
        assert list(await session.exec(select(BoxedBallot))) == []
    # Another ballot of the same voter is cast as ever.
    await poll.cast(visitor, 0, 2)


async def test_a_cast_ballot_is_never_opened(visitor: Visitor, db: Database, poll: Poll) -> None:
    raw = await poll.cast(visitor, 0, 2)
    refused = await open_it(visitor, poll, raw, expect=409)
    assert "이미 투표한 투표지는 열 수 없습니다" in refused.json()["detail"]
    assert await notes(db, poll) == []


async def test_an_unknown_credential_gets_the_same_answers(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    known, unknown = poll.ballot(0, 1), poll.stranger_ballot(1)
    first, second = await open_it(visitor, poll, known), await open_it(visitor, poll, unknown)
    assert set(first.json()) == set(second.json()) == {"tracker"}
    assert len(first.content) == len(second.content)


async def test_a_forged_or_foreign_ballot_is_not_opened(visitor: Visitor, db: Database, poll: Poll) -> None:
    raw = json.loads(poll.ballot(0, 1))
    raw["signature"]["proof"]["response"] = str(int(raw["signature"]["proof"]["response"]) + 1)
    await open_it(visitor, poll, json.dumps(raw, separators=(",", ":")).encode(), expect=422)
    await open_it(visitor, poll, b"{}", expect=422)
    other = await open_poll(db, seed=2)
    await open_it(visitor, poll, other.ballot(0, 1), expect=422)
    assert await notes(db, poll) == []


@pytest.mark.parametrize("listed", [True, False], ids=["known", "unknown"])
async def test_with_the_last_code_of_the_day_nothing_is_opened(
    visitor: Visitor, db: Database, poll: Poll, listed: bool
) -> None:
    """An unknown credential is told the same, at the same count."""
    secret = poll.keys[0].secret if listed else derive(draw(poll.rng), poll.uuid).secret
    for _ in range(4):
        raw = encrypt(poll.context, secret, [(1,)], poll.rng)
        await poll.ask(visitor, raw)
        await open_it(visitor, poll, raw)
    last = encrypt(poll.context, secret, [(1,)], poll.rng)
    asked = await poll.ask(visitor, last)
    refused = await open_it(visitor, poll, last, expect=409)
    assert "마지막 인증번호" in refused.json()["detail"]
    if listed:
        code = (await poll.codes(visitor, 0))[0]
        await poll.give(visitor, asked["challenge"], code, last)


async def test_a_credential_opens_twenty_ballots_at_most(db: Database, poll: Poll) -> None:
    async with db.writing() as session:
        election = await election_of(session, poll.uuid)
        for _ in range(opened.MOST_OPENED):
            await opened.record(session, election, poll.ballot(0, 1))
        with pytest.raises(Conflict, match="투표지를 열어 확인하는 것은"):
            await opened.record(session, election, poll.ballot(0, 1))
        await opened.record(session, election, poll.ballot(1, 1))


async def test_before_and_after_the_vote_nothing_is_opened(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    async with db.writing() as session:
        (await election_of(session, poll.uuid)).state = ElectionState.CLOSED
    await open_it(visitor, poll, poll.ballot(0, 1), expect=409)
    assert await notes(db, poll) == []


async def test_opened_and_cast_at_once_only_one_of_them_happens(
    own_db: tuple[Database, Settings], checker: Checker
) -> None:
    db, settings = own_db
    poll = await open_poll(db)
    async with (visitor := visitor_of(house.create_app(settings, db=db, checker=checker))).http:
        for _ in range(4):
            raw = poll.ballot(0, 1)
            asked = await poll.ask(visitor, raw)
            code = (await poll.codes(visitor, 0))[0]
            answers = await asyncio.gather(
                visitor.send(f"{poll.address}/opened", raw, expect=(201, 409)),
                poll.give(visitor, asked["challenge"], code, raw, expect=(201, 409)),
            )
            assert sorted(answer.status_code for answer in answers) == [201, 409]
            async with db.reading() as session:
                query = select(BoxedBallot.id).where(col(BoxedBallot.digest) == tracker(raw))
                cast = (await session.exec(query)).first() is not None
            assert cast is (answers[1].status_code == 201)


async def test_the_public_credentials_are_served_as_they_stand_on_the_board(
    visitor: Visitor, poll: Poll
) -> None:
    answer = await visitor.get(f"{poll.address}/credentials.json")
    assert list(poll.context.weights) == answer.json()


@pytest.mark.parametrize("page", ["audit", "mine"])
async def test_the_checking_pages_are_public_from_the_opening_on(
    visitor: Visitor, db: Database, poll: Poll, page: str
) -> None:
    await visitor.get(f"/{page}/{poll.uuid}")
    waiting = await open_poll(db, state=ElectionState.ISSUED, seed=3)
    await visitor.get(f"/{page}/{waiting.uuid}", expect=404)
