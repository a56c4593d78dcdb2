"""Evaluators are spread evenly over the contracts they grade, and a conflict of interest is replaced."""

from collections import Counter

import pytest
from sqlmodel import col, select

from contracts.model import Agency, Contract, Phase
from contracts.reading import contracts_of
from evaluation.assigning import add, assign, panels
from evaluation.model import Assignment
from office.database import Database
from office.errors import Conflict, NotFound, Refused
from office.people import Person, Role
from rehearsal.visitor import said
from tests.conftest import SignIn
from tests.seeding import YEAR, seed_cycle, seed_sheet


async def people(db: Database, role: Role, count: int) -> list[Person]:
    made = []
    async with db.writing() as session:
        for number in range(count):
            person = Person(
                email=f"{role.value}-{number}@example.org",
                name=f"전문가 {number + 1}",
                role=role,
                password_hash="-",
                totp_sealed="-",
            )
            session.add(person)
            made.append(person)
    return made


async def test_every_contract_with_something_to_grade_gets_its_evaluators(db: Database) -> None:
    evaluators = await people(db, Role.EVALUATOR, 5)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.PUBLISHED)
        assert await assign(session, cycle, 3, officer) == 6
        assert await assign(session, cycle, 3, officer) == 0
        found = await panels(session, cycle)
    assert [(panel.agency.code, panel.serving, panel.indicators) for panel in found] == [
        ("TR", 3, 2),
        ("CU", 3, 2),
    ]
    load = Counter(seat.assignment.evaluator_id for panel in found for seat in panel.seats)
    assert sorted(load[person.id or 0] for person in evaluators) == [1, 1, 1, 1, 2]


async def test_a_declared_conflict_is_replaced_by_somebody_else(db: Database) -> None:
    evaluators = await people(db, Role.EVALUATOR, 4)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (contract, _), *_ = await contracts_of(session, cycle)
        for evaluator in evaluators[:3]:
            await seed_sheet(session, contract, evaluator)
        first = (await session.exec(select(Assignment).order_by(col(Assignment.id)))).first()
        assert first
        first.conflict = True
        await session.flush()
        await assign(session, cycle, 3, officer)
        panel = (await panels(session, cycle))[0]
    serving = [seat.assignment.evaluator_id for seat in panel.seats if not seat.assignment.conflict]
    assert serving == [evaluators[1].id, evaluators[2].id, evaluators[3].id]


async def test_more_evaluators_than_there_are_is_refused_with_the_number(db: Database) -> None:
    await people(db, Role.EVALUATOR, 2)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        with pytest.raises(Refused) as refused:
            await assign(session, cycle, 3, officer)
    assert "each" in refused.value.fields
    assert "2명" in refused.value.said()


@pytest.mark.parametrize("phase", [Phase.DRAFTING, Phase.TALLIED, Phase.PROVISIONAL, Phase.FINAL])
async def test_nobody_is_assigned_before_publication_or_after_the_count(db: Database, phase: Phase) -> None:
    await people(db, Role.EVALUATOR, 3)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session, phase)
        with pytest.raises(Conflict):
            await assign(session, cycle, 3, officer)


async def test_one_evaluator_can_be_added_by_hand_once(db: Database) -> None:
    evaluator, other = await people(db, Role.EVALUATOR, 2)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        await add(session, cycle, f"{YEAR}-TR", evaluator.id or 0, officer)
        with pytest.raises(Conflict):
            await add(session, cycle, f"{YEAR}-TR", evaluator.id or 0, officer)
        with pytest.raises(NotFound):  # nothing to grade there
            await add(session, cycle, f"{YEAR}-SA", other.id or 0, officer)
        with pytest.raises(NotFound):  # not an evaluator
            await add(session, cycle, f"{YEAR}-TR", officer.id or 0, officer)


async def test_the_office_assigns_on_its_page_and_sees_who_needs_a_replacement(
    db: Database, signed_in: SignIn
) -> None:
    evaluators = await people(db, Role.EVALUATOR, 3)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        query = select(Contract).join(Agency, col(Agency.id) == col(Contract.agency_id))
        contract = (await session.exec(query.where(col(Agency.code) == "TR"))).one()
        await seed_sheet(session, contract, evaluators[0], conflict=True)
    address = f"/office/cycles/{cycle.year}/assignments"
    async with signed_in(Role.OFFICE) as (_, visitor):
        page = await visitor.get(address)
        assert "같은 기관에서 일했습니다" in page.text
        refused = await visitor.post(address, {"each": "아홉"}, expect=422)
        assert 'value="아홉"' in refused.text
        await visitor.post(address, {"each": "2"})
        page = await visitor.get(address)
        assert "평가위원이 3명보다 적은 계약이 2건" in page.text
        again = await visitor.post(
            f"{address}/add", {"contract": contract.public_id, "evaluator": "x"}, expect=422
        )
        assert "고치면" in said(again)


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.HEAD, Role.OFFICER, Role.TRUSTEE])
async def test_assignments_are_the_offices_alone(db: Database, signed_in: SignIn, role: Role) -> None:
    async with db.writing() as session:
        await seed_cycle(session)
    async with signed_in(role, "TR") as (_, visitor):
        await visitor.get(f"/office/cycles/{YEAR}/assignments", expect=403)
        await visitor.post(f"/office/cycles/{YEAR}/assignments", {"each": "1"}, expect=403)
