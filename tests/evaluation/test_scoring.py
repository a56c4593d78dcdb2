"""Scores up the tree: published score sheets to the last hundredth, and what is missing left out of both sums."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from evaluation.arithmetic.marks import POINTS, Grade
from evaluation.arithmetic.outcomes import NotRated
from evaluation.arithmetic.scoring import Rounding, ScoredNode, Source, band, score_tree
from office.decimals import half_up
from tests.data import acceptance_data

D = Decimal


def ratio(code: str, weight: str, actual: str | None, target: str = "100") -> Node:
    """An indicator whose rating is 20 + 0.8 × actual."""
    measure = Measure(
        Direction.UP, Method.TARGET_RATIO, target=D(target), actual=None if actual is None else D(actual)
    )
    return Node(code, code, Kind.INDICATOR, D(weight), measure=measure)


def graded(code: str, weight: str) -> Node:
    return Node(code, code, Kind.INDICATOR, D(weight), measure=Measure(Direction.UP, Method.NINE_GRADE))


def shown(code: str, weight: str) -> Node:
    return Node(
        code, code, Kind.INDICATOR, D(weight), measure=Measure(Direction.UP, Method.SHOWN, actual=D(3))
    )


def task(code: str, *children: Node) -> Node:
    weight = sum((child.weight or D(0) for child in children), D(0))
    return Node(code, code, Kind.TASK, weight, children=children)


def scored(*nodes: Node, **grades: list[Grade | None]) -> ScoredNode:
    return score_tree(ContractTree("A", "가", children=nodes), year=2026, grades=grades)


def test_a_leaf_is_rounded_half_up_to_hundredths() -> None:
    # F1: 8 × 64.26 → 5.14 (Jongno 2-4-1); 20 + 0.8 × 55.325 = 64.26
    leaf = scored(task("1", ratio("a", "8", "55.325"))).children[0].children[0]
    assert (leaf.rating, leaf.score, leaf.band) == (D("64.26"), D("5.14"), 4)


def test_a_grade_times_its_weight() -> None:
    # F4: weight 6, B+ → 4.80 (경영평가편람 p. 41)
    leaf = scored(task("1", graded("a", "6")), a=[Grade.B_PLUS] * 3).children[0].children[0]
    assert (leaf.score, leaf.source) == (D("4.80"), Source.EXPERT)


def test_a_parent_is_the_sum_of_scores_and_never_the_mean_of_ratings() -> None:
    # F2: Jongno 2-2: 5.14 + 5.00 of 13 → 78.00
    parent = scored(task("2-2", ratio("a", "8", "55.325"), ratio("b", "5", "100"))).children[0]
    assert (parent.score, parent.rating, parent.band) == (D("10.14"), D("78.00"), 3)
    # F2: Jongno 2-1: 5.02 + 7 + 6 of 19 → 94.84; 83.67 = 20 + 0.8 × 79.5875
    parent = scored(
        task("2-1", ratio("a", "6", "79.5875"), ratio("b", "7", "100"), ratio("c", "6", "100"))
    ).children[0]
    assert (parent.score, parent.rating) == (D("18.02"), D("94.84"))


def test_what_is_missing_is_left_out_of_both_sums() -> None:
    # F15 (경영평가편람 p. 69): 81.20 of 95 → 85.47
    root = scored(task("1", ratio("a", "40", "81.25"), ratio("b", "55", "82.272727"), ratio("c", "5", None)))
    assert (root.score, root.available, root.rating) == (D("81.20"), D(95), D("85.47"))


def test_an_indicator_that_is_only_shown_counts_nowhere() -> None:
    root = scored(task("1", ratio("a", "60", "100"), shown("b", "40")))
    assert (root.available, root.rating) == (D(60), D("100.00"))
    leaf = root.children[0].children[1]
    assert (leaf.score, leaf.rating, leaf.source) == (None, None, Source.SHOWN)
    assert isinstance(leaf.outcome, NotRated)


def test_nothing_rated_is_no_score_at_all() -> None:
    root = scored(task("1", graded("a", "100")), a=[Grade.C, None])
    assert (root.score, root.rating, root.band) == (None, None, None)


def test_a_zero_weight_promise_has_no_rating() -> None:
    root = scored(task("1", ratio("a", "100", "50")), Node("2", "버스", Kind.TASK, D(0)))
    assert root.children[1].rating is None
    assert root.rating == D("60.00")


def test_only_the_sources_asked_for_count() -> None:
    tree = ContractTree("A", "가", children=(task("1", ratio("a", "60", "100"), graded("b", "40")),))
    grades = {"b": [Grade.C] * 3}
    alone = score_tree(tree, year=2026, grades=grades, sources={Source.QUANTITATIVE})
    assert (alone.available, alone.rating) == (D(60), D("100.00"))
    both = score_tree(tree, year=2026, grades=grades)
    assert (both.available, both.rating) == (D(100), D("84.00"))


def test_a_rating_stays_exact_until_the_score_unless_the_rule_rounds_it_first() -> None:
    tree = ContractTree("A", "가", children=(task("1", graded("a", "3.03")), task("2", graded("b", "96.97"))))
    grades = {
        "a": [Grade.B_PLUS, Grade.B_PLUS, Grade.A_ZERO]
    }  # 250 / 3, and 3.03 × 250 / 3 / 100 = 2.525 exactly
    assert score_tree(tree, year=2026, grades=grades).score == D("2.53")
    early = score_tree(tree, year=2026, grades=grades, rounding=Rounding(rating=2))
    assert early.score == D("2.52")


@pytest.mark.parametrize(
    ("rating", "shown_band"),
    [
        ("100", 1),
        ("90", 1),
        ("89.99", 2),
        ("80", 2),
        ("79.99", 3),
        ("70", 3),
        ("60", 4),
        ("59.99", 5),
        ("0", 5),
    ],
)
def test_bands(rating: str, shown_band: int) -> None:
    assert band(D(rating)) == shown_band


@given(
    st.lists(
        st.tuples(st.decimals("0.01", 50, places=2), st.none() | st.decimals(0, 150, places=2)),
        min_size=1,
        max_size=12,
    ),
    st.randoms(),
)
def test_scores_are_bounded_add_up_and_do_not_depend_on_order(
    leaves: list[tuple[Decimal, Decimal | None]], random: object
) -> None:
    nodes = [
        replace(ratio(str(i), "1", None if actual is None else str(actual)), weight=weight)
        for i, (weight, actual) in enumerate(leaves)
    ]
    root = scored(task("1", *nodes))
    random.shuffle(nodes)  # type: ignore[attr-defined]  # hypothesis types its Random as object
    again = scored(task("1", *nodes))
    assert (root.score, root.rating, root.available) == (again.score, again.rating, again.available)
    if root.score is None or root.rating is None:
        assert all(actual is None for _, actual in leaves)
        return
    assert root.score == sum(leaf.score for leaf in root.children[0].children if leaf.score is not None)
    assert D(0) <= root.score <= root.available + D("0.005") * len(leaves)


def test_the_published_score_sheet_of_jongno_adds_up() -> None:
    """The sheet's own codes differ from its headings by one, so parents are joined in the order of the file."""
    with acceptance_data("cases/jongno_latest_scorecard.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["level"].isdigit()]
    at = 0

    def branch(level: int) -> list[tuple[dict[str, str], list[dict[str, str]]]]:
        nonlocal at
        found = []
        while at < len(rows) and int(rows[at]["level"]) == level:
            row = rows[at]
            at += 1
            start = at
            branch(level + 1)
            below = [each for each in rows[start:at] if int(each["level"]) == level + 1]
            found.append((row, below))
            checked.append((row, below))
        return found

    checked: list[tuple[dict[str, str], list[dict[str, str]]]] = []
    branch(1)
    assert len(checked) == len(rows)
    for row, below in checked:
        weight, rating, score = D(row["weight"]), D(row["rating"]), D(row["score"])
        assert band(rating) == int(row["band"])
        if below:
            assert score == sum(D(each["score"]) for each in below)
            assert half_up(Fraction(score) / Fraction(weight) * 100, 2) == rating
        else:
            assert half_up(Fraction(weight) * Fraction(rating) / 100, 2) == score


def test_the_constants_are_those_of_the_handbook() -> None:
    constants = json.loads(acceptance_data("cases/kr_handbook_2026_constants.json").read_text())
    assert {grade.value: int(points) for grade, points in POINTS.items()} == {
        name: points for name, points in constants["qualitative_9_grade"].items() if not name.startswith("_")
    }
    assert constants["floor_ceiling"]["min"] == 20
