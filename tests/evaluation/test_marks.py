"""Nine grades and the trimmed mean, against published panels."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.arithmetic.combining import expert_rating
from evaluation.arithmetic.marks import POINTS, Grade, trimmed_mean, trimmed_positions
from evaluation.arithmetic.outcomes import NotRated, Rating
from office.decimals import half_up
from tests.data import acceptance_data

D = Decimal
grades = st.lists(st.sampled_from(Grade), max_size=16)


def marks(*values: int | str | None) -> list[Decimal | None]:
    return [None if value is None else D(value) for value in values]


def test_the_nine_grades_have_the_handbooks_points() -> None:
    # 경영평가편람 2026 p. 41
    assert {grade.value: int(points) for grade, points in POINTS.items()} == {
        "A+": 100, "A0": 90, "B+": 80, "B0": 70, "C": 60, "D+": 50, "D0": 40, "E+": 30, "E0": 20,
    }  # fmt: skip


def test_one_highest_and_one_lowest_are_dropped_even_when_tied() -> None:
    assert trimmed_mean(marks(10, 10, 50, 90, 90)) == 50
    assert trimmed_mean(marks(100, 100, 100, 100, 40)) == 100
    assert trimmed_mean(marks(*range(9))) == Fraction(sum(range(1, 8)), 7)  # n = 9 leaves 7
    assert trimmed_mean(marks(1, 1, 1, 1, 9, 9, 9, 9)) == 5  # n = 8 leaves 6


def test_three_or_four_marks_are_averaged_and_fewer_give_no_result() -> None:
    assert trimmed_mean(marks(60, 70, 100)) == Fraction(230, 3)
    assert trimmed_mean(marks(60, 70, 80, 100)) == Fraction(310, 4)
    assert trimmed_mean(marks(60, 70)) is None
    assert trimmed_mean([]) is None


def test_one_is_trimmed_at_each_end_of_a_large_panel() -> None:
    # scipy.stats.trim_mean(x, 1/n) trims nothing here
    assert trimmed_mean([*marks(*([50] * 47)), D(0), D(100)]) == 50
    assert trimmed_mean([*marks(*([50] * 47)), D(0), D(60)]) == 50


def test_an_absent_mark_is_not_a_zero() -> None:
    assert trimmed_mean(marks(80, None, 80, 80, None)) == 80
    assert trimmed_mean(marks(80, 0, 80, 80, 0)) == Fraction(160, 3)
    assert trimmed_mean(marks(80, None, None, 80)) is None


def test_the_dropped_marks_can_be_shown() -> None:
    assert trimmed_positions(marks(70, None, 90, 60, 80, 60)) == {2, 3}
    assert trimmed_positions(marks(70, 70, 70, 70, 70)) == {0, 4}
    assert trimmed_positions(marks(70, 90, 60, 80)) == frozenset()


def test_too_few_marks_are_a_reason() -> None:
    outcome = expert_rating([Grade.C, None, Grade.C])
    assert isinstance(outcome, NotRated)
    assert outcome.said() == "평정이 2명뿐입니다. 3명 이상이어야 점수를 냅니다"


def test_the_rating_is_exact_and_its_steps_show_what_was_dropped() -> None:
    outcome = expert_rating([Grade.A_PLUS, Grade.B_PLUS, Grade.B_PLUS, Grade.B_ZERO, None, Grade.C])
    assert isinstance(outcome, Rating)
    assert outcome.exact == Fraction(230, 3)
    assert outcome.value == D("76.67")
    assert [step.expression for step in outcome.steps] == [
        "A+ 1, B+ 2, B0 1, C 1",
        "− 100, − 60",
        "(80 + 80 + 70) ÷ 3",
    ]


@given(grades, st.randoms())
def test_the_order_of_marks_and_the_absent_do_not_matter(given_: list[Grade], random: object) -> None:
    shuffled: list[Grade | None] = [*given_, None, None]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types its Random as object
    assert expert_rating(shuffled) == expert_rating(given_)


@given(st.lists(st.sampled_from(Grade), min_size=3, max_size=16), st.data())
def test_a_better_mark_never_lowers_the_result_and_it_stays_between_the_marks(
    given_: list[Grade], data: st.DataObject
) -> None:
    before = trimmed_mean([POINTS[grade] for grade in given_])
    position = data.draw(st.integers(0, len(given_) - 1))
    better = data.draw(
        st.sampled_from([grade for grade in Grade if POINTS[grade] >= POINTS[given_[position]]])
    )
    after = trimmed_mean([POINTS[grade] for grade in [*given_[:position], better, *given_[position + 1 :]]])
    assert before is not None
    assert after is not None
    assert after >= before
    assert min(POINTS[grade] for grade in given_) <= before <= max(POINTS[grade] for grade in given_)


def test_the_components_of_3645_skating_panels_equal_the_published_means() -> None:
    """BuzzFeedNews/figure-skating-scores: a component of 0.0 there is an absent judge."""
    folder = acceptance_data("scores/figure_skating")
    given_: dict[str, list[Decimal | None]] = defaultdict(list)
    with (folder / "judge-scores.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            score = D(row["score"]) if row["score"] else None
            given_[row["aspect_id"]].append(score or None)
    checked = 0
    with (folder / "judged-aspects.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["section"] == "components":
                mean = trimmed_mean(given_[row["aspect_id"]])
                assert mean is not None
                assert half_up(mean, 2) == D(row["scores_of_panel"]), row["aspect_id"]
                checked += 1
    if checked != 3645:
        pytest.fail(f"{checked} components read")
