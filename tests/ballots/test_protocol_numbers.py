"""The protocol's numbers to the last one: bounds of the group, what every proof hashes, where numbers become text.

Every challenge is computed here once more from the string in docs/protocol.md, with nothing but hashlib and pow.
"""

from __future__ import annotations

import hmac
import random
from collections.abc import Callable
from hashlib import sha256

import pytest
from gmpy2 import mpz, powmod

from ballots.protocol import proofs
from ballots.protocol.ballot import encrypt, signed_hash
from ballots.protocol.exponents import SeededExponents, SignatureNonce
from ballots.protocol.group import G, P, Q, hashed_exponent, is_member, random_exponent
from ballots.protocol.powers import PowerTable
from ballots.protocol.records import (
    LARGEST_NUMBER,
    Ballot,
    PartialDecryption,
    Proof,
    count,
    decode,
    number_of,
    sha256_b64,
    sha256_hex,
)
from ballots.protocol.refusals import Invalid
from ballots.protocol.trustees import partial_decryption
from tests.ballots.boards import Vote, question

SECRET = mpz(987654321987654321)
PUBLIC = str(powmod(G, SECRET, P))
TABLE = PowerTable(G, 4)


def challenge(text: str) -> int:
    """SHA-256 as a big-endian number, mod q."""
    return int.from_bytes(sha256(text.encode()).digest(), "big") % int(Q)


def commitment(base: mpz | int, public: str | mpz, proof: Proof) -> int:
    """base^response public^challenge."""
    left = pow(int(base), int(proof.response), int(P))
    return left * pow(int(public), int(proof.challenge), int(P)) % int(P)


