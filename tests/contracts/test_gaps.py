"""What is missing before a contract is handed in, and the running sums, on plain values."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from contracts.terms.branches import next_code, place_of, room_for
from contracts.terms.gaps import gaps, sum_below
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from contracts.writing.wording import branch_mark, form_of_node, read_node, seen_of
from tests.seeding import TRANSPORT, TREES, YEAR

FULL = Measure(
    Direction.UP,
    Method.TARGET_RATIO,
    unit="건",
    definition="한 일",
    target=Decimal(10),
    source="장부",
    formula="합",
    supplied_by="기획과",
    checked_by="감사과",
)


def contract(*measures: Measure, weight: Decimal | None = None) -> ContractTree:
    share = Decimal(100) / len(measures) if weight is None else weight
    leaves = tuple(
        Node(f"I-{i}", f"지표 {i}", Kind.INDICATOR, share, measure=measure)
        for i, measure in enumerate(measures, start=1)
    )
    return ContractTree("A", "기관", "", (Node("T-1", "과제", Kind.TASK, Decimal(100), children=leaves),))


def said_of(tree: ContractTree) -> list[tuple[str, str]]:
    return [(gap.code, gap.said()) for gap in gaps(tree, YEAR)]


def test_a_complete_contract_has_no_gaps() -> None:
    assert gaps(contract(FULL), YEAR) == ()


def test_an_empty_contract_says_what_comes_first() -> None:
    assert said_of(ContractTree("A", "기관")) == [("", "과제를 하나 이상 적어 주십시오")]


@pytest.mark.parametrize("blank", ["definition", "unit", "formula", "source", "supplied_by", "checked_by"])
def test_every_blank_of_a_sheet_is_a_gap(blank: str) -> None:
    without: dict[str, Any] = {blank: ""}
    (gap,) = gaps(contract(replace(FULL, **without)), YEAR)
    assert gap.code == "I-1"


def test_what_experts_grade_needs_neither_unit_nor_formula() -> None:
    graded = replace(FULL, method=Method.NINE_GRADE, unit="", formula="", target=None)
    assert gaps(contract(graded), YEAR) == ()


def test_a_promise_of_a_figure_says_which_figure() -> None:
    expected = ("I-1", "목표를 적어 주십시오")
    asked = {
        method
        for method in Method
        if expected in said_of(contract(replace(FULL, method=method, target=None)))
    }
    assert set(Method) - asked == {Method.NINE_GRADE, Method.BONUS, Method.PENALTY, Method.SHOWN}


@pytest.mark.parametrize(
    ("method", "years", "missing"),
    [
        (Method.TARGET_RANGE, (2024, 2025), ""),
        (Method.TARGET_RANGE, (2023, 2025), "2024"),
        (Method.TREND, (2023, 2024, 2025), ""),
        (Method.TREND, (2021, 2022), "2023, 2024, 2025"),
    ],
)
def test_a_method_names_the_past_years_it_lacks(method: Method, years: tuple[int, ...], missing: str) -> None:
    history = tuple((year, Decimal(1)) for year in years)
    found = said_of(contract(replace(FULL, method=method, history=history)))
    expected = f"이 방법에는 지난 값이 있어야 합니다. 비어 있는 해: {missing}"
    assert found == ([("I-1", expected)] if missing else [])


def test_a_required_setting_is_named_by_its_label() -> None:
    found = said_of(contract(replace(FULL, method=Method.GLOBAL, settings=(("best", "9"),))))
    assert found == [("I-1", "점수 매기는 방법의 '최저목표' 칸을 적어 주십시오")]


def test_blank_and_uneven_points_are_both_named() -> None:
    tree = contract(FULL, FULL)
    task = tree.children[0]
    uneven = replace(task, children=(replace(task.children[0], weight=None), task.children[1]))
    assert said_of(replace(tree, children=(uneven,))) == [
        ("I-1", "배점을 적어 주십시오"),
        ("T-1", "배점은 100점인데 아래 항목의 합은 50점입니다"),
    ]


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (("20", "8"), "아래 항목의 합 28 / 30점, 2점이 남았습니다"),
        (("20", "10.5"), "아래 항목의 합 30.5 / 30점, 0.5점이 넘칩니다"),
        (("20", "10"), "아래 항목의 합 30 / 30점, 꼭 맞습니다"),
        (("30", None), "아래 항목의 합 30 / 30점, 배점이 빈 항목이 있습니다"),
    ],
)
def test_the_running_sum_says_how_much_is_left(weights: tuple[str | None, ...], said: str) -> None:
    leaves = tuple(
        Node(f"I-{i}", "지표", Kind.INDICATOR, Decimal(weight) if weight else None, measure=FULL)
        for i, weight in enumerate(weights)
    )
    assert sum_below(Node("T", "과제", Kind.TASK, Decimal(30), children=leaves)).said() == said


def test_a_form_read_back_unchanged_changes_nothing() -> None:
    for tree in TREES:
        for task in (each for goal in tree.children for each in (goal, *goal.children)):
            for node in (task, *task.children):
                form = form_of_node(node, YEAR)
                assert read_node(node, form, tree.agency_code, YEAR) == node


def test_the_mark_of_a_node_changes_with_its_own_fields_only() -> None:
    task = TRANSPORT.children[1]
    use = task.children[0]
    assert use.measure
    reported = replace(use, measure=replace(use.measure, actual=Decimal(1)), result="다 했습니다")
    assert seen_of(reported) == seen_of(use)
    assert seen_of(replace(task, children=())) == seen_of(task)
    assert branch_mark(replace(task, children=())) != branch_mark(task)
    for other in (replace(use, weight=None), replace(use, title="다른 이름")):
        assert seen_of(other) != seen_of(use)


def test_a_code_is_never_given_twice() -> None:
    assert next_code(Kind.TASK, []) == "T-1"
    assert next_code(Kind.TASK, ["T-1", "T-9", "I-20", "T-x"]) == "T-10"


def test_a_node_has_room_where_its_kind_may_stand_and_never_below_itself() -> None:
    inner = Node("G-2", "작은 목표", Kind.GOAL, None)
    outer = Node("G-1", "큰 목표", Kind.GOAL, None, children=(inner,))
    tree = ContractTree("A", "기관", "", (outer, Node("T-1", "과제", Kind.TASK, None)))
    rooms = {code: room_for(tree, place) for code in ("G-1", "G-2", "T-1") if (place := place_of(tree, code))}
    assert rooms == {
        "G-1": [],
        "G-2": [(None, "")],
        "T-1": [(outer, "큰 목표"), (inner, "큰 목표 › 작은 목표")],
    }
