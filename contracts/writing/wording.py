"""One goal, task or indicator as a form: what its fields hold, what an officer typed into them, and what was shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal

from contracts.files.columns import LONGEST
from contracts.terms.branches import blanks_shared
from contracts.terms.canonical import canonical_bytes, contract_record, sha256_hex
from contracts.terms.joint import write_shares
from contracts.terms.methods import SETTINGS, disorders
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from contracts.writing.reader import NOT_SAVED, Reader
from contracts.writing.setting_fields import Form, setting_form
from office.decimals import number, plain
from office.errors import NotFound, Refused
from office.i18n import N_, translate

PAST_YEARS = 5
"""Past years a definition sheet has room for."""
_SENTENCES = ("definition", "formula", "source", "unit", "supplied_by", "checked_by")
FIGURES = ("unit", "baseline", "target")


def years_before(year: int) -> tuple[int, ...]:
    """The past years that have a field, the earliest first."""
    return tuple(range(year - PAST_YEARS, year))


def takes_figures(measure: Measure) -> bool:
    """Whether the sheet asks for unit, baseline, target and past years: where experts grade, only if some are there."""
    return measure.method is not Method.NINE_GRADE or _has_figures(measure)


def _has_figures(measure: Measure) -> bool:
    some = measure.unit or measure.history or measure.baseline is not None or measure.target is not None
    return bool(some)


def _direction_shown(measure: Measure) -> str:
    """The direction that stands in the form: none is chosen for anybody before there is a figure."""
    undecided = measure.direction is Direction.UP and not _has_figures(measure)
    return "" if undecided else measure.direction.value


def form_of_node(node: Node, year: int) -> dict[str, str]:
    """The fields of a node as they are shown before anybody types."""
    form = {"title": node.title, "weight": _shown(node.weight)}
    if node.kind is Kind.TASK:
        form |= {"promise": node.promise, "shares": write_shares(node.shares)}
        form |= {"on_ballot": "yes" if node.on_ballot else "no"}
    if measure := node.measure:
        form |= {name: str(getattr(measure, name)) for name in _SENTENCES}
        form |= {"direction": _direction_shown(measure), "method": measure.method.value}
        form |= {"baseline": _shown(measure.baseline), "target": _shown(measure.target)}
        past = dict(measure.history)
        form |= {f"history-{each}": _shown(past.get(each)) for each in years_before(year)}
        for setting in SETTINGS[measure.method]:
            form |= setting_form(setting, dict(measure.settings).get(setting.name, ""))
    return form


def seen_of(node: Node) -> str:
    """A mark of everything the form of a node shows: another one means that somebody has changed it since."""
    bare = replace(node, children=(), result="", measure=node.measure and replace(node.measure, actual=None))
    return branch_mark(bare)


def branch_mark(node: Node) -> str:
    """A mark of a node with everything below it."""
    record = contract_record(ContractTree("", "", "", (node,)), cycle="")
    return sha256_hex(canonical_bytes(record))[:16]


def read_node(old: Node, form: Form, agency_code: str, year: int) -> Node:
    """The node with what was typed; `Refused` names every field that cannot be taken.

    What is not in the form stays as it is, and a field sent empty clears it; a box that is not ticked is sent as `no`.
    """
    reader = Reader(form)
    title = reader.text("title", old.title, LONGEST[old.kind.value])
    if not title and "title" not in reader.wrong:
        reader.wrong["title"] = translate(N_("이름을 적어 주십시오"))
    node = replace(old, title=title, weight=reader.weight("weight", old.weight))
    if old.kind is Kind.TASK:
        node = replace(
            node,
            promise=reader.text("promise", old.promise, LONGEST["promise"]),
            on_ballot=form.get("on_ballot", "yes" if old.on_ballot else "no") == "yes",
        )
        node = replace(node, shares=reader.shares(node, agency_code))
    if old.measure is not None:
        node = replace(node, measure=_read_measure(reader, old.measure, year, fresh=not old.code))
    reader.finish()
    return node


def read_code(form: Form, taken: Collection[str]) -> str:
    """The code typed for a new task that another body's contract already names, or none; `Refused` where it is taken."""
    reader = Reader(form)
    code = reader.text("task_code", "", LONGEST["task_code"])
    if code and code in taken:
        said = N_("우리 계약에 이미 있거나 쓰던 코드입니다. 다른 코드를 적거나 비워 두십시오")
        reader.wrong["task_code"] = translate(said)
    reader.finish()
    return code


