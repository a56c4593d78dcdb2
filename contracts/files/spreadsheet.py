"""Rows of text out of an uploaded CSV or XLSX file, with everything refused that a spreadsheet hides."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from contracts.files.guarding import unguarded
from office.decimals import number
from office.i18n import N_, translate

if TYPE_CHECKING:
    from openpyxl.cell import Cell, ReadOnlyCell
    from openpyxl.cell.read_only import EmptyCell

MAXIMUM_BYTES = 20 * 1024 * 1024
MAXIMUM_UNPACKED = 100 * 1024 * 1024
"""A spreadsheet is a zip: what it unpacks to is bounded before anything is unpacked."""
MAXIMUM_ROWS = 50_000
MAXIMUM_COLUMNS = 200
MAXIMUM_TEXT = 2_000

# Text that is a formula to whoever opens our exports in a spreadsheet: = and @ always, a leading sign only where a
# function is called or another program is ("- 항목 (주)" is an honest bullet).
_FORMULA = re.compile(r"[=@]|[+-].*(?:[A-Za-z]\(|\|.*!)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one place: `row` as the spreadsheet shows it (header 1, whole file 0), `column` its header."""

    row: int
    column: str
    message: str
    value: str = ""
    values: dict[str, str] = field(default_factory=dict)

    def said(self) -> str:
        """The sentence for people, in the language of the request."""
        return translate(self.message, **self.values)


class Unreadable(Exception):
    """The file as a whole cannot be read; carries the problem."""

    def __init__(self, message: str, /, **values: str) -> None:
        super().__init__(message)
        self.problem = RowProblem(0, "", message, values=values)


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one cell, and why it cannot be taken (empty if it can)."""

    text: str
    wrong: str = ""


Row = tuple[int, tuple[Text, ...]]


def rows(data: bytes, filename: str) -> Iterator[Row]:
    """The rows of the first sheet with their numbers, header first; `Unreadable` with a reason for people."""
    if len(data) > MAXIMUM_BYTES:
        raise Unreadable(
            N_("파일이 너무 큽니다. {megabytes}MB까지 올릴 수 있습니다"), megabytes=str(MAXIMUM_BYTES >> 20)
        )
    if not data.strip():
        raise Unreadable(N_("파일이 비어 있습니다"))
    if data.startswith(b"PK\x03\x04"):
        read = _xlsx_rows(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0") or filename.lower().endswith(
        (".xls", ".hwp", ".xlsx", ".ods", ".hwpx")
    ):
        raise Unreadable(N_("읽을 수 없는 형식입니다. XLSX 또는 CSV로 저장하여 올려 주십시오"))
    else:
        read = _csv_rows(data)
    for row in read:
        if row[0] > MAXIMUM_ROWS:
            raise Unreadable(N_("행이 너무 많습니다. {rows}행까지 올릴 수 있습니다"), rows=str(MAXIMUM_ROWS))
        yield row


def checked(text: str) -> Text:
    """The text without blanks around it; refused if it is over-long, hides control characters or reads as a formula."""
    tidy = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(tidy) > MAXIMUM_TEXT:
        return Text(tidy[:40] + "…", N_("글이 너무 깁니다. 2,000자 안으로 줄여 주십시오"))
    if _CONTROL.search(tidy):
        return Text(
            _CONTROL.sub("�", tidy), N_("보이지 않는 제어 문자가 들어 있습니다. 다시 입력하여 주십시오")
        )
    if _FORMULA.match(tidy) and number(tidy) is None:
        return Text(tidy, N_("수식으로 읽힐 수 있는 글입니다. 값만 쓰거나 다른 글자로 시작하여 주십시오"))
    return Text(tidy)


def _csv_rows(data: bytes) -> Iterator[Row]:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable(N_("글자를 읽을 수 없습니다. UTF-8 CSV로 저장하여 올려 주십시오"))
    row = 0
    try:
        for row, record in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            if len(record) > MAXIMUM_COLUMNS:
                raise Unreadable(
                    N_("열이 너무 많습니다. {columns}열까지 올릴 수 있습니다"), columns=str(MAXIMUM_COLUMNS)
                )
            yield row, tuple(checked(unguarded(cell)) for cell in record)
    except csv.Error as error:
        raise Unreadable(
            N_("{row}행 다음을 CSV로 읽을 수 없습니다. 따옴표를 확인하여 주십시오"), row=str(row)
        ) from error


def _xlsx_rows(data: bytes) -> Iterator[Row]:
    # openpyxl takes a third of a second to import and most requests never need it.
    from openpyxl import load_workbook

    _guard(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the stated size may be a lie; read what is there
        read = [
            (row, tuple(_cell_text(cell) for cell in cells[:MAXIMUM_COLUMNS]))
            for row, cells in zip(range(1, MAXIMUM_ROWS + 2), sheet.iter_rows(), strict=False)
        ]
        book.close()
    except Exception as error:  # a damaged workbook fails in openpyxl in any of a dozen ways
        raise Unreadable(N_("엑셀 파일을 읽을 수 없습니다. 다시 저장하여 올려 주십시오")) from error
    yield from read


def _guard(data: bytes) -> None:
    """Refuse zip bombs, document types (entity bombs), and merged cells, whose lower rows would read as blank."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
            if len(members) > 2_000 or sum(member.file_size for member in members) > MAXIMUM_UNPACKED:
                raise Unreadable(
                    N_("압축을 풀면 너무 큰 파일입니다. 필요한 시트만 남겨 다시 저장하여 주십시오")
                )
            for member in members:
                if not member.filename.endswith((".xml", ".rels")):
                    continue
                content = package.read(member)
                if b"<!DOCTYPE" in content[:4096]:
                    raise Unreadable(N_("엑셀 파일을 읽을 수 없습니다. 다시 저장하여 올려 주십시오"))
                if b"mergeCell " in content and (
                    found := re.search(rb'mergeCell\s+ref="([A-Z0-9:]{1,20})"', content)
                ):
                    raise Unreadable(
                        N_("병합된 셀이 있습니다({cells}). 병합을 풀고 모든 칸을 채워 주십시오"),
                        cells=found[1].decode(),
                    )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Unreadable(N_("엑셀 파일을 읽을 수 없습니다. 다시 저장하여 올려 주십시오")) from error


