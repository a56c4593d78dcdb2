"""Every worked number of the rules in one table: the formula, where the rule is written, what it must come to.

The rules themselves are tested in detail beside their modules; this table says that none of the numbers is missing.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from contracts.terms.tree import Direction, Kind, Measure, Method, Node
from evaluation.arithmetic.agreement import Scale, intraclass, kendall_w, krippendorff_alpha, mean_squares
from evaluation.arithmetic.attainment import target_deviation, target_range, target_ratio
from evaluation.arithmetic.combining import Combining, combined
from evaluation.arithmetic.criteria import (
    Band,
    Tier,
    banded,
    criteria_values,
    head_contract,
    surveys,
    tiered,
)
from evaluation.arithmetic.marks import POINTS, Grade, trimmed_mean
from evaluation.arithmetic.outcomes import Outcome, Rating
from evaluation.arithmetic.past import outlier_candidates
from evaluation.arithmetic.rating import rate
from evaluation.arithmetic.scoring import ScoredNode
from evaluation.arithmetic.severity import additive, standardised
from evaluation.arithmetic.trend import beta, percent_of, trend
from evaluation.arithmetic.trend import combined as long_term_rating
from office.decimals import half_up
from reports.crediting import Option, credits_of, mean_votes
from reports.incentives import HEAD, STAFF, Grades, Letter, incentive
from reports.ranking import evaluate
from tests.data import acceptance_data
from tests.evaluation.test_agreement import SHROUT_FLEISS, Marks, krippendorff_2011
from tests.evaluation.test_attainment import FALLING, RISING
from tests.evaluation.test_scoring import graded, ratio, scored, task
from tests.reports.test_ranking import C, bundle, points, rules

D = Decimal
UP, DOWN = Direction.UP, Direction.DOWN
HANDBOOK = "2026년도 공공기관 경영평가편람 p. "
JONGNO = "종로구시설관리공단, published score sheet"
SHROUT = "Shrout & Fleiss 1979, table 2"
KRIPPENDORFF = "Krippendorff 2011, canonical table of 4 observers and 12 units"


def rating(outcome: Outcome) -> str:
    assert isinstance(outcome, Rating), outcome
    return str(outcome.value)


def leaf(*nodes: Node, **grades: list[Grade | None]) -> ScoredNode:
    return scored(task("1", *nodes), **grades).children[0].children[0]


def parent(score: str, weight: str) -> str:
    """F2 of one score: the rating of a parent with that score and weight."""
    return str(half_up(Fraction(D(score)) / Fraction(D(weight)) * 100, 2))


def fifteen() -> str:
    # one indicator of 95 points, one of 5 without a figure: 95 × 85.4736… ÷ 100 = 81.20
    root = scored(task("1", ratio("a", "95", "81.842105"), ratio("b", "5", None)))
    assert str(root.score) == "81.20"
    return str(root.rating)


def rfd() -> str:
    rows = (
        ("0.5", "30 25 20 10 5", "15"),
        ("0.3", "20 18 16 14 12", "18"),
        ("0.2", "500 450 400 300 250", "600"),
    )
    whole = Fraction()
    for share, values, actual in rows:
        outcome = criteria_values(list(map(D, values.split())), D(actual))
        assert isinstance(outcome, Rating)
        whole += Fraction(D(share)) * outcome.exact
    return str(half_up(whole, 1))


KENYA = [
    Band(D(130), D(200), D("1.00"), D("2.40")),
    Band(D(100), D(130), D("2.40"), D("3.00")),
    Band(D(70), D(100), D("3.00"), D("3.60")),
    Band(D(50), D(70), D("3.60"), D("4.00")),
    Band(D(0), D(50), D("4.00"), D("5.00")),
]


def kenya(attained: str) -> str:
    found = banded(KENYA, D(attained))
    assert found is not None
    return str(half_up(found, 2))


def conversion(rule: str) -> str:
    counts = (410, 300, 260, 180, 150, 100, 100)
    given = bundle(*((str(number), "50", C, (count,)) for number, count in enumerate(counts)))
    best = evaluate(rules(conversion=f'"{rule}"'), given).agencies[:3]
    return " ".join(str(half_up(points(agency)[1] or D(0), 1)) for agency in best)


def marks_mean(*given: int | None) -> str:
    found = trimmed_mean([None if mark is None else D(mark) for mark in given])
    assert found is not None
    return str(half_up(found, 4))


def gaps() -> Marks:
    table: Marks = [list(row) for row in SHROUT_FLEISS]
    table[0][0] = table[1][1] = None
    return table


def adjusted(table: Marks) -> str:
    found = additive(table)
    assert found is not None
    return " ".join(str(half_up(mark, 2)) for mark in found.fair[:2])


def raw(table: Marks) -> str:
    means = [[mark for mark in row if mark is not None] for row in table[:2]]
    return " ".join(str(half_up(sum(row, Fraction()) / len(row), 2)) for row in means)


def z_scores() -> str:
    return " ".join(str(half_up(score, 2)) for score in standardised(SHROUT_FLEISS) if score is not None)


def classes() -> str:
    found = intraclass(SHROUT_FLEISS)
    assert found is not None
    six = (found.one_1, found.two_1, found.three_1, found.one_k, found.two_k, found.three_k)
    return " ".join(str(half_up(each, 2)) for each in six)


def components() -> str:
    squares = mean_squares(SHROUT_FLEISS)
    assert squares is not None
    return " ".join(str(half_up(each, 3)) for each in squares.components)


def alpha(scale: Scale) -> Callable[[], str]:
    def found() -> str:
        value = krippendorff_alpha(krippendorff_2011(), scale)
        assert value is not None
        return str(half_up(value, 3))

    return found


def kendall() -> str:
    with acceptance_data("cases/kendall_anxiety.csv").open(encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    found = kendall_w([[Fraction(mark) for mark in row] for row in rows])
    assert found is not None
    x, freedom = float(found.chi_square), found.degrees
    # Q(k/2, x/2) for odd k, from Q(1/2, y) = erfc √y upward
    y = x / 2
    p = math.erfc(math.sqrt(y)) + sum(
        y**a * math.exp(-y) / math.gamma(a + 1) for a in (half + 0.5 for half in range((freedom - 1) // 2))
    )
    return f"{half_up(found.w, 3)} {half_up(found.uncorrected, 3)} {half_up(found.chi_square, 2)} {p:.4f}"


def outliers() -> str:
    past = tuple(zip(range(2021, 2026), map(D, ("90", "92", "140", "95", "101")), strict=True))
    found = outlier_candidates(past, year=2026)
    return " ".join(f"{year} {half_up(ratio_, 3)}" for year, ratio_ in found.items())


def long_term() -> str:
    computed, _ = long_term_rating(Fraction("0.8125"), Fraction("0.75"))
    return str(half_up(computed, 2))


def whole_plan() -> str:
    told = (("goal", "100"), ("goal_year", "2029"), ("start", "80"), ("start_year", "2024"))
    past = ((2025, D(84)),)
    measure = Measure(UP, Method.LONG_TERM, history=past, actual=D(89), settings=told)
    outcome = rate(Node("1", "중장기", Kind.INDICATOR, D(1), measure=measure), year=2026)
    assert isinstance(outcome, Rating)
    assert outcome.span is not None
    assert outcome.span.worst is not None
    return f"{outcome.span.best} {outcome.span.worst} {half_up((outcome.exact - 20) / 80, 4)}"


def head() -> str:
    percent = [D(95), D(110), D(80)]
    return f"{half_up(head_contract(percent) / 13 * 100, 2)} {half_up(head_contract(percent), 2)}"


def incentives() -> str:
    given = Grades(Letter.A, Letter.B, Letter.A), Grades(Letter.B, Letter.C, Letter.A)
    return f"{half_up(incentive(*given, STAFF), 2)} {half_up(incentive(*given, HEAD), 0)}"


WORKED: tuple[tuple[str, str, str, Callable[[], str]], ...] = (
    ("F1", JONGNO + ", node 2-4-1", "5.14", lambda: str(leaf(ratio("a", "8", "55.325")).score)),
    ("F2", JONGNO, "78.00", lambda: parent("10.14", "13")),
    ("F2", JONGNO, "94.84", lambda: parent("18.02", "19")),
    ("F4", HANDBOOK + "41", "4.80", lambda: str(leaf(graded("a", "6"), a=[Grade.B_PLUS] * 3).score)),
    ("F5", HANDBOOK + "43", "78.61", lambda: rating(target_range(UP, RISING, D(103), year=2026))),
    ("F5", HANDBOOK + "43", "63.96", lambda: rating(target_range(UP, RISING, D(103), year=2026, main=True))),
    ("F5", HANDBOOK + "43", "69.09", lambda: rating(target_range(DOWN, FALLING, D("4.2"), year=2026, main=True))),
    ("F6", HANDBOOK + "43-44", "87.20", lambda: rating(target_deviation(UP, RISING, D(103), year=2026))),
    ("F6", HANDBOOK + "43-44", "70.40", lambda: rating(target_deviation(UP, RISING, D(103), year=2026, main=True))),
    ("F6", HANDBOOK + "43-44", "74.00", lambda: rating(target_deviation(DOWN, FALLING, D("4.2"), year=2026, main=True))),
    ("F7", HANDBOOK + "44", "2023 0.224", outliers),
    ("F8", HANDBOOK + "46-48", "92 76 0.8125", whole_plan),
    ("F8", HANDBOOK + "46-48", "82.50", long_term),
    ("F9", HANDBOOK + "48-51", "63.32", lambda: rating(trend(UP, RISING, D(103), year=2026))),
    ("F9", HANDBOOK + "50, z = 0", "60.00", lambda: str(half_up(20 + Fraction(4, 5) * percent_of(Fraction(0)), 2))),
    ("F10", HANDBOOK + "51", "97.34", lambda: rating(beta(UP, RISING, D(103), year=2026))),
    ("F11", HANDBOOK + "52", "92.00", lambda: rating(target_ratio(UP, D(50), D(45)))),
    ("F11", HANDBOOK + "52", "92.73", lambda: rating(target_ratio(DOWN, D(50), D(55)))),
    ("F13", HANDBOOK + "52-54", "80.00", lambda: rating(tiered([Tier(D(200), D(20)), Tier(D(150), D(40)), Tier(D(100), D(60)), Tier(None, D(80))], D(120), D("0.5")))),
    ("F14", HANDBOOK + "77-86", "91.67 11.92", head),
    ("F15", HANDBOOK + "69", "85.47", fifteen),
    ("F17", "2014 and 2018 results, 기획재정부", "168.75 81", incentives),
    ("F19", "충남 2018, 2021; conversion stated in the rulebook", "50.0 36.6 31.7", lambda: conversion("share_of_best")),
    ("F19", "충남 2018, 2021; conversion stated in the rulebook", "41.0 30.0 26.0", lambda: conversion("share_of_voters")),
    ("F22", "PSAT 2023, ISU: nine leave seven", "50.0000", lambda: marks_mean(0, 20, 30, 40, 50, 60, 70, 80, 100)),
    ("F22", "PSAT 2023, ISU: eight leave six", "50.0000", lambda: marks_mean(0, 0, 40, 45, 55, 60, 100, 100)),
    ("F23", SHROUT, "53.63 38.46 56.68 42.46 62.26 46.51", z_scores),
    ("F23", SHROUT + ", two marks missing: raw", "5.00 3.67", lambda: raw(gaps())),
    ("F23", SHROUT + ", two marks missing: adjusted", "5.77 2.70", lambda: adjusted(gaps())),
    ("F23", SHROUT + ", complete", "6.00 3.00", lambda: adjusted(SHROUT_FLEISS)),
    ("F24", SHROUT, "0.17 0.29 0.71 0.44 0.62 0.91", classes),
    ("F25", KRIPPENDORFF, "0.743", alpha(Scale.NOMINAL)),
    ("F25", KRIPPENDORFF, "0.815", alpha(Scale.ORDINAL)),
    ("F25", KRIPPENDORFF, "0.849", alpha(Scale.INTERVAL)),
    ("F25", KRIPPENDORFF, "0.797", alpha(Scale.RATIO)),
    ("F26", "anxiety data of R's irr package", "0.540 0.502 30.76 0.0429", kendall),
    ("F27", SHROUT + ", crossed target and judge", "2.556 5.244 1.019", components),
    ("F29", "India, RFD guidelines", "84.5", rfd),
    ("F30", "Kenya, guidelines of performance contracting", "2.70", lambda: kenya("115")),
    ("F30", "Kenya, guidelines of performance contracting", "3.30", lambda: kenya("85")),
    ("F30", "Kenya, guidelines of performance contracting", "3.80", lambda: kenya("60")),
    ("F39", HANDBOOK + "21", "84.40", lambda: rating(surveys(D(88), D(70)))),
)  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "source", "published", "computed"),
    WORKED,
    ids=[f"{row[0]}-{row[2].replace(' ', '_')}" for row in WORKED],
)
def test_a_worked_number_comes_out(
    formula: str, source: str, published: str, computed: Callable[[], str]
) -> None:
    assert computed() == published, f"{formula}: {source}"


def test_no_rule_with_a_worked_number_is_missing() -> None:
    wanted = {1, 2, *range(4, 12), 13, 14, 15, 17, 19, *range(22, 28), 29, 30, 39}
    assert {int(formula[1:]) for formula, *_ in WORKED} == wanted


def test_a_sample_deviation_would_give_other_numbers() -> None:
    """F6: 85.73 and 69.30 are what a divisor of n − 1 leads to; the handbook divides by n."""
    past = [Fraction(value) for _, value in RISING]
    mean = sum(past, Fraction()) / len(past)
    sample = math.sqrt(sum((value - mean) ** 2 for value in past) / (len(past) - 1))
    for deviations, wrong in ((1, "85.73"), (2, "69.30")):
        high, low = 101 + deviations * sample, 101 - 2 * sample
        assert f"{20 + 80 * (103 - low) / (high - low):.2f}" == wrong


def test_votes_that_nobody_shares_are_the_mean_of_the_tasks() -> None:
    given = bundle(("a", "50", C, (300, 100)))
    (credits,) = credits_of(given.contracts, given.options).values()
    assert mean_votes(credits) == 200
    assert isinstance(credits[0].option, Option)


def test_the_three_rules_agree_where_all_marks_are_alike() -> None:
    alike = [POINTS[Grade.B_PLUS]] * 5
    assert {combined(alike, rule) for rule in Combining} == {Fraction(80)}


def test_the_totals_of_729_skating_segments_come_out_of_the_judges_marks() -> None:
    """BuzzFeedNews/figure-skating-scores (CC BY 4.0): a component of 0.0 is an absent judge, an element's 0 is a grade.

    Components: one high and one low dropped, rounded, times the factor, rounded again; only that stage gives all totals.
    """
    folder = acceptance_data("scores/figure_skating")

    def rows(name: str) -> list[dict[str, str]]:
        with (folder / name).open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    judged: dict[str, list[Decimal | None]] = defaultdict(list)
    for row in rows("judge-scores.csv"):
        judged[row["aspect_id"]].append((D(row["score"]) or None) if row["score"] else None)
    elements: dict[str, Decimal] = defaultdict(Decimal)
    parts: dict[str, Decimal] = defaultdict(Decimal)
    at_once: dict[str, Fraction] = defaultdict(Fraction)
    for row in rows("judged-aspects.csv"):
        performance = row["performance_id"]
        if row["section"] == "elements":
            elements[performance] += D(row["base_value"]) + D(row["goe"])
            continue
        mean = trimmed_mean(judged[row["aspect_id"]])
        assert mean is not None
        mark = half_up(mean, 2)
        parts[performance] += half_up(mark * D(row["factor"]), 2)
        at_once[performance] += Fraction(mark) * Fraction(D(row["factor"]))
    segments = rows("performances.csv")
    assert len(segments) == 729
    rounded_last = 0
    for row in segments:
        performance = row["performance_id"]
        total = elements[performance] + parts[performance] - D(row["total_deductions"])
        assert total == D(row["total_segment_score"]), performance
        rounded_last += half_up(at_once[performance], 2) == D(row["total_component_score"])
    # rounding only the sum would have missed these many published figures
    assert rounded_last < 729
