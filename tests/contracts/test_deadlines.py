"""Deadlines of a cycle: what is late and by whom, single ones moved with a reason, letters sent once at their time."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine
from litestar import Litestar
from sqlalchemy import event
from sqlmodel import select

from contracts.cycles import cycle_of, enter_phase, plan
from contracts.letters import DEADLINE_MOVED
from contracts.model import Cycle, Phase
from contracts.reading import contracts_of
from contracts.timing.deadlines import Deadlines, duties_of, duties_of_agency
from contracts.timing.duties import Duty, Stage, Task
from contracts.timing.reminders import LETTER, Reminder, remind_all, sent_of
from evaluation.arithmetic.marks import Grade
from evaluation.deadlines import sheets_to_file
from office.carriers import Letter
from office.clock import SEOUL, now
from office.database import Database
from office.journal import JournalEntry
from office.outbox import Message, Outbox, latest
from office.people import Person, Role, enrol
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests.conftest import PASSWORD, SECRET, SignIn
from tests.contracts.conftest import CYCLE, TR, Year
from tests.contracts.wishing import Form
from tests.letters import told
from tests.seeding import SAFETY, YEAR, seed_cycle, seed_sheet

PLAN = {
    Phase.PUBLISHED: date(2030, 3, 2),
    Phase.REPORTING: date(2030, 3, 10),
    Phase.SCORING: date(2030, 12, 10),
    Phase.VOTING: date(2031, 1, 11),
}
FIGURES = date(2030, 11, 19)
DESK = f"{CYCLE}/deadlines"


def soon(days: int) -> dict[Phase, date]:
    """A plan whose scoring begins so many days from today: evidence is due 14 days before, figures 21."""
    first = now().astimezone(SEOUL).date() + timedelta(days=days)
    return {Phase.REPORTING: first - timedelta(days=200), Phase.SCORING: first}


async def reporting(db: Database, year: Year, days: int) -> None:
    """Reporting is open, and scoring is planned so many days from today."""
    await year.reporting()
    async with db.writing() as session:
        await plan(session, await cycle_of(session, YEAR), soon(days), "test")


def seoul(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SEOUL)


def at(day: date, hour: int = 10) -> time_machine.travel:
    """A day in Seoul; the clock stands still."""
    return time_machine.travel(seoul(day, hour), tick=False)


async def planned(db: Database, phase: Phase = Phase.REPORTING) -> Cycle:
    async with db.writing() as session:
        cycle = await seed_cycle(session, phase)
        await plan(session, cycle, PLAN, "test")
        return cycle


async def someone(
    db: Database, settings: Settings, role: Role, agency: str | None = None, n: int = 1
) -> Person:
    async with db.writing() as session:
        return await enrol(
            session, settings, email=f"{role.value}-{agency}-{n}@example.org", name=f"{role.value} {n}", role=role,
            agency=agency, password=PASSWORD, totp_secret=SECRET,
        )  # fmt: skip


async def duties(db: Database, cycle: Cycle) -> dict[tuple[Task, str], Duty]:
    async with db.reading() as session:
        found = await Deadlines(sheets_to_file).of(session, cycle)
    return {(each.task, each.public_id or each.who): each for each in found}


async def letters(db: Database) -> list[Message]:
    async with db.reading() as session:
        return await latest(session, purpose=LETTER)


async def test_without_a_plan_there_is_nothing_to_be_late_with(db: Database, year: Year) -> None:
    await year.reporting()
    async with db.reading() as session:
        assert await duties_of(session, await cycle_of(session, YEAR)) == []
    assert "아직 계산할 마감이 없습니다" in (await year.office.get(DESK)).text


async def test_duties_say_who_by_when_and_whether_it_is_done(db: Database) -> None:
    cycle = await planned(db)
    found = await duties(db, cycle)
    figures = found[Task.FIGURES, f"{YEAR}-SA"]
    assert (figures.who, figures.name, figures.day, figures.done) == ("SA", "안전공사", FIGURES, False)
    assert figures.possible and not figures.closed
    assert found[Task.FIGURES, TR].done, "its figures came with the file"
    assert found[Task.MIDYEAR, f"{YEAR}-SA"].done and not found[Task.EVIDENCE, TR].done
    assert found[Task.REPLY, TR].optional and not found[Task.REPLY, TR].late(seoul(date(2032, 1, 1)))
    assert found[Task.CHECK, TR].who == "verifier" and not found[Task.CHECK, TR].done
    assert found[Task.SIGN, TR].closed and not found[Task.SIGN, TR].possible
    async with db.reading() as session:
        own = await duties_of_agency(session, cycle, "SA")
    assert {each.who for each in own} == {"SA"} and Task.CHECK not in {each.task for each in own}
    assert [each.due_at for each in own] == sorted(each.due_at for each in own)


async def test_the_number_of_statements_does_not_grow_with_the_contracts(db: Database) -> None:
    async with db.writing() as session:
        more = [replace(SAFETY, agency_code=f"X{n}", agency=f"공사 {n}") for n in range(20)]
        cycle = await seed_cycle(session, Phase.REPORTING, trees=more)
        await plan(session, cycle, PLAN, "test")
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    async with db.reading() as session:
        connection = (await session.connection()).sync_connection
        event.listen(connection, "before_cursor_execute", count)
        found = await duties_of(session, cycle)
        event.remove(connection, "before_cursor_execute", count)
    assert len(found) > 100
    assert counted <= 12


async def test_an_evaluators_duty_is_done_with_the_last_sheet(db: Database, settings: Settings) -> None:
    cycle = await planned(db, Phase.SCORING)
    expert = await someone(db, settings, Role.EVALUATOR)
    async with db.writing() as session:
        (first, _), (second, _), _ = await contracts_of(session, cycle)
        grades = {"E-1": Grade.A_ZERO, "E-2": Grade.B_PLUS}
        await seed_sheet(session, first, expert, grades, filed=True)
        sheet = await seed_sheet(session, second, expert, grades)
    key = (Task.MARKS, f"evaluator:{expert.id}")
    assert not (await duties(db, cycle))[key].done
    async with db.writing() as session:
        session.add(sheet)
        sheet.filed_at = seoul(date(2031, 1, 5))
    duty = (await duties(db, cycle))[key]
    assert duty.done_at == seoul(date(2031, 1, 5)) and duty.possible


async def test_the_desk_says_what_is_next_when_nothing_is_late(db: Database, year: Year) -> None:
    await reporting(db, year, 20)
    text = (await year.office.get(DESK)).text
    assert "늦은 일이 없습니다" in text and "증빙자료" in text and "6일 남음" in text
    assert "계약 내기" in text, "the rules are told"
    await year.officers["TR"].get(DESK, expect=403)


async def test_the_desk_says_what_is_late_by_whom_and_how_many_days(db: Database, year: Year) -> None:
    await reporting(db, year, 11)
    text = (await year.office.get(DESK)).text
    assert "늦은 일이 2건 있습니다" in text and "3일 지났습니다" in text
    assert "교통국" in text and "문화국" in text and "3일" in text
    desk = (await year.office.get("/office")).text
    assert "마감이 지난 일 2건" in desk and f"{CYCLE}/deadlines" in desk


async def test_an_agencys_page_shows_its_own_open_deadlines(db: Database, year: Year) -> None:
    await reporting(db, year, 16)
    text = (await year.officers["TR"].get("/agency")).text
    assert "언제까지 해야 하나요?" in text and "증빙자료" in text and "2일 남음" in text
    assert "연말 실적" in text, "what else is open stands there, too"
    assert "2일 남음" in (await year.heads["TR"].get("/agency")).text


async def test_a_deadline_of_one_agency_is_moved_with_a_reason_everybody_reads(
    db: Database, year: Year, visitor: Visitor
) -> None:
    await reporting(db, year, 20)
    today = now().astimezone(SEOUL).date()
    later = today + timedelta(days=13)
    form = {"agency": "TR", "task": "evidence", "day": later.isoformat(), "reason": "전산망이 멈추었습니다."}
    await year.office.post(f"{DESK}/move", form)
    assert "본인이 요청하셨습니다" in (await year.office.get(DESK)).text
    await year.office.post(f"{DESK}/move", form, expect=409)
    for page in (await year.officers["TR"].get("/agency"), await visitor.get(f"/contracts/{TR}/timeline")):
        assert "전산망이 멈추었습니다." not in page.text, "one officer alone moves nothing"
    asked = Form((await year.second.get(DESK)).text.partition('id="field-agency"')[0], "/deadlines/move").sent
    assert asked == form
    await year.second.post(f"{DESK}/move", asked)
    text = (await year.office.get(DESK)).text
    assert "옮긴 마감" in text and "전산망이 멈추었습니다." in text
    assert len(await told(db, DEADLINE_MOVED.purpose, "증빙자료")) == len(("officer", "head"))
    own = (await year.officers["TR"].get("/agency")).text
    assert "13일 남음" in own and "전산망이 멈추었습니다." in own
    assert "전산망이 멈추었습니다." in (await visitor.get(f"/contracts/{TR}/timeline")).text
    async with db.reading() as session:
        found = await duties_of(session, await cycle_of(session, YEAR))
    days = {each.who: each.day for each in found if each.task is Task.EVIDENCE}
    assert days == {"TR": later, "CU": today + timedelta(days=6)}


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"agency": "XX"}, 422, "기관을 골라"),
        ({"task": "check"}, 422, "기관마다 옮길 수"),
        ({"task": "nothing"}, 422, "목록에서"),
        ({"day": "2020-11-19"}, 422, "오늘이나 뒤의 날"),
        ({"reason": " "}, 422, "꼭 적어야"),
        ({"task": "sign"}, 409, "이미 지난 단계"),
    ],
)
async def test_a_move_that_cannot_be_made_says_why(
    db: Database, year: Year, fields: dict[str, str], status: int, says: str
) -> None:
    await reporting(db, year, 20)
    form = {"agency": "TR", "task": "evidence", "day": "2099-12-03", "reason": "까닭이 있습니다."} | fields
    answer = await year.office.post(f"{DESK}/move", form, expect=status)
    assert says in answer.text
    if "reason" not in fields:
        assert "까닭이 있습니다." in answer.text


async def test_letters_go_a_week_before_the_day_before_and_the_day_after_each_once(
    app: Litestar, db: Database, settings: Settings
) -> None:
    cycle = await planned(db)
    late, done, head = (
        await someone(db, settings, Role.OFFICER, "SA"),
        await someone(db, settings, Role.OFFICER, "TR"),
        await someone(db, settings, Role.HEAD, "SA"),
    )
    told: list[tuple[str, int]] = []
    for days in range(-9, 6):
        for hour in (3, 10, 20):
            with at(FIGURES + timedelta(days=days), hour):
                for _ in range(2):
                    before = len(await letters(db))
                    await remind_all(db, settings, app.state.outbox, app.state.deadlines)
                    fresh = [each for each in (await letters(db)) if "연말 실적" in (each.body or "")]
                    if len(await letters(db)) > before and len(fresh) > len(told):
                        told.append((fresh[0].recipient, days))
    assert told == [(late.email, -7), (late.email, -1), (late.email, 1)]
    assert done.email not in {
        each.recipient for each in await letters(db) if "연말 실적" in (each.body or "")
    }
    assert head.email not in {each.recipient for each in await letters(db)}
    async with db.reading() as session:
        stages = [each.stage for each in await sent_of(session, cycle) if each.task is Task.FIGURES]
        entries = [e for e in await session.exec(select(JournalEntry)) if e.act == "deadlines.reminded"]
    assert sorted(stages) == sorted(Stage) and entries and entries[0].subject == str(YEAR)
    (week,) = [
        each
        for each in await letters(db)
        if "7일 남았습니다" in (each.body or "") and "연말 실적" in (each.body or "")
    ]
    assert f"/agency/contracts/{YEAR}-SA/figures" in (week.body or "") and "11월 19일" in (week.body or "")


async def test_the_clock_sends_them_by_itself(app: Litestar, db: Database, settings: Settings) -> None:
    await planned(db)
    officer = await someone(db, settings, Role.OFFICER, "SA")
    with at(FIGURES - timedelta(days=1)):
        await app.state.clock.tick()
        await app.state.clock.tick()
    assert [each.recipient for each in await letters(db)] == [officer.email]


async def test_a_calendar_of_the_past_sends_nothing(app: Litestar, db: Database, settings: Settings) -> None:
    await planned(db)
    await someone(db, settings, Role.OFFICER, "SA")
    with at(date(2032, 6, 1)):
        await remind_all(db, settings, app.state.outbox, app.state.deadlines)
    assert await letters(db) == []


async def test_nobody_is_reminded_of_what_cannot_be_done_yet_or_any_more(
    app: Litestar, db: Database, settings: Settings
) -> None:
    cycle = await planned(db, Phase.PUBLISHED)
    await someone(db, settings, Role.OFFICER, "SA")
    with at(FIGURES - timedelta(days=1)):
        await remind_all(db, settings, app.state.outbox, app.state.deadlines)
        async with db.writing() as session:
            await enter_phase(session, await cycle_of(session, cycle.year), Phase.SCORING, "test")
        await remind_all(db, settings, app.state.outbox, app.state.deadlines)
    assert await letters(db) == []


async def test_reminders_may_be_switched_off_and_on_again(
    app: Litestar, db: Database, settings: Settings, signed_in: SignIn
) -> None:
    await planned(db)
    officer = await someone(db, settings, Role.OFFICER, "SA")
    async with signed_in(Role.OFFICE) as (_, office):
        assert "켜져 있음" in (await office.get(DESK)).text
        await office.post(f"{DESK}/reminders", {"send": "no"})
        assert "꺼져 있음" in (await office.get(DESK)).text
        with at(FIGURES - timedelta(days=1)):
            assert await remind_all(db, settings, app.state.outbox, app.state.deadlines) == 0
        await office.post(f"{DESK}/reminders", {"send": "yes"})
        await office.post(f"{DESK}/reminders", {"send": "yes"})
        with at(FIGURES - timedelta(days=1)):
            assert await remind_all(db, settings, app.state.outbox, app.state.deadlines) == 1
        assert "1통" in (await office.get(DESK)).text
    assert [each.recipient for each in await letters(db)] == [officer.email]


async def test_a_moved_deadline_is_reminded_of_at_its_own_time(
    app: Litestar, db: Database, settings: Settings, signed_in: SignIn
) -> None:
    await planned(db)
    moved, other = (
        await someone(db, settings, Role.OFFICER, "SA"),
        await someone(db, settings, Role.OFFICER, "CU"),
    )
    async with signed_in(Role.OFFICE) as (_, office), signed_in(Role.OFFICE) as (_, second):
        form = {"agency": "SA", "task": "evidence", "day": "2031-01-05", "reason": "시스템 교체"}
        for officer in (office, second):
            await officer.post(f"{DESK}/move", form)
    with at(date(2030, 11, 25)):
        await remind_all(db, settings, app.state.outbox, app.state.deadlines)
    assert {each.recipient for each in await letters(db) if "증빙자료" in (each.body or "")} == {other.email}
    with at(date(2031, 1, 4)):
        await remind_all(db, settings, app.state.outbox, app.state.deadlines)
    assert moved.email in {each.recipient for each in await letters(db) if "증빙자료" in (each.body or "")}


async def test_a_verifier_gets_one_letter_for_all_contracts(
    app: Litestar, db: Database, settings: Settings
) -> None:
    await planned(db)
    verifier = await someone(db, settings, Role.VERIFIER)
    with at(date(2030, 12, 8)):
        await remind_all(db, settings, app.state.outbox, app.state.deadlines)
    mine = [each for each in await letters(db) if each.recipient == verifier.email]
    assert len(mine) == 1 and "남은 계약은 3건입니다." in (mine[0].body or "")


async def test_two_processes_at_once_send_one_letter(own_db: tuple[Database, Settings]) -> None:
    db, settings = own_db
    await planned(db)
    officer = await someone(db, settings, Role.OFFICER, "SA")

    class Carrier:
        def __init__(self) -> None:
            self.carried: list[Letter] = []

        async def carry(self, letter: Letter) -> str:
            self.carried.append(letter)
            return "carried"

    carrier = Carrier()
    outboxes: Sequence[Outbox] = [Outbox(db, {"mail": carrier}) for _ in range(4)]
    with at(FIGURES - timedelta(days=7)):
        sent = await asyncio.gather(
            *(remind_all(db, settings, outbox, Deadlines(sheets_to_file)) for outbox in outboxes)
        )
        for outbox in outboxes:
            await outbox.deliver()
        assert await remind_all(db, settings, outboxes[0], Deadlines(sheets_to_file)) == 0
    assert sorted(sent) == [0, 0, 0, 1]
    assert [each.recipient for each in carrier.carried] == [officer.email]
    async with db.reading() as session:
        assert len(list(await session.exec(select(Reminder)))) == 1


async def test_every_active_body_counts_and_a_mid_year_deadline_stays_before_the_last(
    db: Database, settings: Settings, year: Year
) -> None:
    await year.drafted()
    await someone(db, settings, Role.OFFICER, "NEW")
    async with db.writing() as session:
        cycle = await cycle_of(session, YEAR)
        await plan(session, cycle, PLAN, "test")
    submits = {key: duty for key, duty in (await duties(db, cycle)).items() if key[0] is Task.SUBMIT}
    assert {duty.who for duty in submits.values()} == {"TR", "CU", "NEW"}
    assert not submits[Task.SUBMIT, "NEW"].done
    waiting = {"agency": "NEW", "task": "submit", "day": "2030-01-30", "reason": "새로 만든 기관입니다."}
    for officer in (year.office, year.second):
        await officer.post(f"{DESK}/move", waiting)
        assert "새로 만든 기관입니다." in (await officer.get(DESK)).text
    moved = (await duties(db, cycle))[Task.SUBMIT, "NEW"]
    assert (moved.day.isoformat(), moved.moved_reason) == ("2030-01-30", "새로 만든 기관입니다.")
    assert len(await told(db, DEADLINE_MOVED.purpose, "계약 내기")) == 1
    form = {"agency": "TR", "task": "midyear", "day": "2030-11-20", "reason": "늦은 보고"}
    refused = await year.office.post(f"{DESK}/move", form, expect=422)
    assert "연말 실적 마감(2030년 11월 19일)보다 늦을 수 없습니다" in refused.text
    for officer in (year.office, year.second):
        await officer.post(f"{DESK}/move", form | {"day": "2030-11-19"})
    early = await year.office.post(
        f"{DESK}/move", form | {"task": "figures", "day": "2030-11-01"}, expect=422
    )
    assert "중간 실적 마감(2030년 11월 19일)보다 이를 수 없습니다" in early.text
