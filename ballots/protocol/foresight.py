"""All powers that the checks of a ballot will need, computed together beforehand where there is a native kernel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gmpy2 import mpz

from ballots.protocol.group import G, P, Q, is_member
from ballots.protocol.kernel import Kernel, Wanted, kernel
from ballots.protocol.proofs import Squared, Statement

_TOGETHER: Final = 64
"""Ciphertexts of one call: enough to fill the vectors, few enough to bound memory (10 MB)."""


def foreseen(g: mpz, y: mpz, statements: Iterable[Statement]) -> Iterator[Statement]:
    """The same statements, their ciphertexts told what the kernel computed; without a kernel just the same statements.

    Nothing is decided here: numbers out of range are left alone, to be refused by the checks.
    """
    native = kernel()
    if native is None:
        yield from statements
        return
    waiting: list[Statement] = []
    met: dict[Squared, None] = {}
    for statement in statements:
        waiting.append(statement)
        met.update((ciphertext, None) for ciphertext, _ in statement.branches if ciphertext.in_range())
        if len(met) >= _TOGETHER:
            _foresee(native, g, y, waiting, list(met))
            yield from waiting
            waiting, met = [], {}
    _foresee(native, g, y, waiting, list(met))
    yield from waiting


def all_members(elements: Sequence[mpz]) -> bool:
    """Whether all of them lie in the group, as `is_member` says of each."""
    native = kernel()
    if native is None:
        return all(map(is_member, elements))
    none = mpz(0)
    for start in range(0, len(elements), 2 * _TOGETHER):
        part = elements[start : start + 2 * _TOGETHER]
        if not all(0 < x < P for x in part):
            return False
        raised = native.products(G, G, part, [Wanted(place, Q, none, none) for place in range(len(part))])
        if any(power != 1 for power in raised):
            return False
    return True


def _foresee(native: Kernel, g: mpz, y: mpz, statements: list[Statement], met: list[Squared]) -> None:
    if not met:
        return
    none = mpz(0)
    places = {ciphertext: 2 * place for place, ciphertext in enumerate(met)}
    wanted: list[Wanted] = []
    asked: list[tuple[Squared, tuple[int, mpz, mpz] | None]] = []
    for statement in statements:
        new = statement.new
        if new in places:
            wanted += Wanted(places[new], Q, none, none), Wanted(places[new] + 1, Q, none, none)
            asked.append((new, None))
        for (ciphertext, value), part in zip(statement.branches, statement.proof, strict=False):
            challenge, response = mpz(part.challenge), mpz(part.response)
            if ciphertext in places and challenge < Q and response < Q:
                place = places[ciphertext]
                wanted.append(Wanted(place, challenge, response, none))
                wanted.append(Wanted(place + 1, challenge, -value * challenge % Q, response))
                asked.append((ciphertext, (value, challenge, response)))
    bases = [half for ciphertext in met for half in (ciphertext.alpha, ciphertext.beta)]
    results = native.products(g, y, bases, wanted)
    for (ciphertext, commitment), a, b in zip(asked, results[::2], results[1::2], strict=True):
        if commitment is None:
            ciphertext.in_group = bool(a == 1) and bool(b == 1)
        else:
            ciphertext.foreseen[commitment] = a, b
