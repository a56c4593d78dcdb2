"""Read contracts from our CSV or XLSX format: one row per task or indicator, every bad row named, nothing guessed.

A contract is taken whole or not at all: an agency with one refused row is withheld.  Rows that belong to no agency
are refused and taint nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from contracts import columns
from contracts.assembly import Assembled, Record, assemble
from contracts.joint import read_shares
from contracts.merging import Body
from contracts.methods import Misread, Settings, read_settings
from contracts.spreadsheet import RowProblem, Text, Unreadable, rows
from contracts.tree import BESIDE, ContractTree, Direction, Measure, Method, Shares
from office.decimals import number
from office.i18n import N_

__all__ = ["Parsed", "RowProblem", "parse"]

WEIGHT_PLACES = 4


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds.

    `contracts` are free of problems and ready to store; `problems` say why rows or whole agencies were refused;
    `notices` say what was taken but should be looked at; `withheld` are the agencies refused, by code; `bodies` are all
    agencies as the file names them most often.
    """

    contracts: tuple[ContractTree, ...]
    problems: tuple[RowProblem, ...]
    notices: tuple[RowProblem, ...]
    rows_read: int
    withheld: tuple[str, ...] = ()
    bodies: tuple[Body, ...] = ()

    @property
    def refused_rows(self) -> tuple[int, ...]:
        """The numbers of the rows that have a problem of their own."""
        return tuple(sorted({problem.row for problem in self.problems}))


def parse(
    data: bytes,
    filename: str,
    others: Sequence[ContractTree] = (),
    merged: Mapping[str, tuple[str, str]] | None = None,
) -> Parsed:
    """Everything a contract file holds, checked; bad input is described in the answer, never raised.

    `others` are the contracts stored already: joint tasks are compared with them too.  `merged` says, by agency code of
    the file, under which code and name people decided to take the agency (contracts/merging.py).
    """
    problems: list[RowProblem] = []
    notices: list[RowProblem] = []
    records: list[Record] = []
    tainted: set[str] = set()
    named: dict[str, Counter[str]] = {}
    first_rows: dict[str, int] = {}
    rows_read = 0
    try:
        reading = _filled_rows(data, filename)
        header_row, header = next(reading, (0, ()))
        names = _header(header_row, header, problems, notices)
        if names is None:
            return Parsed((), tuple(problems), tuple(notices), 0)
        for row, cells in reading:
            rows_read += 1
            reader = _RowReader(row, dict(zip(names, cells, strict=False)), problems)
            code, name = reader.text("agency_code"), reader.text("agency")
            if code and name:
                named.setdefault(code, Counter())[name] += 1
                first_rows.setdefault(code, row)
            record = reader.record()
            taken = (merged or {}).get(code, (code, name))
            if record is not None:
                records.append(_taken_as(record, taken, merged or {}))
            elif code:
                tainted.add(taken[0])
    except Unreadable as unreadable:
        return Parsed((), (*problems, unreadable.problem), tuple(notices), rows_read)
    made: Assembled = assemble(records, tainted, others)
    problems += made.problems
    if not made.trees and not problems:
        problems.append(RowProblem(0, "", N_("제목 행 아래에 계약이 없습니다")))
    in_order = sorted(problems, key=lambda problem: problem.row)
    return Parsed(
        made.trees,
        tuple(in_order),
        (*notices, *made.notices),
        rows_read,
        made.withheld,
        tuple(
            Body(code, max(called, key=called.__getitem__), first_rows[code])
            for code, called in named.items()
        ),
    )


def _taken_as(record: Record, taken: tuple[str, str], merged: Mapping[str, tuple[str, str]]) -> Record:
    """The row under the code and name its agency goes by, in its partners' shares as well."""
    shares = tuple((merged[code][0] if code in merged else code, percent) for code, percent in record.shares)
    return replace(record, agency_code=taken[0], agency=taken[1], shares=shares)


def _filled_rows(data: bytes, filename: str) -> Iterator[tuple[int, tuple[Text, ...]]]:
    return ((row, cells) for row, cells in rows(data, filename) if any(cell.text for cell in cells))


def _header(
    row: int, cells: tuple[Text, ...], problems: list[RowProblem], notices: list[RowProblem]
) -> list[str] | None:
    """The English column names in the file's order ("" for a column not read), or nothing if the header is unusable."""
    names: list[str] = []
    for cell in cells:
        name = columns.column_of(cell.text) or ""
        if name and name in names:
            problems.append(RowProblem(row, cell.text, N_("같은 열이 두 번 있습니다. 하나만 남겨 주십시오")))
        elif not name and cell.text:
            notices.append(RowProblem(row, cell.text, N_("모르는 열이라 읽지 않았습니다")))
        names.append(name)
    missing = [columns.korean(name) for name in columns.REQUIRED if name not in names]
    if missing:
        message = N_("꼭 있어야 하는 열이 없습니다: {missing}. 첫 행에 제목을 써 주십시오")
        problems.append(RowProblem(row, "", message, values={"missing": ", ".join(missing)}))
    return None if problems else names


