"""Calibration: before the real contracts all members mark the same three, and see how differently they judge.

Calibration marks count nowhere.  The contracts are of an earlier cycle whose marks are final: what an evaluator then sees
of the others' grades tells nothing about a sheet that is still to be filed.  While it lasts, an evaluator's real sheets
stay closed until the own calibration sheets are filed.  Once all have filed it is open, and whoever joins then only reads.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Field, SQLModel, col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from contracts.cycles import require_phase
from contracts.model import Agency, Contract, Cycle, Phase
from contracts.reading import trees_by_id
from contracts.terms.tree import ContractTree
from evaluation.experts.assigning import graded
from evaluation.experts.committee import serving
from evaluation.experts.conflicts import barred_among
from evaluation.experts.setup import setup_of
from evaluation.model import Assignment, Standing
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_
from office.people import Person

HOW_MANY = 3
"""Contracts that everybody marks first."""
FEWEST = 3
"""Fewer sheets of a contract than this would say who gave which grade."""
PREPARING = (Phase.PUBLISHED, Phase.REPORTING, Phase.SCORING)
CALIBRATING = (*PREPARING, Phase.VOTING)
MARKED = (Phase.TALLIED, Phase.PROVISIONAL, Phase.FINAL)
"""Phases of a cycle in which no mark can change any more."""


class CalibrationContract(SQLModel, table=True):
    """A contract of an earlier cycle that all members mark before the real ones, with the office's note on it."""

    __tablename__ = "calibration_contract"

    id: int | None = Field(default=None, primary_key=True)
    cycle_id: int = Field(foreign_key="cycle.id", index=True)
    contract_id: int = Field(foreign_key="contract.id", unique=True)
    note: str = Field(default="", max_length=2000)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A calibration contract with its tree."""

    row: CalibrationContract
    contract: Contract
    agency: Agency
    tree: ContractTree


async def chosen(session: AsyncSession, cycle: Cycle) -> list[Chosen]:
    """The calibration contracts of a cycle, in the order of their choice."""
    query = (
        select(CalibrationContract, Contract, Agency)
        .join(Contract, col(Contract.id) == col(CalibrationContract.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(CalibrationContract.cycle_id) == cycle.id)
        .order_by(col(CalibrationContract.id))
    )
    rows = list(await session.exec(query))
    trees = await trees_by_id(session, [row.contract_id for row, _, _ in rows])
    return [Chosen(row, contract, agency, trees[row.contract_id]) for row, contract, agency in rows]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contract that could be chosen."""

    contract: Contract
    agency: Agency
    year: int
    indicators: int


async def candidates(session: AsyncSession, cycle: Cycle) -> list[Candidate]:
    """Contracts with something to grade, of the last cycle whose marks are final, that were not used before."""
    used = select(CalibrationContract.contract_id).where(col(CalibrationContract.cycle_id) != cycle.id)
    last = (
        select(func.max(Cycle.year))
        .where(col(Cycle.year) < cycle.year, col(Cycle.phase).in_(MARKED))
        .scalar_subquery()
    )
    query = (
        select(Contract, Agency, Cycle.year)
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .join(Cycle, col(Cycle.id) == col(Contract.cycle_id))
        .where(col(Cycle.year) == last, col(Contract.id).not_in(used))
        .order_by(col(Contract.id))
    )
    rows = list(await session.exec(query))
    trees = await trees_by_id(session, [contract.id or 0 for contract, _, _ in rows])
    found = (
        Candidate(contract, agency, year, len(graded(trees[contract.id or 0])))
        for contract, agency, year in rows
    )
    return [each for each in found if each.indicators]


async def calibration_sheets(session: AsyncSession, contracts: Sequence[int]) -> list[Assignment]:
    """The calibration sheets of these contracts, in the order of their making."""
    query = select(Assignment).where(col(Assignment.calibration), col(Assignment.contract_id).in_(contracts))
    return list(await session.exec(query.order_by(col(Assignment.id))))


async def choose(session: AsyncSession, cycle: Cycle, public_ids: Sequence[str], by: Person) -> None:
    """Choose the three contracts; afterwards they cannot be exchanged once somebody has begun."""
    require_phase(cycle, *PREPARING)
    await journal.hold(session)
    if (await setup_of(session, cycle)).calibrates:
        raise Conflict(N_("기준 맞추기를 시작한 뒤에는 계약을 바꿀 수 없습니다"))
    possible = {each.contract.public_id: each.contract for each in await candidates(session, cycle)}
    wanted = list(dict.fromkeys(public_ids))
    if len(wanted) != HOW_MANY or not set(wanted) <= set(possible):
        raise Refused(N_("목록에서 계약 {n}건을 골라 주십시오"), n=HOW_MANY)
    earlier = [each.contract_id for each in await session.exec(_rows(cycle))]
    if await calibration_sheets(session, earlier):
        raise Conflict(N_("이미 평가위원에게 나누어 준 계약이라 바꿀 수 없습니다"))
    await session.exec(delete(CalibrationContract).where(col(CalibrationContract.cycle_id) == cycle.id))
    session.add_all(
        CalibrationContract(cycle_id=cycle.id or 0, contract_id=possible[public_id].id or 0)
        for public_id in wanted
    )
    await session.flush()
    await journal.record(session, by.actor, "calibration.chosen", str(cycle.year), contracts=wanted)


