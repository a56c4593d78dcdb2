"""A judged body challenges an evaluator by number; two officers decide, with reasons; an upheld one never judges it."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from contracts.cycles import cycle_of
from contracts.model import Phase
from contracts.reading import contracts_of
from evaluation.experts.assigning import add, assign
from evaluation.experts.barring import Rule, TieKind
from evaluation.experts.committee import Member, today
from evaluation.experts.conflicts import Challenge, barred_pairs, state_tie
from evaluation.letters import DECIDED, SEATED
from evaluation.model import Assignment, Standing
from office.clock import now
from office.database import Database
from office.errors import Conflict
from office.journal import latest
from office.outbox import Message
from office.people import Person, Role
from office.settings import Settings
from tests.conftest import SignIn
from tests.evaluation.test_assigning import people
from tests.seeding import YEAR, seed_cycle, seed_sheet

OFFICE = f"/office/cycles/{YEAR}/conflicts"
OWN = f"/agency/contracts/{YEAR}-TR/evaluators"


async def committee(db: Database, count: int) -> list[Person]:
    made = await people(db, Role.EVALUATOR, count)
    async with db.writing() as session:
        for number, person in enumerate(made, 1):
            session.add(
                Member(
                    evaluator_id=person.id or 0,
                    number=number,
                    since=today(),
                    until=today() + timedelta(days=300),
                    appointed_at=now(),
                )
            )
    return made


async def decided(db: Database) -> Challenge:
    async with db.reading() as session:
        return (await session.exec(select(Challenge))).one()


async def told(db: Database) -> list[str]:
    """Who has had a letter about a decision."""
    async with db.reading() as session:
        query = select(Message.recipient).where(col(Message.purpose) == DECIDED[True].purpose)
        return list(await session.exec(query))


async def test_a_challenge_is_decided_by_two_officers_on_the_same_reason(
    db: Database, signed_in: SignIn
) -> None:
    evaluators = await committee(db, 3)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (contract, _), *_ = await contracts_of(session, cycle)
        sheet = await seed_sheet(session, contract, evaluators[1], {})
    async with signed_in(Role.HEAD, "TR") as (judged, head), signed_in(Role.HEAD, "CU"):
        page = await head.get(OWN)
        assert "평가위원 2" in page.text
        assert evaluators[1].name not in page.text
        kept = await head.post(OWN, {"number": "9", "reason": "사유가 남습니다"}, expect=422)
        assert "사유가 남습니다" in kept.text
        await head.post(OWN, {"number": "2", "reason": ""}, expect=422)
        await head.post(OWN, {"number": "2", "reason": "입찰에서 다툰 분입니다"})
        await head.post(OWN, {"number": "2", "reason": "한 번 더"}, expect=409)
        one = await decided(db)
        act = f"/office/cycles/{YEAR}/challenges/{one.id}"
        yes = {f"uphold-{one.id}": "yes", f"reason-{one.id}": "다툼이 확인되었습니다"}
        async with signed_in(Role.OFFICE) as (_, first), signed_in(Role.OFFICE) as (_, second):
            assert "입찰에서 다툰" in (await first.get(OFFICE)).text
            await first.post(act, {f"uphold-{one.id}": "yes"}, expect=422)
            await first.post(act, {f"reason-{one.id}": "까닭"}, expect=422)
            assert "결정할 기피 신청 1건" in (await first.get("/office")).text
            await first.post(act, yes)
            await first.post(act, yes, expect=409)
            desk = (await second.get("/office")).text
            assert (
                f"{YEAR}년 기피 신청 결정({one.number}번 평가위원)" in desk
                and f"{YEAR}-TR-{one.id}" not in desk
            )
            assert f'href="{OFFICE}"' in desk
            assert (await decided(db)).upheld is None
            page = await second.get(OFFICE)
            assert "다른 담당자의 확인을 기다립니다" in page.text
            # Another decision is a first press of its own.
            await second.post(act, {**yes, f"uphold-{one.id}": "no"})
            assert (await decided(db)).upheld is None
            assert await told(db) == []
            await first.post(act, {**yes, f"uphold-{one.id}": "no"})
            assert (await decided(db)).upheld is False
            assert await told(db) == [judged.email]
            await second.post(act, yes, expect=409)
        assert "받아들이지 않음" in (await head.get(OWN)).text
        await head.post(OWN, {"number": "2", "reason": "새로 알게 된 일이 있습니다"})
    async with db.reading() as session:
        again = (await session.exec(select(Challenge).where(Challenge.id != one.id))).one()
    act = f"/office/cycles/{YEAR}/challenges/{again.id}"
    async with signed_in(Role.OFFICE) as (_, first), signed_in(Role.OFFICE) as (_, second):
        for visitor in (first, second):
            await visitor.post(act, {f"uphold-{again.id}": "yes", f"reason-{again.id}": "맞습니다"})
        assert "기피: 기관의 신청을 받아들임" in (await second.get(OFFICE)).text
    async with db.writing() as session:
        barred = await barred_pairs(session, cycle)
        assert barred[contract.id or 0, evaluators[1].id or 0].rule is Rule.CHALLENGED
        stored = await session.get(Assignment, sheet.id)
        assert stored is not None
        assert stored.standing is Standing.CONFLICT
        acts = [entry for entry in await latest(session) if entry.act.startswith("evaluation.challenge")]
        assert "입찰" not in str([entry.details for entry in acts])
        assert {entry.act for entry in acts} >= {"evaluation.challenged", "evaluation.challenge-decided"}


async def test_an_upheld_challenge_cannot_be_gone_round_by_hand(db: Database) -> None:
    evaluators = await committee(db, 1)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (contract, _), *_ = await contracts_of(session, cycle)
        session.add(
            Challenge(
                contract_id=contract.id or 0,
                evaluator_id=evaluators[0].id or 0,
                number=1,
                reason="-",
                raised_by=officer.id or 0,
                raised_at=now(),
                upheld=True,
            )
        )
        await session.flush()
        with pytest.raises(Conflict) as refused:
            await add(session, cycle, contract.public_id, evaluators[0].id or 0, officer)
    assert "기피" in refused.value.said()


async def test_the_window_closes_so_many_days_after_the_assignment(db: Database, signed_in: SignIn) -> None:
    evaluators = await committee(db, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (contract, _), *_ = await contracts_of(session, cycle)
        sheet = await seed_sheet(session, contract, evaluators[0])
        sheet.assigned_at = now() - timedelta(days=7, minutes=1)
    async with signed_in(Role.OFFICER, "TR") as (_, officer):
        assert "끝났습니다" in (await officer.get(OWN)).text
        await officer.post(OWN, {"number": "1", "reason": "늦었습니다"}, expect=409)


async def test_who_leaves_is_a_task_of_the_office_and_who_comes_in_late_can_be_challenged(
    db: Database, signed_in: SignIn
) -> None:
    await committee(db, 1)
    async with (
        signed_in(Role.EVALUATOR) as (leaving, evaluator),
        signed_in(Role.OFFICE) as (_, office),
        signed_in(Role.OFFICER, "TR") as (judged, officer),
    ):
        async with db.writing() as session:
            cycle = await seed_cycle(session, Phase.VOTING)
            (contract, _), *_ = await contracts_of(session, cycle)
            sheet = await seed_sheet(session, contract, leaving)
            sheet.conflict, sheet.assigned_at = None, now() - timedelta(days=8)
        assert "끝났습니다" in (await officer.get(OWN)).text
        await evaluator.get(f"/evaluation/{sheet.id}")
        said = {"conflict": "yes", "reason": "지난해까지 자문했습니다"}
        await evaluator.post(f"/evaluation/{sheet.id}/declare", said)
        assert "바꿔야 하는 평가위원 1자리" in (await office.get("/office")).text
        await office.post(f"/office/cycles/{YEAR}/assignments", {"each": "1"})
        for page in ("/office", f"/office/cycles/{YEAR}/assignments"):
            assert "바꿔야 하는 평가위원" not in (await office.get(page)).text
        async with db.reading() as session:
            query = select(Message.recipient).where(col(Message.purpose) == SEATED.purpose)
            assert list(await session.exec(query)) == [judged.email]
        await officer.post(OWN, {"number": "1", "reason": "지난해에 다툰 일이 있습니다"})
    assert (await decided(db)).number == 1


@pytest.mark.parametrize("phase", [Phase.TALLIED, Phase.FINAL])
async def test_after_the_vote_nobody_challenges(db: Database, signed_in: SignIn, phase: Phase) -> None:
    await committee(db, 1)
    async with db.writing() as session:
        await seed_cycle(session, phase)
    async with signed_in(Role.OFFICER, "TR") as (_, officer):
        await officer.get(OWN)
        await officer.post(OWN, {"number": "1", "reason": "늦었습니다"}, expect=409)


async def test_names_are_shown_only_where_the_office_settled_so(db: Database, signed_in: SignIn) -> None:
    evaluators = await committee(db, 2)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (contract, _), *_ = await contracts_of(session, cycle)
        await seed_sheet(session, contract, evaluators[0])
    async with signed_in(Role.OFFICE) as (_, office), signed_in(Role.OFFICER, "TR") as (_, officer):
        setup = f"/office/cycles/{YEAR}/committee/setup"
        await office.post(setup, {"challenge_days": "5", "shows_assigned": "yes"})
        page = await officer.get(OWN)
        assert evaluators[0].name in page.text
        assert evaluators[1].name not in page.text


async def test_another_agencys_evaluators_are_not_for_them_to_know(db: Database, signed_in: SignIn) -> None:
    await committee(db, 1)
    async with db.writing() as session:
        await seed_cycle(session)
    async with signed_in(Role.HEAD, "CU") as (_, head):
        await head.get(OWN, expect=404)
        await head.post(OWN, {"number": "1", "reason": "까닭"}, expect=404)
    async with signed_in(Role.OFFICE) as (_, office):
        await office.get(OWN, expect=403)
        await office.post(
            f"/office/cycles/{YEAR}/challenges/999", {"uphold-999": "no", "reason-999": "-"}, expect=404
        )


async def test_a_tie_stated_while_the_office_assigns_is_never_passed_over(
    own_db: tuple[Database, Settings],
) -> None:
    db, _ = own_db
    evaluators = await people(db, Role.EVALUATOR, 3)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (transport, _), *_ = await contracts_of(session, cycle)

    async def assigning() -> None:
        async with db.writing() as session:
            await assign(session, await cycle_of(session, YEAR), 2, officer)

    async def stating(person: Person) -> None:
        async with db.writing() as session:
            await state_tie(
                session,
                await cycle_of(session, YEAR),
                person,
                kind=TieKind.ADVICE,
                body_code="TR",
                body_name="",
                since=None,
                until=None,
                note="",
            )

    await asyncio.gather(stating(evaluators[0]), assigning(), stating(evaluators[1]))
    async with db.reading() as session:
        query = select(Assignment).where(Assignment.contract_id == transport.id)
        serving = [each.evaluator_id for each in await session.exec(query) if each.serves]
    assert set(serving) <= {evaluators[2].id}
