"""A ballot's exponents, derived from one seed: whoever is given the seed can make the same ballot again.

The nonce of the signature is derived from the credential instead.  From the seed it would betray the credential, since
with nonce w, challenge c and response w - s c anybody can solve for the secret s.
"""

from __future__ import annotations

import hmac
import random
from abc import abstractmethod
from typing import Final

from ballots.protocol.group import Q

SEED_BYTES: Final = 32
_EXPONENT_BYTES: Final = 48
"""128 bits more than q, so that the remainder is uniform to within 2^-128."""


class _Derived(random.Random):
    """Draws exponents only: number after number, each HMAC-SHA256 of a label that is used once."""

    def __init__(self, key: bytes) -> None:
        super().__init__(0)
        self._key = key

    @abstractmethod
    def _label(self) -> str:
        """What the next exponent is derived from, beside the key."""

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """The next exponent; anything but a draw from [0, q) is a mistake."""
        if start != int(Q) or stop is not None or step != 1:
            raise ValueError("only exponents are derived")
        label = self._label()
        halves = (hmac.digest(self._key, f"{label}|{half}".encode(), "sha256") for half in (0, 1))
        return int.from_bytes(b"".join(halves)[:_EXPONENT_BYTES], "big") % int(Q)


class SeededExponents(_Derived):
    """The exponents of one ballot in the order in which `ballots.protocol.ballot.encrypt` draws them; `seed` is 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise ValueError("a seed has 32 bytes")
        super().__init__(seed)
        self._drawn = 0

    def _label(self) -> str:
        self._drawn += 1
        return f"yaksok-ballot|{self._drawn - 1}"


class SignatureNonce(_Derived):
    """The nonce with which a credential's secret signs one hash (as RFC 6979 has it: the same hash, the same nonce)."""

    def __init__(self, secret: int, digest: str) -> None:
        super().__init__(secret.to_bytes(SEED_BYTES, "big"))
        self._digest = digest

    def _label(self) -> str:
        return f"yaksok-signature|{self._digest}"
