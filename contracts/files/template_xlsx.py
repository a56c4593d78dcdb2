"""The contract form as a workbook to fill in offline: lists to choose from, an explanation of every column, an example.

The form is the first sheet, so that the filled file is read as it stands: `parse(template_xlsx(trees), …)` gives the trees.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from contracts.files.columns import (
    COLUMNS,
    NEEDED_BY_INDICATORS,
    NUMBERS,
    REQUIRED,
    WRITTEN_DIRECTIONS,
    WRITTEN_METHODS,
    korean,
)
from contracts.files.exporting import example_contract, table_of
from contracts.files.template_words import COLUMN_HELP, LEVEL_HELP, METHOD_HELP, SETTING_HELP, YEAR_HELP
from contracts.terms.methods import SETTINGS, Takes
from contracts.terms.tree import ContractTree
from office.decimals import number
from office.i18n import N_, translate

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORM_ROWS = 1_000
"""Rows below the heading that offer lists."""
PAST_YEARS = 5
KINDS: Final = ("실·국", "직속기관", "사업소", "공공기관")
_WIDTHS: Final[dict[str, int]] = {
    "agency_code": 11, "agency": 20, "kind": 12, "goal": 26, "task": 30, "promise": 44, "result": 40, "indicator": 30,
    "method": 17, "settings": 28, "shares": 22, "definition": 40, "formula": 30, "source": 24, "supplied_by": 16,
    "checked_by": 16,
}  # fmt: skip
_WIDTH = 12
_FONT, _HEAD, _NEEDED, _HEAD_INK = "맑은 고딕", "E7EEFC", "0B50D0", "FFFFFF"

Bodies = Sequence[tuple[str, str, str]]
"""Code, name and kind of the bodies to choose from."""


def template_xlsx(trees: Sequence[ContractTree] = (), *, year: int, bodies: Bodies = ()) -> bytes:
    """The form, filled with `trees` where there are any; past values for the five years before `year`.

    `ValueError` for a tree that the format cannot say (exporting.table_of).
    """
    # openpyxl takes a third of a second to import and most requests never need it.
    from openpyxl import Workbook

    past = range(year - PAST_YEARS, year)
    names, lines = table_of(trees, past)
    book = Workbook()
    book.properties.creator = translate(N_("약속"))
    form = book.worksheets[0]
    form.title = translate(N_("계약"))
    _fill(form, names, lines)
    form.freeze_panes = "C2"
    known = list(
        dict.fromkeys([*bodies, *((tree.agency_code, tree.agency, tree.agency_kind) for tree in trees)])
    )
    _offer_lists(book, form, names, known)
    _explain(book, names)
    example = book.create_sheet(translate(N_("보기")))
    _fill(example, *table_of([example_contract()]))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, names: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Heading and rows: figures as numbers, everything else as text that no spreadsheet turns into something else."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    numbers = [name in NUMBERS or name.isdigit() for name in names]
    for column, name in enumerate(names, start=1):
        head = sheet.cell(1, column, korean(name))
        head.data_type = "s"
        needed = name in REQUIRED
        head.font = Font(name=_FONT, bold=True, color=_HEAD_INK if needed else None)
        head.fill = PatternFill("solid", fgColor=_NEEDED if needed else _HEAD)
        head.alignment = Alignment(wrap_text=True, vertical="center")
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, _WIDTH)
        if not numbers[column - 1]:
            sheet.column_dimensions[letter].number_format = "@"
    sheet.row_dimensions[1].height = 30
    for row, line in enumerate(lines, start=2):
        for column, text in enumerate(line, start=1):
            if not text:
                continue
            cell = sheet.cell(row, column)
            cell.font = Font(name=_FONT)
            if numbers[column - 1] and (value := _as_typed(text)) is not None:
                cell.value = value
            else:
                cell.value = text
                cell.data_type = "s"
                cell.number_format = "@"
                cell.alignment = Alignment(wrap_text=True, vertical="top")


def _as_typed(text: str) -> float | int | None:
    """The figure as a spreadsheet keeps it, unless it would come back as another one."""
    value = number(text)
    if value is None:
        return None
    if value == value.to_integral_value() and abs(value) < 10**15:
        return int(value)
    binary = float(value)
    return binary if format(binary, ".15g") == text else None


def _offer_lists(book: Workbook, form: Worksheet, names: Sequence[str], bodies: Bodies) -> None:
    """Drop-down lists; what they hold stands on a sheet of its own, where there is room for many bodies."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    lists = book.create_sheet(translate(N_("목록")))
    kinds = list(dict.fromkeys([*(kind for _, _, kind in bodies if kind), *KINDS]))
    offered: dict[str, tuple[list[str], bool]] = {
        "agency_code": ([code for code, _, _ in bodies], False),
        "agency": ([name for _, name, _ in bodies], False),
        "kind": (kinds, False),
        "on_ballot": (["예", "아니오"], True),
        "direction": (list(WRITTEN_DIRECTIONS.values()), True),
        "method": (list(WRITTEN_METHODS.values()), True),
    }
    for column, (name, (values, only)) in enumerate(offered.items(), start=1):
        _fill_list(lists, column, COLUMNS[name], values)
        if not values:
            continue
        letter = get_column_letter(column)
        choice = DataValidation(
            "list", formula1=f"'{lists.title}'!${letter}$2:${letter}${len(values) + 1}", allow_blank=True
        )
        choice.showErrorMessage = only
        choice.error = translate(N_("목록에서 골라 주십시오"))
        at = get_column_letter(names.index(name) + 1)
        choice.add(f"{at}2:{at}{FORM_ROWS + 1}")
        form.add_data_validation(choice)
    for name in ("task_weight", "weight"):
        points = DataValidation("decimal", operator="between", formula1="0", formula2="100", allow_blank=True)
        points.error = translate(N_("배점은 0에서 100 사이의 숫자로 적어 주십시오"))
        points.showErrorMessage = True
        at = get_column_letter(names.index(name) + 1)
        points.add(f"{at}2:{at}{FORM_ROWS + 1}")
        form.add_data_validation(points)


