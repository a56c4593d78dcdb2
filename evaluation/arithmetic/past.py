"""What the past says: base values, spread, and years that stand out (편람 pp. 43-45, printed pages)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from contracts.terms.tree import Direction
from evaluation.arithmetic.outcomes import NotRated, Step, short, step
from office.i18n import N_

MAXIMUM_YEARS = 3
MINIMUM_YEARS = 2
OUTLIER_YEARS = 5
OUTLIER_RATIO = Fraction(1, 2)
_EXACT = Context(prec=50)
"""Square roots have no end; fifty digits are far beyond every stage of rounding."""


@dataclass(frozen=True, slots=True)
class Base:
    """The value targets are set from, with the steps that lead to it."""

    value: Fraction
    steps: tuple[Step, ...]


def years_before(
    history: Sequence[tuple[int, Decimal]], year: int, most: int, *, without: int | None = None
) -> list[int]:
    """Up to `most` years before `year`, the last first and without a gap; `without` is passed over."""
    past = dict(history)
    years: list[int] = []
    each = year - 1
    while each in past and len(years) < most:
        if each != without:
            years.append(each)
        each -= 1
    return years


def mean_of(values: Sequence[Decimal | Fraction]) -> Fraction:
    """The arithmetic mean, exact."""
    return sum((Fraction(value) for value in values), Fraction()) / len(values)


def deviation_of(values: Sequence[Decimal | Fraction]) -> Fraction:
    """σ = √(Σ(Y − Ȳ)²/n): the population's, with divisor n (편람 pp. 43-44); to fifty digits."""
    mean = mean_of(values)
    return root(mean_of([(Fraction(value) - mean) ** 2 for value in values]))


def root(value: Fraction) -> Fraction:
    """The square root to fifty digits."""
    return Fraction(_EXACT.sqrt(_EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))))


def base_of(
    direction: Direction, history: Sequence[tuple[int, Decimal]], *, year: int, outlier: int | None = None
) -> Base | NotRated:
    """The better of last year and the mean of the last three years (two where there is no third).

    With an `outlier` two or three years back, the mean is that of the other three of the last four years.  With one
    last year, that year counts only as far as x₋₂ ± 2σ of the years before it, and never below the mean (F7).
    """
    past = dict(history)
    years = years_before(history, year, MAXIMUM_YEARS, without=None if outlier == year - 1 else outlier)
    if len(years) < MINIMUM_YEARS or year - 1 not in past:
        reason = N_("기준을 세울 최근 2년({first}년, {last}년)의 실적이 모두 있어야 합니다")
        return NotRated(reason, {"first": str(year - 2), "last": str(year - 1)})
    mean = mean_of([past[each] for each in years])
    listed = " + ".join(short(past[each]) for each in years)
    last = Fraction(past[year - 1])
    better = max if direction is Direction.UP else min
    steps = [step(N_("최근 3년 평균(3년째가 없으면 2년)"), f"({listed}) ÷ {len(years)}", mean)]
    if outlier == year - 1:
        before = years_before(history, year - 1, OUTLIER_YEARS - 1)
        if len(before) < OUTLIER_YEARS - 1:
            return NotRated(N_("이상치를 판단하려면 최근 5년의 실적이 모두 있어야 합니다"))
        sign = 1 if direction is Direction.UP else -1
        spread = deviation_of([past[each] for each in before])
        limit = Fraction(past[year - 2]) + sign * 2 * spread
        limited = min(last, limit) if direction is Direction.UP else max(last, limit)
        expression = f"{short(past[year - 2])} {'+' if sign > 0 else '−'} 2 × {short(spread)}"
        steps.append(step(N_("지난해가 이상치라 인정하는 한도"), expression, limit))
        last = limited
    value = better(last, mean)
    expression = f"{better.__name__}({short(last)}, {short(mean)})"
    steps.append(step(N_("기준값: 지난해와 평균 가운데 나은 값"), expression, value))
    return Base(value, tuple(steps))


def outlier_candidates(history: Sequence[tuple[int, Decimal]], *, year: int) -> dict[int, Fraction]:
    """F7: the years without which the spread of the last five falls to half or less, with that ratio.

    People decide whether one is set aside ("병행 검토", 편람 p. 44); with fewer than five years, or no spread at all,
    there is none.
    """
    past = dict(history)
    years = years_before(history, year, OUTLIER_YEARS)
    whole = deviation_of([past[each] for each in years]) if len(years) == OUTLIER_YEARS else Fraction()
    if not whole:
        return {}
    ratios = {each: deviation_of([past[other] for other in years if other != each]) / whole for each in years}
    return {each: ratio for each, ratio in ratios.items() if ratio <= OUTLIER_RATIO}
