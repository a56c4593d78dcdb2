"""A trustee's seed: all that a trustee keeps, on paper or in a file; every secret of one election derives from it.

Twenty-two random characters (128 bits) and a check character.  A secret exponent is SHA-512 of what it is for, modulo
q: 512 bits leave a bias below 2^-250, where rejecting draws would make the derivation longer.  Since nothing else is
kept, each step of the key ceremony can be taken up again on any computer (docs/protocol.md).
"""

from __future__ import annotations

import random
import re
from hashlib import sha512
from typing import Final

from gmpy2 import mpz

from ballots.protocol.credentials import ALPHABET, number_in_alphabet
from ballots.protocol.group import SYSTEM, Q
from ballots.protocol.refusals import Invalid, Reason

LENGTH: Final = 23
_GROUP: Final = 6


def draw_seed(rng: random.Random = SYSTEM) -> str:
    """A new seed, XXXXXX-XXXXXX-XXXXXX-XXXXX."""
    characters = "".join(ALPHABET[rng.randrange(58)] for _ in range(LENGTH - 1))
    return _dashed(characters + ALPHABET[53 - number_in_alphabet(characters) % 53])


def normalise_seed(typed: str) -> str:
    """The seed as it was drawn, from what a person typed: blanks and dashes are forgiven, nothing else.

    Raises `Invalid(SEED_FORM)` or, for a mistyped character, `Invalid(SEED_CHECK)`.
    """
    characters = re.sub(r"[\s\-\u2010-\u2015\u2212]+", "", typed)
    if len(characters) != LENGTH or any(c not in ALPHABET for c in characters):
        raise Invalid(Reason.SEED_FORM)
    if (number_in_alphabet(characters[:-1]) + ALPHABET.index(characters[-1])) % 53:
        raise Invalid(Reason.SEED_CHECK)
    return _dashed(characters)


def single_secret(seed: str, uuid: str) -> int:
    """The secret of a mandatory trustee."""
    return int(_exponent("single", uuid, seed))


def signing_secret(seed: str, uuid: str) -> mpz:
    """What a member of a threshold group signs its messages with."""
    return _exponent("sign", uuid, seed)


def receiving_secret(seed: str, uuid: str) -> mpz:
    """What a member of a threshold group opens the shares dealt to it with."""
    return _exponent("receive", uuid, seed)


def coefficients(seed: str, context: str, threshold: int) -> list[mpz]:
    """The secret polynomial a member deals from; `context` names the members, so another group gets another one."""
    return [_exponent("coefficient", f"{context}|{k}", seed) for k in range(threshold)]


def _exponent(purpose: str, place: str, seed: str) -> mpz:
    characters = normalise_seed(seed).replace("-", "")[:-1]
    digest = sha512(f"{purpose}|{place}|{characters}".encode()).digest()
    return mpz(int.from_bytes(digest, "big")) % Q


def _dashed(characters: str) -> str:
    return "-".join(characters[i : i + _GROUP] for i in range(0, LENGTH, _GROUP))
