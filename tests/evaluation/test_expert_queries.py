"""Lists of contracts and of places take as many questions to the database for many as for few."""

from dataclasses import replace

import pytest

from contracts.cycles import create_cycle
from contracts.model import Phase
from contracts.reading import contracts_of
from contracts.writing.drafting import store_contracts
from evaluation.experts import calibration
from evaluation.experts.assigning import assign
from evaluation.experts.committee import appoint, today
from evaluation.experts.replacing import end_appointment
from evaluation.marking.tasks import tasks_of
from office.database import Database
from office.people import Role
from tests.evaluation.test_assigning import people
from tests.evaluation.test_desk_queries import statements
from tests.seeding import TRANSPORT, YEAR, seed_cycle

FEW = 24
"""Questions any of the lists takes; the forty contracts below, and the twenty places handed over, would be many more."""


def read(seen: list[str]) -> int:
    """The questions among the statements; an act's own line in the journal reads the line before it."""
    return sum(
        said.lstrip().upper().startswith("SELECT")
        and "journal_entry" not in said
        and "pg_advisory" not in said
        for said in seen
    )


async def counted(db: Database, contracts: int) -> dict[str, int]:
    """How many questions each list takes in a cycle of so many contracts."""
    evaluators = await people(db, Role.EVALUATOR, 4)
    (officer,) = await people(db, Role.OFFICE, 1)
    trees = [replace(TRANSPORT, agency_code=f"A{n}", agency=f"{n}번 기관") for n in range(contracts)]
    found = {}
    async with db.writing() as session:
        last = await create_cycle(session, year=YEAR - 1, title="지난해", by="test")
        await store_contracts(session, last, trees, "test")
        last.phase = Phase.FINAL
        session.add(last)
        cycle = await seed_cycle(session, Phase.REPORTING, trees=trees)
        members = [
            await appoint(session, cycle, one.id or 0, since=today(), until=today(), fields=[], by=officer)
            for one in evaluators
        ]
        await assign(session, cycle, 2, officer)
        with statements(db) as seen:
            assert len(await calibration.candidates(session, cycle)) == contracts
        found["candidates"] = read(seen)
        possible = [contract.public_id for contract, _ in await contracts_of(session, last)]
        await calibration.choose(session, cycle, possible[:3], officer)
        with statements(db) as seen:
            assert len(await calibration.chosen(session, cycle)) == 3
        found["chosen"] = read(seen)
        with statements(db) as seen:
            assert await calibration.begin(session, cycle, officer) == 3 * len(evaluators)
        found["begin"] = read(seen)
        with statements(db) as seen:
            tasks = await tasks_of(session, cycle, evaluators[0])
        assert len([task for task in tasks if not task.assignment.calibration]) == contracts // 2
        found["tasks"] = read(seen)
        with statements(db) as seen:
            handed, left = await end_appointment(
                session, cycle, members[0], on=today(), reason="사임", by=officer
            )
        assert (handed, left) == (contracts // 2, 0)
        found["handed over"] = read(seen)
    return found


@pytest.mark.parametrize("contracts", [4, 40])
async def test_lists_and_places_take_few_questions_however_many_contracts_there_are(
    db: Database, contracts: int
) -> None:
    found = await counted(db, contracts)
    assert max(found.values()) <= FEW, found
