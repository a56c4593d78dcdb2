"""Workbooks as contract files: read as a person sees them, and refused where they hide something."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from contracts.files.importing import parse
from contracts.terms.tree import (
    indicators,
    tasks,
)
from tests.contracts.rows import HEADER, D, said

# -- spreadsheets ---------------------------------------------------------------------------------------------------


def workbook(*rows: list[Any], percent: str = "", merge: str = "") -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADER.split(","))
    for row in rows:
        sheet.append(row)
    if percent:
        sheet[percent].number_format = "0%"
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


NATIVE: list[Any] = ["A01", "예시공사", "공공기관", 1, "교통", "빨라집니다", True, 100, "1-1", "대기시간", 100.0, "하향", "분",
                     "목표 대 실적", 41, 44.5, 41, 0.1 + 0.2, 32]  # fmt: skip


def test_a_workbook_is_read_as_a_person_sees_it() -> None:
    (tree,) = parse(workbook(NATIVE), "contracts.xlsx").contracts
    assert tasks(tree)[0].code == "1"
    assert tasks(tree)[0].on_ballot
    measure = indicators(tree)[0].measure
    assert measure is not None
    assert (measure.target, measure.history) == (D("0.3"), ((2022, D("44.5")), (2023, D(41))))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (17, "=A1+1", "수식이 들어 있습니다"),
        (17, date(2026, 1, 3), "날짜로 바뀐 칸입니다"),
        (8, date(2026, 1, 1), "날짜로 바뀐 칸입니다"),
        (17, "#DIV/0!", "엑셀 오류 값입니다"),
        (17, True, "숫자가 아닙니다"),
    ],
)
def test_a_cell_that_is_not_what_was_typed_is_refused(column: int, value: Any, reason: str) -> None:
    row = NATIVE.copy()
    row[column] = value
    parsed = parse(workbook(row), "contracts.xlsx")
    assert [(problem.row, problem.column) for problem in parsed.problems] == [(2, HEADER.split(",")[column])]
    assert reason in parsed.problems[0].said()


def test_a_percentage_cell_is_refused_because_it_hides_a_hundredth() -> None:
    row = NATIVE.copy()
    row[17] = 0.45
    parsed = parse(workbook(row, percent="R2"), "contracts.xlsx")
    assert "백분율 서식" in parsed.problems[0].said()


def test_merged_cells_are_refused_naming_them() -> None:
    parsed = parse(workbook(NATIVE, NATIVE, merge="A2:A3"), "contracts.xlsx")
    assert said(parsed) == [(0, "", "병합된 셀이 있습니다(A2:A3). 병합을 풀고 모든 칸을 채워 주십시오")]


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * (101 * 1024 * 1024))
    assert len(out.getvalue()) < 200_000
    parsed = parse(out.getvalue(), "contracts.xlsx")
    assert "압축을 풀면 너무 큰 파일" in parsed.problems[0].said()


def test_an_entity_bomb_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    assert "엑셀 파일을 읽을 수 없습니다" in parse(out.getvalue(), "contracts.xlsx").problems[0].said()