class _RowReader:
    """One row being read: every wrong cell becomes a problem, a row with a problem becomes no record."""

    def __init__(self, row: int, cells: Mapping[str, Text], problems: list[RowProblem]) -> None:
        self.row = row
        self.cells = cells
        self.problems = problems
        self.before = len(problems)

    def text(self, name: str) -> str:
        cell = self.cells.get(name)
        return cell.text if cell else ""

    def refuse(self, name: str, message: str, **values: str) -> None:
        self.problems.append(RowProblem(self.row, columns.korean(name), message, self.text(name), values))

    def record(self) -> Record | None:
        """The row as checked values, or nothing if a cell of it is wrong."""
        if not self._knows_agency():
            return None
        for name, cell in self.cells.items():
            if name and cell.wrong:
                self.refuse(name, cell.wrong)
            elif (longest := columns.LONGEST.get(name)) and len(cell.text) > longest:
                self.refuse(name, N_("{n}자까지 쓸 수 있습니다. 줄여 주십시오"), n=str(longest))
        if len(self.problems) > self.before:
            return None
        if not self.text("task"):
            self.refuse("task", N_("과제 이름이 없습니다"))
        if self.text("goal_code") and not self.text("goal"):
            self.refuse("goal", N_("전략목표 이름이 없습니다"))
        record = Record(
            row=self.row,
            agency_code=self.text("agency_code"),
            agency=self.text("agency"),
            kind=self.text("kind"),
            goal_code=self.text("goal_code"),
            goal=self.text("goal"),
            task_code=self.text("task_code"),
            task=self.text("task"),
            promise=self.text("promise"),
            result=self.text("result"),
            on_ballot=self._yes_or_no("on_ballot"),
            task_weight=self._weight("task_weight"),
            indicator_code=self.text("indicator_code"),
            indicator=self.text("indicator"),
            weight=self._weight("weight"),
            measure=self._measure(),
            shares=self._shares(),
        )
        return record if len(self.problems) == self.before else None

    def _knows_agency(self) -> bool:
        code, name = self.text("agency_code"), self.text("agency")
        if not code and not name:
            self.refuse("agency", N_("기관 코드와 이름이 없습니다"))
        elif not name:
            self.refuse("agency", N_("기관 이름이 없습니다"))
        elif not code:
            self.refuse("agency_code", N_("기관 코드가 없습니다"))
        return bool(code and name)

    def _measure(self) -> Measure | None:
        years = sorted(name for name in self.cells if name.isdigit())
        filled = [name for name in (*columns.INDICATOR_FACTS, *years) if self.text(name)]
        if not self.text("indicator"):
            if filled:
                self.refuse(
                    "indicator", N_("지표 이름이 없습니다. 과제만 있는 행이면 지표의 칸을 모두 비워 주십시오")
                )
            return None
        history = [(int(year), self._number(year)) for year in years if self.text(year)]
        method = self._method()
        return Measure(
            direction=self._direction(method),
            method=method,
            unit=self.text("unit"),
            definition=self.text("definition"),
            baseline=self._number("baseline"),
            history=tuple((year, value) for year, value in history if value is not None),
            target=self._number("target"),
            actual=self._number("actual"),
            settings=self._settings(method),
            source=self.text("source"),
            formula=self.text("formula"),
            supplied_by=self.text("supplied_by"),
            checked_by=self.text("checked_by"),
        )

    def _method(self) -> Method:
        found = columns.METHODS.get(columns.word(self.text("method")))
        if found is None:
            methods = ", ".join(columns.WRITTEN_METHODS.values())
            self.refuse("method", N_("방법은 다음 가운데 하나로 써 주십시오: {methods}"), methods=methods)
        return found or Method.SHOWN

    def _settings(self, method: Method) -> Settings:
        read = read_settings(method, self.text("settings"))
        if isinstance(read, Misread):
            self.refuse("settings", read.message, **read.values)
            return ()
        return read

    def _shares(self) -> Shares:
        read = read_shares(self.text("shares"))
        if isinstance(read, Misread):
            self.refuse("shares", read.message, **read.values)
            return ()
        return read

    def _direction(self, method: Method) -> Direction:
        written = columns.word(self.text("direction"))
        found = columns.DIRECTIONS.get(written)
        # A grade has no direction of its own, nor have points: more is more.  What is only shown needs none.
        needs_none = not written and method in {Method.NINE_GRADE, Method.SHOWN} | BESIDE
        if found is None and not needs_none:
            self.refuse("direction", N_("방향은 상향 또는 하향으로 써 주십시오"))
        return found or Direction.UP

    def _yes_or_no(self, name: str) -> bool | None:
        written = columns.word(self.text(name))
        if written not in columns.YES | columns.NO:
            self.refuse(name, N_("예 또는 아니오로 써 주십시오"))
        return (written in columns.YES) if written else None

    def _number(self, name: str) -> Decimal | None:
        written = self.text(name)
        value = number(written) if written else None
        if written and value is None:
            self.refuse(
                name, N_("숫자가 아닙니다. 단위와 기호 없이 숫자만 써 주십시오(예: 1,234.5, 음수는 △3)")
            )
        return value

    def _weight(self, name: str) -> Decimal | None:
        value = self._number(name)
        if value is not None and value < 0:
            self.refuse(name, N_("배점은 0보다 작을 수 없습니다"))
        if value is not None and value != value.quantize(Decimal(1).scaleb(-WEIGHT_PLACES)):
            self.refuse(name, N_("배점은 소수 넷째 자리까지 쓸 수 있습니다"))
        return value
