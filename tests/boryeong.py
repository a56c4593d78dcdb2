"""The 65 pledges of a city's mayor (2021) as a file in our import format: every row kept, nothing repaired.

The source has no codes: a department's name is its code.  The category is our strategic goal, the pledge our task and its
progress the indicator, with 100 per cent as its target.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

YEAR = 2021
HEADER = ["agency_code", "agency", "goal_code", "goal", "task_code", "task", "promise", "result", "indicator", "direction",
          "unit", "method", "target", "actual"]  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a published table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _written(rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *rows])
    return out.getvalue().encode()


def pledges_csv(pledges: Path) -> bytes:
    """The pledges, row for row."""
    return _written(
        [
            row["department"],
            row["department"],
            f"G{row['category_no']}",
            row["category"],
            f"{row['category_no']}-{row['no']}",
            row["pledge"],
            row["pledge"],
            row["status"],
            "진척도",
            "상향",
            "%",
            "목표 대 실적",
            "100",
            row["progress_pct"],
        ]
        for row in rows_of(pledges)
    )


def departments(published: Path) -> dict[str, tuple[int, int]]:
    """Pledges and those done, by department, as published (without the total)."""
    return {
        row["department"]: (int(row["total"]), int(row["done"]))
        for row in rows_of(published)
        if not row["department"].startswith("계(")
    }


def departments_csv(published: Path) -> bytes:
    """The departments as published, each with its number of pledges: bodies of the year before."""
    return _written(
        [
            name,
            name,
            "",
            "",
            "",
            "공약 이행",
            "",
            "",
            "마친 공약",
            "상향",
            "건",
            "목표 대 실적",
            str(total),
            str(done),
        ]
        for name, (total, done) in departments(published).items()
    )


def categories(published: Path) -> dict[str, tuple[int, int, Decimal]]:
    """Done, in progress and mean progress, by category, as published."""
    return {
        row["category"]: (int(row["done"]), int(row["in_progress"]), Decimal(row["progress_pct"]))
        for row in rows_of(published)
    }
