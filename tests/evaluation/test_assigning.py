"""Evaluators are spread evenly over the contracts they grade, and a conflict of interest is replaced."""

from collections import Counter
from dataclasses import replace
from typing import cast

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select

from contracts.cycles import cycle_of
from contracts.model import Agency, Contract, Phase
from contracts.reading import contracts_of
from evaluation.arithmetic.marks import Grade
from evaluation.experts.assigning import add, assign, draft, panels
from evaluation.experts.barring import TieKind
from evaluation.experts.committee import appoint, today
from evaluation.experts.conflicts import state_tie
from evaluation.experts.replacing import end_appointment
from evaluation.letters import ASSIGNED
from evaluation.marking.given import grades_of
from evaluation.model import Assignment, Standing
from office.clock import now
from office.database import Database
from office.errors import Conflict, NotFound, Refused
from office.people import Person, Role
from rehearsal.visitor import said
from tests.conftest import SignIn
from tests.letters import told
from tests.seeding import TREES, YEAR, seed_cycle, seed_sheet


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
        assert set(await told(db, ASSIGNED.purpose)) <= {person.email for person in evaluators}
        assert len(await told(db, ASSIGNED.purpose)) == len(evaluators), (
            "one letter each, whatever the number"
        )
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


async def test_a_preview_stores_nothing_and_is_what_is_then_applied(db: Database, signed_in: SignIn) -> None:
    await people(db, Role.EVALUATOR, 5)
    async with db.writing() as session:
        await seed_cycle(session, Phase.PUBLISHED)
    address = f"/office/cycles/{YEAR}/assignments"
    async with signed_in(Role.OFFICE) as (_, visitor):
        request = {"each": "3", "most": "", "seed": "여섯째"}
        page = await visitor.post(address, {**request, "preview": "yes"})
        page = await visitor.get(f"{address}/preview?each=3&most=&seed=%EC%97%AC%EC%84%AF%EC%A7%B8")
        assert "새로" in page.text
        assert "여섯째" in page.text
        chart = await visitor.get(f"{address}/preview.svg?each=3&seed=x")
        assert chart.content.startswith(b"<?xml")
        async with db.reading() as session:
            assert not (await session.exec(select(Assignment))).all()
            made = await draft(session, await cycle_of(session, YEAR), 3, seed="여섯째")
        await visitor.post(address, {**request, "expected": "0" * 64}, expect=409)
        await visitor.post(address, {**request, "expected": made.fingerprint})
        async with db.reading() as session:
            stored = {
                (each.contract_id, each.evaluator_id) for each in await session.exec(select(Assignment))
            }
        assert stored == made.new
        # What was looked at is done: pressing again finds it changed.
        await visitor.post(address, {**request, "expected": made.fingerprint}, expect=409)
        assert (await visitor.get(f"{address}/load.svg")).content.startswith(b"<?xml")
        await visitor.get(f"{address}/preview?each=99", expect=422)
        await visitor.get(f"{address}/preview.svg?each=no", expect=422)


async def test_a_preview_names_what_cannot_be_filled_and_why(db: Database, signed_in: SignIn) -> None:
    evaluators = await people(db, Role.EVALUATOR, 3)
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.PUBLISHED)
        (transport, _), *_ = await contracts_of(session, cycle)
        await seed_sheet(session, transport, evaluators[0], conflict=True)
        await state_tie(
            session,
            cycle,
            evaluators[1],
            kind=TieKind.AFFILIATION,
            body_code="TR",
            body_name="",
            since=None,
            until=None,
            note="",
        )
    async with signed_in(Role.OFFICE) as (_, visitor):
        page = await visitor.get(f"/office/cycles/{YEAR}/assignments/preview?each=3")
        assert "교통국: 3명 가운데 1명" in page.text
        assert "제척: 이 기관 소속(예정 포함) 1명, 회피: 평가위원 스스로 신고 1명" in page.text
        page = await visitor.get(f"/office/cycles/{YEAR}/assignments/preview?each=3&most=1")
        assert "맡을 수 있는 수가 참" in page.text


async def test_one_place_is_handed_to_the_least_loaded_and_the_history_stays(
    db: Database, signed_in: SignIn
) -> None:
    evaluators = await people(db, Role.EVALUATOR, 4)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (transport, _), (culture, _), *_ = await contracts_of(session, cycle)
        ill = await seed_sheet(session, transport, evaluators[0], {"E-1": Grade.C})
        await seed_sheet(session, transport, evaluators[1])
        await seed_sheet(session, culture, evaluators[2])
    address = f"/office/cycles/{YEAR}/assignments/{ill.id}/replace"
    async with signed_in(Role.OFFICE) as (_, visitor):
        await visitor.get(address)
        await visitor.post(address, {"reason": ""}, expect=422)
        await visitor.post(address, {"reason": "병가"})
        await visitor.post(address, {"reason": "병가"}, expect=409)
        await visitor.get(address)
        await visitor.get(f"/office/cycles/{YEAR}/assignments/9999/replace", expect=404)
        assert "교체됨" in (await visitor.get(f"/office/cycles/{YEAR}/assignments")).text
    async with db.writing() as session:
        panel = (await panels(session, cycle))[0]
        assert panel.evaluators == (evaluators[1].id, evaluators[3].id)
        assert panel.seats[-1].assignment.replaces_id == ill.id
        # Whoever left does not come back by themselves.
        (officer,) = await people(db, Role.OFFICE, 1)
        await assign(session, cycle, 4, officer)
        assert evaluators[0].id not in (await panels(session, cycle))[0].evaluators


