"""Drafting on pages: goals, tasks and indicators are added and worded one at a time.

Two officers may work on one contract.  Every act holds it, and a form that was shown before somebody else's change of
the same thing is refused with what stands there now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlmodel import col, insert, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.amendments import AMENDABLE, TOO_LATE
from contracts.cycles import hold, require_phase
from contracts.model import Contract, ContractNode, Cycle, IndicatorMeasure, Phase
from contracts.reading import tree_of
from contracts.terms.branches import Place, next_code, place_of, require_room
from contracts.terms.tree import BESIDE, ContractTree, Direction, Kind, Measure, Method, Node
from contracts.writing.drafting import hold_contract, measure_row, node_row, reopen, require_open
from contracts.writing.review import commented_codes
from contracts.writing.setting_fields import Form
from contracts.writing.wording import by_method, read_code, read_node, seen_of
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_
from office.people import Person

GONE = N_("이 항목은 없거나 지워졌습니다. 계약 쓰기 화면에서 다시 골라 주십시오")


class Overtaken(Conflict):
    """Somebody else changed the same node since the form was shown: `node` is how it stands now."""

    title = N_("그 사이에 다른 분이 이 항목을 고쳤습니다")

    def __init__(self, node: Node, by: str, at: datetime | None) -> None:
        super().__init__(
            N_(
                "저장하지 않았습니다. 그 사이에 다른 분이 이 항목을 고쳤습니다. 아래에서 견주어 보고 다시 저장해 주십시오"
            )
        )
        self.node, self.by, self.at = node, by, at


class Vanished(Conflict):
    """Somebody else removed the node since the form was shown."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "그 사이에 다른 분이 이 항목을 지웠습니다. 적으신 내용은 아래에 있으니, 저장하면 새 항목으로 더합니다"
            )
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """A contract held for one act: its tree, and the ids of its nodes."""

    cycle: Cycle
    contract: Contract
    tree: ContractTree
    ids: Mapping[str, int]
    positions: Mapping[str, int]
    by: Person

    def place(self, code: str) -> Place:
        """Where a node stands; `NotFound` if it is not there (any more)."""
        found = place_of(self.tree, code)
        if found is None:
            raise NotFound(GONE)
        return found


def require_writable(cycle: Cycle, contract: Contract) -> None:
    """`Conflict` unless contracts are being written and this one may be changed; afterwards it is amended."""
    own = f"/agency/contracts/{contract.public_id}"
    amended = N_("공개한 계약은 투표가 열리기 전까지 변경을 요청하여 바꿀 수 있습니다.")
    ways = ((N_("계약 바꾸기"), f"{own}/amendments"), (N_("계약 보기"), own))
    late = cycle.phase not in AMENDABLE
    advice = TOO_LATE if late else amended
    require_phase(cycle, Phase.DRAFTING, advice=advice, ways=ways[1:] if late else ways)
    require_open(contract)


async def take(session: AsyncSession, cycle: Cycle, contract: Contract, by: Person) -> Desk:
    """Hold a contract for an act of drafting; `Conflict` where its wording is closed."""
    await hold(session, cycle)
    await hold_contract(session, contract)
    require_writable(cycle, contract)
    query = select(ContractNode.code, ContractNode.id, ContractNode.position).where(
        col(ContractNode.contract_id) == contract.id
    )
    rows = list(await session.exec(query))
    return Desk(
        cycle,
        contract,
        await tree_of(session, contract),
        {code: node_id for code, node_id, _ in rows if node_id is not None},
        {code: position for code, _, position in rows},
        by,
    )


def blank(kind: Kind, method: Method | None = None) -> Node:
    """A node nobody has written anything into."""
    measure = Measure(Direction.UP, method) if kind is Kind.INDICATOR and method is not None else None
    weight = Decimal() if method in BESIDE else None
    return Node("", "", kind, weight, measure=measure)


def begun(kind: Kind, method: Method | None) -> Node:
    """A blank node to read a form into; `Refused` for an indicator without a method."""
    if kind is Kind.INDICATOR and method is None:
        raise Refused(N_("점수 매기는 방법을 골라 주십시오"))
    return blank(kind, method)


