"""An evaluator's list: every sheet of a cycle with how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, Cycle
from contracts.reading import trees_by_id
from evaluation.experts.assigning import graded
from evaluation.experts.calibration import own_sheets
from evaluation.experts.seats import marks_given
from evaluation.model import Assignment
from office.people import Person


@dataclass(frozen=True, slots=True)
class Task:
    """A line of an evaluator's list."""

    assignment: Assignment
    contract: Contract
    agency: Agency
    year: int
    """The year of the contract: a practised one is of an earlier cycle."""
    done: int
    of: int


async def tasks_of(session: AsyncSession, cycle: Cycle, evaluator: Person) -> list[Task]:
    """Everything one evaluator has been assigned in a cycle, calibrations first, in the order of the assignments."""
    calibrations = [sheet.id for sheet in await own_sheets(session, cycle, evaluator)]
    query = (
        select(Assignment, Contract, Agency, Cycle.year)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .join(Cycle, col(Cycle.id) == col(Contract.cycle_id))
        .where(col(Assignment.evaluator_id) == evaluator.id)
        .where(
            or_(
                and_(col(Contract.cycle_id) == cycle.id, col(Assignment.calibration).is_(False)),
                col(Assignment.id).in_(calibrations),
            )
        )
        .order_by(col(Assignment.calibration).desc(), col(Assignment.id))
    )
    rows = list(await session.exec(query))
    trees = await trees_by_id(session, {assignment.contract_id for assignment, *_ in rows})
    given = await marks_given(session, [assignment.id for assignment, *_ in rows])
    return [
        Task(
            assignment,
            contract,
            agency,
            year,
            given.get(assignment.id or 0, 0),
            len(graded(trees[assignment.contract_id])),
        )
        for assignment, contract, agency, year in rows
    ]
