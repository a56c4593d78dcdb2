"""Bars with names: on a desk and on paper the names stand beside their bars, on a phone above them; legends, and the plain bar chart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from office.charts import (
    GROUND,
    INK,
    LINE,
    MARGIN,
    PALE,
    PRIMARY,
    SMALL,
    TEXT,
    Canvas,
    Size,
    Style,
    drawn_once,
    text_width,
    wrapped,
)
from office.decimals import shown
from office.i18n import Fields

BAR = 18.0
BETWEEN = 14.0
COLUMN = 240.0
"""The widest column of names on a desk."""
UNDER = 4.0
"""Between a name and the bar under it."""
SWATCH = 18.0


class Rows:
    """Where named bars go below `top`: from `left` to `right`, the first at `bars[0]` and so on; drawn on a canvas of `height`.

    `leads` stand before the names (a rank).  `bar_room` is kept free behind every bar, `name_room` behind a name that
    stands above its bar.
    """

    def __init__(
        self,
        names: Sequence[str],
        size: Size,
        *,
        top: float = MARGIN,
        leads: Sequence[str] = (),
        bar_room: float = 0,
        name_room: float = 0,
    ) -> None:
        self.leads = leads
        self.indent = max((text_width(lead, bold=True) for lead in leads), default=-8.0) + 8
        self.beside = size is not Size.PHONE
        widest = max((text_width(name, bold=True) for name in names), default=0.0)
        column = min(widest + 1, COLUMN)
        full = size.width - 2 * MARGIN
        room = column if self.beside else full - self.indent - name_room
        self.names = [wrapped(name, room, lines=3, bold=True) for name in names]
        self.left = MARGIN + self.indent + column + 12 if self.beside else MARGIN
        self.right = size.width - MARGIN - bar_room
        self.bars: list[float] = []
        self.tops: list[float] = []
        y = top
        for lines in self.names:
            text = LINE * len(lines)
            self.tops.append(y + (max(text, BAR) - text) / 2 if self.beside else y)
            self.bars.append(y + (max(text, BAR) - BAR) / 2 if self.beside else y + text + UNDER)
            y += max(text, BAR) + BETWEEN if self.beside else text + UNDER + BAR + BETWEEN
        self.height = y - BETWEEN * bool(names) + MARGIN

    def name(self, canvas: Canvas, place: int, *, bold: bool = False, color: str = INK) -> None:
        """Write the name of one bar, its lead before it."""
        y = self.tops[place] + LINE / 2
        if self.leads:
            canvas.text(MARGIN, y, self.leads[place], bold=True, color=color)
        for line, said in enumerate(self.names[place]):
            canvas.text(MARGIN + self.indent, y + LINE * line, said, bold=bold)


def areas(canvas: Canvas, x: float, y: float, lengths: Sequence[float], styles: Sequence[Style]) -> float:
    """Draw areas end to end from x; returns where they end."""
    for length, style in zip(lengths, styles, strict=True):
        if length > 0:
            canvas.box(x, y, length, BAR, **style._asdict())
            x += length
    return x


def divided(
    canvas: Canvas, x: float, y: float, length: float, counts: Sequence[int], styles: Sequence[Style]
) -> None:
    """A bar divided by counts, each number on plain ground in the middle of its area where there is room for it."""
    total = sum(counts)
    lengths = [length * count / total if total else 0.0 for count in counts]
    areas(canvas, x, y, lengths, styles)
    for count, part, style in zip(counts, lengths, styles, strict=True):
        said = shown(count)
        room = text_width(said, SMALL, bold=True) + 8
        if part >= room + 4:
            canvas.box(x + (part - room) / 2, y + 1.5, room, BAR - 3, fill="white", edge=style.edge)
            canvas.text(x + part / 2, y + BAR / 2, said, bold=True, size=SMALL, align="center")
        x += part


class Legend:
    """What the patterns mean, in as many lines as it takes; `height` of them all."""

    def __init__(self, entries: Sequence[tuple[str, Style]], size: Size) -> None:
        self.places: list[tuple[float, float, str, Style]] = []
        x, y = MARGIN, MARGIN + LINE / 2
        for said, style in entries:
            width = SWATCH + 7 + text_width(said, SMALL)
            if x > MARGIN and x + width > size.width - MARGIN:
                x, y = MARGIN, y + LINE + 2
            self.places.append((x, y, said, style))
            x += width + 18
        self.height = y + LINE / 2 + 12

    def draw(self, canvas: Canvas) -> None:
        """Put it at the top of the canvas."""
        for x, y, said, style in self.places:
            canvas.box(x, y - 6, SWATCH, 12, **style._asdict())
            canvas.text(x + SWATCH + 7, y, said, size=SMALL)


@drawn_once
def horizontal_bars(
    items: Sequence[tuple[str, Decimal | int]],
    *,
    unit: str = "",
    marked: Collection[int] = (),
    whole: Decimal | int | None = None,
    size: Size = Size.DESK,
) -> bytes:
    """One bar per item in the order given, its figure behind it; `marked` ones stand out from the others.

    `unit` follows the figure, or is a sentence of the catalogue with the figure as its field `n`.

    A full bar is `whole` (100 for shares in per cent), else the largest figure.
    """
    figure = unit if "{n}" in unit else "{n}" + unit
    figures = [Fields().vformat(figure, (), {"n": shown(value)}) for _, value in items]
    room = max((text_width(figure, bold=True) for figure in figures), default=0.0) + 8
    rows = Rows([name for name, _ in items], size, bar_room=room)
    canvas = Canvas(max(rows.height, 4 * MARGIN), size)
    most = whole or max((value for _, value in items), default=0)
    for place, (_, value) in enumerate(items):
        stands_out = place in marked
        style = Style(PALE, PRIMARY, "////") if marked and not stands_out else Style(PRIMARY, PRIMARY)
        rows.name(canvas, place, bold=stands_out)
        canvas.box(rows.left, rows.bars[place], rows.right - rows.left, BAR, fill=GROUND)
        share = float(value) / float(most) if most else 0.0
        end = areas(canvas, rows.left, rows.bars[place], [(rows.right - rows.left) * share], [style])
        canvas.text(end + 7, rows.bars[place] + BAR / 2, figures[place], bold=True, size=TEXT)
    return canvas.svg()
