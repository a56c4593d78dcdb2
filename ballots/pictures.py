"""Pictures of a vote: what agencies were rated, and how the roll was used."""

from __future__ import annotations

from collections.abc import Sequence

from ballots.ratings import AgencyRating, mean_text
from office.bars import BAR, BETWEEN, Legend, Rows, divided
from office.charts import (
    GROUND,
    MARGIN,
    PALE,
    POOR,
    PRIMARY,
    QUIET,
    SERIES,
    SMALL,
    Canvas,
    Size,
    Style,
    drawn_once,
    text_width,
)
from office.decimals import shown
from office.i18n import N_, translate

POINTS = (
    Style("white", POOR, "xxxx"),
    Style("#f4d6d9", POOR, "////"),
    Style(GROUND, QUIET),
    Style(PALE, PRIMARY, "...."),
    Style(PRIMARY, PRIMARY),
)
"""1 to 5 points: from crossed through pale to full, also without colour."""
NAMES = (N_("1점"), N_("2점"), N_("3점"), N_("4점"), N_("5점"))


@drawn_once
def rating_bars(ratings: Sequence[AgencyRating], *, size: Size = Size.DESK) -> bytes:
    """One bar an agency in the order given: what part of its raters gave 1 to 5 points, their number in it, the mean.

    Agencies with too few raters have a name and no bar.
    """
    legend = Legend(list(zip(map(translate, NAMES), POINTS, strict=True)), size)
    means = [
        translate(N_("평균 {mean}점"), mean=mean_text(rating.mean)) if rating.mean is not None else ""
        for rating in ratings
    ]
    room = max((text_width(mean, bold=True) for mean in means), default=0.0) + 12
    rows = Rows(
        [rating.agency for rating in ratings],
        size,
        top=legend.height,
        bar_room=room if size is not Size.PHONE else 0,
        name_room=room,
    )
    canvas = Canvas(rows.height, size)
    legend.draw(canvas)
    for place, (rating, mean) in enumerate(zip(ratings, means, strict=True)):
        rows.name(canvas, place)
        y = rows.bars[place]
        if rating.counts is None or rating.mean is None:
            canvas.box(rows.left, y, rows.right - rows.left, BAR, fill="white", edge=QUIET)
            said = translate(N_("평가한 사람이 적어 공개하지 않습니다"))
            canvas.text(rows.left + 8, y + BAR / 2, said, size=SMALL, color=QUIET)
            continue
        divided(canvas, rows.left, y, rows.right - rows.left, rating.counts, POINTS)
        at = y + BAR / 2 if rows.beside else rows.tops[place] + BAR / 2
        canvas.text(canvas.width - MARGIN, at, mean, bold=True, align="right")
    return canvas.svg()


@drawn_once
def roll_bar(voted: int, not_voted: int, voided: int, *, size: Size = Size.DESK) -> bytes:
    """The roll as one bar: those who voted, those who did not, and entries that were voided."""
    named = (
        (N_("투표 {n}명"), voted, SERIES[0]),
        (N_("투표하지 않음 {n}명"), not_voted, SERIES[1]),
        (N_("무효 처리 {n}명"), voided, SERIES[3]),
    )
    styles = [style for *_, style in named]
    legend = Legend([(translate(name, n=shown(count)), style) for name, count, style in named], size)
    canvas = Canvas(legend.height + BAR + BETWEEN, size)
    legend.draw(canvas)
    length = size.width - 2 * MARGIN
    divided(canvas, MARGIN, legend.height, length, [voted, not_voted, voided], styles)
    return canvas.svg()
