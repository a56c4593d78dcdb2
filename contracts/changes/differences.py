"""What differs between two records of a contract, one change at a time, and applying the changes to the older one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from office.i18n import N_

Record = Mapping[str, Any]
"""A contract as `contracts.terms.canonical` writes it, or that JSON read back."""
NODE, ORDER, MEASURE, HEAD = "node", "order", "measure", "head"
"""Fields of a change that concern a whole node, the order of the nodes below one, a whole definition sheet, and what the head promised."""
_BELOW = "nodes"


class How(StrEnum):
    """What happened to a thing."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


HOW_NAMES: Final[dict[How, str]] = {
    How.ADDED: N_("더해짐"),
    How.REMOVED: N_("빠짐"),
    How.CHANGED: N_("바뀜"),
}
LABELS: Final[dict[str, str]] = {
    "format": N_("기록 형식"),
    "cycle": N_("평가주기"),
    "agency": N_("기관 이름"),
    "agency_code": N_("기관 코드"),
    "agency_kind": N_("기관 유형"),
    NODE: N_("항목 전체"),
    ORDER: N_("순서"),
    HEAD: N_("기관장 성과계약"),
    "since": N_("취임일"),
    "leadership": N_("기관장의 리더십"),
    "code": N_("코드"),
    "kind": N_("종류"),
    "title": N_("이름"),
    "weight": N_("배점"),
    "promise": N_("약속 문장"),
    "result": N_("이행 결과"),
    "on_ballot": N_("도민투표 대상"),
    "shares": N_("기관별 실적 배분"),
    MEASURE: N_("지표 정의서"),
    "measure.direction": N_("좋아지는 방향"),
    "measure.method": N_("점수 매기는 방법"),
    "measure.unit": N_("단위"),
    "measure.definition": N_("지표 정의"),
    "measure.baseline": N_("기준값"),
    "measure.history": N_("지난 실적"),
    "measure.target": N_("목표치"),
    "measure.actual": N_("실적"),
    "measure.settings": N_("점수 방법의 설정"),
    "measure.source": N_("자료 출처"),
    "measure.formula": N_("산식"),
    "measure.supplied_by": N_("자료를 내는 곳"),
    "measure.checked_by": N_("자료를 확인하는 곳"),
}
"""Korean names of the fields; one without a name here is called as it is stored."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.  `path` are the titles that lead to the node (its own last), empty for the contract as a whole.

    `parent` is the code of the node above ("" at the top); `code` that of the node itself ("" for the whole).
    `before` and `after` are plain JSON values; of a whole node or sheet that came or went, one of them is `None`.
    """

    path: tuple[str, ...]
    parent: str
    code: str
    field: str
    how: How
    before: Any
    after: Any

    @property
    def label(self) -> str:
        """The field's Korean name, still to be translated."""
        return LABELS.get(self.field, self.field)


def changes(old: Record, new: Record) -> tuple[Change, ...]:
    """Every difference from `old` to `new`, the contract itself first, then from the top down in the new order.

    A node is the same node where its code is, below the same parent; elsewhere it went and came.
    Empty exactly for equal records, and `applied(old, changes(old, new)) == new`.
    """
    return tuple(_differences((), "", "", old, new))


def _differences(path: tuple[str, ...], parent: str, code: str, old: Record, new: Record) -> Iterator[Change]:
    for field in _names(old, new):
        if field not in (_BELOW, MEASURE) and _differ(old, new, field):
            yield Change(path, parent, code, field, _how(old, new, field), old.get(field), new.get(field))
    was, now = old.get(MEASURE), new.get(MEASURE)
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for field in _names(was, now):
            if _differ(was, now, field):
                how = _how(was, now, field)
                yield Change(path, parent, code, f"{MEASURE}.{field}", how, was.get(field), now.get(field))
    elif _differ(old, new, MEASURE):
        how = How.REMOVED if now is None else How.ADDED if was is None else How.CHANGED
        yield Change(path, parent, code, MEASURE, how, was, now)
    yield from _below(path, code, old.get(_BELOW) or (), new.get(_BELOW) or ())


