"""F17: grades become rates of pay."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports.incentives import HEAD, STAFF, Grades, Letter, incentive

letters = st.sampled_from(Letter)
grades = st.builds(Grades, letters, letters, letters)


def test_the_worked_rates_of_the_2018_rule() -> None:
    # relative A, B, A and absolute B, C, A
    given_ = Grades(Letter.A, Letter.B, Letter.A), Grades(Letter.B, Letter.C, Letter.A)
    assert incentive(*given_, STAFF) == Fraction("168.75")
    assert incentive(*given_, HEAD) == 81


def test_the_rates_of_2014_fall_with_the_grade_and_end_at_nothing() -> None:
    assert [STAFF[each] for each in Letter] == [250, 200, 150, 100, 0, 0]
    assert [HEAD[each] for each in Letter] == [120, 96, 72, 48, 0, 0]
    assert all(rates[a] >= rates[b] for rates in (STAFF, HEAD) for a, b in pairwise(Letter))


@given(grades, letters)
def test_one_grade_everywhere_is_that_grades_rate_and_the_halves_weigh_the_same(
    other: Grades, letter: Letter
) -> None:
    same = Grades(letter, letter, letter)
    assert incentive(same, same, STAFF) == STAFF[letter]
    assert incentive(same, other, STAFF) == incentive(other, same, STAFF)
    assert min(STAFF.values()) <= incentive(same, other, STAFF) <= max(STAFF.values())
