"""Zero-knowledge proofs of the protocol: one-of-many, possession of a key, signature, decryption.

Every hash input is the exact string of the specification (sections 4.5, 4.12 to 4.14, 4.18), numbers in decimal.
Symbols as there: alpha, beta ciphertext; A, B commitments; w nonce; M value of a branch; X public key.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gmpy2 import mpz, powmod

from ballots.protocol.group import NAME, SYSTEM, G, P, Q, hashed_exponent, is_member, random_exponent
from ballots.protocol.powers import MEMBERSHIP, Plan, PowerTable, plan, raised, squares
from ballots.protocol.records import Proof

Power = Callable[[mpz], mpz]
"""e -> g^e: from a table where there is one."""


def _plain_power(exponent: mpz) -> mpz:
    return powmod(G, exponent, P)


class Squared:
    """A ciphertext to be checked, with the repeated squares that all its proofs share.

    `in_group` and `foreseen`, by (M, challenge, response), are answers that were computed beforehand (ballots.protocol.foresight).
    """

    __slots__ = ("_squares", "alpha", "beta", "foreseen", "in_group")

    def __init__(self, alpha: mpz, beta: mpz) -> None:
        self.alpha = alpha
        self.beta = beta
        self.in_group: bool | None = None
        self.foreseen: dict[tuple[int, mpz, mpz], tuple[mpz, mpz]] = {}
        self._squares: tuple[list[mpz], list[mpz]] | None = None

    def in_range(self) -> bool:
        """Whether both halves lie between 1 and p - 1."""
        return bool(0 < self.alpha < P) and bool(0 < self.beta < P)

    def is_member(self) -> bool:
        """Whether both halves lie in the group; elements of order 2 satisfy every proof, so this cannot be left out."""
        if self.in_group is None:
            self.in_group = self.in_range() and self._raised(MEMBERSHIP) == (1, 1)
        return self.in_group

    def commitments(
        self, g: PowerTable, y: PowerTable, value: int, challenge: mpz, response: mpz
    ) -> tuple[mpz, mpz]:
        """(g^z alpha^c, y^z (beta / g^M)^c) with challenge c and response z: what a prover committed to for M."""
        if found := self.foreseen.get((value, challenge, response)):
            return found
        a, b = self._raised(plan(challenge))
        b = b * y.power(response) % P
        if value:
            b = b * g.power(-value * challenge) % P
        return a * g.power(response) % P, b

    def _raised(self, digits: Plan) -> tuple[mpz, mpz]:
        if self._squares is None:
            self._squares = squares(self.alpha), squares(self.beta)
        alpha, beta = self._squares
        return raised(alpha, digits), raised(beta, digits)


@dataclass(frozen=True)
class Statement:
    """One of the branches "this ciphertext holds M" is true, by this proof.

    `new` is a ciphertext met here for the first time, which must lie in the group; `prefix` the hash input up to the
    commitments.
    """

    prefix: str
    branches: Sequence[tuple[Squared, int]]
    proof: Sequence[Proof]
    new: Squared | None = None


def disjunction_holds(
    g: PowerTable,
    y: PowerTable,
    prefix: str,
    branches: Sequence[tuple[Squared, int]],
    proof: Sequence[Proof],
) -> bool:
    """Whether `proof` shows that one of the branches "this ciphertext holds M" is true.

    `prefix` is the hash input up to the commitments; challenges and responses must lie in [0, q).
    Covers iprove (4.12), bproof0 and bproof1 (4.13).
    """
    if len(proof) != len(branches):
        return False
    commitments: list[str] = []
    total = mpz(0)
    for (ciphertext, value), part in zip(branches, proof, strict=True):
        challenge, response = mpz(part.challenge), mpz(part.response)
        if challenge >= Q or response >= Q:
            return False
        a, b = ciphertext.commitments(g, y, value, challenge, response)
        commitments.append(f"{a},{b}")
        total += challenge
    return bool(hashed_exponent(f"{prefix}|{','.join(commitments)}") == total % Q)


@dataclass(frozen=True)
class Branch:
    """Prover's side: the ciphertext (g^r, y^r g^m) is claimed to hold `value`."""

    r: mpz
    m: int
    value: int


