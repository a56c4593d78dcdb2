"""Cast or audit: a voter opens a prepared ballot, and another device makes it again and sees what is in it.

The booth shows a ballot's tracker before it can know whether the ballot will be cast or opened.  Opening gives out the
seed, the votes, the credential's place in the public list and the signature's proof, packed into one code; if a ballot
made from these has the tracker that was shown, the booth encrypted what the voter chose.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from gmpy2 import mpz

from ballots.protocol.ballot import Picks, encrypt_unsigned, signed_hash, with_signature
from ballots.protocol.election import ElectionContext
from ballots.protocol.exponents import SEED_BYTES, SeededExponents
from ballots.protocol.group import Q
from ballots.protocol.proofs import signature_holds
from ballots.protocol.records import Proof
from ballots.protocol.refusals import Invalid, Reason

VERSION: Final = 1
_BLANK: Final = 255
_CHECKSUM: Final = 4
_FIXED: Final = 1 + 4 + 3 * 32


@dataclass(frozen=True)
class Opening:
    """All that opening a ballot gives out.  `position` counts the credentials record from 0; `proof` in decimal."""

    position: int
    seed: bytes = field(repr=False)
    proof: Proof = field(repr=False)
    votes: tuple[Picks, ...] = field(repr=False)


def pack(opening: Opening) -> str:
    """The code: base64url of version, position (4 bytes), seed, challenge, response, votes, and a checksum of it all.

    A vote is the number of choices and each position in two bytes, in order; a blank vote is the number 255.
    """
    body = bytes([VERSION]) + opening.position.to_bytes(4, "big") + opening.seed
    body += b"".join(
        int(number).to_bytes(32, "big") for number in (opening.proof.challenge, opening.proof.response)
    )
    for picks in opening.votes:
        body += bytes([_BLANK if picks is None else len(picks)])
        body += b"".join(position.to_bytes(2, "big") for position in sorted(picks or ()))
    return base64.urlsafe_b64encode(body + _checksum(body)).decode().rstrip("=")


def unpack(code: str) -> Opening:
    """Read a code, or the whole link that ends in one.  Raises `Invalid(OPENING_FORM)`."""
    text = "".join(code.rpartition("#")[2].split())
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(Reason.OPENING_FORM) from None
    body, checksum = raw[:-_CHECKSUM], raw[-_CHECKSUM:]
    if len(body) < _FIXED or body[0] != VERSION or checksum != _checksum(body):
        raise Invalid(Reason.OPENING_FORM)
    challenge, response = (int.from_bytes(body[start : start + 32], "big") for start in (37, 69))
    return Opening(
        position=int.from_bytes(body[1:5], "big"),
        seed=body[5 : 5 + SEED_BYTES],
        proof=Proof(str(challenge), str(response)),
        votes=_votes(body[_FIXED:]),
    )


def remake(context: ElectionContext, credentials: Mapping[str, int], opening: Opening) -> bytes:
    """The ballot that was opened, byte for byte; `credentials` are those of the record, in its order.

    Raises `Invalid(OPENING_DIFFERS)` where these parts make no ballot of this election with a right signature.
    """
    listed = list(credentials)
    numbers = (mpz(opening.proof.challenge), mpz(opening.proof.response))
    if opening.position >= len(listed) or any(number >= Q for number in numbers):
        raise Invalid(Reason.OPENING_DIFFERS)
    credential = listed[opening.position]
    try:
        unsigned = encrypt_unsigned(context, credential, opening.votes, SeededExponents(opening.seed))
    except Invalid:
        raise Invalid(Reason.OPENING_DIFFERS) from None
    if not signature_holds(context.g, credential, signed_hash(unsigned), opening.proof):
        raise Invalid(Reason.OPENING_DIFFERS)
    return with_signature(unsigned, opening.proof)


def _votes(packed: bytes) -> tuple[Picks, ...]:
    votes: list[Picks] = []
    at = 0
    while at < len(packed):
        count, at = packed[at], at + 1
        if count == _BLANK:
            votes.append(None)
            continue
        end = at + 2 * count
        if end > len(packed):
            raise Invalid(Reason.OPENING_FORM)
        votes.append(tuple(int.from_bytes(packed[i : i + 2], "big") for i in range(at, end, 2)))
        at = end
    return tuple(votes)


def _checksum(body: bytes) -> bytes:
    return sha256(body).digest()[:_CHECKSUM]
