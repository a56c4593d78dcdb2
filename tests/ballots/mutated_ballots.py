"""Ballots that must not count, in families: rewritten, renumbered, forged with the voter's own credential, copied."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from gmpy2 import invert, mpz

from ballots.protocol.group import G, P, Q
from ballots.protocol.proofs import sign
from ballots.protocol.records import Signature, encode, sha256_b64
from tests.ballots.boards import Vote
from tests.ballots.copied_ballots import Named, copied, missigned, of_other_elections, permuted, unproven
from tests.ballots.forging import made, strange, with_twists, with_wider_rule
from tests.ballots.honest_ballots import Ballots, blank, plain
from tests.ballots.mutated_json import (
    FORMS,
    Path,
    always,
    blanks,
    changed,
    named,
    numbers,
    rearranged,
    spelled,
)

SIGNATURE = b',"signature":{'


def signed_as_written(vote: Vote, voter: int, raw: bytes) -> bytes:
    """The ballot with its voter's signature over its very bytes, in whatever form they are."""
    unsigned = raw.rpartition(SIGNATURE)[0] + b"}"
    digest = sha256_b64(unsigned)
    proof = sign(vote.context.g, mpz(vote.keys[voter].secret), digest, vote.rng)
    return unsigned[:-1] + b',"signature":' + encode(Signature(digest, proof)) + b"}"


def _both(vote: Vote, name: str, raw: bytes) -> Named:
    """As it is and, where the signature stands last and whole, signed again by the voter."""
    yield name, raw
    if raw.count(SIGNATURE) == 1 and raw.endswith(b'"}}}'):
        yield f"{name}, signed again", signed_as_written(vote, 0, raw)


def rewritten(ballots: Ballots) -> Named:
    """The same ballot in another form."""
    for name, raw in itertools.chain(rearranged(ballots.first), blanks(ballots.first)):
        inner = not name.startswith(("signature", "record without signature"))
        yield from _both(ballots.vote, name, raw) if inner else [(name, raw)]


def misspelled(ballots: Ballots) -> Named:
    """Each number in one of the forms a lenient reader takes for the same; every form comes up many times."""
    forms = itertools.cycle(FORMS.items())
    for at, value in numbers(ballots.first):
        for name, form in itertools.islice(forms, 3):
            raw = spelled(ballots.first, at, form(value))
            signature = "signature" in at
            yield f"{named(at)} {name}", raw if signature else signed_as_written(ballots.vote, 0, raw)


def renumbered(ballots: Ballots) -> Named:
    """Each number replaced by others of its kind, signed again."""
    for at, value in numbers(ballots.first):
        n = mpz(value)
        if at[-1] in ("challenge", "response"):
            others = {"plus one": (n + 1) % Q, "negated": -n % Q, "zero": mpz(0), "plus q": n + Q, "q": Q}
        else:
            others = {
                "zero": mpz(0),
                "one": mpz(1),
                "p": P,
                "plus p": n + P,
                "of the wrong sign": P - n,
                "times g": n * G % P,
                "squared": n * n % P,
                "inverted": invert(n, P),
                "times an element of order 3": n * strange(3) % P,
                "two": mpz(2),
                "minus one": P - 1,
                "the generator": G,
            }
        for name, other in others.items():
            raw = changed(ballots.first, at, always(str(other)))
            alone = at[0] in ("credential", "signature")
            yield f"{named(at)} {name}", raw if alone else signed_as_written(ballots.vote, 0, raw)


def rebalanced(ballots: Ballots) -> Named:
    """Challenges of one proof shifted against each other, so that their sum still fits."""
    for at, _ in numbers(ballots.first):
        if at[-1] != "challenge" or at[0] == "signature" or at[-2] != 1:
            continue
        before: Path = (*at[:-2], 0, "challenge")
        raw = changed(ballots.first, at, lambda v: str((int(v) + 1) % int(Q)))
        raw = changed(raw, before, lambda v: str((int(v) - 1) % int(Q)))
        yield f"{named(at)} shifted against the first", signed_as_written(ballots.vote, 0, raw)


def miscounted() -> Named:
    """Too many, too few, twice, less than nothing: every proof as good as a cheat can make it."""
    vote, both = plain().vote, blank().vote
    for picks in ((), (0, 1, 2)):
        yield f"picks {picks} of 1 to 2", with_wider_rule(vote, 0, picks)
    for values in itertools.product((-1, 0, 1, 2), repeat=3):
        if set(values) <= {0, 1} and 1 <= sum(values) <= 2:
            continue
        yield f"values {values}", made(vote, 0, [values])
    yield "values (q+1, 0, 0) taken for one", _beyond_q(vote)
    second = (1, 0)
    for values in (
        (1, 1, 0, 0), (1, 1, 1, 0), (1, 1, 1, 1), (0, 0, 0, 0), (0, 1, 1, 1), (2, 0, 0, 0), (-1, 1, 1, 0),
        (1, 1, -1, 0), (1, -1, 0, 0), (0, 2, 0, 0), (0, 2, -1, 0), (2, -1, 0, 0), (3, 0, 0, 0), (-1, 0, 0, 0),
    ):  # fmt: skip
        yield f"blank flag and values {values}", made(both, 0, [values, second])
    for values in ((1, 1), (2, 0), (2, -1), (-1, 1), (-1, 0), (0, 2)):
        yield f"values {values} of the second question", made(both, 0, [(0, 1, 0, 0), values])


def _beyond_q(vote: Vote) -> bytes:
    """g^(q+1) is g: the number is the same, but its proof has responses that were not reduced."""
    raw = made(vote, 0, [(1, 0, 0)])
    at = ("answers", 0, "individual_proofs", 0, 1, "response")
    return signed_as_written(vote, 0, changed(raw, at, lambda v: str(int(v) + int(Q))))


def of_small_order() -> Named:
    """Halves of ciphertexts multiplied by elements of order 2, 3 and 6; every equation of every proof holds."""
    halves = [(place, half) for place in range(3) for half in ("alpha", "beta")]
    for order in (2, 3):
        for half in halves:
            yield f"order {order} in {half}", with_twists(plain().vote, 0, {half: 1}, order)
        for one, two in itertools.combinations(halves, 2):
            twists = {one: 1, two: -1}
            yield f"order {order} in {one}, undone in {two}", with_twists(plain().vote, 0, twists, order)
        every = dict.fromkeys(halves, 1)
        yield f"order {order} in every number", with_twists(plain().vote, 0, every, order)
    for half in halves[:2]:
        yield f"order 6 in {half}", with_twists(plain().vote, 0, {half: 1}, 6)


def families() -> Iterator[tuple[str, Vote, bytes]]:
    """Every mutation with its family in front of its name, and the open election it is meant for."""
    for title, ballots in (("plain", plain()), ("blank", blank())):
        for family in (
            rewritten,
            misspelled,
            renumbered,
            rebalanced,
            permuted,
            copied,
            unproven,
            missigned,
            of_other_elections,
        ):
            for name, raw in family(ballots):
                yield f"{family.__name__}/{title}: {name}", ballots.vote, raw
    for name, raw in miscounted():
        vote = blank().vote if "blank" in name or "second" in name else plain().vote
        yield f"miscounted: {name}", vote, raw
    for name, raw in of_small_order():
        yield f"of_small_order: {name}", plain().vote, raw
