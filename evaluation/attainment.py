"""Quantitative indicators: from target, past and actual figures to a rating between 20 and 100.

Source of F5 and F11: 2026년도 공공기관 경영평가편람, pp. 43, 52 (printed pages).  Ratings are exact fractions; they are
rounded where they are published, half-up.  Where a formula is not defined the answer is a reason, never a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from contracts.tree import Direction
from office.decimals import half_up, plain
from office.i18n import N_, translate

FLOOR = Fraction(20)
CEILING = Fraction(100)
RATING_PLACES = 2
MAXIMUM_YEARS = 3
MINIMUM_YEARS = 2
# best and worst target as multiples of the base value (편람 p. 43)
BEST = {
    (Direction.UP, False): Fraction(110, 100),
    (Direction.UP, True): Fraction(120, 100),
    (Direction.DOWN, False): Fraction(90, 100),
    (Direction.DOWN, True): Fraction(80, 100),
}
WORST = {Direction.UP: Fraction(80, 100), Direction.DOWN: Fraction(120, 100)}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of how a rating came about: what it is (Korean source text), the expression, its value."""

    label: str
    expression: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating of 0 to 100, exact, with the steps that lead to it."""

    exact: Fraction
    steps: tuple[Step, ...] = ()

    @property
    def value(self) -> Decimal:
        """The rating as published: half-up to two places."""
        return half_up(self.exact, RATING_PLACES)


@dataclass(frozen=True, slots=True)
class NotRated:
    """Why there is no rating: missing, which is not zero."""

    reason: str
    values: Mapping[str, str] = field(default_factory=dict)

    def said(self) -> str:
        """The sentence for people, in the language of the request."""
        return translate(self.reason, **self.values)

    def said_in_korean(self) -> str:
        """The sentence as it is stored, whatever the language of the request."""
        return translate(self.reason, "ko", **self.values)


Outcome = Rating | NotRated

NO_ACTUAL = N_("실적이 아직 없습니다")
NO_TARGET = N_("목표가 없습니다")


def met(direction: Direction, target: Decimal | None, actual: Decimal | None) -> bool | None:
    """Whether the target was reached (equal counts); `None` without a target or an actual figure."""
    if target is None or actual is None:
        return None
    return actual >= target if direction is Direction.UP else actual <= target


def target_range(
    direction: Direction,
    history: Sequence[tuple[int, Decimal]],
    actual: Decimal | None,
    *,
    year: int,
    main: bool = False,
) -> Outcome:
    """F5 목표부여: `clamp(20 + 80·(x − lo)/(hi − lo), 20, 100)` with hi and lo set from the years before `year`.

    Base value: the better of last year and the mean of the last three years (two where there is no third).
    hi, lo = base × 1.10, 0.80 upward and × 0.90, 1.20 downward; 1.20 and 0.80 as the best for 주요사업 (`main`).
    Not rated: no actual, last year or the year before missing, a base of zero (hi = lo, not defined in the handbook)
    or below zero (the multiples would turn better into worse).
    """
    if actual is None:
        return NotRated(NO_ACTUAL)
    past = dict(history)
    years = _last_years(past, year)
    if len(years) < MINIMUM_YEARS:
        reason = N_("기준을 세울 최근 2년({first}년, {last}년)의 실적이 모두 있어야 합니다")
        return NotRated(reason, {"first": str(year - 2), "last": str(year - 1)})
    last = Fraction(past[year - 1])
    mean = sum((Fraction(past[each]) for each in years), Fraction()) / len(years)
    base = max(last, mean) if direction is Direction.UP else min(last, mean)
    if base <= 0:
        return NotRated(N_("기준값이 0 이하라 목표 범위를 정할 수 없습니다. 목표 대 실적 방법을 써 주십시오"))
    best, worst = base * BEST[direction, main], base * WORST[direction]
    computed = FLOOR + 80 * (Fraction(actual) - worst) / (best - worst)
    listed = " + ".join(_short(past[each]) for each in years)
    better = "max" if direction is Direction.UP else "min"
    of_base = _short(base)
    steps = (
        _step(N_("최근 3년 평균(3년째가 없으면 2년)"), f"({listed}) ÷ {len(years)}", mean),
        _step(N_("기준값: 지난해와 평균 가운데 나은 값"), f"{better}({_short(last)}, {_short(mean)})", base),
        _step(N_("최고목표"), f"{of_base} × {_short(BEST[direction, main])}", best),
        _step(N_("최저목표"), f"{of_base} × {_short(WORST[direction])}", worst),
    )
    expression = f"20 + 80 × ({plain(actual)} − {_short(worst)}) ÷ ({_short(best)} − {_short(worst)})"
    return _rated(computed, expression, steps)


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
        return Rating(CEILING, (_step(N_("평점: 0 이하로 줄이면 만점"), f"{plain(actual)} ≤ 0", CEILING),))
    ratio = Fraction(actual) / Fraction(target)
    divided = f"{plain(actual)} ÷ {plain(target)}"
    # The quotient itself and not its four places: the line has to be true as it stands.
    if direction is Direction.UP:
        computed, expression = FLOOR + 80 * ratio, f"20 + 80 × ({divided})"
    else:
        computed, expression = FLOOR + 80 / ratio, f"20 + 80 ÷ ({divided})"
    return _rated(computed, expression, (_step(N_("목표 대비 실적"), divided, ratio),))


def _last_years(past: Mapping[int, Decimal], year: int) -> list[int]:
    """Up to three years before `year`, without a gap."""
    years = []
    for each in range(year - 1, year - 1 - MAXIMUM_YEARS, -1):
        if each not in past:
            break
        years.append(each)
    return years


def _rated(computed: Fraction, expression: str, before: tuple[Step, ...]) -> Rating:
    """The rating between floor and ceiling; a limit that takes effect is a step of its own."""
    if FLOOR <= computed <= CEILING:
        return Rating(computed, (*before, _step(N_("평점(20점에서 100점 사이)"), expression, computed)))
    whole = half_up(computed, RATING_PLACES)
    if computed > CEILING:
        exact, label, limited = CEILING, N_("100점을 넘어 100점으로 합니다"), f"min({plain(whole)}, 100)"
    else:
        exact, label, limited = FLOOR, N_("20점에 못 미쳐 20점으로 합니다"), f"max({plain(whole)}, 20)"
    return Rating(exact, (*before, Step(N_("계산한 평점"), expression, whole), _step(label, limited, exact)))


def _short(value: Fraction | Decimal) -> str:
    return plain(half_up(value, 4))


def _step(label: str, expression: str, value: Fraction) -> Step:
    return Step(label, expression, half_up(value, 4))
