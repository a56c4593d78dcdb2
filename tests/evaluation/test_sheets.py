"""An evaluator's sheet: closed before the declaration, saved as often as needed, locked once filed, one's own alone."""

from datetime import datetime

import pytest
from sqlmodel import col, select

from contracts.model import Agency, Contract, Cycle, Phase
from evaluation.arithmetic.marks import Grade
from evaluation.marking.given import grades_of
from evaluation.model import Assignment, Mark
from office.database import Database
from office.journal import JournalEntry
from office.people import Person, Role
from rehearsal.visitor import Visitor, said
from tests.conftest import SignIn
from tests.seeding import YEAR, seed_cycle, seed_sheet

GIVEN = {"grade-E-1": "A0", "strength-E-1": "민원을 빨리 고쳤습니다", "grade-E-2": "absent"}


async def sheet_for(
    db: Database, person: Person, phase: Phase = Phase.SCORING, agency: str = "TR", **options: object
) -> str:
    """The address of a sheet of this person, the cycle set up when there is none yet."""
    async with db.writing() as session:
        if (await session.exec(select(Cycle.id))).first() is None:
            await seed_cycle(session, phase)
        query = select(Contract).join(Agency, col(Agency.id) == col(Contract.agency_id))
        contract = (await session.exec(query.where(col(Agency.code) == agency))).one()
        assignment = await seed_sheet(session, contract, person, **options)  # type: ignore[arg-type]
    return f"/evaluation/{assignment.id}"


async def marks(db: Database) -> dict[str, tuple[str | None, bool, str]]:
    async with db.reading() as session:
        return {
            mark.indicator_code: (mark.grade, mark.absent, mark.strength)
            for mark in await session.exec(select(Mark))
        }


async def assignment_at(db: Database, address: str) -> Assignment:
    async with db.reading() as session:
        found = await session.get(Assignment, int(address.rpartition("/")[2]))
    assert found
    return found


async def declared(visitor: Visitor, address: str) -> None:
    await visitor.get(address)
    await visitor.post(f"{address}/declare", {"conflict": "no", "reason": ""})


