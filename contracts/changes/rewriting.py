"""A published contract as somebody asks to have it: the fields of a request read into a new tree, which has to add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from contracts.files.columns import LONGEST
from contracts.files.spreadsheet import checked
from contracts.terms.methods import Misread, read_settings, write_settings
from contracts.terms.tree import ContractTree, Kind, Measure, Node, unbalanced
from office.decimals import number, plain
from office.errors import Refused
from office.i18n import N_, translate

WEIGHT_PLACES = 4
_BLANK_OF = {"title": N_("이름은 비워 둘 수 없습니다"), "weight": N_("배점을 숫자로 적어 주십시오")}


def fields_of(tree: ContractTree) -> dict[str, str]:
    """What the form holds before anybody types: every field that may be changed, by its name in the form."""
    return {name: text for node in _all(tree.children) for name, text in _fields(node).items()}


def _all(nodes: tuple[Node, ...]) -> list[Node]:
    return [each for node in nodes for each in (node, *_all(node.children))]


def _fields(node: Node) -> dict[str, str]:
    fields = {"title": node.title, "weight": _figure(node.weight)}
    if node.kind is Kind.TASK:
        fields["promise"] = node.promise
    if (measure := node.measure) is not None:
        fields |= {
            "target": _figure(measure.target),
            "settings": write_settings(measure.method, measure.settings),
            "definition": measure.definition,
            "formula": measure.formula,
            "source": measure.source,
        }
    return {f"{name}-{node.code}": text for name, text in fields.items()}


def _figure(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def rewritten(tree: ContractTree, form: Mapping[str, str]) -> ContractTree:
    """The contract with the fields of a form (`title-CODE`, `weight-CODE`, …); what is not in the form stays.

    `Refused`, naming every field that cannot be taken, where nothing changes, or where the points no longer add up.
    """
    wrong: dict[str, str] = {}
    new = replace(tree, children=tuple(_node(node, form, wrong) for node in tree.children))
    if not wrong:
        said = [(each.code, each.said()) for each in unbalanced(new)]
        wrong |= {f"weight-{code}": text for code, text in said if code}
        if loose := [text for code, text in said if not code]:
            raise Refused(
                N_("배점이 맞지 않습니다. {whole} 한 항목을 올리면 다른 항목을 그만큼 내려야 합니다"),
                fields=wrong,
                whole=" ".join(loose),
            )
    if wrong:
        raise Refused(N_("요청하지 않았습니다. 표시한 칸을 고친 뒤 다시 요청해 주십시오"), fields=wrong)
    if new == tree:
        raise Refused(N_("바뀐 것이 없습니다. 고칠 항목을 열어 새 내용을 적어 주십시오"))
    return new


def _node(node: Node, form: Mapping[str, str], wrong: dict[str, str]) -> Node:
    made = replace(
        node,
        title=_text("title", node, node.title, form, wrong, LONGEST["task"]),
        weight=_weight(node, form, wrong),
        children=tuple(_node(child, form, wrong) for child in node.children),
    )
    if node.kind is Kind.TASK:
        made = replace(made, promise=_text("promise", node, node.promise, form, wrong, LONGEST["promise"]))
    return replace(made, measure=_measure(node, node.measure, form, wrong)) if node.measure else made


def _measure(node: Node, measure: Measure, form: Mapping[str, str], wrong: dict[str, str]) -> Measure:
    def said(name: str) -> str:
        return _text(name, node, getattr(measure, name), form, wrong, LONGEST[name])

    name = f"settings-{node.code}"
    settings = measure.settings
    if name in form and form[name].strip() != write_settings(measure.method, settings):
        read = read_settings(measure.method, form[name])
        if isinstance(read, Misread):
            wrong[name] = f"{node.title}: {translate(read.message, **read.values)}"
        else:
            settings = read
    return replace(
        measure,
        target=_target(node, measure, form, wrong),
        settings=settings,
        definition=said("definition"),
        formula=said("formula"),
        source=said("source"),
    )


def _text(
    field: str, node: Node, stands: str, form: Mapping[str, str], wrong: dict[str, str], longest: int
) -> str:
    name = f"{field}-{node.code}"
    if name not in form:
        return stands
    # What stands already was taken once, even where it would not be taken today.
    if form[name].replace("\r\n", "\n").strip() == stands.strip():
        return stands
    text = checked(form[name])
    if text.wrong:
        wrong[name] = f"{node.title}: {translate(text.wrong)}"
    elif len(text.text) > longest:
        said = N_("{title}: {n}자까지 쓸 수 있습니다. 줄여 주십시오")
        wrong[name] = translate(said, title=node.title, n=longest)
    elif not text.text and field in _BLANK_OF:
        wrong[name] = f"{node.title}: {translate(_BLANK_OF[field])}"
    return text.text


def _weight(node: Node, form: Mapping[str, str], wrong: dict[str, str]) -> Decimal | None:
    name = f"weight-{node.code}"
    if name not in form:
        return node.weight
    value = number(form[name])
    if value is None or value < 0:
        wrong[name] = f"{node.title}: {translate(_BLANK_OF['weight'])}"
    elif -int(value.as_tuple().exponent) > WEIGHT_PLACES:
        wrong[name] = translate(
            N_("{title}: 소수점 아래 {n}자리까지 쓸 수 있습니다"), title=node.title, n=WEIGHT_PLACES
        )
    elif value != node.weight:
        return value
    return node.weight


def _target(node: Node, measure: Measure, form: Mapping[str, str], wrong: dict[str, str]) -> Decimal | None:
    name = f"target-{node.code}"
    if name not in form or form[name].strip() == _figure(measure.target):
        return measure.target
    value = number(form[name])
    if value is None:
        blank = not form[name].strip()
        wrong[name] = translate(
            N_("{title}: 이미 약속한 목표치는 지울 수 없습니다. 새 목표치를 적어 주십시오")
            if blank
            else N_("{title}: 숫자가 아닙니다. 단위 없이 숫자만 적어 주십시오(예: 1,234.5)"),
            title=node.title,
        )
        return measure.target
    return measure.target if value == measure.target else value
