"""What an agency's first page says of a year: how far its own contract is, what is open in it, and by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import RUNNING, current_cycle, drafting_cycle
from contracts.keeping.checks import checks_of
from contracts.model import Agency, Contract, ContractState, Cycle, Phase
from contracts.reading import tree_of
from contracts.terms.doubt import Check, doubts_among
from contracts.terms.gaps import gaps
from contracts.terms.standing import Standing, standing_of
from contracts.terms.tree import ContractTree
from contracts.timing.deadlines import duties_of_agency
from contracts.timing.duties import Duty
from contracts.web.deadlines import shown_to_agency
from contracts.web.editions import Edition, editions_of
from contracts.web.showing import Promise, promises_of
from contracts.writing.rounds import rounds_of
from office.clock import now
from office.people import Person, Role

AFTER = (Phase.TALLIED, Phase.PROVISIONAL, Phase.FINAL)
"""Phases in which there is a result to read, or soon will be."""
Found = Sequence[tuple[Contract, Agency, Cycle]]


@dataclass(frozen=True, slots=True)
class OwnYear:
    """One year of an agency; without a contract there are only its deadlines and what it could begin from."""

    cycle: Cycle
    contract: Contract | None
    tree: ContractTree | None
    gaps: int
    comments: int
    editions: Sequence[Edition]
    deadlines: Sequence[tuple[Duty, int, int]]
    may_carry_over: bool
    checks: Mapping[str, Check]

    def idle(self, role: Role) -> bool:
        """Whether the next step of this year is somebody else's."""
        if self.cycle.phase is Phase.DRAFTING:
            theirs = {
                Role.OFFICER: (None, ContractState.DRAFT, ContractState.ACCEPTED),
                Role.HEAD: (ContractState.ACCEPTED,),
            }
            return (self.contract.state if self.contract else None) not in theirs[role]
        if self.contract is None or self.contract.state is not ContractState.PUBLISHED:
            return True
        own = (Phase.SCORING, *AFTER) if role is Role.HEAD else (Phase.REPORTING, Phase.SCORING, *AFTER)
        return self.cycle.phase not in own

    @property
    def standing(self) -> Standing | None:
        return standing_of([self.tree], doubts_among(self.checks)) if self.tree else None

    @property
    def promises(self) -> Sequence[Promise]:
        return promises_of(self.tree, self.cycle, self.checks) if self.tree else ()


async def own_years(session: AsyncSession, person: Person, found: Found) -> list[OwnYear]:
    """Every year with work still open: the current one, others of this agency that run, the one being written."""
    current, drafting = await current_cycle(session), await drafting_cycle(session)
    running = [of for each, _, of in found if each.state is ContractState.PUBLISHED and of.phase in RUNNING]
    cycles = {each.id: each for each in (current, *running, drafting) if each}
    return [await _own_year(session, person, cycle, found) for cycle in cycles.values()]


async def _own_year(session: AsyncSession, person: Person, cycle: Cycle, found: Found) -> OwnYear:
    contract = next((each for each, _, of in found if of.id == cycle.id), None)
    tree = await tree_of(session, contract) if contract else None
    rounds = await rounds_of(session, contract, by_office=False) if contract else []
    duties = await duties_of_agency(session, cycle, person.agency or "")
    return OwnYear(
        cycle,
        contract,
        tree,
        gaps=len(gaps(tree, cycle.year)) if tree else 0,
        comments=len([each for each in rounds[0].said if each.open]) if rounds else 0,
        editions=await editions_of(session, cycle, contract) if contract else (),
        deadlines=shown_to_agency(duties, now()),
        may_carry_over=any(of.year < cycle.year for _, _, of in found),
        checks=await checks_of(session, contract) if contract else {},
    )
