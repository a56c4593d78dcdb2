"""Calibration: the same three contracts first, real sheets closed until then, no mark of it counted anywhere."""

from dataclasses import replace
from fractions import Fraction

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import create_cycle, cycle_of
from contracts.model import Cycle, Phase
from contracts.reading import contracts_of
from contracts.writing.drafting import store_contracts
from evaluation.arithmetic.marks import Grade
from evaluation.experts import calibration
from evaluation.experts.barring import TieKind
from evaluation.experts.calibration_results import outcome as outcome_of
from evaluation.experts.conflicts import state_tie
from evaluation.marking.given import given_marks, grades_of
from evaluation.marking.reading import sheet_of
from evaluation.marking.tasks import tasks_of
from evaluation.model import Assignment, Mark
from office.clock import now
from office.database import Database
from office.errors import Conflict, Refused
from office.people import Person, Role
from tests.conftest import SignIn
from tests.evaluation.test_assigning import people
from tests.seeding import TRANSPORT, TREES, YEAR, seed_cycle, seed_sheet

OFFICE = f"/office/cycles/{YEAR}/calibration"
NORTH = replace(TRANSPORT, agency_code="NO", agency="북부국")
ECONOMY = replace(TRANSPORT, agency_code="EC", agency="경제국")
FOUR = (*TREES, ECONOMY)
THREE = [f"{YEAR - 1}-{code}" for code in ("TR", "CU", "EC")]


async def last_year(session: AsyncSession, phase: Phase = Phase.FINAL) -> Cycle:
    cycle = await create_cycle(session, year=YEAR - 1, title="지난해", by="test")
    await store_contracts(session, cycle, [*FOUR, NORTH], "test")
    cycle.phase = phase
    session.add(cycle)
    return cycle


async def filed(session: AsyncSession, person: Person, grades: dict[str, Grade | None]) -> None:
    """All calibration sheets of somebody, filed."""
    query = select(Assignment).where(Assignment.evaluator_id == person.id, Assignment.calibration)
    for sheet in list(await session.exec(query)):
        sheet.conflict, sheet.filed_at = False, now()
        for code, grade in grades.items():
            session.add(
                Mark(assignment_id=sheet.id or 0, indicator_code=code, grade=grade, absent=grade is None)
            )
    await session.flush()


async def begun(session: AsyncSession, officer: Person) -> Cycle:
    """Three contracts of the last year, given to everybody."""
    await last_year(session)
    cycle = await seed_cycle(session, Phase.SCORING, trees=FOUR)
    await calibration.choose(session, cycle, THREE, officer)
    await calibration.begin(session, cycle, officer)
    return cycle


async def test_three_contracts_are_given_to_everybody_who_is_not_barred(db: Database) -> None:
    evaluators = await people(db, Role.EVALUATOR, 3)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        await last_year(session)
        cycle = await seed_cycle(session, Phase.PUBLISHED, trees=FOUR)
        codes = [*THREE, f"{YEAR - 1}-NO"]
        found = [each.contract.public_id for each in await calibration.candidates(session, cycle)]
        assert sorted(found) == sorted(codes)
        with pytest.raises(Refused):
            await calibration.choose(session, cycle, codes[:2], officer)
        with pytest.raises(Refused):
            await calibration.choose(session, cycle, [*codes[:2], f"{YEAR - 1}-SA"], officer)
        with pytest.raises(Refused):
            await calibration.begin(session, cycle, officer)
        await calibration.choose(session, cycle, codes[1:], officer)
        await calibration.choose(session, cycle, THREE, officer)
        await state_tie(
            session,
            cycle,
            evaluators[0],
            kind=TieKind.KIN,
            body_code="CU",
            body_name="",
            since=None,
            until=None,
            note="",
        )
        assert await calibration.begin(session, cycle, officer) == 3 * 3 - 1
        assert await calibration.extend(session, cycle) == 0
        with pytest.raises(Conflict):
            await calibration.choose(session, cycle, codes[1:], officer)
        # Whoever joins later gets them, too.
        (late,) = [Person(email="late@example.org", name="늦게", role=Role.EVALUATOR)]
        session.add(late)
        await session.flush()
        assert await calibration.extend(session, cycle) == 3
        assert len(await tasks_of(session, cycle, late)) == 3


