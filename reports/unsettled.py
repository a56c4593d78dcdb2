"""Before a run: the figures of a cycle that the check doubts, and whether their body has said something to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.keeping.checks import doubts_of
from contracts.keeping.replies import replied, reply_of
from contracts.model import Contract, Cycle
from contracts.reading import published_pairs
from contracts.terms.doubt import Check, doubts_among
from reports.doubts import Doubted, doubted_in


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The doubted figures of one contract, none of which its body has corrected.

    `explained` is where below the contract's page the body says something to it, empty where it has not.
    """

    public_id: str
    agency: str
    figures: tuple[Doubted, ...]
    explained: str


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
            _where(contract.id in heard, doubts[contract.id]),
        )
        for contract, agency, tree in await published_pairs(session, cycle)
        if contract.id in doubts
    ]


async def explained(session: AsyncSession, contract: Contract) -> str:
    """Where below its page a body says something to its doubted figures, empty where it has not."""
    doubts = await doubts_of(session, col(Contract.id) == contract.id)
    return _where(await reply_of(session, contract) is not None, doubts.get(contract.id or 0, {}))


def _where(replied: bool, doubts: Mapping[str, Check]) -> str:
    if replied:
        return "#reply"
    return "/evidence" if any(check.answer for check in doubts.values()) else ""
