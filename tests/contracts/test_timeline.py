"""What everybody may read of a contract's life, and how it stood at each checkpoint."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

from sqlmodel import col, select, update

from contracts.cycles import cycle_of, enter_phase
from contracts.keeping.checkpoints import Checkpoint, Moment, Snapshot, checkpoints_of
from contracts.model import ContractNode, Phase
from contracts.public.timeline import ACTS, CYCLE_ACTS, Event, gathered
from office.acts import named
from office.clock import SEOUL, now
from office.database import Database
from office.journal import record
from rehearsal.visitor import Visitor, said
from tests.contracts.conftest import CYCLE, TR, Year
from tests.seeding import YEAR, seed_cycle

PAGE = f"/contracts/{TR}/timeline"


def today() -> date:
    """The day in Seoul, asked anew: the tests may run across midnight."""
    return now().astimezone(SEOUL).date()


async def test_the_life_of_a_contract_is_told_by_role_the_newest_first(year: Year, visitor: Visitor) -> None:
    await year.reporting()
    await year.officers["TR"].post(f"/agency/contracts/{TR}/figures", {"actual-W-1": "9.1"})
    await year.officers["TR"].post(f"/agency/contracts/{TR}/figures", {"actual-W-1": "9.0"})
    text = (await visitor.get(PAGE)).text
    told = [
        "실적과 이행 결과를 적었습니다.",
        "(이날 2번)",
        "&#39;이행·실적 보고&#39; 단계로 넘어갔습니다.",
        "모든 계약을 공개했습니다.",
        "도지사를 대신하여 계약에 서명했습니다.",
        "기관장",
        "계약을 파일로 올렸습니다.",
    ]
    places = [text.index(words) for words in told]
    assert places == sorted(places)
    assert "officer 1" not in text and "office:" not in text and "head:" not in text


async def test_a_draft_has_its_timeline_only_for_those_who_work_on_it(year: Year, visitor: Visitor) -> None:
    await year.drafted()
    await visitor.get(PAGE, expect=404)
    await year.officers["CU"].get(PAGE, expect=404)
    assert "계약을 파일로 올렸습니다" in (await year.officers["TR"].get(PAGE)).text


async def test_acts_that_are_not_named_are_not_shown(db: Database, year: Year, visitor: Visitor) -> None:
    await year.published()
    async with db.writing() as session:
        await record(session, "office:1", "contract.something-inside", TR, note="비밀")
        await record(session, "officer:1", "contract.reply-written", TR)
        await record(session, "system", "contract.reported", f"{YEAR}-CU")
        await record(session, "office:7", "evaluation.assigned", TR, evaluator="evaluator:3")
    text = (await visitor.get(PAGE)).text
    assert "something" not in text and "비밀" not in text and "evaluator" not in text
    assert "실적과 이행 결과를 적었습니다" not in text


def test_every_public_act_has_a_name_in_the_journal_too() -> None:
    assert [act for act in (*ACTS, *CYCLE_ACTS) if named(act)[0] == act] == []


def test_only_the_same_act_of_the_same_role_on_one_day_is_gathered() -> None:
    at = datetime(2026, 3, 2, 3, tzinfo=UTC)

    def event(act: str, who: str, hours: int = 0) -> Event:
        return Event(act, at + timedelta(hours=hours), who, act)

    same = [event("contract.reported", "기관 담당자", hours) for hours in (3, 2, 1)]
    assert [each.times for each in gathered(same)] == [3]
    assert [each.at for each in gathered(same)] == [same[0].at]
    different = [
        event("contract.reported", "a"),
        event("contract.reported", "b"),
        event("contract.checked", "b"),
    ]
    assert [each.times for each in gathered(different)] == [1, 1, 1]
    days_apart = [event("contract.reported", "a", 24), event("contract.reported", "a")]
    assert len(gathered(days_apart)) == 2
    assert len(gathered([event("contract.amended", "a", 1), event("contract.amended", "a")])) == 2


async def test_midyear_is_frozen_by_a_press_and_stays_as_it_was(
    db: Database, year: Year, visitor: Visitor
) -> None:
    await year.reporting()
    await year.office.post(f"{CYCLE}/checkpoints", {"as_of": today().isoformat()})
    await year.officers["TR"].post(
        f"/agency/contracts/{TR}/figures", {"actual-W-1": "8.7", "result-T-1": "노선을 고쳤습니다."}
    )
    page = (await visitor.get(f"/contracts/{TR}/checkpoints/1")).text
    for words in ("그때 실적 9.6분", "<del>9.6분</del>", "<ins>8.7분</ins>", "이행 결과", "그대로입니다"):
        assert words in page, words
    frozen = await visitor.get(f"/contracts/{TR}/checkpoints/1.json")
    record_ = json.loads(frozen.content)
    assert (record_["moment"], record_["as_of"], record_["agency_code"]) == (
        "midyear",
        today().isoformat(),
        "TR",
    )
    assert hashlib.sha256(frozen.content).hexdigest() in page
    text = (await visitor.get(PAGE)).text
    assert f"/contracts/{TR}/checkpoints/1" in text and "중간점검 기록을 굳혔습니다" in text
    await visitor.get(f"/contracts/{TR}/checkpoints/2", expect=404)
    await visitor.get(f"/contracts/{TR}/checkpoints/1.xml", expect=404)
    await visitor.get(f"/contracts/{TR}/checkpoints/x", expect=404)


async def test_a_checkpoint_of_tomorrow_or_of_the_same_day_again_is_refused(year: Year) -> None:
    await year.published()
    day = today()
    early = await year.office.post(f"{CYCLE}/checkpoints", {"as_of": day.isoformat()}, expect=409)
    assert "이행·실적 보고" in said(early)
    await year.office.post(f"{CYCLE}/advance", {"to": "reporting"})
    tomorrow = (day + timedelta(days=1)).isoformat()
    assert (
        "오늘이나 지난 날"
        in (await year.office.post(f"{CYCLE}/checkpoints", {"as_of": tomorrow}, expect=422)).text
    )
    assert "확인해" in (await year.office.post(f"{CYCLE}/checkpoints", {"as_of": "어제"}, expect=422)).text
    await year.office.post(f"{CYCLE}/checkpoints", {"as_of": day.isoformat()})
    again = await year.office.post(f"{CYCLE}/checkpoints", {"as_of": day.isoformat()}, expect=422)
    assert "보다 뒤의 날" in again.text
    await year.officers["TR"].post(f"{CYCLE}/checkpoints", {"as_of": day.isoformat()}, expect=403)


async def test_the_year_end_is_frozen_when_scoring_begins_however_it_begins(db: Database) -> None:
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.PUBLISHED)
        await enter_phase(session, cycle, Phase.TALLIED, "test")
        (taken,) = await checkpoints_of(session, cycle)
        assert (taken.moment, taken.number) == (Moment.YEAREND, 1)
        assert len(list(await session.exec(select(Snapshot)))) == 3


async def test_entering_a_phase_before_scoring_or_after_it_freezes_nothing(db: Database) -> None:
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.PUBLISHED)
        await enter_phase(session, cycle, Phase.REPORTING, "test")
        assert await checkpoints_of(session, cycle) == []
        await enter_phase(session, cycle, Phase.SCORING, "test")
        await enter_phase(session, cycle, Phase.VOTING, "test")
        assert len(await checkpoints_of(session, cycle)) == 1


async def test_two_checkpoints_are_compared_with_each_other(db: Database, visitor: Visitor) -> None:
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.REPORTING)
        session.add(
            Checkpoint(
                cycle_id=cycle.id or 0,
                number=1,
                moment=Moment.MIDYEAR,
                as_of=today(),
                taken_at=now(),
                taken_by="t",
            )
        )
        await enter_phase(session, cycle, Phase.SCORING, "test")
        (_, second) = await checkpoints_of(session, cycle)
        snapshots = list(await session.exec(select(Snapshot).where(col(Snapshot.checkpoint_id) == second.id)))
        first = (await checkpoints_of(session, cycle))[0]
        for each in snapshots:
            older = each.record.replace('"노선 12개를 고쳤습니다."', '""')
            session.add(
                Snapshot(
                    checkpoint_id=first.id or 0,
                    contract_id=each.contract_id,
                    record=older,
                    sha256=hashlib.sha256(older.encode()).hexdigest(),
                )
            )
        await session.exec(
            update(ContractNode).where(col(ContractNode.code) == "T-2").values(title="뒤에 바뀐 이름")
        )
    page = (await visitor.get(f"/contracts/{TR}/checkpoints/1")).text
    assert "노선 12개를 고쳤습니다." in page and "뒤에 바뀐 이름" not in page and "다음 점검 보기" in page
    last = (await visitor.get(f"/contracts/{TR}/checkpoints/2")).text
    assert "뒤에 바뀐 이름" in last and "지금의 계약과 견주었습니다" in last


async def test_bytes_that_were_changed_in_the_database_are_told(db: Database, visitor: Visitor) -> None:
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.REPORTING)
        await enter_phase(session, cycle, Phase.SCORING, "test")
        assert (await cycle_of(session, YEAR)).id == cycle.id
        for each in await session.exec(select(Snapshot)):
            each.record = each.record.replace("9.6", "9.1")
            session.add(each)
    assert "굳힌 내용과 다릅니다" in (await visitor.get(f"/contracts/{TR}/checkpoints/1")).text