async def test_it_does_not_begin_after_a_real_sheet_was_filed(db: Database) -> None:
    (evaluator,) = await people(db, Role.EVALUATOR, 1)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        await last_year(session)
        cycle = await seed_cycle(session, Phase.SCORING, trees=FOUR)
        (contract, _), *_ = await contracts_of(session, cycle)
        await seed_sheet(session, contract, evaluator, {"E-1": Grade.C}, filed=True)
        await calibration.choose(session, cycle, THREE, officer)
        with pytest.raises(Conflict):
            await calibration.begin(session, cycle, officer)


async def test_real_sheets_are_closed_until_the_own_calibration_is_filed(
    db: Database, signed_in: SignIn
) -> None:
    (officer,) = await people(db, Role.OFFICE, 1)
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        async with db.writing() as session:
            cycle = await begun(session, officer)
            (contract, _), *_ = await contracts_of(session, cycle)
            real = await seed_sheet(session, contract, person, {})
            own = await calibration.own_sheets(session, cycle, person)
            assert len(own) == 3
        page = await visitor.get(f"/evaluation/{real.id}")
        assert "기준 맞추기를 먼저 마쳐 주십시오" in page.text
        refused = await visitor.post(f"/evaluation/{real.id}", {"grade-E-1": "A+"}, expect=409)
        assert "기준 맞추기 평가표 3개" in refused.text
        assert "평가표 3개가 남았습니다" in (await visitor.get("/evaluation/calibration")).text
        # The last year's contract is marked today although its own year is long over.
        for sheet in own:
            await visitor.post(f"/evaluation/{sheet.id}/declare", {"conflict": "no"})
            marks = {"grade-E-1": "B+", "grade-E-2": "absent"}
            await visitor.post(f"/evaluation/{sheet.id}", marks)
            await visitor.post(f"/evaluation/{sheet.id}/file")
        await visitor.post(f"/evaluation/{real.id}", {"grade-E-1": "A+"})
        async with db.reading() as session:
            stored = await sheet_of(session, real.id or 0, person)
            assert stored.open
            assert await grades_of(session, cycle) == {}
            assert await given_marks(session, cycle) == []
        listed = await visitor.get("/evaluation")
        assert "연습" in listed.text


async def test_the_office_may_end_it_and_all_real_sheets_open(db: Database, signed_in: SignIn) -> None:
    (evaluator,) = await people(db, Role.EVALUATOR, 1)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await begun(session, officer)
        assert await calibration.awaited(session, cycle, evaluator) == 3
    async with signed_in(Role.OFFICE) as (_, visitor):
        await visitor.get(OFFICE)
        await visitor.post(f"{OFFICE}/end")
        await visitor.post(f"{OFFICE}/end", expect=409)
    async with db.reading() as session:
        assert await calibration.awaited(session, await cycle_of(session, YEAR), evaluator) == 0


