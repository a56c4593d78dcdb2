"""Experts' marks: nine grades, one highest and one lowest dropped, the rest averaged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from evaluation.outcomes import NotRated, Outcome, Rating, Step
from office.decimals import half_up, plain
from office.i18n import N_

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


def expert_rating(grades: Sequence[Grade | None]) -> Outcome:
    """The rating of an indicator that experts grade: F4 points, trimmed mean F22; the order of marks is irrelevant."""
    marks = [None if grade is None else POINTS[grade] for grade in grades]
    exact = trimmed_mean(marks)
    given = sorted((mark for mark in marks if mark is not None), reverse=True)
    if exact is None:
        reason = N_("평정이 {given}명뿐입니다. {minimum}명 이상이어야 점수를 냅니다")
        return NotRated(reason, {"given": str(len(given)), "minimum": str(MINIMUM_MARKS)})
    counted = Counter(grade for grade in grades if grade is not None)
    listed = ", ".join(f"{grade.value} {counted[grade]}" for grade in Grade if counted[grade])
    steps = [Step(N_("평정을 낸 평가위원 수"), listed, Decimal(len(given)))]
    kept = given
    if len(given) >= MINIMUM_TO_TRIM:
        kept = given[1:-1]
        dropped = f"− {plain(given[0])}, − {plain(given[-1])}"
        steps.append(Step(N_("가장 높은 평정과 낮은 평정을 하나씩 뺀 수"), dropped, Decimal(len(kept))))
    expression = f"({' + '.join(plain(mark) for mark in kept)}) ÷ {len(kept)}"
    steps.append(Step(N_("평점: 남은 평정의 평균"), expression, half_up(exact, 4)))
    return Rating(exact, tuple(steps))
