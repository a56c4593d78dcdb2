"""Canonical JSON and fingerprints: the bytes that say what was promised, the same on every machine.

Canonical JSON here: keys sorted, no white space, UTF-8 without escapes, decimals as strings in their shortest form
("8", "0.52"), whole numbers as numbers, never a binary float.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.terms.tree import ContractTree, Direction, HeadContract, Kind, Measure, Method, Node
from office.decimals import plain

CONTRACT_FORMAT = "yaksok-contract-1"
SET_FORMAT = "yaksok-contract-set-1"

Json = None | bool | int | str | Decimal | Sequence["Json"] | Mapping[str, "Json"]


def canonical_bytes(value: Json) -> bytes:
    """The one way to write a value as JSON; `TypeError` for a float or anything JSON cannot say."""
    text = json.dumps(
        _plainly(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode()


def _plainly(value: Json) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return plain(value)
        case Mapping():
            return {str(key): _plainly(item) for key, item in value.items()}
        case list() | tuple():
            return [_plainly(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def contract_record(tree: ContractTree, *, cycle: str) -> dict[str, Json]:
    """What is promised, and so what is signed: everything but `actual` and `result`, which come later."""
    record = tree_record(tree, promised_only=True)
    return {"format": CONTRACT_FORMAT, "cycle": cycle, **record}


def contract_fingerprint(tree: ContractTree, *, cycle: str) -> str:
    """SHA-256 of the canonical bytes of what is promised; figures reported later leave it as it is."""
    return sha256_hex(canonical_bytes(contract_record(tree, cycle=cycle)))


def set_bytes(trees: Iterable[ContractTree], *, cycle: str) -> bytes:
    """The public file of all contracts of a cycle, by agency code; its `sha256sum` is `set_fingerprint`."""
    ordered = sorted(trees, key=lambda tree: tree.agency_code)
    contracts: list[Json] = [contract_record(tree, cycle=cycle) for tree in ordered]
    return canonical_bytes({"format": SET_FORMAT, "cycle": cycle, "contracts": contracts})


def set_fingerprint(trees: Iterable[ContractTree], *, cycle: str) -> str:
    """SHA-256 of the public file of all contracts: it goes into the election record before the vote opens."""
    return sha256_hex(set_bytes(trees, cycle=cycle))


def tree_record(tree: ContractTree, *, promised_only: bool = False) -> dict[str, Json]:
    """A contract as a JSON object; `tree_from_record` is its exact inverse (for the whole of it)."""
    return {
        "agency_code": tree.agency_code,
        "agency": tree.agency,
        "agency_kind": tree.agency_kind,
        "nodes": [_node_record(node, promised_only) for node in tree.children],
        **({} if tree.head is None else {"head": _head_record(tree.head, promised_only)}),
    }


def _head_record(head: HeadContract, promised_only: bool) -> dict[str, Json]:
    """The head's own contract; a record without one has no such key, and so keeps its bytes."""
    record: dict[str, Json] = {"tasks": [_node_record(task, promised_only) for task in head.tasks]}
    said: dict[str, Json] = {"since": head.since.isoformat(), "leadership": head.leadership}
    return record if promised_only else record | said


def _node_record(node: Node, promised_only: bool) -> dict[str, Json]:
    record: dict[str, Json] = {
        "code": node.code,
        "title": node.title,
        "kind": node.kind.value,
        "weight": node.weight,
        "promise": node.promise,
        "on_ballot": node.on_ballot,
        "measure": _measure_record(node.measure, promised_only) if node.measure else None,
        "nodes": [_node_record(child, promised_only) for child in node.children],
    }
    if node.shares:
        record["shares"] = [[code, percent] for code, percent in node.shares]
    return record if promised_only else record | {"result": node.result}


def _measure_record(measure: Measure, promised_only: bool) -> dict[str, Json]:
    record: dict[str, Json] = {
        "direction": measure.direction.value,
        "method": measure.method.value,
        "unit": measure.unit,
        "definition": measure.definition,
        "baseline": measure.baseline,
        "history": [[year, value] for year, value in sorted(measure.history)],
        "target": measure.target,
        "settings": dict(measure.settings),
        "source": measure.source,
        "formula": measure.formula,
        "supplied_by": measure.supplied_by,
        "checked_by": measure.checked_by,
    }
    return record if promised_only else record | {"actual": measure.actual}


def tree_from_record(record: Mapping[str, Any]) -> ContractTree:
    """The contract that `tree_record` wrote; `KeyError` or `ValueError` for anything else."""
    return ContractTree(
        agency_code=record["agency_code"],
        agency=record["agency"],
        agency_kind=record["agency_kind"],
        children=tuple(_node_from(node) for node in record["nodes"]),
        head=_head_from(record["head"]) if "head" in record else None,
    )


def _head_from(record: Mapping[str, Any]) -> HeadContract:
    tasks = tuple(_node_from(task) for task in record["tasks"])
    return HeadContract(tasks, date.fromisoformat(record["since"]), record["leadership"])


def _node_from(record: Mapping[str, Any]) -> Node:
    return Node(
        code=record["code"],
        title=record["title"],
        kind=Kind(record["kind"]),
        weight=_decimal(record["weight"]),
        promise=record["promise"],
        result=record["result"],
        on_ballot=record["on_ballot"],
        measure=_measure_from(record["measure"]) if record["measure"] else None,
        children=tuple(_node_from(child) for child in record["nodes"]),
        shares=tuple((code, Decimal(percent)) for code, percent in record.get("shares", ())),
    )


def _measure_from(record: Mapping[str, Any]) -> Measure:
    return Measure(
        direction=Direction(record["direction"]),
        method=Method(record["method"]),
        unit=record["unit"],
        definition=record["definition"],
        baseline=_decimal(record["baseline"]),
        history=tuple((year, Decimal(value)) for year, value in record["history"]),
        target=_decimal(record["target"]),
        actual=_decimal(record["actual"]),
        settings=tuple(sorted(record["settings"].items())),
        source=record["source"],
        formula=record["formula"],
        supplied_by=record["supplied_by"],
        checked_by=record["checked_by"],
    )


def _decimal(text: str | Decimal | None) -> Decimal | None:
    return None if text is None else Decimal(text)