def read_weight(name: str, form: Form, old: Decimal | None) -> Decimal | None:
    """One field of points; `Refused` names it."""
    reader = Reader(form)
    weight = reader.weight(name, old)
    reader.finish()
    return weight


def weighed(above: Node | ContractTree, form: Form, *, share: bool) -> list[Node]:
    """The nodes right below one whose points are new: typed, or with `share` equal parts of what is left for blank ones."""
    changed = {node.code: node for node in _read_weights(above.children, form)}
    if share:
        typed = replace(above, children=tuple(changed.get(each.code, each) for each in above.children))
        changed |= {node.code: node for node in blanks_shared(typed)}
    return list(changed.values())


def typed_below(above: Node | ContractTree, form: Form) -> Node | ContractTree:
    """The node as its points were typed (`weight-CODE`): what cannot be read counts as blank."""

    def typed(child: Node) -> Node:
        name = f"weight-{child.code}"
        return replace(child, weight=number(form[name].strip())) if name in form else child

    return replace(above, children=tuple(map(typed, above.children)))


def _read_weights(children: Iterable[Node], form: Form) -> list[Node]:
    """The nodes whose points were typed anew (`weight-CODE`, shown as `seen-CODE`); `Refused` names every wrong field."""
    wrong: dict[str, str] = {}
    changed: list[Node] = []
    for child in children:
        name = f"weight-{child.code}"
        if name not in form:
            continue
        try:
            weight = read_weight(name, form, child.weight)
        except Refused as problem:
            wrong |= problem.fields
            continue
        if weight != child.weight:
            if form.get(f"seen-{child.code}") != _shown(child.weight):
                now_ = _shown(child.weight) or translate(N_("빈칸"))
                said = N_("그 사이에 다른 분이 이 배점을 고쳤습니다. 지금 저장된 값: {value}")
                wrong[name] = translate(said, value=now_)
            changed.append(replace(child, weight=weight))
    if wrong:
        raise Refused(NOT_SAVED, fields=wrong)
    return changed


def by_method(node: Node, method: Method) -> Node:
    """The indicator rated by another method: settings the new one knows, too, are kept."""
    if node.measure is None:
        raise NotFound(N_("이 항목은 지표가 아닙니다"))
    known = {setting.name for setting in SETTINGS[method]}
    settings = tuple(each for each in node.measure.settings if each[0] in known)
    new = replace(node, measure=replace(node.measure, method=method, settings=settings))
    return replace(new, weight=Decimal()) if new.is_beside else new


def _read_measure(reader: Reader, old: Measure, year: int, *, fresh: bool) -> Measure:
    texts = {name: reader.text(name, getattr(old, name), LONGEST[name]) for name in _SENTENCES}
    past = dict(old.history)
    for each in years_before(year):
        value = reader.number(f"history-{each}", past.get(each))
        past.pop(each, None)
        if value is not None:
            past[each] = value
    direction = reader.direction(old, fresh=fresh)
    settings = tuple(sorted(reader.settings(old).items()))
    if (direction, settings) != (old.direction, old.settings):
        for place, disorder in disorders(direction, settings):
            reader.wrong.setdefault(f"setting-values-{place}", translate(disorder.message, **disorder.values))
    return replace(
        old,
        definition=texts["definition"],
        formula=texts["formula"],
        source=texts["source"],
        unit=texts["unit"],
        supplied_by=texts["supplied_by"],
        checked_by=texts["checked_by"],
        direction=direction,
        baseline=reader.number("baseline", old.baseline),
        target=reader.number("target", old.target),
        history=tuple(sorted(past.items())),
        settings=settings,
    )


def _shown(value: Decimal | None) -> str:
    return "" if value is None else plain(value)