def _rows(cycle: Cycle) -> SelectOfScalar[CalibrationContract]:
    return select(CalibrationContract).where(col(CalibrationContract.cycle_id) == cycle.id)


async def begin(session: AsyncSession, cycle: Cycle, by: Person) -> int:
    """Give the three contracts to all members; their real sheets close until these are filed."""
    require_phase(cycle, *PREPARING)
    await journal.hold(session)
    if len(list(await session.exec(_rows(cycle)))) != HOW_MANY:
        raise Refused(N_("먼저 계약 {n}건을 골라 주십시오"), n=HOW_MANY)
    real = (
        select(Assignment.id)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Assignment.calibration).is_(False))
        .where(col(Assignment.filed_at).is_not(None))
    )
    if (await session.exec(real.limit(1))).first() is not None:
        raise Conflict(N_("이미 제출한 평가표가 있어 기준 맞추기를 시작할 수 없습니다"))
    setup = await setup_of(session, cycle)
    setup.calibrates = True
    session.add(setup)
    await session.flush()
    added = await extend(session, cycle)
    await journal.record(session, by.actor, "calibration.opened", str(cycle.year), sheets=added)
    return added


async def end(session: AsyncSession, cycle: Cycle, by: Person) -> None:
    """Stop waiting: real sheets open for everybody, whether their calibration is filed or not."""
    setup = await setup_of(session, cycle)
    if not setup.calibrates:
        raise Conflict(N_("기준 맞추기를 하고 있지 않습니다"))
    setup.calibrates = False
    session.add(setup)
    await journal.record(session, by.actor, "calibration.ended", str(cycle.year))


def shown(sheets: Sequence[Assignment]) -> bool:
    """Whether all have filed and the grades of some contract are open to them: then nobody is given a sheet any more."""
    serving = [sheet for sheet in sheets if sheet.serves]
    filed = Counter(sheet.contract_id for sheet in serving if sheet.filed_at is not None)
    return filed.total() == len(serving) and max(filed.values(), default=0) >= FEWEST


async def extend(session: AsyncSession, cycle: Cycle) -> int:
    """Give the calibration contracts to members who do not have them yet; barred pairs are left out."""
    if not (await setup_of(session, cycle)).calibrates:
        return 0
    rows = [(each.contract, each.agency) for each in await chosen(session, cycle)]
    contracts = [contract.id or 0 for contract, _ in rows]
    sheets = await calibration_sheets(session, contracts)
    if shown(sheets):
        return 0
    there = {(each.contract_id, each.evaluator_id) for each in sheets}
    without = there | set(await barred_among(session, rows))
    wanted = [
        (contract, person.id or 0)
        for person in await serving(session)
        for contract in contracts
        if (contract, person.id) not in without
    ]
    session.add_all(
        Assignment(contract_id=contract, evaluator_id=evaluator, assigned_at=now(), calibration=True)
        for contract, evaluator in wanted
    )
    return len(wanted)


async def cycle_of_calibration(session: AsyncSession, contract: Contract) -> Cycle | None:
    """The cycle for which a contract is marked as a calibration."""
    query = (
        select(Cycle)
        .join(CalibrationContract, col(CalibrationContract.cycle_id) == col(Cycle.id))
        .where(col(CalibrationContract.contract_id) == contract.id)
    )
    return (await session.exec(query)).first()


async def own_sheets(session: AsyncSession, cycle: Cycle, evaluator: Person) -> list[Assignment]:
    """An evaluator's calibration sheets of a cycle."""
    query = (
        select(Assignment)
        .join(CalibrationContract, col(CalibrationContract.contract_id) == col(Assignment.contract_id))
        .where(col(CalibrationContract.cycle_id) == cycle.id, col(Assignment.calibration))
        .where(col(Assignment.evaluator_id) == evaluator.id)
        .order_by(col(Assignment.id))
    )
    return list(await session.exec(query))


async def awaited(session: AsyncSession, cycle: Cycle, evaluator: Person) -> int:
    """How many calibration sheets an evaluator still has to file before the real ones open."""
    if not (await setup_of(session, cycle)).calibrates:
        return 0
    sheets = await own_sheets(session, cycle, evaluator)
    return sum(sheet.standing in (Standing.DECLARE, Standing.OPEN) for sheet in sheets)


async def note(session: AsyncSession, cycle: Cycle, contract_id: int, text: str, by: Person) -> None:
    """What the office explains on a calibration contract, for all members to read afterwards."""
    row = (
        await session.exec(_rows(cycle).where(col(CalibrationContract.contract_id) == contract_id))
    ).first()
    if row is None:
        raise NotFound(N_("기준 맞추기에 쓰는 계약이 아닙니다"))
    row.note = text.replace("\r\n", "\n").strip()
    session.add(row)
    await journal.record(session, by.actor, "calibration.noted", str(cycle.year), contract=contract_id)