def prove_disjunction(
    g: PowerTable,
    y: PowerTable,
    prefix: str,
    branches: Sequence[Branch],
    true: int,
    rng: random.Random = SYSTEM,
) -> tuple[Proof, ...]:
    """Prove that branch number `true` (or another) holds, without showing which.

    The false branches are simulated; since the prover knows r and m, g^z alpha^c = g^(z + r c) and
    y^z (beta / g^M)^c = y^(z + r c) g^((m - M) c): all powers are of the two fixed bases.
    """
    commitments: list[str] = []
    drawn: list[tuple[mpz, mpz]] = []
    total = mpz(0)
    for j, branch in enumerate(branches):
        challenge, response = mpz(0), random_exponent(rng)  # the response of the true branch is its nonce w
        if j != true:
            challenge = random_exponent(rng)
        exponent = response + branch.r * challenge
        b = y.power(exponent)
        if j != true and branch.m != branch.value:
            b = b * g.power((branch.m - branch.value) * challenge) % P
        commitments.append(f"{g.power(exponent)},{b}")
        drawn.append((challenge, response))
        total += challenge
    challenge = (hashed_exponent(f"{prefix}|{','.join(commitments)}") - total) % Q
    drawn[true] = challenge, (drawn[true][1] - branches[true].r * challenge) % Q
    return tuple(Proof(str(c), str(z)) for c, z in drawn)


def _prove_knowledge(prefix: str, g: Power, secret: mpz, rng: random.Random) -> Proof:
    w = random_exponent(rng)
    challenge = hashed_exponent(f"{prefix}|{g(w)}")
    return Proof(str(challenge), str((w - secret * challenge) % Q))


def _knowledge_holds(prefix: str, g: Power, public_key: mpz, proof: Proof) -> bool:
    challenge, response = mpz(proof.challenge), mpz(proof.response)
    if challenge >= Q or response >= Q:
        return False
    commitment = g(response) * powmod(public_key, challenge, P) % P
    return bool(hashed_exponent(f"{prefix}|{commitment}") == challenge)


def prove_possession(secret: mpz, public_key: str, rng: random.Random = SYSTEM) -> Proof:
    """A trustee's proof of knowing the secret of its public key (4.5, "pok")."""
    return _prove_knowledge(f"pok|{NAME}|{public_key}", _plain_power, secret, rng)


def possession_holds(public_key: str, proof: Proof) -> bool:
    """Check a trustee's proof; the key itself must lie in the group."""
    element = mpz(public_key)
    return is_member(element) and _knowledge_holds(f"pok|{NAME}|{public_key}", _plain_power, element, proof)


def sign_message(secret: mpz, message: str, rng: random.Random = SYSTEM) -> Proof:
    """A trustee's signature of a message (4.6, "sigmsg")."""
    return _prove_knowledge(f"sigmsg|{message}", _plain_power, secret, rng)


def message_signature_holds(public_key: str, message: str, proof: Proof) -> bool:
    """Check a trustee's signature; the key must lie in the group."""
    element = mpz(public_key)
    return is_member(element) and _knowledge_holds(f"sigmsg|{message}", _plain_power, element, proof)


def sign(g: PowerTable, secret: mpz, digest: str, rng: random.Random = SYSTEM) -> Proof:
    """A credential's signature of a ballot's hash (4.14, "sig")."""
    return _prove_knowledge(f"sig|{digest}", g.power, secret, rng)


def signature_holds(g: PowerTable, credential: str, digest: str, proof: Proof) -> bool:
    """Check a ballot's signature; that the credential is in the group is checked once, on the list."""
    return _knowledge_holds(f"sig|{digest}", g.power, mpz(credential), proof)


def prove_decryption(
    fingerprint: str, secret: mpz, public_key: str, alpha: mpz, rng: random.Random = SYSTEM
) -> Proof:
    """Proof that alpha^secret was computed with the secret of `public_key` (4.18, "decrypt")."""
    w = random_exponent(rng)
    commitments = f"{powmod(G, w, P)},{powmod(alpha, w, P)}"
    challenge = hashed_exponent(f"decrypt|{fingerprint}|{public_key}|{commitments}")
    return Proof(str(challenge), str((w - secret * challenge) % Q))


def decryption_holds(fingerprint: str, public_key: str, alpha: mpz, factor: mpz, proof: Proof) -> bool:
    """Check one decryption factor; the factor must lie in the group."""
    challenge, response = mpz(proof.challenge), mpz(proof.response)
    if challenge >= Q or response >= Q or not is_member(factor):
        return False
    a = powmod(G, response, P) * powmod(mpz(public_key), challenge, P) % P
    b = powmod(alpha, response, P) * powmod(factor, challenge, P) % P
    return bool(hashed_exponent(f"decrypt|{fingerprint}|{public_key}|{a},{b}") == challenge)
