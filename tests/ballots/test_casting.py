"""Casting over HTTP: what is accepted, what is refused and in which words, and what is stored of either."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import msgspec
import pytest
import sqlalchemy as sa
import time_machine
from litestar import Litestar
from sqlmodel import col, func, select

import app as house
from ballots import casting
from ballots.checking import Checker
from ballots.due import sequence
from ballots.model import BoxedBallot, Election, ElectionState, OpenedBallot, RollEntry
from ballots.protocol.ballot import tracker
from ballots.protocol.batches import BATCH
from ballots.protocol.records import Answer, Ballot, decode
from ballots.protocol.tally import encrypted_tally
from ballots.protocol.verifier import verify
from office import codes
from office.codes import Challenge, CodeSubject
from office.database import Database
from office.outbox import Message
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests.ballots.forging import signed, with_answer
from tests.ballots.polls import Poll, open_poll, publish
from tests.conftest import visitor_of

WRONG = "000000"


@pytest.fixture
async def poll(db: Database) -> Poll:
    return await open_poll(db)


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


async def test_the_right_code_casts_and_the_answer_is_the_tracker(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    raw = poll.ballot(0, 1, 3)
    asked = await poll.ask(visitor, raw)
    assert set(asked) == {"challenge", "expires_at", "resend_after"}
    assert await stored(db, poll) == []
    answer = await poll.give(visitor, asked["challenge"], await right_code(visitor, poll, 0), raw)
    assert set(answer.json()) == {"tracker", "recorded_until", "batch"}
    assert (answer.json()["recorded_until"], answer.json()["batch"]) == (None, BATCH)
    (boxed,) = await stored(db, poll)
    assert answer.json()["tracker"] == boxed.digest
    assert boxed.body.encode() == raw
    assert boxed.roll_entry_id == poll.entries[0]


async def test_the_voter_is_told_when_the_ballot_will_be_on_the_board_at_the_latest(
    visitor: Visitor, db: Database
) -> None:
    close_at = datetime(2030, 11, 27, 9, 0, tzinfo=UTC)
    poll = await open_poll(db, seed=2, close_at=close_at)
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    answer = await poll.give(visitor, asked["challenge"], await right_code(visitor, poll, 0), raw)
    assert answer.json() == {
        "tracker": tracker(raw),
        "recorded_until": close_at.isoformat(),
        "batch": BATCH,
    }


async def recorded(db: Database) -> list[Message]:
    async with db.reading() as session:
        query = select(Message).where(col(Message.purpose) == casting.RECORDED_LETTER)
        return list(await session.exec(query.order_by(col(Message.id))))


async def test_a_message_without_content_says_that_a_ballot_came_in(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    async with db.writing() as session:
        by_mail = await session.get_one(RollEntry, poll.entries[1])
        by_mail.phone, by_mail.mail = "", "member@example.org"
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(visitor, poll, 0)
    assert await recorded(db) == []
    await poll.give(visitor, asked["challenge"], code, raw)
    (told,) = await recorded(db)
    assert (told.channel, told.recipient) == ("sms", poll.phone(0))
    said = f"{told.subject}\n{told.body}"
    assert "투표가 접수되었습니다" in said
    titles = poll.context.election.questions[0].answers
    for content in (*titles, tracker(raw), tracker(raw)[:8], code, poll.credentials[0], poll.keys[0].public):
        assert content not in said
    ballot = poll.ballot(1, 2)
    asked = await poll.ask(visitor, ballot)
    query = {"recipient": "member@example.org", "purpose": casting.CODE_LETTER}
    sent = await visitor.get("/demonstration/outbox", params=query, headers={"Accept": "application/json"})
    mailed = "".join(filter(str.isdecimal, sent.json()[0]["text"].partition("인증번호")[2]))[:6]
    await poll.give(visitor, asked["challenge"], mailed, ballot)
    other = (await recorded(db))[1]
    assert (other.channel, other.recipient) == ("mail", "member@example.org")
    assert other.body == told.body, "the message is the same whatever was voted"


async def test_the_message_is_sent_once_for_a_ballot_and_never_for_one_that_was_not_taken(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(visitor, poll, 0)
    await poll.give(visitor, asked["challenge"], other_than(code), raw, 422)
    assert await recorded(db) == []
    for _ in range(3):
        await poll.give(visitor, asked["challenge"], code, raw)
    assert len(await recorded(db)) == 1
    await poll.cast(visitor, 0, 2)
    assert len(await recorded(db)) == 2, "another ballot, another message: the voter may not know of it"


async def test_a_ballot_that_was_opened_is_never_cast(visitor: Visitor, db: Database, poll: Poll) -> None:
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(visitor, poll, 0)
    async with db.writing() as session:
        session.add(OpenedBallot(election_id=poll.id, digest=tracker(raw), credential_sha256="0" * 64))
    refusal(await poll.give(visitor, asked["challenge"], code, raw, 409), 409, "열어 본 투표지")
    refusal(await visitor.send(f"{poll.address}/ballots", raw, expect=409), 409, "열어 본 투표지")
    assert await stored(db, poll) == []
    assert await recorded(db) == []
    async with db.reading() as session:
        assert (await session.get_one(Challenge, asked["challenge"])).consumed_at is None
    await poll.cast(visitor, 0, 1)


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


async def test_a_repeated_request_gets_the_same_answer(visitor: Visitor, db: Database, poll: Poll) -> None:
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(visitor, poll, 0)
    first = await poll.give(visitor, asked["challenge"], code, raw)
    await publish(db, poll)
    second = await poll.give(visitor, asked["challenge"], code, raw)
    assert first.json() == second.json()
    async with db.writing() as session:
        (await session.get_one(Election, poll.id)).state = ElectionState.CLOSED
    third = await poll.give(visitor, asked["challenge"], code, raw)
    assert third.json() == first.json()
    assert len(await stored(db, poll)) == 1


async def test_the_same_bytes_otherwise_are_a_conflict(visitor: Visitor, db: Database, poll: Poll) -> None:
    raw = poll.ballot(0, 1)
    spare = await poll.ask(visitor, raw)
    spare_code = await right_code(visitor, poll, 0)
    asked = await poll.ask(visitor, raw)
    await poll.give(visitor, asked["challenge"], await right_code(visitor, poll, 0), raw)
    refusal(await visitor.send(f"{poll.address}/ballots", raw, expect=409), 409, "이미 접수")
    refusal(await poll.give(visitor, spare["challenge"], spare_code, raw, 409), 409, "이미 접수")
    assert len(await stored(db, poll)) == 1


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ElectionState.SETUP, "아직"),
        (ElectionState.ISSUED, "아직"),
        (ElectionState.CLOSED, "마감"),
        (ElectionState.TALLIED, "마감"),
    ],
)
async def test_outside_of_the_vote_nothing_is_taken(
    visitor: Visitor, db: Database, settings: Settings, state: ElectionState, words: str
) -> None:
    poll = await open_poll(db, state=state)
    raw = poll.ballot(0, 1)
    refusal(await visitor.send(f"{poll.address}/ballots", raw, expect=409), 409, words)
    refusal(await visitor.send(f"{poll.address}/codes", {"challenge": "x"}, expect=409), 409, words)
    refusal(await poll.give(visitor, "x", WRONG, raw, 409), 409, words)
    if state in (ElectionState.SETUP, ElectionState.ISSUED):
        answer = await visitor.get(f"{poll.address}/election.json", expect=409, headers={})
        refusal(answer, 409, words)
    page = await visitor.get(poll.address)
    assert words in page.text
    assert "data-booth" not in page.text
    assert await stored(db, poll) == []


async def test_a_vote_that_closes_between_code_and_cast_refuses_the_ballot(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    raw = poll.ballot(0, 1)
    asked = await poll.ask(visitor, raw)
    code = await right_code(visitor, poll, 0)
    async with db.writing() as session:
        (await session.get_one(Election, poll.id)).state = ElectionState.CLOSED
    refusal(await poll.give(visitor, asked["challenge"], code, raw, 409), 409, "마감", "접수되지 않았습니다")
    assert await stored(db, poll) == []


def reordered(raw: bytes) -> bytes:
    return json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":")).encode()


def with_a_choice_less(raw: bytes) -> bytes:
    ballot = json.loads(raw)
    ballot["answers"][0]["choices"].pop()
    return json.dumps(ballot, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (lambda raw: b"", 422),
        (lambda raw: b"{", 422),
        (lambda raw: b"[]", 422),
        (lambda raw: b"\x89PNG\r\n\x1a\n\xff\x00", 422),
        (lambda raw: b"<html>" + raw, 422),
        (lambda raw: raw + b"\n", 422),
        (lambda raw: raw[:-1], 422),
        (reordered, 422),
        (lambda raw: raw.replace(b'"credential"', b'"Credential"'), 422),
        (with_a_choice_less, 422),
        (lambda raw: raw + b" " * 40_000, 413),
        (lambda raw: b"9" * (3 * 1024 * 1024), 413),
    ],
)
async def test_what_is_not_a_ballot_is_refused_in_words_and_stores_nothing(
    visitor: Visitor, db: Database, poll: Poll, spoil: Callable[[bytes], bytes], status: int
) -> None:
    raw = spoil(poll.ballot(0, 1))
    refusal(await visitor.send(f"{poll.address}/ballots", raw, expect=status), status)
    async with db.reading() as session:
        assert (await session.exec(select(func.count(col(Challenge.id))))).one() == 0
        assert (await session.exec(select(func.count(col(CodeSubject.subject))))).one() == 0
    assert await messages(db) == 0


@pytest.mark.parametrize("address", ["codes", "casts"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'{"challenge": 1, "code": "1", "ballot": "x"}',
        b'{"challenge": "' + b"x" * 100 + b'", "code": "1", "ballot": "x"}',
        rb'{"challenge": "x", "code": "1", "ballot": "\ud800"}',
        b"\xff\xfe",
        b"challenge=x&code=1&ballot=y",
    ],
)
async def test_malformed_requests_are_refused_in_words(
    visitor: Visitor, db: Database, poll: Poll, address: str, content: bytes
) -> None:
    expected = (422, 410) if address == "codes" else (422,)
    answer = await visitor.send(f"{poll.address}/{address}", content, expect=expected)
    refusal(answer, answer.status_code)
    assert await stored(db, poll) == []


async def test_an_oversized_request_is_refused_unread(visitor: Visitor, poll: Poll) -> None:
    content = {"challenge": "x", "code": "1", "ballot": "9" * (3 * 1024 * 1024)}
    for address in ("codes", "casts"):
        refusal(await visitor.send(f"{poll.address}/{address}", content, expect=413), 413, "")


async def test_without_the_pages_token_nothing_is_taken(visitor: Visitor, poll: Poll) -> None:
    answer = await visitor.http.post(f"{poll.address}/ballots", content=poll.ballot(0, 1))
    assert answer.status_code == 403


async def test_an_address_of_no_vote_is_not_found(visitor: Visitor, poll: Poll) -> None:
    refusal(await visitor.send("/vote/nothing/ballots", poll.ballot(0, 1), expect=404), 404, "링크")


async def test_a_ballot_with_a_broken_proof_is_refused_although_the_code_was_right(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    def swapped(answer: Answer) -> Answer:
        first, second, *rest = answer.individual_proofs
        return msgspec.structs.replace(answer, individual_proofs=(second, first, *rest))

    raw = with_answer(cast(Any, poll), 0, poll.ballot(0, 1), swapped)
    asked = await poll.ask(visitor, raw)
    code = await right_code(visitor, poll, 0)
    refusal(await poll.give(visitor, asked["challenge"], code, raw, 422), 422, "증명")
    assert await stored(db, poll) == []
    async with db.reading() as session:
        challenge = await session.get_one(Challenge, asked["challenge"])
        assert challenge.consumed_at is None
        assert challenge.failures == 0
    await poll.cast(visitor, 0, 1)
    assert len(await stored(db, poll)) == 1


async def test_a_ballot_of_anothers_credential_is_refused_before_a_code_is_sent(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    mine = decode(poll.ballot(0, 1), Ballot)
    raw = signed(cast(Any, poll), 0, msgspec.structs.replace(mine, credential=poll.keys[1].public))
    refusal(await visitor.send(f"{poll.address}/ballots", raw, expect=422), 422, "서명")
    assert await messages(db) == 0


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


async def test_a_voters_later_ballot_counts_also_when_both_go_on_the_board_together(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    await poll.cast(visitor, 0, 0)
    await poll.cast(visitor, 1, 1)
    await poll.cast(visitor, 0, 2)
    await poll.cast(visitor, 2, blank=True)
    await poll.cast(visitor, 1, blank=True)
    await poll.cast(visitor, 1, 3, 4)
    assert await sequence(db, poll.uuid) == 0
    assert await publish(db, poll) == 6
    on_board = sorted(await stored(db, poll), key=lambda ballot: ballot.height or 0)
    assert [ballot.height for ballot in on_board] == [1, 2, 3, 4, 5, 6]
    for entry in poll.entries:
        ids = [ballot.id or 0 for ballot in on_board if ballot.roll_entry_id == entry]
        assert ids == sorted(ids)
    tally = encrypted_tally(poll.context, [ballot.body.encode() for ballot in on_board])
    assert poll.counted(tally) == [[1, 0, 0, 1, 1, 1]]


async def test_the_board_of_cast_ballots_passes_our_verifier(
    visitor: Visitor, app: Litestar, db: Database
) -> None:
    poll = await open_poll(db, voters=BATCH, seed=2)
    for voter in range(BATCH - 1):
        await poll.cast(visitor, voter, 0, 4)
    await app.state.clock.tick()
    assert verify((await visitor.get(f"/board/{poll.uuid}/{poll.uuid}.bel")).content, jobs=1).ballots == 0
    await poll.cast(visitor, 4, blank=True)
    await app.state.clock.tick()
    raw = (await visitor.get(f"/board/{poll.uuid}/{poll.uuid}.bel")).content
    verdict = verify(raw, jobs=1)
    assert verdict.ok, verdict.problems
    assert verdict.ballots == BATCH


async def test_no_code_choice_or_credential_is_written_to_the_log(
    visitor: Visitor, poll: Poll, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        raw = poll.ballot(0, 1)
        asked = await poll.ask(visitor, raw)
        code = await right_code(visitor, poll, 0)
        await poll.give(visitor, asked["challenge"], other_than(code), raw, 422)
        await poll.give(visitor, asked["challenge"], code, raw)
    # The client of the test has a log of its own.
    written = "".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    for secret in (code, poll.credentials[0], poll.phone(0)):
        assert secret not in written


async def test_postgresql_stores_ballots_without_compressing_them(db: Database, backend: str) -> None:
    if backend != "postgresql":
        pytest.skip("SQLite compresses nothing")
    column = sa.text(
        "SELECT attstorage::text FROM pg_attribute WHERE attrelid = 'boxed_ballot'::regclass AND attname = 'body'"
    )
    async with db.reading() as session:
        assert (await (await session.connection()).execute(column)).scalar_one() == "e"
