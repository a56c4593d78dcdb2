"""Requests that stand or fall together: the leading body of a joint task asks for other shares, its partners have to agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.amendments import Amendment
from contracts.changes.drafts import Wish, wish_of
from contracts.changes.rewriting import promised
from contracts.model import Agency, Contract, ContractState, Cycle
from contracts.reading import contracts_of
from contracts.terms.joint import following, reshared
from contracts.terms.tree import ContractTree


async def partners_of(session: AsyncSession, wish: Wish) -> list[Wish]:
    """What a wish for other shares of joint tasks asks of the contracts of its partners; nothing for any other wish."""
    lead, new = wish.stands.agency_code, reshared(wish.stands, wish.tree)
    codes = {code for shares in new.values() for code, _ in shares} - {lead}
    found = []
    for contract, agency in await contracts_of(session, wish.cycle) if codes else ():
        if agency.code not in codes or contract.state is not ContractState.PUBLISHED:
            continue
        stands = (await wish_of(session, wish.cycle, contract)).stands
        if (tree := following(stands, lead, new)) != stands:
            found.append(Wish(wish.cycle, contract, stands, tree))
    return found


async def all_of(session: AsyncSession, amendment: Amendment) -> list[tuple[Amendment, Contract]]:
    """A request with those it stands or falls with, the leading body's first; kept from everybody else meanwhile."""
    root = amendment.joined_to or amendment.id
    query = (
        select(Amendment, Contract)
        .join(Contract, col(Contract.id) == col(Amendment.contract_id))
        .where(or_(col(Amendment.id) == root, col(Amendment.joined_to) == root))
        .order_by(col(Amendment.id))
        .with_for_update(of=Amendment)
    )
    return list(await session.exec(query))


async def others_wished(session: AsyncSession, cycle: Cycle, amendment: Amendment) -> list[ContractTree]:
    """How the other contracts would read that change together with a request's own."""
    return [
        replace((await wish_of(session, cycle, contract)).stands, children=promised(each.after))
        for each, contract in await all_of(session, amendment)
        if each.id != amendment.id
    ]


async def companions_of(
    session: AsyncSession, amendments: Sequence[Amendment]
) -> dict[int, list[tuple[Amendment, Agency]]]:
    """By the number of a request, the others it stands or falls with and whose contract they change."""
    roots = {each.joined_to or each.id or 0 for each in amendments}
    query = (
        select(Amendment, Agency)
        .join(Contract, col(Contract.id) == col(Amendment.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(or_(col(Amendment.id).in_(roots), col(Amendment.joined_to).in_(roots)))
        .order_by(col(Amendment.id))
    )
    known = list(await session.exec(query)) if roots else []
    return {
        one.id or 0: [
            (each, agency)
            for each, agency in known
            if each.id != one.id and (each.joined_to or each.id) == (one.joined_to or one.id)
        ]
        for one in amendments
    }
