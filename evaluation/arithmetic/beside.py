"""Bonus and penalty: points beside the hundred, with a ceiling of their own; no rating and no band changes by them.

The handbook and local schemes add such points to the total (충남 2021: 공통과제 ± α; 부안 2024: 가점 2.5점까지).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contracts.terms.methods import number_of
from contracts.terms.tree import Measure, Method
from evaluation.arithmetic.outcomes import NO_ACTUAL, NotRated, Points, step
from office.decimals import half_up, plain
from office.i18n import N_

NO_MAXIMUM = N_("최대 점수가 정해지지 않았습니다")


def points_of(measure: Measure) -> Points | NotRated:
    """The points of a bonus (positive) or a penalty (negative): the figure, between nothing and the sheet's maximum.

    Without a figure there are none: nothing is added and nothing is taken.
    """
    maximum = number_of(measure.settings, "maximum")
    if measure.actual is None:
        return NotRated(NO_ACTUAL)
    if maximum is None:
        return NotRated(NO_MAXIMUM)
    recognised = min(max(Fraction(measure.actual), Fraction()), Fraction(maximum))
    expression = f"min(max({plain(measure.actual)}, 0), {plain(maximum)})"
    if measure.method is Method.PENALTY:
        return Points(-recognised, (step(N_("감점: 0점과 최대 감점 사이"), expression, recognised),))
    return Points(recognised, (step(N_("가점: 0점과 최대 가점 사이"), expression, recognised),))


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How much a contract's bonuses and penalties may count together; `capped`: the total stays within 0 and 100."""

    bonus: Decimal
    penalty: Decimal
    capped: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What the bonuses and penalties of a contract add up to, and what of it counts; penalties as positive points."""

    bonus: Decimal
    bonus_counted: Decimal
    penalty: Decimal
    penalty_counted: Decimal

    @property
    def counted(self) -> Decimal:
        """What is added to the total; below zero where penalties outweigh."""
        return self.bonus_counted - self.penalty_counted


def counted(points: Iterable[Decimal], ceiling: Ceiling, places: int) -> Beside:
    """The points of all bonuses and penalties of a contract under the rulebook's ceiling; rounded to `places`, half-up."""
    given = list(points)
    bonus = sum((each for each in given if each > 0), Decimal())
    penalty = -sum((each for each in given if each < 0), Decimal())
    return Beside(
        half_up(bonus, places),
        half_up(min(bonus, ceiling.bonus), places),
        half_up(penalty, places),
        half_up(min(penalty, ceiling.penalty), places),
    )
