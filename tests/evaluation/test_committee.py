"""The committee: terms, fields of expertise, ties, and what everybody may know of it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from contracts.model import Phase
from contracts.reading import contracts_of
from evaluation.experts.assigning import add, assign, draft, panels
from evaluation.experts.barring import Rule, TieKind
from evaluation.experts.committee import Member, appoint, end, members, serving, today
from evaluation.experts.conflicts import DeclaredTie, barred_pairs, state_tie
from evaluation.experts.fields import fields_known, save_field
from evaluation.experts.parents import put_under
from evaluation.model import Standing
from office.database import Database
from office.errors import Conflict, Refused
from office.journal import latest
from office.people import Role
from rehearsal import committee as rehearsed
from rehearsal.stage import Actor, Progress, Stage
from tests.conftest import SignIn
from tests.evaluation.test_assigning import people
from tests.seeding import YEAR, seed_cycle, seed_sheet

BASE = f"/office/cycles/{YEAR}/committee"
DAY = timedelta(days=1)


async def test_as_long_as_nobody_is_appointed_every_evaluator_serves(db: Database) -> None:
    evaluators = await people(db, Role.EVALUATOR, 2)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        assert [each.id for each in await serving(session)] == [each.id for each in evaluators]
        first = evaluators[0].id or 0
        await appoint(session, cycle, first, since=today(), until=today(), fields=[], by=officer)
        assert [each.id for each in await serving(session)] == [first]


async def test_who_is_outside_the_term_is_not_assigned_not_even_by_hand(db: Database) -> None:
    before, now_, after, ended = await people(db, Role.EVALUATOR, 4)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        terms = [
            (before, today() - 9 * DAY, today() - DAY),
            (now_, today() - DAY, today()),
            (after, today() + DAY, today() + 9 * DAY),
            (ended, today() - DAY, today() + DAY),
        ]
        for person, since, until in terms:
            made = await appoint(
                session, cycle, person.id or 0, since=since, until=until, fields=[], by=officer
            )
        await end(session, cycle, made, on=today(), reason="사임", by=officer)
        assert [each.id for each in await serving(session)] == [now_.id]
        with pytest.raises(Refused):
            await assign(session, cycle, 2, officer)
        await assign(session, cycle, 1, officer)
        with pytest.raises(Conflict, match="임기"):
            await add(session, cycle, f"{YEAR}-TR", after.id or 0, officer)
        assert {seat.evaluator for panel in await panels(session, cycle) for seat in panel.seats} == {
            now_.name
        }


async def test_terms_of_one_person_do_not_overlap_and_keep_the_number(db: Database) -> None:
    first, second = await people(db, Role.EVALUATOR, 2)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)

        async def term(person_id: int | None, since: int, until: int) -> Member:
            return await appoint(
                session,
                cycle,
                person_id or 0,
                since=today() + since * DAY,
                until=today() + until * DAY,
                fields=[],
                by=officer,
            )

        old = await term(first.id, -20, -10)
        assert (old.number, (await term(second.id, 0, 5)).number) == (1, 2)
        with pytest.raises(Conflict):
            await term(first.id, -10, 5)
        with pytest.raises(Refused):
            await term(first.id, 5, 4)
        assert (await term(first.id, -9, 5)).number == 1
        entries = await latest(session, 3)
        assert all(entry.act == "committee.appointed" for entry in entries)
        assert "위원" not in str([entry.details for entry in entries])


async def test_a_field_is_known_by_the_kind_of_agency_and_by_words_of_its_goals(db: Database) -> None:
    evaluators = await people(db, Role.EVALUATOR, 4)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        await save_field(session, cycle, None, name="문화", kinds=[], goals=["문화국 시설"], by=officer)
        await save_field(session, cycle, None, name="공기업", kinds=["공공 기관"], goals=[], by=officer)
        with pytest.raises(Refused):
            await save_field(session, cycle, None, name="문화", kinds=[], goals=[], by=officer)
        public, culture = await fields_known(session)
        for number, person in enumerate(evaluators):
            await appoint(
                session,
                cycle,
                person.id or 0,
                since=today(),
                until=today(),
                fields=[culture.id or 0] if number == 2 else [public.id or 0, 999],
                by=officer,
            )
        assert (await members(session))[0].fields == ("공기업",)
        made = await draft(session, cycle, 1)
        contract = {p.agency.code: p.contract.id for p in made.panels}["CU"]
        assert (contract, evaluators[2].id) in made.new
        assert made.plan.fitting == 1


async def test_a_tie_bars_and_closes_a_sheet_that_is_not_filed_yet(db: Database) -> None:
    first, second = await people(db, Role.EVALUATOR, 2)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        (transport, _), *_ = await contracts_of(session, cycle)
        sheet = await seed_sheet(session, transport, first, {})
        filed = await seed_sheet(session, transport, second, {}, filed=True)
        for person in (first, second):
            await state_tie(
                session,
                cycle,
                person,
                kind=TieKind.LECTURE,
                body_code="TR",
                body_name="",
                since=None,
                until=None,
                note="특강 두 번",
            )
        assert sheet.standing is Standing.CONFLICT
        assert filed.standing is Standing.FILED
        barred = await barred_pairs(session, cycle)
        assert {pair: each.rule for pair, each in barred.items()} == {
            (transport.id, first.id): Rule.TIE,
            (transport.id, second.id): Rule.TIE,
        }
        with pytest.raises(Refused):  # neither of the two is free
            await assign(session, cycle, 3, officer)
        assert await assign(session, cycle, 2, officer) == 2  # both at the other contract
        assert "특강" not in str([entry.details for entry in await latest(session)])


async def test_a_barred_evaluator_is_refused_by_hand_with_the_rule(db: Database) -> None:
    (person,) = await people(db, Role.EVALUATOR, 1)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        await put_under(session, cycle, "TR", "충청남도", officer)
        await state_tie(
            session,
            cycle,
            person,
            kind=TieKind.AFFILIATION,
            body_code="",
            body_name="충청 남도",
            since=None,
            until=None,
            note="",
        )
        with pytest.raises(Conflict) as refused:
            await add(session, cycle, f"{YEAR}-TR", person.id or 0, officer)
        assert "상급 기관" in refused.value.said()
        await add(session, cycle, f"{YEAR}-CU", person.id or 0, officer)
        await put_under(session, cycle, "TR", "", officer)
        await add(session, cycle, f"{YEAR}-TR", person.id or 0, officer)


async def test_the_office_appoints_on_its_page_and_everybody_sees_numbers_only(
    db: Database, signed_in: SignIn
) -> None:
    (person,) = await people(db, Role.EVALUATOR, 1)
    async with db.writing() as session:
        await seed_cycle(session, Phase.PUBLISHED)
    async with signed_in(Role.OFFICE) as (_, visitor):
        page = await visitor.get(BASE)
        assert "아직 아무도 위촉하지 않았습니다" in page.text
        again = await visitor.post(
            BASE, {"evaluator": str(person.id), "since": "어제", "until": ""}, expect=422
        )
        assert 'value="어제"' in again.text
        await visitor.post(f"{BASE}/fields", {"name": "교통", "kinds": "실·국\r\n\r\n실·국", "goals": ""})
        term = {"since": str(today()), "until": str(today() + DAY)}
        await visitor.post(BASE, {"evaluator": str(person.id), **term, "field": "1"})
        page = await visitor.get(BASE)
        assert "평가위원 1" in page.text
        assert person.name in page.text
        await visitor.post(f"{BASE}/parents", {"agency": "TR", "parent": "충청남도"})
        await visitor.post(f"{BASE}/setup", {"challenge_days": "10", "shows_assigned": "yes"})
        await visitor.post(f"{BASE}/setup", {"challenge_days": "0"}, expect=422)
        assert "충청남도" in (await visitor.get(BASE)).text
        public = await visitor.get("/evaluation/committee")
        assert "평가위원 1" in public.text
        assert person.name not in public.text
        async with db.reading() as session:
            (member,) = await session.exec(select(Member))
            (field,) = await fields_known(session)
            assert field.kinds == ["실·국"]
        await visitor.get(f"{BASE}/fields/{field.id}")
        await visitor.post(f"{BASE}/fields/{field.id}", {"name": "", "kinds": ""}, expect=422)
        await visitor.post(f"{BASE}/fields/{field.id}", {"name": "교통·안전", "goals": "안전"})
        await visitor.get(f"{BASE}/{member.id}")
        await visitor.post(f"{BASE}/{member.id}/fields", {"field": str(field.id)})
        assert "교통·안전" in (await visitor.get("/evaluation/committee")).text
        await visitor.post(f"{BASE}/{member.id}/end", {"on": str(today()), "reason": ""}, expect=422)
        await visitor.post(f"{BASE}/{member.id}/end", {"on": str(today()), "reason": "건강"})
        assert "해촉" in (await visitor.get(BASE)).text
        await visitor.post(f"{BASE}/{member.id}/end", {"on": str(today()), "reason": "건강"}, expect=409)
        await visitor.get(f"{BASE}/999", expect=404)


async def test_an_evaluator_keeps_the_own_profile_and_the_office_sees_it(
    db: Database, signed_in: SignIn
) -> None:
    async with db.writing() as session:
        cycle = await seed_cycle(session)
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        await visitor.get("/evaluation/profile")
        wrong = {"kind": "advice", "body_name": "", "note": "남긴 글"}
        assert "남긴 글" in (await visitor.post("/evaluation/profile", wrong, expect=422)).text
        await visitor.post("/evaluation/profile", {"kind": "advice", "body_code": "TR", "note": "자문 한 번"})
        async with db.reading() as session:
            (tie,) = await session.exec(select(DeclaredTie))
            assert len(await barred_pairs(session, cycle)) == 1
        await visitor.post(f"/evaluation/profile/{tie.id}", {f"until-{tie.id}": "x"}, expect=422)
        await visitor.post(f"/evaluation/profile/{tie.id}", {f"until-{tie.id}": "2020-01-01"})
        async with db.reading() as session:
            assert not await barred_pairs(session, cycle)
        await visitor.post(f"/evaluation/profile/{tie.id}", {"withdraw": "yes"})
        await visitor.post(f"/evaluation/profile/{tie.id}", {"withdraw": "yes"}, expect=409)
        await visitor.post("/evaluation/profile/999", {"withdraw": "yes"}, expect=404)
        own = await visitor.get("/evaluation/profile")
        assert "거둠" in own.text
    async with db.writing() as session:
        member = Member(
            evaluator_id=person.id or 0, number=1, since=today(), until=today(), appointed_at=tie.stated_at
        )
        session.add(member)
        await session.flush()
    async with signed_in(Role.OFFICE) as (_, visitor):
        assert "자문 한 번" in (await visitor.get(f"{BASE}/{member.id}")).text
    async with signed_in(Role.EVALUATOR) as (_, visitor):
        assert "자문 한 번" not in (await visitor.get("/evaluation/profile")).text
        await visitor.post(f"/evaluation/profile/{tie.id}", {"withdraw": "yes"}, expect=404)


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.HEAD, Role.OFFICER, Role.TRUSTEE])
async def test_the_offices_pages_are_the_offices_alone(db: Database, signed_in: SignIn, role: Role) -> None:
    async with db.writing() as session:
        await seed_cycle(session)
    async with signed_in(role, "TR") as (_, visitor):
        await visitor.get(BASE, expect=403)
        await visitor.post(BASE, {}, expect=403)
        await visitor.get(f"/office/cycles/{YEAR}/conflicts", expect=403)
        if role is not Role.EVALUATOR:
            await visitor.get("/evaluation/profile", expect=403)


async def test_the_demonstration_appoints_its_evaluators_through_the_front_door(
    db: Database, signed_in: SignIn
) -> None:
    await people(db, Role.EVALUATOR, 4)
    async with db.writing() as session:
        await seed_cycle(session, Phase.PUBLISHED)
    async with signed_in(Role.OFFICE) as (_, visitor):
        stage = Stage("http://localhost", Progress(print))
        stage.actors.append(Actor("담당", "office", "office@example.org", visitor=visitor))
        assert await rehearsed.appoint(stage, YEAR) == 4
    async with db.reading() as session:
        seated = await members(session)
    assert [each.member.number for each in seated] == [1, 2, 3, 4]
    assert all(each.now and len(each.fields) == 1 for each in seated)
