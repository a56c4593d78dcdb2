"""Casting over HTTP: what is accepted, what is refused and in which words, and what is stored of either."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from litestar import Litestar

from ballots import casting
from ballots.due import sequence
from ballots.model import Election, ElectionState, OpenedBallot, RollEntry
from ballots.protocol.ballot import tracker
from ballots.protocol.batches import BATCH
from ballots.protocol.tally import encrypted_tally
from ballots.protocol.verifier import verify
from office.codes import Challenge
from office.database import Database
from rehearsal.visitor import Visitor
from tests.ballots.asking import other_than, recorded, refusal, right_code, stored
from tests.ballots.polls import Poll, open_poll, publish


@pytest.fixture
async def poll(db: Database) -> Poll:
    return await open_poll(db)


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
