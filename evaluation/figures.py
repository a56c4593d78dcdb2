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
    MARGIN,
    PRIMARY,
    QUIET,
    RULE,
    SMALL,
    WIDTH,
    Canvas,
    drawn_once,
    text_width,
    wrapped,
)
from office.decimals import half_up, shown
from office.i18n import N_, translate

Scale = Callable[[Fraction | Decimal], float]
JUMP = 12.0
"""Points between two neighbouring samples from which the line is a step and not a slope."""


@drawn_once
def rating_curve(curve: Curve, *, unit: str = "", points: bool = False) -> bytes:
    """The rating over the figure; the actual one stands on the line, lowest and full rating and target below it.

    `points`: of a bonus or penalty, whose scale ends at its maximum instead of 100.
    """
    canvas = Canvas(244)
    top, bottom, left, right = 40.0, 166.0, MARGIN + 26.0, WIDTH - MARGIN - 12.0
    xs = [float(x) for x, _ in curve.samples]
    most = max(y for _, y in curve.samples) if points else Fraction(100)
    low, high = min(xs), max(xs)

    def x_of(value: Fraction | Decimal) -> float:
        return left + (right - left) * (float(value) - low) / (high - low)

    def y_of(value: Fraction | Decimal) -> float:
        return bottom - (bottom - top) * float(value) / float(most or 1)

    said = N_("점수") if points else N_("평점")
    canvas.text(MARGIN, 12, translate(said), size=SMALL, color=QUIET)
    for level in (Fraction(), most) if points else map(Fraction, (0, 20, 60, 100)):
        canvas.line([left, right], [y_of(level), y_of(level)], color=RULE, width=0.8)
        canvas.text(left - 6, y_of(level), _figure(level), size=SMALL, color=QUIET, align="right")
    _samples(canvas, curve, x_of, y_of)
    marks = ((curve.worst, N_("최저 {value}"), QUIET), (curve.best, N_("최고 {value}"), GOOD))
    for value, label, color in marks:
        if value is not None:
            canvas.line([x_of(value)] * 2, [bottom, bottom + 8], color=color, width=1.6)
            _under(canvas, x_of(value), bottom + 18, translate(label, value=_figure(value)), color)
    if curve.target is not None:
        x = x_of(curve.target)
        canvas.line([x, x], [top, bottom], color=ACCENT, width=1.2, dashed=True)
        _under(canvas, x, bottom + 36, translate(N_("목표 {value}"), value=_figure(curve.target)), ACCENT)
    if unit:
        canvas.text(
            right, 234, translate(N_("단위: {unit}"), unit=unit), size=SMALL, color=QUIET, align="right"
        )
    if curve.actual is not None and curve.rating is not None:
        x, y = x_of(curve.actual), y_of(curve.rating)
        canvas.line([x, x], [y, bottom], color=PRIMARY, width=1)
        canvas.mark(x, y, "D", size=9)
        label = N_("실적 {value} → {rating}점")
        text = translate(label, value=_figure(curve.actual), rating=half_up(curve.rating))
        _under(canvas, x, 24, text, PRIMARY, bold=True)
    return canvas.svg()


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


def _under(canvas: Canvas, x: float, y: float, said: str, color: str, *, bold: bool = False) -> None:
    """Words centred at x, moved inside the picture where they would leave it."""
    half = text_width(said, SMALL + 1) / 2
    inside = min(max(x, MARGIN + half), WIDTH - MARGIN - half)
    canvas.text(inside, y, said, bold=bold, size=SMALL + 1, color=color, align="center")


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


ROW = 46.0


@drawn_once
def marks_strip(strips: Sequence[Strip], *, names: bool = True) -> bytes:
    """Experts' marks from 20 to 100, one line per indicator: equal ones side by side, left out ones hollow.

    A bar marks the result; a cross stands beside marks that a hint points at.
    """
    head = 30.0
    row = ROW if names else ROW - 14
    canvas = Canvas(head + row * max(len(strips), 1) + MARGIN)
    left, right = MARGIN + 14.0, WIDTH - MARGIN - 14.0

    def x_of(mark: Decimal | Fraction) -> float:
        return left + (right - left) * (float(mark) - 20) / 80

    bottom = head + row * max(len(strips), 1)
    for level in range(20, 101, 20):
        canvas.line([x_of(Decimal(level))] * 2, [head - 8, bottom], color=RULE, width=0.8)
        canvas.text(x_of(Decimal(level)), 12, str(level), size=SMALL, color=QUIET, align="center")
    if not strips:
        canvas.text(
            WIDTH / 2, head + 20, translate(N_("아직 제출한 평정이 없습니다")), color=QUIET, align="center"
        )
    for place, strip in enumerate(strips):
        y = head + row * place
        if place % 2:
            canvas.box(1, y, WIDTH - 2, row, fill=GROUND)
        if names:
            canvas.text(MARGIN, y + 11, wrapped(strip.name, WIDTH - 2 * MARGIN, lines=1)[0], color=INK)
        _points(canvas, strip, y + row - 16, x_of)
    return canvas.svg()


def _points(canvas: Canvas, strip: Strip, y: float, x_of: Scale) -> None:
    seen: Counter[Decimal] = Counter()
    for position, mark in enumerate(strip.marks):
        x = x_of(mark) + 9.0 * _beside(seen[mark])
        seen[mark] += 1
        hollow = position in strip.dropped
        canvas.mark(x, y, "o", color=PRIMARY, size=8, hollow=hollow)
        if position in strip.flagged:
            canvas.mark(x, y - 11, "x", color=ACCENT, size=6)
    if strip.result is not None:
        x = x_of(strip.result)
        canvas.line([x, x], [y - 9, y + 9], color=INK, width=2)


def _beside(before: int) -> int:
    """Where the next of equal marks goes: 0, 1, -1, 2, -2, …"""
    return (before + 1) // 2 * (1 if before % 2 else -1)
