"""A published contract as somebody asks to have it: items worded anew, added, taken out, put back and weighed, as plain values.

Nothing here knows what was reported: a wish is about what is promised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.terms.branches import codes_below, place_of, require_room
from contracts.terms.canonical import tree_from_record
from contracts.terms.tree import ContractTree, Node, walk
from contracts.writing.setting_fields import Form
from contracts.writing.wording import read_node
from office.errors import NotFound, Refused
from office.i18n import N_, translate

GONE = N_("이 항목은 없거나 요청에서 뺐습니다. 변경 요청 화면에서 다시 골라 주십시오")
_WORDS = ("definition", "formula", "source", "supplied_by", "checked_by")


def promised(record: Mapping[str, Any]) -> tuple[Node, ...]:
    """The nodes that `contracts.terms.canonical.contract_record` wrote: nothing has been reported in them."""
    whole = {name: value for name, value in record.items() if name != "head"}
    return tree_from_record({**whole, "nodes": [_unreported(node) for node in record["nodes"]]}).children


def _unreported(node: Mapping[str, Any]) -> dict[str, Any]:
    sheet = node["measure"]
    return {
        **node,
        "result": "",
        "measure": {**sheet, "actual": None} if sheet else None,
        "nodes": [_unreported(child) for child in node["nodes"]],
    }


def found(tree: ContractTree, code: str) -> Node:
    """A node of the wish; `NotFound` where it is not."""
    place = place_of(tree, code)
    if place is None:
        raise NotFound(GONE)
    return place.node


def worded(old: Node, form: Form, agency_code: str, year: int, *, words_only: bool) -> Node:
    """The node with what was typed; `Refused` names every field that cannot be taken.

    With `words_only` points, figures, method and shares stay, whatever the form says.  A target that was promised is not
    erased: there would be nothing to miss any more.
    """
    new = read_node(old, form, agency_code, year)
    if words_only:
        return with_words_of(old, new)
    if old.measure and new.measure and old.measure.target is not None and new.measure.target is None:
        said = N_("이미 약속한 목표치는 지울 수 없습니다. 새 목표치를 적어 주십시오")
        raise Refused(
            N_("저장하지 않았습니다. 표시한 칸을 고친 뒤 다시 저장해 주십시오"),
            fields={"target": translate(said)},
        )
    return new


def with_words_of(counted: Node, words: Node) -> Node:
    """The first node with the sentences of the second: title, promise and those of the definition sheet."""
    measure = counted.measure
    if measure and words.measure:
        measure = replace(measure, **{name: getattr(words.measure, name) for name in _WORDS})
    return replace(counted, title=words.title, promise=words.promise, measure=measure)


def with_node(tree: ContractTree, new: Node) -> ContractTree:
    """The contract with a node in place of the one of the same code."""

    def below(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        return tuple(
            new if node.code == new.code else replace(node, children=below(node.children)) for node in nodes
        )

    return replace(tree, children=below(tree.children))


def with_nodes(tree: ContractTree, new: Sequence[Node]) -> ContractTree:
    """The contract with several nodes in place of those of the same codes."""
    for node in new:
        tree = with_node(tree, node)
    return tree


def with_new(
    tree: ContractTree, under: str, node: Node, before: frozenset[str] = frozenset()
) -> ContractTree:
    """The contract with one node more right below `under` ("" is the contract), last or before the first of some codes."""

    def among(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        here = next((i for i, each in enumerate(nodes) if each.code in before), len(nodes))
        return (*nodes[:here], node, *nodes[here:])

    require_room(tree, under, node.kind)
    if not under:
        return replace(tree, children=among(tree.children))
    above = found(tree, under)
    return with_node(tree, replace(above, children=among(above.children)))


def without(tree: ContractTree, code: str) -> ContractTree:
    """The contract without a node and everything below it."""

    def below(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        return tuple(replace(node, children=below(node.children)) for node in nodes if node.code != code)

    found(tree, code)
    return replace(tree, children=below(tree.children))


def restored(tree: ContractTree, stands: ContractTree, code: str) -> ContractTree:
    """The wish with a node as the contract in force has it: its own fields where it is in both, else all that was taken out.

    What was added below it stays.  `NotFound` where the contract has no such node, or the node above it was taken out too.
    """
    place = place_of(stands, code)
    if place is None:
        raise NotFound(GONE)
    mine = place_of(tree, code)
    if mine is not None:
        return with_node(tree, replace(place.node, children=mine.node.children))
    codes = [each.code for each in place.brothers]
    # Before its younger brothers and before everything that was added: the order of what stands does not change.
    later = {each.code for _, each in walk(tree)} - set(codes[: codes.index(code)])
    return with_new(tree, place.above.code if place.above else "", place.node, frozenset(later))


def removed(stands: ContractTree, tree: ContractTree) -> list[Node]:
    """What was taken out, the highest nodes only, in the order of the contract in force."""
    kept = {code for node in tree.children for code in codes_below(node)}

    def below(nodes: tuple[Node, ...]) -> list[Node]:
        return [
            each for node in nodes for each in ([node] if node.code not in kept else below(node.children))
        ]

    return below(stands.children)
