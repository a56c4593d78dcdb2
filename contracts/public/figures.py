"""Pictures of promises: an indicator's way from baseline to target and over the years, and targets reached by body."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from contracts.terms.tree import Direction
from office.charts import (
    ACCENT,
    ACCENT_PALE,
    GOOD,
    GROUND,
    INK,
    MARGIN,
    PALE,
    PRIMARY,
    QUIET,
    RULE,
    SMALL,
    TEXT,
    WIDTH,
    Canvas,
    drawn_once,
    text_width,
    wrapped,
)
from office.decimals import shown
from office.i18n import N_, translate

OVERSHOOT = 1.15
"""Beyond the target the bar ends soon: the figure says how much."""


@drawn_once
def bullet(
    *,
    baseline: Decimal | None,
    target: Decimal | None,
    actual: Decimal | None,
    direction: Direction,
    unit: str = "",
) -> bytes:
    """A bar from the baseline (left) to the target (right), whichever is larger, with today's figure on it.

    Without a baseline the bar starts at zero; without a target there is no end mark, without a figure no progress.
    """
    canvas = Canvas(86)
    start, end, y, thick = MARGIN + 4.0, WIDTH - 70.0, 40.0, 16.0
    canvas.box(start, y, WIDTH - MARGIN - start, thick, fill=GROUND)
    origin = baseline if baseline is not None else Decimal(0)
    if target is not None:
        canvas.box(start, y, end - start, thick, fill="white", edge=RULE)
        canvas.line([end, end], [y - 6, y + thick + 6], width=2.4)
        _label(
            canvas, end, y + thick + 16, translate(N_("목표 {value}"), value=_figure(target, unit)), color=INK
        )
    if baseline is not None:
        canvas.line([start, start], [y - 6, y + thick + 6], color=QUIET, width=1.6)
        said = translate(N_("기준 {value}"), value=_figure(baseline, unit))
        _label(canvas, start, y + thick + 16, said, color=QUIET)
    if actual is not None:
        share = _share(origin, target, actual)
        x = start + (end - start) * min(max(share, 0.0), OVERSHOOT)
        reached = target is not None and (actual >= target if direction is Direction.UP else actual <= target)
        color = GOOD if reached else PRIMARY
        if x > start and target is not None:
            canvas.box(start, y, x - start, thick, fill=PALE, edge=color, hatch="" if reached else "////")
        canvas.mark(x, y + thick / 2, "D", color=color, size=9)
        template = N_("실적 {value} (목표 달성)") if reached else N_("실적 {value}")
        _label(canvas, x, y - 16, translate(template, value=_figure(actual, unit)), color=color, bold=True)
    return canvas.svg()


def _share(origin: Decimal, target: Decimal | None, actual: Decimal) -> float:
    """How far on the way from origin to target, 1 being there; without a way, the middle."""
    if target is None or target == origin:
        return 0.5 if actual != target else 1.0
    return float((actual - origin) / (target - origin))


def _label(canvas: Canvas, x: float, y: float, said: str, *, color: str, bold: bool = False) -> None:
    """Words centred under or over a point, moved inside the picture where they would leave it."""
    half = text_width(said, SMALL + 1) / 2
    inside = min(max(x, MARGIN + half), WIDTH - MARGIN - half)
    canvas.text(inside, y, said, bold=bold, size=SMALL + 1, color=color, align="center")


def _figure(value: Decimal, unit: str) -> str:
    said = shown(value)
    return f"{said}{unit}" if unit in {"%", "‰", "℃"} or not unit.isascii() else f"{said} {unit}".strip()


@drawn_once
def history_line(
    *,
    history: Sequence[tuple[int, Decimal]],
    year: int,
    actual: Decimal | None = None,
    target: Decimal | None = None,
    unit: str = "",
) -> bytes:
    """The past years as a line that ends in this year's figure, every point labelled, the target as a dashed line."""
    points = [*sorted((each, value) for each, value in history if each < year)]
    if actual is not None:
        points.append((year, actual))
    values = [float(value) for _, value in points] + ([float(target)] if target is not None else [])
    canvas = Canvas(190)
    top, bottom, left, right = 44.0, 150.0, 34.0, WIDTH - 34.0
    canvas.line([MARGIN, WIDTH - MARGIN], [bottom + 12, bottom + 12], color=RULE)
    if not values:
        canvas.text(WIDTH / 2, 100, translate(N_("아직 적힌 값이 없습니다")), color=QUIET, align="center")
        return canvas.svg()
    low, high = min(values), max(values)
    first = min([each for each, _ in points] + [year])

    def x_of(each: int) -> float:
        return left + (right - left) * (each - first) / (year - first) if year > first else (left + right) / 2

    def y_of(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / (high - low) if high > low else (top + bottom) / 2

    if unit:
        canvas.text(MARGIN, 12, translate(N_("단위: {unit}"), unit=unit), size=SMALL, color=QUIET)
    if target is not None:
        y = y_of(float(target))
        canvas.line([MARGIN, WIDTH - MARGIN], [y, y], color=ACCENT, width=1.4, dashed=True)
        said = translate(N_("{year}년 목표 {value}"), year=year, value=shown(target))
        canvas.text(WIDTH - MARGIN, 12, f"- - {said}", size=SMALL, color=ACCENT, align="right", bold=True)
    xs, ys = [x_of(each) for each, _ in points], [y_of(float(value)) for _, value in points]
    canvas.line(xs, ys, color=PRIMARY, width=2)
    for each in range(first, year + 1):
        this_year = each == year
        canvas.text(
            x_of(each),
            bottom + 26,
            str(each),
            size=SMALL,
            bold=this_year,
            color=INK if this_year else QUIET,
            align="center",
        )
    for (each, value), x, y in zip(points, xs, ys, strict=True):
        newest = each == year
        canvas.mark(x, y, "o", color=PRIMARY, size=9 if newest else 6.5, hollow=not newest)
        canvas.text(x, y - 13, shown(value), size=TEXT if newest else SMALL, bold=newest, align="center")
    return canvas.svg()


@drawn_once
def standing_bars(items: Sequence[tuple[str, int, int, int]]) -> bytes:
    """One bar per item (name, targets reached, not reached, without a figure yet), each part of the whole bar patterned.

    The bars are equally long: they show shares, and the figures on them say how many.
    """
    kinds = (
        (N_("이룸"), GOOD, "white", ""),
        (N_("못 이룸"), ACCENT_PALE, INK, "////"),
        (N_("아직 모름"), GROUND, INK, "...."),
    )
    bar, gap, line_height, legend = 15.0, 11.0, 15.0, 24.0
    names = [wrapped(name, WIDTH - 2 * MARGIN, lines=1)[0] for name, *_ in items]
    canvas = Canvas(2 * MARGIN + legend + len(items) * (line_height + bar + gap) - gap * bool(items))
    x = float(MARGIN)
    for label, fill, _, hatch in kinds:
        canvas.box(x, MARGIN, 12, 12, fill=fill, edge=QUIET, hatch=hatch)
        canvas.text(x + 17, MARGIN + 6, said := translate(label), size=SMALL)
        x += 34 + text_width(said, SMALL)
    y = MARGIN + legend
    for name, (_, *parts) in zip(names, items, strict=True):
        canvas.text(MARGIN, y + line_height / 2 - 1, name, bold=True)
        y += line_height
        whole, x = sum(parts), float(MARGIN)
        if not whole:
            canvas.text(
                MARGIN, y + bar / 2, translate(N_("목표가 있는 지표가 없습니다")), size=SMALL, color=QUIET
            )
        for part, (_, fill, ink, hatch) in zip(parts, kinds, strict=True):
            if part:
                width = (WIDTH - 2 * MARGIN) * part / whole
                canvas.box(x, y, width, bar, fill=fill, edge=QUIET, hatch=hatch)
                if hatch:
                    # The figure stands on plain ground: a pattern behind digits is hard to read.
                    room = text_width(str(part), SMALL) + 6
                    canvas.box(x + width / 2 - room / 2, y + 1.5, room, bar - 3, fill="white")
                canvas.text(
                    x + width / 2, y + bar / 2, str(part), bold=True, size=SMALL, color=ink, align="center"
                )
                x += width
        y += bar + gap
    return canvas.svg()
