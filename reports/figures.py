"""Pictures of the result: the league table by part, and the votes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from office.charts import (
    GROUND,
    INK,
    MARGIN,
    PRIMARY,
    QUIET,
    SERIES,
    SMALL,
    WIDTH,
    Canvas,
    horizontal_bars,
    text_width,
    wrapped,
)
from office.decimals import half_up
from office.i18n import N_, translate
from reports.crediting import Option
from reports.ranking import MEAN_PLACES, AgencyResult, Result
from reports.rulebook import TOTAL

ROW = 40.0
BAR = 13.0


def league_table(result: Result, *, highlight: str | None = None) -> bytes:
    """Every ranked agency as a bar of its parts on a scale to 100, best first; `highlight` is an agency code."""
    ranked = result.ranked
    legend_rows = _legend_rows(result)
    head = MARGIN + 18.0 * len(legend_rows) + 8
    canvas = Canvas(head + ROW * max(len(ranked), 1) + MARGIN)
    for row, entries in enumerate(legend_rows):
        _legend(canvas, MARGIN + 18.0 * row + 8, entries)
    if not ranked:
        canvas.text(MARGIN, head + 16, translate(N_("순위를 매긴 기관이 아직 없습니다")), color=QUIET)
    for place, agency in enumerate(ranked):
        _row(canvas, head + ROW * place, agency, own=agency.code == highlight)
    return canvas.svg()


def _legend_rows(result: Result) -> list[list[tuple[int, str]]]:
    """The names of the parts with their points, broken into rows that fit."""
    rows: list[list[tuple[int, str]]] = [[]]
    used = 0.0
    for place, part in enumerate(result.parts):
        said = translate(N_("{part} ({weight}점)"), part=translate(part.name), weight=f"{part.weight:f}")
        width = 22 + text_width(said, SMALL) + 14
        if used + width > WIDTH - 2 * MARGIN and rows[-1]:
            rows.append([])
            used = 0.0
        rows[-1].append((place, said))
        used += width
    return rows


def _legend(canvas: Canvas, y: float, entries: list[tuple[int, str]]) -> None:
    x = float(MARGIN)
    for place, said in entries:
        fill, edge, hatch = SERIES[place % len(SERIES)]
        canvas.box(x, y - 5, 16, 10, fill=fill, edge=edge, hatch=hatch)
        canvas.text(x + 22, y, said, size=SMALL)
        x += 22 + text_width(said, SMALL) + 14


def _row(canvas: Canvas, y: float, agency: AgencyResult, *, own: bool) -> None:
    if own:
        canvas.box(1, y - 3, WIDTH - 2, ROW - 2, fill="white", edge=PRIMARY)
    rank = translate(N_("{rank}위"), rank=agency.rank)
    canvas.text(MARGIN, y + 8, rank, bold=True, color=PRIMARY if own else INK)
    name = wrapped(agency.name, WIDTH - 2 * MARGIN - 40, lines=1)[0]
    canvas.text(MARGIN + 38, y + 8, name, bold=own)
    _bar(canvas, y + 18, [part.points for part in agency.parts], f"{agency.total}")


def _bar(canvas: Canvas, y: float, parts: Sequence[Decimal | None], total: str) -> None:
    """The parts end to end on a scale to 100, the total behind them."""
    longest = WIDTH - 2 * MARGIN - 58.0
    canvas.box(MARGIN, y, longest, BAR, fill=GROUND)
    x = float(MARGIN)
    for place, points in enumerate(parts):
        fill, edge, hatch = SERIES[place % len(SERIES)]
        length = longest * float((points or Decimal()) / TOTAL)
        if length:
            canvas.box(x, y, length, BAR, fill=fill, edge=edge, hatch=hatch)
        x += length
    canvas.text(x + 6, y + BAR / 2, total, bold=True, size=SMALL + 0.5)


def comparison(result: Result, code: str) -> bytes:
    """One agency's total by part above the mean of all ranked agencies and the best of them."""
    agency, legend_rows = result.agency(code), _legend_rows(result)
    lines: list[tuple[str, Sequence[Decimal | None], Decimal | None]] = [
        (agency.name, [part.points for part in agency.parts], agency.total)
    ]
    if result.ranked:
        mean = [mean_points(result, place) for place in range(len(result.parts))]
        said = translate(N_("평균({count}개 기관)"), count=len(result.ranked))
        lines.append((said, mean, result.mean_total))
        best = result.ranked[0]
        said = translate(N_("최고 점수 기관({name})"), name=best.name)
        lines.append((said, [part.points for part in best.parts], best.total))
    head = MARGIN + 18.0 * len(legend_rows) + 8
    canvas = Canvas(head + ROW * len(lines) + MARGIN - 8)
    for row, entries in enumerate(legend_rows):
        _legend(canvas, MARGIN + 18.0 * row + 8, entries)
    for place, (name, parts, total) in enumerate(lines):
        y = head + ROW * place
        canvas.text(MARGIN, y + 8, wrapped(name, WIDTH - 2 * MARGIN, lines=1)[0], bold=place == 0)
        _bar(canvas, y + 18, parts, "" if total is None else f"{total}")
    return canvas.svg()


def mean_points(result: Result, place: int) -> Decimal | None:
    """The mean of one part's points over the ranked agencies, as published; the part by its place in the rulebook."""
    points = [agency.parts[place].points for agency in result.ranked]
    given = [Fraction(each) for each in points if each is not None]
    return half_up(sum(given, Fraction()) / len(given), MEAN_PLACES) if given else None


def votes_bars(options: tuple[Option, ...], *, highlight: str | None = None) -> bytes:
    """The votes of every task on the ballot, most first; the tasks of `highlight` (an agency code) stand out."""
    ordered = sorted(options, key=lambda option: (-option.votes, option.agency_code, option.task_code))
    marked = {place for place, option in enumerate(ordered) if option.agency_code == highlight}
    return horizontal_bars(
        [(option.title, option.votes) for option in ordered], unit=translate(N_("표")), marked=marked
    )
