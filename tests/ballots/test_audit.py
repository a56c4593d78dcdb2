"""An opened ballot is made again from its code: by the library, and by the command with the public file alone."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from click.testing import CliRunner
from gmpy2 import invert, mpz
from hypothesis import given
from hypothesis import strategies as st

from ballots.open_command import open_ballot
from ballots.protocol import audit
from ballots.protocol.ballot import Picks, check_form, check_proofs, encrypt, tracker
from ballots.protocol.exponents import SeededExponents, SignatureNonce
from ballots.protocol.group import Q, random_exponent
from ballots.protocol.records import Ballot, Proof, decode
from ballots.protocol.refusals import Invalid, Reason
from tests.ballots.boards import Vote, question

SEED = bytes(range(32))


@pytest.fixture(scope="module")
def vote() -> Vote:
    return Vote(questions=[question(4, 1, 2, blank=True), question(5, 0, 1)])


def opening_of(vote: Vote, voter: int, picks: list[Picks], seed: bytes = SEED) -> tuple[bytes, audit.Opening]:
    """A prepared ballot, and what its booth would give out."""
    raw = encrypt(vote.context, vote.keys[voter].secret, picks, SeededExponents(seed))
    position = list(vote.context.weights).index(vote.keys[voter].public)
    proof = decode(raw, Ballot).signature.proof
    return raw, audit.Opening(position, seed, proof, tuple(picks))


@pytest.mark.parametrize("picks", [[(2, 0), (4,)], [None, ()], [(3,), (0,)]], ids=["two", "blank", "one"])
def test_the_ballot_is_made_again_byte_for_byte(vote: Vote, picks: list[Picks]) -> None:
    raw, opening = opening_of(vote, 1, picks)
    check_form(vote.context, raw)
    check_proofs(vote.context, raw)
    again = audit.unpack(audit.pack(opening))
    assert audit.remake(vote.context, vote.context.weights, again) == raw


def test_exponents_of_a_seed_are_those_written_down() -> None:
    """HMAC-SHA256 of "yaksok-ballot|i|0" and "|1" under the seed, 48 bytes of both mod q (docs/protocol.md)."""
    exponents = SeededExponents(SEED)
    assert random_exponent(exponents) == mpz(
        "77817381263360614565564884089373469312246668172248633425048790200915443352510"
    )
    assert random_exponent(exponents) == mpz(
        "71789100644055684090683638071953798175161881413378719186524183696529819794519"
    )
    with pytest.raises(ValueError, match="only exponents"):
        exponents.randrange(58)
    with pytest.raises(ValueError, match="32 bytes"):
        SeededExponents(SEED[:31])


def test_what_opening_gives_out_does_not_give_the_credential_away(vote: Vote) -> None:
    """With the signature's nonce w anybody could solve response = w - s * challenge for the secret s."""
    raw, opening = opening_of(vote, 0, [(1,), (2,)])
    secret = vote.keys[0].secret
    challenge, response = mpz(opening.proof.challenge), mpz(opening.proof.response)

    def solved(nonce: mpz) -> mpz:
        return (nonce - response) * invert(challenge, Q) % Q

    exponents = SeededExponents(opening.seed)
    assert secret not in [solved(random_exponent(exponents)) for _ in range(200)]
    # The nonce itself does: the test above would notice it among the seed's exponents.
    right = random_exponent(SignatureNonce(secret, decode(raw, Ballot).signature.hash))
    assert solved(right) == secret


def test_other_votes_or_another_seed_make_another_tracker_and_no_signature_fits(vote: Vote) -> None:
    raw, opening = opening_of(vote, 0, [(1,), (2,)])
    others = [
        dataclasses.replace(opening, votes=((1,), (3,))),
        dataclasses.replace(opening, votes=((1,),)),
        dataclasses.replace(opening, votes=((1, 2, 3), (2,))),
        dataclasses.replace(opening, votes=((9,), (2,))),
        dataclasses.replace(opening, seed=bytes(reversed(SEED))),
        dataclasses.replace(opening, position=opening.position + 1),
        dataclasses.replace(opening, position=99),
        dataclasses.replace(opening, proof=Proof(str(Q), opening.proof.response)),
    ]
    for other in others:
        with pytest.raises(Invalid) as refused:
            audit.remake(vote.context, vote.context.weights, other)
        assert refused.value.reason is Reason.OPENING_DIFFERS
    assert tracker(audit.remake(vote.context, vote.context.weights, opening)) == tracker(raw)


@given(st.integers(0, 200), st.sampled_from("ABCabc012-_"))
def test_a_code_with_any_character_changed_is_refused(at: int, character: str) -> None:
    opening = audit.Opening(3, SEED, Proof("7", str(Q - 1)), ((1, 300), None, ()))
    code = audit.pack(opening)
    at %= len(code)
    changed = code[:at] + character + code[at + 1 :]
    assert audit.unpack(f"https://example.org/audit/x#{code}\n") == opening
    # The last character carries bits that no byte has.
    if changed != code and at < len(code) - 1:
        with pytest.raises(Invalid):
            audit.unpack(changed)


@pytest.mark.parametrize("code", ["", "짧음", "AAAA", "A" * 200, "https://example.org/audit/x"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        audit.unpack(code)
    assert refused.value.reason is Reason.OPENING_FORM


def test_the_command_says_what_is_in_an_opened_ballot(vote: Vote, tmp_path: Path) -> None:
    raw, opening = opening_of(vote, 2, [(3, 0), ()])
    board = tmp_path / "board.bel"
    board.write_bytes(vote.raw)
    done = CliRunner().invoke(open_ballot, [str(board), f"https://example.org/audit/x#{audit.pack(opening)}"])
    assert done.exit_code == 0
    first, second = vote.questions[0].answers[0], vote.questions[0].answers[3]
    assert [tracker(raw) in done.output, first in done.output, second in done.output] == [True, True, True]
    assert "고른 것이 없습니다" in done.output
    assert "경고" not in done.output
    english = CliRunner().invoke(open_ballot, [str(board), audit.pack(opening), "--lang", "en"])
    assert english.exit_code == 0


def test_the_command_warns_when_the_opened_ballot_was_cast_all_the_same(tmp_path: Path) -> None:
    vote = Vote(questions=[question(4, 1, 2, blank=True), question(5, 0, 1)], seed=5)
    raw, opening = opening_of(vote, 0, [(1,), (1,)])
    vote.post(raw)
    board = tmp_path / "board.bel"
    board.write_bytes(vote.raw)
    done = CliRunner().invoke(open_ballot, [str(board), audit.pack(opening)])
    assert done.exit_code == 0
    assert "경고: 이 투표지는 게시판에 올라와 있습니다" in done.output


def test_the_command_tells_a_damaged_code_from_one_of_another_vote(vote: Vote, tmp_path: Path) -> None:
    _, opening = opening_of(vote, 0, [(1,), (2,)])
    code = audit.pack(opening)
    board = tmp_path / "board.bel"
    board.write_bytes(vote.raw)
    damaged = CliRunner().invoke(open_ballot, [str(board), code[:-4]])
    assert (damaged.exit_code, "잘렸거나" in damaged.output) == (2, True)
    board.write_bytes(Vote(questions=vote.questions, seed=9).raw)
    other = CliRunner().invoke(open_ballot, [str(board), code])
    assert (other.exit_code, "다른 투표의 코드" in other.output) == (1, True)
    board.write_bytes(b"no board")
    assert CliRunner().invoke(open_ballot, [str(board), code]).exit_code == 2
