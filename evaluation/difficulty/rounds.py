"""The difficulty of what is promised, laid before the committee before the signature: titles, targets and past years, no name.

A round holds the blinded texts as they were when it was opened.  While it is open the contract is not signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.model import Agency, Contract, ContractState, Cycle, Phase
from contracts.reading import contracts_of, cycle_name, tree_of
from contracts.terms.canonical import contract_fingerprint
from contracts.terms.tree import ContractTree, tasks
from contracts.writing.drafting import hold_contract
from contracts.writing.stops import free_signing, stop_signing
from evaluation.difficulty.blinding import blind_tasks
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_
from office.people import Person

OPENABLE = (ContractState.SUBMITTED, ContractState.ACCEPTED)
STOP = N_("난이도 평가가 끝나야 서명할 수 있습니다. 성과관리 담당이 결과를 알려 드립니다")


class DifficultyRound(SQLModel, table=True):
    """One contract laid before the committee without its name; open until released or withdrawn."""

    __tablename__ = "difficulty_round"

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    tasks: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    fingerprint: str = Field(max_length=64)
    opened_at: datetime
    opened_by: int = Field(foreign_key="person.id")
    released_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether ratings are taken."""
        return self.released_at is None and self.withdrawn_at is None


async def names_of(
    session: AsyncSession, agency: Agency, hidden: Sequence[str]
) -> tuple[list[str], list[str]]:
    """What names the body (itself, its people, further words), and what names other bodies."""
    people = await session.exec(select(Person.name).where(col(Person.agency) == agency.code))
    own = [agency.name, agency.code, *people, *hidden]
    others = await session.exec(select(Agency.name).where(col(Agency.id) != agency.id))
    return own, list(others)


def titles_of(tree: ContractTree) -> dict[str, str]:
    """The tasks' own titles, by code."""
    return {task.code: task.title for task in tasks(tree)}


@dataclass(frozen=True, slots=True)
class Opened:
    """A round with its contract."""

    round: DifficultyRound
    contract: Contract
    agency: Agency


async def preview(
    session: AsyncSession, cycle: Cycle, public_id: str, hidden: Sequence[str]
) -> tuple[Contract, Agency, list[dict[str, Any]]]:
    """What the committee would read of a contract."""
    pairs = {
        contract.public_id: (contract, agency) for contract, agency in await contracts_of(session, cycle)
    }
    if public_id not in pairs:
        raise NotFound(N_("그런 계약이 없습니다. 목록에서 골라 주십시오"))
    contract, agency = pairs[public_id]
    own, others = await names_of(session, agency, hidden)
    return contract, agency, blind_tasks(await tree_of(session, contract), own, others)


async def open_round(
    session: AsyncSession, cycle: Cycle, public_id: str, hidden: Sequence[str], by: Person
) -> DifficultyRound:
    """Lay a submitted or accepted contract before the committee; until the release it is not signed."""
    require_phase(cycle, Phase.DRAFTING)
    contract, _, blind = await preview(session, cycle, public_id, hidden)
    await hold_contract(session, contract)
    if contract.state not in OPENABLE:
        raise Conflict(N_("검토 중이거나 검토를 마친 계약만 난이도를 평가합니다"))
    if await active_round(session, contract) is not None:
        raise Conflict(N_("이미 난이도 평가를 연 계약입니다"))
    if not blind:
        raise Refused(N_("과제가 없는 계약입니다"))
    tree = await tree_of(session, contract)
    made = DifficultyRound(
        contract_id=contract.id or 0,
        tasks=blind,
        fingerprint=contract_fingerprint(tree, cycle=cycle_name(cycle)),
        opened_at=now(),
        opened_by=by.id or 0,
    )
    session.add(made)
    await stop_signing(session, contract, STOP)
    await session.flush()
    await journal.record(session, by.actor, "difficulty.opened", public_id, round=made.id)
    return made


async def active_round(session: AsyncSession, contract: Contract) -> DifficultyRound | None:
    """The round of a contract that was not withdrawn."""
    query = select(DifficultyRound).where(
        col(DifficultyRound.contract_id) == contract.id, col(DifficultyRound.withdrawn_at).is_(None)
    )
    return (await session.exec(query)).first()


async def rounds_of(session: AsyncSession, cycle: Cycle) -> list[Opened]:
    """The rounds of a cycle that were not withdrawn, in the order of opening."""
    query = (
        select(DifficultyRound, Contract, Agency)
        .join(Contract, col(Contract.id) == col(DifficultyRound.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(Contract.cycle_id) == cycle.id, col(DifficultyRound.withdrawn_at).is_(None))
        .order_by(col(DifficultyRound.id))
    )
    return [Opened(*row) for row in await session.exec(query)]


async def round_of(session: AsyncSession, cycle: Cycle, round_id: int) -> Opened:
    """One round of a cycle (404 where there is none)."""
    found = next((each for each in await rounds_of(session, cycle) if each.round.id == round_id), None)
    if found is None:
        raise NotFound(N_("그런 난이도 평가가 없습니다"))
    return found


async def has_changed(session: AsyncSession, cycle: Cycle, opened: Opened) -> bool:
    """Whether the contract says something else than what was laid before the committee."""
    tree = await tree_of(session, opened.contract)
    return contract_fingerprint(tree, cycle=cycle_name(cycle)) != opened.round.fingerprint


async def withdraw(session: AsyncSession, cycle: Cycle, round_id: int, by: Person) -> None:
    """Take a round back without a result; the contract may be signed, or laid before the committee anew."""
    opened = await round_of(session, cycle, round_id)
    await hold_contract(session, opened.contract)
    await session.refresh(opened.round)
    if not opened.round.open:
        raise Conflict(N_("이미 알린 결과는 거둘 수 없습니다"))
    opened.round.withdrawn_at = now()
    session.add(opened.round)
    await free_signing(session, opened.contract)
    await journal.record(session, by.actor, "difficulty.withdrawn", opened.contract.public_id, round=round_id)
