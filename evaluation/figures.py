"""Pictures of a score: the rating over the figures that could have been, and experts' marks as points on a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluation.arithmetic.curve import Curve
from office.charts import (
    ACCENT,
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
    drawn_once,
    text_width,
    wrapped,
)
from office.decimals import half_up, shown
from office.i18n import N_, translate

Scale = Callable[[Fraction | Decimal], float]
JUMP = 12.0
"""Points between two neighbouring samples from which the line is a step and not a slope."""
PLOT = 170.0


@drawn_once
def rating_curve(curve: Curve, *, unit: str = "", points: bool = False, size: Size = Size.DESK) -> bytes:
    """The rating over the figure; the actual one stands on the line, lowest and full rating and target below it.

    `points`: of a bonus or penalty, whose scale ends at its maximum instead of 100.
    """
    most = max(y for _, y in curve.samples) if points else Fraction(100)
    levels = [Fraction(), most] if points else [Fraction(level) for level in (0, 20, 60, 100)]
    top, left = (
        MARGIN + 2 * LINE + 12,
        MARGIN + 8 + max(text_width(_figure(level), SMALL) for level in levels),
    )
    bottom, right = top + PLOT, size.width - MARGIN - 10
    xs = [float(x) for x, _ in curve.samples]
    low, high = min(xs), max(xs)

    def x_of(value: Fraction | Decimal) -> float:
        return left + (right - left) * (float(value) - low) / (high - low)

    def y_of(value: Fraction | Decimal) -> float:
        return bottom - PLOT * float(value) / float(most or 1)

    marks = [
        (x_of(value), translate(label, value=_figure(value)), color)
        for value, label, color in (
            (curve.worst, N_("최저 {value}"), QUIET),
            (curve.best, N_("최고 {value}"), GOOD),
            (curve.target, N_("목표 {value}"), ACCENT),
        )
        if value is not None
    ]
    named = [(x, said, color) for x, said, color in marks]
    if unit:
        named.append((right, translate(N_("단위: {unit}"), unit=unit), QUIET))
    lines, count = _in_lines([(x, text_width(said, SMALL)) for x, said, _ in named], size.width)
    canvas = Canvas(bottom + 12 + LINE * count + MARGIN, size)
    said = N_("점수") if points else N_("평점")
    canvas.text(MARGIN, MARGIN + LINE / 2, translate(said), size=SMALL, color=QUIET)
    for level in levels:
        canvas.line([left, right], [y_of(level), y_of(level)], color=RULE, width=0.8)
        canvas.text(left - 8, y_of(level), _figure(level), size=SMALL, color=QUIET, align="right")
    _samples(canvas, curve, x_of, y_of)
    for x, _, color in marks:
        if color is ACCENT:
            canvas.line([x, x], [top, bottom + 8], color=color, width=1.4, dashed=True)
        else:
            canvas.line([x, x], [bottom, bottom + 8], color=color, width=1.8)
    for (x, said, color), line in zip(named, lines, strict=True):
        _centred(canvas, x, bottom + 12 + LINE * (line + 0.5), said, color, size=SMALL)
    if curve.actual is not None and curve.rating is not None:
        x, y = x_of(curve.actual), y_of(curve.rating)
        canvas.line([x, x], [y, bottom], color=PRIMARY, width=1.2)
        canvas.mark(x, y, "D", size=11)
        label = N_("실적 {value} → {rating}점")
        text = translate(label, value=_figure(curve.actual), rating=half_up(curve.rating))
        _centred(canvas, x, MARGIN + 1.5 * LINE, text, PRIMARY, bold=True)
    return canvas.svg()


def _in_lines(words: Sequence[tuple[float, float]], width: float) -> tuple[list[int], int]:
    """For words of a place and a width, the line on which each has room beside those before it; how many lines."""
    taken: list[list[tuple[float, float]]] = []
    found: list[int] = []
    for x, room in words:
        middle = _inside(x, room, width)
        free = (
            line
            for line, others in enumerate(taken)
            if all(abs(middle - other) * 2 >= room + their + 24 for other, their in others)
        )
        line = next(free, len(taken))
        if line == len(taken):
            taken.append([])
        taken[line].append((middle, room))
        found.append(line)
    return found, len(taken)


def _inside(x: float, room: float, width: float) -> float:
    """The middle of words at x, moved inside a picture of that width where they would leave it."""
    return min(max(x, MARGIN + room / 2), width - MARGIN - room / 2)


def _centred(
    canvas: Canvas, x: float, y: float, said: str, color: str, *, size: float = TEXT, bold: bool = False
) -> None:
    middle = _inside(x, text_width(said, size, bold=bold), canvas.width)
    canvas.text(middle, y, said, bold=bold, size=size, color=color, align="center")


def _samples(canvas: Canvas, curve: Curve, x_of: Scale, y_of: Scale) -> None:
    for (a, at_a), (b, at_b) in zip(curve.samples, curve.samples[1:], strict=False):
        step = abs(float(at_b - at_a)) > JUMP
        canvas.line(
            [x_of(a), x_of(b)],
            [y_of(at_a), y_of(at_b)],
            color=QUIET if step else PRIMARY,
            width=1 if step else 2.2,
            dashed=step,
        )


def _figure(value: Fraction | Decimal) -> str:
    return shown(half_up(value, 4), 4)


@dataclass(frozen=True, slots=True)
class Strip:
    """One line of a strip plot: the marks with the positions of those left out, and what they come to."""

    name: str
    marks: tuple[Decimal, ...]
    dropped: frozenset[int]
    result: Fraction | None
    flagged: frozenset[int] = frozenset()


DOT = 11.0
HEAD = MARGIN + LINE + 10


@drawn_once
def marks_strip(strips: Sequence[Strip], *, names: bool = True, size: Size = Size.DESK) -> bytes:
    """Experts' marks from 20 to 100, one line per indicator: equal ones on top of each other, left out ones hollow.

    A bar marks the result; marks that a hint points at are crosses.
    """
    texts = [wrapped(strip.name, size.width - 2 * MARGIN) if names else [] for strip in strips]
    heights = [
        LINE * len(lines) + (DOT + 2) * max(Counter(strip.marks).values(), default=1) + 30
        for lines, strip in zip(texts, strips, strict=True)
    ]
    bottom = HEAD + (sum(heights) or 2 * LINE)
    canvas = Canvas(bottom + MARGIN, size)
    left, right = MARGIN + 14.0, canvas.width - MARGIN - 14.0

    def x_of(mark: Decimal | Fraction) -> float:
        return left + (right - left) * (float(mark) - 20) / 80

    y = HEAD
    for place, height in enumerate(heights):
        if place % 2:
            canvas.box(1, y, canvas.width - 2, height, fill=GROUND)
        y += height
    for level in range(20, 101, 20):
        canvas.line([x_of(Decimal(level))] * 2, [HEAD - 8, bottom], color=RULE, width=0.8)
        canvas.text(
            x_of(Decimal(level)), MARGIN + LINE / 2, str(level), size=SMALL, color=QUIET, align="center"
        )
    if not strips:
        said = translate(N_("아직 제출한 평정이 없습니다"))
        canvas.text(canvas.width / 2, HEAD + LINE, said, color=QUIET, align="center")
    y = HEAD
    for place, (strip, lines, height) in enumerate(zip(strips, texts, heights, strict=True)):
        behind = GROUND if place % 2 else "white"
        for line, said in enumerate(lines):
            # The lines of the scale stop behind a name.
            canvas.box(MARGIN - 2, y + 6 + LINE * line, text_width(said) + 4, LINE, fill=behind)
            canvas.text(MARGIN, y + 6 + LINE * (line + 0.5), said)
        y += height
        _points(canvas, strip, y - 19, x_of)
    return canvas.svg()


def _points(canvas: Canvas, strip: Strip, y: float, x_of: Scale) -> None:
    """The marks, equal ones piled up from the line; the result on it."""
    if strip.result is not None:
        x = x_of(strip.result)
        canvas.line([x, x], [y - 14, y + 14], color=INK, width=2.6)
    piled: Counter[Decimal] = Counter()
    for position, mark in enumerate(strip.marks):
        shape = "X" if position in strip.flagged else "o"
        at = y - (DOT + 2) * piled[mark]
        canvas.mark(x_of(mark), at, shape, size=DOT, hollow=position in strip.dropped)
        piled[mark] += 1
