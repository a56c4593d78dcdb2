"""The contract file: what is good is taken exactly, what is bad is named by row and column, nothing is guessed."""

from __future__ import annotations

import pytest

from contracts.files.importing import parse
from contracts.terms.tree import (
    Direction,
    Measure,
    Method,
    indicators,
    tasks,
)
from tests.contracts.rows import GOOD, HEADER, D, lines, said


def refusal(row: str, *, header: str = HEADER) -> tuple[int, str, str]:
    """The one problem of a file whose second data row is `row`; the good agency beside it stays."""
    parsed = parse(lines(GOOD, row, header=header), "contracts.csv")
    assert [tree.agency_code for tree in parsed.contracts] == ["A01"]
    assert len(parsed.problems) == 1, said(parsed)
    return said(parsed)[0]


def changed(**cells: str) -> str:
    """The good row as another agency's, with some cells changed."""
    row = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | {
        "기관코드": "B02",
        "기관명": "다른공사",
    }
    return ",".join((row | cells).values())


def test_a_good_row_becomes_a_contract() -> None:
    parsed = parse(lines(GOOD), "contracts.csv")
    assert said(parsed) == []
    (tree,) = parsed.contracts
    assert (tree.agency_code, tree.agency, tree.agency_kind) == ("A01", "예시공사", "공공기관")
    (task,) = tasks(tree)
    assert (task.promise, task.on_ballot, task.weight) == ("빨라집니다", True, D(100))
    assert indicators(tree)[0].measure == Measure(
        Direction.DOWN,
        Method.TARGET_RATIO,
        unit="분",
        baseline=D(41),
        history=((2022, D("44.5")), (2023, D(41))),
        target=D(33),
        actual=D(32),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_every_encoding_an_office_saves_in_is_read(encoding: str) -> None:
    data = lines(GOOD).decode().encode(encoding)
    assert parse(data, "a.csv").contracts == parse(lines(GOOD), "a.csv").contracts


def test_english_headers_mean_the_same() -> None:
    english = "agency_code,agency,kind,task_code,task,promise,on_ballot,task_weight,indicator_code,indicator,weight,direction,unit,method,baseline,2022,2023,target,actual"
    row = GOOD.replace("하향", "down").replace("목표 대 실적", "target_ratio").replace("예,", "yes,", 1)
    assert parse(lines(GOOD), "a").contracts == parse(lines(row, header=english), "a").contracts


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"기관명": "", "기관코드": ""}, "기관명", "기관 코드와 이름이 없습니다"),
        ({"기관명": ""}, "기관명", "기관 이름이 없습니다"),
        ({"기관코드": ""}, "기관코드", "기관 코드가 없습니다"),
        ({"과제": ""}, "과제", "과제 이름이 없습니다"),
        ({"지표": ""}, "지표", "지표 이름이 없습니다"),
        ({"방법": "대충"}, "방법", "다음 가운데 하나로 써 주십시오: 목표부여,"),
        ({"방법": ""}, "방법", "방법 칸이 비어 있습니다. 지표가 있는 행에는 방법이 있어야 합니다"),
        ({"방향": "옆으로"}, "방향", "방향은 상향 또는 하향"),
        ({"방향": ""}, "방향", "방향 칸이 비어 있습니다"),
        ({"투표대상": "글쎄"}, "투표대상", "예 또는 아니오"),
        ({"목표": "33분"}, "목표", "숫자가 아닙니다"),
        ({"실적": "45%"}, "실적", "숫자가 아닙니다"),
        ({"실적": "1e5"}, "실적", "숫자가 아닙니다"),
        ({"실적": "NaN"}, "실적", "숫자가 아닙니다"),
        ({"2022": "없음"}, "2022", "숫자가 아닙니다"),
        ({"배점": "△100", "과제배점": ""}, "배점", "0보다 작을 수 없습니다"),
        ({"배점": "99.99999"}, "배점", "소수 넷째 자리까지"),
        ({"배점": "99.5"}, "과제배점", "교통: 배점은 100점인데 아래 항목의 합은 99.5점입니다"),
        ({"배점": "90", "과제배점": "90"}, "과제배점", "합이 100점이어야 하는데 90점입니다"),
        ({"약속": "=1+1"}, "약속", "수식으로 읽힐 수 있는 글입니다"),
        ({"지표": "-2+3+cmd|' /C calc'!A0"}, "지표", "수식으로 읽힐 수 있는 글입니다"),
        ({"지표": "\x07대기"}, "지표", "보이지 않는 제어 문자"),
        ({"약속": "가" * 2001}, "약속", "글이 너무 깁니다"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_by_row_and_column_and_only_its_agency_is_withheld(
    cells: dict[str, str], column: str, reason: str
) -> None:
    row, where, why = refusal(changed(**cells))
    assert (row, where) == (3, column)
    assert reason in why


def test_every_bad_row_is_named_not_only_the_first() -> None:
    parsed = parse(lines(changed(목표="삼십"), GOOD, changed(실적="x", 방법="y"), ",,,,,,,,,a"), "a.csv")
    assert [(problem.row, problem.column) for problem in parsed.problems] == [
        (2, "목표"), (4, "방법"), (4, "실적"), (5, "기관명"),
    ]  # fmt: skip
    assert parsed.refused_rows == (2, 4, 5)
    assert (parsed.rows_read, parsed.withheld) == (4, ("B02",))


def test_an_agency_with_one_bad_row_is_withheld_whole_and_not_called_unbalanced() -> None:
    bad = changed(과제배점="60", 배점="60")
    worse = changed(과제코드="2", 과제="안전", 과제배점="40", 지표코드="2-1", 배점="사십")
    parsed = parse(lines(bad, worse), "a.csv")
    assert [(problem.row, problem.column) for problem in parsed.problems] == [(3, "배점")]
    assert parsed.contracts == ()


def test_the_same_indicator_code_twice_is_refused_naming_the_earlier_row() -> None:
    first, second = changed(배점="50"), changed(배점="50", 지표="다른 지표")
    parsed = parse(lines(first, GOOD, second), "a.csv")
    assert said(parsed) == [(4, "지표코드", "코드 1-1가 2행에 이미 있습니다")]


def test_rows_of_one_task_must_agree() -> None:
    first = changed(배점="50")
    second = changed(배점="50", 지표코드="1-2", 약속="느려집니다")
    parsed = parse(lines(first, second), "a.csv")
    assert said(parsed) == [(3, "약속", "같은 과제에 대해 2행에 쓴 내용과 다릅니다")]


def test_the_same_task_row_twice_is_refused() -> None:
    promise = "B02,다른공사,,9,심야버스,다닙니다,예,,,,,,,,,,,,"
    parsed = parse(lines(changed(), promise, promise), "a.csv")
    assert said(parsed) == [(4, "과제", "같은 과제가 3행에 이미 있습니다")]


def test_a_task_row_without_indicators_is_a_promise_on_the_ballot_that_weighs_nothing() -> None:
    promise = "A01,예시공사,,9,심야버스,다닙니다,예,,,,,,,,,,,,"
    (tree,) = parse(lines(GOOD, promise), "a.csv").contracts
    assert [(task.title, task.weight, task.on_ballot) for task in tasks(tree)] == [
        ("교통", D(100), True),
        ("심야버스", D(0), True),
    ]


def test_the_same_code_under_another_name_goes_by_the_code_and_is_pointed_out() -> None:
    rows = [changed(과제배점="", 배점="", 지표코드=f"1-{i}", 기관명=name) for i, name in enumerate("가가나")]
    parsed = parse(lines(*rows), "a.csv")
    assert said(parsed) == []
    assert [tree.agency for tree in parsed.contracts] == ["가"]
    named = [notice for notice in parsed.notices if notice.column == "기관명"]
    assert [(notice.row, notice.value) for notice in named] == [(4, "나")]
    assert named[0].said() == "기관코드 B02의 이름은 '가'입니다. 코드에 따라 그 기관에 넣었습니다"


def test_one_name_under_two_codes_is_pointed_out() -> None:
    parsed = parse(lines(GOOD, changed(기관명="예시공사")), "a.csv")
    assert len(parsed.contracts) == 2
    assert [(notice.row, notice.column) for notice in parsed.notices] == [(3, "기관코드")]


def test_one_blank_weight_among_given_ones_is_refused() -> None:
    parsed = parse(lines(changed(배점="60"), changed(배점="", 지표코드="1-2")), "a.csv")
    assert said(parsed) == [
        (3, "배점", "배점이 비어 있습니다. 같은 단계의 배점은 모두 쓰거나 모두 비워 주십시오")
    ]


def test_filled_in_weights_are_announced() -> None:
    parsed = parse(lines(changed(과제배점="", 배점="")), "a.csv")
    assert [notice.said() for notice in parsed.notices] == [
        "다른공사: 배점이 비어 있어 지표에 똑같이 나누었습니다(합 100점)"
    ]


def test_blank_codes_are_numbered() -> None:
    (tree,) = parse(
        lines("가,가공사,,,교통,,,,,대기,,상향,,참고,,,,,", "가,가공사,,,안전,,,,,사고,,상향,,참고,,,,,"), "a"
    ).contracts
    assert [task.code for task in tasks(tree)] == ["1", "2"]
    assert [node.code for node in indicators(tree)] == ["1-1", "2-1"]


def test_goals_over_goals_are_read_from_the_outermost_in_and_named_once() -> None:
    header = "기관코드,기관명,상위목표1코드,상위목표 1,전략목표,과제,지표,배점,방법"
    rows = (
        "A01,예시공사,U1,안전한 지역,도로,정비,개수,60,참고",
        "A01,예시공사,U1,안전한 지역,하천,정비,개수,40,참고",
    )
    (tree,) = parse(lines(*rows, header=header), "a.csv").contracts
    (top,) = tree.children
    assert (top.code, top.title, top.weight) == ("U1", "안전한 지역", D(100))
    assert [(goal.code, goal.title, goal.weight) for goal in top.children] == [
        ("G1", "도로", D(60)),
        ("G2", "하천", D(40)),
    ]
    for row, column in (
        ("A01,예시공사,U1,안전한 지역,,정비,개수,100,참고", "전략목표"),
        ("A01,예시공사,U1,,도로,정비,개수,100,참고", "상위목표1"),
    ):
        assert [where for _, where, _ in said(parse(lines(row, header=header), "a.csv"))] == [column]
    renamed = parse(lines(rows[0], rows[1].replace("안전한 지역", "안전한 도시"), header=header), "a.csv")
    assert [(row, column) for row, column, _ in said(renamed)] == [(3, "상위목표1")]


def test_blank_lines_are_passed_over_and_rows_keep_their_number() -> None:
    parsed = parse(lines("", ",,,", GOOD, "", changed(목표="x")), "a.csv")
    assert parsed.rows_read == 2
    assert [problem.row for problem in parsed.problems] == [6]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "파일이 비어 있습니다"),
        (b"\xff\xfe\x00\x81\x30", "글자를 읽을 수 없습니다"),
        (b"\xd0\xcf\x11\xe0old excel", "읽을 수 없는 형식입니다"),
        (b"PK\x03\x04 not a zip", "엑셀 파일을 읽을 수 없습니다"),
        (HEADER.encode(), "제목 행 아래에 계약이 없습니다"),
        ("기관명,과제\n가,나".encode(), "꼭 있어야 하는 열이 없습니다: 기관코드"),
        (f"{HEADER},기관명\n".encode(), "같은 열이 두 번 있습니다"),
        (f'{HEADER}\nA01,"닫히지 않은'.encode(), "CSV로 읽을 수 없습니다"),
        (b"x" * (20 * 1024 * 1024 + 1), "파일이 너무 큽니다"),
        ((",".join(["a"] * 201)).encode(), "열이 너무 많습니다"),
        (f"{HEADER}\n".encode() + b",,x\n" * 50_000, "행이 너무 많습니다"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    parsed = parse(data, "contracts.csv")
    assert parsed.contracts == ()
    assert any(reason in problem.said() for problem in parsed.problems), said(parsed)


def test_a_column_nobody_knows_is_pointed_out_and_not_read() -> None:
    parsed = parse(lines(f"{GOOD},비밀", header=f"{HEADER},메모"), "a.csv")
    assert len(parsed.contracts) == 1
    assert [(notice.column, notice.said()) for notice in parsed.notices] == [
        ("메모", "모르는 열이라 읽지 않았습니다")
    ]
