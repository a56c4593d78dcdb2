"""What another figure would have come to: one rating, or the whole curve of ratings around the figures that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from contracts.terms.methods import number_of
from contracts.terms.tree import Measure, Method, Node
from evaluation.arithmetic.beside import points_of
from evaluation.arithmetic.combining import Combining
from evaluation.arithmetic.marks import Grade
from evaluation.arithmetic.outcomes import Outcome, Points, Rating
from evaluation.arithmetic.rating import rate
from office.decimals import half_up

SAMPLES = 120
ROOM = Fraction(15, 100)
"""Of the width between the figures that matter, left free at both ends."""
UNRATED = frozenset({Method.NINE_GRADE, Method.SHOWN})
"""Methods that no figure moves."""


def outcome_of(
    node: Node, *, year: int, grades: Sequence[Grade | None] = (), combining: Combining = Combining.TRIMMED
) -> Outcome | Points:
    """What an indicator comes to: a rating, points beside the hundred, or why there is neither."""
    if node.is_beside and node.measure is not None:
        return points_of(node.measure)
    return rate(node, year=year, grades=grades, combining=combining)


def with_actual(node: Node, actual: Decimal | None) -> Node:
    """The indicator as it would be with another figure."""
    measure = _measure(node)
    return replace(node, measure=replace(measure, actual=actual))


@dataclass(frozen=True, slots=True)
class Curve:
    """How the rating would change with the figure: samples of (figure, rating), and the figures that matter."""

    samples: tuple[tuple[Fraction, Fraction], ...]
    worst: Fraction | None
    best: Fraction | None
    target: Decimal | None
    actual: Decimal | None
    rating: Fraction | None


def curve_of(node: Node, *, year: int, actual: Decimal | None) -> Curve | None:
    """The rating of an indicator over a range of figures; `None` where no figure makes a rating."""
    measure = _measure(node)
    probe = actual if actual is not None else _anything(measure)
    outcome = outcome_of(with_actual(node, probe), year=year) if probe is not None else None
    if measure.method in UNRATED or not isinstance(outcome, Rating | Points):
        return None
    span = outcome.span if isinstance(outcome, Rating) else None
    matter = [Fraction(each) for each in (actual, measure.target) if each is not None]
    if span is not None:
        matter += [each for each in (span.worst, span.best) if each is not None]
    if not isinstance(outcome, Rating):
        matter += [Fraction(), Fraction(number_of(measure.settings, "maximum") or 1)]
    low, high = min(matter), max(matter)
    width = high - low or abs(high) or Fraction(1)
    low, high = low - ROOM * width, high + ROOM * width
    samples = []
    for place in range(SAMPLES + 1):
        x = low + (high - low) * place / SAMPLES
        figure = half_up(x, 6)
        there = outcome_of(with_actual(node, figure), year=year)
        if isinstance(there, Rating | Points):
            samples.append((Fraction(figure), abs(there.exact)))
    given = actual is not None
    return Curve(
        tuple(samples),
        span.worst if span else None,
        span.best if span else None,
        measure.target,
        actual,
        abs(outcome.exact) if given else None,
    )


def _anything(measure: Measure) -> Decimal | None:
    """Some figure, to learn the range of a method before there is an actual one."""
    past = [value for _, value in measure.history]
    return next(
        (each for each in (measure.target, measure.baseline, *reversed(past)) if each is not None), None
    )


def _measure(node: Node) -> Measure:
    if node.measure is None:
        raise ValueError(f"{node.code} is no indicator")
    return node.measure
