"""Filed sheets as the office sees them: whose, of which contract, since when; never which grades."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from contracts.model import Agency, Contract, Cycle
from evaluation.marking.locking import filed_versions
from evaluation.model import OWN, RECONCILED, Assignment, Standing
from office.errors import NotFound
from office.i18n import N_
from office.people import Person


@dataclass(frozen=True, slots=True)
class Locked:
    """A filed sheet as the office sees it: whose, of which contract, since when; never which grades."""

    assignment: Assignment
    contract: Contract
    agency: Agency
    evaluator: Person

    @property
    def round(self) -> int:
        """The round that would be given back: the latest that was filed."""
        return OWN if self.assignment.reconciled_at is None else RECONCILED

    @property
    def holds(self) -> bool:
        """Whether it is filed now: a sheet given back is open again."""
        return self.assignment.standing is Standing.FILED

    @property
    def since(self) -> datetime | None:
        """When the round was filed."""
        return self.assignment.reconciled_at or self.assignment.filed_at


async def locked_sheets(session: AsyncSession, cycle: Cycle) -> list[Locked]:
    """Every filed sheet of a cycle, contract after contract."""
    rows = await session.exec(_query().where(col(Contract.cycle_id) == cycle.id))
    return [locked for locked in (Locked(*row) for row in rows) if locked.holds]


async def locked_sheet(
    session: AsyncSession, cycle: Cycle, assignment_id: int, *, lock: bool = False
) -> Locked:
    """One sheet of this cycle, filed or given back; `NotFound` for one that was never filed."""
    query = _query().where(col(Contract.cycle_id) == cycle.id, col(Assignment.id) == assignment_id)
    if lock:
        query = query.with_for_update(of=Assignment)
    found = (await session.exec(query)).first()
    if found is None or not await filed_versions(session, assignment_id):
        raise NotFound(N_("제출한 평가표가 없습니다. 목록에서 골라 주십시오"))
    return Locked(*found)


def _query() -> Select[Assignment, Contract, Agency, Person]:
    return (
        select(Assignment, Contract, Agency, Person)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .join(Person, col(Person.id) == col(Assignment.evaluator_id))
        .where(col(Assignment.calibration).is_(False))
        .order_by(col(Contract.id), col(Assignment.id))
    )
