"""A filed sheet comes back only by two officers with a reason, until the tally; what was filed stays as it was."""

import hashlib
import json

import pytest
from sqlmodel import col, select

from contracts.model import Cycle, Phase
from evaluation.arithmetic.marks import Grade
from evaluation.marking.given import grades_of
from evaluation.marking.lapsing import restore_lapsed
from evaluation.marking.locking import FiledSheet
from office.database import Database
from office.journal import JournalEntry
from office.outbox import Message
from office.people import Role
from rehearsal.visitor import Visitor, said
from tests.conftest import SignIn
from tests.evaluation.test_rounds import HIGH, ROUNDS, colleague, filed, switched_on
from tests.evaluation.test_sheets import GIVEN, assignment_at, sheet_for
from tests.seeding import YEAR

WHY = {"cause": "wrong_entry", "reason": "등급을 거꾸로 적었다고 전화로 알려 왔습니다"}


def page_of(address: str) -> str:
    return f"/office/cycles/{YEAR}/assignments/{address.rpartition('/')[2]}/reopen"


async def both_press(signed_in: SignIn, address: str) -> None:
    async with signed_in(Role.OFFICE) as (_, one), signed_in(Role.OFFICE) as (_, two):
        await one.get(page_of(address))
        await one.post(page_of(address), WHY)
        await two.get(page_of(address))
        await two.post(f"{page_of(address)}/agree")


async def kept(db: Database) -> list[FiledSheet]:
    async with db.reading() as session:
        return list(await session.exec(select(FiledSheet).order_by(col(FiledSheet.id))))


async def test_one_officer_alone_reopens_nothing(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor), signed_in(Role.OFFICE) as (_, officer):
        address = await sheet_for(db, person)
        await filed(visitor, address)
        at = page_of(address)
        await officer.get(at)
        await officer.post(f"{at}/agree", expect=409)
        await officer.post(at, WHY)
        refused = await officer.post(f"{at}/agree", expect=409)
        assert "다른 담당자" in said(refused)
        again = await officer.post(at, WHY, expect=409)
        assert "다른 담당자" in said(again)
        assert "본인이 요청하셨습니다" in (await officer.get(at)).text
        assert (await assignment_at(db, address)).filed_at is not None
        await visitor.post(address, {"grade-E-1": "E0"}, expect=409)


