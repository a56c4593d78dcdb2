"""Each indicator is rated by the method of its definition sheet, with the settings that stand there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from contracts.terms.methods import Misread, read_settings
from contracts.terms.tree import Kind, Measure, Method, Node
from evaluation.arithmetic.marks import Grade
from evaluation.arithmetic.outcomes import NotRated
from evaluation.arithmetic.rating import rate
from tests.evaluation.test_attainment import RISING, UP, D, reason, value


def indicator(method: Method, settings: str = "", *, actual: str = "103", target: str | None = None) -> Node:
    read = read_settings(method, settings)
    assert not isinstance(read, Misread), read
    goal = None if target is None else D(target)
    measure = Measure(UP, method, history=RISING, target=goal, actual=D(actual), settings=read)
    return Node("1-1", "지표", Kind.INDICATOR, Decimal(8), measure=measure)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (indicator(Method.TARGET_RANGE), "78.61"),
        (indicator(Method.TARGET_RANGE, "주요사업"), "63.96"),
        (indicator(Method.TARGET_DEVIATION), "87.20"),
        (indicator(Method.TARGET_DEVIATION, "주요사업"), "70.40"),
        (indicator(Method.TREND), "63.32"),
        (indicator(Method.BETA), "97.34"),
        (indicator(Method.TARGET_RATIO, actual="45", target="50"), "92.00"),
        (indicator(Method.GLOBAL, "최고목표=105; 최저목표=97"), "80.00"),
        (indicator(Method.CRITERIA, "기준=120 110 100 90 80"), "83.00"),
        (indicator(Method.ALL_OR_NOTHING, target="103"), "100.00"),
        (indicator(Method.ALL_OR_NOTHING, target="104"), "0.00"),
        # base 60 of the tier from 100 on; 목표부여 gives 78.61, so (78.61… − 20)/80 of the other 40 points
        (indicator(Method.TIERED, "구간=200:20 100:60 :80"), "89.31"),
        # 2 a year, but 101 last year is beyond the 98 of the plan: from there (110 − 101)/6 = 1.5 a year, r₁ = 5/6;
        # the mean of 95, 101, 103 between 92 and 100 is r₃ = 0.9583
        (indicator(Method.LONG_TERM, "시작 연도=2021; 시작값=90; 목표 연도=2031; 목표값=110"), "91.67"),
    ],
)
def test_the_method_of_the_sheet_rates(node: Node, expected: str) -> None:
    assert value(rate(node, year=2026)) == D(expected)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (indicator(Method.TARGET_RATIO, "전부 이루어야 인정", target="103"), "100.00"),
        (indicator(Method.TARGET_RATIO, "전부 이루어야 인정", target="103.01"), "0.00"),
        (indicator(Method.TARGET_RANGE, "주요사업; 전부 이루어야 인정", target="103"), "63.96"),
        (indicator(Method.TARGET_RANGE, "주요사업; 전부 이루어야 인정", target="104"), "0.00"),
        (indicator(Method.TREND, "전부 이루어야 인정"), "0.00"),
        (indicator(Method.CRITERIA, "기준=103 100 90 80 70; 전부 이루어야 인정"), "100.00"),
    ],
)
def test_what_is_not_to_be_divided_counts_when_the_target_is_reached_or_the_rating_is_full(
    node: Node, expected: str
) -> None:
    # F31: an indivisible promise (Rwanda, imihigo) beside the methods of the handbook
    assert value(rate(node, year=2026)) == D(expected)


def test_graded_work_that_is_not_to_be_divided_needs_the_best_grade_of_all() -> None:
    node = indicator(Method.NINE_GRADE, "전부 이루어야 인정")
    assert value(rate(replaced(node), year=2026, grades=[Grade.A_PLUS] * 3)) == D("100.00")
    assert value(rate(replaced(node), year=2026, grades=[Grade.A_PLUS, Grade.A_PLUS, Grade.A_ZERO])) == 0
    assert isinstance(rate(replaced(node), year=2026, grades=[Grade.A_PLUS] * 2), NotRated)


def replaced(node: Node) -> Node:
    """The node as graded indicators are: without a figure of its own."""
    assert node.measure is not None
    return replace(node, measure=replace(node.measure, actual=None))


def test_grades_rate_what_experts_judge_and_nothing_rates_what_is_only_shown() -> None:
    assert value(rate(indicator(Method.NINE_GRADE), year=2026, grades=[Grade.A_ZERO] * 3)) == D("90.00")
    assert reason(rate(indicator(Method.SHOWN), year=2026))


@pytest.mark.parametrize("method", [each for each in Method if each is not Method.NINE_GRADE])
def test_without_an_actual_figure_no_method_rates(method: Method) -> None:
    """Missing is not zero."""
    settings = {
        Method.LONG_TERM: "시작 연도=2021; 시작값=90; 목표 연도=2031; 목표값=110",
        Method.GLOBAL: "최고목표=105; 최저목표=97",
        Method.TIERED: "구간=200:20 :80",
        Method.CRITERIA: "기준=120 110 100 90 80",
        Method.BONUS: "최대 가점=1",
        Method.PENALTY: "최대 감점=1",
    }
    node = indicator(method, settings.get(method, ""), target="100")
    assert node.measure is not None
    blank = replace(node, measure=replace(node.measure, actual=None))
    assert isinstance(rate(blank, year=2026), NotRated)