def _below(
    path: tuple[str, ...], code: str, old: Sequence[Record], new: Sequence[Record]
) -> Iterator[Change]:
    before, after = {node["code"]: node for node in old}, {node["code"]: node for node in new}
    for gone in (node for node in old if node["code"] not in after):
        yield Change((*path, gone["title"]), code, gone["code"], NODE, How.REMOVED, gone, None)
    for node in new:
        here = (*path, node["title"])
        if node["code"] in before:
            yield from _differences(here, code, node["code"], before[node["code"]], node)
        else:
            yield Change(here, code, node["code"], NODE, How.ADDED, None, node)
    if _codes(new) != [*(each for each in before if each in after), *(c for c in after if c not in before)]:
        yield Change(path, code, code, ORDER, How.CHANGED, _codes(old), _codes(new))


def _names(old: Record, new: Record) -> Iterator[str]:
    yield from new
    yield from (name for name in old if name not in new)


def _differ(old: Record, new: Record, field: str) -> bool:
    return (field in old) != (field in new) or bool(old.get(field) != new.get(field))


def _how(old: Record, new: Record, field: str) -> How:
    """A field that only one of the records knows came or went; a known one, even a blank one, changed."""
    return How.ADDED if field not in old else How.REMOVED if field not in new else How.CHANGED


def _codes(nodes: Iterable[Record]) -> list[str]:
    return [node["code"] for node in nodes]


def applied(old: Record, made: Iterable[Change]) -> dict[str, Any]:
    """The older record with the changes made: what `changes` was told was the newer one.

    `KeyError` where a change speaks of a node that is not there.
    """
    new: dict[str, Any] = _copied(old)
    made = list(made)
    # A node that moved went from one place and came at another, whole: first everything that stays is changed.
    for change in (each for each in made if each.field not in (NODE, ORDER)):
        _set(_node(new, change.code), change)
    for change in (each for each in made if each.field == NODE and each.how is How.REMOVED):
        above = _node(new, change.parent)
        above[_BELOW] = [node for node in above[_BELOW] if node["code"] != change.code]
    for change in (each for each in made if each.field == NODE and each.how is How.ADDED):
        _node(new, change.parent)[_BELOW].append(_copied(change.after))
    for change in (each for each in made if each.field == ORDER):
        above = _node(new, change.code)
        by_code = {node["code"]: node for node in above[_BELOW]}
        above[_BELOW] = [by_code[code] for code in change.after]
    return new


def _set(node: dict[str, Any], change: Change) -> None:
    sheet, dot, field = change.field.partition(".")
    where, name = (node[sheet], field) if dot else (node, change.field)
    if change.how is How.REMOVED and change.field != MEASURE:
        del where[name]
    else:
        where[name] = _copied(change.after)


def _node(record: dict[str, Any], code: str) -> dict[str, Any]:
    if not code:
        return record
    found = _found(record[_BELOW], code)
    if found is None:
        raise KeyError(code)
    return found


def _found(nodes: Iterable[dict[str, Any]], code: str) -> dict[str, Any] | None:
    for node in nodes:
        if node["code"] == code:
            return node
        if (below := _found(node[_BELOW], code)) is not None:
            return below
    return None


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list | tuple) else value


def worded(before: str, after: str) -> tuple[tuple[tuple[str, bool], ...], tuple[tuple[str, bool], ...]]:
    """Both texts cut into parts, each with whether only this text has it: for marking what changed inside a sentence.

    The parts put together are the texts; words are compared, not letters.
    """
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        only = tag != "equal"
        left += [("".join(old[a:b]), only)] if b > a else []
        right += [("".join(new[c:d]), only)] if d > c else []
    return tuple(left), tuple(right)
