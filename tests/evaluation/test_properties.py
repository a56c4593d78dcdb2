"""Laws every method keeps: better never rates lower, ratings stay in bounds, units do not matter, missing is not zero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contracts.terms.tree import Direction, Kind, Measure, Method, Node
from evaluation.arithmetic.beside import points_of
from evaluation.arithmetic.outcomes import NotRated, Points, Rating
from evaluation.arithmetic.rating import rate
from office.decimals import plain

D = Decimal
UP, DOWN = Direction.UP, Direction.DOWN
YEAR = 2026
figure = st.decimals("0.5", "500", places=2)
RATED = tuple(
    method
    for method in Method
    if method not in {Method.NINE_GRADE, Method.BONUS, Method.PENALTY, Method.SHOWN}
)
HANDBOOK = frozenset(RATED) - {Method.TIERED, Method.CRITERIA, Method.ALL_OR_NOTHING}
"""Rated between 20 and 100; the others from 0, a tier from its base."""
NO_ZERO = frozenset(
    {Method.GLOBAL, Method.CRITERIA, Method.TREND, Method.BETA, Method.LONG_TERM, Method.ALL_OR_NOTHING}
)
"""Methods that look at differences alone: another zero of the scale (℃, ℉) changes nothing."""
TINY = Fraction(1, 10**30)
"""Square roots are taken to fifty digits."""


@st.composite
def measures(draw: st.DrawFn, method: Method) -> Measure:
    """A definition sheet of a method that can be rated more often than not, with an actual figure."""
    direction = draw(st.sampled_from(Direction))
    history = tuple((YEAR - back, draw(figure)) for back in range(5, 0, -1))
    told: dict[str, str] = {}
    up = direction is UP
    if method is Method.GLOBAL:
        low, high = sorted(draw(st.lists(figure, min_size=2, max_size=2, unique=True)))
        told = {"best": plain(high if up else low), "worst": plain(low if up else high)}
    elif method is Method.CRITERIA:
        values = sorted(draw(st.lists(figure, min_size=5, max_size=5, unique=True)), reverse=up)
        told = {"values": " ".join(map(plain, values))}
    elif method is Method.LONG_TERM:
        low, high = sorted(draw(st.lists(figure, min_size=2, max_size=2, unique=True)))
        start, goal = (low, high) if up else (high, low)
        first = draw(st.integers(YEAR - 5, YEAR - 1))
        told = {
            "start_year": str(first), "start": plain(start),
            "goal_year": str(draw(st.integers(YEAR, YEAR + 5))), "goal": plain(goal),
        }  # fmt: skip
    elif method is Method.TIERED:
        limits = sorted(draw(st.lists(figure, min_size=2, max_size=3, unique=True)), reverse=True)
        bases = sorted(
            draw(st.lists(st.integers(0, 100), min_size=len(limits) + 1, max_size=len(limits) + 1))
        )
        if up:
            bases.reverse()  # more is better: the highest tier has the highest base
        parts = [f"{plain(limit)}:{base}" for limit, base in zip(limits, bases, strict=False)]
        told = {"tiers": " ".join([*parts, f":{bases[-1]}"])}
    if method in (Method.TARGET_RANGE, Method.TARGET_DEVIATION, Method.TIERED) and draw(st.booleans()):
        told["main"] = "yes"
    if draw(st.booleans()):
        told["whole"] = "yes"
    target = draw(figure)
    return Measure(
        direction,
        method,
        history=history,
        target=target,
        actual=draw(figure),
        settings=tuple(sorted(told.items())),
    )


def rated(measure: Measure) -> Fraction | None:
    outcome = rate(Node("1", "지표", Kind.INDICATOR, D(8), measure=measure), year=YEAR)
    return outcome.exact if isinstance(outcome, Rating) else None


methods = pytest.mark.parametrize("method", RATED)


@methods
@settings(max_examples=80, deadline=None)
@given(data=st.data(), other=figure)
def test_a_better_figure_never_rates_lower_in_either_direction(
    method: Method, data: st.DataObject, other: Decimal
) -> None:
    measure = data.draw(measures(method))
    assert measure.actual is not None
    low, high = sorted((measure.actual, other))
    worse, better = (low, high) if measure.direction is UP else (high, low)
    at_worse, at_better = (rated(replace(measure, actual=each)) for each in (worse, better))
    assert (at_worse is None) == (at_better is None)
    if at_worse is not None and at_better is not None:
        assert at_better >= at_worse


@methods
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_ratings_stay_within_their_bounds(method: Method, data: st.DataObject) -> None:
    measure = data.draw(measures(method))
    rating = rated(measure)
    assume(rating is not None)
    assert rating is not None
    whole = "whole" in dict(measure.settings)
    assert (20 if method in HANDBOOK and not whole else 0) <= rating <= 100


def scaled(measure: Measure, change: Callable[[Decimal], Decimal]) -> Measure:
    """The sheet with every figure in another unit."""

    def told(name: str, text: str) -> str:
        if name in {"best", "worst", "start", "goal"}:
            return plain(change(D(text)))
        if name == "values":
            return " ".join(plain(change(D(each))) for each in text.split())
        if name == "tiers":
            pairs = [each.split(":") for each in text.split()]
            return " ".join(f"{plain(change(D(limit))) if limit else ''}:{base}" for limit, base in pairs)
        return text

    assert measure.target is not None
    assert measure.actual is not None
    return replace(
        measure,
        history=tuple((year, change(value)) for year, value in measure.history),
        target=change(measure.target),
        actual=change(measure.actual),
        settings=tuple((name, told(name, text)) for name, text in measure.settings),
    )


@methods
@settings(max_examples=60, deadline=None)
@given(data=st.data(), times=st.sampled_from(list(map(D, ("0.001", "0.01", "12", "1000")))))
def test_another_unit_changes_no_rating(method: Method, data: st.DataObject, times: Decimal) -> None:
    measure = data.draw(measures(method))
    before, after = rated(measure), rated(scaled(measure, lambda value: value * times))
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert abs(before - after) < TINY


@pytest.mark.parametrize("method", sorted(NO_ZERO))
@settings(max_examples=60, deadline=None)
@given(data=st.data(), plus=st.integers(-1000, 1000))
def test_another_zero_changes_no_rating_where_only_differences_count(
    method: Method, data: st.DataObject, plus: int
) -> None:
    measure = data.draw(measures(method))
    before, after = rated(measure), rated(scaled(measure, lambda value: value + plus))
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert abs(before - after) < TINY


@methods
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_missing_figure_is_a_reason_and_a_zero_is_a_figure(method: Method, data: st.DataObject) -> None:
    measure = data.draw(measures(method))
    node = Node("1", "지표", Kind.INDICATOR, D(8), measure=replace(measure, actual=None))
    assert isinstance(rate(node, year=YEAR), NotRated)
    if rated(measure) is not None:
        assert rated(replace(measure, actual=D(0))) is not None


@pytest.mark.parametrize("method", [Method.BONUS, Method.PENALTY])
@given(
    first=st.decimals(-20, 20, places=2),
    second=st.decimals(-20, 20, places=2),
    most=st.decimals("0.1", 10, places=1),
)
def test_points_beside_grow_with_the_figure_within_their_maximum(
    method: Method, first: Decimal, second: Decimal, most: Decimal
) -> None:
    sizes = []
    for actual in sorted((first, second)):
        points = points_of(Measure(UP, method, actual=actual, settings=(("maximum", str(most)),)))
        assert isinstance(points, Points)
        assert points.exact * (1 if method is Method.BONUS else -1) >= 0
        sizes.append(abs(points.exact))
    assert 0 <= sizes[0] <= sizes[1] <= most
