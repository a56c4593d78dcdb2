"""Contracts as open data: flat tables, CSV and JSON with its dictionary (the workbook: contracts/files/workbook.py)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.files.dictionary import CONTRACTS, HISTORY, INDICATORS, TASKS, Table, every_field
from contracts.files.guarding import guarded
from contracts.terms.canonical import canonical_bytes, tree_record
from contracts.terms.joint import write_shares
from contracts.terms.methods import write_settings
from contracts.terms.standing import met, standing_of
from contracts.terms.tree import ContractTree, Kind, Node
from office.decimals import plain

FORMAT = "yaksok-open-data-1"
Value = str | Decimal | int | bool | datetime | None
Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Issued:
    """A published contract with what it is known by."""

    public_id: str
    year: int
    published_at: datetime | None
    fingerprint: str
    tree: ContractTree


def rows_of(table: Table, contracts: Iterable[Issued]) -> Iterator[Row]:
    """The rows of a table; every row has exactly the fields the dictionary names, in its order."""
    make = _ROWS[table.name]
    for contract in contracts:
        yield from make(contract)


def _contract_rows(contract: Issued) -> Iterator[Row]:
    tree = contract.tree
    standing = standing_of([tree])
    yield {
        "contract": contract.public_id,
        "year": contract.year,
        "agency_code": tree.agency_code,
        "agency": tree.agency,
        "agency_kind": tree.agency_kind,
        "published_at": contract.published_at,
        "fingerprint": contract.fingerprint,
        "state": standing.state,
        "tasks": standing.tasks,
        "indicators": standing.indicators,
        "weight": _sum(tree.children),
        "with_target": standing.with_target,
        "reached": standing.met,
        "missed": standing.missed,
    }


def _task_rows(contract: Issued) -> Iterator[Row]:
    for parent, node in _with_parents(contract.tree.children):
        if node.kind is not Kind.INDICATOR:
            yield {
                "contract": contract.public_id,
                "agency_code": contract.tree.agency_code,
                "agency": contract.tree.agency,
                "kind": node.kind.value,
                "code": node.code,
                "parent": parent,
                "title": node.title,
                "weight": node.weight,
                "below": _sum(node.children),
                "promise": node.promise,
                "result": node.result,
                "on_ballot": node.on_ballot,
                "shares": write_shares(node.shares),
            }


def _indicator_rows(contract: Issued) -> Iterator[Row]:
    for parent, node in _with_parents(contract.tree.children):
        if measure := node.measure:
            yield {
                "contract": contract.public_id,
                "agency_code": contract.tree.agency_code,
                "agency": contract.tree.agency,
                "code": node.code,
                "parent": parent,
                "title": node.title,
                "weight": node.weight,
                "direction": measure.direction.value,
                "unit": measure.unit,
                "method": measure.method.value,
                "settings": write_settings(measure.method, measure.settings),
                "baseline": measure.baseline,
                "target": measure.target,
                "actual": measure.actual,
                "reached": met(measure),
                "definition": measure.definition,
                "formula": measure.formula,
                "source": measure.source,
                "supplied_by": measure.supplied_by,
                "checked_by": measure.checked_by,
            }


def _history_rows(contract: Issued) -> Iterator[Row]:
    for _, node in _with_parents(contract.tree.children):
        for year, value in node.measure.history if node.measure else ():
            yield {
                "contract": contract.public_id,
                "agency_code": contract.tree.agency_code,
                "code": node.code,
                "year": year,
                "value": value,
                "unit": node.measure.unit if node.measure else "",
            }


_ROWS: dict[str, Callable[[Issued], Iterator[Row]]] = {
    CONTRACTS.name: _contract_rows,
    TASKS.name: _task_rows,
    INDICATORS.name: _indicator_rows,
    HISTORY.name: _history_rows,
}


def _with_parents(nodes: Sequence[Node], parent: str = "") -> Iterator[tuple[str, Node]]:
    for node in nodes:
        yield parent, node
        yield from _with_parents(node.children, node.code)


def _sum(nodes: Sequence[Node]) -> Decimal:
    return sum((node.weight or Decimal() for node in nodes), Decimal())


def csv_of(table: Table, contracts: Iterable[Issued]) -> bytes:
    """A table as CSV (UTF-8 with byte order mark, English field names), texts guarded against being formulas."""
    names = [field.name for field in table.fields]
    return _csv([names, *([_cell(row[name]) for name in names] for row in rows_of(table, contracts))])


def dictionary_csv() -> bytes:
    """The dictionary as CSV, in Korean."""
    head = ["표", "표 설명", "이름", "한글 이름", "형식", "단위", "뜻", "출처"]
    lines = [
        [table.name, table.meaning, each.name, each.label, each.type, each.unit, each.meaning, each.source]
        for table, each in every_field()
    ]
    return _csv([head, *([guarded(cell) for cell in line] for line in lines)])


def dictionary_record() -> list[dict[str, str]]:
    """The dictionary for programs: one object a field."""
    return [
        {
            "table": table.name,
            "name": each.name,
            "label": each.label,
            "type": each.type,
            "unit": each.unit,
            "meaning": each.meaning,
            "source": each.source,
        }
        for table, each in every_field()
    ]


def json_of(contracts: Sequence[Issued], *, attribution: str) -> bytes:
    """Everything nested as the contracts are, with the dictionary; decimals are strings.

    Each contract holds `tree`, which `contracts.terms.canonical.tree_from_record` reads back exactly.
    """
    return canonical_bytes(
        {
            "format": FORMAT,
            "attribution": attribution,
            "dictionary": [dict(entry) for entry in dictionary_record()],
            "contracts": [
                {
                    "public_id": each.public_id,
                    "year": each.year,
                    "published_at": _moment(each.published_at),
                    "fingerprint": each.fingerprint,
                    "tree": tree_record(each.tree),
                }
                for each in contracts
            ],
        }
    )


def dictionary_json() -> bytes:
    """The dictionary as a JSON file."""
    return json.dumps(dictionary_record(), ensure_ascii=False, indent=1).encode()


def _cell(value: Value) -> str:
    """Figures as they are, texts guarded."""
    match value:
        case None:
            return ""
        case bool():
            return "예" if value else "아니오"
        case datetime():
            return _moment(value) or ""
        case Decimal():
            return plain(value)
        case int():
            return str(value)
        case str():
            return guarded(value)


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _csv(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode("utf-8-sig")
