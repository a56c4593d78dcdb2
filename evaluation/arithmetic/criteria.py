"""Ratings from stated steps: tiers, criteria values, bands of a year, all or nothing, mixed surveys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from contracts.terms.tree import Direction
from evaluation.arithmetic.outcomes import (
    CEILING,
    NO_ACTUAL,
    NO_TARGET,
    NotRated,
    Outcome,
    Rating,
    Span,
    Step,
    short,
    step,
)
from office.decimals import plain
from office.i18n import N_

CRITERIA = tuple(map(Fraction, (100, 90, 80, 70, 60)))
"""Excellent, very good, good, fair, poor."""
CRITERIA_NAMES = (N_("탁월"), N_("우수"), N_("양호"), N_("보통"), N_("미흡"))
SURVEY_SHARE = Fraction(8, 10)
NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a staircase: from `limit` upward (`None`: everything below the others) at least `base`."""

    limit: Decimal | None
    base: Decimal


def tiered(tiers: Sequence[Tier], measured: Decimal | None, reached: Decimal | None) -> Outcome:
    """F13 기본득점 구간: `base + (100 − base)·r`, r the attainment within the tier, cut to 0..1 (편람 pp. 52-54).

    `tiers` by falling limit, the last without one; `measured` picks the tier (a debt ratio, say), `reached` is r.
    """
    if measured is None or reached is None:
        return NotRated(NO_ACTUAL)
    if not tiers:
        return NotRated(NO_TARGET)
    tier = next((each for each in tiers if each.limit is None or measured >= each.limit), tiers[-1])
    base, r = Fraction(tier.base), _cut(Fraction(reached))
    exact = base + (CEILING - base) * r
    steps = (
        Step(N_("구간의 기본 점수"), plain(measured), tier.base),
        step(N_("구간 안의 이행 정도 r"), plain(reached), r),
        step(
            N_("평점: 기본 점수와 나머지의 이행 정도"),
            f"{short(base)} + (100 − {short(base)}) × {short(r)}",
            exact,
        ),
    )
    return Rating(exact, steps)


def tiered_margin(base: Decimal, reached: Decimal | None) -> Outcome:
    """F13, of margins: `base + clip(50·r, 0, 50)` (편람 p. 54)."""
    if reached is None:
        return NotRated(NO_ACTUAL)
    exact = Fraction(base) + 50 * _cut(Fraction(reached))
    return Rating(
        exact, (step(N_("평점: 기본 점수와 50점까지의 이행 정도"), f"{plain(base)} + 50 × r", exact),)
    )


def criteria_values(values: Sequence[Decimal], actual: Decimal | None) -> Outcome:
    """F29: linear between the values for 100, 90, 80, 70 and 60; 100 at the best, nothing beyond the poorest.

    `values` from excellent to poor, rising or falling throughout.  Source: India RFD guidelines, composite score.
    """
    if len(values) != len(CRITERIA) or not _strictly_ordered(values):
        return NotRated(N_("탁월부터 미흡까지 다섯 값이 차례대로 커지거나 작아져야 합니다"))
    if actual is None:
        return NotRated(NO_ACTUAL)
    sign = 1 if values[0] > values[-1] else -1
    points = [(sign * Fraction(value), score) for value, score in zip(values, CRITERIA, strict=True)]
    x = sign * Fraction(actual)
    listed = " · ".join(plain(value) for value in values)
    first = Step(N_("탁월·우수·양호·보통·미흡의 값"), listed, actual)
    span = Span(Fraction(values[-1]), Fraction(values[0]))
    if x >= points[0][0]:
        full = step(N_("평점: 탁월 이상이면 만점"), plain(actual), CEILING)
        return Rating(CEILING, (first, full), span)
    if x < points[-1][0]:
        nothing = step(N_("평점: 미흡에 못 미치면 0점"), plain(actual), NOTHING)
        return Rating(NOTHING, (first, nothing), span)
    (high, at_high), (low, at_low) = next(
        (upper, lower) for upper, lower in pairwise(points) if x >= lower[0]
    )
    exact = at_low + (at_high - at_low) * (x - low) / (high - low)
    between = f"{short(at_low)} + {short(at_high - at_low)} × {short((x - low) / (high - low))}"
    return Rating(exact, (first, step(N_("평점: 두 값 사이를 비례로 나눔"), between, exact)), span)


