"""One ballot: what is accepted, and everything near it that is refused."""

from __future__ import annotations

import json
import pickle
import random

import pytest

from ballots.protocol.ballot import Picks, check_form, check_proofs, tracker
from ballots.protocol.election import largest_ballot, overall_branches
from ballots.protocol.records import Ballot, decode, encode, sha256_b64
from ballots.protocol.refusals import Invalid, Reason
from tests.ballots.boards import Vote, question

VOTE = Vote((question(4, 1, 2),))
BLANK = Vote((question(3, 1, 2, blank=True), question(2, 0, 1)), seed=2)
VALID = VOTE.make(0, (1, 3))


def refusal(vote: Vote, raw: bytes) -> Reason | None:
    """Why a ballot is refused, by the cheap checks or by the proofs."""
    try:
        check_form(vote.context, raw)
        check_proofs(vote.context, raw)
    except Invalid as finding:
        return finding.reason
    return None


@pytest.mark.parametrize("picks", [(0,), (3,), (0, 1), (2, 3)])
def test_an_allowed_choice_makes_a_valid_ballot(picks: Picks) -> None:
    assert refusal(VOTE, VOTE.make(0, picks)) is None


@pytest.mark.parametrize("picks", [[(0,), ()], [(0, 2), (1,)], [None, (0,)], [None, ()]])
def test_blank_votes_and_several_questions_make_valid_ballots(picks: list[Picks]) -> None:
    assert refusal(BLANK, BLANK.make(1, *picks)) is None


@pytest.mark.parametrize("picks", [(), (0, 1, 2), (1, 1), (4,), (-1,), None])
def test_a_choice_the_question_does_not_allow_is_not_encrypted(picks: Picks) -> None:
    with pytest.raises(Invalid) as caught:
        VOTE.make(0, picks)
    assert caught.value.reason is Reason.PICKS
    assert "1개 이상 2개 이하" in str(caught.value)


def test_every_question_needs_its_picks() -> None:
    with pytest.raises(Invalid):
        VOTE.make(0, (0,), (0,))


def test_a_ballot_does_not_repeat_and_does_not_show_the_choice_in_its_size() -> None:
    ballots = [VOTE.make(0, picks) for picks in [(0,), (0,), (1, 3)]]
    assert len(set(ballots)) == 3
    shape = [json.loads(ballot)["answers"][0] for ballot in ballots]
    assert len({tuple((key, len(value)) for key, value in answer.items()) for answer in shape}) == 1


def test_the_tracker_is_the_hash_of_the_ballot() -> None:
    assert tracker(VALID) == sha256_b64(VALID)
    assert len(tracker(VALID)) == 43


def test_the_size_limit_is_that_of_the_largest_possible_ballot() -> None:
    limit = largest_ballot(VOTE.context.election)
    assert len(VALID) <= limit == VOTE.context.ballot_limit
    assert refusal(VOTE, VALID + b" " * (limit - len(VALID) + 1)) is Reason.TOO_LARGE


def test_a_refusal_travels_between_processes() -> None:
    finding = pickle.loads(pickle.dumps(Invalid(Reason.PICKS, minimum=1, maximum=2)))  # noqa: S301 - our own bytes
    assert finding.reason is Reason.PICKS
    assert "1개 이상 2개 이하" in str(finding)


def written_otherwise() -> dict[str, bytes]:
    """The same ballot, or nearly, in other bytes."""
    ballot = json.loads(VALID)
    alpha = ballot["answers"][0]["choices"][0]["alpha"].encode()

    def dumped(value: object) -> bytes:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()

    reordered = {key: ballot[key] for key in reversed(ballot)}
    inner = json.loads(VALID)
    inner["answers"][0] = {key: inner["answers"][0][key] for key in reversed(inner["answers"][0])}
    unknown = json.loads(VALID)
    unknown["answers"][0]["note"] = "홍보"
    blank_null = json.loads(VALID)
    blank_null["answers"][0]["blank_proof"] = None
    return {
        "blanks": json.dumps(ballot).encode(),
        "newline": VALID + b"\n",
        "byte order mark": b"\xef\xbb\xbf" + VALID,
        "top-level fields re-ordered": dumped(reordered),
        "inner fields re-ordered": dumped(inner),
        "unknown field": dumped(unknown),
        "null field": dumped(blank_null),
        "repeated key": VALID.replace(b'{"alpha":', b'{"alpha":"1","alpha":', 1),
        "leading zeros": VALID.replace(b'"alpha":"' + alpha, b'"alpha":"00' + alpha, 1),
        "plus sign": VALID.replace(b'"alpha":"' + alpha, b'"alpha":"+' + alpha, 1),
        "hexadecimal": VALID.replace(b'"alpha":"' + alpha, b'"alpha":"' + hex(int(alpha)).encode(), 1),
        "underscore": VALID.replace(alpha, alpha[:5] + b"_" + alpha[5:], 1),
        "blank in number": VALID.replace(alpha, b" " + alpha, 1),
        "number not a string": VALID.replace(b'"' + alpha + b'"', alpha, 1),
        "other digits": VALID.replace(alpha[:1], "١".encode(), 1),
        "escaped": VALID.replace(b'"alpha"', b'"\\u0061lpha"', 1),
        "cut": VALID[:-1],
        "empty": b"",
        "not JSON": b"\xff\xfe",
        "a list": b"[" + VALID + b"]",
        "deep": b"[" * 3000,
        "NaN": VALID.replace(b'"' + alpha + b'"', b"NaN", 1),
    }


@pytest.mark.parametrize("way", written_otherwise())
def test_a_ballot_written_otherwise_is_refused(way: str) -> None:
    raw = written_otherwise()[way]
    assert raw != VALID
    assert refusal(VOTE, raw) in (Reason.NOT_CANONICAL, Reason.TOO_LARGE)


def test_no_flipped_byte_is_accepted() -> None:
    rng = random.Random(11)
    for _ in range(400):
        raw = bytearray(VALID)
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        assert refusal(VOTE, bytes(raw)) is not None


def test_writing_and_reading_a_ballot_is_the_identity() -> None:
    assert encode(decode(VALID, Ballot)) == VALID
    assert [overall_branches(q) for q in BLANK.questions] == [3, 2]
