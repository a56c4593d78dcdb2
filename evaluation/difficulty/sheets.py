"""The difficulty of what is promised, rated blind before the signature: titles, targets and past years, no name.

A round holds the blinded texts as they were when it was opened.  While it is open the contract is not signed.
"""

from collections.abc import Mapping, Sequence
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
from evaluation.arithmetic.marks import MINIMUM_MARKS
from evaluation.difficulty.blinding import blind_tasks
from evaluation.difficulty.levels import LEVELS, Result, result_of
from evaluation.experts.committee import serving
from evaluation.experts.conflicts import barred_pairs
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
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


class DifficultyRating(SQLModel, table=True):
    """One member's level for one task, by its place in the round."""

    __tablename__ = "difficulty_rating"
    __table_args__ = (sa.UniqueConstraint("round_id", "evaluator_id", "place"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="difficulty_round.id", index=True)
    evaluator_id: int = Field(foreign_key="person.id", index=True)
    place: int
    level: int
    rated_at: datetime


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


async def own_rounds(session: AsyncSession, cycle: Cycle, evaluator: Person) -> list[Opened]:
    """The open rounds an evaluator may rate: within the term, without a conflict of interest."""
    if evaluator.id not in [person.id for person in await serving(session)]:
        return []
    barred = await barred_pairs(session, cycle)
    return [
        each
        for each in await rounds_of(session, cycle)
        if each.round.open and (each.contract.id or 0, evaluator.id or 0) not in barred
    ]


async def own_round(session: AsyncSession, cycle: Cycle, evaluator: Person, round_id: int) -> Opened:
    """One open round of an evaluator; for everybody else there is nothing here."""
    for each in await own_rounds(session, cycle, evaluator):
        if each.round.id == round_id:
            return each
    raise NotFound(N_("평가하실 난이도가 없습니다. 목록에서 골라 주십시오"))


async def levels_of(
    session: AsyncSession, rounds: Sequence[int | None]
) -> dict[int, dict[int, dict[int, int]]]:
    """Round → evaluator → place of the task → level."""
    found: dict[int, dict[int, dict[int, int]]] = {}
    query = select(DifficultyRating).where(col(DifficultyRating.round_id).in_(rounds))
    for each in await session.exec(query):
        found.setdefault(each.round_id, {}).setdefault(each.evaluator_id, {})[each.place] = each.level
    return found


async def rate(
    session: AsyncSession, cycle: Cycle, evaluator: Person, round_id: int, form: Mapping[str, str]
) -> None:
    """Store a member's levels of all tasks of a round (`level-1`, …); they may be changed until the release."""
    require_phase(cycle, Phase.DRAFTING)
    opened = await own_round(session, cycle, evaluator, round_id)
    await hold_contract(session, opened.contract)
    await session.refresh(opened.round)
    if not opened.round.open:
        raise Conflict(N_("이미 끝난 난이도 평가입니다"))
    places = range(1, len(opened.round.tasks) + 1)
    said = {place: form.get(f"level-{place}", "") for place in places}
    wrong = {
        f"level-{place}": translate(N_("다섯 단계 가운데 하나를 골라 주십시오"))
        for place, level in said.items()
        if level not in map(str, LEVELS)
    }
    if wrong:
        raise Refused(N_("난이도를 고르지 않은 과제가 있습니다"), fields=wrong)
    query = select(DifficultyRating).where(
        col(DifficultyRating.round_id) == round_id, col(DifficultyRating.evaluator_id) == evaluator.id
    )
    stored = {each.place: each for each in await session.exec(query)}
    for place, level in said.items():
        rating = stored.get(place) or DifficultyRating(
            round_id=round_id, evaluator_id=evaluator.id or 0, place=place, level=0, rated_at=now()
        )
        rating.level, rating.rated_at = int(level), now()
        session.add(rating)
    await journal.record(
        session, evaluator.actor, "difficulty.rated", opened.contract.public_id, round=round_id
    )


async def raters_of(session: AsyncSession, cycle: Cycle) -> dict[int, int]:
    """How many members may rate each contract, by contract."""
    people = [person.id or 0 for person in await serving(session)]
    barred = await barred_pairs(session, cycle)
    return {
        contract.id or 0: sum((contract.id or 0, one) not in barred for one in people)
        for contract, _ in await contracts_of(session, cycle)
    }


async def has_changed(session: AsyncSession, cycle: Cycle, opened: Opened) -> bool:
    """Whether the contract says something else than what was laid before the committee."""
    tree = await tree_of(session, opened.contract)
    return contract_fingerprint(tree, cycle=cycle_name(cycle)) != opened.round.fingerprint


async def release(session: AsyncSession, cycle: Cycle, round_id: int, by: Person) -> None:
    """Close a round and tell the agency the result; from now on the contract may be signed."""
    require_phase(cycle, Phase.DRAFTING)
    opened = await round_of(session, cycle, round_id)
    await hold_contract(session, opened.contract)
    await session.refresh(opened.round)
    if not opened.round.open:
        raise Conflict(N_("이미 알린 결과입니다"))
    rated = len((await levels_of(session, [round_id])).get(round_id, {}))
    if rated < MINIMUM_MARKS:
        raise Refused(
            N_("난이도를 평가한 위원이 {n}명뿐입니다. {least}명 이상이어야 결과를 냅니다"),
            n=rated,
            least=MINIMUM_MARKS,
        )
    if await has_changed(session, cycle, opened):
        raise Conflict(N_("평가를 연 뒤에 계약의 내용이 바뀌었습니다. 거두고 다시 열어 주십시오"))
    opened.round.released_at = now()
    session.add(opened.round)
    await free_signing(session, opened.contract)
    await journal.record(
        session, by.actor, "difficulty.released", opened.contract.public_id, round=round_id, raters=rated
    )


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


async def released_result(session: AsyncSession, contract: Contract) -> tuple[DifficultyRound, Result] | None:
    """The result the agency and, with the contract, everybody may see."""
    found = await active_round(session, contract)
    if found is None or found.released_at is None:
        return None
    levels = (await levels_of(session, [found.id])).get(found.id or 0, {})
    return found, result_of(found.tasks, levels, titles_of(await tree_of(session, contract)))
