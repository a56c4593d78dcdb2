"""Carrying an amendment out in the stored tree: what was reported stays where it is."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import col, delete, func, insert, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Contract, ContractNode, IndicatorMeasure
from contracts.terms.branches import codes_below, walk_places
from contracts.terms.tree import ContractTree, Node, walk
from contracts.writing.drafting import measure_row, node_row
from office.errors import Conflict
from office.i18n import N_

_KEPT = {"contract_id", "parent_id", "position", "kind", "code", "result"}
_MEASURED = {"node_id", "actual"}


async def carry_out(
    session: AsyncSession, contract: Contract, stands: ContractTree, wish: ContractTree
) -> None:
    """Make the stored contract say the wish: items taken out, worded anew, and added with everything below them."""
    query = select(ContractNode.code, ContractNode.id).where(col(ContractNode.contract_id) == contract.id)
    ids = {code: node_id for code, node_id in await session.exec(query) if node_id is not None}
    kept = {code for node in wish.children for code in codes_below(node)}
    gone = [node_id for code, node_id in ids.items() if code not in kept]
    await session.exec(delete(ContractNode).where(col(ContractNode.id).in_(gone)))
    before = {node.code: replace(node, children=()) for _, node in walk(stands)}
    for place in walk_places(wish):
        node = place.node
        if node.code not in before:
            ids[node.code] = await _add(
                session, contract, ids[place.above.code] if place.above else None, node
            )
        elif before[node.code] != replace(node, children=()):
            await _change(session, ids[node.code], node)


async def _change(session: AsyncSession, node_id: int, node: Node) -> None:
    row = {name: value for name, value in node_row(0, None, 0, node).items() if name not in _KEPT}
    done = await session.exec(update(ContractNode).where(col(ContractNode.id) == node_id).values(**row))
    if node.measure:
        sheet = {k: v for k, v in measure_row(node_id, node).items() if k not in _MEASURED}
        written = update(IndicatorMeasure).where(col(IndicatorMeasure.node_id) == node_id).values(**sheet)
        done = await session.exec(written)
    if done.rowcount != 1:
        raise Conflict(N_("그 사이에 계약이 바뀌었습니다. 화면을 새로 고쳐 확인해 주십시오"))


async def _add(session: AsyncSession, contract: Contract, above: int | None, node: Node) -> int:
    assert contract.id is not None  # noqa: S101 - a stored contract
    last = select(func.max(col(ContractNode.position))).where(col(ContractNode.contract_id) == contract.id)
    position = ((await session.exec(last)).one() or 0) + 1
    stored = await session.exec(
        insert(ContractNode)
        .values(**node_row(contract.id, above, position, node))
        .returning(col(ContractNode.id))
    )
    node_id: int = stored.scalar_one()
    if node.measure:
        await session.exec(insert(IndicatorMeasure).values(**measure_row(node_id, node)))
    return node_id