async def test_a_filed_sheet_is_set_aside_only_by_two_officers(db: Database, signed_in: SignIn) -> None:
    evaluators = await people(db, Role.EVALUATOR, 2)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (transport, _), *_ = await contracts_of(session, cycle)
        sheet = await seed_sheet(session, transport, evaluators[0], {"E-1": Grade.C}, filed=True)
    address = f"/office/cycles/{YEAR}/assignments/{sheet.id}/replace"
    async with signed_in(Role.OFFICE) as (_, first), signed_in(Role.OFFICE) as (_, second):
        await first.post(address, {"reason": "나중에 밝혀진 자문"})
        await first.post(address, {"reason": "나중에 밝혀진 자문"}, expect=409)
        async with db.reading() as session:
            assert (await grades_of(session, cycle))["TR"]["E-1"] == (Grade.C,)
        assert "다른 담당자의 확인을 기다립니다" in (await second.get(address)).text
        await second.post(address, {"reason": "나중에 밝혀진 자문"})
        async with db.reading() as session:
            assert await grades_of(session, cycle) == {}
            assert (await panels(session, cycle))[0].evaluators == (evaluators[1].id,)


async def test_when_nobody_is_free_the_place_stays_as_it_is(db: Database, signed_in: SignIn) -> None:
    evaluators = await people(db, Role.EVALUATOR, 2)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (transport, _), *_ = await contracts_of(session, cycle)
        sheet = await seed_sheet(session, transport, evaluators[0], {})
        await seed_sheet(session, transport, evaluators[1], {})
    async with signed_in(Role.OFFICE) as (_, visitor):
        address = f"/office/cycles/{YEAR}/assignments/{sheet.id}/replace"
        await visitor.post(address, {"reason": "병가"}, expect=422)
        page = (await visitor.get(address)).text
        assert "위촉이 더 필요합니다" in page and f"/office/cycles/{YEAR}/committee" in page
        assert 'name="reason"' not in page
    async with db.reading() as session:
        assert (await panels(session, cycle))[0].serving == 2


async def test_a_stated_reason_is_not_asked_again_and_only_the_free_are_offered(
    db: Database, signed_in: SignIn
) -> None:
    out, sitting, free = await people(db, Role.EVALUATOR, 3)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (transport, _), *_ = await contracts_of(session, cycle)
        tied = await seed_sheet(session, transport, out, {})
        tied.conflict, tied.conflict_reason, tied.declared_at = True, "지난해까지 자문했습니다", now()
        session.add(tied)
        await seed_sheet(session, transport, sitting, {})
    base = f"/office/cycles/{YEAR}/assignments"
    async with signed_in(Role.OFFICE) as (_, visitor):
        assert 'name="evaluator"' not in (await visitor.get(base)).text
        offered = (await visitor.get(f"{base}?contract={transport.public_id}")).text
        assert f'<option value="{free.id}"' in offered
        assert not any(f'<option value="{one.id}"' in offered for one in (out, sitting))
        address = f"{base}/{tied.id}/replace"
        page = (await visitor.get(address)).text
        assert "지난해까지 자문했습니다" in page and 'name="reason"' not in page
        await visitor.post(address)
        offered = (await visitor.get(f"{base}?contract={transport.public_id}")).text
        assert "위촉이 더 필요합니다" in offered
    async with db.reading() as session:
        panel = (await panels(session, cycle))[0]
        assert panel.evaluators == (sitting.id, free.id)
        ended = next(seat.assignment for seat in panel.seats if seat.assignment.id == tied.id)
        assert ended.ended_reason == "지난해까지 자문했습니다"


async def test_the_end_of_a_term_hands_over_what_is_not_filed(db: Database) -> None:
    evaluators = await people(db, Role.EVALUATOR, 3)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (transport, _), (culture, _), *_ = await contracts_of(session, cycle)
        seats = [
            await appoint(session, cycle, one.id or 0, since=today(), until=today(), fields=[], by=officer)
            for one in evaluators
        ]
        filed = await seed_sheet(session, transport, evaluators[0], {"E-1": Grade.C}, filed=True)
        unfiled = await seed_sheet(session, culture, evaluators[0], {})
        handed = await end_appointment(session, cycle, seats[0], on=today(), reason="사임", by=officer)
        assert handed == (1, 0)
        assert (filed.standing, unfiled.standing) == (Standing.FILED, Standing.ENDED)
        (successor,) = (await panels(session, cycle))[1].evaluators
        assert successor in (evaluators[1].id, evaluators[2].id)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_the_pages_take_as_many_queries_for_sixty_contracts_as_for_two(
    db: Database, signed_in: SignIn
) -> None:
    await people(db, Role.EVALUATOR, 6)
    many = [replace(TREES[0], agency_code=f"X{n}", agency=f"기관 {n}") for n in range(60)]
    async with db.writing() as session:
        await seed_cycle(session, Phase.PUBLISHED, trees=many)
    async with signed_in(Role.OFFICE) as (_, visitor):
        address = f"/office/cycles/{YEAR}/assignments"
        await visitor.post(address, {"each": "3"})
        for page in (address, f"{address}/preview?each=5", f"/office/cycles/{YEAR}/conflicts"):
            queries: list[str] = []

            def see(*facts: object, seen: list[str] = queries) -> None:
                seen.append(str(facts[2]))

            connection = cast(AsyncConnection, db.binding).sync_connection
            sa.event.listen(connection, "before_cursor_execute", see)
            await visitor.get(page)
            sa.event.remove(connection, "before_cursor_execute", see)
            assert 0 < len(queries) < 40, page
