"""The end of a finished board made wrong: its encrypted tally, the trustees' shares, the result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gmpy2 import mpz

from ballots.protocol.group import G, P, Q
from ballots.protocol.proofs import prove_decryption
from ballots.protocol.records import PartialDecryption, Proof, decode, encode, sha256_hex
from ballots.protocol.tally import encrypted_tally
from ballots.protocol.trustees import partial_decryption
from tests.ballots.boards import Vote
from tests.ballots.forging import strange
from tests.ballots.mutated_json import (
    FORMS,
    always,
    blanks,
    changed,
    compact,
    named,
    numbers,
    rearranged,
    spelled,
)
from tests.ballots.steps import Step, board_of, shared, steps_of, tallied

Named = Iterator[tuple[str, bytes]]


def in_its_tally(vote: Vote) -> Named:
    """Each with the close as its last step but the tally, and some with all that followed."""
    steps = steps_of(vote.raw)
    at = next(i for i, step in enumerate(steps) if step.kind == "EncryptedTally")
    tally, sized = steps[at].data
    counts = json.loads(sized)
    size = counts["num_tallied"], counts["total_weight"]

    def board(step: Step) -> bytes:
        return board_of([*steps[:at], step])

    ballots = [s.data[0] for s in steps if s.kind == "Ballot"]
    fewer, older = encrypted_tally(vote.context, ballots[:-1]), encrypted_tally(vote.context, ballots[1:-1])
    for name, other in (("the last ballot", fewer), ("the first and the last ballot", older)):
        step = tallied(other.raw, other.num_tallied, other.total_weight)
        yield f"a tally without {name}", board(step)
        yield (
            f"a tally without {name}, and all that followed",
            board_of([*steps[:at], step, *steps[at + 1 :]]),
        )
        yield f"a tally without {name} under the right counts", board(tallied(other.raw, *size))
    for name, raw in (*blanks(tally), *rearranged(tally)):
        yield f"tally: {name}", board(tallied(raw, *size))
    forms = iter([*FORMS.items()] * 2)
    for place, value in numbers(tally):
        for name, n in (
            ("times g", mpz(value) * G % P),
            ("of the wrong sign", P - mpz(value)),
            ("plus p", mpz(value) + P),
        ):
            raw = changed(tally, place, always(str(n)))
            yield f"tally: {named(place)} {name}", board(tallied(raw, *size))
        name, form = next(forms)
        yield f"tally: {named(place)} {name}", board(tallied(spelled(tally, place, form(value)), *size))
    yield (
        "a tally of ones",
        board(tallied(changed(tally, (0,), lambda r: [{"alpha": "1", "beta": "1"}] * len(r)), *size)),
    )
    for name, raw in (*blanks(sized), *rearranged(sized)):
        yield f"counts: {name}", board(Step("EncryptedTally", (tally, raw)))
    for field in ("num_tallied", "total_weight"):
        for written in (
            counts[field] + 1,
            counts[field] - 1,
            0,
            -1,
            str(counts[field]),
            float(counts[field]),
            None,
            2**31,
        ):
            raw = compact({**counts, field: written})
            yield f"counts: {field} {written!r}", board(Step("EncryptedTally", (tally, raw)))
    for name, text in (
        ("another tally", "0" * 64),
        ("itself in capitals", counts["encrypted_tally"].upper()),
    ):
        raw = compact({**counts, "encrypted_tally": text})
        yield f"counts: of {name}", board(Step("EncryptedTally", (tally, raw)))


def in_its_shares(vote: Vote) -> Named:
    """The share of the first trustee wrong, on a board that ends with it."""
    steps = steps_of(vote.raw)
    at = next(i for i, step in enumerate(steps) if step.kind == "PartialDecryption")
    share, owned = steps[at].data
    second = next(s for s in steps[at + 1 :] if s.kind == "PartialDecryption").data[0]
    owner = json.loads(owned)["owner"]
    tally = steps[at - 1].data[0]

    def board(raw: bytes, by: int = owner, then: tuple[Step, ...] = ()) -> bytes:
        return board_of([*steps[:at], shared(by, raw), *then])

    for name, raw in (*blanks(share), *rearranged(share)):
        yield f"share: {name}", board(raw)
    forms = iter([*FORMS.items()] * 3)
    for place, value in numbers(share):
        n = mpz(value)
        if "decryption_factors" in place:
            others = {
                "times g": n * G % P,
                "of the wrong sign": P - n,
                "times an element of order 3": n * strange(3) % P,
                "plus p": n + P,
                "one": mpz(1),
                "zero": mpz(0),
            }
        else:
            others = {"plus one": (n + 1) % Q, "plus q": n + Q, "zero": mpz(0)}
        for name, other in others.items():
            yield f"share: {named(place)} {name}", board(changed(share, place, always(str(other))))
        name, form = next(forms)
        yield f"share: {named(place)} {name}", board(spelled(share, place, form(value)))
    for order in (2, 3):
        yield (
            f"share: a factor times an element of order {order}, its proof fitting",
            board(_twisted(vote, share, tally, order)),
        )
    for name, by in (
        ("the other trustee", 3 - owner),
        ("nobody", 3),
        ("trustee zero", 0),
        ("trustee minus one", -1),
    ):
        yield f"share: under the name of {name}", board_of([*steps[:at], _owned(share, {"owner": by})])
    yield "share: the other trustee's under this name", board(second)
    yield "share: the other trustee's under both names", board(second, 1, (shared(2, second),))
    other_secret = partial_decryption(vote.context.fingerprint, tally, 12345, vote.rng)
    yield "share: of another secret", board(other_secret)
    other_election = partial_decryption("A" * 43, tally, vote.secrets[owner - 1], vote.rng)
    yield "share: proven for another election", board(other_election)
    spoilt: dict[str, dict[str, Any]] = {
        "its number in quotes": {"owner": str(owner)},
        "with a fraction": {"owner": float(owner)},
        "true": {"owner": True},
        "its number null": {"owner": None},
        "with an unknown field": {"note": "x"},
        "of another share": {"payload": sha256_hex(second)},
        "in capitals": {"payload": sha256_hex(share).upper()},
    }
    for name, change in spoilt.items():
        yield f"owner: {name}", board_of([*steps[:at], _owned(share, change)])
    for name, raw in (*blanks(owned), *rearranged(owned)):
        yield f"owner: {name}", board_of([*steps[:at], Step("PartialDecryption", (share, raw))])


def _owned(share: bytes, change: dict[str, Any]) -> Step:
    whole = {"owner": 1, "payload": sha256_hex(share), **change}
    return Step("PartialDecryption", (share, compact(whole)))


def _twisted(vote: Vote, share: bytes, tally: bytes, order: int) -> bytes:
    """The first factor times an element of small order, with a proof in which that element vanishes."""
    found = decode(share, PartialDecryption)
    factor = str(mpz(found.decryption_factors[0][0]) * strange(order) % P)
    secret = mpz(vote.secrets[0])
    key = json.loads(vote.trustees)[0][1]["public_key"]
    alpha = mpz(json.loads(tally)[0][0]["alpha"])
    proof = Proof("1", "0")
    while int(proof.challenge) % order:
        proof = prove_decryption(vote.context.fingerprint, secret, key, alpha, vote.rng)
    factors = ((factor, *found.decryption_factors[0][1:]), *found.decryption_factors[1:])
    proofs = ((proof, *found.decryption_proofs[0][1:]), *found.decryption_proofs[1:])
    return encode(PartialDecryption(factors, proofs))


def in_its_result(vote: Vote) -> Named:
    """Another result at the end of a board that is right."""
    *steps, last = steps_of(vote.raw)
    raw = last.data[0]
    rows = json.loads(raw)["result"]
    first, second, *others = rows[0]

    def board(body: bytes) -> bytes:
        return board_of([*steps, Step("Result", (body,))])

    for name, body in (*blanks(raw), *rearranged(raw)):
        yield f"result: {name}", board(body)
    for name, row in {
        "one more": [first + 1, second, *others],
        "one less": [first, second - 1, *others],
        "one moved": [first - 1, second + 1, *others],
        "two exchanged": [second, first, *others],
        "plus q": [str(first + int(Q)), second, *others],
        "minus q": [str(first - int(Q)), second, *others],
        "a number in quotes": [str(first), second, *others],
        "with a fraction": [float(first), second, *others],
        "true": [first, second, *others[:-1], True],
        "a number null": [first, None, *others],
        "below zero": [-1, second, *others],
        "an option more": [*rows[0], 0],
        "an option less": rows[0][:-1],
        "zeros": [0] * len(rows[0]),
    }.items():
        yield f"result: {name}", board(compact({"result": [row, *rows[1:]]}))
    yield "result: with a leading zero", board(raw.replace(b"[[", b"[[0"))
    yield "result: with an exponent", board(raw.replace(b"]]", b"e0]]"))
    yield "result: a question more", board(compact({"result": [*rows, [0]]}))
