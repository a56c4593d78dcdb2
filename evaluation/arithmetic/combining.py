"""From the marks of several evaluators to one: the rule a rulebook names, and the rating of a graded indicator.

All rules are exact; fewer than three marks give no result under any of them, and a mark that was not given is not a
zero.  Which rule holds stands in the rulebook that is published before the vote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from evaluation.arithmetic.marks import MINIMUM_MARKS, MINIMUM_TO_TRIM, POINTS, Grade, trimmed_mean
from evaluation.arithmetic.outcomes import NotRated, Outcome, Rating, Step
from office.decimals import half_up, plain
from office.i18n import N_


class Combining(StrEnum):
    """How the marks of an indicator become one."""

    TRIMMED = "trimmed"
    MEAN = "mean"
    MEDIAN = "median"


COMBINING_NAMES = {
    Combining.TRIMMED: N_("가장 높은 평정과 낮은 평정을 하나씩 뺀 평균(5명 이상일 때)"),
    Combining.MEAN: N_("모든 평정의 평균"),
    Combining.MEDIAN: N_("가운데 평정(중앙값)"),
}


def plain_mean(marks: Sequence[Decimal | None]) -> Fraction | None:
    """The mean of all marks given, `None` for fewer than three."""
    given = _given(marks)
    return sum(given, Fraction()) / len(given) if given else None


def median(marks: Sequence[Decimal | None]) -> Fraction | None:
    """The middle mark, or the mean of the two middle ones; `None` for fewer than three."""
    given = _given(marks)
    if not given:
        return None
    half = len(given) // 2
    return given[half] if len(given) % 2 else (given[half - 1] + given[half]) / 2


def combined(marks: Sequence[Decimal | None], rule: Combining) -> Fraction | None:
    """The marks of one indicator combined by a rule, exact; `None` where fewer than three were given.

    Order is irrelevant, a better mark never lowers the result, and it lies between the lowest and the highest mark.
    """
    match rule:
        case Combining.TRIMMED:
            return trimmed_mean(marks)
        case Combining.MEAN:
            return plain_mean(marks)
        case Combining.MEDIAN:
            return median(marks)


def _given(marks: Sequence[Decimal | None]) -> list[Fraction]:
    """The marks given in rising order, none where there are too few for a result."""
    given = sorted(Fraction(mark) for mark in marks if mark is not None)
    return given if len(given) >= MINIMUM_MARKS else []


def expert_rating(grades: Sequence[Grade | None], rule: Combining = Combining.TRIMMED) -> Outcome:
    """The rating of an indicator that experts grade: F4 points combined (F22); the order of marks is irrelevant."""
    marks = [None if grade is None else POINTS[grade] for grade in grades]
    exact = combined(marks, rule)
    given = sorted((mark for mark in marks if mark is not None), reverse=True)
    if exact is None:
        reason = N_("평정이 {given}명뿐입니다. {minimum}명 이상이어야 점수를 냅니다")
        return NotRated(reason, {"given": str(len(given)), "minimum": str(MINIMUM_MARKS)})
    counted = Counter(grade for grade in grades if grade is not None)
    listed = ", ".join(f"{grade.value} {counted[grade]}" for grade in Grade if counted[grade])
    steps = [Step(N_("평정을 낸 평가위원 수"), listed, Decimal(len(given)))]
    if rule is Combining.MEDIAN:
        in_order = ", ".join(plain(mark) for mark in given)
        steps.append(Step(N_("평점: 가운데 평정"), f"median({in_order})", half_up(exact, 4)))
        return Rating(exact, tuple(steps))
    kept = given
    if rule is Combining.TRIMMED and len(given) >= MINIMUM_TO_TRIM:
        kept = given[1:-1]
        dropped = f"− {plain(given[0])}, − {plain(given[-1])}"
        steps.append(Step(N_("가장 높은 평정과 낮은 평정을 하나씩 뺀 수"), dropped, Decimal(len(kept))))
    expression = f"({' + '.join(plain(mark) for mark in kept)}) ÷ {len(kept)}"
    label = N_("평점: 남은 평정의 평균") if rule is Combining.TRIMMED else N_("평점: 모든 평정의 평균")
    steps.append(Step(label, expression, half_up(exact, 4)))
    return Rating(exact, tuple(steps))
