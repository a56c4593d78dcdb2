"""Published evaluations of past years, invented and written as a province prints them, brought in by the office."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from office.decimals import half_up
from rehearsal.stage import Stage

HEADING = ("연도", "대분류", "지표", "배점", "평점", "득점")
WHOLE = Decimal(100)


@dataclass(frozen=True)
class PastSheet:
    """One body's evaluation of a past year: field, indicator, weight and rating; `slip` is a misprint of the total."""

    agency: str
    name: str
    year: int
    rows: tuple[tuple[str, str, int, str], ...]
    slip: Decimal = Decimal()

    @property
    def filename(self) -> str:
        """Says that it is made up."""
        return f"시연용 {self.year}년 {self.name} 평가 결과.csv"

    def file(self) -> bytes:
        """The sheet as CSV in the layout evaluation/published reads."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(HEADING)
        total = self.slip
        for field, indicator, weight, rating in self.rows:
            score = half_up(weight * Decimal(rating) / WHOLE)
            total += score
            writer.writerow([self.year, field, indicator, weight, rating, score])
        writer.writerow([self.year, "합계", "합계", WHOLE, total, total])
        return out.getvalue().encode("utf-8-sig")


async def bring_in(stage: Stage, year: int, sheets: Sequence[PastSheet]) -> None:
    """One officer uploads each sheet, looks at what was read of it and wants it kept; another one confirms."""
    office, second = (actor.browser for actor in stage.of("office")[:2])
    address = f"/office/cycles/{year}/past"
    for sheet in sheets:
        form = {"agency": sheet.agency, "year": str(sheet.year)}
        file = (sheet.filename, sheet.file())
        looked = (await office.post(address, form, files={"file": file})).headers["location"]
        await office.post(looked)
        await second.get(looked)
        await second.post(looked)
