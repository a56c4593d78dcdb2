"""Agreement and severity against published tables (F23 to F27), and where they are not defined."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.arithmetic.agreement import Scale, intraclass, kendall_w, krippendorff_alpha, mean_squares
from evaluation.arithmetic.severity import additive, standardised
from office.decimals import half_up
from tests.data import acceptance_data

Marks = list[list[Fraction | None]]

# Shrout & Fleiss 1979, table 2: six targets, four judges
SHROUT_FLEISS: Marks = [
    [Fraction(mark) for mark in row]
    for row in ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))
]


def rounded(values: object, places: int = 2) -> list[str]:
    assert isinstance(values, tuple | list)
    return [str(half_up(value, places)) for value in values]


def test_shrout_and_fleiss_to_the_published_digits() -> None:
    found = intraclass(SHROUT_FLEISS)
    assert found is not None
    six = [found.one_1, found.two_1, found.three_1, found.one_k, found.two_k, found.three_k]
    assert rounded(six) == ["0.17", "0.29", "0.71", "0.44", "0.62", "0.91"]
    squares = mean_squares(SHROUT_FLEISS)
    assert squares is not None
    assert rounded([squares.rows, squares.within, squares.columns, squares.error], 4) == [
        "11.2417",
        "6.2639",
        "32.4861",
        "1.0194",
    ]
    # crossed target + judge by REML: 2.556, 5.244, 1.019
    assert rounded(squares.components, 3) == ["2.556", "5.244", "1.019"]


def test_the_wine_table_to_the_published_digits() -> None:
    with acceptance_data("scores/pingouin_icc_wine.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wines = sorted({row["Wine"] for row in rows}, key=int)
    judges = sorted({row["Judge"] for row in rows})
    marks = {(row["Wine"], row["Judge"]): Fraction(row["Scores"]) for row in rows}
    found = intraclass([[marks[wine, judge] for judge in judges] for wine in wines])
    assert found is not None
    six = [found.one_1, found.two_1, found.three_1, found.one_k, found.two_k, found.three_k]
    assert rounded(six, 4) == ["0.7275", "0.7277", "0.7295", "0.9144", "0.9145", "0.9152"]


def test_an_incomplete_or_constant_table_has_no_intraclass_correlation() -> None:
    assert intraclass([[Fraction(1), None], [Fraction(2), Fraction(3)]]) is None
    assert intraclass([[Fraction(1)] * 3] * 4) is None
    assert intraclass([]) is None


def krippendorff_2011() -> Marks:
    with acceptance_data("cases/krippendorff_2011.csv").open(encoding="utf-8") as file:
        _, *observers = csv.reader(file)
    columns = [[Fraction(mark) if mark else None for mark in row[1:]] for row in observers]
    return [list(unit) for unit in zip(*columns, strict=True)]


@pytest.mark.parametrize(
    ("scale", "alpha"),
    [
        (Scale.NOMINAL, "0.743"),
        (Scale.ORDINAL, "0.815"),
        (Scale.INTERVAL, "0.849"),
        (Scale.RATIO, "0.797"),
    ],
)
def test_krippendorff_with_missing_marks_to_the_published_digits(scale: Scale, alpha: str) -> None:
    found = krippendorff_alpha(krippendorff_2011(), scale)
    assert found is not None
    assert str(half_up(found, 3)) == alpha


@pytest.mark.parametrize("scale", Scale)
def test_alpha_is_undefined_where_all_marks_are_alike_or_none_can_be_paired(scale: Scale) -> None:
    assert krippendorff_alpha([[Fraction(5)] * 3] * 4, scale) is None  # not 1: nothing to agree on
    assert krippendorff_alpha([[Fraction(1), None], [None, Fraction(2)]], scale) is None
    assert krippendorff_alpha([], scale) is None
    assert krippendorff_alpha([[Fraction(1), Fraction(1)], [Fraction(2), Fraction(2)]], scale) == 1


def test_kendall_w_with_ties_to_the_published_digits() -> None:
    with acceptance_data("cases/kendall_anxiety.csv").open(encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    found = kendall_w([[Fraction(mark) for mark in row] for row in rows])
    assert found is not None
    assert rounded([found.w, found.uncorrected], 3) == ["0.540", "0.502"]
    assert (str(half_up(found.chi_square, 2)), found.degrees) == ("30.76", 19)


def test_kendall_w_is_one_for_the_same_order_and_undefined_without_any() -> None:
    same = kendall_w([[Fraction(i), Fraction(i * i)] for i in range(1, 6)])
    assert same is not None and same.w == 1
    assert kendall_w([[Fraction(1)] * 3] * 4) is None
    assert kendall_w([[Fraction(1), None], [Fraction(2), Fraction(3)]]) is None


def test_standardised_marks_of_the_same_table() -> None:
    """T = 50 + 10·z̄: 53.63 38.46 56.68 42.46 62.26 46.51."""
    found = [score for score in standardised(SHROUT_FLEISS) if score is not None]
    assert rounded(found) == ["53.63", "38.46", "56.68", "42.46", "62.26", "46.51"]


def test_an_evaluator_with_few_marks_or_one_mark_for_all_is_not_standardised() -> None:
    assert standardised(SHROUT_FLEISS[:3]) == (None, None, None)
    flat: Marks = [[row[0], Fraction(5)] for row in SHROUT_FLEISS]
    assert standardised(flat) == standardised([[row[0]] for row in SHROUT_FLEISS])


def test_the_additive_model_recovers_what_missing_marks_distort() -> None:
    """Without (target 1, J1) and (target 2, J2): raw means 5.00 and 3.67, adjusted 5.77 and 2.70, in truth 6.00 and 3.00."""
    gaps: Marks = [list(row) for row in SHROUT_FLEISS]
    gaps[0][0] = gaps[1][1] = None
    found = additive(gaps)
    assert found is not None
    assert rounded(found.fair[:2]) == ["5.77", "2.70"]
    assert sum(found.leniency) == 0
    whole = additive(SHROUT_FLEISS)
    assert whole is not None
    assert rounded(whole.fair[:2]) == ["6.00", "3.00"]


def test_evaluators_who_share_nothing_cannot_be_compared() -> None:
    apart: Marks = [[Fraction(5), None], [Fraction(6), None], [None, Fraction(7)]]
    assert additive(apart) is None
    assert additive([]) is None


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_the_order_of_evaluators_and_things_does_not_matter(data: st.DataObject) -> None:
    mark = st.one_of(st.none(), st.integers(2, 10).map(Fraction))
    n, k = data.draw(st.integers(2, 5)), data.draw(st.integers(2, 4))
    table = data.draw(st.lists(st.lists(mark, min_size=k, max_size=k), min_size=n, max_size=n))
    rows = data.draw(st.permutations(range(n)))
    columns = data.draw(st.permutations(range(k)))
    turned = [[table[i][j] for j in columns] for i in rows]
    for scale in Scale:
        assert krippendorff_alpha(table, scale) == krippendorff_alpha(turned, scale)
    fair, again = additive(table), additive(turned)
    assert (fair is None) == (again is None)
    if fair is not None and again is not None:
        assert [fair.fair[i] for i in rows] == list(again.fair)
