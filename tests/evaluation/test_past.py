"""Base values, spread and outliers (F5 to F7), 목표부여(편차) and 글로벌 (F6, F12), against the handbook's numbers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.terms.tree import Direction, Measure, Method
from evaluation.arithmetic.attainment import global_range, target_deviation, target_range
from evaluation.arithmetic.explaining import standing_out
from evaluation.arithmetic.outcomes import NotRated, Rating
from evaluation.arithmetic.past import Base, base_of, deviation_of, outlier_candidates
from office.decimals import half_up
from tests.evaluation.test_attainment import DOWN, FALLING, RISING, UP, D, positive, reason, value

WITH_OUTLIER = tuple(zip(range(2021, 2026), map(D, ("90", "92", "140", "95", "101")), strict=True))


def history(*values: str) -> tuple[tuple[int, Decimal], ...]:
    """Years up to 2025."""
    return tuple(zip(range(2026 - len(values), 2026), map(D, values), strict=True))


def base(*values: str, direction: Direction = UP, outlier: int | None = None) -> Fraction:
    found = base_of(direction, history(*values), year=2026, outlier=outlier)
    assert isinstance(found, Base), found
    return found.value


# 2026년도 공공기관 경영평가편람 pp. 43-44; the numbers computed from the printed formulas
@pytest.mark.parametrize(
    ("direction", "past", "actual", "main", "best", "worst", "expected"),
    [
        (UP, RISING, "103", False, "104.8471", "93.3058", "87.20"),
        (UP, RISING, "103", True, "108.6942", "93.3058", "70.40"),
        (DOWN, FALLING, "4.2", True, "3.8287", "4.9713", "74.00"),
    ],
)
def test_deviation_targets_have_the_population_deviation(
    direction: Direction,
    past: tuple[tuple[int, Decimal], ...],
    actual: str,
    main: bool,
    best: str,
    worst: str,
    expected: str,
) -> None:
    outcome = target_deviation(direction, past, D(actual), year=2026, main=main)
    assert value(outcome) == D(expected)
    assert isinstance(outcome, Rating)
    assert [each.value for each in outcome.steps[-3:-1]] == [D(best), D(worst)]
    # the sample deviation would give 85.73 and 69.30 for the first two
    assert half_up(deviation_of([each for _, each in RISING]), 4) == D("3.8471")


def test_a_deviation_needs_three_years_and_some_scatter() -> None:
    assert "3년" in reason(target_deviation(UP, history("90", "92"), D(95), year=2026))
    assert "모두 같아" in reason(target_deviation(UP, history("90", "90", "90"), D(95), year=2026))
    assert reason(target_deviation(UP, RISING, None, year=2026))
    assert isinstance(target_deviation(UP, history("90", "92", "95"), D(95), year=2026), Rating)


def test_a_year_stands_out_when_the_spread_without_it_halves() -> None:
    """F7, 편람 p. 44: 90 92 140 95 101 gives 0.224 for the third year and at least 1.04 for the others."""
    found = outlier_candidates(WITH_OUTLIER, year=2026)
    assert {year: half_up(ratio, 3) for year, ratio in found.items()} == {2023: D("0.224")}
    assert outlier_candidates(RISING, year=2026) == {}
    assert outlier_candidates(WITH_OUTLIER[1:], year=2026) == {}  # five years or none
    assert outlier_candidates(history("90", "90", "90", "90", "90"), year=2026) == {}


def test_a_year_that_stands_out_is_said_where_the_method_knows_outliers_and_people_decide() -> None:
    measure = Measure(UP, Method.TARGET_RANGE, history=WITH_OUTLIER)
    (said,) = standing_out(measure, 2026)
    assert "2023년" in said
    assert "22%" in said
    assert "사람이 정합니다" in said
    (decided,) = standing_out(replace(measure, settings=(("outlier", "2023"),)), 2026)
    assert "기준에서 뺍니다" in decided
    assert standing_out(replace(measure, method=Method.TREND), 2026) == ()
    assert standing_out(replace(measure, history=RISING), 2026) == ()


def test_a_year_set_aside_leaves_the_mean_of_the_other_three() -> None:
    """F7, 편람 p. 45."""
    assert base("90", "92", "140", "95", "101") == Fraction(112)
    assert base("90", "92", "140", "95", "101", outlier=2023) == Fraction(101)
    assert base("90", "92", "97", "140", "95", outlier=2024) == Fraction(95)
    assert value(target_range(UP, WITH_OUTLIER, D(103), year=2026, outlier=2023)) == D("78.61")


def test_last_year_as_an_outlier_counts_up_to_two_deviations_beyond_the_year_before() -> None:
    """F7, 편람 p. 45: max(min(x₋₁, x₋₂ + 2σ), mean), and turned round downward."""
    spread = deviation_of(list(map(D, ("90", "92", "97", "95"))))
    limit = 95 + 2 * spread
    assert base("90", "92", "97", "95", "100", outlier=2025) == Fraction(100)  # within the limit: taken whole
    mean = Fraction(97 + 95 + 160, 3)
    assert base("90", "92", "97", "95", "160", outlier=2025) == max(limit, mean)
    down = base("5.2", "5.0", "4.6", "4.9", "1", direction=DOWN, outlier=2025)
    assert down == min(
        max(Fraction(1), Fraction("4.9") - 2 * deviation_of(list(map(D, ("5.2", "5.0", "4.6", "4.9"))))),
        Fraction("3.5"),
    )
    assert isinstance(base_of(UP, history("95", "160"), year=2026, outlier=2025), NotRated)


def test_peers_give_the_limits_of_the_global_method() -> None:
    """F12, 편람 pp. 111-113: halfway between worst and best is 60; peers that are all alike rate nothing."""
    assert value(global_range(D(90), D(50), D(70))) == D("60.00")
    assert value(global_range(D(2), D(10), D(4))) == D("80.00")  # lower is better: best below worst
    assert value(global_range(D(90), D(50), D(20))) == D("20.00")
    assert "같아" in reason(global_range(D(90), D(90), D(70)))
    assert reason(global_range(None, D(50), D(70))) and reason(global_range(D(90), D(50), None))


@given(st.sampled_from(Direction), st.lists(positive, min_size=3, max_size=5), positive, positive, positive)
def test_a_better_figure_never_rates_lower_and_units_do_not_matter(
    direction: Direction, past: list[Decimal], one: Decimal, other: Decimal, unit: Decimal
) -> None:
    """σ and the base are in the unit of the figures, so metres and kilometres give the same rating."""
    worse, better = sorted((one, other), reverse=direction is DOWN)

    def rating(figures: list[Decimal], actual: Decimal) -> Fraction | None:
        years = tuple(enumerate(figures, start=2026 - len(figures)))
        outcome = target_deviation(direction, years, actual, year=2026)
        return outcome.exact if isinstance(outcome, Rating) else None

    low, high = rating(past, worse), rating(past, better)
    if low is None or high is None:
        assert low is high is None
        return
    assert 20 <= low <= high <= 100
    scaled = rating([each * unit for each in past], better * unit)
    assert scaled is not None
    assert half_up(scaled, 20) == half_up(high, 20)
