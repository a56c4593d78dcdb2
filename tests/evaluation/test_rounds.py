"""The second round: nobody sees another's marks before their own are filed, and both versions stay."""

import pytest
from sqlmodel import col, select

from contracts.model import Agency, Contract, Cycle, Phase
from evaluation.arithmetic.marks import Grade
from evaluation.marking.given import given_marks, grades_of
from evaluation.marking.locking import FiledSheet
from evaluation.model import Assignment, Mark
from office.database import Database
from office.journal import JournalEntry
from office.outbox import Message
from office.people import Person, Role
from rehearsal.visitor import Visitor, said
from tests.conftest import SignIn
from tests.evaluation.test_sheets import GIVEN, assignment_at, declared, sheet_for
from tests.seeding import YEAR

ROUNDS = f"/office/cycles/{YEAR}/assignments/rounds"
HIGH = {"E-1": Grade.A_PLUS, "E-2": Grade.A_ZERO}


async def colleague(db: Database, n: int) -> Person:
    person = Person(
        email=f"colleague{n}@example.org",
        name=f"동료 위원 {n}",
        role=Role.EVALUATOR,
        password_hash="-",
        totp_sealed="-",
    )
    async with db.writing() as session:
        session.add(person)
    return person


async def switched_on(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.OFFICE) as (_, first), signed_in(Role.OFFICE) as (_, second):
        await turned(first, second, "yes")


async def turned(first: Visitor, second: Visitor, wanted: str) -> None:
    """Two officers turn the switch."""
    for officer in (first, second):
        await officer.get(ROUNDS)
        await officer.post(ROUNDS, {"wanted": wanted})


async def filed(visitor: Visitor, address: str) -> None:
    await declared(visitor, address)
    await visitor.post(address, GIVEN)
    await visitor.post(f"{address}/file")


async def remark(db: Database, address: str, text: str) -> None:
    """Put a comment beside a seeded mark."""
    async with db.writing() as session:
        query = select(Mark).where(col(Mark.assignment_id) == int(address.rpartition("/")[2]))
        for mark in await session.exec(query):
            mark.weakness = text


async def the_cycle(db: Database) -> Cycle:
    async with db.reading() as session:
        return (await session.exec(select(Cycle))).one()


