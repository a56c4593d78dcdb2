"""Contracts as open data: tables as CSV, JSON with its dictionary (rows: rows.py beside; the workbook: workbook.py)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from contracts.files.dictionary import Table, every_field, names_in
from contracts.files.guarding import guarded
from contracts.files.rows import Issued, Value, rows_of
from contracts.terms.canonical import canonical_bytes, tree_record
from office.decimals import plain

FORMAT = "yaksok-open-data-1"


def csv_of(table: Table, contracts: Iterable[Issued]) -> bytes:
    """A table as CSV (UTF-8 with byte order mark, English field names), texts guarded against being formulas."""
    names = names_in(table)
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

    Each contract holds `tree`, which `contracts.terms.canonical.tree_from_record` reads back exactly, and beside it the
    verdicts on its figures (`checks`, by indicator code).
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
                    "checks": {
                        code: {"verdict": check.verdict.value, "figure": check.figure, "found": check.found}
                        for code, check in sorted(each.checks.items())
                    },
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
