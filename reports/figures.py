"""Pictures of the result: the league table by part, and the votes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from office.bars import BAR, Legend, Rows, areas, horizontal_bars
from office.charts import GROUND, INK, MARGIN, PRIMARY, QUIET, SERIES, Canvas, Size, drawn_once, text_width
from office.decimals import half_up
from office.i18n import N_, translate
from reports.crediting import Option
from reports.ranking import MEAN_PLACES, Result
from reports.rulebook import TOTAL


@dataclass(frozen=True, slots=True)
class Line:
    """A bar of parts: whose it is, the points of each part, and their sum; `own` stands out."""

    name: str
    points: tuple[Decimal | None, ...]
    total: Decimal | None
    rank: str = ""
    own: bool = False


def league_table(result: Result, *, highlight: str | None = None, size: Size = Size.DESK) -> bytes:
    """Every ranked agency as a bar of its parts on a scale to 100, best first; `highlight` is an agency code."""
    lines = tuple(
        Line(
            agency.name,
            tuple(part.points for part in agency.parts),
            agency.total,
            translate(N_("{rank}위"), rank=agency.rank),
            agency.code == highlight,
        )
        for agency in result.ranked
    )
    return stacked(_parts(result), lines, size=size)


def comparison(result: Result, code: str, *, size: Size = Size.DESK) -> bytes:
    """One agency's total by part above the mean of all ranked agencies and the best of them."""
    agency = result.agency(code)
    lines = [Line(agency.name, tuple(part.points for part in agency.parts), agency.total, own=True)]
    if result.ranked:
        mean = tuple(mean_points(result, place) for place in range(len(result.parts)))
        said = translate(N_("평균({count}개 기관)"), count=len(result.ranked))
        lines.append(Line(said, mean, result.mean_total))
        best = result.ranked[0]
        said = translate(N_("최고 점수 기관({name})"), name=best.name)
        lines.append(Line(said, tuple(part.points for part in best.parts), best.total))
    return stacked(_parts(result), tuple(lines), size=size)


def _parts(result: Result) -> tuple[str, ...]:
    """The names of the parts with their points."""
    said = N_("{part} ({weight}점)")
    return tuple(
        translate(said, part=translate(part.name), weight=f"{part.weight:f}") for part in result.parts
    )


@drawn_once
def stacked(parts: tuple[str, ...], lines: tuple[Line, ...], *, size: Size = Size.DESK) -> bytes:
    """The parts of every line end to end on a scale to 100, the total behind them."""
    styles = [SERIES[place % len(SERIES)] for place in range(len(parts))]
    legend = Legend(list(zip(parts, styles, strict=True)), size)
    room = max((text_width(f"{line.total}", bold=True) for line in lines), default=0.0) + 8
    leads = [line.rank for line in lines] if any(line.rank for line in lines) else []
    rows = Rows([line.name for line in lines], size, top=legend.height, leads=leads, bar_room=room)
    canvas = Canvas(max(rows.height, legend.height + 4 * MARGIN), size)
    legend.draw(canvas)
    if not lines:
        said = translate(N_("순위를 매긴 기관이 아직 없습니다"))
        canvas.text(MARGIN, legend.height + MARGIN, said, color=QUIET)
    full = rows.right - rows.left
    for place, line in enumerate(lines):
        y = rows.bars[place]
        rows.name(canvas, place, bold=line.own, color=PRIMARY if line.own else INK)
        canvas.box(rows.left, y, full, BAR, fill=GROUND)
        lengths = [full * float((points or Decimal()) / TOTAL) for points in line.points]
        end = areas(canvas, rows.left, y, lengths, styles)
        if line.total is not None:
            canvas.text(end + 7, y + BAR / 2, f"{line.total}", bold=True)
    return canvas.svg()


def mean_points(result: Result, place: int) -> Decimal | None:
    """The mean of one part's points over the ranked agencies, as published; the part by its place in the rulebook."""
    points = [agency.parts[place].points for agency in result.ranked]
    given = [Fraction(each) for each in points if each is not None]
    return half_up(sum(given, Fraction()) / len(given), MEAN_PLACES) if given else None


def votes_bars(options: tuple[Option, ...], *, highlight: str | None = None, size: Size = Size.DESK) -> bytes:
    """The votes of every task on the ballot, most first; the tasks of `highlight` (an agency code) stand out."""
    ordered = sorted(options, key=lambda option: (-option.votes, option.agency_code, option.task_code))
    marked = {place for place, option in enumerate(ordered) if option.agency_code == highlight}
    items = [(option.title, option.votes) for option in ordered]
    return horizontal_bars(items, unit=translate(N_("{n}표")), marked=marked, size=size)
