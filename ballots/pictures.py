"""Pictures of a vote: what agencies were rated, and how the roll was used."""

from __future__ import annotations

from collections.abc import Sequence

from ballots.ratings import AgencyRating, mean_text
from office.charts import (
    GROUND,
    MARGIN,
    PALE,
    POOR,
    PRIMARY,
    QUIET,
    SERIES,
    SMALL,
    WIDTH,
    Canvas,
    drawn_once,
    text_width,
    wrapped,
)
from office.decimals import shown
from office.i18n import N_, translate

POINTS = (
    ("white", POOR, "xxxx"),
    ("#f4d6d9", POOR, "////"),
    (GROUND, QUIET, ""),
    (PALE, PRIMARY, "...."),
    (PRIMARY, PRIMARY, ""),
)
"""Fill, outline and pattern of 1 to 5 points: from crossed through pale to full, also without colour."""
NAMES = (N_("1점"), N_("2점"), N_("3점"), N_("4점"), N_("5점"))
ROW = 42.0
BAR = 15.0


@drawn_once
def rating_bars(ratings: Sequence[AgencyRating]) -> bytes:
    """One bar an agency in the order given: what part of its raters gave 1 to 5 points, their number in it, the mean.

    Agencies with too few raters have a name and no bar.
    """
    head = MARGIN + 26.0
    canvas = Canvas(head + ROW * max(len(ratings), 1))
    x = float(MARGIN)
    for name, (fill, edge, hatch) in zip(map(translate, NAMES), POINTS, strict=True):
        canvas.box(x, MARGIN + 2, 16, 10, fill=fill, edge=edge, hatch=hatch)
        canvas.text(x + 21, MARGIN + 7, name, size=SMALL)
        x += 21 + text_width(name, SMALL) + 16
    for place, rating in enumerate(ratings):
        _rating(canvas, head + ROW * place, rating)
    return canvas.svg()


def _rating(canvas: Canvas, y: float, rating: AgencyRating) -> None:
    full = WIDTH - 2 * MARGIN
    if rating.counts is None or rating.mean is None:
        canvas.text(MARGIN, y + 8, wrapped(rating.agency, full, lines=1)[0])
        canvas.box(MARGIN, y + 18, full, BAR, fill="white", edge=QUIET)
        said = translate(N_("평가한 사람이 적어 공개하지 않습니다"))
        canvas.text(MARGIN + 6, y + 18 + BAR / 2, said, size=SMALL, color=QUIET)
        return
    mean = translate(N_("평균 {mean}점"), mean=mean_text(rating.mean))
    room = text_width(mean) + 12
    canvas.text(MARGIN, y + 8, wrapped(rating.agency, full - room, lines=1)[0])
    canvas.text(WIDTH - MARGIN, y + 8, mean, bold=True, align="right")
    _parts(canvas, y + 18, list(rating.counts), POINTS)


def _parts(
    canvas: Canvas, y: float, counts: Sequence[int], styles: Sequence[tuple[str, str, str]], bar: float = BAR
) -> None:
    """Counts end to end over the whole width, each number on its part where there is room."""
    full, total, x = WIDTH - 2 * MARGIN, sum(counts), float(MARGIN)
    for count, (fill, edge, hatch) in zip(counts, styles, strict=True):
        length = full * count / total if total else 0.0
        if length:
            canvas.box(x, y, length, bar, fill=fill, edge=edge, hatch=hatch)
        said = shown(count)
        width = text_width(said, SMALL) + 6
        if length >= width + 2:
            middle = x + length / 2
            canvas.box(middle - width / 2, y + 2, width, bar - 4, fill="white", edge=edge)
            canvas.text(middle, y + bar / 2, said, size=SMALL, align="center")
        x += length


@drawn_once
def roll_bar(voted: int, not_voted: int, voided: int) -> bytes:
    """The roll as one bar: those who voted, those who did not, and entries that were voided."""
    named = (
        (N_("투표 {n}명"), voted, SERIES[0]),
        (N_("투표하지 않음 {n}명"), not_voted, SERIES[1]),
        (N_("무효 처리 {n}명"), voided, SERIES[3]),
    )
    canvas = Canvas(MARGIN + 24 + 22 + MARGIN)
    x = float(MARGIN)
    for name, count, (fill, edge, hatch) in named:
        said = translate(name, n=shown(count))
        canvas.box(x, MARGIN + 2, 16, 10, fill=fill, edge=edge, hatch=hatch)
        canvas.text(x + 21, MARGIN + 7, said, size=SMALL)
        x += 21 + text_width(said, SMALL) + 12
    _parts(canvas, MARGIN + 24, [voted, not_voted, voided], [style for *_, style in named], 20)
    return canvas.svg()
