"""Pictures of promises: an indicator's way over the years, and targets reached by body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from office.bars import BAR, Legend, Rows, divided
from office.charts import (
    ACCENT,
    ACCENT_PALE,
    GOOD,
    GROUND,
    INK,
    LINE,
    MARGIN,
    PRIMARY,
    QUIET,
    RULE,
    SMALL,
    TEXT,
    Canvas,
    Size,
    Style,
    drawn_once,
    text_width,
)
from office.decimals import shown
from office.i18n import N_, translate

KINDS = (
    (N_("이룸"), Style(GOOD, QUIET)),
    (N_("못 이룸"), Style(ACCENT_PALE, QUIET, "////")),
    (N_("다름·확인 불가"), Style(GROUND, QUIET, "xxxx")),
    (N_("아직 모름"), Style(GROUND, QUIET, "....")),
)
PLOT = 120.0
"""Height between the highest and the lowest value of a line."""
AWAY = 17.0
"""From a point to the middle of its figure."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """A figure at its point: where its middle stands and how much room it takes."""

    x: float
    y: float
    width: float
    height: float = 17.0

    def covers(self, other: Label) -> bool:
        """Whether two figures would run into each other."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width + 8
            and abs(self.y - other.y) * 2 < self.height + other.height
        )

    def struck(self, a: Point, b: Point) -> bool:
        """Whether the straight line from a to b runs through the figure."""
        for step in range(41):
            x, y = a[0] + (b[0] - a[0]) * step / 40, a[1] + (b[1] - a[1]) * step / 40
            if abs(x - self.x) * 2 < self.width + 4 and abs(y - self.y) * 2 < self.height + 2:
                return True
        return False


