"""The workbook to fill in offline: what stands in it comes back unchanged, and its lists offer what is read."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from contracts.files.columns import (
    COLUMNS,
    DIRECTIONS,
    METHODS,
    NEEDED_BY_INDICATORS,
    REQUIRED,
    column_of,
    word,
)
from contracts.files.importing import parse
from contracts.files.template_words import COLUMN_HELP, METHOD_HELP
from contracts.files.template_xlsx import FORM_ROWS, template_xlsx
from contracts.terms.methods import SETTINGS
from contracts.terms.tree import Kind, Measure, Method, Node
from tests.contracts.drawn import contracts
from tests.contracts.rows import said
from tests.seeding import CULTURE, TRANSPORT

YEAR = 2026
BODIES = (("TR", "교통국", "실·국"), ("CU", "문화국", "실·국"))


def opened(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def offered(book: Workbook) -> dict[str, list[str]]:
    """What the lists of the form offer, by English column name; the range of each goes down the whole form."""
    form = book.worksheets[0]
    found = {}
    for choice in form.data_validations.dataValidation:
        if choice.type != "list":
            continue
        (area,) = choice.sqref.ranges
        sheet, cells = choice.formula1.split("!")
        name = column_of(str(form.cell(1, area.min_col).value))
        assert name is not None and (area.min_row, area.max_row) == (2, FORM_ROWS + 1)
        listed = book[sheet.strip("'")][cells.replace("$", "")]
        found[name] = [str(cell.value) for (cell,) in listed]
    return found


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_form_filled_with_contracts_is_read_back_as_those_contracts(data: st.DataObject) -> None:
    trees = tuple(data.draw(contracts(code)) for code in ("A", "B"))
    if data.draw(st.booleans()):
        both = Node(
            "J", "함께", Kind.TASK, Decimal(0), shares=(("A", Decimal("62.5")), ("B", Decimal("37.5")))
        )
        trees = tuple(replace(tree, children=(*tree.children, both)) for tree in trees)
    parsed = parse(template_xlsx(trees, year=YEAR, bodies=BODIES), "form.xlsx")
    assert said(parsed) == []
    assert parsed.contracts == trees
    assert parsed.notices == ()


def test_figures_a_spreadsheet_cannot_keep_and_texts_it_would_turn_into_dates_come_back_as_written() -> None:
    (goal, task) = TRANSPORT.children
    measure = Measure(
        next(iter(DIRECTIONS.values())),
        Method.SHOWN,
        unit="1-2",
        target=Decimal("0.12345678901234567"),
        actual=Decimal(12345678901234567890),
        baseline=Decimal("-0.5"),
    )
    node = Node("03-01", "2026-01-02", Kind.INDICATOR, Decimal(40), measure=measure)
    tree = replace(TRANSPORT, agency_code="007", children=(goal, replace(task, children=(node,))))
    assert parse(template_xlsx([tree], year=YEAR), "form.xlsx").contracts == (tree,)


def test_the_lists_offer_exactly_what_is_read() -> None:
    lists = offered(opened(template_xlsx(year=YEAR, bodies=BODIES)))
    assert {METHODS[word(each)] for each in lists["method"]} == set(Method)
    assert [DIRECTIONS[word(each)] for each in lists["direction"]] == ["up", "down"]
    assert lists["agency_code"] == ["TR", "CU"] and lists["agency"] == ["교통국", "문화국"]
    assert lists["kind"][0] == "실·국" and len(set(lists["kind"])) == len(lists["kind"])
    assert lists["on_ballot"] == ["예", "아니오"]


def test_the_empty_form_has_every_column_a_fixed_heading_and_the_five_years_before() -> None:
    book = opened(template_xlsx(year=YEAR))
    form = book.worksheets[0]
    headings = [str(cell.value) for cell in form[1]]
    assert set(COLUMNS.values()) < set(headings)
    assert headings[headings.index("목표") - 5 : headings.index("목표")] == [
        "2021", "2022", "2023", "2024", "2025",
    ]  # fmt: skip
    assert form.freeze_panes == "C2" and form.max_row == 1
    assert all(
        (form.column_dimensions[get_column_letter(at + 1)].width or 0) >= 11 for at in range(len(headings))
    )
    (problem,) = parse(template_xlsx(year=YEAR), "form.xlsx").problems
    assert problem.said() == "제목 행 아래에 계약이 없습니다"


def test_the_explanation_names_every_column_method_and_setting() -> None:
    assert set(COLUMN_HELP) == set(COLUMNS) and set(METHOD_HELP) == set(Method)
    rows = [
        [str(cell or "") for cell in row]
        for row in opened(template_xlsx(year=YEAR))["설명"].iter_rows(values_only=True)
    ]
    by_name = {row[1]: row for row in rows}
    assert all(by_name[name][2] == "예" for name in REQUIRED)
    assert all(by_name[name][2] == "지표 행에만" for name in NEEDED_BY_INDICATORS)
    told = {label.removesuffix("=…") for _, label, _, _ in rows}
    assert {each.label for known in SETTINGS.values() for each in known} <= told
    assert all(row[3] for row in rows if any(row))


def test_the_example_sheet_reads_without_a_problem_when_it_is_moved_to_the_front() -> None:
    book = opened(template_xlsx([CULTURE], year=YEAR))
    book.move_sheet("보기", -3)
    out = io.BytesIO()
    book.save(out)
    parsed = parse(out.getvalue(), "form.xlsx")
    assert said(parsed) == [] and [tree.agency_code for tree in parsed.contracts] == ["A01"]


def test_a_contract_with_goals_over_goals_has_a_column_for_each_level() -> None:
    (goal, task) = TRANSPORT.children
    deeper = replace(goal, code="G-9", title="안전한 지역", children=(goal,))
    tree = replace(TRANSPORT, children=(deeper, task))
    data = template_xlsx([tree], year=YEAR)
    headings = [str(cell.value) for cell in opened(data).worksheets[0][1]]
    at = headings.index("상위목표1코드")
    assert headings[at : at + 4] == ["상위목표1코드", "상위목표1", "전략목표코드", "전략목표"]
    assert parse(data, "form.xlsx").contracts == (tree,)


def test_a_task_below_a_task_cannot_be_written() -> None:
    (_, task) = TRANSPORT.children
    with pytest.raises(ValueError, match="goals"):
        template_xlsx([replace(TRANSPORT, children=(replace(task, children=(task,)),))], year=YEAR)
