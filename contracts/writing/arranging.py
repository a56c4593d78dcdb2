"""Drafting on pages: what stands where in a contract, what is taken out, and how the points are shared."""

from __future__ import annotations

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Contract, ContractNode, ContractState
from contracts.terms.branches import DEEPEST, Place, codes_below, depth_of, may_stand
from contracts.writing.editing import Desk, noted, put_aside
from contracts.writing.review import last_round
from contracts.writing.setting_fields import Form
from contracts.writing.wording import branch_mark, weighed
from office import journal
from office.errors import Conflict, Refused
from office.i18n import N_, translate
from office.journal import JournalEntry


async def move(session: AsyncSession, desk: Desk, code: str, to: str) -> None:
    """One place up or down among its brothers, or to the end of those below another node (`under:CODE`)."""
    place = desk.place(code)
    brothers = [each.code for each in place.brothers]
    here = brothers.index(code)
    if to.startswith("under:"):
        await _move_under(session, desk, place, to.removeprefix("under:"))
        return
    there = here + {"up": -1, "down": 1}.get(to, 0)
    if there == here or not 0 <= there < len(brothers):
        return
    other = brothers[there]
    for one, position in ((code, desk.positions[other]), (other, desk.positions[code])):
        await put_aside(session, desk, one, position=position)
    await noted(session, desk, "moved", place.node)


async def _move_under(session: AsyncSession, desk: Desk, place: Place, under: str) -> None:
    target = desk.place(under) if under else None
    if not may_stand(place.node.kind, target.node if target else None) or under in codes_below(place.node):
        raise Refused(
            N_("그 자리로는 옮길 수 없습니다"), fields={"to": translate(N_("목록에서 골라 주십시오"))}
        )
    if target and len(target.path) + depth_of(place.node) > DEEPEST:
        raise Refused(N_("더 깊이 내려갈 수 없습니다. {n}단계까지 둘 수 있습니다"), n=DEEPEST)
    if under == (place.above.code if place.above else ""):
        return
    end = max(desk.positions.values()) + 1
    await put_aside(
        session, desk, place.node.code, parent_id=desk.ids[under] if under else None, position=end
    )
    await noted(session, desk, "moved", place.node)


async def remove(session: AsyncSession, desk: Desk, code: str, seen: str) -> None:
    """Take a node out with everything below it, as it was shown when the officer was asked."""
    node = desk.place(code).node
    if branch_mark(node) != seen:
        raise Conflict(
            N_(
                "지우지 않았습니다. 그 사이에 다른 분이 이 항목이나 아래 항목을 고쳤습니다. 다시 보고 정해 주십시오"
            )
        )
    ids = [desk.ids[each] for each in codes_below(node)]
    await session.exec(delete(ContractNode).where(col(ContractNode.id).in_(ids)))
    await noted(session, desk, "removed", node)


async def may_abandon(session: AsyncSession, contract: Contract) -> bool:
    """Whether the agency began the contract itself and never handed it in."""
    if contract.state is not ContractState.DRAFT or await last_round(session, contract) is not None:
        return False
    begun = select(JournalEntry.id).where(
        col(JournalEntry.act) == "contract.begun", col(JournalEntry.subject) == contract.public_id
    )
    return (await session.exec(begun.limit(1))).first() is not None


async def abandon(session: AsyncSession, desk: Desk) -> None:
    """Take a whole draft out: one begun by mistake would keep the cycle from being published.

    `Conflict` once it was handed in, since what was said about it stays, or where the office stored it.
    """
    if not await may_abandon(session, desk.contract):
        raise Conflict(N_("한 번 제출했거나 성과관리 담당이 올린 계약은 지울 수 없습니다"))
    await session.exec(delete(ContractNode).where(col(ContractNode.contract_id) == desk.contract.id))
    await session.exec(delete(Contract).where(col(Contract.id) == desk.contract.id))
    await journal.record(session, desk.by.actor, "contract.abandoned", desk.contract.public_id)


async def weigh(session: AsyncSession, desk: Desk, under: str, form: Form, share: bool) -> None:
    """Store the points typed for the nodes right below one; with `share` blank ones get equal parts of what is left."""
    nodes = weighed(desk.place(under).node if under else desk.tree, form, share=share)
    for node in nodes:
        await put_aside(session, desk, node.code, weight=node.weight)
    if nodes:
        await noted(session, desk, "weighed", *nodes)
