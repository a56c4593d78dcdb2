"""Before a run: the figures of a cycle that the check doubts, and whether their body has said something to it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.keeping.checks import doubts_of
from contracts.keeping.replies import replied
from contracts.model import Contract, Cycle
from contracts.reading import published_pairs
from contracts.terms.doubt import doubts_among
from reports.doubts import Doubted, doubted_in


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The doubted figures of one contract, none of which its body has corrected; `explained` where it has replied."""

    public_id: str
    agency: str
    figures: tuple[Doubted, ...]
    explained: bool


async def unsettled(session: AsyncSession, cycle: Cycle) -> list[Unsettled]:
    """What a run made now would count as reported although the check doubts it."""
    doubts = await doubts_of(session, col(Contract.cycle_id) == cycle.id)
    if not doubts:
        return []
    heard = await replied(session, doubts)
    return [
        Unsettled(
            contract.public_id,
            agency.name,
            doubted_in(tree, doubts_among(doubts[contract.id])),
            contract.id in heard,
        )
        for contract, agency, tree in await published_pairs(session, cycle)
        if contract.id in doubts
    ]
