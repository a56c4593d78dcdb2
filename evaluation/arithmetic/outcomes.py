"""What a method answers: a rating with the steps that lead to it, or why there is none.

Ratings are exact fractions; they are rounded where they are published, half-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from office.decimals import half_up, plain
from office.i18n import N_, translate

FLOOR = Fraction(20)
CEILING = Fraction(100)
"""A rating lies between them (2026년도 공공기관 경영평가편람 p. 43, printed page)."""
RATING_PLACES = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One line of how a rating came about: what it is (Korean source text), the expression, its value."""

    label: str
    expression: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """The figures at which a method gives its lowest (`None`: there is no such figure) and its full rating."""

    worst: Fraction | None
    best: Fraction


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating of 0 to 100, exact, with the steps that lead to it, and between which figures it moves."""

    exact: Fraction
    steps: tuple[Step, ...] = ()
    span: Span | None = None

    @property
    def value(self) -> Decimal:
        """The rating as published: half-up to two places."""
        return half_up(self.exact, RATING_PLACES)


@dataclass(frozen=True, slots=True)
class Points:
    """Points beside the hundred, exact: above zero they are added to the total, below zero taken from it."""

    exact: Fraction
    steps: tuple[Step, ...] = ()

    @property
    def value(self) -> Decimal:
        """The points as published: half-up to two places."""
        return half_up(self.exact, RATING_PLACES)


@dataclass(frozen=True, slots=True)
class NotRated:
    """Why there is no rating: missing, which is not zero."""

    reason: str
    values: Mapping[str, str] = field(default_factory=dict)

    def said(self) -> str:
        """The sentence for people, in the language of the request."""
        return translate(self.reason, **self.values)

    def said_in_korean(self) -> str:
        """The sentence as it is stored, whatever the language of the request."""
        return translate(self.reason, "ko", **self.values)


Outcome = Rating | NotRated
"""What a method answers for a rated indicator; bonus and penalty answer with `Points`."""

NO_ACTUAL = N_("실적이 아직 없습니다")
NO_TARGET = N_("목표가 없습니다")


def rated(computed: Fraction, expression: str, before: tuple[Step, ...], span: Span | None = None) -> Rating:
    """The rating between floor and ceiling; a limit that takes effect is a step of its own."""
    if FLOOR <= computed <= CEILING:
        last = step(N_("평점(20점에서 100점 사이)"), expression, computed)
        return Rating(computed, (*before, last), span)
    whole = half_up(computed, RATING_PLACES)
    if computed > CEILING:
        exact, label, limited = CEILING, N_("100점을 넘어 100점으로 합니다"), f"min({plain(whole)}, 100)"
    else:
        exact, label, limited = FLOOR, N_("20점에 못 미쳐 20점으로 합니다"), f"max({plain(whole)}, 20)"
    limit = (Step(N_("계산한 평점"), expression, whole), step(label, limited, exact))
    return Rating(exact, (*before, *limit), span)


def short(value: Fraction | Decimal) -> str:
    """A figure as a step writes it: four decimal places at most."""
    return plain(half_up(value, 4))


def step(label: str, expression: str, value: Fraction) -> Step:
    """A line of the way, its value to four places."""
    return Step(label, expression, half_up(value, 4))
