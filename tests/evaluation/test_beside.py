"""Bonus and penalty: points beside the hundred, cut to what the sheet and the rulebook allow."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.terms.tree import Direction, Kind, Measure, Method, Node
from evaluation.arithmetic.beside import Ceiling, counted, points_of
from evaluation.arithmetic.branches import besides, left_out, way_to
from evaluation.arithmetic.outcomes import NotRated, Points
from evaluation.arithmetic.scoring import Source
from tests.evaluation.test_scoring import ratio, scored, task

D = Decimal


def beside(method: Method, actual: str | None, maximum: str = "0.5", code: str = "b") -> Node:
    figure = None if actual is None else D(actual)
    measure = Measure(Direction.UP, method, actual=figure, settings=(("maximum", maximum),))
    return Node(code, code, Kind.INDICATOR, D(0), measure=measure)


@pytest.mark.parametrize(
    ("method", "actual", "points"),
    [
        (Method.BONUS, "0.3", "0.3"),
        (Method.BONUS, "0.7", "0.5"),
        (Method.BONUS, "-1", "0"),
        (Method.PENALTY, "0.3", "-0.3"),
        (Method.PENALTY, "2", "-0.5"),
        (Method.PENALTY, "-1", "0"),
    ],
)
def test_points_lie_between_nothing_and_the_maximum_of_the_sheet(
    method: Method, actual: str, points: str
) -> None:
    measure = beside(method, actual).measure
    assert measure is not None
    outcome = points_of(measure)
    assert isinstance(outcome, Points)
    assert outcome.exact == Fraction(points)
    assert len(outcome.steps) == 1


def test_without_a_figure_or_a_maximum_there_are_no_points() -> None:
    measure = beside(Method.BONUS, None).measure
    assert measure is not None
    assert isinstance(points_of(measure), NotRated)
    assert isinstance(points_of(replace(measure, actual=D(1), settings=())), NotRated)


def test_ratings_and_bands_do_not_change_by_them() -> None:
    plain = scored(task("1", ratio("a", "60", "50"), ratio("c", "40", None)))
    with_both = scored(
        task("1", ratio("a", "60", "50"), beside(Method.BONUS, "0.3"), ratio("c", "40", None)),
        task("2", beside(Method.PENALTY, "0.5", code="p")),
    )
    assert (plain.score, plain.rating, plain.band, plain.available) == (
        with_both.score, with_both.rating, with_both.band, with_both.available,
    )  # fmt: skip
    assert [(each.code, each.points, each.source) for each in besides(with_both)] == [
        ("b", D("0.30"), Source.BESIDE),
        ("p", D("-0.50"), Source.BESIDE),
    ]
    assert [each.code for each in left_out(with_both)] == ["c"]
    assert [each.code for each in way_to(with_both, "a")] == ["", "1", "a"]
    assert way_to(with_both, "nowhere") == ()


def test_the_published_total_of_jongno_is_its_score_and_its_bonus() -> None:
    # cases/jongno_latest_scorecard.csv: quantitative and qualitative 85.69, bonus 0.30, total 85.99
    assert D("85.69") + counted([D("0.30")], Ceiling(D(3), D(3), capped=False), 2).counted == D("85.99")


points = st.lists(st.decimals(-9, 9, places=2), max_size=6)


@given(points, st.decimals(0, 5, places=2), st.decimals(0, 5, places=2))
def test_what_counts_is_within_the_ceilings_and_never_more_than_there_is(
    given_: list[D], bonus: D, penalty: D
) -> None:
    both = counted(given_, Ceiling(bonus, penalty, capped=False), 2)
    assert both.bonus - both.penalty == sum(given_)
    assert 0 <= both.bonus_counted <= min(bonus, both.bonus) + D("0.005")
    assert 0 <= both.penalty_counted <= min(penalty, both.penalty) + D("0.005")
    assert both.counted == both.bonus_counted - both.penalty_counted
