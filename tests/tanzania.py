"""Two sections of a signed performance contract (Tanzania Posts Corporation, 2021/22) as a file in our import format.

The source names neither directions nor methods, so every indicator is shown and not scored.  Targets that are no numbers
("Unqualified", "300/600") stand in the definition; a per cent sign goes to the unit.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from office.decimals import number

SECTIONS = ("good_governance.csv", "people_management.csv")
HEADER = ["agency_code", "agency", "goal", "task", "indicator", "weight", "unit", "method", "2020", "2021", "target",
          "definition"]  # fmt: skip


def import_csv(folder: Path, *sections: str) -> bytes:
    """The named sections of the contract (all by default), row for row."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for section in sections or SECTIONS:
        with (folder / section).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                writer.writerow(_row(row))
    return out.getvalue().encode()


def _row(row: dict[str, str]) -> list[str]:
    stated = [row[name] for name in ("baseline_2019_20", "baseline_2020_21", "target_2021_22")]
    figures = [
        text.removesuffix("%") if number(text.removesuffix("%")) is not None else "" for text in stated
    ]
    unit = (
        "%"
        if any(text.endswith("%") and figure for text, figure in zip(stated, figures, strict=True))
        else ""
    )
    definition = "" if figures[-1] else f"target: {stated[-1]}"
    return ["TPC", "Tanzania Posts Corporation", row["objective"], row["annual_target"], row["kpi"], row["weight"],
            unit, "shown", *figures, definition]  # fmt: skip
