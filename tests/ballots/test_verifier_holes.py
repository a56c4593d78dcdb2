"""What the reference verifier accepts although it is wrong (a to i): ours must not."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest

from ballots.protocol.board import (
    add_ballot,
    add_encrypted_tally,
    add_partial_decryption,
    end_ballots,
    open_board,
    read_board,
)
from ballots.protocol.group import G, P, Q
from ballots.protocol.records import SizedTally, decode, encode
from ballots.protocol.tally import encrypted_tally
from ballots.protocol.verifier import verify
from tests.ballots.boards import (
    FINISHED,
    TIMESTAMP,
    Vote,
    codes,
    counted,
    failed,
    question,
    voted,
)
from tests.ballots.forging import event, rewritten


def test_a_wrong_encrypted_tally_is_rejected() -> None:
    vote = voted()
    vote.append(end_ballots(vote.head))
    partial = encrypted_tally(vote.context, vote.ballots[:-1])
    vote.append(add_encrypted_tally(vote.head, partial.raw, partial.sized))
    assert codes(vote.raw) == {"tally"}


def test_a_missing_encrypted_tally_is_rejected() -> None:
    vote = voted()
    tally = encrypted_tally(vote.context, vote.ballots)
    vote.append(end_ballots(vote.head))
    vote.tally = tally
    vote.append(add_partial_decryption(vote.head, 1, vote.share(1)))
    assert codes(vote.raw) == {"board-order"}


def test_ballots_before_a_premature_end_cannot_be_dropped() -> None:
    vote = voted()
    vote.append(end_ballots(vote.head))
    vote.append(add_ballot(vote.head, vote.make(1, (0,))))
    assert codes(vote.raw) == {"board-order"}


def test_a_missing_end_of_the_vote_is_rejected() -> None:
    vote = voted()
    tally = encrypted_tally(vote.context, vote.ballots)
    vote.append(add_encrypted_tally(vote.head, tally.raw, tally.sized))
    assert codes(vote.raw) == {"board-order"}


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b'"answers":[{', b'"answers":[{"note":"x",', 1),
        lambda raw: raw.replace(b'"alpha":"', b'"alpha":"007', 1),
        lambda raw: raw.replace(b'{"challenge"', b'{"challenge":"1","challenge"', 1),
        lambda raw: raw + b" ",
    ],
)
def test_a_ballot_in_another_form_is_rejected(change: Callable[[bytes], bytes]) -> None:
    vote = voted()
    vote.post(change(vote.make(1, (0,))))
    assert codes(vote.raw) <= {"not-canonical", "too-large"}
    assert failed(verify(vote.raw, jobs=1)) == {"ballots"}


@pytest.mark.parametrize("what", ["election", "setup", "question", "trustee"])
def test_an_unknown_field_in_the_setup_is_rejected(what: str) -> None:
    places = {"election": 0, "question": 0, "trustee": 1, "setup": 3}

    def change(place: int, kind: str, body: bytes) -> bytes | None:
        if kind != "Setup" or place != places[what]:
            return None
        if what == "question":
            return body.replace(b'"answers":', b'"extra":1,"answers":', 1)
        if what == "trustee":
            return body.replace(b'{"pok":', b'{"extra":1,"pok":', 1)
        return b'{"extra":1,' + body[1:]

    assert "not-canonical" in codes(rewritten(FINISHED.raw, change))


@pytest.mark.parametrize("field", ["num_tallied", "total_weight"])
def test_wrong_counts_are_rejected_before_there_is_a_result(field: str) -> None:
    vote = voted()
    tally = encrypted_tally(vote.context, vote.ballots)
    sized = msgspec.structs.replace(decode(tally.sized, SizedTally), **{field: 5})
    vote.append(end_ballots(vote.head))
    vote.append(add_encrypted_tally(vote.head, tally.raw, encode(sized)))
    assert codes(vote.raw) == {"tally"}


def test_a_second_answer_of_one_trustee_is_rejected() -> None:
    vote = counted()
    vote.append(add_partial_decryption(vote.head, 1, vote.share(1)))
    vote.append(add_partial_decryption(vote.head, 1, vote.share(1)))
    assert codes(vote.raw) == {"board-order"}


def test_the_same_ballot_twice_is_rejected() -> None:
    vote = voted()
    vote.post(vote.ballots[0])
    assert codes(vote.raw) == {"repeated-ballot"}
    assert failed(verify(vote.raw, jobs=1)) == {"repeats"}


def test_a_second_setup_is_rejected() -> None:
    vote = voted()
    other = Vote((question(2, 1, 1),), seed=99)
    setup = read_board(other.raw)
    vote.append(event(vote, "Setup", setup.election, setup.trustees, setup.credentials, b"{}"))
    assert codes(vote.raw) & {"board-order", "not-canonical"}


@pytest.mark.parametrize("listed", [b'["5"]', b'["99,x"]', b'["' + str(P - G).encode() + b'"]', b"[]x"])
def test_a_wrong_credential_list_is_rejected_without_any_ballot(listed: bytes) -> None:
    vote = Vote((question(2, 1, 1),))
    raw = open_board(TIMESTAMP, vote.context.raw, vote.trustees, listed).raw
    assert failed(verify(raw, jobs=1)) == {"credentials"}


def test_a_credential_listed_twice_is_rejected() -> None:
    vote = Vote((question(2, 1, 1),))
    listed = json.loads(vote.credential_list)
    raw = open_board(TIMESTAMP, vote.context.raw, vote.trustees, encode([*listed, listed[0]])).raw
    assert codes(raw) == {"credential-list"}


@pytest.mark.parametrize(
    "totals",
    [((0, 4 + int(Q)),), ((0, 3),), ((1, 4),), ((0,),), ((0, 4, 0),), ((0, 4), ()), (("0", 4),), ((-1, 4),)],
)
def test_a_result_that_is_not_the_plain_totals_is_rejected(totals: tuple[tuple[int | str, ...], ...]) -> None:
    written = [[str(n) if isinstance(n, int) and n > 2**30 else n for n in row] for row in totals]
    body = encode({"result": written})
    raw = rewritten(FINISHED.raw, lambda _, kind, __: body if kind == "Result" else None)
    assert failed(verify(raw, jobs=1)) == {"result"}
