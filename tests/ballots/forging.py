"""Ballots and boards made wrong on purpose, as a cheat with the voter's own credential would make them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import msgspec
from gmpy2 import mpz, powmod

from ballots.protocol.archive import DATA, EVENT, read_records, read_timestamp, record
from ballots.protocol.ballot import encrypt
from ballots.protocol.board import Entry, Kind, _append
from ballots.protocol.group import P, Q, random_exponent
from ballots.protocol.proofs import Branch, prove_disjunction, sign
from ballots.protocol.records import (
    Answer,
    Ballot,
    Ciphertext,
    Owned,
    Proof,
    Question,
    SetupData,
    Signature,
    SizedTally,
    decode,
    encode,
    sha256_b64,
    sha256_hex,
)
from tests.ballots.boards import Vote


def signed(vote: Vote, voter: int, ballot: Ballot) -> bytes:
    """The ballot with its voter's signature over what it now says."""
    empty = msgspec.structs.replace(ballot, signature=Signature("", Proof("", "")))
    unsigned = encode(empty).rpartition(b',"signature":')[0] + b"}"
    digest = sha256_b64(unsigned)
    signature = Signature(digest, sign(vote.context.g, mpz(vote.keys[voter].secret), digest, vote.rng))
    return encode(msgspec.structs.replace(ballot, signature=signature))


def with_answer(vote: Vote, voter: int, raw: bytes, change: Callable[[Answer], Answer]) -> bytes:
    """A ballot whose first answer was changed, signed again by its voter."""
    ballot = decode(raw, Ballot)
    answers = (change(ballot.answers[0]), *ballot.answers[1:])
    return signed(vote, voter, msgspec.structs.replace(ballot, answers=answers))


def with_wider_rule(vote: Vote, voter: int, picks: tuple[int, ...]) -> bytes:
    """More or fewer picks than allowed: every choice truly proven 0 or 1, the overall proof the best a cheat can do."""
    election = vote.context.election
    question = election.questions[0]
    wide = msgspec.structs.replace(question, min=0, max=len(question.answers))
    context = replace(vote.context, election=msgspec.structs.replace(election, questions=(wide,)))
    raw = encrypt(context, vote.keys[voter].secret, [picks], vote.rng)
    return with_answer(
        vote,
        voter,
        raw,
        lambda answer: msgspec.structs.replace(
            answer, overall_proof=answer.overall_proof[question.min : question.max + 1]
        ),
    )


def with_value(vote: Vote, voter: int, plain: Sequence[int]) -> bytes:
    """A choice that holds another number than 0 or 1 (2, -1, q-1), its proof made as if it held 1; the sum is allowed."""
    return made(vote, voter, [plain])


