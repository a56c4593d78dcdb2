"""One ranking out of figures, marks and votes: worked by hand, indifferent to order, recomputable byte for byte."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from evaluation.arithmetic.marks import Grade
from reports.bundle import Bundle
from reports.crediting import Option
from reports.ranking import AgencyResult, Result, evaluate
from reports.recomputation import recompute, result_of, rulebook_of, run_fingerprint, run_inputs
from reports.rulebook import default_rulebook, read_rulebook
from reports.web.ranking import as_csv

D = Decimal
RULES = read_rulebook(default_rulebook())


def rules(**changes: str) -> Any:
    """The default rulebook with some of its lines changed."""
    text = default_rulebook().decode()
    for old, new in changes.items():
        line = next(each for each in text.splitlines() if each.startswith(f"{old} ="))
        text = text.replace(line, f"{old} = {new}")
    return read_rulebook(text.encode())


def contract(code: str, actual: str | None = "50", *, method: Method = Method.TARGET_RATIO) -> ContractTree:
    """One agency with a ratio indicator of 60 points (rating 20 + 0.8 × actual) and a graded one of 40."""
    figure = Measure(Direction.UP, method, target=D(100), actual=None if actual is None else D(actual))
    effort = Measure(Direction.UP, Method.NINE_GRADE)
    nodes = (
        Node("1-1", "건수", Kind.INDICATOR, D(60), measure=figure),
        Node("1-2", "노력", Kind.INDICATOR, D(40), measure=effort),
    )
    return ContractTree(
        code,
        f"기관 {code}",
        children=(
            Node("1", "과제", Kind.TASK, D(100), on_ballot=True, children=nodes),
            Node("2", "약속만", Kind.TASK, D(0), on_ballot=True),
        ),
    )


def votes(code: str, *counts: int) -> tuple[Option, ...]:
    return tuple(
        Option(code, str(number), f"{code} {number}", count) for number, count in enumerate(counts, start=1)
    )


def bundle(*agencies: tuple[str, str | None, list[Grade], tuple[int, ...]], voters: int = 500) -> Bundle:
    return Bundle(
        cycle="2026",
        year=2026,
        contracts=tuple(contract(code, actual) for code, actual, _, _ in agencies),
        grades={code: {"1-2": tuple(marks)} for code, _, marks, _ in agencies},
        options=tuple(option for code, _, _, counts in agencies for option in votes(code, *counts)),
        voters=voters,
    )


C, B, A = [Grade.C] * 5, [Grade.B_PLUS] * 5, [Grade.A_PLUS] * 5


def summary(result: Result) -> list[tuple[str, int | None, Decimal | None]]:
    return [(agency.code, agency.rank, agency.total) for agency in result.agencies]


def points(agency: AgencyResult) -> list[Decimal | None]:
    return [part.points for part in agency.parts]


def test_a_result_worked_by_hand() -> None:
    result = evaluate(
        RULES, bundle(("가", "50", B, (300, 100)), ("나", "100", A, (100, 50)), ("다", "25", C, (160, 160)))
    )
    # 가: 60 × .60 + 40 × .80 = 68.00 → 34.00; mean 200 of the best 200 → 50.00
    # 나: 100.00 → 50.00; mean 75 → 50 × 75/200 = 18.75.  다: 60 × .40 + 40 × .60 = 48.00 → 24.00; 160/200 → 40.00
    assert summary(result) == [("가", 1, D("84.00")), ("나", 2, D("68.75")), ("다", 3, D("64.00"))]
    assert points(result.agency("나")) == [D("50.00"), D("18.75")]
    assert (result.agency("나").mean_votes, result.agency("나").parts[1].rating) == (D("75.00"), D("37.50"))
    assert (result.best_total, result.mean_total) == (D("84.00"), D("72.25"))


def test_the_conversions_give_the_published_spreads() -> None:
    # F19: votes 410 300 260 180 150 100 100 of 500 voters: share of the best 50.0 / 36.6 / 31.7, of voters 41 / 30 / 26
    counts = (410, 300, 260, 180, 150, 100, 100)
    given_ = bundle(*((str(number), "50", C, (count,)) for number, count in enumerate(counts)))
    best = evaluate(RULES, given_)
    assert [points(agency)[1] for agency in best.agencies[:3]] == [D("50.00"), D("36.59"), D("31.71")]
    voters = evaluate(rules(conversion='"share_of_voters"'), given_)
    assert [points(agency)[1] for agency in voters.agencies[:3]] == [D("41.00"), D("30.00"), D("26.00")]


def test_equal_published_totals_share_the_better_rank_and_the_next_is_skipped() -> None:
    # F34: 1, 2, 2, 4
    result = evaluate(
        RULES, bundle(("a", "100", A, (9,)), ("b", "50", C, (9,)), ("c", "50", C, (9,)), ("d", "0", C, (9,)))
    )
    assert [(agency.code, agency.rank, agency.tied) for agency in result.agencies] == [
        ("a", 1, False), ("b", 2, True), ("c", 2, True), ("d", 4, False),
    ]  # fmt: skip


def test_ranks_are_taken_on_the_rounded_value() -> None:
    # 20 + 0.8 × 50.0001 differs from 20 + 0.8 × 50 in the fifth place only
    result = evaluate(RULES, bundle(("a", "50.0001", C, (9,)), ("b", "50", C, (9,))))
    assert [agency.rank for agency in result.agencies] == [1, 1]


def test_the_tie_rule_puts_the_higher_part_first() -> None:
    # a: 60.00 → 30.00 + 50.00 = 80.00; b: 100.00 → 50.00 + 30.00 = 80.00
    given_ = bundle(("a", "50", C, (100,)), ("b", "100", A, (60,)))
    assert [agency.rank for agency in evaluate(RULES, given_).agencies] == [1, 1]
    assert [(each.code, each.rank) for each in evaluate(rules(tie='"citizens"'), given_).agencies] == [
        ("a", 1),
        ("b", 2),
    ]
    assert [(each.code, each.rank) for each in evaluate(rules(tie='"performance"'), given_).agencies] == [
        ("b", 1),
        ("a", 2),
    ]


def test_an_agency_without_anything_rated_is_not_ranked_and_is_told_why() -> None:
    result = evaluate(RULES, bundle(("a", None, [], (9,)), ("b", "50", C, (9,))))
    assert summary(result) == [("b", 1, D("80.00")), ("a", None, None)]
    assert result.agency("a").said() == "점수를 매길 수 있는 지표가 없습니다"
    rescaled = evaluate(rules(missing_part='"rescaled"'), bundle(("a", None, [], (9,)), ("b", "50", C, (9,))))
    assert rescaled.agency("a").total == D("100.00")


def test_an_agency_without_an_option_or_a_vote_without_votes_has_no_citizens_points() -> None:
    result = evaluate(RULES, bundle(("a", "50", C, ()), ("b", "50", C, (9,))))
    assert result.agency("a").said() == "투표에 오른 과제가 없습니다"
    nobody = evaluate(RULES, bundle(("a", "50", C, (0,)), voters=0))
    assert nobody.agency("a").said() == "표를 받은 과제가 없습니다"


def test_no_votes_for_one_of_several_is_a_zero_and_not_missing() -> None:
    result = evaluate(RULES, bundle(("a", "50", C, (0, 0)), ("b", "50", C, (9,))))
    assert points(result.agency("a")) == [D("30.00"), D("0.00")]


def test_met_and_missed_targets_are_counted() -> None:
    agency = evaluate(RULES, bundle(("a", "100", C, (9,)))).agency("a")
    assert (agency.met, agency.missed, agency.without_verdict) == (1, 0, 1)
    silent = evaluate(RULES, bundle(("a", None, C, (9,)))).agency("a")
    assert (agency.with_target, silent.with_target, silent.met) == (1, 1, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        bundle(("a", "50", C, (501,))),
        bundle(("a", "50", C, (9,)), ("a", "50", C, ())),
        replace(bundle(("a", "50", C, ())), options=votes("b", 3)),
        replace(bundle(("a", "50", C, ())), options=votes("a", 3) + votes("a", 3)),
        replace(bundle(("a", "50", C, ())), grades={"a": {"9-9": ()}}),
    ],
)
def test_a_bundle_that_contradicts_itself_has_no_result(wrong: Bundle) -> None:
    with pytest.raises(ValueError, match=r".+"):
        evaluate(RULES, wrong)


agencies = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.none() | st.decimals(0, 150, places=2).map(str),
        st.lists(st.sampled_from(Grade), max_size=7),
        st.lists(st.integers(0, 500), max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda each: each[0],
)


@settings(max_examples=60, deadline=None)
@given(agencies, st.randoms())
def test_the_order_of_anything_is_irrelevant(drawn: Any, random: Any) -> None:
    given_ = bundle(*drawn)
    shuffled_contracts, shuffled_options = list(given_.contracts), list(given_.options)
    random.shuffle(shuffled_contracts)
    random.shuffle(shuffled_options)
    grades = {}
    for code, marks in given_.grades.items():
        shuffled = list(marks["1-2"])
        random.shuffle(shuffled)
        grades[code] = {"1-2": tuple(shuffled)}
    other = replace(
        given_,
        contracts=tuple(shuffled_contracts),
        options=tuple(shuffled_options),
        grades=dict(reversed(grades.items())),
    )
    assert evaluate(RULES, other) == evaluate(RULES, given_)
    assert run_inputs(RULES, other) == run_inputs(RULES, given_)


@settings(max_examples=60, deadline=None)
@given(agencies)
def test_totals_are_the_sums_of_their_parts_within_their_weights_and_ranks_follow_them(drawn: Any) -> None:
    result = evaluate(RULES, bundle(*drawn))
    for agency in result.agencies:
        for part in agency.parts:
            assert part.points is None or 0 <= part.points <= part.weight
        if agency.total is not None:
            assert agency.total == sum(part.points or 0 for part in agency.parts)
    totals = [agency.total or D(0) for agency in result.ranked]
    assert totals == sorted(totals, reverse=True)
    assert [agency.rank for agency in result.ranked] == [
        1 + sum(other > total for other in totals) for total in totals
    ]


@settings(max_examples=40, deadline=None)
@given(agencies)
def test_a_stored_run_recomputes_to_the_same_bytes(drawn: Any) -> None:
    given_ = bundle(*drawn)
    inputs = run_inputs(RULES, given_)
    assert recompute(inputs) == recompute(inputs)
    assert result_of(inputs) == evaluate(RULES, given_)
    assert rulebook_of(inputs) == RULES
    stored = json.loads(recompute(inputs))
    assert [(agency["code"], agency["rank"]) for agency in stored["agencies"]] == [
        (agency.code, agency.rank) for agency in evaluate(RULES, given_).agencies
    ]


def test_a_run_changed_afterwards_is_found_out() -> None:
    inputs = run_inputs(RULES, bundle(("a", "50", C, (9,))))
    result = recompute(inputs)
    tampered = inputs.replace(b"weight = 50", b"weight = 51", 1)
    with pytest.raises(ValueError, match="not the one that was hashed"):
        recompute(tampered)
    more_votes = inputs.replace(b'"votes":9', b'"votes":8')
    assert run_fingerprint(more_votes, recompute(more_votes)) != run_fingerprint(inputs, result)


def with_beside(given_: Bundle, code: str, *figures: tuple[Method, str]) -> Bundle:
    """The bundle with bonuses and penalties (at most 5 each on the sheet) in one agency's contract."""
    nodes = tuple(
        Node(f"b{number}", "가감점", Kind.INDICATOR, D(0),
             measure=Measure(Direction.UP, method, actual=D(actual), settings=(("maximum", "5"),)))
        for number, (method, actual) in enumerate(figures)
    )  # fmt: skip
    trees = tuple(
        replace(tree, children=(*tree.children, Node("B", "가감점", Kind.TASK, D(0), children=nodes)))
        if tree.agency_code == code
        else tree
        for tree in given_.contracts
    )
    return replace(given_, contracts=trees)