@drawn_once
def history_line(
    *,
    history: Sequence[tuple[int, Decimal]],
    year: int,
    actual: Decimal | None = None,
    target: Decimal | None = None,
    unit: str = "",
    size: Size = Size.DESK,
) -> bytes:
    """The past years as a line that ends in this year's figure, the target as a broken line named above the picture.

    Every point has its figure where there is room for it beside the lines, the newest first.
    """
    points = [*sorted((each, value) for each, value in history if each < year)]
    if actual is not None:
        points.append((year, actual))
    values = [float(value) for _, value in points] + ([float(target)] if target is not None else [])
    if not values:
        canvas = Canvas(2 * MARGIN + 2 * LINE, size)
        said = translate(N_("아직 적힌 값이 없습니다"))
        canvas.text(canvas.width / 2, canvas.height / 2, said, color=QUIET, align="center")
        return canvas.svg()
    heads = _heads(year, target, unit, size)
    top = MARGIN + LINE * (1 + max((line for line, *_ in heads), default=0)) + AWAY + 14
    bottom = top + PLOT
    canvas = Canvas(bottom + AWAY + 14 + LINE + MARGIN, size)
    floor = bottom + AWAY + 14
    canvas.line([MARGIN, canvas.width - MARGIN], [floor, floor], color=RULE)
    low, high = min(values), max(values)
    first = min([each for each, _ in points] + [year])
    left, right = MARGIN + 26.0, canvas.width - MARGIN - 26.0

    def x_of(each: int) -> float:
        return left + (right - left) * (each - first) / (year - first) if year > first else (left + right) / 2

    def y_of(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / (high - low) if high > low else (top + bottom) / 2

    for line, x, said, color in heads:
        canvas.text(x, MARGIN + LINE * (line + 0.5), said, size=SMALL, color=color, bold=color == ACCENT)
    ways: list[tuple[Point, Point]] = []
    if target is not None:
        y = y_of(float(target))
        ways.append(((MARGIN, y), (canvas.width - MARGIN, y)))
        line, x, *_ = heads[-1]
        for xs, at in (([MARGIN, canvas.width - MARGIN], y), ([x - 30, x - 8], MARGIN + LINE * (line + 0.5))):
            canvas.line(xs, [at, at], color=ACCENT, width=1.6, dashed=True)
    places = [(x_of(each), y_of(float(value))) for each, value in points]
    ways += pairwise(places)
    canvas.line([x for x, _ in places], [y for _, y in places], color=PRIMARY, width=2.4)
    every = max(1, -(-46 * (year - first) // int(right - left))) if year > first else 1
    for each in range(year, first - 1, -every):
        newest = each == year
        color = INK if newest else QUIET
        canvas.text(
            x_of(each), floor + LINE / 2 + 4, f"{each}", size=SMALL, bold=newest, color=color, align="center"
        )
    for place, (x, y) in enumerate(places):
        newest = points[place][0] == year
        canvas.mark(x, y, "o", size=11 if newest else 8, hollow=not newest)
    for place, label, bold in _labels(points, places, ways, year, canvas.width):
        said = shown(points[place][1])
        canvas.text(label.x, label.y, said, size=TEXT if bold else SMALL, bold=bold, align="center")
    return canvas.svg()


def _heads(year: int, target: Decimal | None, unit: str, size: Size) -> list[tuple[int, float, str, str]]:
    """The words above the plot: on which line, from where, and in which colour; the target last."""
    found: list[tuple[int, float, str, str]] = []
    end = MARGIN
    if unit:
        said = translate(N_("단위: {unit}"), unit=unit)
        end += text_width(said, SMALL) + 16
        found.append((0, MARGIN, said, QUIET))
    if target is not None:
        said = translate(N_("{year}년 목표 {value}"), year=year, value=shown(target))
        x = size.width - MARGIN - text_width(said, SMALL, bold=True)
        found.append((0 if x - 30 >= end else 1, x, said, ACCENT))
    return found


def _labels(
    points: Sequence[tuple[int, Decimal]],
    places: Sequence[Point],
    ways: Sequence[tuple[Point, Point]],
    year: int,
    width: float,
) -> Iterator[tuple[int, Label, bool]]:
    """Which points get their figure and where: over, under or beside, off the lines; the newest and the first always."""
    order = sorted(range(len(points)), key=lambda place: (-(place == len(points) - 1), place))
    taken: list[Label] = []
    for place in order:
        (x, y), newest = places[place], points[place][0] == year
        room = text_width(shown(points[place][1]), TEXT if newest else SMALL, bold=newest)
        inside = min(max(x, MARGIN + room / 2), width - MARGIN - room / 2)
        beside = [places[each][1] for each in (place - 1, place + 1) if 0 <= each < len(places)]
        valley = bool(beside) and max(beside) <= y and min(beside) < y
        sides = (AWAY, -AWAY) if valley else (-AWAY, AWAY)
        found = [Label(inside, y + side, room) for side in sides]
        found += [Label(x + way * (room / 2 + 5), y + side, room) for side in sides for way in (-1, 1)]
        found = [label for label in found if MARGIN <= label.x - room / 2 <= width - MARGIN - room]
        free = [label for label in found if not any(label.covers(other) for other in taken)]
        clear = [label for label in free if not any(label.struck(*way) for way in ways)]
        chosen = clear or (free if place in order[:2] else [])
        if chosen:
            taken.append(chosen[0])
            yield place, chosen[0], newest


@drawn_once
def standing_bars(items: Sequence[tuple[str, int, int, int, int]], *, size: Size = Size.DESK) -> bytes:
    """One bar per item (name, targets reached, not reached, doubted, without a figure yet), each part of the whole bar patterned.

    The bars are equally long: they show shares, and the figures on them say how many.
    """
    legend = Legend([(translate(name), style) for name, style in KINDS], size)
    rows = Rows([name for name, *_ in items], size, top=legend.height)
    canvas = Canvas(rows.height, size)
    legend.draw(canvas)
    styles = [style for _, style in KINDS]
    for place, (_, *counts) in enumerate(items):
        rows.name(canvas, place, bold=True)
        y = rows.bars[place]
        divided(canvas, rows.left, y, rows.right - rows.left, counts, styles)
        if not any(counts):
            said = translate(N_("목표가 있는 지표가 없습니다"))
            canvas.text(rows.left, y + BAR / 2, said, size=SMALL, color=QUIET)
    return canvas.svg()
