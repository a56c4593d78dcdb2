"""The house style of charts: one canvas measured in pixels, one font, patterns beside colours, the same bytes each time.

Every chart is an SVG of its own (text as outlines, white ground), shown through <picture> beside its table.  It is
drawn for two screens and for paper: the letters are equally large on all, so that no phone and no column shrinks them.
"""

from __future__ import annotations

import io
import pickle
import re
import threading
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cache, wraps
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple, ParamSpec

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

MARGIN = 10.0
TEXT = 15.0
SMALL = 14.0
LINE = 20.0
"""From one line of words to the next."""
CAPITAL = 0.72
"""How high digits and capitals of the font are, in ems: words stand in the middle of a bar by them."""


class Size(StrEnum):
    """Where a chart is to be seen; the value stands in its address."""

    DESK = "desk"
    PHONE = "phone"
    PAPER = "paper"

    @property
    def width(self) -> float:
        """Units of the drawing: pixels on a screen (a tenth fewer on a phone of 320 px, up to a tenth more on a desk).

        On paper it fills the column of an A4 page, 170 mm: the smallest letters are 9.9 pt, the others 10.6 pt.
        """
        return {Size.DESK: 640.0, Size.PHONE: 320.0, Size.PAPER: 680.0}[self]


class Style(NamedTuple):
    """Fill, outline and pattern of an area, told apart without colour."""

    fill: str
    edge: str
    hatch: str = ""


SERIES = (
    Style(PRIMARY, PRIMARY),
    Style(ACCENT_PALE, ACCENT, "////"),
    Style(PALE, PRIMARY, "...."),
    Style(GROUND, QUIET, "xxxx"),
)
"""The parts of a stacked bar."""


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


def _face(bold: bool) -> str:
    return str(FONTS / f"PretendardGOV-{'Bold' if bold else 'Regular'}.otf")


@cache
def font(bold: bool = False) -> FontProperties:
    """The product's own font, by path, so that no machine's fonts matter."""
    made: FontProperties = drawing().font_manager.FontProperties(fname=_face(bold))
    return made


class Canvas:
    """A drawing surface in pixels, x to the right, y downward from the top."""

    def __init__(self, height: float, size: Size = Size.DESK) -> None:
        self.width, self.height = size.width, height
        self.figure = drawing().figure.Figure(
            figsize=(self.width / 72, height / 72), dpi=72, facecolor="white"
        )
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, self.width)
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
        base = y + CAPITAL / 2 * size
        self.axes.text(
            x, base, literal, fontproperties=font(bold), fontsize=size, color=color, ha=align, va="baseline"
        )

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str, edge: str = "", hatch: str = ""
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
        self, x: float, y: float, shape: str, *, color: str = PRIMARY, size: float = 10, hollow: bool = False
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
        # One of our units is a pixel; matplotlib calls it a point, which is a third larger.
        return re.sub(rb'(width|height)="([\d.]+)pt"', rb'\1="\2"', out.getvalue(), count=2)


@cache
def _advance(letter: str, bold: bool) -> float:
    """How far a letter moves the next one, in ems."""
    face = drawing().font_manager.get_font(_face(bold))
    face.set_size(100, 72)
    return float(face.load_char(ord(letter)).linearHoriAdvance) / 65536 / 100


def text_width(said: str, size: float = TEXT, *, bold: bool = False) -> float:
    """How wide the words are, in pixels."""
    return size * sum(_advance(letter, bold) for letter in said)


def wrapped(said: str, width: float, *, size: float = TEXT, lines: int = 2, bold: bool = False) -> list[str]:
    """The words in at most so many lines, broken at spaces where possible, cut with an ellipsis."""
    found: list[str] = []
    rest = " ".join(said.split())
    while rest and len(found) < lines:
        fits = len(rest)
        while fits > 1 and text_width(rest[:fits], size, bold=bold) > width:
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
