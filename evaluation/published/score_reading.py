"""Reading a published evaluation into its tree.

Two layouts are known: one column for each level (대분류, 중분류, 지표), and one column of names beside one of levels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from contracts.files.columns import word
from contracts.files.spreadsheet import RowProblem
from evaluation.published.cells import Line, figure, lost_letters, refuse_wrong_cells, squeezed
from evaluation.published.flags import Defect, Flag, Unusable
from evaluation.published.score_trees import Group, nested
from evaluation.published.scores import WHOLE, Item, ScoreSheet
from office.decimals import half_up
from office.i18n import N_

TOTALS = frozenset({"계", "합계", "총계", "총점", "종합점수", "평점"})
SUBTOTALS = frozenset({"소계", "계", "합계"})
BESIDE = frozenset({"가점", "감점", "가감점"})

_COLUMNS: Final[dict[str, frozenset[str]]] = {
    "year": frozenset({"year", "연도", "년도", "평가연도"}),
    "node": frozenset({"node", "지표", "세부지표", "항목", "평가지표"}),
    "level": frozenset({"level", "단계"}),
    "method": frozenset({"method", "kind", "평가방법", "방법", "지표구분"}),
    "weight": frozenset({"weight", "배점", "가중치"}),
    "rating": frozenset({"rating", "평점"}),
    "score": frozenset({"score", "득점", "점수"}),
}
_LEVEL = re.compile(r"(?:level|단계)\d|\d단계|[대중소]분류|영역")
# (A), (A×0.9+B×0.1): rows that stand beside the tree and build its total on
_BUILT = re.compile(r"\([^()]*\b[A-Z]\b[^()]*\)\s*$")


def is_score_sheet(header: Line) -> bool:
    """Whether this heading is one of a published evaluation."""
    found = _columns(header)
    return "weight" in found and "score" in found and bool(_levels(header))


def read_scores(lines: Sequence[Line]) -> tuple[ScoreSheet, tuple[Flag, ...]]:
    """The sheet as printed, with what reading alone already shows to be wrong.  `Unusable` names rows it cannot take."""
    header, body = lines[0], lines[1:]
    columns, levels = _columns(header), _levels(header)
    refuse_wrong_cells(header, body, [*columns.values(), *levels])
    flags: list[Flag] = []
    year = _year(header, body, columns.get("year"))
    _turn_round(header, body, columns, flags)
    listed = {"node", "level"} <= columns.keys()
    sheet = _by_level(body, columns, flags) if listed else _by_column(body, columns, levels, flags)
    return replace(sheet, year=year), tuple(flags)


def _columns(header: Line) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, heading in enumerate(header.cells):
        for name, known in _COLUMNS.items():
            if word(heading) in known:
                found.setdefault(name, column)
    return found


def _levels(header: Line) -> tuple[int, ...]:
    """The columns of names, from the top down; the indicator's own is the last of them."""
    names = _COLUMNS["node"]
    return tuple(
        column
        for column, heading in enumerate(header.cells)
        if _LEVEL.fullmatch(word(heading)) or word(heading) in names
    )


def _year(header: Line, body: Sequence[Line], column: int | None) -> int | None:
    written = {line.cell(column) for line in body} - {""} if column is not None else set()
    if not written:
        return None
    if len(written) > 1:
        odd = next(line for line in body if line.cell(column) != body[0].cell(column))
        message = N_("한 파일에 여러 해가 섞여 있습니다. 한 해씩 나누어 올려 주십시오")
        raise Unusable([RowProblem(odd.row, header.cell(column), message, odd.cell(column))])
    (only,) = written
    tidy = only.removesuffix("년")
    if not re.fullmatch(r"(19|20)\d{2}", tidy):
        raise Unusable([RowProblem(body[0].row, header.cell(column), N_("연도를 읽을 수 없습니다"), only)])
    return int(tidy)


