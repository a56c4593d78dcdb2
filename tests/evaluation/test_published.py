"""Published sheets come in as printed, and every contradiction in them is named with its place, no other.

The expected flags are the answer key of the acceptance data, and two more that were found by these checks and verified
by hand: 2009 prints 14.31 over 4.40 + 3.52 + 6.51 = 14.43 (and goes on with 14.43: 11.62 + 14.43 = 26.05); the
satisfaction survey of 2008 prints an overall 62.40 over items that all lie between 79.50 and 88.00.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.published.flags import Defect, Unusable
from evaluation.published.reading import Published, SheetKind, read_published
from evaluation.published.score_checks import recomputed
from evaluation.published.scores import walk
from office.decimals import half_up
from tests.data import acceptance_data

SCORES, TARGETS, SATISFACTION = (
    f"contracts/jongno_fmc_{name}" for name in ("assessment", "targets", "satisfaction")
)
LATEST = "cases/jongno_latest_scorecard.csv"

KEY: dict[str, tuple[tuple[int, str, Defect], ...]] = {
    f"{SCORES}/2003.csv": (),
    f"{SCORES}/2005.csv": ((2, "계", Defect.WEIGHTS),),
    f"{SCORES}/2007.csv": (
        (6, "재무?회계관리", Defect.LOST),
        (10, "시설관리의 안전?환경관리", Defect.LOST),
        (19, "2006 사업연도 경영평가보고서", Defect.JUNK),
    ),
    f"{SCORES}/2009.csv": (
        (13, "주요사업활동", Defect.TOTAL),
        (24, "2. 공기업정책준수", Defect.OVER),
    ),
    f"{SCORES}/2011.csv": (),
    f"{SCORES}/2013.csv": (
        (1, "rating, score", Defect.HEADINGS),
        (19, "주요사업활동(13점)", Defect.STATED),
    ),
    LATEST: (),
    f"{TARGETS}/2003.csv": ((5, "문화시설팀", Defect.SUBTOTAL),),
    f"{TARGETS}/2004.csv": ((5, "문화시설팀", Defect.SUBTOTAL),),
    f"{TARGETS}/2006.csv": ((5, "주차사업팀", Defect.SUBTOTAL),),
    f"{TARGETS}/2008.csv": (),
    f"{TARGETS}/2010.csv": (),
    f"{TARGETS}/2012.csv": ((2, "합계 · 증 감", Defect.CHANGE),),
    f"{SATISFACTION}/2006_0_표본수.csv": (),
    f"{SATISFACTION}/2006_1_조사결과.csv": (),
    f"{SATISFACTION}/2008_0_표본수.csv": (),
    f"{SATISFACTION}/2008_1_조사결과.csv": (
        (4, "동부여성문화센터 · 증감", Defect.CHANGE),
        (5, "청소년문화센터 · 증감", Defect.CHANGE),
        (10, "공단조합", Defect.RANGE),
    ),
}
TOTALS = {2003: "83.46", 2005: "84.39", 2007: "89.54", 2009: "85.29", 2011: "81.49", 2013: "84.53"}


def published(name: str) -> Published:
    return read_published(acceptance_data(name).read_bytes(), name)


@pytest.mark.parametrize("name", KEY)
def test_exactly_the_known_contradictions_are_named(name: str) -> None:
    assert tuple((flag.row, flag.where, flag.defect) for flag in published(name).flags) == KEY[name]


def test_no_file_of_the_corporation_is_left_out() -> None:
    files = {
        f"{folder}/{path.name}"
        for folder in (SCORES, TARGETS, SATISFACTION)
        for path in acceptance_data(folder).iterdir()
    }
    assert files == set(KEY) - {LATEST}


@pytest.mark.parametrize("year", TOTALS)
def test_every_year_comes_in_with_its_printed_total(year: int) -> None:
    sheet = published(f"{SCORES}/{year}.csv")
    assert (sheet.kind, sheet.year, sheet.total) == (SheetKind.SCORES, year, Decimal(TOTALS[year]))


@pytest.mark.parametrize("name", [f"{SCORES}/2003.csv", f"{SCORES}/2007.csv", f"{SCORES}/2011.csv", LATEST])
def test_sheets_that_add_up_are_reproduced_figure_by_figure(name: str) -> None:
    sheet = published(name).scores
    assert sheet is not None and sheet.total is not None
    anew = recomputed(sheet.items)
    for printed, ours in zip(walk(sheet.items), walk(anew), strict=True):
        assert printed.score is None or printed.score == ours.score, printed
        assert printed.rating is None or printed.rating == ours.rating, printed
        assert printed.weight is None or printed.weight == ours.weight, printed
    assert sum(item.score for item in anew if item.score is not None) == sheet.total.score
    assert sum(item.weight for item in anew if item.weight is not None) == 100


def test_what_2013_prints_under_exchanged_headings_agrees_once_they_are_exchanged() -> None:
    sheet = published(f"{SCORES}/2013.csv").scores
    assert sheet is not None and sheet.total is not None
    assert [(each.name, each.weight, each.score) for each in sheet.split] == [
        ("정성지표", Decimal(41), Decimal("34.90")),
        ("정량지표", Decimal(59), Decimal("49.63")),
    ]
    organisation = next(item for item in walk(sheet.items) if item.name == "1.조직관리")
    assert [part.name for part in organisation.children] == ["1) 조직관리(정량)", "2) 조직관리(정성)"]


def test_the_latest_scorecard_is_85_69_and_a_bonus_of_0_30() -> None:
    sheet = published(LATEST).scores
    assert sheet is not None and sheet.total is not None
    assert sum(part.score for part in sheet.split if part.score is not None) == Decimal("85.69")
    assert [part.score for part in sheet.bonus] == [Decimal("0.3")]
    assert sheet.total.score == Decimal("85.99")


def test_totals_built_by_a_formula_are_checked_and_one_that_nothing_explains_is_kept_as_printed() -> None:
    sheet = published(f"{SCORES}/2009.csv").scores
    assert sheet is not None
    assert [(each.name, each.score) for each in sheet.summary] == [
        ("창의경영 사례제안(B)", Decimal("0.11")),
        ("종합점수(A*0.998+B)", Decimal("85.23")),
        ("서울시 표준화 점수적용 합계", Decimal("88.02")),
    ]
    wrong = acceptance_data(f"{SCORES}/2009.csv").read_bytes().replace(b"85.23", b"85.32")
    assert (28, Defect.TOTAL) in [(flag.row, flag.defect) for flag in read_published(wrong, "2009.csv").flags]


def test_minus_is_read_where_the_sheet_prints_a_triangle_and_samples_of_both_columns() -> None:
    table = published(f"{TARGETS}/2003.csv").table
    assert table is not None
    assert table.rows[0].change == Decimal(-58160)
    assert {row.within for row in table.rows[3:]} == {"문화시설팀"}
    samples = published(f"{SATISFACTION}/2008_0_표본수.csv").samples
    assert len(samples) == 8 and sum(each.people for each in samples if each.people is not None) == 1000


HEADING = "연도,대분류,지표,배점,평점,득점\n"


def sheet_of(rows: str) -> list[tuple[int, Defect]]:
    read = read_published((HEADING + rows).encode(), "a.csv")
    return [(flag.row, flag.defect) for flag in read.flags]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("2024,가,1,60,90,54.00\n2024,나,2,40,50,20.00\n2024,합계,합계,100,74,74.00\n", []),
        ("2024,가,1,60,90,54.01\n2024,나,2,40,50,20.00\n", [(2, Defect.SCORE)]),
        ("2024,가,1,13점,100,13.00\n2024,나,2,87,100,87.00\n", [(2, Defect.TEXT)]),
        ("2024,가,1,많음,100,13.00\n", [(2, Defect.TEXT)]),
        ("2024,가(50점),1,60,90,54.00\n2024,나,2,40,50,20.00\n", [(2, Defect.STATED)]),
        ("2024,가,1,60,90,54.00\n2024,나,2,41,50,20.50\n", [(2, Defect.WEIGHTS)]),
        ("2024,가,1,50,90,45.00\n2024,나,2,50,50,25.00\n2024,합계,합계,100,,71\n", [(4, Defect.TOTAL)]),
        ("2024,합계,합계,100,70.01,70\n2024,가,1,50,90,45\n2024,나,2,50,50,25\n", [(2, Defect.RATING)]),
    ],
)
def test_each_kind_of_contradiction_is_named_at_its_row(
    rows: str, expected: list[tuple[int, Defect]]
) -> None:
    assert sheet_of(rows) == expected


def test_groups_of_one_name_printed_totals_of_groups_and_bonus_find_their_place() -> None:
    rows = (
        "2024,경영,1.조직,60,90,54.00\n2024,경영,계,60,90,54.00\n2024,만족,만족,40,50,20.00\n"
        "2024,가점,가점,1,,0.50\n2024,합계,합계,100,,74.50\n"
    )
    assert sheet_of(rows) == []
    sheet = read_published((HEADING + rows).encode(), "a.csv").scores
    assert sheet is not None
    assert [(item.name, item.weight, len(item.children)) for item in sheet.items] == [
        ("경영", Decimal(60), 1),
        ("만족", Decimal(40), 0),
    ]
    assert [item.score for item in sheet.bonus] == [Decimal("0.50")]
    assert sheet_of(rows.replace("계,60,90,54.00", "계,60,90,55.00")) == [
        (3, Defect.RATING),
        (3, Defect.TOTAL),
    ]
    assert sheet_of(rows.replace("74.50", "75.50")) == [(6, Defect.TOTAL)]
    assert sheet_of(rows + "2024,,,5,,5.00\n") == [(7, Defect.JUNK)]


def test_two_rounding_ways_of_one_rating_are_no_contradiction() -> None:
    # 77.95 % of 5 is 3.8975: half-up 3.90
    assert sheet_of("2024,가,1,5,77.95,3.90\n2024,나,2,95,100,95.00\n") == []


@pytest.mark.parametrize(
    ("data", "row", "said"),
    [
        (b"", 0, "비어"),
        ("이름,나이\n가,3\n".encode(), 1, "아는 형식이 아닙니다"),
        ("연도,대분류,지표,배점,득점\n2024,가,1,60,=1+1\n".encode(), 2, "수식"),
        ("연도,대분류,지표,배점,득점\n2024,가,1,60,50\n2023,가,2,40,30\n".encode(), 3, "여러 해"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_row(data: bytes, row: int, said: str) -> None:
    with pytest.raises(Unusable) as refused:
        read_published(data, "a.csv")
    (problem,) = refused.value.problems
    assert problem.row == row and said in problem.said()


@given(
    st.lists(
        st.tuples(
            st.decimals(1, 20, places=1), st.decimals(0, 100, places=2), st.sampled_from(["가", "나", "다"])
        ),
        min_size=2,
        max_size=12,
    )
)
def test_a_sheet_that_follows_the_rules_has_no_flag_and_one_spoiled_score_is_found(
    leaves: list[tuple[Decimal, Decimal, str]],
) -> None:
    spare = 400 - sum((weight for weight, _, _ in leaves), Decimal())
    rows = [(weight / 4, rating, group) for weight, rating, group in [*leaves, (spare, Decimal(50), "라")]]
    scores = [half_up(weight * rating / 100) for weight, rating, _ in rows]
    lines = [
        f"2024,{group},지표 {n},{weight},{rating},{score}\n"
        for n, ((weight, rating, group), score) in enumerate(zip(rows, scores, strict=True))
    ]
    total = f"2024,합계,합계,100,{sum(scores)},{sum(scores)}\n"
    assert sheet_of("".join([*lines, total])) == []
    lines[0] = lines[0].replace(f",{scores[0]}\n", f",{scores[0] + Decimal('0.01')}\n")
    assert (2, Defect.SCORE) in sheet_of("".join([*lines, total]))