def test_bonus_and_penalty_change_the_total_under_the_ceiling_and_nothing_else() -> None:
    # F18: the scheme's 100 + α; here at most 3 up and 3 down in all (the shipped rulebook)
    given_ = bundle(("a", "50", C, (9,)), ("b", "50", C, (9,)))
    both = with_beside(given_, "a", (Method.BONUS, "2.5"), (Method.BONUS, "1"), (Method.PENALTY, "0.75"))
    result = evaluate(RULES, both)
    agency = result.agency("a")
    assert agency.beside is not None
    head, first, second = csv.reader(io.StringIO(as_csv(result).decode("utf-8-sig")))
    assert head[6:8] == ["가점과 감점", "총점"]
    assert D(first[4]) + D(first[5]) + D(first[6]) == D(first[7]) and second[6] == ""
    assert (agency.beside.bonus, agency.beside.bonus_counted) == (D("3.50"), D("3.00"))
    assert (agency.beside.penalty_counted, agency.beside.counted) == (D("0.75"), D("2.25"))
    assert agency.total == (result.agency("b").total or 0) + D("2.25")
    assert points(agency) == points(result.agency("b"))
    assert agency.tree.rating == result.agency("b").tree.rating
    assert result.agency("b").beside is None
    record = json.loads(recompute(run_inputs(RULES, both)))["agencies"][0]
    assert (record["code"], record["beside"]["counted"]) == ("a", "2.25")


