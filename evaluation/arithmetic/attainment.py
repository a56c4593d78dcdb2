"""목표부여, 목표부여(편차), 글로벌 and 목표 대 실적: from past and actual figures to a rating between 20 and 100.

Source: 2026년도 공공기관 경영평가편람, pp. 43-45, 52, 111-113 (printed pages).  Where a formula is not defined the answer
is a reason, never a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from contracts.terms.tree import Direction
from evaluation.arithmetic.outcomes import (
    CEILING,
    FLOOR,
    NO_ACTUAL,
    NO_TARGET,
    NotRated,
    Outcome,
    Rating,
    Span,
    Step,
    rated,
    short,
    step,
)
from evaluation.arithmetic.past import base_of, deviation_of, years_before
from office.decimals import plain
from office.i18n import N_

# best and worst target as multiples of the base value (편람 p. 43)
BEST = {
    (Direction.UP, False): Fraction(110, 100),
    (Direction.UP, True): Fraction(120, 100),
    (Direction.DOWN, False): Fraction(90, 100),
    (Direction.DOWN, True): Fraction(80, 100),
}
WORST = {Direction.UP: Fraction(80, 100), Direction.DOWN: Fraction(120, 100)}
# best and worst target in standard deviations from the base value (편람 pp. 43-44)
BEST_DEVIATIONS = {False: 1, True: 2}
WORST_DEVIATIONS = 2
MAXIMUM_SPREAD_YEARS = 5
MINIMUM_SPREAD_YEARS = 3


def target_range(
    direction: Direction,
    history: Sequence[tuple[int, Decimal]],
    actual: Decimal | None,
    *,
    year: int,
    main: bool = False,
    outlier: int | None = None,
) -> Outcome:
    """F5 목표부여: `clamp(20 + 80·(x − lo)/(hi − lo), 20, 100)` with hi and lo set from the years before `year`.

    hi, lo = base × 1.10, 0.80 upward and × 0.90, 1.20 downward; 1.20 and 0.80 as the best for 주요사업 (`main`).
    `outlier`: the year people decided to set aside (F7).  Not rated: no actual, too few years, a base of zero (hi =
    lo, not defined in the handbook) or below zero (the multiples would turn better into worse).
    """
    if actual is None:
        return NotRated(NO_ACTUAL)
    base = base_of(direction, history, year=year, outlier=outlier)
    if isinstance(base, NotRated):
        return base
    if base.value <= 0:
        return NotRated(N_("기준값이 0 이하라 목표 범위를 정할 수 없습니다. 목표 대 실적 방법을 써 주십시오"))
    best, worst = base.value * BEST[direction, main], base.value * WORST[direction]
    of_base = short(base.value)
    steps = (
        *base.steps,
        step(N_("최고목표"), f"{of_base} × {short(BEST[direction, main])}", best),
        step(N_("최저목표"), f"{of_base} × {short(WORST[direction])}", worst),
    )
    return _between(actual, worst, best, steps)


def target_deviation(
    direction: Direction,
    history: Sequence[tuple[int, Decimal]],
    actual: Decimal | None,
    *,
    year: int,
    main: bool = False,
    outlier: int | None = None,
) -> Outcome:
    """F6 목표부여(편차): as F5, with hi = base ± σ (주요사업 ± 2σ) and lo = base ∓ 2σ.

    σ is the *population* deviation (divisor n) of the last five years, three or four where there are no more.  Not
    rated: no actual, fewer than three years, σ = 0 (hi = lo).
    """
    if actual is None:
        return NotRated(NO_ACTUAL)
    years = years_before(history, year, MAXIMUM_SPREAD_YEARS, without=outlier)
    if len(years) < MINIMUM_SPREAD_YEARS:
        return NotRated(
            N_("표준편차를 낼 최근 {n}년의 실적이 모두 있어야 합니다"), {"n": str(MINIMUM_SPREAD_YEARS)}
        )
    base = base_of(direction, history, year=year, outlier=outlier)
    if isinstance(base, NotRated):
        return base
    past = dict(history)
    deviation = deviation_of([past[each] for each in years])
    if not deviation:
        return NotRated(
            N_("과거 실적이 모두 같아 목표 범위를 정할 수 없습니다. 목표 대 실적 방법을 써 주십시오")
        )
    better = 1 if direction is Direction.UP else -1
    best = base.value + better * BEST_DEVIATIONS[main] * deviation
    worst = base.value - better * WORST_DEVIATIONS * deviation
    plus, minus = ("+", "−") if direction is Direction.UP else ("−", "+")
    of_base, sigma = short(base.value), short(deviation)
    listed = ", ".join(short(past[each]) for each in years)
    steps = (
        *base.steps,
        step(N_("과거 실적의 표준편차(모집단)"), f"σ({listed})", deviation),
        step(N_("최고목표"), f"{of_base} {plus} {BEST_DEVIATIONS[main]} × {sigma}", best),
        step(N_("최저목표"), f"{of_base} {minus} {WORST_DEVIATIONS} × {sigma}", worst),
    )
    return _between(actual, worst, best, steps)


def global_range(best: Decimal | None, worst: Decimal | None, actual: Decimal | None) -> Outcome:
    """F12 글로벌: F5 between the best (or mean) and the worst figure of named peers (편람 pp. 111-113).

    Not rated: no figures of peers, no actual, best and worst alike.
    """
    if best is None or worst is None:
        return NotRated(NO_TARGET)
    if actual is None:
        return NotRated(NO_ACTUAL)
    if best == worst:
        return NotRated(
            N_("최고목표와 최저목표가 같아 평점을 계산할 수 없습니다. 비교 기관을 확인해 주십시오")
        )
    steps = (
        Step(N_("최고목표: 비교 기관의 가장 좋은 값(또는 평균)"), plain(best), best),
        Step(N_("최저목표: 비교 기관의 가장 낮은 값"), plain(worst), worst),
    )
    return _between(actual, Fraction(worst), Fraction(best), steps)


def target_ratio(direction: Direction, target: Decimal | None, actual: Decimal | None) -> Outcome:
    """F11 목표 대 실적: `20 + 80·Y` upward, `20 + 80/Y` downward, `Y = x/target`, clamped to 20..100 (편람 p. 52).

    Not rated: no target, no actual, a target of zero or below, where the ratio says nothing.  An actual of zero or
    below is the best possible downward (100) and the floor upward.
    """
    if target is None:
        return NotRated(NO_TARGET)
    if actual is None:
        return NotRated(NO_ACTUAL)
    if target <= 0:
        return NotRated(N_("목표가 0 이하라 달성 비율을 계산할 수 없습니다. 다른 방법을 써 주십시오"))
    if direction is Direction.DOWN and actual <= 0:
        only = step(N_("평점: 0 이하로 줄이면 만점"), f"{plain(actual)} ≤ 0", CEILING)
        return Rating(CEILING, (only,), Span(None, Fraction(target)))
    ratio = Fraction(actual) / Fraction(target)
    divided = f"{plain(actual)} ÷ {plain(target)}"
    # The quotient itself and not its four places: the line has to be true as it stands.
    if direction is Direction.UP:
        computed, expression = FLOOR + 80 * ratio, f"20 + 80 × ({divided})"
        span = Span(Fraction(0), Fraction(target))
    else:
        computed, expression = FLOOR + 80 / ratio, f"20 + 80 ÷ ({divided})"
        span = Span(None, Fraction(target))
    return rated(computed, expression, (step(N_("목표 대비 실적"), divided, ratio),), span)


def _between(actual: Decimal, worst: Fraction, best: Fraction, steps: tuple[Step, ...]) -> Outcome:
    computed = FLOOR + 80 * (Fraction(actual) - worst) / (best - worst)
    expression = f"20 + 80 × ({plain(actual)} − {short(worst)}) ÷ ({short(best)} − {short(worst)})"
    return rated(computed, expression, steps, Span(worst, best))
