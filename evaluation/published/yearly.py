"""Published tables that set two years beside each other: targets in money, satisfaction in points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from contracts.files.columns import word
from evaluation.published.cells import Line, figure, lost_letters, refuse_wrong_cells, squeezed
from evaluation.published.flags import Defect, Flag
from office.decimals import shown
from office.i18n import N_

SUMS = frozenset({"합계", "계", "총계"})
# The corporation's own total, printed 공단종합 in one year and 공단조합 in another.
MEANS = re.compile(r".*(?:종합|조합|평균)|전체")
_YEAR = re.compile(r"((?:19|20)\d{2})(?:년도?)?(목표|실적|예산)?")
TWO_YEARS = 2


@dataclass(frozen=True, slots=True)
class YearRow:
    """One body or facility: a figure for each year, the printed change, and the subtotal row it belongs to, if any."""

    row: int
    name: str
    amounts: tuple[Decimal | None, ...]
    change: Decimal | None = None
    note: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True)
class YearTable:
    """A published table by years (in the order of the sheet); `total` is its printed sum or overall value."""

    years: tuple[int, ...]
    rows: tuple[YearRow, ...]
    total: YearRow | None
    money: bool

    @property
    def year(self) -> int:
        """The year the table is about: its newest."""
        return max(self.years)


def is_year_table(header: Line) -> bool:
    """Whether this heading is one of figures by year."""
    return bool(header.cells) and word(header.cells[0]) in {"구분", "name"} and bool(_years(header))


def _years(header: Line) -> dict[int, int]:
    """Column by year."""
    found: dict[int, int] = {}
    for column, heading in enumerate(header.cells[1:], start=1):
        if year := _YEAR.fullmatch(squeezed(heading)):
            found.setdefault(int(year[1]), column)
    return found


def read_years(lines: Sequence[Line]) -> tuple[YearTable, tuple[Flag, ...]]:
    """The table as printed, and every contradiction in it.  `Unusable` names rows it cannot take.

    Printed shares (구성비) are rounded to whole per cent and neither read nor judged.
    """
    header, body = lines[0], lines[1:]
    years = _years(header)
    by_heading = {squeezed(heading): column for column, heading in enumerate(header.cells)}
    change, note = by_heading.get("증감"), by_heading.get("비고")
    used = [0, *years.values(), *(column for column in (change, note) if column is not None)]
    refuse_wrong_cells(header, body, used)
    flags: list[Flag] = []
    rows: list[YearRow] = []
    for line in body:
        name = line.cell(0)
        flags += lost_letters(line.row, name)
        before = len(flags)
        row = YearRow(
            line.row,
            name,
            tuple(figure(line, column, header.cell(column), flags) for column in years.values()),
            figure(line, change, header.cell(change), flags),
            line.cell(note),
        )
        rows.append(row)
        if not name or (not any(line.cells[1:]) and len(flags) == before):
            flags.append(Flag(line.row, name, Defect.JUNK, N_("이름이나 숫자가 없는 행입니다")))
        elif change is not None and line.cell(change) and len(years) == TWO_YEARS:
            flags += _change(row, tuple(years), header.cell(change))
    total = next((row for row in rows if _is_sum(row.name) or MEANS.fullmatch(squeezed(row.name))), None)
    items = [row for row in rows if row is not total]
    if total is not None and _is_sum(total.name):
        items, found = _summed(total, items, tuple(years))
        flags += found
    elif total is not None:
        flags += _between(total, items, tuple(years))
    money = any("목표" in heading or "예산" in heading for heading in header.cells)
    return YearTable(tuple(years), tuple(items), total, money), tuple(flags)


def _is_sum(name: str) -> bool:
    return squeezed(name) in SUMS


def _change(row: YearRow, years: tuple[int, ...], heading: str) -> Iterator[Flag]:
    new, old = (row.amounts[years.index(year)] for year in (max(years), min(years)))
    if new is None and old is None:
        return
    right = (new or Decimal()) - (old or Decimal())
    if (row.change or Decimal()) != right:
        message = N_("적힌 증감: {printed}. 계산하면: {new} - {old} = {right}")
        values = {
            "printed": shown(row.change or Decimal()),
            "new": shown(new or Decimal()),
            "old": shown(old or Decimal()),
            "right": shown(right),
        }
        yield Flag(row.row, f"{row.name} · {heading}", Defect.CHANGE, message, values)


def _summed(total: YearRow, items: list[YearRow], years: tuple[int, ...]) -> tuple[list[YearRow], list[Flag]]:
    """The rows with those below an unmarked subtotal told apart, and what does not add up."""
    if _sums(items) == _amounts(total):
        return items, []
    flags: list[Flag] = []
    for at, end in _subtotals(items):
        within = items[at]
        marked = [
            replace(row, within=within.name) if at < place < end else row for place, row in enumerate(items)
        ]
        if _sums([row for row in marked if not row.within]) == _amounts(total):
            message = N_(
                "소계라고 적혀 있지 않지만 아래 {first}행부터 {last}행까지의 합입니다. 그대로 더하면 두 번 셉니다"
            )
            values = {"first": str(items[at + 1].row), "last": str(items[end - 1].row)}
            return marked, [Flag(within.row, within.name, Defect.SUBTOTAL, message, values)]
    for year, stated, summed in zip(years, _amounts(total), _sums(items), strict=True):
        if stated != summed:
            message = N_("{year}년 합계는 {stated}인데 더하면 {summed}입니다")
            values = {"year": str(year), "stated": shown(stated), "summed": shown(summed)}
            flags.append(Flag(total.row, total.name, Defect.TOTAL, message, values))
    return items, flags


def _subtotals(items: Sequence[YearRow]) -> Iterator[tuple[int, int]]:
    """Where a row is, in every year, the sum of the two or more rows after it: its place and where they end."""
    for at, row in enumerate(items):
        for end in range(at + 3, len(items) + 1):
            if any(_amounts(row)) and _sums(items[at + 1 : end]) == _amounts(row):
                yield at, end


def _amounts(row: YearRow) -> tuple[Decimal, ...]:
    return tuple(amount or Decimal() for amount in row.amounts)


def _sums(rows: Sequence[YearRow]) -> tuple[Decimal, ...]:
    return tuple(sum(column, Decimal()) for column in zip(*(_amounts(row) for row in rows), strict=True))


def _between(total: YearRow, items: Sequence[YearRow], years: tuple[int, ...]) -> Iterator[Flag]:
    """An overall value is a mean, however it is weighted: it lies between the lowest and the highest of its parts."""
    for place, year in enumerate(years):
        overall = total.amounts[place]
        parts = [amount for row in items if (amount := row.amounts[place]) is not None]
        if overall is not None and parts and not min(parts) <= overall <= max(parts):
            message = N_(
                "{year}년 종합 점수는 {overall}점인데 항목은 모두 {low}점과 {high}점 사이입니다. "
                "어떤 가중치로도 나올 수 없는 값입니다"
            )
            values = {"year": str(year), "overall": shown(overall), "low": shown(min(parts)),
                      "high": shown(max(parts))}  # fmt: skip
            yield Flag(total.row, total.name, Defect.RANGE, message, values)
