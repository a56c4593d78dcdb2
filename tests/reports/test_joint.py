"""Joint tasks in a result: rated once, credited by the signed shares, and no vote lost or counted twice."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node, Shares
from evaluation.arithmetic.branches import way_to
from evaluation.arithmetic.marks import Grade
from evaluation.arithmetic.outcomes import NotRated
from evaluation.arithmetic.scoring import score_tree
from reports.bundle import Bundle
from reports.crediting import Option, credits_of, mean_votes
from reports.ranking import evaluate
from reports.recomputation import recompute, result_of, run_inputs
from tests.reports.test_ranking import RULES, contract, points, rules, votes

D = Decimal
SHARES: Shares = (("가", D(60)), ("나", D(40)))


def measured(code: str, weight: str, actual: str | None) -> Node:
    """An indicator whose rating is 20 + 0.8 × actual."""
    figure = None if actual is None else D(actual)
    measure = Measure(Direction.UP, Method.TARGET_RATIO, target=D(100), actual=figure)
    return Node(code, code, Kind.INDICATOR, D(weight), measure=measure)


def leader(actual: str | None = "50", second: str | None = "100") -> ContractTree:
    """가 leads J (60 + 20 points, ratings 60 and 100) and has a task of its own (20 points, rating 100)."""
    joint = (measured("J-1", "60", actual), measured("J-2", "20", second))
    return ContractTree(
        "가",
        "교통국",
        children=(
            Node("J", "함께", Kind.TASK, D(80), on_ballot=True, children=joint, shares=SHARES),
            Node("1", "혼자", Kind.TASK, D(20), on_ballot=True, children=(measured("1-1", "20", "100"),)),
        ),
    )


def partner(shares: Shares = SHARES, actual: str = "25") -> ContractTree:
    """나 carries J with 30 points and has 70 of its own (rating 40)."""
    return ContractTree(
        "나",
        "문화국",
        children=(
            Node("J", "함께", Kind.TASK, D(30), shares=shares),
            Node("2", "따로", Kind.TASK, D(70), on_ballot=True, children=(measured("2-1", "70", actual),)),
        ),
    )


OPTIONS = (Option("가", "J", "함께", 200), Option("가", "1", "혼자", 100), Option("나", "2", "따로", 50))


def bundle(*trees: ContractTree, options: tuple[Option, ...] = OPTIONS) -> Bundle:
    return Bundle("2026", 2026, trees, {}, options, 500)


def test_a_joint_task_has_one_rating_for_both_and_each_its_own_points() -> None:
    result = evaluate(RULES, bundle(leader(), partner()))
    (_, led), (_, linked) = way_to(result.agency("가").tree, "J"), way_to(result.agency("나").tree, "J")
    # 60 × .60 + 20 × 1.00 = 56.00 of 80 → 70.00; the partner's 30 × .70 = 21.00, beside 70 × .40 = 28.00
    assert (led.rating, led.score) == (D("70.00"), D("56.00"))
    assert (linked.rating, linked.score, linked.available, linked.led_by) == (
        D("70.00"), D("21.00"), D(30), "가",
    )  # fmt: skip
    assert result.agency("나").tree.score == D("49.00")
    assert (result.agency("나").met, result.agency("나").missed) == (0, 1)


def test_what_is_missing_where_the_task_is_led_is_missing_in_proportion_for_the_partner() -> None:
    result = evaluate(RULES, bundle(leader(actual=None), partner()))
    linked = way_to(result.agency("나").tree, "J")[-1]
    # only 20 of the 80 points are measured, with rating 100: 30 × 20/80 = 7.5 points are available
    assert (linked.available, linked.score, linked.rating) == (D("7.5000"), D("7.50"), D("100.00"))


def test_without_a_leading_task_or_its_rating_the_linked_one_is_left_out_and_says_why() -> None:
    alone = evaluate(RULES, bundle(partner(), options=OPTIONS[2:]))
    linked = way_to(alone.agency("나").tree, "J")[-1]
    assert isinstance(linked.outcome, NotRated)
    assert "가" in linked.outcome.said()
    assert (alone.agency("나").tree.available, alone.agency("나").tree.rating) == (D(70), D("40.00"))
    nothing = evaluate(RULES, bundle(leader(None, None), partner()))
    assert isinstance(way_to(nothing.agency("나").tree, "J")[-1].outcome, NotRated)


def test_parts_made_of_one_source_take_that_source_of_the_leading_task_too() -> None:
    figures, marks = rules(of='["quantitative"]'), rules(of='["expert"]')
    effort = Node("J-2", "노력", Kind.INDICATOR, D(20), measure=Measure(Direction.UP, Method.NINE_GRADE))
    trees = leader(), partner()
    joint = replace(trees[0].children[0], children=(measured("J-1", "60", "50"), effort))
    given_ = replace(
        bundle(replace(trees[0], children=(joint, trees[0].children[1])), trees[1]),
        grades={"가": {"J-2": (Grade.A_PLUS,) * 3}},
    )
    by_figures = way_to(evaluate(figures, given_).agency("나").tree, "J")[-1]
    by_marks = way_to(evaluate(marks, given_).agency("나").tree, "J")[-1]
    assert (by_figures.available, by_figures.rating) == (D("22.5000"), D("60.00"))
    assert (by_marks.available, by_marks.rating) == (D("7.5000"), D("100.00"))


def test_votes_are_credited_by_the_shares_and_divided_by_as_much_of_the_tasks() -> None:
    credits = credits_of((leader(), partner()), OPTIONS)
    # 가: (0.6 × 200 + 100) ÷ 1.6 = 137.5; 나: (0.4 × 200 + 50) ÷ 1.4 = 650/7
    assert mean_votes(credits["가"]) == Fraction(275, 2)
    assert mean_votes(credits["나"]) == Fraction(650, 7)
    result = evaluate(RULES, bundle(leader(), partner()))
    assert [points(result.agency(code))[1] for code in ("가", "나")] == [D("50.00"), D("33.77")]
    assert result.agency("나").mean_votes == D("92.86")
    assert [(credit.option.task_code, credit.share) for credit in result.agency("나").joint] == [
        ("J", Fraction(2, 5))
    ]


def test_a_share_nobody_signed_for_stays_with_the_leading_body() -> None:
    other = (("가", D(50)), ("나", D(50)))
    for trees in ((leader(), partner(other)), (leader(), contract("나"))):
        credits = credits_of(trees, OPTIONS[:2])
        assert [credit.share for credit in credits["가"]] == [1, 1]
        assert credits["나"] == ()


def test_a_run_with_joint_tasks_recomputes_from_its_own_file() -> None:
    given_ = bundle(leader(), partner())
    inputs = run_inputs(RULES, given_)
    assert result_of(inputs) == evaluate(RULES, given_)
    stored = json.loads(recompute(inputs))
    of = {agency["code"]: agency for agency in stored["agencies"]}
    assert of["가"]["joint"] == [{"agency_code": "가", "task_code": "J", "share": "3/5"}]
    assert of["나"]["nodes"][0]["led_by"] == "가"
    plain = json.loads(recompute(run_inputs(RULES, bundle(contract("가"), options=votes("가", 3)))))
    assert not {"joint", "beside"} & set(plain["agencies"][0])


@st.composite
def cycles(draw: st.DrawFn) -> tuple[tuple[ContractTree, ...], tuple[Option, ...]]:
    """Up to five bodies, each with a task of its own and maybe one it leads; some partners have signed, some not."""
    codes = "가나다라마"[: draw(st.integers(1, 5))]
    nodes: dict[str, list[Node]] = {code: [] for code in codes}
    options = []
    for code in codes:
        nodes[code].append(Node(f"own-{code}", "혼자", Kind.TASK, D(0), on_ballot=True))
        options.append(Option(code, f"own-{code}", "혼자", draw(st.integers(0, 500))))
        others = draw(
            st.lists(
                st.sampled_from([each for each in "가나다라마바" if each != code]), unique=True, max_size=4
            )
        )
        if not others:
            continue
        cuts = sorted(
            draw(st.lists(st.integers(1, 99), min_size=len(others), max_size=len(others), unique=True))
        )
        percents = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
        shares = tuple(zip([code, *others], map(D, percents), strict=True))
        nodes[code].append(Node(f"J-{code}", "함께", Kind.TASK, D(0), on_ballot=True, shares=shares))
        options.append(Option(code, f"J-{code}", "함께", draw(st.integers(0, 500))))
        for other in others:
            if other in nodes and draw(st.booleans()):
                nodes[other].append(Node(f"J-{code}", "함께", Kind.TASK, D(0), shares=shares))
    trees = tuple(ContractTree(code, code, children=tuple(nodes[code])) for code in codes)
    return trees, tuple(options)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(cycles())
def test_no_vote_is_lost_and_none_counts_twice(cycle: Any) -> None:
    trees, options = cycle
    credits = [credit for each in credits_of(trees, options).values() for credit in each]
    assert sum(credit.votes for credit in credits) == sum(option.votes for option in options)
    assert sum(credit.share for credit in credits) == len(options)
    for option in options:
        assert sum(credit.share for credit in credits if credit.option == option) == 1


@settings(max_examples=60, deadline=None)
@given(cycles(), st.integers(0, 500))
def test_where_all_tasks_are_equally_liked_sharing_changes_nobodys_mean(cycle: Any, liked: int) -> None:
    trees, options = cycle
    equal = [replace(option, votes=liked) for option in options]
    assert {mean_votes(each) for each in credits_of(trees, equal).values()} == {liked}


def test_a_better_leading_figure_never_lowers_either_body() -> None:
    totals = [
        [evaluate(RULES, bundle(leader(str(actual)), partner())).agency(code).tree.score for code in "가나"]
        for actual in range(0, 120, 7)
    ]
    for column in zip(*totals, strict=True):
        assert list(column) == sorted(column, key=lambda score: score or D(0))


def test_a_linked_task_is_not_scored_without_the_leading_contract() -> None:
    root = score_tree(partner(), year=2026, grades={})
    assert (root.available, root.score) == (D(70), D("28.00"))
