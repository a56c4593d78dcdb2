"""Whether the contracts of a year agree about the tasks they share: what does not fit, by name, and what it holds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import UNSIGNED, Contract, Cycle
from contracts.reading import contracts_of, published_trees, trees_of
from contracts.terms.joint import DIFFERENT, LooseEnd, loose_ends
from contracts.terms.tree import ContractTree, tasks
from office.errors import Conflict
from office.i18n import N_


def named(end: LooseEnd, trees: Mapping[int, ContractTree]) -> LooseEnd:
    """The same with bodies and the task by their names."""
    bodies = {tree.agency_code: tree.agency for tree in trees.values()}
    titles = {task.code: task.title for tree in trees.values() for task in tasks(tree)}
    values = {
        name: f"‘{titles.get(value, value)}’" if name == "code" else bodies.get(value, value)
        for name, value in end.values.items()
    }
    return replace(end, values=values)


async def loose_around(session: AsyncSession, cycle: Cycle, code: str) -> list[LooseEnd]:
    """What does not fit between the contract of the body `code` and others, seen from either side, by name."""
    trees = await trees_of(session, cycle)
    return [
        named(end, trees) for end in loose_ends(tuple(trees.values())) if code in (end.agency_code, end.other)
    ]


async def require_agreed(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
    """`Conflict` while a contract says of a shared task what the other side does not say.

    After the signature nothing can be mended before publication, so the signature waits.  What another body claims of
    this one alone holds up nobody else, unless it is signed already.
    """
    found = await contracts_of(session, cycle)
    code = next(body.code for each, body in found if each.id == contract.id)
    signed = {body.code for each, body in found if each.state not in UNSIGNED}
    for end in await loose_around(session, cycle, code):
        mutual = end.message == DIFFERENT or end.agency_code in signed
        if end.stops and (end.agency_code == code or mutual):
            raise Conflict(
                N_("{said}. 두 계약이 같게 적힌 뒤에 서명할 수 있습니다"),
                said=end.said(),
            )


def require_matching(trees: Mapping[int, ContractTree]) -> None:
    """`Conflict` where two contracts of one set say different things of a task they share.

    A body that was knowingly left out of the set holds up nobody: its share stays with the leading body.
    """
    codes = {tree.agency_code for tree in trees.values()}
    for end in loose_ends(tuple(trees.values())):
        if end.stops and end.other in codes:
            said = named(end, trees).said()
            raise Conflict(N_("{said}. 두 계약이 같게 적힌 뒤에 공개할 수 있습니다"), said=said)


async def unled_tasks(
    session: AsyncSession, cycle: Cycle, tree: ContractTree, *, public: bool = False
) -> frozenset[str]:
    """The tasks of a contract that another body leads, of which that body's contract of the year says nothing.

    `public`: only published contracts say anything.
    """
    if not any(task.is_linked(tree.agency_code) for task in tasks(tree)):
        return frozenset()
    others = await published_trees(session, cycle) if public else (await trees_of(session, cycle)).values()
    known = {(each.agency_code, task.code) for each in others for task in tasks(each) if task.shares}
    return frozenset(
        task.code
        for task in tasks(tree)
        if task.is_linked(tree.agency_code) and (task.shares[0][0], task.code) not in known
    )
