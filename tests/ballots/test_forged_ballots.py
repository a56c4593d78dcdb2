"""Ballots a cheat could make with a credential of the roll: each is refused, and by the right check."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
from gmpy2 import mpz

from ballots.protocol.ballot import check_form, check_proofs, encrypt
from ballots.protocol.election import election_record, open_election
from ballots.protocol.group import P, Q
from ballots.protocol.proofs import Squared
from ballots.protocol.records import Answer, Ballot, Proof, decode, encode
from ballots.protocol.refusals import Invalid, Reason
from tests.ballots.boards import Vote, question
from tests.ballots.forging import signed, with_answer, with_small_order, with_value, with_wider_rule

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


@pytest.mark.parametrize("picks", [(), (0, 1, 2), (0, 1, 2, 3)])
def test_too_many_or_too_few_picks_fail_the_overall_proof(picks: tuple[int, ...]) -> None:
    assert refusal(VOTE, with_wider_rule(VOTE, 0, picks)) is Reason.BAD_PROOF


@pytest.mark.parametrize("plain", [(2, 0, 0, 0), (2, -1, 0, 0), (-1, 1, 1, 0), (int(Q) - 1, 2, 0, 0)])
def test_a_choice_of_another_value_than_0_or_1_is_refused(plain: tuple[int, ...]) -> None:
    values = tuple(value - int(Q) if value > 2 else value for value in plain)
    assert refusal(VOTE, with_value(VOTE, 0, values)) is Reason.BAD_PROOF


def test_the_forger_of_these_tests_makes_valid_ballots_of_valid_values() -> None:
    assert refusal(VOTE, with_value(VOTE, 0, (1, 0, 1, 0))) is None


@pytest.mark.parametrize("order", [2, 3])
def test_elements_of_small_order_are_refused_by_the_membership_check_alone(
    order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = with_small_order(VOTE, 0, order)
    assert refusal(VOTE, forged) is Reason.NOT_IN_GROUP
    monkeypatch.setattr(Squared, "is_member", lambda _: True)
    assert refusal(VOTE, forged) is None


@pytest.mark.parametrize("value", [mpz(0), P, P + 1, P - 1])
def test_numbers_outside_the_group_are_refused(value: mpz) -> None:
    def change(answer: Answer) -> Answer:
        pair = msgspec.structs.replace(answer.choices[0], alpha=str(value))
        return msgspec.structs.replace(answer, choices=(pair, *answer.choices[1:]))

    assert refusal(VOTE, with_answer(VOTE, 0, VALID, change)) is Reason.NOT_IN_GROUP


@pytest.mark.parametrize("field", ["challenge", "response"])
@pytest.mark.parametrize("proofs", ["individual_proofs", "overall_proof"])
def test_a_number_of_a_proof_plus_q_is_refused(field: str, proofs: str) -> None:
    def change(answer: Answer) -> Answer:
        plain = msgspec.to_builtins(answer)
        place = plain[proofs][0][0] if proofs == "individual_proofs" else plain[proofs][0]
        place[field] = str(int(place[field]) + int(Q))
        return msgspec.convert(plain, Answer)

    assert refusal(VOTE, with_answer(VOTE, 0, VALID, change)) in (Reason.BAD_PROOF, Reason.NOT_CANONICAL)


@pytest.mark.parametrize("vote", [VOTE, BLANK])
def test_every_number_of_a_proof_matters(vote: Vote) -> None:
    raw = VALID if vote is VOTE else BLANK.make(0, (1,), (0,))
    answer = json.loads(raw)["answers"][0]
    for key, proofs in answer.items():
        if key == "choices":
            continue
        flat = [proof for pair in proofs for proof in pair] if key == "individual_proofs" else proofs
        for place in range(len(flat)):
            for field in ("challenge", "response"):
                changed = json.loads(raw)
                target = changed["answers"][0][key]
                proof = target[place // 2][place % 2] if key == "individual_proofs" else target[place]
                proof[field] = str((int(proof[field]) + 1) % int(Q))
                ballot = msgspec.convert(changed, Ballot)
                assert refusal(vote, signed(vote, 0, ballot)) is Reason.BAD_PROOF


def swapped_choices(answer: Answer) -> Answer:
    first, second, *rest = answer.choices
    return msgspec.structs.replace(answer, choices=(second, first, *rest))


def permuted_answers(answer: Answer) -> Answer:
    return msgspec.structs.replace(
        swapped_choices(answer),
        individual_proofs=(
            answer.individual_proofs[1],
            answer.individual_proofs[0],
            *answer.individual_proofs[2:],
        ),
    )


def fewer_choices(answer: Answer) -> Answer:
    return msgspec.structs.replace(
        answer, choices=answer.choices[1:], individual_proofs=answer.individual_proofs[1:]
    )


def fewer_branches(answer: Answer) -> Answer:
    return msgspec.structs.replace(answer, overall_proof=answer.overall_proof[1:])


def more_branches(answer: Answer) -> Answer:
    proof = Proof("0", "0")
    return msgspec.structs.replace(answer, overall_proof=(*answer.overall_proof, proof))


def a_blank_proof(answer: Answer) -> Answer:
    return msgspec.structs.replace(answer, blank_proof=(Proof("0", "0"), Proof("0", "0")))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (swapped_choices, Reason.BAD_PROOF),
        (permuted_answers, Reason.BAD_PROOF),
        (fewer_choices, Reason.WRONG_SHAPE),
        (fewer_branches, Reason.WRONG_SHAPE),
        (more_branches, Reason.TOO_LARGE),
        (a_blank_proof, Reason.TOO_LARGE),
    ],
)
def test_a_rearranged_answer_is_refused(change: Callable[[Answer], Answer], reason: Reason) -> None:
    assert refusal(VOTE, with_answer(VOTE, 0, VALID, change)) is reason


@pytest.mark.parametrize("change", [more_branches, a_blank_proof])
def test_a_proof_that_does_not_belong_is_refused_where_its_size_would_pass(
    change: Callable[[Answer], Answer],
) -> None:
    roomy = replace(VOTE.context, ballot_limit=100_000)
    with pytest.raises(Invalid) as caught:
        check_form(roomy, with_answer(VOTE, 0, VALID, change))
    assert caught.value.reason is Reason.WRONG_SHAPE


def test_a_copied_ballot_signed_by_another_voter_is_refused() -> None:
    """S0 holds the credential, so that nobody can repeat another's encrypted choice."""
    copied = msgspec.structs.replace(decode(VALID, Ballot), credential=VOTE.keys[1].public)
    assert refusal(VOTE, signed(VOTE, 1, copied)) is Reason.BAD_PROOF