def _fill_list(sheet: Worksheet, column: int, heading: str, values: Sequence[str]) -> None:
    from openpyxl.utils import get_column_letter

    for row, text in enumerate([heading, *values], start=1):
        cell = sheet.cell(row, column, text)
        cell.data_type = "s"
    sheet.column_dimensions[get_column_letter(column)].width = 22


def _needed(name: str) -> str:
    if name in REQUIRED:
        return translate(N_("예"))
    return translate(N_("지표 행에만")) if name in NEEDED_BY_INDICATORS else ""


def _explain(book: Workbook, names: Sequence[str]) -> None:
    """Every column and every method with its settings, in the language of the request."""
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(translate(N_("설명")))
    table: list[tuple[str, ...]] = [
        (translate(N_("열")), "English", translate(N_("꼭 있어야 함")), translate(N_("무엇을 적나요"))),
        *(
            (header, name, _needed(name), translate(COLUMN_HELP[name]))
            for name, header in COLUMNS.items()
        ),
        (f"{korean('above1')}, {korean('above2')}, …", "above1, above2, …", "", translate(LEVEL_HELP)),
        (", ".join(name for name in names if name.isdigit()), "", "", translate(YEAR_HELP)),
        (),
        (translate(N_("방법")), translate(N_("방법설정")), translate(N_("꼭 있어야 함")), translate(N_("무엇을 적나요"))),
    ]  # fmt: skip
    heads = {1, len(table)}
    for method, written in WRITTEN_METHODS.items():
        table.append((written, "", "", translate(METHOD_HELP[method])))
        for each in SETTINGS[method]:
            label = each.label if each.takes is Takes.YES else f"{each.label}=…"
            needed = translate(N_("예")) if each.required else ""
            table.append(("", label, needed, translate(SETTING_HELP[each.takes])))
    for row, texts in enumerate(table, start=1):
        for column, text in enumerate(texts, start=1):
            cell = sheet.cell(row, column, text)
            cell.data_type = "s"
            cell.font = Font(name=_FONT, bold=row in heads or column == 1)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCD", (24, 24, 12, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
