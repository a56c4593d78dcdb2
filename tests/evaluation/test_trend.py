"""추세치, β-분포 and 중장기 (F8 to F10) against the handbook's numbers, and where they are not defined."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.terms.tree import Direction
from evaluation.arithmetic.outcomes import FLOOR, Rating
from evaluation.arithmetic.trend import GRID, beta, combined, long_term, percent_of, trend
from office.decimals import half_up
from tests.evaluation.test_attainment import DOWN, FALLING, RISING, UP, D, positive, reason, value
from tests.evaluation.test_past import history

A, B = (2024, D(80)), (2029, D(100))


def test_the_trend_of_the_worked_history() -> None:
    """편람 pp. 48-51: Ys 102.5, S 2.8373, z 0.1762, 54.15 %, 63.32."""
    outcome = trend(UP, RISING, D(103), year=2026)
    assert value(outcome) == D("63.32")
    assert isinstance(outcome, Rating)
    expected, error, z, percent = (each.value for each in outcome.steps[:4])
    assert (expected, error, z) == (D("102.5"), D("2.8373"), D("0.1762"))
    assert half_up(percent, 2) == D("54.15")


@pytest.mark.parametrize(
    ("z", "percent"),
    [
        ("0", "50.004"),
        ("0.236", "55.56"),
        ("-1.965", "5.556"),
        ("1.965", "94.452"),
        ("5", "100"),
        ("-5", "0"),
    ],
)
def test_the_table_is_linear_between_its_points_and_cut_at_both_ends(z: str, percent: str) -> None:
    """편람 p. 50; the B+ row's printed 11,112 is 11.112."""
    assert percent_of(Fraction(z)) == Fraction(percent)


def test_the_table_is_extended_by_its_last_slopes_until_it_is_full() -> None:
    """100 is reached at z = 2.2795 and 0 at −2.28."""
    assert half_up(percent_of(Fraction("2.2794")), 2) == D("100.00") > percent_of(Fraction("2.27"))
    assert percent_of(Fraction("2.2796")) == 100
    assert percent_of(Fraction("-2.2801")) == 0 < percent_of(Fraction("-2.27"))
    steps = [high - low for (_, low), (_, high) in pairwise(GRID)]
    assert steps == [Fraction("5.556"), *[Fraction("11.112")] * 7, Fraction("5.556")]


def test_on_the_trend_itself_the_rating_is_sixty() -> None:
    outcome = trend(UP, RISING, D("102.5"), year=2026)
    assert value(outcome) == D("60.00")
    assert value(trend(DOWN, FALLING, D("4.2"), year=2026)) > 60


def test_a_trend_needs_three_years_and_scatter() -> None:
    assert "3년" in reason(trend(UP, history("90", "92"), D(95), year=2026))
    assert "흩어지지" in reason(trend(UP, history("90", "92", "94"), D(95), year=2026))
    assert reason(trend(UP, RISING, None, year=2026))


def test_beta_of_the_worked_history() -> None:
    """편람 p. 51 with PERT's weights: 99.1667, 1.8333, z 2.0909, 96.67 %, 97.34."""
    outcome = beta(UP, RISING, D(103), year=2026)
    assert value(outcome) == D("97.34")
    assert isinstance(outcome, Rating)
    expected, error, z, percent = (each.value for each in outcome.steps[:4])
    assert (expected, error, z) == (D("99.1667"), D("1.8333"), D("2.0909"))
    assert half_up(percent, 2) == D("96.67")
    assert "흩어지지" in reason(beta(UP, history("90", "90", "90"), D(95), year=2026))
    assert "3년" in reason(beta(UP, history("90", "91"), D(95), year=2026))


def test_a_long_term_plan_in_its_second_year() -> None:
    """편람 pp. 46-48: A = 80, B = 100, n = 5, so α = 4; base 84, hi 92, lo 76, x = 89: r₁ = 0.8125; with r₃ 0.75, 82.50."""
    outcome = long_term(A, B, history("80", "84"), D(89), year=2026)
    assert isinstance(outcome, Rating)
    assert [each.value for each in outcome.steps[:5]] == [4, 84, 92, 76, D("0.8125")]
    assert combined(Fraction("0.8125"), Fraction("0.75"))[0] == Fraction("82.5")
    # Two years into the plan there is no mean of three yet.
    assert value(outcome) == D("85.00")


def test_from_the_third_year_the_mean_of_three_counts_half() -> None:
    outcome = long_term(A, B, history("80", "84", "88"), D(92), year=2027)
    # history() ends in 2025; the plan's third year is 2027, whose last year is missing
    assert reason(outcome)
    past = ((2024, D(80)), (2025, D(84)), (2026, D(88)))
    outcome = long_term(A, B, past, D(92), year=2027)
    assert isinstance(outcome, Rating)
    # exactly on the plan: one α above the base is 3/4 of the way from lo to hi, this year and over three years
    assert [each.value for each in outcome.steps[-3:-1]] == [D("0.75"), D("0.75")]
    assert outcome.exact == 80


def test_who_was_ahead_of_the_plan_starts_from_there() -> None:
    past = ((2024, D(80)), (2025, D(90)))
    outcome = long_term(A, B, past, D("92.5"), year=2026)
    assert isinstance(outcome, Rating)
    # α' = (100 − 90)/4 = 2.5: one pace ahead is again 3/4 of the way
    assert [each.value for each in outcome.steps[1:5]] == [90, 95, 85, D("0.75")]


@pytest.mark.parametrize(
    ("year", "past", "said"),
    [
        (2024, ("80",), "기간"),
        (2030, ("80", "84"), "기간"),
        (2027, ("80", "84"), "지난해"),
        (2026, ("80", "100"), "이미"),
    ],
)
def test_outside_a_plan_or_beyond_its_goal_there_is_no_rating(
    year: int, past: tuple[str, ...], said: str
) -> None:
    values = tuple(zip(range(2024, 2030), map(D, past), strict=False))
    assert said in reason(long_term(A, B, values, D(90), year=year))


def test_a_plan_that_goes_nowhere_is_refused() -> None:
    assert reason(long_term(A, (2029, D(80)), (), D(80), year=2025))
    assert reason(long_term(A, B, (), None, year=2025))


@given(st.sampled_from(Direction), st.lists(positive, min_size=3, max_size=5), positive, positive)
def test_a_better_figure_never_rates_lower(
    direction: Direction, past: list[Decimal], one: Decimal, other: Decimal
) -> None:
    worse, better = sorted((one, other), reverse=direction is DOWN)
    years = tuple(enumerate(past, start=2026 - len(past)))
    for method in (trend, beta):
        low, high = method(direction, years, worse, year=2026), method(direction, years, better, year=2026)
        if isinstance(low, Rating) and isinstance(high, Rating):
            assert FLOOR <= low.exact <= high.exact <= 100
        else:
            assert not isinstance(low, Rating) and not isinstance(high, Rating)
