"""One ballot: what is accepted, and everything near it that is refused."""

from __future__ import annotations

import json
import pickle
import random
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
from gmpy2 import mpz

from ballots.ballot import Picks, check_form, check_proofs, encrypt, tracker
from ballots.election import election_record, largest_ballot, open_election, overall_branches
from ballots.group import P, Q
from ballots.proofs import Squared
from ballots.records import Answer, Ballot, Proof, decode, encode, sha256_b64
from ballots.refusals import Invalid, Reason
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


def test_writing_and_reading_a_ballot_is_the_identity() -> None:
    assert encode(decode(VALID, Ballot)) == VALID
    assert [overall_branches(q) for q in BLANK.questions] == [3, 2]
