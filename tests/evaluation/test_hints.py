"""Hints: the rules hold as they are stated, honest panels raise none, and order and absence change nothing."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.arithmetic.combining import Combining
from evaluation.arithmetic.hints import (
    alike_pairs,
    at_least,
    far_marks,
    favourites,
    in_ten_thousands,
)
from evaluation.arithmetic.marks import Grade
from evaluation.arithmetic.panels import (
    ALL_ALIKE,
    INCOMPLETE,
    TOO_FEW_EVALUATORS,
    TOO_FEW_SHARED,
    TOO_FEW_THINGS,
    agreement_of,
    panels_of,
    shown_value,
)

Marks = dict[tuple[str, str], dict[int, Fraction]]


def table(rows: list[list[int | None]]) -> list[list[Fraction | None]]:
    return [[None if mark is None else Fraction(mark) for mark in row] for row in rows]


def one(*values: int) -> Marks:
    return {("A", "1"): {who: Fraction(value) for who, value in enumerate(values)}}


@pytest.mark.parametrize(
    ("values", "far"),
    [
        ((80, 80, 80, 50), [3]),  # three grades from the middle, which all the others share
        ((80, 80, 80, 60), []),
        ((80, 80, 50), []),  # three marks are too few to say
        ((100, 80, 60, 40, 20), []),  # a panel that is scattered anyway: MAD 20
        ((90, 90, 80, 80, 20), [4]),
        ((100, 30, 100, 30), []),
    ],
)
def test_a_mark_far_from_the_middle_is_pointed_out(values: tuple[int, ...], far: list[int]) -> None:
    assert [each.evaluator for each in far_marks(one(*values))] == far


def honest(seed: int, *, things: int = 20, evaluators: int = 6) -> Marks:
    """Evaluators who see the same quality with a grade's error either way."""
    chance = random.Random(seed)
    marks: Marks = {}
    for number in range(things):
        truth = chance.choice([50, 60, 70, 80, 90])
        marks[(f"A{number % 5}", str(number))] = {
            who: Fraction(truth + chance.choice([-10, 0, 0, 10])) for who in range(evaluators)
        }
    return marks


def test_two_who_copy_each_other_are_pointed_out_and_nobody_else() -> None:
    marks = honest(1)
    for given_ in marks.values():
        given_[5] = given_[4]
    (pair,) = alike_pairs(marks)
    assert (pair.first, pair.second, pair.shared, pair.same) == (4, 5, 20, 20)
    assert pair.chance * 15 <= Fraction(1, 1000)


def test_a_panel_that_agrees_entirely_raises_no_hint() -> None:
    marks = {thing: dict.fromkeys(given_, Fraction(80)) for thing, given_ in honest(2).items()}
    assert (far_marks(marks), alike_pairs(marks), favourites(marks)) == ((), (), ())


@pytest.mark.parametrize("seed", range(20))
def test_honest_panels_are_left_in_peace(seed: int) -> None:
    marks = honest(seed)
    assert alike_pairs(marks) == ()
    assert favourites(marks) == ()


def test_few_shared_things_say_nothing_about_a_pair() -> None:
    marks = dict(list(honest(1).items())[:5])
    for given_ in marks.values():
        given_[5] = given_[4]
    assert alike_pairs(marks) == ()


def test_who_is_always_high_for_one_and_always_low_for_the_rest_is_pointed_out() -> None:
    marks = {
        (agency, str(number)): {1: Fraction(60), 2: Fraction(70), 3: Fraction(100 if agency == "own" else 20)}
        for agency, count in (("own", 3), ("a", 3), ("b", 4))
        for number in range(count)
    }
    (found,) = favourites(marks)
    assert (found.evaluator, found.agency_code, found.above, found.below) == (3, "own", 3, 7)
    assert found.chance == Fraction(1, 1024)
    marks["a", "0"][3] = Fraction(100)
    assert favourites(marks) == ()


def test_the_tail_of_the_binomial_is_the_textbooks() -> None:
    # ten tosses, eight heads or more: (45 + 10 + 1)/1024
    assert at_least(8, 10, Fraction(1, 2)) == Fraction(56, 1024)
    assert at_least(0, 7, Fraction(1, 3)) == 1
    assert at_least(8, 7, Fraction(1, 3)) == 0


@given(st.integers(0, 12), st.integers(1, 12), st.integers(0, 10))
def test_more_successes_are_never_more_probable(successes: int, trials: int, tenths: int) -> None:
    rate = Fraction(tenths, 10)
    assert 0 <= at_least(successes + 1, trials, rate) <= at_least(successes, trials, rate) <= 1


