"""New York City's management report 2023 as a file in our import format: all rows kept, nothing repaired.

735 rows: 571 indicators of 17 numbered agencies and 164 rows without an agency.  The service is our strategic goal,
the goal our task.  A row without a target is shown and not scored.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

YEAR = 2023
HISTORY = range(2016, YEAR)
HEADER = ["agency_code", "agency", "goal", "task", "indicator_code", "indicator", "direction", "method",
          *map(str, HISTORY), "target", "actual"]  # fmt: skip


def _agency_code(row: dict[str, str]) -> str:
    return row["Agency.Number"].removesuffix(".0")


def import_csv(indicators: Path) -> bytes:
    """`indicators.csv` as one of our CSV files, row for row (so that row n here is record n there)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    with indicators.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            writer.writerow(
                [
                    _agency_code(row),
                    row["Agency.Full.Name.y"],
                    row["Service"],
                    row["Goal"],
                    row["ID"],
                    row["Indicator"],
                    row["Desired.Direction"],
                    "target_ratio" if row["Target.MMR"] else "shown",
                    *(row[str(year)] for year in HISTORY),
                    row["Target.MMR"],
                    row[str(YEAR)],
                ]
            )
    return out.getvalue().encode()


def published_table(path: Path) -> dict[str, tuple[int, int, int]]:
    """Met, not met and without target as published, by agency number ("" for the rows without an agency)."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            _agency_code(row): (int(row["Met_Goal"]), int(row["Did_Not_Meet"]), int(row["NA.s"]))
            for row in csv.DictReader(file)
        }


def stated_success(indicators: Path) -> Counter[str]:
    """How often the source itself says met, not met or nothing."""
    with indicators.open(encoding="utf-8-sig", newline="") as file:
        return Counter(row["Success"] for row in csv.DictReader(file))
