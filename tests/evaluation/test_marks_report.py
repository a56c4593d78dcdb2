"""The office's page of marks: filed ones only, every rule beside the others, nobody else's business."""

import pytest
from sqlmodel import select

from contracts.model import Cycle, Phase
from contracts.reading import contracts_of
from evaluation.arithmetic.marks import Grade
from evaluation.marking.given import grades_of
from evaluation.marks_report import LATEST, round_report
from evaluation.model import Assignment, Mark
from office.clock import now
from office.database import Database
from office.errors import NotFound
from office.people import Person, Role
from tests.conftest import SignIn
from tests.contracts.test_storing import statements
from tests.seeding import YEAR, seed_cycle, seed_sheet

MARKS = f"/office/cycles/{YEAR}/marks"
GIVEN = (
    (Grade.A_PLUS, Grade.B_PLUS),
    (Grade.B_PLUS, Grade.B_ZERO),
    (Grade.B_PLUS, Grade.B_ZERO),
    (Grade.B_ZERO, None),
    (Grade.D_PLUS, Grade.C),
)


async def seed_marks(db: Database, *, filed: bool = True) -> list[int]:
    """Five evaluators of 교통국's two graded indicators; returns their ids."""
    ids = []
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.SCORING)
        contracts = {agency.code: contract for contract, agency in await contracts_of(session, cycle)}
        for number, (first, second) in enumerate(GIVEN):
            person = Person(
                email=f"w{number}@example.org", name=f"위원 {number}", role=Role.EVALUATOR,
                password_hash="-", totp_sealed="-",
            )  # fmt: skip
            session.add(person)
            await session.flush()
            await seed_sheet(session, contracts["TR"], person, {"E-1": first, "E-2": second}, filed=filed)
            ids.append(person.id or 0)
    return ids


async def test_every_rule_stands_beside_the_others(db: Database, signed_in: SignIn) -> None:
    await seed_marks(db)
    async with signed_in(Role.OFFICE) as (_, office):
        page = (await office.get(MARKS)).text
        for said in ("교통국", "위원 4", "저절로 빠지지 않습니다", "빠진 평정이 있어"):
            assert said in page
        detail = (await office.get(f"{MARKS}/{YEAR}-TR")).text
        # 100 80 80 70 50: mean 76.00, without 100 and 50 76.67, middle 80.00
        for said in ("76.00", "76.67", "80.00", "위원 0 A+ (절사)", "위원 4 D+ (절사) ×", "위원 3 없음"):
            assert said in detail
        assert (await office.get(f"{MARKS}/{YEAR}-TR/strips.svg")).content.startswith(b"<?xml")
        await office.get(f"{MARKS}/{YEAR}-CU", expect=404)
        await office.get(f"{MARKS}/{YEAR}-CU/strips.svg", expect=404)
        await office.get(f"{MARKS}?round=2", expect=404)


async def test_a_hint_excludes_nobody(db: Database) -> None:
    ids = await seed_marks(db)
    async with db.reading() as session:
        cycle = (await session.exec(select(Cycle))).one()
        report = await round_report(session, cycle, LATEST)
        counted = (await grades_of(session, cycle))["TR"]["E-1"]
    assert ids[4] in {mark.evaluator for mark in report.panels.far}
    assert counted == tuple(first for first, _ in GIVEN)


async def test_sheets_that_are_not_filed_are_nobodys_yet(db: Database, signed_in: SignIn) -> None:
    await seed_marks(db, filed=False)
    async with signed_in(Role.OFFICE) as (_, office):
        page = (await office.get(MARKS)).text
        assert "아직 제출한 평정이 없습니다" in page
        assert "위원 0" not in page
        await office.get(f"{MARKS}/{YEAR}-TR", expect=404)


async def test_each_round_can_be_looked_at_and_the_last_one_counts(db: Database, signed_in: SignIn) -> None:
    ids = await seed_marks(db)
    async with db.writing() as session:
        (last,) = [each for each in await session.exec(select(Assignment)) if each.evaluator_id == ids[4]]
        assert last.id is not None
        for code, grade in (("E-1", Grade.B_ZERO), ("E-2", Grade.B_ZERO)):
            session.add(Mark(assignment_id=last.id, indicator_code=code, round=2, grade=grade))
        last.reconciled_at = now()
    async with db.reading() as session:
        cycle = (await session.exec(select(Cycle))).one()
        first, second, latest = [await round_report(session, cycle, each) for each in (1, 2, LATEST)]
        with pytest.raises(NotFound):
            await round_report(session, cycle, 3)
    assert first.rounds == (1, 2)
    assert [len(each.of("TR")[0].given) for each in (first, second, latest)] == [5, 1, 5]
    assert dict(first.of("TR")[0].grades)[ids[4]] is Grade.D_PLUS
    assert dict(latest.of("TR")[0].grades)[ids[4]] is Grade.B_ZERO
    async with signed_in(Role.OFFICE) as (_, office):
        assert "2차(조정)" in (await office.get(f"{MARKS}?round=1")).text
        assert "D+" not in (await office.get(f"{MARKS}/{YEAR}-TR")).text
        assert "D+" in (await office.get(f"{MARKS}/{YEAR}-TR?round=1")).text


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.HEAD, Role.OFFICER, Role.TRUSTEE])
async def test_marks_are_the_offices_alone(db: Database, signed_in: SignIn, role: Role) -> None:
    await seed_marks(db)
    async with signed_in(role, "TR" if role in (Role.HEAD, Role.OFFICER) else None) as (_, somebody):
        for path in (MARKS, f"{MARKS}/{YEAR}-TR", f"{MARKS}/{YEAR}-TR/strips.svg"):
            await somebody.get(path, expect=403)


async def test_the_page_asks_as_much_of_the_database_for_many_sheets_as_for_few(db: Database) -> None:
    await seed_marks(db)
    counts = []
    for another in (False, True):
        if another:
            async with db.writing() as session:
                cycle = (await session.exec(select(Cycle))).one()
                of = {agency.code: contract for contract, agency in await contracts_of(session, cycle)}
                people = [each for each in await session.exec(select(Person)) if each.role is Role.EVALUATOR]
                for person in people:
                    await seed_sheet(session, of["CU"], person, {"E-1": Grade.C, "E-2": Grade.C}, filed=True)
        with statements(db) as sent:
            async with db.reading() as session:
                await round_report(session, (await session.exec(select(Cycle))).one())
        counts.append(len(sent))
    assert counts[0] == counts[1]