async def test_the_distribution_shows_once_all_have_filed_and_the_office_sees_severity(
    db: Database, signed_in: SignIn
) -> None:
    others = await people(db, Role.EVALUATOR, 2)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        async with db.writing() as session:
            cycle = await begun(session, officer)
            contract = (await calibration.chosen(session, cycle))[0].contract
            for other, grade in zip(others, (Grade.A_PLUS, Grade.C), strict=True):
                await filed(session, other, {"E-1": grade, "E-2": grade})
            early = await outcome_of(session, cycle)
            assert not early.complete
            assert not early.distribution
        page = await visitor.get("/evaluation/calibration")
        assert "평가위원 수" not in page.text
        async with db.writing() as session:
            await filed(session, person, {"E-1": Grade.B_PLUS, "E-2": None})
            outcome = await outcome_of(session, cycle, person)
        first = outcome.distribution[contract.id or 0][0]
        assert (first.counts[Grade.A_PLUS], first.counts[Grade.C], first.own) == (1, 1, Grade.B_PLUS)
        assert outcome.distribution[contract.id or 0][1].absent == 1
        lenient = {each.person.id: each.leniency for each in outcome.severity}
        assert lenient == {
            others[0].id: Fraction(20),
            others[1].id: Fraction(-20),
            person.id: Fraction(0),
        }
        async with signed_in(Role.OFFICE) as (_, office):
            await office.post(f"{OFFICE}/{contract.id}/note", {f"note-{contract.id}": "C가 알맞습니다"})
            await office.post(
                f"{OFFICE}/{contract.id}/note", {f"note-{contract.id}": "가" * 2001}, expect=422
            )
            await office.post(f"{OFFICE}/9999/note", {"note-9999": "-"}, expect=404)
            seen = await office.get(OFFICE)
            assert "+20.00" in seen.text
            assert "-20.00" in seen.text
        page = await visitor.get("/evaluation/calibration")
        assert "C가 알맞습니다" in page.text
        assert others[0].name not in page.text
        # What is open stays open: whoever joins now reads it, and has nothing to file before the real sheets.
        async with signed_in(Role.EVALUATOR) as (late, reader):
            async with db.writing() as session:
                cycle = await cycle_of(session, YEAR)
                assert await calibration.extend(session, cycle) == 0
                assert await calibration.awaited(session, cycle, late) == 0
            assert "C가 알맞습니다" in (await reader.get("/evaluation/calibration")).text
            assert "C가 알맞습니다" in (await visitor.get("/evaluation/calibration")).text
        async with db.writing() as session:
            cycle = await cycle_of(session, YEAR)
            left = Assignment(contract_id=contract.id or 0, evaluator_id=late.id or 0, assigned_at=now())
            left.calibration = True
            session.add(left)
            assert not (await outcome_of(session, cycle)).complete
            cycle.phase = Phase.TALLIED
            assert (await outcome_of(session, cycle)).complete, "nobody can file any more"


async def test_the_office_chooses_and_begins_on_its_page(db: Database, signed_in: SignIn) -> None:
    await people(db, Role.EVALUATOR, 2)
    async with db.writing() as session:
        await last_year(session)
        await seed_cycle(session, Phase.PUBLISHED, trees=FOUR)
    three = {"contract": THREE}
    async with signed_in(Role.OFFICE) as (_, visitor):
        await visitor.get(OFFICE)
        await visitor.post(OFFICE, {"contract": f"{YEAR - 1}-TR"}, expect=422)
        # Grades of contracts that are still to be marked would be seen before the real sheets are filed.
        own = {"contract": [f"{YEAR}-TR", f"{YEAR}-CU", f"{YEAR}-EC"]}
        await visitor.post(OFFICE, own, expect=422)
        await visitor.post(f"{OFFICE}/begin", expect=422)
        await visitor.post(OFFICE, three)
        await visitor.post(f"{OFFICE}/begin")
        assert "6개 가운데 0개" in (await visitor.get(OFFICE)).text
    async with signed_in(Role.EVALUATOR) as (_, visitor):
        assert "이번에는 기준 맞추기가 없습니다" in (await visitor.get("/evaluation/calibration")).text
        await visitor.get(OFFICE, expect=403)
        await visitor.post(OFFICE, three, expect=403)
    async with signed_in(Role.HEAD, "TR") as (_, visitor):
        await visitor.get("/evaluation/calibration", expect=403)


@pytest.mark.parametrize(("phase", "offered"), [(Phase.VOTING, 0), (Phase.TALLIED, 4)])
async def test_no_contract_is_offered_whose_real_marking_is_still_open(
    db: Database, signed_in: SignIn, phase: Phase, offered: int
) -> None:
    async with db.writing() as session:
        await last_year(session, phase)
        cycle = await seed_cycle(session, Phase.PUBLISHED, trees=FOUR)
        assert len(await calibration.candidates(session, cycle)) == offered
    async with signed_in(Role.OFFICE) as (_, visitor):
        said = "평정이 바뀌지 않는 지난 평가주기의 계약만 고를 수 있습니다"
        assert (said in (await visitor.get(OFFICE)).text) is (offered == 0)
