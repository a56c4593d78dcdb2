"""One row of the contract file as checked values: every wrong cell is named, a row with one becomes no record."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from contracts.files import columns
from contracts.files.record import Level, Record
from contracts.files.spreadsheet import RowProblem, Text
from contracts.terms.joint import read_shares
from contracts.terms.methods import UNDIRECTED, Misread, Settings, disorders, read_settings
from contracts.terms.tree import Direction, Measure, Method, Shares
from office.decimals import number
from office.i18n import N_

WEIGHT_PLACES = 4


class RowReader:
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
            elif (longest := columns.longest(name)) and len(cell.text) > longest:
                self.refuse(name, N_("{n}자까지 쓸 수 있습니다. 줄여 주십시오"), n=str(longest))
        if len(self.problems) > self.before:
            return None
        if not self.text("task"):
            self.refuse("task", N_("과제 이름이 없습니다"))
        record = Record(
            row=self.row,
            agency_code=self.text("agency_code"),
            agency=self.text("agency"),
            kind=self.text("kind"),
            goals=self._goals(),
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

    def _goals(self) -> tuple[Level, ...]:
        """The goals a row stands in, from the outermost in; those above the goal only where there is one."""
        above = [f"above{n}" for n in range(1, columns.DEEPEST_GOALS)]
        levels = [Level(name, self.text(f"{name}_code"), self.text(name)) for name in (*above, "goal")]
        named = [level for level in levels if level.code or level.title]
        for level in named:
            if not level.title:
                self.refuse(level.column, N_("전략목표 이름이 없습니다"))
        if named and named[-1].column != "goal":
            self.refuse(
                "goal", N_("전략목표 이름이 없습니다. 과제 바로 위의 목표는 전략목표 칸에 써 주십시오")
            )
        return tuple(named)

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
        direction = self._direction(method)
        return Measure(
            direction=direction,
            method=method,
            unit=self.text("unit"),
            definition=self.text("definition"),
            baseline=self._number("baseline"),
            history=tuple((year, value) for year, value in history if value is not None),
            target=self._number("target"),
            actual=self._number("actual"),
            settings=self._settings(method, direction),
            source=self.text("source"),
            formula=self.text("formula"),
            supplied_by=self.text("supplied_by"),
            checked_by=self.text("checked_by"),
        )

    def _method(self) -> Method:
        found = columns.METHODS.get(columns.word(self.text("method")))
        if found is None:
            methods = ", ".join(columns.WRITTEN_METHODS.values())
            wrong = N_("방법은 다음 가운데 하나로 써 주십시오: {methods}")
            if not self.text("method"):
                wrong = N_(
                    "방법 칸이 비어 있습니다. 지표가 있는 행에는 방법이 있어야 합니다. 다음 가운데 하나로 써 주십시오: {methods}"
                )
            self.refuse("method", wrong, methods=methods)
        return found or Method.SHOWN

    def _settings(self, method: Method, direction: Direction) -> Settings:
        read = read_settings(method, self.text("settings"))
        if isinstance(read, Misread):
            self.refuse("settings", read.message, **read.values)
            return ()
        for _, wrong in disorders(direction, read):
            self.refuse("settings", wrong.message, **wrong.values)
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
        needs_none = not written and method in UNDIRECTED
        if found is None and not needs_none:
            wrong = N_("방향은 상향 또는 하향으로 써 주십시오")
            self.refuse(
                "direction",
                wrong if written else N_("방향 칸이 비어 있습니다. 상향 또는 하향으로 써 주십시오"),
            )
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
