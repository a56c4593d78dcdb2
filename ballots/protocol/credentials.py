"""A voter's credential: fifteen characters for a person, a signing key for the protocol (specification 4.8)."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import pbkdf2_hmac
from typing import Final

from gmpy2 import mpz, powmod

from ballots.protocol.group import SYSTEM, G, P, Q
from ballots.protocol.records import LARGEST_NUMBER, CredentialList, decode, encode
from ballots.protocol.refusals import Invalid, Reason
from office.i18n import N_

ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LENGTH: Final = 15
_ITERATIONS: Final = 1000
_UUID_LENGTH: Final = 14
_ENTRY: Final = re.compile(r"(0|[1-9][0-9]{0,616})(?:,([1-9][0-9]{0,11}))?", re.ASCII)


@dataclass(frozen=True)
class Credential:
    """The signing key of a voter: secret exponent s and public g^s in decimal."""

    secret: int = field(repr=False)
    public: str


def draw(rng: random.Random = SYSTEM) -> str:
    """A new credential, XXX-XXX-XXX-XXX-XXX: 14 random characters (82 bits) and a check character."""
    characters = "".join(ALPHABET[rng.randrange(58)] for _ in range(_LENGTH - 1))
    return _dashed(characters + ALPHABET[53 - number_in_alphabet(characters) % 53])


def draw_uuid(rng: random.Random = SYSTEM) -> str:
    """A new election identifier: 14 characters of the same alphabet."""
    return "".join(ALPHABET[rng.randrange(58)] for _ in range(_UUID_LENGTH))


def normalise(typed: str) -> str:
    """The credential as it was issued, from what a person typed: blanks and dashes are forgiven, nothing else.

    Raises `Invalid(CREDENTIAL_FORM)` or, for a mistyped character, `Invalid(CREDENTIAL_CHECK)`.
    """
    characters = re.sub(r"[\s\-\u2010-\u2015\u2212]+", "", typed)
    if len(characters) != _LENGTH or any(c not in ALPHABET for c in characters):
        raise Invalid(Reason.CREDENTIAL_FORM)
    if (number_in_alphabet(characters[:-1]) + ALPHABET.index(characters[-1])) % 53:
        raise Invalid(Reason.CREDENTIAL_CHECK)
    return _dashed(characters)


def derive(credential: str, uuid: str) -> Credential:
    """The signing key of a credential in one election: PBKDF2-HMAC-SHA256 of the dashed form, salted with the uuid.

    Without its dashes the same credential would give another key, hence the normalising first.
    """
    password = normalise(credential).encode()
    secret = mpz(int.from_bytes(pbkdf2_hmac("sha256", password, uuid.encode(), _ITERATIONS, 32), "big")) % Q
    return Credential(int(secret), str(powmod(G, secret, P)))


def credentials_record(weights: Mapping[str, int], weighted: bool = False) -> bytes:
    """The public list: sorted by number, so that a place in it says nothing about the voter.

    Weights are written for all as soon as one differs from 1 (or `weighted`), otherwise for none.
    """
    if any(not 1 <= weight <= LARGEST_NUMBER for weight in weights.values()):
        raise Invalid(Reason.CREDENTIAL_LIST, what=N_("가중치는 1 이상의 정수입니다"))
    weighted = weighted or any(weight != 1 for weight in weights.values())
    listed = sorted(weights, key=int)
    return encode([f"{public},{weights[public]}" if weighted else public for public in listed])


def read_credentials(raw: bytes) -> dict[str, int]:
    """Weight by public credential, in the list's order; a repeated or malformed entry is refused.

    That each lies in the group costs a third of a millisecond and is checked apart, once per list.
    """
    weights: dict[str, int] = {}
    for entry in decode(raw, CredentialList):
        match = _ENTRY.fullmatch(entry)
        if match is None or not 1 < mpz(match[1]) < P:
            raise Invalid(Reason.CREDENTIAL_LIST, what=N_("형식이 틀린 자격키가 있습니다"))
        if match[1] in weights:
            raise Invalid(Reason.CREDENTIAL_LIST, what=N_("같은 자격키가 두 번 있습니다"))
        weights[match[1]] = int(match[2] or 1)
    return weights


def number_in_alphabet(characters: str) -> int:
    """The characters read as a number, most significant first."""
    value = 0
    for character in characters:
        value = value * 58 + ALPHABET.index(character)
    return value


def _dashed(characters: str) -> str:
    return "-".join(characters[i : i + 3] for i in range(0, _LENGTH, 3))
