"""Tiers, criteria values, bands, all or nothing and mixed surveys against published numbers (F13, F14, F29 to F31, F39)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.arithmetic.criteria import (
    Band,
    Tier,
    all_or_nothing,
    banded,
    criteria_values,
    head_contract,
    surveys,
    tiered,
    tiered_margin,
)
from evaluation.arithmetic.outcomes import Rating
from office.decimals import half_up
from tests.evaluation.test_attainment import DOWN, UP, D, reason, value

DEBT_RATIO = (Tier(D(200), D(20)), Tier(D(150), D(40)), Tier(D(100), D(60)), Tier(None, D(80)))
KENYA = (
    Band(D(130), D(200), D("1.00"), D("2.40")),
    Band(D(100), D(130), D("2.40"), D("3.00")),
    Band(D(70), D(100), D("3.00"), D("3.60")),
    Band(D(50), D(70), D("3.60"), D("4.00")),
    Band(D(0), D(50), D("4.00"), D("5.00")),
)


@pytest.mark.parametrize(
    ("ratio", "reached", "expected"),
    [
        ("120", "0.5", "80.00"),  # 편람 pp. 52-54: the tier below 150 % starts at 60
        ("99.9", "0", "80.00"),
        ("100", "0", "60.00"),
        ("200", "0", "20.00"),
        ("250", "1", "100.00"),
        ("250", "7", "100.00"),
    ],
)
def test_a_tier_gives_a_base_and_attainment_the_rest(ratio: str, reached: str, expected: str) -> None:
    assert value(tiered(DEBT_RATIO, D(ratio), D(reached))) == D(expected)


def test_a_margin_adds_fifty_at_most() -> None:
    assert value(tiered_margin(D(40), D("0.5"))) == D("65.00")
    assert value(tiered_margin(D(50), D(3))) == D("100.00")
    assert value(tiered_margin(D(20), D(-1))) == D("20.00")
    assert reason(tiered_margin(D(20), None)) and reason(tiered(DEBT_RATIO, None, D(1)))


# India, RFD guidelines: the worked composite of three success indicators
RFD = (
    ("0.5", ("30", "25", "20", "10", "5"), "15", "75.00"),
    ("0.3", ("20", "18", "16", "14", "12"), "18", "90.00"),
    ("0.2", ("500", "450", "400", "300", "250"), "600", "100.00"),
)


@pytest.mark.parametrize(("share", "values", "actual", "expected"), RFD)
def test_criteria_values_rate_in_proportion_between_them(
    share: str, values: tuple[str, ...], actual: str, expected: str
) -> None:
    assert value(criteria_values(list(map(D, values)), D(actual))) == D(expected)


def test_the_composite_of_the_three_is_84_5() -> None:
    total = Fraction()
    for share, values, actual, _ in RFD:
        outcome = criteria_values(list(map(D, values)), D(actual))
        assert isinstance(outcome, Rating)
        total += Fraction(D(share)) * outcome.exact
    assert half_up(total, 1) == D("84.5")


def test_criteria_may_fall_and_beyond_the_poorest_there_is_nothing() -> None:
    waiting_days = list(map(D, ("5", "7", "9", "12", "15")))
    assert value(criteria_values(waiting_days, D(8))) == D("85.00")
    assert value(criteria_values(waiting_days, D(15))) == D("60.00")
    assert value(criteria_values(waiting_days, D("15.01"))) == D("0.00")
    assert value(criteria_values(waiting_days, D(1))) == D("100.00")
    assert reason(criteria_values(list(map(D, ("5", "5", "9", "12", "15"))), D(8)))
    assert reason(criteria_values(waiting_days[:4], D(8)))
    assert reason(criteria_values(waiting_days, None))


@pytest.mark.parametrize(
    ("attained", "raw"),
    [
        ("115", "2.70"),
        ("85", "3.30"),
        ("60", "3.80"),
        ("130", "2.40"),
        ("200", "1.00"),
        ("250", "1.00"),
        ("0", "5.00"),
    ],
)
def test_bands_of_a_year_give_the_raw_score(attained: str, raw: str) -> None:
    """Kenya's performance contracting guidelines: 115 % is 2.70, 85 % is 3.30, 60 % is 3.80."""
    found = banded(KENYA, D(attained))
    assert found is not None
    assert half_up(found, 2) == D(raw)


def test_below_every_band_there_is_no_score() -> None:
    assert banded(KENYA, D(-1)) is None


def test_an_indivisible_promise_counts_whole_or_not_at_all() -> None:
    """Rwanda: 0 unless 100 %."""
    assert value(all_or_nothing(UP, D(10), D(10))) == D("100.00")
    assert value(all_or_nothing(UP, D(10), D("9.99"))) == D("0.00")
    assert value(all_or_nothing(DOWN, D(10), D("9.99"))) == D("100.00")
    assert reason(all_or_nothing(UP, None, D(1))) and reason(all_or_nothing(UP, D(1), None))


def test_two_surveys_stand_at_eight_to_two_and_a_missing_one_is_not_zero() -> None:
    """편람 p. 21: 88 and 70 are 84.4."""
    assert value(surveys(D(88), D(70))) == D("84.40")
    assert value(surveys(None, D(70))) == D("70.00")
    assert value(surveys(D(88), None)) == D("88.00")
    assert reason(surveys(None, None))
    assert value(surveys(D(88), D(0))) == D("70.40")


def test_a_head_earns_points_in_proportion_to_attainments_cut_at_one_hundred() -> None:
    """편람 pp. 77-86: 95 %, 110 % and 80 % are 91.67 %, 11.92 of 13."""
    assert half_up(head_contract(list(map(D, ("95", "110", "80")))), 2) == D("11.92")
    # 13 × (2 × 95 + 1 × 100 + 1 × 80) ÷ 4 ÷ 100
    weighed = head_contract(list(map(D, ("95", "110", "80"))), weights=list(map(D, ("2", "1", "1"))))
    assert half_up(weighed, 3) == D("12.025")
    with pytest.raises(ValueError, match="at least one"):
        head_contract([])


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=5, max_size=5, unique=True), st.data())
def test_a_better_figure_never_rates_lower_under_criteria(values: list[Decimal], data: st.DataObject) -> None:
    falling = data.draw(st.booleans())
    ordered = sorted(values, reverse=not falling)
    one, other = (data.draw(st.decimals(-1200, 1200, places=2)) for _ in range(2))
    worse, better = sorted((one, other), reverse=falling)
    low, high = criteria_values(ordered, worse), criteria_values(ordered, better)
    assert isinstance(low, Rating) and isinstance(high, Rating)
    assert 0 <= low.exact <= high.exact <= 100
