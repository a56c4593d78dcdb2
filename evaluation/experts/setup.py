"""What the office settles for the evaluation of a cycle."""

from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Cycle
from office import journal
from office.people import Person

CHALLENGE_DAYS = 7
"""How long a body may challenge an evaluator, unless the office sets another time."""


class EvaluationSetup(SQLModel, table=True):
    """What the office has settled for the evaluation of a cycle."""

    __tablename__ = "evaluation_setup"

    cycle_id: int = Field(foreign_key="cycle.id", primary_key=True)
    challenge_days: int = CHALLENGE_DAYS
    shows_assigned: bool = False
    """Whether a body sees which members, by name, are assigned to it; otherwise it sees the numbers of all."""
    calibrates: bool = False
    """Whether real sheets stay closed until the calibration contracts are marked."""


async def setup_of(session: AsyncSession, cycle: Cycle) -> EvaluationSetup:
    """What holds for a cycle; the usual where nothing was settled."""
    return await session.get(EvaluationSetup, cycle.id) or EvaluationSetup(cycle_id=cycle.id or 0)


async def settle(
    session: AsyncSession, cycle: Cycle, *, challenge_days: int, shows_assigned: bool, by: Person
) -> None:
    """Settle how bodies challenge evaluators in a cycle."""
    setup = await setup_of(session, cycle)
    setup.challenge_days, setup.shows_assigned = challenge_days, shows_assigned
    session.add(setup)
    await journal.record(
        session, by.actor, "committee.settled", str(cycle.year), days=challenge_days, shown=shows_assigned
    )
