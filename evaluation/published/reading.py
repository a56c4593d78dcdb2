"""Read a published file, whichever of the known kinds it is, and check it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from contracts.files.spreadsheet import RowProblem
from evaluation.published.cells import lines_of
from evaluation.published.flags import Flag, Unusable, by_place
from evaluation.published.samples import Sample, is_samples, read_samples
from evaluation.published.score_checks import check_scores
from evaluation.published.score_reading import is_score_sheet, read_scores
from evaluation.published.scores import ScoreSheet
from evaluation.published.yearly import YearTable, is_year_table, read_years
from office.i18n import N_


class SheetKind(StrEnum):
    """What a published file holds."""

    SCORES = "scores"
    TARGETS = "targets"
    SATISFACTION = "satisfaction"
    SAMPLES = "samples"


SHEET_NAMES: Final[dict[SheetKind, str]] = {
    SheetKind.SCORES: N_("평가 결과"),
    SheetKind.TARGETS: N_("사업 목표"),
    SheetKind.SATISFACTION: N_("고객만족도"),
    SheetKind.SAMPLES: N_("고객만족도 표본"),
}


@dataclass(frozen=True, slots=True)
class Published:
    """A published file as read: one of `scores`, `table` or `samples`, and every contradiction found, by row."""

    kind: SheetKind
    year: int | None
    flags: tuple[Flag, ...]
    rows_read: int
    scores: ScoreSheet | None = None
    table: YearTable | None = None
    samples: tuple[Sample, ...] = ()

    @property
    def total(self) -> Decimal | None:
        """The printed total of an evaluation (the overall value of a satisfaction survey's newest year)."""
        if self.scores is not None:
            return self.scores.total.score if self.scores.total else None
        if self.table is not None and self.table.total is not None:
            return self.table.total.amounts[self.table.years.index(self.table.year)]
        return None


def read_published(data: bytes, filename: str) -> Published:
    """What a published file holds and what it contradicts itself in; nothing is mended.

    `Unusable`, with the rows named, for a file that cannot be read or is of no known kind.
    """
    lines = lines_of(data, filename)
    header, count = lines[0], len(lines) - 1
    if is_score_sheet(header):
        sheet, flags = read_scores(lines)
        if not sheet.items:
            raise Unusable([RowProblem(0, "", N_("점수가 있는 항목이 없습니다"))])
        flags = by_place((*flags, *check_scores(sheet)))
        return Published(SheetKind.SCORES, sheet.year, flags, count, scores=sheet)
    if is_samples(header):
        samples, flags = read_samples(lines)
        return Published(SheetKind.SAMPLES, None, by_place(flags), count, samples=samples)
    if is_year_table(header):
        table, flags = read_years(lines)
        kind = SheetKind.TARGETS if table.money else SheetKind.SATISFACTION
        return Published(kind, table.year, by_place(flags), count, table=table)
    message = N_(
        "아는 형식이 아닙니다. 배점·득점이 있는 평가 결과, 연도별 목표, 만족도 조사 결과를 올릴 수 있습니다"
    )
    raise Unusable([RowProblem(header.row, "", message, ", ".join(filter(None, header.cells))[:200])])
