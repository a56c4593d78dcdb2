"""F5 and F11 against the worked numbers of the national handbook's formulas, and at every edge."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.terms.tree import Direction
from evaluation.arithmetic.attainment import target_range, target_ratio
from evaluation.arithmetic.outcomes import NotRated, Outcome, Rating
from office.decimals import half_up

D = Decimal
UP, DOWN = Direction.UP, Direction.DOWN
RISING = tuple(zip(range(2021, 2026), map(D, ("90", "92", "97", "95", "101")), strict=True))
FALLING = tuple(zip(range(2021, 2026), map(D, ("5.2", "5.0", "4.6", "4.9", "4.4")), strict=True))
positive = st.decimals("0.01", 10_000, places=2)


def value(outcome: Outcome) -> Decimal:
    assert isinstance(outcome, Rating), outcome
    return outcome.value


def reason(outcome: Outcome) -> str:
    assert isinstance(outcome, NotRated), outcome
    return outcome.said()


@pytest.mark.parametrize(
    ("direction", "history", "actual", "main", "expected"),
    [
        # 경영평가편람 2026 p. 43; worked in scoring.md F5
        (UP, RISING, "103", False, "78.61"),
        (UP, RISING, "103", True, "63.96"),
        (DOWN, FALLING, "4.2", True, "69.09"),
        # the ends of the range: base 101, best 111.1, worst 80.8
        (UP, RISING, "111.1", False, "100.00"),
        (UP, RISING, "200", False, "100.00"),
        (UP, RISING, "80.8", False, "20.00"),
        (UP, RISING, "0", False, "20.00"),
    ],
)
def test_target_range_gives_the_handbooks_numbers(
    direction: Direction, history: tuple[tuple[int, Decimal], ...], actual: str, main: bool, expected: str
) -> None:
    assert value(target_range(direction, history, D(actual), year=2026, main=main)) == D(expected)


def test_the_mean_of_three_years_is_the_base_when_last_year_was_worse() -> None:
    history = ((2023, D(100)), (2024, D(98)), (2025, D(90)))  # mean 96 > 90: best 105.6, worst 76.8
    assert value(target_range(UP, history, D(96), year=2026)) == D("73.33")
    assert value(target_range(DOWN, history, D(90), year=2026)) == D("73.33")  # base 90: best 81, worst 108


def test_two_years_will_do_where_there_is_no_third() -> None:
    history = ((2024, D(98)), (2025, D(90)))  # mean 94
    assert value(target_range(UP, history, D(94), year=2026)) == D("73.33")


@pytest.mark.parametrize(
    "history", [(), ((2025, D(90)),), ((2023, D(1)), (2024, D(2))), ((2023, D(1)), (2025, D(2)))]
)
def test_without_the_last_two_years_there_is_no_base(history: tuple[tuple[int, Decimal], ...]) -> None:
    assert "2024년, 2025년" in reason(target_range(UP, history, D(1), year=2026))


def test_figures_of_the_year_itself_or_later_are_not_its_past() -> None:
    with_later = (*RISING, (2026, D(500)), (2027, D(500)))
    assert target_range(UP, with_later, D(103), year=2026) == target_range(UP, RISING, D(103), year=2026)


@pytest.mark.parametrize("past", ["0", "-3"])
def test_a_base_of_zero_or_less_is_refused_because_best_would_equal_worst(past: str) -> None:
    history = ((2024, D(past)), (2025, D(past)))
    assert "기준값이 0 이하" in reason(target_range(UP, history, D(1), year=2026))


def test_a_missing_actual_is_a_reason_and_not_a_zero() -> None:
    assert reason(target_range(UP, RISING, None, year=2026)) == "실적이 아직 없습니다"
    assert reason(target_ratio(UP, D(50), None)) == "실적이 아직 없습니다"
    assert reason(target_ratio(UP, None, D(50))) == "목표가 없습니다"
    assert value(target_ratio(UP, D(50), D(0))) == D("20.00")


@pytest.mark.parametrize(
    ("direction", "target", "actual", "expected"),
    [
        # 경영평가편람 2026 p. 52; worked in scoring.md F11
        (UP, "50", "45", "92.00"),
        (DOWN, "50", "55", "92.73"),
        (UP, "50", "60", "100.00"),
        (DOWN, "50", "0", "100.00"),
        (DOWN, "50", "-1", "100.00"),
        (UP, "50", "-10", "20.00"),
        (DOWN, "50", "1000000", "20.00"),
    ],
)
def test_target_ratio_gives_the_handbooks_numbers(
    direction: Direction, target: str, actual: str, expected: str
) -> None:
    assert value(target_ratio(direction, D(target), D(actual))) == D(expected)


@pytest.mark.parametrize("target", ["0", "-5"])
def test_a_target_of_zero_or_less_is_refused(target: str) -> None:
    assert "목표가 0 이하" in reason(target_ratio(UP, D(target), D(3)))


def test_the_steps_end_in_the_rating_and_can_be_read_aloud() -> None:
    outcome = target_range(UP, RISING, D(103), year=2026)
    assert isinstance(outcome, Rating)
    assert [(step.expression, step.value) for step in outcome.steps] == [
        ("(101 + 95 + 97) ÷ 3", D("97.6667")),
        ("max(101, 97.6667)", D("101.0000")),
        ("101 × 1.1", D("111.1000")),
        ("101 × 0.8", D("80.8000")),
        ("20 + 80 × (103 − 80.8) ÷ (111.1 − 80.8)", D("78.6139")),
    ]


@pytest.mark.parametrize(
    ("outcome", "computed", "limited"),
    [
        (
            target_range(UP, ((2024, D(22)), (2025, D(22))), D(29), year=2026),
            ("20 + 80 × (29 − 17.6) ÷ (24.2 − 17.6)", D("158.18")),
            ("100점을 넘어 100점으로 합니다", "min(158.18, 100)", D(100)),
        ),
        (
            target_range(UP, ((2024, D(22)), (2025, D(22))), D("16.5"), year=2026),
            ("20 + 80 × (16.5 − 17.6) ÷ (24.2 − 17.6)", D("6.67")),
            ("20점에 못 미쳐 20점으로 합니다", "max(6.67, 20)", D(20)),
        ),
        (
            target_ratio(UP, D(150), D(163)),
            ("20 + 80 × (163 ÷ 150)", D("106.93")),
            ("100점을 넘어 100점으로 합니다", "min(106.93, 100)", D(100)),
        ),
        (
            target_ratio(DOWN, D(50), D(40)),
            ("20 + 80 ÷ (40 ÷ 50)", D("120")),
            ("100점을 넘어 100점으로 합니다", "min(120, 100)", D(100)),
        ),
        (
            target_ratio(UP, D(50), D(-10)),
            ("20 + 80 × (-10 ÷ 50)", D("4")),
            ("20점에 못 미쳐 20점으로 합니다", "max(4, 20)", D(20)),
        ),
    ],
)
def test_a_limit_is_a_step_of_its_own_after_the_true_value(
    outcome: Outcome, computed: tuple[str, Decimal], limited: tuple[str, str, Decimal]
) -> None:
    assert isinstance(outcome, Rating)
    before, limit = outcome.steps[-2:]
    assert (before.expression, before.value) == computed
    assert (limit.label, limit.expression, limit.value) == limited
    assert outcome.exact == limited[2]


@pytest.mark.parametrize("actual", ["0", "50", "100", "150"])
def test_within_the_limits_there_is_one_line_and_it_is_true(actual: str) -> None:
    outcome = target_ratio(UP, D(150), D(actual))
    assert isinstance(outcome, Rating)
    assert len(outcome.steps) == 2
    assert outcome.steps[-1].expression == f"20 + 80 × ({actual} ÷ 150)"
    assert outcome.steps[-1].value == half_up(20 + 80 * Fraction(D(actual)) / 150, 4)


@given(
    st.sampled_from(Direction), st.lists(positive, min_size=2, max_size=5), positive, positive, st.booleans()
)
def test_better_figures_never_rate_lower_and_ratings_stay_within_20_and_100(
    direction: Direction, past: list[Decimal], one: Decimal, other: Decimal, main: bool
) -> None:
    worse, better = sorted((one, other), reverse=direction is DOWN)
    history = tuple(enumerate(past, start=2026 - len(past)))
    for low, high in (
        (
            target_range(direction, history, worse, year=2026, main=main),
            target_range(direction, history, better, year=2026, main=main),
        ),
        (target_ratio(direction, past[0], worse), target_ratio(direction, past[0], better)),
    ):
        assert isinstance(low, Rating)
        assert isinstance(high, Rating)
        assert Fraction(20) <= low.exact <= high.exact <= Fraction(100)


@given(st.sampled_from(Direction), positive, positive)
def test_whoever_meets_the_target_has_the_full_rating_of_the_ratio_method(
    direction: Direction, target: Decimal, actual: Decimal
) -> None:
    outcome = target_ratio(direction, target, actual)
    assert isinstance(outcome, Rating)
    assert (outcome.exact == 100) is (actual >= target if direction is UP else actual <= target)
