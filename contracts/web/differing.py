"""Differences as people read them: the item, what of it, and both values in words, with the changed words marked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from contracts.changes.differences import HEAD, HOW_NAMES, NODE, ORDER, Change, How, Record, changes, worded
from contracts.terms import head as terms
from contracts.terms.methods import said_settings
from contracts.terms.tree import DIRECTION_NAMES, KIND_NAMES, METHOD_NAMES, Direction, Kind, Method
from office.decimals import shown
from office.i18n import N_, translate

_FIGURES = ("measure.target", "measure.actual", "measure.baseline")
_OF_HEAD = ("since", "leadership")
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


def differences(old: Record, new: Record, bodies: Mapping[str, str] | None = None) -> list[Difference]:
    """Every difference of two records, in words; `bodies` are the names of agencies by code.

    What the head promised reads like every other item, below the name of the head's own contract.
    """
    before, after = _nodes(old), _nodes(new)
    made = [change for change in changes(old, new) if change.field != HEAD]
    own = changes(_of_head(old), _of_head(new))
    title = translate(terms.TITLE)
    made += [replace(change, path=(title, *change.path)) for change in own]
    return [_difference(change, before, after, bodies or {}) for change in made]


def _of_head(record: Record) -> Record:
    """What the head promised as a record of its own, its tasks as nodes."""
    head = record.get(HEAD) or {}
    return {"nodes": head.get("tasks", ()), **{name: head.get(name, "") for name in _OF_HEAD}}


def _nodes(record: Record) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for node in (*(record.get("nodes") or ()), *(record.get(HEAD) or {}).get("tasks", ())):
        found |= {node["code"]: node} | _nodes(node)
    return found


def _difference(
    change: Change, old: Mapping[str, Record], new: Mapping[str, Record], bodies: Mapping[str, str]
) -> Difference:
    """Each side in the words of its own definition sheet: a unit or a method may have changed, too."""
    before, after = _said(change, change.before, old, bodies), _said(change, change.after, new, bodies)
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


def _said(change: Change, value: Any, known: Mapping[str, Record], bodies: Mapping[str, str]) -> str:
    field = change.field
    sheet = (known.get(change.code) or {}).get("measure") or {}
    if value is None or value == "" or value == {} or value == []:
        return "–"
    if field in _FIGURES:
        return f"{shown(Decimal(value), 6)}{sheet.get('unit', '')}"
    if field == "weight":
        return translate(N_("{points}점"), points=value)
    if field == NODE:
        return _node(value, bodies)
    if field == "shares":
        return _shares(value, bodies)
    if field == ORDER:
        return " → ".join(str((known.get(code) or {"title": code})["title"]) for code in value)
    if field == "measure.settings":
        return said_settings(Method(sheet["method"]), tuple(sorted(value.items()))) or "–"
    if field == "measure.history":
        return ", ".join(f"{year}: {shown(Decimal(figure), 6)}" for year, figure in value)
    if isinstance(value, bool):
        return translate(N_("예")) if value else translate(N_("아니요"))
    return _word(field, value)


def _node(node: Record, bodies: Mapping[str, str], deep: int = 0) -> str:
    """A whole item in a line, and a line for everything below it; what the head promised has no points."""
    kind, points = translate(KIND_NAMES[Kind(node["kind"])]), node["weight"]
    wording = N_("{kind} '{title}'") if points is None else N_("{kind} '{title}', 배점 {points}점")
    said = [
        translate(wording, kind=kind, title=node["title"], points=points or "0"),
        *_sheet(node["measure"]),
    ]
    if node["promise"]:
        said.append(translate(N_("약속 '{promise}'"), promise=node["promise"]))
    if node["on_ballot"]:
        said.append(translate(N_("도민투표 대상")))
    if node.get("shares"):
        said.append(translate(N_("협업과제({shares})"), shares=_shares(node["shares"], bodies)))
    line = "· " * deep + ", ".join(said)
    return "\n".join([line, *(_node(child, bodies, deep + 1) for child in node["nodes"])])


def _shares(shares: Iterable[tuple[str, str]], bodies: Mapping[str, str]) -> str:
    """Who has which part of a joint task, by name."""
    return ", ".join(f"{bodies.get(code, code)} {percent}%" for code, percent in shares)


def _sheet(sheet: Record | None) -> list[str]:
    """What counts of a definition sheet: how it is scored, and its target."""
    if sheet is None:
        return []
    said = [translate(METHOD_NAMES[Method(sheet["method"])])]
    if settings := said_settings(Method(sheet["method"]), tuple(sorted(sheet["settings"].items()))):
        said.append(settings)
    if sheet["target"] is not None:
        target = f"{shown(Decimal(sheet['target']), 6)}{sheet['unit']}"
        said.append(translate(N_("목표 {target}"), target=target))
    return said


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