def test_the_total_goes_beyond_its_limits_only_where_the_rulebook_lets_it() -> None:
    best = with_beside(bundle(("a", "100", A, (9,))), "a", (Method.BONUS, "2"))
    assert evaluate(RULES, best).agency("a").total == D("102.00")
    assert evaluate(rules(total='"capped"'), best).agency("a").total == D(100)
    poor = bundle(("a", "0", [Grade.E_ZERO] * 3, (0,)), ("b", "0", C, (9,)))
    worst = with_beside(poor, "a", *[(Method.PENALTY, "5")] * 3)
    open_, capped = rules(penalty="20"), rules(penalty="20", total='"capped"')
    # 10.00 for the figures and marks, 0.00 for the votes
    assert [evaluate(each, worst).agency("a").total for each in (open_, capped)] == [D("-5.00"), D(0)]
    nothing = rules(bonus="0", penalty="0")
    assert evaluate(nothing, best).agency("a").total == D("100.00")


def test_marks_are_combined_as_the_rulebook_says() -> None:
    marks = [Grade.A_PLUS, Grade.B_PLUS, Grade.B_PLUS, Grade.B_ZERO, Grade.C]
    given_ = bundle(("a", "50", marks, (9,)))
    scores = [
        evaluate(rules(combining=f'"{rule}"'), given_).agency("a").tree.children[0].children[1].score
        for rule in ("trimmed", "mean", "median")
    ]
    # 40 points: 230/3, 78 and 80 of a hundred
    assert scores == [D("30.67"), D("31.20"), D("32.00")]


def test_the_result_is_worth_twenty_points_of_the_heads_own_contract() -> None:
    # F14: 30 leadership, 50 contract, 20 agency
    given_ = bundle(("a", "50", C, (9,)), ("b", None, [], (9,)))
    result = evaluate(RULES, given_)
    assert (result.agency("a").total, result.agency("a").head_points) == (D("80.00"), D("16.00"))
    assert result.agency("b").head_points is None
    beyond = with_beside(bundle(("a", "100", A, (9,))), "a", (Method.BONUS, "3"))
    assert evaluate(RULES, beyond).agency("a").head_points == D("20.00")
    unlinked = rules(leadership="0", quantitative="0", qualitative="0", agency="0")
    assert evaluate(unlinked, given_).agency("a").head_points is None
