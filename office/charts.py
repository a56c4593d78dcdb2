"""The house style of charts: one canvas measured in points, one font, patterns beside colours, the same bytes each time.

Every chart is an SVG of its own (text as outlines, white ground), shown through <img> beside its table.
"""

from __future__ import annotations

import io
import pickle
import threading
import unicodedata
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from functools import cache, wraps
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, ParamSpec

from office.decimals import shown
from office.i18n import language

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

Drawing = ParamSpec("Drawing")
KEPT = 256
"""Charts of one kind that are kept, about 20 KB each."""
FONTS = Path(__file__).parent / "static" / "vendor" / "pretendard-gov"

# KRDS tokens of the light theme
INK = "#1e2124"
QUIET = "#58616a"
RULE = "#cdd1d5"
GROUND = "#f4f5f6"
PRIMARY = "#0b50d0"
PALE = "#b1cefb"
ACCENT = "#1f687a"
ACCENT_PALE = "#abd8e3"
GOOD = "#267337"
POOR = "#ab2b36"
SERIES = (
    (PRIMARY, PRIMARY, ""),
    (ACCENT_PALE, ACCENT, "////"),
    (PALE, PRIMARY, "...."),
    (GROUND, QUIET, "xxxx"),
)
"""Fill, outline and pattern of the parts of a stacked bar; told apart without colour."""

WIDTH = 400
"""Points: legible on a phone without zooming, and not coarse on a desk."""
MARGIN = 8
TEXT = 11.5
SMALL = 10


@cache
def drawing() -> ModuleType:
    """matplotlib, imported with the first chart: it takes longer than all the rest of the program together.

    Its settings are global and charts are drawn in threads, so they are set here, once for the process.
    """
    import matplotlib.figure
    import matplotlib.font_manager
    import matplotlib.lines
    import matplotlib.patches

    matplotlib.rcParams["svg.hashsalt"] = "yaksok"
    matplotlib.rcParams["hatch.linewidth"] = 0.8
    return matplotlib


@cache
def font(bold: bool = False) -> FontProperties:
    """The product's own font, by path, so that no machine's fonts matter."""
    made: FontProperties = drawing().font_manager.FontProperties(
        fname=str(FONTS / f"PretendardGOV-{'Bold' if bold else 'Regular'}.otf")
    )
    return made


class Canvas:
    """A drawing surface in points, x to the right, y downward from the top."""

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self.figure = drawing().figure.Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="white")
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self.axes.set_axis_off()

    def text(
        self,
        x: float,
        y: float,
        said: str,
        *,
        bold: bool = False,
        size: float = TEXT,
        color: str = INK,
        align: str = "left",
    ) -> None:
        """Words with their middle at height `y`; `align` left, center or right of `x`."""
        # matplotlib reads $…$ as mathematics
        literal = said.replace("$", r"\$")
        self.axes.text(
            x, y, literal, fontproperties=font(bold), fontsize=size, color=color, ha=align, va="center_baseline"
        )  # fmt: skip

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str,
        edge: str | None = None,
        hatch: str = "",
    ) -> None:
        """A rectangle, with a pattern where colour must not be the only cue."""
        self.axes.add_patch(
            drawing().patches.Rectangle(
                (x, y),
                width,
                height,
                facecolor=fill,
                edgecolor=edge or fill,
                hatch=hatch or None,
                linewidth=0.8,
            )
        )

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        *,
        color: str = INK,
        width: float = 1,
        dashed: bool = False,
    ) -> None:
        """A straight or broken line."""
        self.axes.add_line(
            drawing().lines.Line2D(xs, ys, color=color, linewidth=width, linestyle="--" if dashed else "-")
        )

    def mark(
        self, x: float, y: float, shape: str, *, color: str = PRIMARY, size: float = 8, hollow: bool = False
    ) -> None:
        """A point: `shape` is one of matplotlib's markers."""
        inside = "white" if hollow else color
        self.axes.plot(
            [x], [y], marker=shape, markersize=size, color=color, markerfacecolor=inside, linestyle="none"
        )

    def svg(self) -> bytes:
        """The drawing; equal drawings are equal bytes."""
        out = io.BytesIO()
        self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()


def text_width(said: str, size: float = TEXT) -> float:
    """About how wide the words are, in points: Korean an em, Latin a little over half."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in said)
    return size * (0.9 * wide + 0.56 * (len(said) - wide))


def wrapped(said: str, width: float, *, size: float = TEXT, lines: int = 2) -> list[str]:
    """The words in at most so many lines, broken at spaces where possible, cut with an ellipsis."""
    found: list[str] = []
    rest = " ".join(said.split())
    while rest and len(found) < lines:
        fits = len(rest)
        while fits > 1 and text_width(rest[:fits], size) > width:
            fits -= 1
        if fits < len(rest):
            space = rest.rfind(" ", 0, fits + 1)
            fits = space if space > fits // 2 else fits
        found.append(rest[:fits].strip())
        rest = rest[fits:].strip()
    if rest:
        found[-1] = found[-1][:-1].rstrip() + "…"
    return found or [""]


def drawn_once(draw: Callable[Drawing, bytes]) -> Callable[Drawing, bytes]:
    """A chart that is drawn once for the same values and language and then kept: many look at the same one."""
    kept: dict[bytes, bytes] = {}
    turn = threading.Lock()

    @wraps(draw)
    def picture(*args: Drawing.args, **kwargs: Drawing.kwargs) -> bytes:
        values = pickle.dumps((args, sorted(kwargs.items()), language.get()))
        if (known := kept.get(values)) is not None:
            return known
        drawn = draw(*args, **kwargs)
        with turn:
            while len(kept) >= KEPT:
                del kept[next(iter(kept))]
            kept[values] = drawn
        return drawn

    return picture


@drawn_once
def horizontal_bars(
    items: Sequence[tuple[str, Decimal | int]],
    *,
    unit: str = "",
    marked: Collection[int] = (),
    whole: Decimal | int | None = None,
) -> bytes:
    """One bar per item in the order given, its name above it and its figure beside it; `marked` ones stand out.

    A full bar is `whole` (100 for shares in per cent), else the largest figure.
    """
    bar, gap, line_height = 12.0, 12.0, 15.0
    room = text_width(f"{shown(max((value for _, value in items), default=0))}{unit}") + 10
    longest = WIDTH - 2 * MARGIN - room
    most = whole or max((value for _, value in items), default=0)
    names = [wrapped(name, WIDTH - 2 * MARGIN) for name, _ in items]
    canvas = Canvas(
        2 * MARGIN + sum(len(lines) * line_height + bar + gap for lines in names) - gap if items else 40
    )
    y = float(MARGIN)
    for position, ((_, value), lines) in enumerate(zip(items, names, strict=True)):
        stands_out = position in marked
        for line in lines:
            canvas.text(MARGIN, y + line_height / 2 - 1, line, bold=stands_out)
            y += line_height
        length = longest * float(value) / float(most) if most else 0.0
        canvas.box(MARGIN, y, longest, bar, fill=GROUND)
        if length:
            canvas.box(
                MARGIN,
                y,
                length,
                bar,
                fill=PRIMARY if stands_out else PALE,
                edge=PRIMARY,
                hatch="" if stands_out else "////",
            )
        canvas.text(MARGIN + length + 6, y + bar / 2, f"{shown(value)}{unit}", bold=True, size=SMALL + 0.5)
        y += bar + gap
    return canvas.svg()
