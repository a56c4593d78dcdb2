"""The performance office's view of a cycle: how far every contract is and what waits for whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.expecting import Body, not_begun
from contracts.keeping.checks import doubts_of
from contracts.model import Agency, Contract, ContractState, Cycle, Phase
from contracts.publication import ACT
from contracts.reading import contracts_of, trees_of
from contracts.sharing import named
from contracts.terms.joint import LooseEnd, loose_ends
from contracts.terms.standing import Standing, standing_of, together
from office.approval import Approval, pending
from office.people import Person


@dataclass(frozen=True, slots=True)
class Line:
    """One contract on the desk."""

    contract: Contract
    agency: Agency
    standing: Standing


@dataclass(frozen=True, slots=True)
class Desk:
    """All contracts of a cycle, counted by state; `asked` is an open request to publish, `asked_by` who made it.

    `loose` is what does not fit together between contracts that share a task.
    """

    lines: tuple[Line, ...]
    states: Counter[ContractState]
    standing: Standing
    asked: Approval | None
    asked_by: Person | None
    loose: tuple[LooseEnd, ...] = ()
    silent_bodies: tuple[Body, ...] = ()
    """Active bodies that have not begun a contract, while contracts are written."""

    @property
    def ready(self) -> bool:
        """Whether every contract is signed by both sides."""
        return bool(self.lines) and not self.unsigned

    @property
    def unsigned(self) -> tuple[Line, ...]:
        """Contracts that both sides have not signed."""
        signed = (ContractState.SIGNED, ContractState.PUBLISHED)
        return tuple(line for line in self.lines if line.contract.state not in signed)

    @property
    def silent(self) -> tuple[Line, ...]:
        """Contracts without any figure yet."""
        return tuple(line for line in self.lines if line.standing.measured and not line.standing.reported)


async def desk_of(session: AsyncSession, cycle: Cycle) -> Desk:
    """How far the contracts of a cycle are."""
    trees = await trees_of(session, cycle)
    doubts = await doubts_of(session, col(Contract.cycle_id) == cycle.id)
    lines = tuple(
        Line(contract, agency, standing_of([trees[contract.id]], doubts.get(contract.id, ())))
        for contract, agency in await contracts_of(session, cycle)
        if contract.id is not None
    )
    asked = await pending(session, ACT, str(cycle.year))
    return Desk(
        lines,
        Counter(line.contract.state for line in lines),
        together(line.standing for line in lines),
        asked,
        await session.get(Person, asked.first_by) if asked else None,
        tuple(named(end, trees) for end in loose_ends(tuple(trees.values()))),
        tuple(await not_begun(session, cycle)) if cycle.phase is Phase.DRAFTING else (),
    )