def test_small_chances_are_said_in_ten_thousand_and_never_rounded_down() -> None:
    assert in_ten_thousands(Fraction(1, 128)) == Decimal("78.2")
    assert in_ten_thousands(Fraction(1, 10**9)) == Decimal("0.1")


# -- the round as a whole -----------------------------------------------------------------------------------------------


def test_agreement_of_shrout_and_fleiss_as_the_office_sees_it() -> None:
    # F24: ICC(2,1) .29, ICC(2,k) .62 (Shrout & Fleiss 1979)
    marks = table([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    of = {each.name: shown_value(each.value) for each in agreement_of(marks)}
    assert (of["ICC(2,1)"], of["ICC(2,k)"]) == ("0.29", "0.62")


@pytest.mark.parametrize(
    ("marks", "alpha", "classes", "order"),
    [
        ([], TOO_FEW_EVALUATORS, TOO_FEW_THINGS, TOO_FEW_THINGS),
        ([[80, 80]], TOO_FEW_SHARED, TOO_FEW_THINGS, TOO_FEW_THINGS),
        ([[80, 70, 90]], TOO_FEW_SHARED, TOO_FEW_THINGS, TOO_FEW_THINGS),
        ([[80], [70]], TOO_FEW_EVALUATORS, TOO_FEW_EVALUATORS, TOO_FEW_EVALUATORS),
        ([[80, 70], [60, None]], TOO_FEW_SHARED, INCOMPLETE, INCOMPLETE),
        ([[80, 70, None], [60, None, 60]], "", INCOMPLETE, INCOMPLETE),
        ([[80, 80], [80, 80]], ALL_ALIKE, "0", ALL_ALIKE),
    ],
)
def test_what_is_not_defined_says_why(
    marks: list[list[int | None]], alpha: str, classes: str, order: str
) -> None:
    found = agreement_of(table(marks))
    assert [found[0].reason, found[1].reason] == [alpha, alpha]
    assert classes in found[2].reason
    assert order in found[4].reason
    assert all((each.value is None) == bool(each.reason) for each in found)


def test_a_round_shows_every_rule_and_the_severe_evaluator() -> None:
    """F23: with one strict evaluator who saw only the second thing, the plain mean wrongs it."""
    grades = {
        ("A", "1"): {1: Grade.A_ZERO, 2: Grade.A_ZERO, 3: Grade.A_ZERO},
        ("A", "2"): {1: Grade.A_ZERO, 2: Grade.A_ZERO, 3: Grade.A_ZERO, 4: Grade.C},
        ("B", "1"): {1: Grade.B_PLUS, 2: Grade.B_PLUS, 3: Grade.B_PLUS, 4: Grade.D_PLUS},
    }
    marks = [(*thing, who, grade) for thing, given_ in grades.items() for who, grade in given_.items()]
    panels = panels_of(marks)
    first, second, third = panels.judged
    assert second.by_rule[Combining.MEAN] == Fraction(330, 4)
    assert first.adjusted == second.adjusted
    assert third.adjusted is not None and second.adjusted is not None
    assert second.adjusted - third.adjusted == 10
    strict = panels.evaluators[3]
    assert strict.beta is not None
    assert strict.beta < 0
    assert sum(each.beta or 0 for each in panels.evaluators) == 0
    assert panels.connected


def test_evaluators_without_anything_in_common_are_not_compared() -> None:
    panels = panels_of([("A", "1", 1, Grade.C), ("B", "1", 2, Grade.A_PLUS)])
    assert not panels.connected
    assert all(each.adjusted is None for each in panels.judged)
    assert [each.beta for each in panels.evaluators] == [None, None]


given_marks = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from("123"), st.integers(1, 5), st.none() | st.sampled_from(Grade)),
    max_size=30,
    unique_by=lambda mark: mark[:3],
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(given_marks, st.randoms())
def test_the_order_of_marks_is_irrelevant(drawn: list[Any], chance: Any) -> None:
    shuffled = list(drawn)
    chance.shuffle(shuffled)
    assert panels_of(shuffled) == panels_of(drawn)


@settings(max_examples=80, deadline=None)
@given(given_marks)
def test_an_absent_mark_changes_no_number(drawn: list[Any]) -> None:
    absent = [("A", "1", 9, None), ("B", "3", 9, None)]
    with_them, without = panels_of([*drawn, *absent]), panels_of(drawn)
    assert with_them.agreement == without.agreement
    assert with_them.evaluators == without.evaluators
    plain = {each.thing: (each.by_rule, each.adjusted) for each in without.judged}
    assert all(
        plain.get(each.thing, (each.by_rule, each.adjusted)) == (each.by_rule, each.adjusted)
        for each in with_them.judged
    )
