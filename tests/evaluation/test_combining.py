"""Marks combined by the rule of the rulebook: laws that hold under every rule, and numbers worked by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from statistics import median as textbook_median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.arithmetic.combining import COMBINING_NAMES, Combining, combined, expert_rating
from evaluation.arithmetic.marks import POINTS, Grade
from evaluation.arithmetic.outcomes import NotRated, Rating

rules = pytest.mark.parametrize("rule", list(Combining))
some = st.lists(st.sampled_from([*POINTS.values()]), min_size=3, max_size=12)


def marks(*values: int | None) -> list[Decimal | None]:
    return [None if value is None else Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("rule", "result"),
    [(Combining.TRIMMED, Fraction(230, 3)), (Combining.MEAN, Fraction(78)), (Combining.MEDIAN, Fraction(80))],
)
def test_five_marks_under_each_rule(rule: Combining, result: Fraction) -> None:
    # 100 80 80 70 60: without 100 and 60 the mean is 230/3; of all it is 78; the middle one is 80
    assert combined(marks(80, 100, 60, 70, 80), rule) == result


def test_the_median_of_an_even_number_is_the_mean_of_the_two_in_the_middle() -> None:
    assert combined(marks(20, 60, 70, 100), Combining.MEDIAN) == 65


@rules
def test_fewer_than_three_marks_give_no_result_under_any_rule(rule: Combining) -> None:
    assert combined(marks(80, 90, None, None), rule) is None
    assert isinstance(expert_rating([Grade.C, Grade.C, None], rule), NotRated)


@rules
@given(given_=some, absent=st.integers(0, 3), random=st.randoms())
def test_order_and_absent_marks_are_irrelevant(
    rule: Combining, given_: list[Decimal], absent: int, random: Any
) -> None:
    shuffled: list[Decimal | None] = [*given_, *[None] * absent]
    random.shuffle(shuffled)
    assert combined(shuffled, rule) == combined(given_, rule)


@rules
@given(given_=some)
def test_an_absent_mark_is_not_a_zero(rule: Combining, given_: list[Decimal]) -> None:
    lowest = combined([*given_, *[Decimal(0)] * len(given_)], rule)
    without = combined([*given_, *[None] * len(given_)], rule)
    assert lowest is not None
    assert without is not None
    assert lowest < without


@rules
@given(given_=some, data=st.data())
def test_a_better_mark_never_lowers_the_result_and_it_stays_between_the_marks(
    rule: Combining, given_: list[Decimal], data: st.DataObject
) -> None:
    before = combined(given_, rule)
    place = data.draw(st.integers(0, len(given_) - 1))
    better = data.draw(st.sampled_from([mark for mark in POINTS.values() if mark >= given_[place]]))
    after = combined([*given_[:place], better, *given_[place + 1 :]], rule)
    assert before is not None
    assert after is not None
    assert min(given_) <= before <= after <= max(Decimal(100), max(given_))
    assert before <= max(given_)


@given(some)
def test_the_median_is_the_textbooks(given_: list[Decimal]) -> None:
    assert combined(given_, Combining.MEDIAN) == Fraction(textbook_median(given_))


@rules
@given(given_=some, times=st.integers(1, 9), plus=st.integers(-50, 50))
def test_another_scale_of_marks_is_another_scale_of_results(
    rule: Combining, given_: list[Decimal], times: int, plus: int
) -> None:
    before = combined(given_, rule)
    assert before is not None
    assert combined([times * mark + plus for mark in given_], rule) == times * before + plus


@rules
def test_the_steps_say_how_the_marks_were_combined(rule: Combining) -> None:
    outcome = expert_rating([Grade.A_PLUS, Grade.B_PLUS, Grade.B_PLUS, Grade.B_ZERO, Grade.C], rule)
    assert isinstance(outcome, Rating)
    assert outcome.steps[0].expression == "A+ 1, B+ 2, B0 1, C 1"
    assert (
        outcome.steps[-1].expression
        == {
            Combining.TRIMMED: "(80 + 80 + 70) ÷ 3",
            Combining.MEAN: "(100 + 80 + 80 + 70 + 60) ÷ 5",
            Combining.MEDIAN: "median(100, 80, 80, 70, 60)",
        }[rule]
    )
    assert rule in COMBINING_NAMES
