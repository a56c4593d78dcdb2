"""The rows of the open data, table by table, each with exactly the fields the dictionary names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from contracts.files.dictionary import CONTRACTS, HEADS, HISTORY, INDICATORS, TASKS, Table
from contracts.terms.doubt import Check, doubts_among
from contracts.terms.head import attained, judged, measured
from contracts.terms.joint import write_shares
from contracts.terms.methods import write_settings
from contracts.terms.standing import kept, standing_of
from contracts.terms.tree import ContractTree, Kind, Measure, Node
from office.decimals import half_up

Value = str | Decimal | int | bool | datetime | None
Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Issued:
    """A published contract with what it is known by."""

    public_id: str
    year: int
    published_at: datetime | None
    fingerprint: str
    tree: ContractTree
    checks: Mapping[str, Check] = field(default_factory=dict)
    """The verdicts that stand on its figures, by indicator code."""


def rows_of(table: Table, contracts: Iterable[Issued]) -> Iterator[Row]:
    """The rows of a table; every row has exactly the fields the dictionary names, in its order."""
    make = _ROWS[table.name]
    for contract in contracts:
        yield from make(contract)


def _contract_rows(contract: Issued) -> Iterator[Row]:
    tree = contract.tree
    standing = standing_of([tree], doubts_among(contract.checks))
    yield {
        "contract": contract.public_id,
        "year": contract.year,
        "agency_code": tree.agency_code,
        "agency": tree.agency,
        "agency_kind": tree.agency_kind,
        "published_at": contract.published_at,
        "fingerprint": contract.fingerprint,
        "state": standing.state,
        "tasks": standing.tasks,
        "indicators": standing.indicators,
        "weight": _sum(tree.children),
        "with_target": standing.with_target,
        "reached": standing.met,
        "missed": standing.missed,
        "doubted": standing.doubted,
    }


def _task_rows(contract: Issued) -> Iterator[Row]:
    for parent, node in _with_parents(contract.tree.children):
        if node.kind is not Kind.INDICATOR:
            yield {
                "contract": contract.public_id,
                "agency_code": contract.tree.agency_code,
                "agency": contract.tree.agency,
                "kind": node.kind.value,
                "code": node.code,
                "parent": parent,
                "title": node.title,
                "weight": node.weight,
                "below": _sum(node.children),
                "promise": node.promise,
                "result": node.result,
                "on_ballot": node.on_ballot,
                "shares": write_shares(node.shares),
            }


def _indicator_rows(contract: Issued) -> Iterator[Row]:
    for parent, node in _with_parents(contract.tree.children):
        if measure := node.measure:
            check = contract.checks.get(node.code)
            yield {
                "contract": contract.public_id,
                "agency_code": contract.tree.agency_code,
                "agency": contract.tree.agency,
                "code": node.code,
                "parent": parent,
                "title": node.title,
                "weight": node.weight,
                "direction": measure.direction.value,
                "unit": measure.unit,
                "method": measure.method.value,
                "settings": write_settings(measure.method, measure.settings),
                "baseline": measure.baseline,
                "target": measure.target,
                "actual": measure.actual,
                "reached": kept(measure, doubted=check is not None and check.doubt is not None),
                "check": check.verdict.value if check else "",
                "found": check.found if check else None,
                "definition": measure.definition,
                "formula": measure.formula,
                "source": measure.source,
                "supplied_by": measure.supplied_by,
                "checked_by": measure.checked_by,
            }


def _history_rows(contract: Issued) -> Iterator[Row]:
    for _, node in _with_parents(contract.tree.children):
        for year, value in node.measure.history if node.measure else ():
            yield {
                "contract": contract.public_id,
                "agency_code": contract.tree.agency_code,
                "code": node.code,
                "year": year,
                "value": value,
                "unit": node.measure.unit if node.measure else "",
            }


def _head_rows(contract: Issued) -> Iterator[Row]:
    head = contract.tree.head
    for task, measure, check in head_tasks(contract.tree, contract.checks):
        if head:
            yield {
                "contract": contract.public_id,
                "agency_code": contract.tree.agency_code,
                "agency": contract.tree.agency,
                "since": head.since.isoformat(),
                "code": task.code,
                "title": task.title,
                "weight": task.weight,
                "method": measure.method.value,
                "definition": measure.definition,
                "direction": measure.direction.value,
                "unit": measure.unit,
                "target": measure.target,
                "actual": measure.actual,
                "attained": attainment(measure, check),
                "check": check.verdict.value if check else "",
                "found": check.found if check else None,
                "result": task.result,
            }


def head_tasks(
    tree: ContractTree, checks: Mapping[str, Check]
) -> Iterator[tuple[Node, Measure, Check | None]]:
    """The head's own tasks, leadership last, each with the verdict that stands on its figure."""
    for task in (*measured(tree.head), *judged(tree)) if tree.head else ():
        if measure := task.measure:
            yield task, measure, checks.get(task.code)


def attainment(measure: Measure, check: Check | None) -> Decimal | None:
    """How far a measured task of a head is, in per cent to two places; nothing where the check doubts its figure."""
    doubted = check is not None and check.doubt is not None
    far = None if doubted else attained(measure.direction, measure.target, measure.actual)
    return None if far is None else half_up(far, 2)


_ROWS: dict[str, Callable[[Issued], Iterator[Row]]] = {
    CONTRACTS.name: _contract_rows,
    TASKS.name: _task_rows,
    INDICATORS.name: _indicator_rows,
    HISTORY.name: _history_rows,
    HEADS.name: _head_rows,
}


def _with_parents(nodes: Sequence[Node], parent: str = "") -> Iterator[tuple[str, Node]]:
    for node in nodes:
        yield parent, node
        yield from _with_parents(node.children, node.code)


def _sum(nodes: Sequence[Node]) -> Decimal:
    return sum((node.weight or Decimal() for node in nodes), Decimal())
