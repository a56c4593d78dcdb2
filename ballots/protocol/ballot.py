"""One ballot: made by a voter, checked by everyone (specification 4.11 to 4.15)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from gmpy2 import mpz
from msgspec.structs import replace

from ballots.protocol.election import ElectionContext, overall_branches
from ballots.protocol.exponents import SignatureNonce
from ballots.protocol.foresight import foreseen
from ballots.protocol.group import SYSTEM, P, Q, random_exponent
from ballots.protocol.proofs import (
    Branch,
    Squared,
    Statement,
    disjunction_holds,
    prove_disjunction,
    sign,
    signature_holds,
)
from ballots.protocol.records import (
    Answer,
    Ballot,
    Ciphertext,
    Proof,
    Question,
    Signature,
    decode,
    encode,
    sha256_b64,
)
from ballots.protocol.refusals import Invalid, Reason

Picks: TypeAlias = tuple[int, ...] | None
"""What is chosen of one question: positions counted from 0, or None for a blank vote."""

_SIGNATURE_FIELD = b',"signature":{'


def tracker(raw: bytes) -> str:
    """The tracking number of a ballot (투표 확인번호): its hash, 43 characters."""
    return sha256_b64(raw)


def encrypt(
    context: ElectionContext, secret: int, picks: Sequence[Picks], rng: random.Random = SYSTEM
) -> bytes:
    """A signed ballot, ready to post: one `Picks` for each question of the election.

    `secret` is the derived exponent of the credential; with `rng` the exponents of a seed, the same seed gives the same
    ballot.  Raises `Invalid(PICKS)` for what the question does not allow.
    """
    unsigned = encrypt_unsigned(context, str(context.g.power(mpz(secret))), picks, rng)
    digest = signed_hash(unsigned)
    return with_signature(unsigned, sign(context.g, mpz(secret), digest, SignatureNonce(secret, digest)))


def encrypt_unsigned(
    context: ElectionContext, credential: str, picks: Sequence[Picks], rng: random.Random = SYSTEM
) -> Ballot:
    """The ballot of a public credential with its signature left empty: takes no secret but the exponents drawn."""
    election = context.election
    if len(picks) != len(election.questions):
        raise Invalid(Reason.WRONG_SHAPE)
    s0 = f"{context.fingerprint}|{credential}"
    answers = tuple(
        _encrypt_answer(context, question, _plain(question, chosen), s0, rng)
        for question, chosen in zip(election.questions, picks, strict=True)
    )
    return Ballot(election.uuid, context.fingerprint, credential, answers, Signature("", Proof("", "")))


def signed_hash(unsigned: Ballot) -> str:
    """The hash that a ballot's signature signs."""
    return sha256_b64(_unsigned(encode(unsigned)))


def with_signature(unsigned: Ballot, proof: Proof) -> bytes:
    """The whole ballot, ready to post."""
    return encode(replace(unsigned, signature=Signature(signed_hash(unsigned), proof)))


def check_form(context: ElectionContext, raw: bytes) -> Ballot:
    """The cheap checks: size, canonical form, this election, shape, a listed credential, the signature (1 to 2 ms).

    Raises `Invalid`.  `check_proofs` is the other half; only both together make a ballot valid.
    """
    ballot = read_ballot(context, raw)
    if ballot.credential not in context.weights:
        raise Invalid(Reason.UNKNOWN_CREDENTIAL)
    check_signature(context, raw, ballot)
    return ballot


def check_proofs(context: ElectionContext, raw: bytes) -> None:
    """Check group membership and every proof: about 1.5 ms an option.  Raises `Invalid`."""
    check_answers(context, read_ballot(context, raw))


def read_ballot(context: ElectionContext, raw: bytes) -> Ballot:
    """Decode strictly: nothing larger, differently written or differently shaped than a ballot of this election."""
    if len(raw) > context.ballot_limit:
        raise Invalid(Reason.TOO_LARGE)
    ballot = decode(raw, Ballot)
    if ballot.election_uuid != context.election.uuid or ballot.election_hash != context.fingerprint:
        raise Invalid(Reason.WRONG_ELECTION)
    if len(ballot.answers) != len(context.election.questions):
        raise Invalid(Reason.WRONG_SHAPE)
    for question, answer in zip(context.election.questions, ballot.answers, strict=True):
        if (
            len(answer.choices) != question.width
            or len(answer.individual_proofs) != question.width
            or len(answer.overall_proof) != overall_branches(question)
            or (answer.blank_proof is not None) != question.blank
        ):
            raise Invalid(Reason.WRONG_SHAPE)
    return ballot


def check_signature(context: ElectionContext, raw: bytes, ballot: Ballot) -> None:
    """Check that the credential signed exactly these bytes."""
    signature = ballot.signature
    if sha256_b64(_unsigned(raw)) != signature.hash:
        raise Invalid(Reason.BAD_SIGNATURE)
    if not signature_holds(context.g, ballot.credential, signature.hash, signature.proof):
        raise Invalid(Reason.BAD_SIGNATURE)