async def test_without_the_office_s_switch_there_is_no_second_round(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await sheet_for(db, await colleague(db, 1), grades=HIGH, filed=True)
        await declared(visitor, address)
        await visitor.post(address, GIVEN)
        assert "이 평가표는 잠기고, 이 등급이 점수" in (await visitor.get(f"{address}/file")).text
        await visitor.post(f"{address}/file")
        await visitor.get(f"{address}/reconcile", expect=404)
        await visitor.post(f"{address}/reconcile", {"grade-E-1": "C"}, expect=404)
        await visitor.post(f"{address}/reconcile/file", expect=404)
        assert "조율 평정" not in (await visitor.get("/evaluation")).text


async def test_one_officer_alone_does_not_turn_the_switch(db: Database, signed_in: SignIn) -> None:
    async with (
        signed_in(Role.EVALUATOR) as (person, visitor),
        signed_in(Role.OFFICE) as (asking, first),
        signed_in(Role.OFFICE) as (_, second),
    ):
        address = await sheet_for(db, person)
        await sheet_for(db, await colleague(db, 1), grades=HIGH, filed=True)
        await filed(visitor, address)
        await first.get(ROUNDS)
        await first.post(ROUNDS, {"wanted": "yes"})
        assert "본인이 요청하셨습니다" in (await first.get(ROUNDS)).text
        await first.post(ROUNDS, {"wanted": "yes"}, expect=409)
        await visitor.get(f"{address}/reconcile", expect=404)
        page = (await second.get(ROUNDS)).text
        assert asking.name in page and "확인하고 켜기" in page and "조율 평정은 꺼져 있습니다" in page
        await second.post(ROUNDS, {"wanted": "yes"})
        await visitor.get(f"{address}/reconcile")


async def test_the_others_marks_are_hidden_until_all_are_filed_and_then_shown_without_names(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        other = await sheet_for(db, await colleague(db, 1), grades=HIGH, filed=True)
        await remark(db, other, "남의 아쉬운 점")
        await switched_on(db, signed_in)
        await declared(visitor, address)
        await visitor.post(address, GIVEN)
        assert "한 번 더 고치실 수 있고" in (await visitor.get(f"{address}/file")).text
        await visitor.get(f"{address}/reconcile", expect=404)
        for page in (address, "/evaluation", f"{address}/file"):
            assert "남의 아쉬운 점" not in (await visitor.get(page)).text
        await visitor.post(f"{address}/file")
        assert f"{address}/reconcile" in (await visitor.get(address)).text
        assert f"{address}/reconcile" in (await visitor.get("/evaluation")).text
        page = (await visitor.get(f"{address}/reconcile")).text
        assert "남의 아쉬운 점" in page and "평가위원 가" in page and "평가위원 나" in page
        assert "동료 위원" not in page and "A+ 1명, A0 1명" in page
    async with db.reading() as session:
        letters = list(
            await session.exec(select(Message.recipient).where(col(Message.purpose) == "reconcile"))
        )
    assert sorted(letters) == sorted([person.email, "colleague1@example.org"])


async def test_the_office_opens_a_round_early_and_only_those_who_filed_see(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor), signed_in(Role.EVALUATOR) as (late, latecomer):
        address = await sheet_for(db, person)
        other = await sheet_for(db, late)
        await sheet_for(db, await colleague(db, 1), grades=HIGH, filed=True)
        await filed(visitor, address)
        async with signed_in(Role.OFFICE) as (_, officer):
            await officer.get(ROUNDS)
            refused = await officer.post(f"{ROUNDS}/open", {"contract": f"{YEAR}-TR"}, expect=409)
            assert "꺼져 있습니다" in said(refused)
            await switched_on(db, signed_in)
            await officer.post(f"{ROUNDS}/open", {"contract": f"{YEAR}-CU"}, expect=404)
            await officer.post(f"{ROUNDS}/open", {"contract": f"{YEAR}-TR"})
            await officer.post(f"{ROUNDS}/open", {"contract": f"{YEAR}-TR"}, expect=409)
        assert "아직 제출하지 않음" in (await visitor.get(f"{address}/reconcile")).text
        await declared(latecomer, other)
        await latecomer.get(f"{other}/reconcile", expect=404)
        await latecomer.get(f"{address}/reconcile", expect=404)


async def test_a_changed_grade_needs_a_reason_and_both_rounds_stay(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await sheet_for(db, await colleague(db, 1), grades=HIGH, filed=True)
        await switched_on(db, signed_in)
        await filed(visitor, address)
        await visitor.get(f"{address}/reconcile")
        await visitor.post(f"{address}/reconcile", {"grade-E-1": "C"})
        asked = (await visitor.get(f"{address}/reconcile/file")).text
        refused = await visitor.post(f"{address}/reconcile/file", expect=422)
        for page in (asked, refused.text):
            assert f'href="{address}/reconcile#field-reason-E-1"' in page and "평가표로 돌아가기" in page
            assert "제출하기" not in page and "그만두기" not in page
        assert "까닭" in said(refused)
        assert (await assignment_at(db, address)).reconciled_at is None
        await visitor.post(f"{address}/reconcile", {"reason-E-1": "다른 위원의 지적이 옳습니다"})
        assert "A0 → C" in (await visitor.get(f"{address}/reconcile/file")).text
        await visitor.post(f"{address}/reconcile/file")
        page = (await visitor.get(address)).text
        assert "다른 위원의 지적이 옳습니다" in page and "처음 평정" in page
        await visitor.post(f"{address}/reconcile", {"grade-E-1": "E0"}, expect=409)
        await visitor.post(f"{address}/reconcile/file", expect=409)
    cycle = await the_cycle(db)
    async with db.reading() as session:
        given = [(m.round, m.indicator_code, m.grade) for m in await given_marks(session, cycle)]
        grades = await grades_of(session, cycle)
        kept = list(await session.exec(select(FiledSheet).order_by(col(FiledSheet.id))))
        acts = list(await session.exec(select(JournalEntry).order_by(col(JournalEntry.id))))
    mine = [mark for mark in given if mark[2] not in HIGH.values() or mark[1:] == ("E-1", Grade.A_ZERO)]
    assert mine == [
        (1, "E-1", Grade.A_ZERO),
        (1, "E-2", None),
        (2, "E-1", Grade.C),
        (2, "E-2", None),
    ]
    assert grades == {"TR": {"E-1": (Grade.C, Grade.A_PLUS), "E-2": (None, Grade.A_ZERO)}}
    assert [
        version.round for version in kept if version.assignment_id == int(address.rpartition("/")[2])
    ] == [1, 2]
    assert (acts[-1].act, acts[-1].details["changed"]) == ("evaluation.reconciled", 1)
    assert "지적" not in str([entry.details for entry in acts])


async def test_who_does_not_reconcile_keeps_the_first_marks(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await sheet_for(db, await colleague(db, 1), grades=HIGH, filed=True)
        await switched_on(db, signed_in)
        await filed(visitor, address)
        await visitor.get(f"{address}/reconcile")
        await visitor.post(f"{address}/reconcile", {"grade-E-1": "E0", "reason-E-1": "아직 내지 않았다"})
    cycle = await the_cycle(db)
    async with db.reading() as session:
        assert {mark.round for mark in await given_marks(session, cycle)} == {1}
        assert (await grades_of(session, cycle))["TR"]["E-1"] == (Grade.A_ZERO, Grade.A_PLUS)


async def test_the_switch_stays_on_once_somebody_has_reconciled(db: Database, signed_in: SignIn) -> None:
    async with (
        signed_in(Role.EVALUATOR) as (person, visitor),
        signed_in(Role.OFFICE) as (_, officer),
        signed_in(Role.OFFICE) as (_, second),
    ):
        address = await sheet_for(db, person)
        await sheet_for(db, await colleague(db, 1), grades=HIGH, filed=True)
        await filed(visitor, address)
        await turned(officer, second, "yes")
        await turned(officer, second, "no")
        await visitor.get(f"{address}/reconcile", expect=404)
        await turned(officer, second, "yes")
        await visitor.get(f"{address}/reconcile")
        await visitor.post(f"{address}/reconcile/file")
        refused = await officer.post(ROUNDS, {"wanted": "no"}, expect=409)
        assert "끌 수 없습니다" in said(refused)
        page = (await officer.get(ROUNDS)).text
        assert "조율 평정" in page
        assert not any(f">{grade.value}<" in page for grade in Grade)


async def test_the_letters_are_the_same_for_everybody_and_do_not_follow_the_assignments(
    db: Database, signed_in: SignIn
) -> None:
    addresses: list[str] = []
    async with signed_in(Role.EVALUATOR) as (one, first), signed_in(Role.EVALUATOR) as (two, second):
        addresses.append(await sheet_for(db, one, grades={"E-1": Grade.E_ZERO, "E-2": None}, filed=True))
        addresses.append(await sheet_for(db, two, grades={"E-1": Grade.D_PLUS, "E-2": None}, filed=True))
        for n in range(4):
            await sheet_for(db, await colleague(db, n), grades=HIGH, filed=True)
        await switched_on(db, signed_in)
        pages = [
            (await visitor.get(f"{address}/reconcile")).text
            for visitor, address in zip((first, second), addresses, strict=True)
        ]
    for page in pages:
        assert page.index("평가위원 가") < page.index("평가위원 바")

    def letter(page: str, grade: str) -> str:
        before = page[: page.index(f'class="big">{grade}')]
        return before[before.rindex("평가위원 ") :][:6]

    for grade in ("E0", "D+"):
        assert letter(pages[0], grade) == letter(pages[1], grade)


@pytest.mark.parametrize("phase", [Phase.TALLIED, Phase.FINAL])
async def test_after_the_tally_the_second_round_is_over(
    db: Database, signed_in: SignIn, phase: Phase
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await sheet_for(db, await colleague(db, 1), grades=HIGH, filed=True)
        await switched_on(db, signed_in)
        await filed(visitor, address)
        async with db.writing() as session:
            cycle = (await session.exec(select(Cycle))).one()
            cycle.phase = phase
        page = (await visitor.get(f"{address}/reconcile")).text
        assert "평가 기간이 끝났습니다" in page and 'name="grade-E-1"' not in page
        await visitor.post(f"{address}/reconcile", {"grade-E-1": "C"}, expect=409)
        await visitor.post(f"{address}/reconcile/file", expect=409)
    async with signed_in(Role.OFFICE) as (_, officer):
        await officer.get(ROUNDS)
        await officer.post(ROUNDS, {"wanted": "no"}, expect=409)


async def test_sheets_of_another_contract_are_not_among_the_voices(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await sheet_for(db, await colleague(db, 1), grades=HIGH, filed=True)
        other = await sheet_for(db, await colleague(db, 2), agency="CU", grades=HIGH, filed=True)
        await remark(db, other, "다른 계약의 의견")
        await switched_on(db, signed_in)
        await filed(visitor, address)
        assert "다른 계약의 의견" not in (await visitor.get(f"{address}/reconcile")).text
    async with db.reading() as session:
        rows = await session.exec(
            select(Agency.code, Assignment.filed_at)
            .join(Contract, col(Contract.agency_id) == col(Agency.id))
            .join(Assignment, col(Assignment.contract_id) == col(Contract.id))
        )
    assert {code for code, at in rows if at} == {"TR", "CU"}


async def test_the_office_narrows_the_list_to_a_state_and_a_body(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, _):
        await sheet_for(db, person)
        await sheet_for(db, await colleague(db, 1), agency="CU", grades=HIGH, filed=True)
    async with signed_in(Role.OFFICE) as (_, officer):

        async def listed(query: str) -> tuple[bool, bool]:
            page = (await officer.get(f"{ROUNDS}{query}")).text
            rows = page[page.index('id="rounds"') :]
            return "교통국" in rows, "문화국" in rows

        assert await listed("") == (True, True)
        assert await listed("?show=waiting&agency=") == (True, False)
        assert await listed("?show=filed") == (False, True)
        assert await listed("?show=open") == (False, False)
        assert await listed("?agency=CU") == (False, True)
