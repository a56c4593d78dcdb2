"""The group's constants and the fast powers, against published hashes and plain powers."""

from __future__ import annotations

import json
import random
from hashlib import sha256
from pathlib import Path

import pytest
from gmpy2 import is_prime, mpz, powmod
from hypothesis import given, settings
from hypothesis import strategies as st

from ballots.protocol.group import G, P, Q, is_member, random_exponent
from ballots.protocol.powers import MEMBERSHIP, PowerTable, plan, raised, squares

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ballots.json").read_text())
TABLES = {window: PowerTable(G, window) for window in (4, 8)}
SQUARES = squares(powmod(G, 7, P))
exponents = st.integers(0, int(Q) - 1) | st.sampled_from([0, 1, 15, 16, 2**255, int(Q) - 1])


def test_p_and_g_are_the_published_ones() -> None:
    assert sha256(str(P).encode()).hexdigest() == VECTORS["group"]["p_sha256"]
    assert sha256(str(G).encode()).hexdigest() == VECTORS["group"]["g_sha256"]


def test_g_generates_a_group_of_prime_order_q() -> None:
    assert is_prime(P)
    assert is_prime(Q)
    assert (P - 1) % Q == 0
    assert powmod(G, Q, P) == 1


@pytest.mark.parametrize("element", [0, P - 1, P - G, P, P + G, -1, 2])
def test_what_is_not_in_the_group_is_no_member(element: int) -> None:
    assert not is_member(mpz(element))


def test_members_are_members() -> None:
    assert is_member(G)
    assert is_member(powmod(G, 12345, P))


@given(exponents)
@settings(max_examples=25, deadline=None)
def test_fast_powers_equal_plain_powers(exponent: int) -> None:
    expected = powmod(G, exponent, P)
    assert all(table.power(mpz(exponent)) == expected for table in TABLES.values())
    assert raised(SQUARES, plan(mpz(exponent))) == powmod(SQUARES[0], exponent, P)


def test_a_negative_exponent_is_the_inverse() -> None:
    assert TABLES[8].power(mpz(-5)) * powmod(G, 5, P) % P == 1


def test_the_membership_plan_raises_to_q() -> None:
    assert raised(SQUARES, MEMBERSHIP) == 1
    assert raised(squares(P - G), MEMBERSHIP) == P - 1


def test_random_exponents_lie_below_q_and_come_from_the_given_source() -> None:
    drawn = [random_exponent(random.Random(5)) for _ in range(2)]
    assert drawn[0] == drawn[1] < Q
    assert random_exponent() != random_exponent()
