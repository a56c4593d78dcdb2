"""Fast powers: tables for the bases used everywhere, shared squarings for the bases used a few times."""

from __future__ import annotations

from typing import Final

from gmpy2 import bit_scan1, mpz

from ballots.protocol.group import P, Q

EXPONENT_BITS: Final = 256
_WINDOW: Final = 4

# For each odd digit d from 15 down to 1: the bits i at which d * 2^i is part of an exponent.
Plan = tuple[tuple[int, ...], ...]


class PowerTable:
    """All of base^(d * 2^(w i)) for a base used thousands of times: a power is then 256/w products.

    Memory 2^w * 256/w numbers of 256 bytes: 2.5 MB for w = 8, 8 MB for w = 10; a table that is never used has none.
    """

    __slots__ = ("_mask", "_rows", "base", "window")

    def __init__(self, base: mpz, window: int = 8) -> None:
        self.base = base
        self.window = window
        self._mask = (1 << window) - 1
        self._rows: list[list[mpz]] = []

    def build(self) -> None:
        """Work the table out now; otherwise the first power does."""
        if self._rows:
            return
        rows = []
        step = self.base % P
        for _ in range(-(-EXPONENT_BITS // self.window)):
            row = [mpz(1)]
            for _ in range(self._mask):
                row.append(row[-1] * step % P)
            rows.append(row)
            step = row[-1] * step % P
        self._rows = rows

    def power(self, exponent: mpz) -> mpz:
        """base^exponent mod p, for any integer exponent (reduced modulo q)."""
        if not self._rows:
            self.build()
        rest = int(exponent % Q)
        mask, window, p = self._mask, self.window, P
        result = mpz(1)
        for row in self._rows:
            result = result * row[rest & mask] % p
            rest >>= window
        return result


def squares(x: mpz) -> list[mpz]:
    """x, x^2, x^4, ..., x^(2^255): squared once, used for every exponent of x."""
    p = P
    return [x, *[x := x * x % p for _ in range(EXPONENT_BITS - 1)]]


def plan(exponent: mpz) -> Plan:
    """Cut an exponent into odd four-bit digits, from the right (Yao 1976; sliding window).

    The plan is worked out once and used for alpha and beta, which share their exponents.
    """
    places: list[list[int]] = [[] for _ in range(1 << (_WINDOW - 1))]
    number = int(exponent)
    mask = (1 << _WINDOW) - 1
    bit = bit_scan1(exponent)
    while bit is not None:
        places[((number >> bit) & mask) >> 1].append(bit)
        bit = bit_scan1(exponent, bit + _WINDOW)
    return tuple(map(tuple, reversed(places)))


def raised(powers: list[mpz], digits: Plan) -> mpz:
    """x^e mod p from the squares of x and the plan of e.

    With s_d the product of the buckets of all digits >= d: x^e = s_1 * (s_3 s_5 ... s_15)^2.
    """
    p = P
    bucket = product = mpz(1)
    for places in digits[:-1]:
        for i in places:
            bucket = bucket * powers[i] % p
        product = product * bucket % p
    for i in digits[-1]:
        bucket = bucket * powers[i] % p
    return product * product % p * bucket % p


MEMBERSHIP: Final[Plan] = plan(Q)
