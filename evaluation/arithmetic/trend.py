"""추세치, β-분포 and 중장기: actual figures against where the past was heading (편람 pp. 46-51, printed pages)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from contracts.terms.tree import Direction
from evaluation.arithmetic.outcomes import FLOOR, NO_ACTUAL, NotRated, Outcome, Span, Step, rated, short, step
from evaluation.arithmetic.past import mean_of, root, years_before
from office.decimals import plain
from office.i18n import N_

MINIMUM_YEARS = 3
TREND_YEARS = 5
HALF = Fraction(1, 2)
# z and the percent at it (편람 p. 50); the printed "11,112" of B+ is 11.112.
GRID = tuple(
    (Fraction(z), Fraction(percent))
    for z, percent in (
        ("-1.965", "5.556"),
        ("-1.650", "11.112"),
        ("-1.179", "22.224"),
        ("-0.707", "33.336"),
        ("-0.236", "44.448"),
        ("0.236", "55.560"),
        ("0.707", "66.672"),
        ("1.179", "77.784"),
        ("1.650", "88.896"),
        ("1.965", "94.452"),
    )
)


# Where the extended table reaches 100 per cent; it is symmetric.
_STEEP = (GRID[-1][1] - GRID[-2][1]) / (GRID[-1][0] - GRID[-2][0])
FULL = GRID[-1][0] + (100 - GRID[-1][1]) / _STEEP


def percent_of(z: Fraction) -> Fraction:
    """Percent at a standard score: linear between the points of the table, extended at both ends, cut to 0..100."""
    for (low, at_low), (high, at_high) in pairwise(GRID):
        if z <= high or high == GRID[-1][0]:
            percent = at_low + (at_high - at_low) * (z - low) / (high - low)
            return min(max(percent, Fraction(0)), Fraction(100))
    raise AssertionError("the last interval takes everything above it")


def trend(
    direction: Direction, history: Sequence[tuple[int, Decimal]], actual: Decimal | None, *, year: int
) -> Outcome:
    """F9 추세치: `20 + 0.8 × percent(z)`, `z = (x − Ys)/S` (turned round downward), Ys the line through the past.

    `S = √(Σ(Y − Ŷ)²/(n − 2) · (1 + 1/n + (X_p − X̄)²/Σ(X − X̄)²))`, the prediction error of a regression over the last
    five years.  Not rated: no actual, fewer than three years, a past without scatter (S = 0).
    """
    if actual is None:
        return NotRated(NO_ACTUAL)
    years = sorted(years_before(history, year, TREND_YEARS))
    if len(years) < MINIMUM_YEARS:
        return NotRated(N_("추세를 볼 최근 3년의 실적이 모두 있어야 합니다"))
    past = dict(history)
    points = [(Fraction(each), Fraction(past[each])) for each in years]
    middle, mean = mean_of([x for x, _ in points]), mean_of([y for _, y in points])
    spread = sum(((x - middle) ** 2 for x, _ in points), Fraction())
    slope = sum(((x - middle) * (y - mean) for x, y in points), Fraction()) / spread
    expected = mean + slope * (year - middle)
    left = sum(((y - mean - slope * (x - middle)) ** 2 for x, y in points), Fraction())
    n = len(points)
    error = root(left / (n - 2) * (1 + Fraction(1, n) + (year - middle) ** 2 / spread))
    steps = (
        step(
            N_("추세로 본 올해 값"), f"{short(mean)} + {short(slope)} × ({year} − {short(middle)})", expected
        ),
        step(N_("예측의 표준오차"), f"n = {n}", error),
    )
    return _scored(direction, actual, expected, error, steps)


def beta(
    direction: Direction, history: Sequence[tuple[int, Decimal]], actual: Decimal | None, *, year: int
) -> Outcome:
    """F10 β-분포: as F9 with `Ys = (a + 4m + b)/6` and `S = |a − b|/6`; a best, b worst of the past, m last year.

    Source: 편람 p. 51 for a, b and m; the weights 4 and 6 are those of PERT.  Not rated: no actual, no figure of last
    year, fewer than three years, a = b.
    """
    if actual is None:
        return NotRated(NO_ACTUAL)
    years = years_before(history, year, TREND_YEARS)
    if len(years) < MINIMUM_YEARS:
        return NotRated(N_("추세를 볼 최근 3년의 실적이 모두 있어야 합니다"))
    past = dict(history)
    values = [Fraction(past[each]) for each in years]
    best, worst = max(values), min(values)
    if direction is Direction.DOWN:
        best, worst = worst, best
    last = Fraction(past[year - 1])
    expected, error = (best + 4 * last + worst) / 6, abs(best - worst) / 6
    steps = (
        step(N_("기대값"), f"({short(best)} + 4 × {short(last)} + {short(worst)}) ÷ 6", expected),
        step(N_("표준편차"), f"|{short(best)} − {short(worst)}| ÷ 6", error),
    )
    return _scored(direction, actual, expected, error, steps)


def _scored(
    direction: Direction, actual: Decimal, expected: Fraction, error: Fraction, steps: tuple[Step, ...]
) -> Outcome:
    if not error:
        return NotRated(
            N_("과거 실적이 흩어지지 않아 이 방법을 쓸 수 없습니다. 목표 대 실적 방법을 써 주십시오")
        )
    sign = 1 if direction is Direction.UP else -1
    z = sign * (Fraction(actual) - expected) / error
    percent = percent_of(z)
    turned = "" if sign > 0 else "−"
    steps = (
        *steps,
        step(N_("표준점수 z"), f"{turned}({plain(actual)} − {short(expected)}) ÷ {short(error)}", z),
        step(N_("백분율(편람의 표)"), f"z = {short(z)}", percent),
    )
    span = Span(expected - sign * FULL * error, expected + sign * FULL * error)
    return rated(FLOOR + Fraction(4, 5) * percent, f"20 + 0.8 × {short(percent)}", steps, span)


def long_term(
    start: tuple[int, Decimal],
    goal: tuple[int, Decimal],
    history: Sequence[tuple[int, Decimal]],
    actual: Decimal | None,
    *,
    year: int,
    share: Fraction = HALF,
) -> Outcome:
    """F8 중장기: `clamp(20 + 80·(a·r₁ + (1 − a)·r₃), 20, 100)` on the way from `start` to `goal` (year, value).

    α = (B − A)/n a year; base = what the plan expected last year, hi, lo = base ± 2α; r₁ is this year's place between
    them cut to 0..1, r₃ that of the means of three years.  Who was beyond the plan last year starts from there:
    base = x₋₁, α = (B − x₋₁)/years left.  Before the third year of a plan r₁ stands alone.  Not rated: no actual, a
    year outside the plan, no figure of last year, a goal reached already (the handbook's rule for it could not be
    read) or equal to the start.
    """
    (first, a), (last, b) = start, goal
    past = {**dict(history), first: a}
    if actual is None:
        return NotRated(NO_ACTUAL)
    if not first < year <= last:
        return NotRated(N_("중장기 계획 기간({first}년~{last}년)의 해가 아닙니다"), _years(first + 1, last))
    if a == b:
        return NotRated(N_("중장기 목표가 처음 값과 같아 평점을 계산할 수 없습니다"))
    if year - 1 not in past:
        return NotRated(N_("지난해({last}년)의 실적이 있어야 합니다"), {"last": str(year - 1)})
    pace = (Fraction(b) - Fraction(a)) / (last - first)
    up = pace > 0
    before = Fraction(past[year - 1])
    base = Fraction(a) + pace * (year - 1 - first)
    alpha = pace
    if (before >= b) if up else (before <= b):
        return NotRated(N_("중장기 목표를 이미 이루었습니다. 다른 방법을 써 주십시오"))
    if (before > base) if up else (before < base):
        base, alpha = before, (Fraction(b) - before) / (last - year + 1)
    reached = _cut((Fraction(actual) - (base - 2 * alpha)) / (4 * alpha))
    span = Span(base - 2 * alpha, base + 2 * alpha)
    steps = [
        step(N_("해마다 나아가야 할 폭 α"), f"({plain(b)} − {plain(a)}) ÷ {last - first}", pace),
        step(N_("기준값"), f"{short(base)}", base),
        step(N_("최고목표"), f"{short(base)} + 2 × {short(alpha)}", base + 2 * alpha),
        step(N_("최저목표"), f"{short(base)} − 2 × {short(alpha)}", base - 2 * alpha),
        step(
            N_("올해의 이행 정도 r₁"),
            f"({plain(actual)} − {short(base - 2 * alpha)}) ÷ {short(4 * alpha)}",
            reached,
        ),
    ]
    if year - first < MINIMUM_YEARS or year - 2 not in past:
        return rated(FLOOR + 80 * reached, f"20 + 80 × {short(reached)}", tuple(steps), span)
    mean = mean_of([Fraction(actual), before, Fraction(past[year - 2])])
    planned = Fraction(a) + pace * (year - 2 - first)  # the mean of the bases of the three years
    over_three = _cut((mean - (planned - 2 * pace)) / (4 * pace))
    steps.append(
        step(
            N_("3년 평균의 이행 정도 r₃"),
            f"({short(mean)} − {short(planned - 2 * pace)}) ÷ {short(4 * pace)}",
            over_three,
        )
    )
    return rated(*combined(reached, over_three, share), tuple(steps), span)


def combined(this_year: Fraction, three_years: Fraction, share: Fraction = HALF) -> tuple[Fraction, str]:
    """`20 + 80·(a·r₁ + (1 − a)·r₃)` and how it is written (편람 p. 47)."""
    computed = FLOOR + 80 * (share * this_year + (1 - share) * three_years)
    return (
        computed,
        f"20 + 80 × ({short(share)} × {short(this_year)} + {short(1 - share)} × {short(three_years)})",
    )


def _cut(ratio: Fraction) -> Fraction:
    return min(max(ratio, Fraction(0)), Fraction(1))


def _years(first: int, last: int) -> dict[str, str]:
    return {"first": str(first), "last": str(last)}
