"""One-time codes over HTTP: wrong ones, locks, how long they hold, and what they release."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine

from ballots import casting
from ballots.model import Election, RollEntry
from office import codes
from office.database import Database
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests.ballots.asking import messages, other_than, refusal, right_code, stored
from tests.ballots.polls import Poll, open_poll


@pytest.fixture
async def poll(db: Database) -> Poll:
    return await open_poll(db)


async def test_a_wrong_code_is_refused_with_the_tries_left_and_stores_nothing(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    wrong = other_than(await right_code(visitor, poll, 0))
    for left in (4, 3):
        refusal(await poll.give(visitor, asked["challenge"], wrong, raw, 422), 422, f"{left}번")
    assert await stored(db, poll) == []
    await poll.give(visitor, asked["challenge"], await right_code(visitor, poll, 0), raw)
    assert len(await stored(db, poll)) == 1


async def test_five_wrong_codes_end_the_challenge_and_a_new_one_works(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    right = await right_code(visitor, poll, 0)
    for _ in range(4):
        await poll.give(visitor, asked["challenge"], other_than(right), raw, 422)
    refusal(await poll.give(visitor, asked["challenge"], other_than(right), raw, 410), 410, "새로 받아")
    refusal(await poll.give(visitor, asked["challenge"], right, raw, 410), 410)
    again = await visitor.send(f"{poll.address}/codes", {"challenge": asked["challenge"]}, expect=410)
    refusal(again, 410, "새로 받아")
    fresh = await poll.ask(visitor, raw)
    await poll.give(visitor, fresh["challenge"], await right_code(visitor, poll, 0), raw)
    assert len(await stored(db, poll)) == 1


async def test_ten_wrong_codes_lock_the_voter_until_released(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    raw = poll.ballot(0, 1)
    for _ in range(2):
        asked = await poll.ask(visitor, raw)
        right = await right_code(visitor, poll, 0)
        for _ in range(5):
            await poll.give(visitor, asked["challenge"], other_than(right), raw, (410, 422))
    sent = await messages(db)
    refusal(await visitor.send(f"{poll.address}/ballots", raw, expect=422), 422, "잠겼습니다", "전화")
    assert await messages(db) == sent
    async with db.writing() as session:
        election = await session.get_one(Election, poll.id)
        entry = await session.get_one(RollEntry, poll.entries[0])
        await codes.release(session, casting.subject_of(election, entry))
    asked = await poll.ask(visitor, raw)
    await poll.give(visitor, asked["challenge"], await right_code(visitor, poll, 0), raw)
    assert len(await stored(db, poll)) == 1


async def test_a_lock_of_one_voter_is_nobody_elses(visitor: Visitor, db: Database, poll: Poll) -> None:
    raw = poll.ballot(0, 1)
    for _ in range(2):
        asked = await poll.ask(visitor, raw)
        for _ in range(5):
            wrong = other_than(await right_code(visitor, poll, 0))
            await poll.give(visitor, asked["challenge"], wrong, raw, (410, 422))
    await poll.cast(visitor, 1, 2)
    assert len(await stored(db, poll)) == 1


async def test_a_code_releases_only_the_ballot_it_was_asked_for(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    raw, other = poll.ballot(0, 1), poll.ballot(0, 2)
    asked = await poll.ask(visitor, raw)
    code = await right_code(visitor, poll, 0)
    refusal(await poll.give(visitor, asked["challenge"], code, other, 410), 410)
    refusal(await poll.give(visitor, asked["challenge"], code, poll.ballot(1, 1), 410), 410)
    assert await stored(db, poll) == []
    await poll.give(visitor, asked["challenge"], code, raw)


async def test_a_ballot_or_code_of_another_vote_is_refused(
    visitor: Visitor, db: Database, settings: Settings, poll: Poll
) -> None:
    second = await open_poll(db, seed=2)
    raw = second.ballot(0, 1)
    answer = await visitor.send(f"{poll.address}/ballots", raw, expect=422)
    refusal(answer, 422, "다른 투표")
    asked = await second.ask(visitor, raw)
    code = await right_code(visitor, second, 0)
    content = {"challenge": asked["challenge"], "code": code, "ballot": raw.decode()}
    refusal(await visitor.send(f"{poll.address}/casts", content, expect=422), 422, "다른 투표")
    own = {**content, "ballot": poll.ballot(0, 1).decode()}
    refusal(await visitor.send(f"{poll.address}/casts", own, expect=410), 410)
    later = datetime.now(UTC) + timedelta(seconds=61)
    with time_machine.travel(later, tick=True):
        resend = {"challenge": asked["challenge"]}
        refusal(await visitor.send(f"{poll.address}/codes", resend, expect=410), 410)
    assert await stored(db, poll) == await stored(db, second) == []


async def test_a_code_is_good_for_ten_minutes(visitor: Visitor, db: Database, poll: Poll) -> None:
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(visitor, poll, 0)
    shown = datetime.fromisoformat(asked["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=4) < shown <= timedelta(minutes=5)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10, seconds=1), tick=True):
        refusal(await poll.give(visitor, asked["challenge"], code, raw, 410), 410, "유효 시간")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=9), tick=True):
        await poll.give(visitor, asked["challenge"], code, raw)


async def test_a_code_sent_again_is_the_same_code(visitor: Visitor, poll: Poll) -> None:
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    early = await visitor.send(f"{poll.address}/codes", {"challenge": asked["challenge"]}, expect=429)
    refusal(early, 429, "1분")
    assert int(early.headers["retry-after"]) == 60
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61), tick=True):
        again = await visitor.send(f"{poll.address}/codes", {"challenge": asked["challenge"]})
        assert again.json()["challenge"] == asked["challenge"]
        first, second = await poll.codes(visitor, 0)
        assert first == second
        await poll.give(visitor, asked["challenge"], first, raw)


async def test_the_sixth_request_of_a_day_waits_for_tomorrow(visitor: Visitor, poll: Poll) -> None:
    raw = poll.ballot(0, 1)
    for _ in range(codes.CHALLENGES_A_DAY):
        await poll.ask(visitor, raw)
    refusal(await visitor.send(f"{poll.address}/ballots", raw, expect=429), 429, "내일")


async def conversation(visitor: Visitor, poll: Poll, raw: bytes) -> list[tuple[int, set[str], str]]:
    """Everything that somebody without the right code can get out of the booth's addresses."""
    heard = []

    async def say(path: str, content: Any) -> httpx.Response:
        answer = await visitor.send(f"{poll.address}/{path}", content, expect=tuple(range(200, 600)))
        body = answer.json()
        heard.append((answer.status_code, set(body), body.get("detail", "")))
        return answer

    for _ in range(3):
        asked = await say("ballots", raw)
        challenge = asked.json().get("challenge", "")
        await say("codes", {"challenge": challenge})
        for _ in range(6):
            guess = {"challenge": challenge, "code": "not a code", "ballot": raw.decode()}
            await say("casts", guess)
    return heard


async def test_an_unknown_credential_is_answered_like_a_known_one_and_sends_nothing(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    before = await messages(db)
    unknown = await conversation(visitor, poll, poll.stranger_ballot(1))
    assert await messages(db) == before
    known = await conversation(visitor, poll, poll.ballot(0, 1))
    assert await messages(db) > before
    assert unknown == known
    assert await stored(db, poll) == []


async def test_a_voided_entry_is_answered_like_an_unknown_one(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    async with db.writing() as session:
        entry = await session.get_one(RollEntry, poll.entries[0])
        entry.voided_at = datetime.now(UTC)
    asked = await poll.ask(visitor, poll.ballot(0, 1))
    assert set(asked) == {"challenge", "expires_at", "resend_after"}
    assert await poll.codes(visitor, 0) == []