def test_a_ballot_of_somebody_not_listed_is_refused() -> None:
    stranger = Vote((question(4, 1, 2),), seed=9)
    raw = encrypt(VOTE.context, stranger.keys[0].secret, [(0,)], random.Random(1))
    assert refusal(VOTE, raw) is Reason.UNKNOWN_CREDENTIAL


def test_a_ballot_of_another_election_is_refused() -> None:
    assert refusal(VOTE, BLANK.make(0, (0,), (0,))) in (Reason.WRONG_ELECTION, Reason.TOO_LARGE)
    reworded = election_record(
        uuid=VOTE.uuid,
        name=VOTE.context.election.name,
        questions=[msgspec.structs.replace(VOTE.questions[0], question="가장 잘 지켜진 약속은!")],
        public_key=VOTE.context.election.public_key,
    )
    other = open_election(reworded, VOTE.credential_list, window=4)
    raw = encrypt(other, VOTE.keys[0].secret, [(0,)], random.Random(1))
    assert refusal(VOTE, raw) is Reason.WRONG_ELECTION


def test_a_ballot_with_another_signature_is_refused() -> None:
    other = decode(VOTE.make(0, (0,)), Ballot)
    ballot = msgspec.structs.replace(decode(VALID, Ballot), signature=other.signature)
    assert refusal(VOTE, encode(ballot)) is Reason.BAD_SIGNATURE
    assert refusal(VOTE, signed(VOTE, 1, decode(VALID, Ballot))) is Reason.BAD_SIGNATURE


def test_no_changed_digit_is_accepted_even_when_signed_again() -> None:
    rng = random.Random(12)
    digits = [place for place, byte in enumerate(VALID) if chr(byte).isdigit()]
    first, last = VALID.index(b'"answers"'), VALID.index(b'"signature"')
    for place in rng.sample([place for place in digits if first < place < last], 60):
        raw = bytearray(VALID)
        raw[place] = ord(str((int(chr(raw[place])) + rng.randrange(1, 10)) % 10))
        try:
            ballot = msgspec.json.decode(bytes(raw), type=Ballot)
        except msgspec.ValidationError:
            continue
        assert refusal(VOTE, signed(VOTE, 0, ballot)) is not None
