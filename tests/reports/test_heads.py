"""The result of an agency's head: F14 through rulebook, contract and marks; missing is not zero; too short is not judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.terms.canonical import canonical_bytes, contract_record, tree_from_record, tree_record
from contracts.terms.head import LEADERSHIP, attained, months_in_office
from contracts.terms.tree import ContractTree, Direction, HeadContract, Kind, Measure, Method, Node
from evaluation.arithmetic.marks import Grade
from reports.heads import AGENCY, QUALITATIVE, QUANTITATIVE, HeadResult, head_result
from reports.heads import LEADERSHIP as LEADS
from reports.ranking import evaluate
from reports.recomputation import recompute, result_of, run_inputs
from reports.rulebook import Rulebook
from tests.reports.test_ranking import A, bundle, contract, rules

D = Decimal
UP, DOWN = Direction.UP, Direction.DOWN
SINCE = date(2024, 3, 2)
NINETY = (Grade.A_ZERO,) * 3
MARKS = {"HEAD-G1": (Grade.B_PLUS,) * 3, LEADERSHIP: NINETY}
F14 = rules(quantitative="13", qualitative="37")
"""The split of the handbook as far as it is known: 13 points for measured tasks."""


def task(
    code: str, actual: str | None, *, target: str = "100", weight: str = "1", direction: Direction = UP
) -> Node:
    figure = None if actual is None else D(actual)
    measure = Measure(direction, Method.TARGET_RATIO, unit="건", target=D(target), actual=figure)
    return Node(code, f"과제 {code}", Kind.INDICATOR, D(weight), measure=measure)


def graded(code: str = "HEAD-G1", weight: str = "1") -> Node:
    return Node(code, f"과제 {code}", Kind.INDICATOR, D(weight), measure=Measure(UP, Method.NINE_GRADE))


def with_head(*tasks: Node, since: date = SINCE, code: str = "a", actual: str | None = "50") -> ContractTree:
    return replace(contract(code, actual), head=HeadContract(tasks, since))


THREE = (task("HEAD-Q1", "95"), task("HEAD-Q2", "110"), task("HEAD-Q3", "80"), graded())


def judged(
    tree: ContractTree,
    rulebook: Rulebook = F14,
    marks: Mapping[str, Sequence[Grade | None]] = MARKS,
    total: str | None = "80",
) -> HeadResult:
    result = head_result(rulebook, tree, marks, None if total is None else D(total), 2026)
    assert result is not None
    return result


def points(result: HeadResult) -> dict[str, Any]:
    return {part.id: part.points for part in result.parts}


def test_the_worked_number_of_the_handbook_comes_out_of_the_whole_way() -> None:
    result = judged(with_head(*THREE))
    # 30 × 90 %, 13 × 91.67 %, 37 × 80 %, 20 × 80 %
    assert points(result) == {
        LEADS: D("27.00"),
        QUANTITATIVE: D("11.92"),
        QUALITATIVE: D("29.60"),
        AGENCY: D("16.00"),
    }
    assert (result.total, result.grade) == (D("84.52"), "우수")
    assert [part.expression for part in result.parts] == [
        "30 × 90 ÷ 100",
        "13 × (95 + 100 + 80) ÷ 3 ÷ 100",
        "37 × 80 ÷ 100",
        "20 × 80 ÷ 100",
    ]


def test_a_heavier_task_counts_more() -> None:
    result = judged(with_head(task("HEAD-Q1", "95", weight="2"), *THREE[1:]))
    quantitative = result.parts[1]
    assert quantitative.points == D("12.03")
    assert quantitative.expression == "13 × (2 × 95 + 1 × 100 + 1 × 80) ÷ 4 ÷ 100"


def test_a_task_without_a_figure_or_with_too_few_marks_leaves_the_mean_and_is_no_zero() -> None:
    tree = with_head(task("HEAD-Q1", "95"), task("HEAD-Q2", None), graded(), graded("HEAD-G2"))
    result = judged(tree, marks={**MARKS, "HEAD-G2": (Grade.E_ZERO, Grade.E_ZERO, None)})
    assert result.parts[1].points == D("12.35") and result.parts[2].points == D("29.60")
    assert [line.rating for part in result.parts for line in part.lines] == [
        D("90.00"), D("95.00"), None, D("80.00"), None,
    ]  # fmt: skip


def test_a_figure_of_nought_is_one() -> None:
    assert judged(with_head(task("HEAD-Q1", "0"), task("HEAD-Q2", "100"), graded())).parts[1].points == D(
        "6.50"
    )


@pytest.mark.parametrize(("marks", "total"), [({"HEAD-G1": NINETY}, "80"), (MARKS, None)])
def test_a_part_without_points_gives_no_total_or_is_shared_by_the_others_as_the_rulebook_says(
    marks: dict[str, Sequence[Grade | None]], total: str | None
) -> None:
    strict = judged(with_head(*THREE), marks=marks, total=total)
    assert (strict.total, strict.grade) == (None, None)
    assert strict.said() == (
        "리더십: 점수를 낼 수 없습니다" if total else "기관의 총점: 점수를 낼 수 없습니다"
    )
    lenient = rules(quantitative="13", qualitative="37", missing_part='"rescaled"')
    made = judged(with_head(*THREE), lenient, marks=marks, total=total)
    left = sum((each for each in points(made).values() if each is not None), D())
    of = 70 if total else 80
    assert made.expression == f"{left} ÷ {of} × 100" and made.total is not None
    assert abs(made.total - left / of * 100) <= D("0.005") and made.grade


@pytest.mark.parametrize(
    ("since", "months"),
    [
        (date(2026, 7, 1), 6),
        (date(2026, 7, 2), 5),
        (date(2026, 1, 1), 12),
        (date(2025, 6, 15), 18),
        (date(2027, 3, 1), 0),
    ],
)
def test_months_in_office_are_full_ones_until_the_end_of_the_year(since: date, months: int) -> None:
    assert months_in_office(since, 2026) == months


def test_a_head_of_less_than_six_months_is_not_judged_and_that_is_said() -> None:
    result = judged(with_head(*THREE, since=date(2026, 7, 2)))
    assert (result.total, result.grade, result.parts) == (None, None, ())
    assert result.said() == "재임 기간이 5개월로 6개월에 못 미쳐 평가하지 않습니다"
    assert judged(with_head(*THREE, since=date(2026, 7, 1))).total is not None


@pytest.mark.parametrize(
    ("total", "grade"),
    [("100", "우수"), ("79", "보통"), ("60", "보통"), ("59", "미흡"), ("50", "미흡"), ("49", "아주 미흡")],
)
def test_grades_are_absolute(total: str, grade: str) -> None:
    alone = rules(leadership="0", quantitative="1", qualitative="0", agency="99")
    exact = D(total) - 1
    made = judged(with_head(task("HEAD-Q1", "100"), graded()), alone, total=str(exact * 100 / 99))
    assert made.total == D(total).quantize(D("0.01")) and made.grade == grade


def test_attainment_is_a_ratio_cut_to_nought_and_a_hundred() -> None:
    assert attained(UP, D(50), D(45)) == 90 and attained(UP, D(50), D(60)) == 100
    assert attained(DOWN, D(50), D(40)) == 100 and attained(DOWN, D(40), D(50)) == 80
    assert attained(DOWN, D(50), D(0)) == 100 and attained(UP, D(50), D(-5)) == 0
    assert (
        attained(UP, None, D(1)) is None
        and attained(UP, D(1), None) is None
        and attained(UP, D(0), D(1)) is None
    )


def test_a_run_with_heads_computes_again_to_the_byte_and_one_without_says_nothing_of_them() -> None:
    plain = bundle(("a", "50", A, (9,)), ("b", "60", A, (9,)))
    assert b'"head"' not in recompute(run_inputs(F14, plain)) and b'"head"' not in run_inputs(F14, plain)
    whole = replace(
        plain,
        contracts=(with_head(*THREE), plain.contracts[1]),
        grades={**plain.grades, "a": {**plain.grades["a"], **MARKS}},
    )
    inputs = run_inputs(F14, whole)
    assert recompute(inputs) == recompute(inputs)
    result = result_of(inputs)
    assert result == evaluate(F14, whole)
    own, other = result.agency("a").head, result.agency("b").head
    assert own is not None and own.parts[1].points == D("11.92") and other is None
    assert b'"grade":"' in recompute(inputs)
    with pytest.raises(ValueError, match="unknown indicator"):
        evaluate(F14, replace(whole, contracts=plain.contracts))


def test_a_record_says_of_the_head_only_what_was_promised_and_keeps_its_bytes_without_one() -> None:
    tree = with_head(*THREE)
    assert tree.head is not None
    assert tree_from_record(tree_record(tree)) == tree
    record = contract_record(tree, cycle="2026")
    reported = replace(tree, head=replace(tree.head, since=date(2026, 5, 1), leadership="들었습니다."))
    assert canonical_bytes(contract_record(reported, cycle="2026")) == canonical_bytes(record)
    other = replace(tree, head=HeadContract((task("HEAD-Q1", "95", target="90"), *THREE[1:]), SINCE))
    assert canonical_bytes(contract_record(other, cycle="2026")) != canonical_bytes(record)
    assert "head" not in contract_record(contract("a"), cycle="2026")