def _cell_text(cell: Cell | ReadOnlyCell | EmptyCell | Any) -> Text:
    """What a person sees in the cell, as text; refused where the spreadsheet stored something else than was typed."""
    value = cell.value
    match value:
        case None:
            return Text("")
        case bool():
            return Text("예" if value else "아니오")
        case int():
            shown = str(value)
        case float():
            shown = format(value, ".15g")  # as many digits as Excel shows
            if "e" in shown:
                shown = format(value, ".10f").rstrip("0").rstrip(".")
        case datetime() | date() | time() | timedelta():
            return Text(
                str(value),
                N_("날짜로 바뀐 칸입니다. 셀 서식을 '텍스트'나 '숫자'로 하고 다시 입력하여 주십시오"),
            )
        case str():
            if cell.data_type == "f":
                return Text(value, N_("수식이 들어 있습니다. 계산된 값으로 바꾸어 주십시오"))
            if cell.data_type == "e":
                return Text(value, N_("엑셀 오류 값입니다. 값을 다시 입력하여 주십시오"))
            return checked(value)
        case _:
            return Text(str(value), N_("수식이 들어 있습니다. 계산된 값으로 바꾸어 주십시오"))
    if "%" in (cell.number_format or ""):
        return Text(shown, N_("백분율 서식의 칸입니다. 서식을 '숫자'로 하고 % 없이 써 주십시오(예: 45)"))
    return Text(shown)
