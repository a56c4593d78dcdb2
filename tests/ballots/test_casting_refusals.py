"""What the box does not take: broken, foreign, oversized or late ballots, each refused in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from sqlmodel import col, func, select

from ballots.model import Election, ElectionState
from ballots.protocol.records import Answer, Ballot, decode
from office.codes import Challenge, CodeSubject
from office.database import Database
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests.ballots.asking import WRONG, messages, refusal, right_code, stored
from tests.ballots.forging import signed, with_answer
from tests.ballots.polls import Poll, open_poll


@pytest.fixture
async def poll(db: Database) -> Poll:
    return await open_poll(db)


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
