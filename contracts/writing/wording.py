"""One goal, task or indicator as a form: what its fields hold, what an officer typed into them, and what was shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from contracts.files.columns import LONGEST
from contracts.files.spreadsheet import checked
from contracts.terms.branches import blanks_shared
from contracts.terms.canonical import canonical_bytes, contract_record, sha256_hex
from contracts.terms.joint import read_shares, write_shares
from contracts.terms.methods import SETTINGS, Misread, Takes, read_setting
from contracts.terms.tree import ROOT_WEIGHT, ContractTree, Direction, Kind, Measure, Method, Node
from contracts.writing.setting_fields import (
    MISREAD,
    NOT_A_NUMBER,
    Form,
    first_field,
    setting_form,
    was_sent,
    written,
)
from office.decimals import number, plain
from office.errors import NotFound, Refused
from office.i18n import N_, translate

PAST_YEARS = 5
"""Past years a definition sheet has room for."""
WEIGHT_PLACES = 4
_SENTENCES = ("definition", "formula", "source", "unit", "supplied_by", "checked_by")
_NOT_SAVED = N_("저장하지 않았습니다. 표시한 칸을 고친 뒤 다시 저장해 주십시오")


def years_before(year: int) -> tuple[int, ...]:
    """The past years that have a field, the earliest first."""
    return tuple(range(year - PAST_YEARS, year))


def takes_figures(measure: Measure) -> bool:
    """Whether the sheet asks for unit, baseline, target and past years: where experts grade, only if some are there."""
    some = measure.unit or measure.history or measure.baseline is not None or measure.target is not None
    return measure.method is not Method.NINE_GRADE or bool(some)


def form_of_node(node: Node, year: int) -> dict[str, str]:
    """The fields of a node as they are shown before anybody types."""
    form = {"title": node.title, "weight": _shown(node.weight)}
    if node.kind is Kind.TASK:
        form |= {"promise": node.promise, "shares": write_shares(node.shares)}
        form |= {"on_ballot": "yes" if node.on_ballot else "no"}
    if measure := node.measure:
        form |= {name: str(getattr(measure, name)) for name in _SENTENCES}
        form |= {"direction": measure.direction.value, "method": measure.method.value}
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
    reader = _Reader(form)
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
        node = replace(node, measure=_read_measure(reader, old.measure, year))
    reader.finish()
    return node


def read_weight(name: str, form: Form, old: Decimal | None) -> Decimal | None:
    """One field of points; `Refused` names it."""
    reader = _Reader(form)
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
        raise Refused(_NOT_SAVED, fields=wrong)
    return changed


def by_method(node: Node, method: Method) -> Node:
    """The indicator rated by another method: settings the new one knows, too, are kept."""
    if node.measure is None:
        raise NotFound(N_("이 항목은 지표가 아닙니다"))
    known = {setting.name for setting in SETTINGS[method]}
    settings = tuple(each for each in node.measure.settings if each[0] in known)
    new = replace(node, measure=replace(node.measure, method=method, settings=settings))
    return replace(new, weight=Decimal()) if new.is_beside else new


def _read_measure(reader: _Reader, old: Measure, year: int) -> Measure:
    texts = {name: reader.text(name, getattr(old, name), LONGEST[name]) for name in _SENTENCES}
    past = dict(old.history)
    for each in years_before(year):
        value = reader.number(f"history-{each}", past.get(each))
        past.pop(each, None)
        if value is not None:
            past[each] = value
    direction = reader.form.get("direction", old.direction.value)
    if direction not in set(Direction):
        reader.wrong["direction"] = translate(N_("목록에서 골라 주십시오"))
        direction = old.direction.value
    return replace(
        old,
        definition=texts["definition"],
        formula=texts["formula"],
        source=texts["source"],
        unit=texts["unit"],
        supplied_by=texts["supplied_by"],
        checked_by=texts["checked_by"],
        direction=Direction(direction),
        baseline=reader.number("baseline", old.baseline),
        target=reader.number("target", old.target),
        history=tuple(sorted(past.items())),
        settings=tuple(sorted(reader.settings(old).items())),
    )


class _Reader:
    """Takes fields out of a form one after the other and remembers what is wrong with which."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.wrong: dict[str, str] = {}

    def finish(self) -> None:
        if self.wrong:
            raise Refused(_NOT_SAVED, fields=self.wrong)

    def text(self, name: str, old: str, longest: int) -> str:
        if name not in self.form:
            return old
        # What stands already was taken once, even where it would not be taken today.
        if self.form[name].replace("\r\n", "\n").strip() == old.strip():
            return old
        text = checked(self.form[name])
        if text.wrong:
            self.wrong[name] = translate(text.wrong)
        elif len(text.text) > longest:
            self.wrong[name] = translate(N_("{n}자까지 쓸 수 있습니다. 줄여 주십시오"), n=longest)
        return text.text

    def number(self, name: str, old: Decimal | None) -> Decimal | None:
        if name not in self.form:
            return old
        typed = self.form[name].strip()
        value = number(typed) if typed else None
        if typed and value is None:
            self.wrong[name] = translate(NOT_A_NUMBER)
        return value

    def weight(self, name: str, old: Decimal | None) -> Decimal | None:
        value = self.number(name, old)
        if value is not None and not 0 <= value <= ROOT_WEIGHT:
            self.wrong[name] = translate(N_("배점은 0부터 100까지 적을 수 있습니다"))
        elif value is not None and -int(value.as_tuple().exponent) > WEIGHT_PLACES:
            self.wrong[name] = translate(N_("배점은 소수점 아래 네 자리까지 적을 수 있습니다"))
        return value

    def shares(self, node: Node, agency_code: str) -> tuple[tuple[str, Decimal], ...]:
        if "shares" not in self.form:
            return node.shares
        read = read_shares(self.form["shares"])
        if isinstance(read, Misread):
            self.wrong["shares"] = translate(read.message, **read.values)
            return node.shares
        if read and agency_code not in dict(read):
            said = N_("우리 기관의 코드({code})도 적어 주십시오")
            self.wrong["shares"] = translate(said, code=agency_code)
        return read

    def settings(self, old: Measure) -> dict[str, str]:
        """The settings of the sheet: one that was not sent stays, one sent blank is none any more."""
        found = dict(old.settings)
        for setting in SETTINGS[old.method]:
            if not was_sent(setting, self.form):
                continue
            found.pop(setting.name, None)
            if not (typed := written(setting, self.form)):
                continue
            value = read_setting(setting, "" if setting.takes is Takes.YES else typed)
            if value is None:
                name = first_field(setting, f"setting-{setting.name}")
                self.wrong[name] = translate(MISREAD[setting.takes])
            else:
                found[setting.name] = value
        return found


def _shown(value: Decimal | None) -> str:
    return "" if value is None else plain(value)