def check_answers(context: ElectionContext, ballot: Ballot) -> None:
    """Check that every choice is an encryption of 0 or 1 in the group and that each answer obeys its question."""
    g, y = context.g, context.y
    for statement in foreseen(g.base, y.base, _statements(context, ballot)):
        if statement.new is not None and not statement.new.is_member():
            raise Invalid(Reason.NOT_IN_GROUP)
        if not disjunction_holds(g, y, statement.prefix, statement.branches, statement.proof):
            raise Invalid(Reason.BAD_PROOF)


def _statements(context: ElectionContext, ballot: Ballot) -> Iterator[Statement]:
    s0 = f"{context.fingerprint}|{ballot.credential}"
    for question, answer in zip(context.election.questions, ballot.answers, strict=True):
        yield from _statements_of(question, answer, s0)


def _statements_of(question: Question, answer: Answer, s0: str) -> Iterator[Statement]:
    sum_alpha = sum_beta = mpz(1)
    flag: Squared | None = None
    for position, (pair, proof) in enumerate(zip(answer.choices, answer.individual_proofs, strict=True)):
        choice = Squared(mpz(pair.alpha), mpz(pair.beta))
        prefix = f"prove|{s0}|{pair.alpha},{pair.beta}"
        yield Statement(prefix, ((choice, 0), (choice, 1)), proof, choice)
        if question.blank and position == 0:
            flag = choice
        else:
            sum_alpha = sum_alpha * choice.alpha % P
            sum_beta = sum_beta * choice.beta % P
    s = f"{s0}|{_listed(answer.choices)}"
    total = Squared(sum_alpha, sum_beta)
    allowed = [(total, value) for value in range(question.min, question.max + 1)]
    if flag is None or answer.blank_proof is None:
        yield Statement(f"prove|{s}|{sum_alpha},{sum_beta}", allowed, answer.overall_proof)
    else:
        yield Statement(f"bproof0|{s}", ((flag, 0), (total, 0)), answer.blank_proof)
        yield Statement(f"bproof1|{s}", [(flag, 1), *allowed], answer.overall_proof)


def _plain(question: Question, picks: Picks) -> list[int]:
    """The 0/1 vector of an answer, the blank flag first where the question has one."""
    options = len(question.answers)
    if picks is None:
        allowed = question.blank
    else:
        allowed = (
            question.min <= len(picks) <= question.max
            and len(set(picks)) == len(picks)
            and all(0 <= position < options for position in picks)
        )
    if not allowed:
        raise Invalid(Reason.PICKS, minimum=question.min, maximum=question.max)
    chosen = [int(picks is not None and position in picks) for position in range(options)]
    return [int(picks is None), *chosen] if question.blank else chosen


def _encrypt_answer(
    context: ElectionContext, question: Question, plain: list[int], s0: str, rng: random.Random
) -> Answer:
    g, y = context.g, context.y
    nonces = [random_exponent(rng) for _ in plain]
    choices: list[Ciphertext] = []
    individual: list[tuple[Proof, Proof]] = []
    for r, m in zip(nonces, plain, strict=True):
        beta = y.power(r) * (g.base if m else 1) % P
        pair = Ciphertext(str(g.power(r)), str(beta))
        prefix = f"prove|{s0}|{pair.alpha},{pair.beta}"
        first, second = prove_disjunction(g, y, prefix, (Branch(r, m, 0), Branch(r, m, 1)), m, rng)
        choices.append(pair)
        individual.append((first, second))

    s = f"{s0}|{_listed(choices)}"
    r_sum, m_sum = sum(nonces[question.blank :], mpz(0)) % Q, sum(plain[question.blank :])
    allowed = [Branch(r_sum, m_sum, value) for value in range(question.min, question.max + 1)]
    if not question.blank:
        alpha, beta = g.power(r_sum), y.power(r_sum) * g.power(mpz(m_sum)) % P
        prefix = f"prove|{s}|{alpha},{beta}"
        overall = prove_disjunction(g, y, prefix, allowed, m_sum - question.min, rng)
        return Answer(choices=tuple(choices), individual_proofs=tuple(individual), overall_proof=overall)

    r_flag, m_flag = nonces[0], plain[0]
    either = (Branch(r_flag, m_flag, 0), Branch(r_sum, m_sum, 0))
    first, second = prove_disjunction(g, y, f"bproof0|{s}", either, m_flag, rng)
    true = 0 if m_flag else 1 + m_sum - question.min
    branches = [Branch(r_flag, m_flag, 1), *allowed]
    return Answer(
        choices=tuple(choices),
        individual_proofs=tuple(individual),
        overall_proof=prove_disjunction(g, y, f"bproof1|{s}", branches, true, rng),
        blank_proof=(first, second),
    )


def _listed(choices: Sequence[Ciphertext]) -> str:
    return ",".join(f"{pair.alpha},{pair.beta}" for pair in choices)


def _unsigned(raw: bytes) -> bytes:
    """The canonical ballot without its signature, which is its last field."""
    return raw[: raw.rindex(_SIGNATURE_FIELD)] + b"}"