def _turn_round(header: Line, body: Sequence[Line], columns: dict[str, int], flags: list[Flag]) -> None:
    """Exchange rating and score in `columns`, with a flag, where the figures only agree under each other's heading."""
    rating, score = columns.get("rating"), columns.get("score")
    if rating is None or score is None:
        return
    triples = [
        (weight, one, other)
        for line in body
        if (weight := figure(line, columns["weight"], "", [])) is not None
        and (one := figure(line, rating, "", [])) is not None
        and (other := figure(line, score, "", [])) is not None
    ]
    as_printed = sum(half_up(weight * one / WHOLE) == half_up(other) for weight, one, other in triples)
    exchanged = sum(half_up(weight * other / WHOLE) == half_up(one) for weight, one, other in triples)
    if exchanged > as_printed and 2 * exchanged > len(triples):
        columns["rating"], columns["score"] = score, rating
        message = N_(
            "두 열의 제목({one}, {other})이 서로 바뀌어 있습니다. {rows}행 가운데 {agree}행이 바꾸어 읽을 때만 "
            "맞아 바꾸어 읽었습니다"
        )
        values = {"one": header.cell(rating), "other": header.cell(score)}
        values |= {"rows": str(len(triples)), "agree": str(exchanged)}
        where = f"{header.cell(rating)}, {header.cell(score)}"
        flags.append(Flag(header.row, where, Defect.HEADINGS, message, values))


def _item(line: Line, name: str, columns: dict[str, int], flags: list[Flag]) -> Item | None:
    """The row as an item, or nothing (and a flag) for a row without a figure."""
    found = len(flags)
    weight, rating, score = (
        figure(line, columns.get(column), name, flags) for column in ("weight", "rating", "score")
    )
    if weight is None and rating is None and score is None and len(flags) == found:
        flags.append(
            Flag(line.row, name, Defect.JUNK, N_("배점도 점수도 없는 행입니다. 항목으로 읽지 않았습니다"))
        )
        return None
    flags += lost_letters(line.row, name)
    return Item(line.row, name, line.cell(columns.get("method")), weight, rating, score)


def _by_level(body: Sequence[Line], columns: dict[str, int], flags: list[Flag]) -> ScoreSheet:
    """One column of names, one of levels: 1, 2, … in the tree, S a part of the total, B bonus, T the total."""
    tree: list[tuple[int, Item]] = []
    beside: dict[str, list[Item]] = {"S": [], "B": [], "T": []}
    for line in body:
        name, level = line.cell(columns["node"]), line.cell(columns.get("level"))
        item = _item(line, name, columns, flags)
        if item is None:
            continue
        if level.isdecimal():
            tree.append((int(level), item))
        elif level in beside:
            beside[level].append(item)
        else:
            message = N_("단계는 1, 2, 3… 또는 S(구분 합계), B(가점), T(합계)로 적어 주십시오")
            raise Unusable([RowProblem(line.row, "level", message, level)])
    total = beside["T"][0] if beside["T"] else None
    return ScoreSheet(None, nested(tree), total, tuple(beside["S"]), tuple(beside["B"]))


def _by_column(
    body: Sequence[Line], columns: dict[str, int], levels: Sequence[int], flags: list[Flag]
) -> ScoreSheet:
    """One column for each level; a name repeated to the right, or blanks there, mean that there is no such level."""
    root = Group()
    total: Item | None = None
    split: list[Item] = []
    bonus: list[Item] = []
    summary: list[Item] = []
    paths = [_path(line, levels) for line in body]
    one_level = all(len(path) < 2 for path in paths)
    for line, path in zip(body, paths, strict=True):
        if not path:
            message = N_("이름이 없는 행입니다. 항목으로 읽지 않았습니다")
            flags.append(Flag(line.row, "", Defect.JUNK, message))
            continue
        in_total = [squeezed(name) in TOTALS for name in path]
        subtotal = squeezed(path[-1]) in SUBTOTALS and not in_total[0]
        names = path[:-1] if subtotal else path
        item = _item(line, names[-1], columns, flags)
        if item is None:
            continue
        if all(in_total):
            total, summary = (item, summary) if total is None else (total, [*summary, item])
        elif in_total[0]:
            split.append(item)
        elif subtotal:
            root.reached(names).printed = item
        elif squeezed(names[0]) in BESIDE:
            bonus.append(item)
        elif not one_level and len(names) == 1 and (item.weight in (None, WHOLE) or _BUILT.search(item.name)):
            total, summary = (item, summary) if _is_total(item, total) else (total, [*summary, item])
        else:
            root.reached(names[:-1]).items.append(item)
    return ScoreSheet(None, root.frozen(), total, tuple(split), tuple(bonus), tuple(summary))


def _is_total(item: Item, total: Item | None) -> bool:
    """Whether a row beside the tree is the total of it: the first that weighs a hundred."""
    return total is None and item.weight == WHOLE


def _path(line: Line, levels: Sequence[int]) -> tuple[str, ...]:
    """The names from the top down, each once."""
    names: list[str] = []
    for column in levels:
        name = line.cell(column)
        if name and (not names or squeezed(name) != squeezed(names[-1])):
            names.append(name)
    return tuple(names)