def strange(order: int) -> mpz:
    """An element of small order (2, 3 or 6), outside the group that ballots live in."""
    root = (powmod(base, (P - 1) // order, P) for base in range(2, 50))
    return next(x for x in root if all(powmod(x, n, P) != 1 for n in range(1, order)))


def with_small_order(vote: Vote, voter: int, order: int) -> bytes:
    """Two choices multiplied by an element of small order and by its inverse, with proofs that fit every equation.

    The challenges are drawn until all are multiples of the order, so that the strange element vanishes in every power,
    and the product of all choices does not contain it.  Only a test of group membership can tell.
    """
    return with_twists(vote, voter, {(0, "beta"): 1, (1, "beta"): -1}, order)


def with_twists(vote: Vote, voter: int, powers: Mapping[tuple[int, str], int], order: int) -> bytes:
    """The first option chosen, and some halves of ciphertexts (position, "alpha" or "beta") multiplied by a power of
    an element of small order, with proofs that fit every equation."""
    width = len(vote.context.election.questions[0].answers)
    plain = [1, *[0] * (width - 1)]
    element = strange(order)
    twists = [
        (powmod(element, powers.get((i, "alpha"), 0), P), powmod(element, powers.get((i, "beta"), 0), P))
        for i in range(width)
    ]
    return made(vote, voter, [plain], twists, order)


def made(
    vote: Vote,
    voter: int,
    plains: Sequence[Sequence[int]],
    twists: Sequence[tuple[mpz, mpz]] = (),
    order: int = 1,
) -> bytes:
    """A ballot of any numbers, one list for each question (the blank flag first), with the best proofs a cheat can make.

    `twists` multiply the ciphertexts of the first question; every challenge is then a multiple of `order`.
    """
    context = vote.context
    credential = vote.keys[voter].public
    s0 = f"{context.fingerprint}|{credential}"
    answers = tuple(
        _answer(vote, question, s0, plain, twists if not place else (), order)
        for place, (question, plain) in enumerate(zip(context.election.questions, plains, strict=True))
    )
    nothing = Signature("", Proof("", ""))
    return signed(
        vote, voter, Ballot(context.election.uuid, context.fingerprint, credential, answers, nothing)
    )


def _answer(
    vote: Vote,
    question: Question,
    s0: str,
    plain: Sequence[int],
    twists: Sequence[tuple[mpz, mpz]],
    order: int,
) -> Answer:
    g, y, blank = vote.context.g, vote.context.y, question.blank

    def proven(prefix: str, branches: Sequence[Branch], true: int) -> tuple[Proof, ...]:
        while True:
            proofs = prove_disjunction(g, y, prefix, branches, min(max(true, 0), len(branches) - 1), vote.rng)
            if not any(int(proof.challenge) % order for proof in proofs):
                return proofs

    nonces = [random_exponent(vote.rng) for _ in plain]
    choices: list[Ciphertext] = []
    individual: list[tuple[Proof, Proof]] = []
    for place, (r, m) in enumerate(zip(nonces, plain, strict=True)):
        left, right = twists[place] if twists else (mpz(1), mpz(1))
        pair = Ciphertext(str(g.power(r) * left % P), str(y.power(r) * g.power(mpz(m)) * right % P))
        both = (Branch(r, m, 0), Branch(r, m, 1))
        first, second = proven(f"prove|{s0}|{pair.alpha},{pair.beta}", both, m)
        choices.append(pair)
        individual.append((first, second))
    s = f"{s0}|" + ",".join(f"{pair.alpha},{pair.beta}" for pair in choices)
    r_sum, m_sum = sum(nonces[blank:], mpz(0)) % Q, sum(plain[blank:])
    allowed = [Branch(r_sum, m_sum, value) for value in range(question.min, question.max + 1)]
    if not blank:
        alpha = beta = mpz(1)
        for pair in choices:
            alpha, beta = alpha * mpz(pair.alpha) % P, beta * mpz(pair.beta) % P
        overall = proven(f"prove|{s}|{alpha},{beta}", allowed, m_sum - question.min)
        return Answer(choices=tuple(choices), individual_proofs=tuple(individual), overall_proof=overall)
    flag = Branch(nonces[0], plain[0], 0)
    either = proven(f"bproof0|{s}", (flag, Branch(r_sum, m_sum, 0)), int(plain[0] != 0))
    branches = [replace(flag, value=1), *allowed]
    return Answer(
        choices=tuple(choices),
        individual_proofs=tuple(individual),
        overall_proof=proven(f"bproof1|{s}", branches, 0 if plain[0] == 1 else 1 + m_sum - question.min),
        blank_proof=(either[0], either[1]),
    )


def event(vote: Vote, kind: Kind, *data: bytes) -> Entry:
    """Any event with any data, out of order or not."""
    return _append(vote.head, kind, *data)


def rewritten(raw: bytes, change: Callable[[int, str, bytes], bytes | None]) -> bytes:
    """The same board with some data records changed and everything after them consistent again.

    `change(place, event type, body)` gives the new body, or None to leave it; `place` counts the data of its event.
    """
    timestamp, start = read_timestamp(raw)
    out = raw[:start]
    waiting: list[bytes] = []
    parent = ""
    for found in read_records(raw, start, timestamp):
        if found.kind == DATA:
            waiting.append(found.body)
            continue
        link = msgspec.json.decode(found.body)
        changed = [change(place, link["type"], body) or body for place, body in enumerate(waiting)]
        changed = [_repointed(link["type"], place, changed, waiting) for place in range(len(changed))]
        if parent:
            link["parent"] = parent
        if changed:
            link["payload"] = sha256_hex(changed[-1])
        body = encode(link)
        parent = sha256_hex(body)
        out += b"".join(record(DATA, data, timestamp) for data in changed) + record(EVENT, body, timestamp)
        waiting = []
    return out


def _repointed(kind: str, place: int, changed: list[bytes], before: list[bytes]) -> bytes:
    """A record that names another by its hash, naming the changed one, unless it was itself changed."""
    body = changed[place]
    if body != before[place]:
        return body
    if kind == "Setup" and place == 3:
        return encode(SetupData(*(sha256_hex(data) for data in changed[:3])))
    if kind == "EncryptedTally" and place == 1:
        sized = decode(body, SizedTally)
        return encode(msgspec.structs.replace(sized, encrypted_tally=sha256_hex(changed[0])))
    if kind == "PartialDecryption" and place == 1:
        return encode(Owned(decode(body, Owned).owner, sha256_hex(changed[0])))
    return body