async def test_the_form_is_closed_until_the_declaration(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        page = await visitor.get(address)
        assert "이해관계가 있습니까?" in page.text
        assert "grade-E-1" not in page.text
        refused = await visitor.post(address, GIVEN, expect=409)
        assert "먼저 이해관계" in said(refused)
        await visitor.post(f"{address}/file", expect=409)
        assert await marks(db) == {}
        await declared(visitor, address)
        assert "grade-E-1" in (await visitor.get(address)).text


async def test_the_declaration_has_to_be_answered(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await visitor.get(address)
        answer = await visitor.post(f"{address}/declare", {"reason": "친척입니다"}, expect=422)
        assert "골라 주십시오" in said(answer)
        assert "친척입니다" in answer.text
        answer = await visitor.post(f"{address}/declare", {"conflict": "yes", "reason": " "}, expect=422)
        assert "어떤 이해관계" in said(answer)
        answer = await visitor.post(
            f"{address}/declare", {"conflict": "yes", "reason": "가" * 501}, expect=422
        )
        assert (await assignment_at(db, address)).declared_at is None


async def test_a_conflict_keeps_the_form_closed_and_is_not_taken_back(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await visitor.get(address)
        await visitor.post(f"{address}/declare", {"conflict": "yes", "reason": "작년에 자문했습니다"})
        page = await visitor.get(address)
        assert "작년에 자문했습니다" in page.text
        assert "grade-E-1" not in page.text
        await visitor.post(address, GIVEN, expect=409)
        await visitor.post(f"{address}/declare", {"conflict": "no", "reason": ""}, expect=409)
    async with signed_in(Role.OFFICE) as (_, officer):
        overview = await officer.get(f"/office/cycles/{YEAR}/assignments")
        assert "작년에 자문했습니다" in overview.text
    assert await marks(db) == {}


async def test_a_conflict_found_later_takes_the_marks_out_of_the_count(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        await visitor.post(address, GIVEN)
        await visitor.post(f"{address}/declare", {"conflict": "yes", "reason": "이제 알았습니다"})
        await visitor.post(f"{address}/file", expect=409)
    async with db.reading() as session:
        assert await grades_of(session, (await session.exec(select(Cycle))).one()) == {}


async def test_marks_are_saved_and_shown_again(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        await visitor.post(address, GIVEN)
        assert await marks(db) == {"E-1": ("A0", False, "민원을 빨리 고쳤습니다"), "E-2": (None, True, "")}
        page = await visitor.get(address)
        assert "민원을 빨리 고쳤습니다" in page.text
        assert "2개 중 2개" in page.text
        await visitor.post(address, {"grade-E-1": "B+"})
        assert (await marks(db))["E-1"] == ("B+", False, "민원을 빨리 고쳤습니다")
        assert (await marks(db))["E-2"] == (None, True, "")


async def test_autosave_answers_with_the_time_and_refusals_as_problems(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        token = {"_csrf_token": await visitor._csrf()}
        json = {"Accept": "application/json"}
        answer = await visitor.http.post(address, data=GIVEN | token, headers=json)
        assert datetime.fromisoformat(answer.json()["saved_at"]).tzinfo is not None
        assert answer.status_code in (200, 201)
        refused = await visitor.http.post(address, data={"grade-E-1": "A++"} | token, headers=json)
        assert (refused.status_code, list(refused.json()["fields"])) == (422, ["grade-E-1"])
    assert (await marks(db))["E-1"][0] == "A0"


async def test_a_wrong_grade_or_a_long_comment_keeps_what_was_typed_and_stores_nothing(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        form = {
            "grade-E-1": "A+",
            "strength-E-1": "나" * 1001,
            "grade-E-2": "Z",
            "strength-E-2": "끝까지 남는 글",
        }
        answer = await visitor.post(address, form, expect=422)
        assert "끝까지 남는 글" in answer.text
        assert "1,000자" in answer.text
        assert "아홉 등급" in answer.text
        assert await marks(db) == {}


async def test_filing_asks_once_and_locks(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        sent = await visitor.post(address, GIVEN | {"then": "file"})
        assert sent.headers["location"] == f"{address}/file"
        page = await visitor.get(f"{address}/file")
        assert "이 평가표는 잠기고, 이 등급이 점수" in page.text
        await visitor.post(f"{address}/file")
        assert (await assignment_at(db, address)).filed_at is not None
        again = await visitor.post(address, {"grade-E-1": "E0"}, expect=409)
        assert "이미 제출한" in said(again)
        await visitor.post(f"{address}/file", expect=409)
        await visitor.post(f"{address}/declare", {"conflict": "yes", "reason": "늦은 신고"}, expect=409)
        page = await visitor.get(address)
        assert 'name="grade-E-1"' not in page.text
        assert "민원을 빨리 고쳤습니다" in page.text
    assert (await marks(db))["E-1"] == ("A0", False, "민원을 빨리 고쳤습니다")
    async with db.reading() as session:
        acts = list(await session.exec(select(JournalEntry.act).order_by(col(JournalEntry.id))))
    assert acts[-2:] == ["evaluation.declared", "evaluation.filed"]


async def test_a_sheet_with_an_undecided_indicator_is_not_filed(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await declared(visitor, address)
        await visitor.post(address, {"grade-E-1": "C", "grade-E-2": ""})
        page = await visitor.get(f"{address}/file")
        assert "아직 정하지 않은 지표가 1개" in page.text
        assert "제출하기" not in page.text
        refused = await visitor.post(f"{address}/file", expect=422)
        assert "1개" in said(refused)
        assert (await assignment_at(db, address)).filed_at is None


async def test_only_filed_sheets_count_and_an_absent_mark_is_not_zero(db: Database) -> None:
    people = [
        Person(
            email=f"e{n}@example.org",
            name=f"위원 {n}",
            role=Role.EVALUATOR,
            password_hash="-",
            totp_sealed="-",
        )
        for n in range(4)
    ]
    async with db.writing() as session:
        session.add_all(people)
        await session.flush()
    await sheet_for(db, people[0], grades={"E-1": Grade.A_ZERO, "E-2": None}, filed=True)
    await sheet_for(db, people[1], grades={"E-1": Grade.C, "E-2": Grade.B_PLUS}, filed=True)
    await sheet_for(db, people[2], grades={"E-1": Grade.E_ZERO, "E-2": Grade.E_ZERO})
    await sheet_for(db, people[3], conflict=True)
    async with db.reading() as session:
        grades = await grades_of(session, (await session.exec(select(Cycle))).one())
    assert grades == {"TR": {"E-1": (Grade.A_ZERO, Grade.C), "E-2": (None, Grade.B_PLUS)}}


@pytest.mark.parametrize("phase", [Phase.PUBLISHED, Phase.REPORTING, Phase.TALLIED, Phase.PROVISIONAL])
async def test_marks_are_taken_only_while_experts_score(
    db: Database, signed_in: SignIn, phase: Phase
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person, phase)
        if phase in (Phase.TALLIED, Phase.PROVISIONAL):
            await visitor.post(f"{address}/declare", {"conflict": "no", "reason": ""}, expect=409)
        else:
            await declared(visitor, address)
        page = await visitor.get(address)
        assert 'name="grade-E-1"' not in page.text
        await visitor.post(address, GIVEN, expect=409)
        await visitor.post(f"{address}/file", expect=409)
    assert await marks(db) == {}


async def test_marks_are_still_taken_while_residents_vote(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person, Phase.VOTING)
        await declared(visitor, address)
        await visitor.post(address, GIVEN)
        await visitor.post(f"{address}/file")


async def test_another_evaluators_sheet_does_not_exist(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (owner, _):
        address = await sheet_for(db, owner, grades={"E-1": Grade.A_PLUS, "E-2": Grade.A_PLUS})
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        own = await sheet_for(db, person, grades={"E-1": Grade.C, "E-2": Grade.C})
        await visitor.get(address, expect=404)
        await visitor.get(f"{address}/file", expect=404)
        await visitor.post(address, GIVEN, expect=404)
        await visitor.post(f"{address}/declare", {"conflict": "yes", "reason": "남의 것"}, expect=404)
        await visitor.post(f"{address}/file", expect=404)
        assert address not in (await visitor.get("/evaluation")).text
        page = await visitor.get(own)
        assert page.text.count("checked") == 2
    kept = await assignment_at(db, address)
    assert (kept.conflict, kept.filed_at, kept.saved_at) == (False, None, None)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.HEAD, Role.OFFICER, Role.TRUSTEE])
async def test_sheets_are_closed_to_every_other_role(db: Database, signed_in: SignIn, role: Role) -> None:
    async with signed_in(Role.EVALUATOR) as (owner, _):
        address = await sheet_for(db, owner, grades={"E-1": Grade.A_PLUS, "E-2": Grade.A_PLUS})
    async with signed_in(role, "TR") as (_, visitor):
        for path in ("/evaluation", address, f"{address}/file"):
            await visitor.get(path, expect=403)
        for path in (address, f"{address}/declare", f"{address}/file"):
            await visitor.post(path, GIVEN, expect=403)


async def test_a_stranger_is_sent_to_sign_in(db: Database, signed_in: SignIn, visitor: Visitor) -> None:
    async with signed_in(Role.EVALUATOR) as (owner, _):
        address = await sheet_for(db, owner)
    answer = await visitor.get(address, expect=303)
    assert answer.headers["location"].startswith("/sign-in")
    await visitor.post(address, GIVEN, expect=401)


async def test_the_list_says_where_one_is(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        assert "배정된 계약이 없습니다" in (await visitor.get("/evaluation")).text
        await sheet_for(db, person, grades={"E-1": Grade.C, "E-2": Grade.C}, filed=True)
        address = await sheet_for(db, person, agency="CU")
        page = await visitor.get("/evaluation")
        assert "2건 가운데 1건을 제출하셨습니다" in page.text
        assert "이어서 평가하기: 문화국" in page.text
        assert "2건 중 2번째" in (await visitor.get(address)).text


@pytest.mark.parametrize("phase", [Phase.TALLIED, Phase.PROVISIONAL, Phase.FINAL])
async def test_after_the_scoring_an_undeclared_sheet_says_so_and_takes_no_declaration(
    db: Database, signed_in: SignIn, phase: Phase
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person, phase)
        page = (await visitor.get(address)).text
        assert "평가 기간이 끝났습니다" in page
        assert "이해관계가 있습니까?" not in page
        for form in ({"conflict": "no", "reason": ""}, {"conflict": "yes", "reason": "자문했습니다"}):
            refused = await visitor.post(f"{address}/declare", form, expect=409)
            assert "평가 기간이 끝나" in said(refused)
        assert (await assignment_at(db, address)).declared_at is None
