"""The rating of one indicator by the method of its definition sheet."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from contracts.terms.methods import is_set, number_of, numbers_of, tiers_of, year_of
from contracts.terms.standing import met
from contracts.terms.tree import Measure, Method, Node
from evaluation.arithmetic.attainment import global_range, target_deviation, target_range, target_ratio
from evaluation.arithmetic.combining import Combining, expert_rating
from evaluation.arithmetic.criteria import Tier, all_or_nothing, criteria_values, indivisible, tiered
from evaluation.arithmetic.marks import Grade
from evaluation.arithmetic.outcomes import CEILING, FLOOR, NO_ACTUAL, NO_TARGET, NotRated, Outcome, Rating
from evaluation.arithmetic.trend import beta, long_term, trend
from office.decimals import half_up
from office.i18n import N_

TIER_PLACES = 4
"""Decimal places of the attainment within a tier."""


def rate(
    node: Node,
    *,
    year: int,
    grades: Sequence[Grade | None] = (),
    combining: Combining = Combining.TRIMMED,
) -> Outcome:
    """The rating of an indicator, for the results of `year`; bonus and penalty have none (evaluation/arithmetic/beside.py)."""
    measure = node.measure
    if measure is None:
        return NotRated(NO_ACTUAL)
    outcome = _rated(measure, year, grades, combining)
    if isinstance(outcome, Rating) and is_set(measure.settings, "whole"):
        return indivisible(outcome, met(measure))
    return outcome


def _rated(measure: Measure, year: int, grades: Sequence[Grade | None], combining: Combining) -> Outcome:
    direction, history, actual = measure.direction, measure.history, measure.actual
    main, outlier = is_set(measure.settings, "main"), year_of(measure.settings, "outlier")
    match measure.method:
        case Method.TARGET_RANGE:
            return target_range(direction, history, actual, year=year, main=main, outlier=outlier)
        case Method.TARGET_DEVIATION:
            return target_deviation(direction, history, actual, year=year, main=main, outlier=outlier)
        case Method.LONG_TERM:
            return _on_the_way(measure, year)
        case Method.TREND:
            return trend(direction, history, actual, year=year)
        case Method.BETA:
            return beta(direction, history, actual, year=year)
        case Method.TARGET_RATIO:
            return target_ratio(direction, measure.target, actual)
        case Method.GLOBAL:
            best, worst = number_of(measure.settings, "best"), number_of(measure.settings, "worst")
            return global_range(best, worst, actual)
        case Method.TIERED:
            return _in_its_tier(measure, year)
        case Method.CRITERIA:
            return criteria_values(numbers_of(measure.settings, "values"), actual)
        case Method.ALL_OR_NOTHING:
            return all_or_nothing(direction, measure.target, actual)
        case Method.NINE_GRADE:
            return expert_rating(grades, combining)
        case Method.BONUS | Method.PENALTY:
            return NotRated(N_("평점이 아니라 총점에 따로 더하거나 빼는 점수입니다"))
        case Method.SHOWN:
            return NotRated(N_("점수 없이 보여 드리기만 하는 지표입니다"))


def _on_the_way(measure: Measure, year: int) -> Outcome:
    settings = measure.settings
    first, start = year_of(settings, "start_year"), number_of(settings, "start")
    last, goal = year_of(settings, "goal_year"), number_of(settings, "goal")
    if first is None or start is None or last is None or goal is None:
        return NotRated(NO_TARGET)
    return long_term((first, start), (last, goal), measure.history, measure.actual, year=year)


def _in_its_tier(measure: Measure, year: int) -> Outcome:
    """The tier of the actual figure, and the attainment by 목표부여 as the place within it."""
    attained = target_range(
        measure.direction,
        measure.history,
        measure.actual,
        year=year,
        main=is_set(measure.settings, "main"),
        outlier=year_of(measure.settings, "outlier"),
    )
    if isinstance(attained, NotRated):
        return attained
    reached = half_up((attained.exact - FLOOR) / (CEILING - FLOOR), TIER_PLACES)
    tiers = [Tier(limit, base) for limit, base in tiers_of(measure.settings)]
    outcome = tiered(tiers, measure.actual, reached)
    if isinstance(outcome, NotRated):
        return outcome
    return Rating(Fraction(outcome.exact), (*attained.steps, *outcome.steps), attained.span)
