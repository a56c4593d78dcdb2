"""The people who hold the key in parts: their keys, the joint key, and their shares of the decryption.

A trustee is mandatory ("Single"), or one of a group of which some suffice ("Pedersen"); both kinds may stand together.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gmpy2 import mpz, powmod

from ballots.protocol.group import SYSTEM, G, P, Q, is_member, random_exponent
from ballots.protocol.pedersen import check_group
from ballots.protocol.proofs import decryption_holds, possession_holds, prove_decryption, prove_possession
from ballots.protocol.records import (
    EncryptedTally,
    PartialDecryption,
    Pedersen,
    TrusteeKey,
    TrusteeList,
    decode,
    encode,
)
from ballots.protocol.refusals import Invalid, Reason
from office.i18n import N_

FEWEST = 2
"""Nobody opens the tally alone."""


@dataclass(frozen=True)
class Party:
    """One factor of the joint key: `threshold` of these owners must answer, one of one where a trustee is mandatory."""

    members: tuple[int, ...]
    threshold: int

    def answering(self, answered: Collection[int]) -> tuple[int, ...] | None:
        """The owners whose shares are taken, the first that answered; None while there are too few."""
        ready = [owner for owner in self.members if owner in answered]
        return tuple(ready[: self.threshold]) if len(ready) >= self.threshold else None


@dataclass(frozen=True)
class Trustees:
    """The trustees of one election; owner number i of the board is `owners[i - 1]`."""

    owners: tuple[TrusteeKey, ...]
    public_key: str
    parties: tuple[Party, ...]

    @property
    def needed(self) -> int:
        """How many people must come together to open anything."""
        return sum(party.threshold for party in self.parties)

    def enough(self, answered: Collection[int]) -> bool:
        """Whether these owners together can open the tally."""
        return all(party.answering(answered) is not None for party in self.parties)


def make_key(name: str | None = None, rng: random.Random = SYSTEM) -> tuple[int, bytes]:
    """A trustee's secret and the key record to hand in (4.5): the public key with its proof of possession."""
    secret = mpz(0)
    while secret == 0:
        secret = random_exponent(rng)
    return int(secret), key_of(int(secret), name, rng)


def key_of(secret: int, name: str | None = None, rng: random.Random = SYSTEM) -> bytes:
    """The key record of a trustee's secret."""
    x = mpz(secret)
    public_key = str(powmod(G, x, P))
    return encode(TrusteeKey(pok=prove_possession(x, public_key, rng), public_key=public_key, name=name))


def read_key(raw: bytes) -> TrusteeKey:
    """Read a trustee's key strictly and check its proof of possession."""
    key = decode(raw, TrusteeKey)
    _check_key(key)
    return key


def trustees_record(keys: Sequence[bytes], group: Pedersen | None = None) -> bytes:
    """The record of the mandatory trustees in the order of their owner numbers, and of a group after them."""
    listed: list[tuple[str, TrusteeKey | Pedersen]] = [("Single", read_key(key)) for key in keys]
    if group is not None:
        listed.append(("Pedersen", group))
    raw = encode(listed)
    read_trustees(raw)
    return raw


def read_trustees(raw: bytes) -> Trustees:
    """Read the record strictly, check every key and its proof, and multiply the parts into the joint key."""
    owners: list[TrusteeKey] = []
    parties: list[Party] = []
    joint = mpz(1)
    for kind, item in decode(raw, TrusteeList):
        first = len(owners) + 1
        if kind == "Single":
            key = read_key(bytes(item))
            owners.append(key)
            parties.append(Party((first,), 1))
            joint = joint * mpz(key.public_key) % P
        else:
            group = check_group(decode(bytes(item), Pedersen))
            owners.extend(group.keys)
            parties.append(Party(tuple(range(first, len(owners) + 1)), group.threshold))
            joint = joint * group.public_key % P
    trustees = Trustees(tuple(owners), str(joint), tuple(parties))
    if trustees.needed < FEWEST:
        raise Invalid(Reason.TRUSTEES, what=N_("개표에는 두 명 이상이 필요해야 합니다"))
    if len({key.public_key for key in owners}) < len(owners):
        raise Invalid(Reason.TRUSTEES, what=N_("두 개표관리인의 열쇠가 같습니다"))
    return trustees


def partial_decryption(
    fingerprint: str, encrypted_tally: bytes, secret: int, rng: random.Random = SYSTEM
) -> bytes:
    """A trustee's share of opening the tally (4.18): alpha^x of every total, each proven.

    Only totals are ever opened: the input is an encrypted tally, whose ciphertexts are sums over all ballots.
    """
    x = mpz(secret) % Q
    public_key = str(powmod(G, x, P))
    tally = decode(encrypted_tally, EncryptedTally)
    alphas = [[mpz(pair.alpha) for pair in row] for row in tally]
    if not all(is_member(alpha) for row in alphas for alpha in row):
        raise Invalid(Reason.NOT_IN_GROUP)
    return encode(
        PartialDecryption(
            decryption_factors=tuple(tuple(str(powmod(a, x, P)) for a in row) for row in alphas),
            decryption_proofs=tuple(
                tuple(prove_decryption(fingerprint, x, public_key, a, rng) for a in row) for row in alphas
            ),
        )
    )


def check_partial_decryption(fingerprint: str, encrypted_tally: bytes, public_key: str, raw: bytes) -> None:
    """Check every factor of a trustee's share against its public key.  Raises `Invalid`."""
    share = decode(raw, PartialDecryption)
    tally = decode(encrypted_tally, EncryptedTally)
    shape = [len(row) for row in tally]
    if [len(row) for row in share.decryption_factors] != shape or (
        [len(row) for row in share.decryption_proofs] != shape
    ):
        raise Invalid(Reason.DECRYPTION, what=N_("합계의 수와 맞지 않습니다"))
    for pairs, factors, proofs in zip(tally, share.decryption_factors, share.decryption_proofs, strict=True):
        for pair, factor, proof in zip(pairs, factors, proofs, strict=True):
            if not decryption_holds(fingerprint, public_key, mpz(pair.alpha), mpz(factor), proof):
                raise Invalid(Reason.DECRYPTION, what=N_("증명이 맞지 않습니다"))


def _check_key(key: TrusteeKey) -> None:
    if key.public_key == "1" or not possession_holds(key.public_key, key.pok):
        raise Invalid(Reason.TRUSTEE_PROOF)