def test_the_group_ends_where_it_ends() -> None:
    assert [is_member(mpz(x)) for x in (0, 1, int(G), int(P) - 1, int(P), int(P) + 1, -int(G))] == [
        False,
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_an_exponent_is_drawn_from_all_below_q() -> None:
    asked: list[int] = []

    class Asked(random.Random):
        def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
            asked.append(start)
            return start - 1

    assert random_exponent(Asked()) == Q - 1
    assert asked == [int(Q)]


def test_a_hash_is_big_endian_of_utf8_modulo_q() -> None:
    for text in ("", "abc", "약속|1,2"):
        assert hashed_exponent(text) == challenge(text)
    assert any(int.from_bytes(sha256(str(i).encode()).digest(), "big") >= Q for i in range(20))


def test_every_signature_hashes_the_string_of_the_document() -> None:
    made = {
        f"pok|BELENIOS-2048|{PUBLIC}": proofs.prove_possession(SECRET, PUBLIC),
        'sigmsg|{"a":"약속"}': proofs.sign_message(SECRET, '{"a":"약속"}'),
        "sig|digest": proofs.sign(TABLE, SECRET, "digest"),
    }
    for prefix, proof in made.items():
        assert int(proof.challenge) == challenge(f"{prefix}|{commitment(G, PUBLIC, proof)}")


def test_a_share_of_the_decryption_hashes_the_string_of_the_document() -> None:
    alpha = powmod(G, 4242, P)
    factor = powmod(alpha, SECRET, P)
    proof = proofs.prove_decryption("phi", SECRET, PUBLIC, alpha)
    both = f"{commitment(G, PUBLIC, proof)},{commitment(alpha, factor, proof)}"
    assert int(proof.challenge) == challenge(f"decrypt|phi|{PUBLIC}|{both}")


@pytest.mark.parametrize("blank", [False, True])
def test_every_proof_of_a_ballot_hashes_the_string_of_the_document(blank: bool) -> None:
    vote = Vote((question(2, 1, 2, blank=blank),), (1,))
    raw = encrypt(vote.context, vote.keys[0].secret, [None if blank else (1,)])
    ballot = decode(raw, Ballot)
    (answer,) = ballot.answers
    phi, y = sha256_b64(vote.context.raw), int(vote.context.election.public_key)
    s0 = f"{phi}|{ballot.credential}"
    s = s0 + "|" + ",".join(f"{pair.alpha},{pair.beta}" for pair in answer.choices)

    def hashed(prefix: str, branches: list[tuple[int, int, int]], parts: tuple[Proof, ...]) -> None:
        commitments = []
        for (alpha, beta, value), part in zip(branches, parts, strict=True):
            shifted = beta * pow(int(G), -value, int(P)) % int(P)
            commitments.append(f"{commitment(G, mpz(alpha), part)},{commitment(y, mpz(shifted), part)}")
        total = sum(int(part.challenge) for part in parts) % int(Q)
        assert total == challenge(f"{prefix}|{','.join(commitments)}")

    pairs = [(int(pair.alpha), int(pair.beta)) for pair in answer.choices]
    for (alpha, beta), parts in zip(pairs, answer.individual_proofs, strict=True):
        hashed(f"prove|{s0}|{alpha},{beta}", [(alpha, beta, 0), (alpha, beta, 1)], parts)
    flag, chosen = pairs[0], pairs[1:] if blank else pairs
    sums = [1, 1]
    for alpha, beta in chosen:
        sums = [sums[0] * alpha % int(P), sums[1] * beta % int(P)]
    allowed = [(*sums, value) for value in (1, 2)]
    if blank:
        assert answer.blank_proof is not None
        hashed(f"bproof0|{s}", [(*flag, 0), (sums[0], sums[1], 0)], answer.blank_proof)
        hashed(f"bproof1|{s}", [(*flag, 1), *((a, b, v) for a, b, v in allowed)], answer.overall_proof)
    else:
        whole = [(a, b, v) for a, b, v in allowed]
        hashed(f"prove|{s}|{sums[0]},{sums[1]}", whole, answer.overall_proof)
    unsigned = raw[: raw.rindex(b',"signature"')] + b"}"
    assert ballot.signature.hash == sha256_b64(unsigned) == signed_hash(ballot)


def shifted(proof: Proof, by: tuple[int, int]) -> Proof:
    return Proof(str(int(proof.challenge) + by[0]), str(int(proof.response) + by[1]))


@pytest.mark.parametrize("by", [(int(Q), 0), (0, int(Q))])
def test_the_same_proof_with_a_number_beyond_q_is_refused(by: tuple[int, int]) -> None:
    alpha = powmod(G, 4242, P)
    factor = powmod(alpha, SECRET, P)
    checks: list[tuple[Proof, Callable[[Proof], bool]]] = [
        (proofs.prove_possession(SECRET, PUBLIC), lambda proof: proofs.possession_holds(PUBLIC, proof)),
        (
            proofs.sign_message(SECRET, "message"),
            lambda proof: proofs.message_signature_holds(PUBLIC, "message", proof),
        ),
        (
            proofs.sign(TABLE, SECRET, "digest"),
            lambda proof: proofs.signature_holds(TABLE, PUBLIC, "digest", proof),
        ),
        (
            proofs.prove_decryption("phi", SECRET, PUBLIC, alpha),
            lambda proof: proofs.decryption_holds("phi", PUBLIC, alpha, factor, proof),
        ),
    ]
    for proof, holds in checks:
        assert holds(proof)
        assert not holds(shifted(proof, by))


def test_a_zero_challenge_or_response_is_a_number_like_others() -> None:
    # With secret 0 the public key is 1, the challenge is of no weight and the response is the nonce.
    class Zero(random.Random):
        def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
            return 0

    proof = proofs.sign(TABLE, mpz(0), "digest", Zero())
    assert proof.response == "0"
    assert proofs.signature_holds(TABLE, "1", "digest", proof)


def test_a_decryption_factor_outside_of_the_group_is_refused() -> None:
    alpha = powmod(G, 4242, P)
    factor = powmod(alpha, SECRET, P)
    proof = proofs.prove_decryption("phi", SECRET, PUBLIC, alpha)
    assert not proofs.decryption_holds("phi", PUBLIC, alpha, P - factor, proof)
    assert not proofs.decryption_holds("other", PUBLIC, alpha, factor, proof)


def test_a_share_has_a_factor_and_a_proof_for_every_total_in_order() -> None:
    vote = Vote((question(2, 1, 1),), (1, 1))
    vote.cast(0, (0,))
    vote.close()
    assert vote.tally is not None
    share = decode(
        partial_decryption(vote.context.fingerprint, vote.tally.raw, vote.secrets[0]), PartialDecryption
    )
    assert [len(row) for row in share.decryption_factors] == [2]
    assert [len(row) for row in share.decryption_proofs] == [2]


def test_numbers_become_text_beyond_the_formats_largest() -> None:
    assert (LARGEST_NUMBER, count(LARGEST_NUMBER), count(LARGEST_NUMBER + 1)) == (
        1073741823,
        1073741823,
        "1073741824",
    )
    assert number_of("1073741824") == 1073741824
    assert number_of(0) == 0
    for wrong in ("5", "1073741823"):
        with pytest.raises(Invalid):
            number_of(wrong)


def test_hashes_are_written_in_two_ways() -> None:
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_b64(b"abc") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0"


def derived(key: bytes, label: str) -> int:
    """The exponent of a label, as the document says it."""
    halves = [hmac.new(key, f"{label}|{half}".encode(), "sha256").digest() for half in (0, 1)]
    return int.from_bytes(b"".join(halves)[:48], "big") % int(Q)


def test_exponents_of_a_seed_are_those_of_the_document() -> None:
    seed = bytes(range(32))
    exponents = SeededExponents(seed)
    assert [random_exponent(exponents) for _ in range(3)] == [
        derived(seed, f"yaksok-ballot|{i}") for i in range(3)
    ]
    nonce = SignatureNonce(5, "hash")
    assert random_exponent(nonce) == derived((5).to_bytes(32, "big"), "yaksok-signature|hash")


def test_a_seed_gives_exponents_and_nothing_else() -> None:
    for length in (0, 31, 33):
        with pytest.raises(ValueError, match="32 bytes"):
            SeededExponents(bytes(length))
    exponents = SeededExponents(bytes(32))
    for arguments in ((10,), (int(Q) + 1,), (0, int(Q)), (int(Q), None, 2)):
        with pytest.raises(ValueError, match="only exponents"):
            exponents.randrange(*arguments)
    assert random_exponent(exponents) == derived(bytes(32), "yaksok-ballot|0")
