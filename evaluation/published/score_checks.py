"""Whether a published evaluation agrees with itself: weights, ratings, scores and totals (scoring F1 and F2).

A contradiction is flagged once, where it arises: a total above it may be built from the printed or the true sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from evaluation.published.flags import Defect, Flag
from evaluation.published.scores import WHOLE, Item, ScoreSheet, added, walk
from office.decimals import half_up, number, plain
from office.i18n import N_

_STATED = re.compile(r"\(\s*(\d+(?:\.\d+)?)\s*점\s*\)")
_TAG = re.compile(r"\(\s*([A-Z])\s*\)\s*$")
_FORMULA = re.compile(r"\(([^()]*[A-Z][^()]*[×xX*+][^()]*)\)\s*$")
_TERM = re.compile(r"([A-Z])(?:[×xX*](\d+(?:\.\d+)?))?")


def check_scores(sheet: ScoreSheet) -> Iterator[Flag]:
    """Every contradiction of the sheet."""
    yield from _total(sheet)
    for item in walk(sheet.items):
        yield from _item(item)
    for item in (*sheet.split, *sheet.bonus):
        yield from _over(item)
        yield from _rating(item, whole=True)
    yield from _summaries(sheet)


def recomputed(items: Sequence[Item]) -> tuple[Item, ...]:
    """The same tree with every figure that follows from others computed anew: scores by F1 where a rating was printed,
    sums by F2, ratings of what has items below it (and of leaves printed without one) by F2."""
    return tuple(_recomputed(item) for item in items)


def _recomputed(item: Item) -> Item:
    children = recomputed(item.children)
    weight, score = item.weight, item.score
    if children:
        weight, score = added([each.weight for each in children]), added([each.score for each in children])
    elif weight is not None and item.rating is not None:
        score = half_up(weight * item.rating / WHOLE)
    rating = item.rating
    if (children or rating is None) and score is not None and weight:
        rating = half_up(score / weight * WHOLE)
    return replace(item, weight=weight, score=score, rating=rating, children=children)


def _item(item: Item) -> Iterator[Flag]:
    yield from _over(item)
    yield from _rating(item, whole=bool(item.children))
    stated, weighed = _STATED.search(item.name), item.weighed
    points = number(stated[1]) if stated else None
    if points is not None and weighed is not None and points != weighed:
        message = N_("제목에는 {stated}점이라고 적혀 있는데 배점은 {weight}점입니다")
        values = {"stated": plain(points), "weight": plain(weighed)}
        yield Flag(item.row, item.name, Defect.STATED, message, values)
    if not item.children:
        return
    yield from _weights(item, item.children)
    yield from _sum(item, item.children)


def _over(item: Item) -> Iterator[Flag]:
    # A full score of 0.275 points is rightly printed as 0.28.
    if (
        item.weight is not None
        and item.score is not None
        and item.score > max(item.weight, half_up(item.weight))
    ):
        message = N_("배점이 {weight}점인데 득점은 {score}점입니다")
        values = {"score": f"{item.score:f}", "weight": plain(item.weight)}
        yield Flag(item.row, item.name, Defect.OVER, message, values)


def _rating(item: Item, *, whole: bool) -> Iterator[Flag]:
    """F1 for a leaf: score = weight × rating / 100; F2 for a whole: rating = score / weight × 100.

    A whole of one part is often printed with the rating of the part, of which its score follows by F1: that agrees, too.
    """
    if not item.weight or item.rating is None or item.score is None:
        return
    by_rating = half_up(item.weight * item.rating / WHOLE)
    values = {"weight": plain(item.weight), "rating": f"{item.rating:f}", "score": f"{item.score:f}"}
    if whole:
        right = half_up(item.score / item.weight * WHOLE)
        message = N_("득점 {score} ÷ 배점 {weight} × 100 = {right}점인데 평점은 {rating}점으로 적혀 있습니다")
        agrees, defect = right == item.rating or by_rating == item.score, Defect.RATING
    else:
        right = by_rating
        message = N_("배점 {weight} × 평점 {rating} ÷ 100 = {right}점인데 득점은 {score}점으로 적혀 있습니다")
        agrees, defect = right == item.score, Defect.SCORE
    if not agrees:
        yield Flag(item.row, item.name, defect, message, values | {"right": f"{right}"})


def _weights(whole: Item, parts: Sequence[Item]) -> Iterator[Flag]:
    summed = added([part.weighed for part in parts])
    if whole.weight is not None and summed is not None and whole.weight != summed:
        message = N_("배점은 {stated}점인데 아래 항목의 배점을 더하면 {summed}점입니다")
        values = {"stated": plain(whole.weight), "summed": plain(summed)}
        yield Flag(whole.row, whole.name, Defect.WEIGHTS, message, values)


def _sum(whole: Item, parts: Sequence[Item], *, beside: Decimal = Decimal()) -> Iterator[Flag]:
    """`beside` are bonus points that the total may or may not hold already."""
    summed = added([part.scored for part in parts])
    if whole.score is None or summed is None:
        return
    leaves = added([_from_leaves(part) for part in parts])
    right = {summed, summed + beside} | ({leaves, leaves + beside} if leaves is not None else set())
    if whole.score not in right:
        message = N_("합계는 {stated}점인데 아래 항목을 더하면 {summed}점입니다")
        values = {"stated": f"{whole.score:f}", "summed": f"{summed:f}"}
        yield Flag(whole.row, whole.name, Defect.TOTAL, message, values)


def _from_leaves(item: Item) -> Decimal | None:
    return added([_from_leaves(child) for child in item.children]) if item.children else item.score


def _total(sheet: ScoreSheet) -> Iterator[Flag]:
    bonus = added([item.score for item in sheet.bonus]) or Decimal()
    if sheet.total is None:
        summed = added([item.weighed for item in sheet.items])
        if summed is not None and summed != WHOLE:
            message = N_("배점을 모두 더하면 100점이어야 하는데 {summed}점입니다")
            first = sheet.items[0]
            yield Flag(first.row, first.name, Defect.WEIGHTS, message, {"summed": plain(summed)})
        return
    yield from _rating(sheet.total, whole=True)
    for parts in (sheet.items, sheet.split):
        if parts:
            yield from _weights(sheet.total, parts)
            yield from _sum(sheet.total, parts, beside=bonus)


def _summaries(sheet: ScoreSheet) -> Iterator[Flag]:
    """What the sheet builds out of tagged totals, as `종합점수(A×0.9+B×0.1)` says."""
    tagged = {
        found[1]: item.score
        for item in (sheet.total, *sheet.summary)
        if item is not None and item.score is not None and (found := _TAG.search(item.name))
    }
    for item in sheet.summary:
        formula = _FORMULA.search(item.name)
        right = _value(formula[1], tagged) if formula else None
        if formula and right is not None and item.score is not None and item.score != right:
            message = N_("{formula} = {right}점인데 {stated}점으로 적혀 있습니다")
            values = {"stated": f"{item.score:f}", "formula": formula[1], "right": f"{right}"}
            yield Flag(item.row, item.name, Defect.TOTAL, message, values)


def _value(formula: str, tagged: dict[str, Decimal]) -> Decimal | None:
    """A sum of tagged figures, each with a factor or without; nothing where it says anything else."""
    total = Decimal()
    for part in formula.replace(" ", "").split("+"):
        term = _TERM.fullmatch(part)
        if term is None or term[1] not in tagged:
            return None
        total += tagged[term[1]] * Decimal(term[2] or 1)
    return half_up(total)
