"""Contracts as an Excel workbook: a sheet for each table, sums as formulas that can be followed, the dictionary beside."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contracts.files.dictionary import CONTRACTS, INDICATORS, TABLES, TASKS, Table, every_field
from contracts.files.rows import Issued, Row, Value, rows_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""The same contracts are the same bytes, so the file bears no date of its making."""
WIDTHS = {
    "title": 34,
    "promise": 44,
    "result": 44,
    "definition": 44,
    "formula": 30,
    "fingerprint": 20,
    "agency": 18,
}
_BELOW = "SUMPRODUCT(EXACT({{{table}!parent}},{code})*{{{table}!weight}})"


def _summed(code: str) -> str:
    return "=" + "+".join(_BELOW.format(table=table.name, code=code) for table in (TASKS, INDICATORS))


_COUNTED = {
    (CONTRACTS.name, "tasks"): '=COUNTIF({tasks!kind},"task")',
    (CONTRACTS.name, "indicators"): "=COUNTA({indicators!code})",
    (CONTRACTS.name, "weight"): _summed('""'),
    (CONTRACTS.name, "with_target"): "=COUNT({indicators!target})",
    (CONTRACTS.name, "reached"): '=COUNTIF({indicators!reached},"예")',
    (CONTRACTS.name, "missed"): '=COUNTIF({indicators!reached},"아니오")',
    (CONTRACTS.name, "doubted"): "=SUMPRODUCT(ISNUMBER({indicators!target})"
    '*(({indicators!check}="differs")+({indicators!check}="unclear")))',
    (TASKS.name, "below"): _summed("{own!code}"),
}
"""What is counted is a formula over the other sheets: `{table!field}` are the cells of this contract in that column,
`{own!field}` is the cell of this row.  Codes are compared as texts: SUMIFS would take 1.1 and 1.10 for one number."""
Extents = dict[str, dict[str, tuple[int, int]]]
"""First and last row of each contract, by table."""


def workbook(contracts: Sequence[Issued], *, title: str, notes: Sequence[str]) -> bytes:
    """The workbook; its first sheet says what it is (`notes`) and its last ones explain every field."""
    # A tenth of a second to import, and few requests need it.
    from xlsxwriter import Workbook

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(out, options) as book:
        book.set_properties({"title": title, "created": MADE})
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#ecf2fe", "bottom": 1, "text_wrap": True}),
            "day": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "bold": book.add_format({"bold": True, "font_size": 14}),
        }
        about = book.add_worksheet("안내")
        about.set_column(0, 0, 100, formats["wrap"])
        about.write_string(0, 0, title, formats["bold"])
        for line, note in enumerate(notes, start=2):
            about.write_string(line, 0, note, formats["wrap"])
        tables = {table.name: list(rows_of(table, contracts)) for table in TABLES}
        extents = _extents(tables)
        for table in TABLES:
            _sheet(book.add_worksheet(table.label), table, tables[table.name], extents, formats)
        _dictionary(book.add_worksheet("자료 사전"), formats)
    return out.getvalue()


def _sheet(
    sheet: Worksheet, table: Table, rows: Sequence[Row], extents: Extents, formats: dict[str, Any]
) -> None:
    sheet.freeze_panes(1, 1)
    for column, field in enumerate(table.fields):
        sheet.write_string(0, column, field.label, formats["head"])
        sheet.set_column(column, column, WIDTHS.get(field.name, 13))
    for number, row in enumerate(rows, start=1):
        for column, field in enumerate(table.fields):
            value = row[field.name]
            formula = _COUNTED.get((table.name, field.name))
            if formula:
                cached = float(value) if not isinstance(value, str | datetime | None) else 0.0
                written = _filled(formula, table, number + 1, str(row["contract"]), extents)
                sheet.write_formula(number, column, written, value=cached)
            else:
                _write(sheet, number, column, value, formats)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(table.fields) - 1)


def _write(sheet: Worksheet, row: int, column: int, value: Value, formats: dict[str, Any]) -> None:
    match value:
        case None | "":
            pass
        case bool():
            sheet.write_string(row, column, "예" if value else "아니오")
        case datetime():
            sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["day"])
        case str():
            sheet.write_string(row, column, value)
        case _:
            sheet.write_number(row, column, float(value))


def _filled(formula: str, table: Table, row: int, contract: str, extents: Extents) -> str:
    """The formula with its columns and cells by their addresses; of a contract without rows there, a blank cell."""
    from xlsxwriter.utility import xl_col_to_name

    for each in TABLES:
        of = extents[each.name]
        blank = max((last for _, last in of.values()), default=1) + 1
        first, last = of.get(contract, (blank, blank))
        for column, field in enumerate(each.fields):
            letter = xl_col_to_name(column)
            cells = f"'{each.label}'!${letter}${first}:${letter}${last}"
            formula = formula.replace(f"{{{each.name}!{field.name}}}", cells)
    for column, field in enumerate(table.fields):
        formula = formula.replace(f"{{own!{field.name}}}", f"${xl_col_to_name(column)}{row}")
    return formula


def _extents(tables: dict[str, list[Row]]) -> Extents:
    """Rows of one contract stand together; the first row of a sheet is its head."""
    found: Extents = {}
    for name, rows in tables.items():
        of = found.setdefault(name, {})
        for number, row in enumerate(rows, start=2):
            contract = str(row["contract"])
            of[contract] = (of.get(contract, (number, 0))[0], number)
    return found


def _dictionary(sheet: Worksheet, formats: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    for column, (label, width) in enumerate(
        (("표", 12), ("이름", 16), ("한글 이름", 18), ("형식", 12), ("단위", 14), ("뜻", 60), ("출처", 20))
    ):
        sheet.write_string(0, column, label, formats["head"])
        sheet.set_column(column, column, width)
    for row, (table, field) in enumerate(every_field(), start=1):
        said = (table.label, field.name, field.label, field.type, field.unit, field.meaning, field.source)
        for column, text in enumerate(said):
            sheet.write_string(row, column, text)
