"""Weights are points that add up, to the last hundredth."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.terms.points import equal_shares, largest_remainder, unbalanced, with_blank_weights_filled
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node, indicators, tasks, walk

D = Decimal
MEASURE = Measure(Direction.UP, Method.TARGET_RATIO)


def indicator(code: str, weight: str | None) -> Node:
    return Node(code, f"지표 {code}", Kind.INDICATOR, D(weight) if weight else None, measure=MEASURE)


def task(code: str, weight: str | None, *children: Node) -> Node:
    return Node(code, f"과제 {code}", Kind.TASK, D(weight) if weight else None, children=children)


def contract(*children: Node) -> ContractTree:
    return ContractTree("A01", "예시공사", "공공기관", children)


def test_a_balanced_contract_has_no_imbalance() -> None:
    tree = contract(
        task("1", "60", indicator("1-1", "25.5"), indicator("1-2", "34.5")),
        task("2", "40", indicator("2-1", "40")),
    )
    assert unbalanced(tree) == ()


def test_an_imbalance_names_the_node_with_both_sums() -> None:
    tree = contract(task("1", "60", indicator("1-1", "25"), indicator("1-2", "34.5")), task("2", "0"))
    root, node = unbalanced(tree)
    assert (root.path, root.stated, root.summed) == ((), D(100), D(60))
    assert (node.path, node.code, node.stated, node.summed) == (("과제 1",), "1", D(60), D("59.5"))
    assert node.said() == "과제 1: 배점은 60점인데 아래 항목의 합은 59.5점입니다"
    assert root.said() == "과제 배점의 합이 100점이어야 하는데 60점입니다"


def test_a_weighted_task_without_indicators_is_an_imbalance_and_a_weightless_one_is_not() -> None:
    tree = contract(task("1", "100", indicator("1-1", "100")), task("2", "0"))
    assert unbalanced(tree) == ()
    tree = contract(task("1", "90", indicator("1-1", "90")), task("2", "10"))
    assert [each.code for each in unbalanced(tree)] == ["2"]


def test_the_sum_is_asked_only_of_filled_weights() -> None:
    with pytest.raises(ValueError, match="blank"):
        unbalanced(contract(task("1", None, indicator("1-1", "100"))))


def test_goals_nest_over_tasks_and_the_walk_names_the_way() -> None:
    goal = Node("G1", "목표 1", Kind.GOAL, D(100), children=(task("1", "100", indicator("1-1", "100")),))
    tree = contract(goal)
    assert unbalanced(tree) == ()
    assert [path for path, _ in walk(tree)] == [
        ("목표 1",),
        ("목표 1", "과제 1"),
        ("목표 1", "과제 1", "지표 1-1"),
    ]
    assert [node.code for node in tasks(tree)] == ["1"]
    assert [node.code for node in indicators(tree)] == ["1-1"]


def test_a_hundred_points_among_191_indicators_add_up_to_a_hundred() -> None:
    shares = equal_shares(D(100), 191)
    assert sum(shares) == D(100)
    assert set(shares) == {D("0.52"), D("0.53")}


def test_largest_remainder_gives_what_is_left_to_the_largest_remainders() -> None:
    # Hare-Niemeyer on the textbook seats 47000 16000 15900 12000 6000 3100 for ten seats: 5 2 1 1 1 0
    votes = [D(each) for each in (47000, 16000, 15900, 12000, 6000, 3100)]
    assert largest_remainder(D(10), votes, D(1)) == tuple(map(D, (5, 2, 1, 1, 1, 0)))


@given(st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=40), st.integers(0, 100000))
def test_shares_always_add_up_and_differ_from_the_quota_by_less_than_a_unit(
    parts: list[D], hundredths: int
) -> None:
    total = D(hundredths) / 100
    if sum(parts) <= 0:
        with pytest.raises(ValueError, match="nothing"):
            largest_remainder(total, parts)
        return
    shares = largest_remainder(total, parts)
    assert sum(shares) == total
    assert all(
        abs(share - total * part / sum(parts)) < D("0.0100001")
        for share, part in zip(shares, parts, strict=True)
    )


def test_all_weights_blank_share_a_hundred_over_the_indicators() -> None:
    tree = with_blank_weights_filled(
        contract(
            task("1", None, indicator("1-1", None), indicator("1-2", None)),
            task("2", None, indicator("2-1", None)),
            task("3", None),
        )
    )
    assert [node.weight for node in indicators(tree)] == [D("33.34"), D("33.33"), D("33.33")]
    assert [node.weight for node in tasks(tree)] == [D("66.67"), D("33.33"), D(0)]
    assert unbalanced(tree) == ()


def test_a_blank_task_is_the_sum_of_its_indicators() -> None:
    tree = with_blank_weights_filled(
        contract(task("1", None, indicator("1-1", "30"), indicator("1-2", "70")))
    )
    assert tasks(tree)[0].weight == D(100)


def test_blank_indicators_share_their_tasks_points() -> None:
    tree = with_blank_weights_filled(
        contract(
            task("1", "10", *(indicator(f"1-{i}", None) for i in range(3))),
            task("2", "90", indicator("2-1", "90")),
        )
    )
    assert [node.weight for node in indicators(tree)] == [D("3.34"), D("3.33"), D("3.33"), D("90")]


def test_one_blank_among_weighted_brothers_stays_blank_to_be_refused() -> None:
    tree = with_blank_weights_filled(
        contract(task("1", "100", indicator("1-1", "60"), indicator("1-2", None)))
    )
    assert [node.weight for node in indicators(tree)] == [D(60), None]