async def add(
    session: AsyncSession, desk: Desk, under: str, kind: Kind, method: Method | None, form: Form
) -> str:
    """Write a new node at the end of those below `under` ("" is the top); returns its code."""
    if under:
        desk.place(under)
    require_room(desk.tree, under, kind)
    node = read_node(begun(kind, method), form, desk.tree.agency_code, desk.cycle.year)
    taken = {*desk.ids, *await commented_codes(session, desk.contract)}
    named = read_code(form, taken) if kind is Kind.TASK else ""
    node = replace(node, code=named or next_code(kind, taken))
    position = max(desk.positions.values(), default=0) + 1
    row = node_row(desk.contract.id or 0, desk.ids[under] if under else None, position, node)
    stored = await session.exec(
        insert(ContractNode)
        .values(**row, edited_by=desk.by.id, edited_at=now())
        .returning(col(ContractNode.id))
    )
    if node.measure:
        await session.exec(insert(IndicatorMeasure).values(**measure_row(stored.scalar_one(), node)))
    await noted(session, desk, "added", node)
    return node.code


async def change(session: AsyncSession, desk: Desk, code: str, form: Form, seen: str) -> bool:
    """Store what was typed into a node's form, which showed the state `seen`; whether anything changed."""
    if code not in desk.ids:
        raise Vanished
    old = desk.place(code).node
    await _require_seen(session, desk, old, seen)
    new = read_node(old, form, desk.tree.agency_code, desk.cycle.year)
    if new == old:
        await put(session, desk, code)
        return False
    await _store(session, desk, new)
    await noted(session, desk, "changed", new)
    return True


async def change_method(session: AsyncSession, desk: Desk, code: str, method: Method) -> None:
    """Rate an indicator by another method; settings the new one knows, too, are kept."""
    old = desk.place(code).node
    new = by_method(old, method)
    if new.measure == old.measure:
        return
    await _store(session, desk, new)
    await noted(session, desk, "changed", new)


async def _require_seen(session: AsyncSession, desk: Desk, node: Node, seen: str) -> None:
    if seen_of(node) == seen:
        return
    query = (
        select(ContractNode.edited_at, Person.name)
        .outerjoin(Person, col(Person.id) == col(ContractNode.edited_by))
        .where(col(ContractNode.id) == desk.ids[node.code])
    )
    at, by = (await session.exec(query)).one()
    raise Overtaken(node, by or "", at)


async def _store(session: AsyncSession, desk: Desk, node: Node) -> None:
    row = node_row(desk.contract.id or 0, None, 0, node)
    kept = {"contract_id", "parent_id", "position", "kind", "code", "result"}
    await put(session, desk, node.code, **{name: value for name, value in row.items() if name not in kept})
    if node.measure:
        node_id = desk.ids[node.code]
        values = {k: v for k, v in measure_row(node_id, node).items() if k not in {"node_id", "actual"}}
        await session.exec(
            update(IndicatorMeasure).where(col(IndicatorMeasure.node_id) == node_id).values(**values)
        )


async def put(session: AsyncSession, desk: Desk, code: str, **values: object) -> None:
    """Write columns of one node, and who did."""
    await session.exec(
        update(ContractNode)
        .where(col(ContractNode.id) == desk.ids[code])
        .values(**values, edited_by=desk.by.id, edited_at=now())
    )


async def put_aside(session: AsyncSession, desk: Desk, code: str, **values: object) -> None:
    """Write columns of one node that say nothing of its wording: one nobody has read yet stays unread."""
    here = update(ContractNode).where(col(ContractNode.id) == desk.ids[code])
    await session.exec(here.values(**values))
    read = here.where(col(ContractNode.edited_at).is_not(None))
    await session.exec(read.values(edited_by=desk.by.id, edited_at=now()))


async def noted(session: AsyncSession, desk: Desk, what: str, *nodes: Node) -> None:
    """The act in the journal; a contract that had been reviewed is a draft again."""
    await reopen(session, desk.contract)
    codes = sorted(node.code for node in nodes)
    await journal.record(session, desk.by.actor, "contract.drafted", desk.contract.public_id, **{what: codes})