@dataclass(frozen=True, slots=True)
class Band:
    """A band of raw scores: attainment from `low` to `high` per cent gives `worst` down to `best` (1 is best)."""

    low: Decimal
    high: Decimal
    best: Decimal
    worst: Decimal


def banded(bands: Sequence[Band], attained: Decimal) -> Fraction | None:
    """F30: `raw = best + span·(high − attained)/(high − low)` in the band of the attainment; `None` below all.

    The bands belong to a year (Kenya's changed between 2008/09 and the later guides), so they are an argument.
    Beyond the uppermost band the best raw score stands.
    """
    highest = max(bands, key=lambda band: band.high)
    if attained >= highest.high:
        return Fraction(highest.best)
    for band in bands:
        if band.low <= attained < band.high:
            place = (Fraction(band.high) - Fraction(attained)) / (Fraction(band.high) - Fraction(band.low))
            return Fraction(band.best) + (Fraction(band.worst) - Fraction(band.best)) * place
    return None


def all_or_nothing(direction: Direction, target: Decimal | None, actual: Decimal | None) -> Outcome:
    """F31: an indivisible promise counts whole or not at all (Rwanda, imihigo)."""
    if target is None:
        return NotRated(NO_TARGET)
    if actual is None:
        return NotRated(NO_ACTUAL)
    whole = actual >= target if direction is Direction.UP else actual <= target
    exact = CEILING if whole else NOTHING
    sign = "≥" if direction is Direction.UP else "≤"
    asked = f"{plain(actual)} {sign} {plain(target)}?"
    only = step(N_("평점: 목표를 다 이루면 100점, 아니면 0점"), asked, exact)
    return Rating(exact, (only,), Span(None, Fraction(target)))


def indivisible(rating: Rating, reached: bool | None) -> Rating:
    """F31 beside any method: the rating as it is where the target was reached, otherwise 0.

    `reached` is `None` where there is no target: then only the full rating counts.
    """
    if reached if reached is not None else rating.exact >= CEILING:
        return rating
    label = N_("전부 이루지 못해 0점으로 합니다")
    nothing = step(label, f"{short(rating.exact)} → 0", NOTHING)
    return Rating(NOTHING, (*rating.steps, nothing), rating.span)


def surveys(satisfaction: Decimal | None, perception: Decimal | None) -> Outcome:
    """F39: customers' satisfaction and citizens' perception at 8 to 2; a survey that was not held is missing, not 0.

    Source: 편람 p. 21.  With one of the two missing the other stands alone.
    """
    if satisfaction is None and perception is None:
        return NotRated(NO_ACTUAL)
    if satisfaction is None or perception is None:
        (only,) = (value for value in (satisfaction, perception) if value is not None)
        return Rating(Fraction(only), (Step(N_("평점: 있는 조사의 결과"), plain(only), only),))
    exact = SURVEY_SHARE * Fraction(satisfaction) + (1 - SURVEY_SHARE) * Fraction(perception)
    written = f"0.8 × {plain(satisfaction)} + 0.2 × {plain(perception)}"
    return Rating(exact, (step(N_("평점: 고객만족도와 국민인식도를 8 대 2로"), written, exact),))


def head_contract(
    attainments: Sequence[Decimal | Fraction],
    points: Decimal = Decimal(13),
    weights: Sequence[Decimal] = (),
) -> Fraction:
    """F14: points × the mean of the attainments in per cent, each at most 100 (편람 pp. 77-86); plain without weights."""
    if not attainments:
        raise ValueError("a head's contract has at least one task")
    heavy = weights or [Decimal(1)] * len(attainments)
    cut = [min(Fraction(each), CEILING) for each in attainments]
    whole = sum(each * Fraction(weight) for each, weight in zip(cut, heavy, strict=True))
    return Fraction(points) * whole / Fraction(sum(heavy)) / 100


def _cut(ratio: Fraction) -> Fraction:
    return min(max(ratio, Fraction(0)), Fraction(1))


def _strictly_ordered(values: Sequence[Decimal]) -> bool:
    steps = [a > b for a, b in pairwise(values)]
    return all(steps) or all(b > a for a, b in pairwise(values))
