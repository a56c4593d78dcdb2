"""A published file as lines of text with their row numbers, and figures out of cells as people print them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.files.spreadsheet import RowProblem, Unreadable, rows
from evaluation.published.flags import Defect, Flag, Unusable
from office.decimals import number
from office.i18n import N_

NOTHING = frozenset({"", "-", "–", "―"})
"""How a printed table says that there is no figure."""
MAXIMUM_ROWS = 2_000
"""Published tables are pages of a report: everybody who looks at one has it read again."""
_WITH_WORDS = re.compile(r"(?P<number>.*\d)\s*(?:점|명|건|원|천원|%|퍼센트)")


@dataclass(frozen=True, slots=True)
class Line:
    """One row that holds anything: its number, its cells and, by column, why a cell cannot be taken."""

    row: int
    cells: tuple[str, ...]
    wrong: dict[int, str]

    def cell(self, column: int | None) -> str:
        return self.cells[column] if column is not None and column < len(self.cells) else ""


def lines_of(data: bytes, filename: str) -> tuple[Line, ...]:
    """The rows of a CSV or XLSX file that hold anything, heading first.  `Unusable` if it cannot be read."""
    try:
        found = tuple(
            Line(
                row,
                tuple(cell.text for cell in cells),
                {column: cell.wrong for column, cell in enumerate(cells) if cell.wrong},
            )
            for row, cells in rows(data, filename)
            if any(cell.text for cell in cells)
        )
    except Unreadable as unreadable:
        raise Unusable([unreadable.problem]) from None
    if len(found) > MAXIMUM_ROWS:
        message = N_("행이 너무 많습니다. {rows}행까지 올릴 수 있습니다")
        raise Unusable([RowProblem(0, "", message, values={"rows": str(MAXIMUM_ROWS)})])
    if len(found) < 2:
        raise Unusable([RowProblem(0, "", N_("제목 행 아래에 읽을 행이 없습니다"))])
    return found


def refuse_wrong_cells(header: Line, lines: Sequence[Line], used: Sequence[int]) -> None:
    """`Unusable`, naming every cell of a column that is read which hides something (a formula, a date)."""
    problems = [
        RowProblem(line.row, header.cell(column), why, line.cell(column))
        for line in lines
        for column, why in line.wrong.items()
        if column in used
    ]
    if problems:
        raise Unusable(problems)


def squeezed(name: str) -> str:
    """A name without its blanks: printed headings are spread out to fill their cells."""
    return re.sub(r"\s+", "", name)


def lost_letters(row: int, name: str) -> list[Flag]:
    """A flag where letters of a name were lost on the way to the file: `?` between letters, or the sign for it."""
    if not re.search(r"\w\?\w|�", name):
        return []
    message = N_("이름에서 글자를 잃어버렸습니다(?로 적힘)")
    return [Flag(row, name, Defect.LOST, message)]


def figure(line: Line, column: int | None, heading: str, flags: list[Flag]) -> Decimal | None:
    """The number in a cell, or nothing; words beside or instead of a number are flagged, the number is taken."""
    written = line.cell(column)
    if written in NOTHING:
        return None
    value = number(written)
    if value is not None:
        return value
    worded = _WITH_WORDS.fullmatch(written)
    value = number(worded["number"]) if worded else None
    message = (
        N_("숫자 칸에 글자가 섞여 있습니다: {written}")
        if value is not None
        else N_("숫자 칸에 숫자가 아닌 글이 있어 읽지 않았습니다: {written}")
    )
    flags.append(Flag(line.row, heading, Defect.TEXT, message, {"written": written}))
    return value
