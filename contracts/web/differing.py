"""Differences as people read them: the item, what of it, and both values in words, with the changed words marked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.changes.differences import HOW_NAMES, NODE, ORDER, Change, How, Record, changes, worded
from contracts.terms.methods import said_settings
from contracts.terms.tree import DIRECTION_NAMES, KIND_NAMES, METHOD_NAMES, Direction, Kind, Method
from office.decimals import shown
from office.i18n import N_, translate

_FIGURES = ("measure.target", "measure.actual", "measure.baseline")
_TEXTS = ("title", "promise", "result", "measure.definition", "measure.formula", "measure.source")
Parts = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a table of differences; parts are text and whether it is only on this side."""

    item: str
    within: str
    label: str
    how: How
    said: str
    before: Parts
    after: Parts


def differences(old: Record, new: Record) -> list[Difference]:
    """Every difference of two records, in words."""
    known = _nodes(old) | _nodes(new)
    return [_difference(change, known) for change in changes(old, new)]


def _nodes(record: Record) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for node in record.get("nodes") or ():
        found |= {node["code"]: node} | _nodes(node)
    return found


def _difference(change: Change, known: Mapping[str, Record]) -> Difference:
    before, after = (_said(change, value, known) for value in (change.before, change.after))
    marked: tuple[Parts, Parts] = (((before, True),), ((after, True),))
    if change.field in _TEXTS and change.before and change.after:
        marked = worded(before, after)
    return Difference(
        item=change.path[-1] if change.path else translate(N_("계약 전체")),
        within=" › ".join(change.path[:-1]),
        label=translate(change.label),
        how=change.how,
        said=translate(HOW_NAMES[change.how]),
        before=marked[0],
        after=marked[1],
    )


def _said(change: Change, value: Any, known: Mapping[str, Record]) -> str:
    field = change.field
    sheet = (known.get(change.code) or {}).get("measure") or {}
    if value is None or value == "" or value == {} or value == []:
        return "–"
    if field in _FIGURES:
        return f"{shown(Decimal(value), 6)}{sheet.get('unit', '')}"
    if field == "weight":
        return translate(N_("{points}점"), points=value)
    if field == NODE:
        return _node(value)
    if field == ORDER:
        return " → ".join(str((known.get(code) or {"title": code})["title"]) for code in value)
    if field == "measure.settings":
        return said_settings(Method(sheet["method"]), tuple(sorted(value.items()))) or "–"
    if field == "measure.history":
        return ", ".join(f"{year}: {shown(Decimal(figure), 6)}" for year, figure in value)
    if isinstance(value, bool):
        return translate(N_("예")) if value else translate(N_("아니요"))
    return _word(field, value)


def _node(node: Record) -> str:
    kind = translate(KIND_NAMES[Kind(node["kind"])])
    return translate(
        N_("{kind} '{title}', 배점 {points}점"), kind=kind, title=node["title"], points=node["weight"]
    )


def _word(field: str, value: Any) -> str:
    match field:
        case "kind":
            return translate(KIND_NAMES[Kind(value)])
        case "measure.direction":
            return translate(DIRECTION_NAMES[Direction(value)])
        case "measure.method":
            return translate(METHOD_NAMES[Method(value)])
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(" ".join(map(str, each)) if isinstance(each, list) else str(each) for each in value)
    return str(value)
