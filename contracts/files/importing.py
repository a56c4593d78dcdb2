"""Read contracts from our CSV or XLSX format: one row per task or indicator, every bad row named, nothing guessed.

A contract is taken whole or not at all: an agency with one refused row is withheld.  Rows that belong to no agency
are refused and taint nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.files import columns
from contracts.files.assembly import Assembled, assemble
from contracts.files.dictionary import TABLES, names_in
from contracts.files.merging import Body
from contracts.files.record import Record
from contracts.files.row_reading import RowReader
from contracts.files.spreadsheet import RowProblem, Text, Unreadable, rows
from contracts.terms.tree import ContractTree
from office.i18n import N_

__all__ = ["Parsed", "RowProblem", "parse"]


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
    the file, under which code and name people decided to take the agency (contracts/files/merging.py).
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
            reader = RowReader(row, dict(zip(names, cells, strict=False)), problems)
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
    joined: dict[str, list[str]] = {}
    for code, called in named.items():
        if merged and code in merged:
            joined.setdefault(merged[code][0], []).append(max(called, key=called.__getitem__))
    made: Assembled = assemble(records, tainted, others, joined)
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
    if table := next((each for each in TABLES if [cell.text for cell in cells] == names_in(each)), None):
        message = N_(
            "공개 자료의 표({table})입니다. 계약은 계약 파일(contract.csv) 양식으로만 올릴 수 있고, 기관장 성과계약은 화면에서 적습니다"
        )
        problems.append(RowProblem(row, "", message, f"{table.name}.csv", {"table": f"{table.name}.csv"}))
        return None
    missing = [columns.korean(name) for name in columns.REQUIRED if name not in names]
    if missing:
        message = N_("꼭 있어야 하는 열이 없습니다: {missing}. 첫 행에 제목을 써 주십시오")
        problems.append(RowProblem(row, "", message, values={"missing": ", ".join(missing)}))
    return None if problems else names