async def test_two_officers_reopen_and_the_filed_version_stays(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await filed(visitor, address)
        (before,) = await kept(db)
        await both_press(signed_in, address)
        assert (await assignment_at(db, address)).filed_at is None
        page = (await visitor.get(address)).text
        assert "다시 열린 평가표" in page and "민원을 빨리 고쳤습니다" in page
        await visitor.post(address, {"grade-E-1": "E0"})
        cycle_grades = await the_grades(db)
        assert cycle_grades == {}
        await visitor.post(f"{address}/file")
        assert await the_grades(db) == {"TR": {"E-1": (Grade.E_ZERO,), "E-2": (None,)}}
    first, second = await kept(db)
    assert (first.content, first.sha256, first.filed_at) == (before.content, before.sha256, before.filed_at)
    assert first.sha256 == hashlib.sha256(first.content.encode()).hexdigest()
    assert len({json.loads(version.content)["salt"] for version in (first, second)}) == 2
    marks = [json.loads(version.content)["marks"][0] for version in (first, second)]
    assert [mark["grade"] for mark in marks] == ["A0", "E0"]
    assert {mark["strength"] for mark in marks} == {GIVEN["strength-E-1"]}
    async with db.reading() as session:
        entries = list(await session.exec(select(JournalEntry).order_by(col(JournalEntry.id))))
        letters = list(await session.exec(select(Message).where(col(Message.purpose) == "reopened")))
    reopened = next(entry for entry in entries if entry.act == "evaluation.reopened")
    assert reopened.subject == f"{YEAR}-TR"
    assert (reopened.details["cause"], reopened.details["filed_sha256"]) == ("wrong_entry", before.sha256)
    assert "거꾸로" not in str([entry.details for entry in entries])
    assert [letter.recipient for letter in letters] == [person.email]


async def tallied(db: Database) -> None:
    async with db.writing() as session:
        (await session.exec(select(Cycle))).one().phase = Phase.TALLIED


async def the_grades(db: Database) -> dict[str, dict[str, tuple[Grade | None, ...]]]:
    async with db.reading() as session:
        return await grades_of(session, (await session.exec(select(Cycle))).one())


async def test_a_reason_is_needed_and_what_was_typed_stays(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor), signed_in(Role.OFFICE) as (_, officer):
        address = await sheet_for(db, person)
        await filed(visitor, address)
        at = page_of(address)
        await officer.get(at)
        answer = await officer.post(at, {"cause": "other", "reason": "  "}, expect=422)
        assert "까닭" in said(answer)
        answer = await officer.post(at, {"reason": "남아 있어야 할 설명"}, expect=422)
        assert "남아 있어야 할 설명" in answer.text
        await officer.post(at, {"cause": "because", "reason": "없는 갈래"}, expect=422)
        await officer.post(at, {"cause": "other", "reason": "가" * 501}, expect=422)


async def test_another_reason_begins_the_two_presses_anew(db: Database, signed_in: SignIn) -> None:
    async with (
        signed_in(Role.EVALUATOR) as (person, visitor),
        signed_in(Role.OFFICE) as (_, one),
        signed_in(Role.OFFICE) as (_, two),
    ):
        address = await sheet_for(db, person)
        await filed(visitor, address)
        at = page_of(address)
        for officer in (one, two):
            await officer.get(at)
        await one.post(at, WHY)
        await two.post(at, {"cause": "other", "reason": "제가 보기에는 다른 까닭입니다"})
        await two.post(f"{at}/agree", expect=409)
        assert "제가 보기에는 다른 까닭입니다" in (await one.get(at)).text
        await one.post(f"{at}/agree")
        assert (await assignment_at(db, address)).filed_at is None
        await one.post(f"{at}/agree", expect=409)


async def test_a_request_about_an_earlier_version_does_not_reopen_a_later_one(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await filed(visitor, address)
        await both_press(signed_in, address)
        await visitor.post(f"{address}/file")
        async with signed_in(Role.OFFICE) as (_, officer):
            await officer.get(page_of(address))
            await officer.post(f"{page_of(address)}/agree", expect=409)
    assert (await assignment_at(db, address)).filed_at is not None


async def test_of_two_rounds_the_later_is_given_back(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await sheet_for(db, await colleague(db, 1), grades=HIGH, filed=True)
        await switched_on(db, signed_in)
        await filed(visitor, address)
        await visitor.get(f"{address}/reconcile")
        await visitor.post(f"{address}/reconcile", {"grade-E-1": "C", "reason-E-1": "지적이 옳습니다"})
        await visitor.post(f"{address}/reconcile/file")
        await both_press(signed_in, address)
        assignment = await assignment_at(db, address)
        assert (assignment.filed_at is not None, assignment.reconciled_at) == (True, None)
        assert (await the_grades(db))["TR"]["E-1"] == (Grade.A_ZERO, Grade.A_PLUS)
        await visitor.get(f"{address}/reconcile")
        await visitor.post(f"{address}/reconcile/file")
        assert (await the_grades(db))["TR"]["E-1"] == (Grade.C, Grade.A_PLUS)
        await both_press(signed_in, address)
        await both_press(signed_in, address)
        assert "TR" in await the_grades(db), "the colleague's"
        await tallied(db)
        assert await restore_lapsed(db) == 1, "both rounds were open"
        assert (await the_grades(db))["TR"]["E-1"] == (Grade.C, Grade.A_PLUS)


async def test_a_sheet_not_filed_again_counts_as_it_was_filed(db: Database, signed_in: SignIn) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        address = await sheet_for(db, person)
        await filed(visitor, address)
        before, when = await the_grades(db), (await assignment_at(db, address)).filed_at
        await both_press(signed_in, address)
        await visitor.get(address)
        await visitor.post(address, {"grade-E-1": "E0", "strength-E-1": "고쳐 쓰던 글"})
        assert await restore_lapsed(db) == 0, "it may still be filed"
        await tallied(db)
        assert await restore_lapsed(db) == 1
        assert await the_grades(db) == before and before["TR"]["E-1"] == (Grade.A_ZERO,)
        assert (await assignment_at(db, address)).filed_at == when
        page = (await visitor.get(address)).text
        assert "민원을 빨리 고쳤습니다" in page and "고쳐 쓰던 글" not in page
        assert await restore_lapsed(db) == 0
    async with db.reading() as session:
        query = select(JournalEntry).where(col(JournalEntry.act) == "evaluation.lapsed")
        (entry,) = await session.exec(query)
    assert entry.details["filed_sha256"] == (await kept(db))[0].sha256


@pytest.mark.parametrize("phase", [Phase.TALLIED, Phase.PROVISIONAL, Phase.FINAL])
async def test_after_the_tally_nothing_is_reopened(db: Database, signed_in: SignIn, phase: Phase) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor), signed_in(Role.OFFICE) as (_, officer):
        address = await sheet_for(db, person)
        await filed(visitor, address)
        async with db.writing() as session:
            (await session.exec(select(Cycle))).one().phase = phase
        assert "더 열 수 없습니다" in (await officer.get(page_of(address))).text
        await officer.post(page_of(address), WHY, expect=409)
        await officer.post(f"{page_of(address)}/agree", expect=409)


async def test_an_unfiled_sheet_has_no_such_page_and_no_grade_is_ever_on_the_office_s(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor), signed_in(Role.OFFICE) as (_, officer):
        address = await sheet_for(db, person, grades={"E-1": Grade.B_PLUS, "E-2": Grade.B_PLUS})
        await officer.get(page_of(address), expect=404)
        await officer.post(page_of(address), WHY, expect=404)
        await officer.get(page_of("/evaluation/999999"), expect=404)
        for page in (ROUNDS, f"/office/cycles/{YEAR}/assignments"):
            assert "B+" not in (await officer.get(page)).text
        await visitor.get(address)
        await visitor.post(f"{address}/file")
        for page in (ROUNDS, page_of(address)):
            text = (await officer.get(page)).text
            assert "B+" not in text and person.name in text


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.HEAD, Role.OFFICER, Role.TRUSTEE])
async def test_only_the_office_reopens(db: Database, signed_in: SignIn, role: Role) -> None:
    async with signed_in(Role.EVALUATOR) as (person, visitor), signed_in(role, "TR") as (_, somebody):
        address = await sheet_for(db, person)
        await filed(visitor, address)
        await refused_to(somebody, page_of(address), ROUNDS)


async def refused_to(visitor: Visitor, *pages: str) -> None:
    for page in pages:
        await visitor.get(page, expect=403)
        await visitor.post(page, WHY, expect=403)
    await visitor.post(f"{pages[0]}/agree", expect=403)
    await visitor.post(f"{pages[1]}/open", {"contract": f"{YEAR}-TR"}, expect=403)
