"""What people see of the result: home, desk, ranking, an agency's report; and who does not see it yet."""

import csv
import io
from datetime import date, timedelta

import pytest
from sqlmodel import col, select, update

from contracts.cycles import create_cycle, plan
from contracts.model import CalendarDay, Contract, ContractState, Cycle, Phase
from contracts.reading import published_trees
from contracts.terms.tree import ContractTree
from contracts.writing.drafting import store_contracts
from office.clock import now
from office.database import Database
from office.outbox import Fate, Message
from office.people import Person, Role
from rehearsal.visitor import Visitor
from reports.bundle import Bundle
from reports.crediting import Option
from reports.model import Run
from reports.ranking import evaluate
from reports.rulebook import default_rulebook, read_rulebook
from reports.runs import make_run
from reports.web.addresses import place_of
from reports.web.ranking import as_csv
from tests.conftest import SignIn
from tests.reports.test_runs import seed_counted
from tests.seeding import SAFETY, YEAR, seed_cycle, seed_tally

REPORT = f"/reports/{YEAR}/TR"
RANKING = f"/ranking/{YEAR}"
PICTURES = ("figure.svg", "votes.svg")


async def seed_run(db: Database, *, published: bool, simulated: tuple[str, ...] = ()) -> Person:
    officer = await seed_counted(db, simulated=simulated)
    await make_run(db, YEAR, officer)
    if published:
        async with db.writing() as session:
            await session.exec(update(Run).values(published_at=now()))
            await session.exec(update(Cycle).values(phase=Phase.PROVISIONAL))
    return officer


async def test_a_head_reads_the_own_report_before_publication_and_no_others(
    db: Database, signed_in: SignIn
) -> None:
    await seed_run(db, published=False)
    for role in (Role.HEAD, Role.OFFICER):
        async with signed_in(role, "TR") as (_, visitor):
            page = await visitor.get(REPORT)
            assert "아직 공개하지 않은 결과" in page.text
            assert "문화국" not in page.text and "안전공사" not in page.text
            assert (await visitor.get("/reports", expect=303)).headers["location"] == REPORT
            for own in (*PICTURES, "report.pdf"):
                await visitor.get(f"{REPORT}/{own}")
            for other in ("CU", "SA", "XX"):
                await visitor.get(f"/reports/{YEAR}/{other}", expect=404)
                for file in (*PICTURES, "report.pdf"):
                    await visitor.get(f"/reports/{YEAR}/{other}/{file}", expect=404)
                    await visitor.get(f"/reports/{YEAR}/{other}/{file}?run=1", expect=404)
            for path in ("", "/league.svg", "/ranking.csv", "/run.json", "/result.json"):
                await visitor.get(f"{RANKING}{path}", expect=404)
                await visitor.get(f"{RANKING}{path}?run=1", expect=404)


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.TRUSTEE, None])
async def test_nobody_else_sees_an_unpublished_result(
    db: Database, signed_in: SignIn, visitor: Visitor, role: Role | None
) -> None:
    await seed_run(db, published=False)

    async def tried(somebody: Visitor) -> None:
        for path in (REPORT, f"{REPORT}/report.pdf", f"{REPORT}/figure.svg", RANKING, f"{RANKING}/run.json"):
            await somebody.get(path, expect=404)
            await somebody.get(f"{path}?run=1", expect=404)
        assert "아직 공개한 순위가 없습니다" in (await somebody.get("/ranking")).text
        assert "교통국" not in (await somebody.get("/")).text.partition('id="promises"')[0]

    if role is None:
        await tried(visitor)
    else:
        async with signed_in(role) as (_, somebody):
            await tried(somebody)


async def test_the_office_looks_at_a_run_before_it_is_published(db: Database, signed_in: SignIn) -> None:
    await seed_run(db, published=False)
    async with signed_in(Role.OFFICE) as (_, officer):
        page = await officer.get(f"{RANKING}?run=1")
        assert "아직 공개하지 않은 제1회 산출 결과" in page.text
        await officer.get(f"{RANKING}/league.svg?run=1")
        await officer.get(f"/reports/{YEAR}/CU?run=1")


async def test_everybody_reads_ranking_and_reports_after_publication(db: Database, visitor: Visitor) -> None:
    await seed_run(db, published=True, simulated=("도민 투표",))
    assert (await visitor.get("/ranking", expect=303)).headers["location"] == RANKING
    page = await visitor.get(RANKING)
    for name in (
        "교통국",
        "문화국",
        "안전공사",
        "시뮬레이션 자료",
        "도민 투표",
        "아직 확정하지 않은 잠정 결과라",
    ):
        assert name in page.text
    async with db.reading() as session:
        run = (await session.exec(select(Run))).one()
    assert run.fingerprint in page.text and run.rulebook_sha256 in page.text
    assert (await visitor.get(f"{RANKING}/run.json")).content == run.inputs.encode()
    assert (await visitor.get(f"{RANKING}/result.json")).content == run.result.encode()
    assert (await visitor.get(f"{RANKING}/league.svg")).headers["content-type"].startswith("image/svg+xml")
    for code in ("TR", "CU", "SA"):
        report = await visitor.get(f"/reports/{YEAR}/{code}")
        assert "시뮬레이션 자료" in report.text and "아직 확정하지 않은 잠정 결과라" in report.text
        for picture in PICTURES:
            assert (await visitor.get(f"/reports/{YEAR}/{code}/{picture}")).content.startswith(b"<?xml")
        assert (await visitor.get(f"/reports/{YEAR}/{code}/report.pdf")).content.startswith(b"%PDF")
    await visitor.get(f"{RANKING}?run=2", expect=404)
    await visitor.get(f"/ranking/{YEAR + 1}", expect=404)


async def test_a_newer_run_stays_hidden_until_it_is_published(
    db: Database, signed_in: SignIn, visitor: Visitor
) -> None:
    officer = await seed_run(db, published=True)
    await make_run(db, YEAR, officer)
    assert "제1회 산출" in (await visitor.get(RANKING)).text
    await visitor.get(f"{RANKING}?run=2", expect=404)
    async with signed_in(Role.HEAD, "TR") as (_, head):
        assert "제1회 산출" in (await head.get(REPORT)).text
        await head.get(f"{REPORT}?run=2", expect=404)


async def test_the_report_says_rank_score_reasons_and_votes(db: Database, visitor: Visitor) -> None:
    await seed_run(db, published=True)
    page = (await visitor.get(f"/reports/{YEAR}/SA")).text
    assert "목표 미달" in page
    assert "점수 없음" in page  # the figure that is missing
    assert "180" in page and "43.9%" in page
    assert "20 + 80 ÷ (96 ÷ 80)" in page  # the step behind 교통사고: 96 of a target of 80, downward


async def test_pages_stand_when_nobody_can_be_ranked(db: Database, visitor: Visitor) -> None:
    officer = await seed_counted(db, votes=False)
    async with db.writing() as session:
        cycle = (await session.exec(select(Cycle))).one()
        await seed_tally(session, cycle, [0, 0, 0, 0, 0], voters=4, blank=4, listed=9)
    await make_run(db, YEAR, officer)
    async with db.writing() as session:
        await session.exec(update(Run).values(published_at=now()))
    page = (await visitor.get(RANKING)).text
    assert "순위를 매길 수 있는 기관이 없습니다" in page
    assert "표를 받은 과제가 없습니다" in page
    assert "순위 없음" in (await visitor.get(REPORT)).text
    for path in ("/", f"{RANKING}/league.svg", f"{RANKING}/ranking.csv", f"{REPORT}/report.pdf"):
        await visitor.get(path)
    for picture in PICTURES:
        await visitor.get(f"{REPORT}/{picture}")


async def test_the_table_is_also_a_csv_without_formulas(db: Database, visitor: Visitor) -> None:
    await seed_run(db, published=True)
    raw = (await visitor.get(f"{RANKING}/ranking.csv")).content
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0][:5] == ["순위", "기관코드", "기관", "유형", "이행 실적"]
    assert [row[0] for row in rows[1:]] == ["1", "2", "3"]


def test_a_name_that_looks_like_a_formula_is_text() -> None:
    trick = ContractTree("=1+1", "=HYPERLINK(1)", "@kind", SAFETY.children)
    bundle = Bundle("2026", YEAR, (trick,), {}, (Option("=1+1", "T-9", "안전", 3),), 5)
    rows = list(
        csv.reader(
            io.StringIO(as_csv(evaluate(read_rulebook(default_rulebook()), bundle)).decode("utf-8-sig"))
        )
    )
    assert rows[1][1:4] == ["'=1+1", "'=HYPERLINK(1)", "'@kind"]


def test_an_agency_code_that_fits_no_address_gets_one() -> None:
    assert place_of(2026, "TR") == "TR"
    odd = place_of(2026, "가/나 다")
    assert "/" not in odd and " " not in odd
    assert odd != place_of(2026, "가/나다")


async def test_the_home_page_says_where_the_cycle_stands(db: Database, visitor: Visitor) -> None:
    empty = await visitor.get("/")
    assert "아직 공개된 계약이 없습니다" in empty.text
    async with db.writing() as session:
        await seed_cycle(session, Phase.SCORING)
    page = (await visitor.get("/")).text
    assert "전문가들이 기관 3곳의" in page
    assert "버스를 기다리는 시간을 10분 아래로" in page
    assert f'href="/contracts/{YEAR}-TR"' in page


async def test_the_home_page_shows_no_draft(db: Database, visitor: Visitor) -> None:
    async with db.writing() as session:
        await seed_cycle(session, Phase.DRAFTING)
    page = (await visitor.get("/")).text
    assert "버스를 기다리는 시간" not in page
    assert "교통국" not in page


async def test_the_home_page_leads_to_result_and_board(db: Database, visitor: Visitor) -> None:
    await seed_run(db, published=True)
    page = (await visitor.get("/")).text
    assert "2026년 잠정 1위는" in page and "아직 확정하지 않은 잠정 결과라" in page
    assert 'href="/result/4XwRHX4fT5Gaq5"' in page and 'href="/board/4XwRHX4fT5Gaq5"' in page
    assert f'href="{RANKING}"' in page
    assert "410" in page


@pytest.mark.parametrize("phase", list(Phase))
async def test_home_and_desk_stand_in_every_phase(
    db: Database, signed_in: SignIn, visitor: Visitor, phase: Phase
) -> None:
    async with db.writing() as session:
        await seed_cycle(session, phase)
    await visitor.get("/")
    async with signed_in(Role.OFFICE) as (_, officer):
        await officer.get("/office")
        for page in ("assignments", "rulebook", "runs"):
            await officer.get(f"/office/cycles/{YEAR}/{page}")


async def test_the_desk_names_what_waits_what_is_late_and_who_has_not_reported(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.OFFICE) as (_, officer):
        assert "아직 평가주기가 없습니다" in (await officer.get("/office")).text
        async with db.writing() as session:
            cycle = await seed_cycle(session, Phase.REPORTING)
            await session.exec(
                update(CalendarDay)
                .where(CalendarDay.phase == Phase.SCORING)  # type: ignore[arg-type]  # a column here
                .values(planned_at=now() - timedelta(days=2))
            )
            session.add(
                Message(
                    channel="sms", recipient="-", purpose="voting link", fate=Fate.FAILED, created_at=now()
                )
            )
        page = (await officer.get("/office")).text
    for line in (
        "‘전문가 평가’ 단계가 늦었습니다",
        "전하지 못한 메시지 1통",
        "실적을 다 적지 않은 기관 1곳",
        "안전공사",
        "평가규칙을 공개해 주십시오",
        "도민 투표를 준비해 주십시오",
        "평가위원이 모자란 계약 2건",
    ):
        assert line in page
    assert f'href="/office/cycles/{cycle.year}/rulebook"' in page


async def test_what_is_planned_for_a_later_day_is_not_the_work_of_today(
    db: Database, signed_in: SignIn
) -> None:
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.REPORTING)
        planned = {Phase.SCORING: date(now().year + 1, 12, 1)}
        await plan(session, cycle, planned, "test")
    async with signed_in(Role.OFFICE) as (_, officer):
        desk = (await officer.get("/office")).text
        today, later = desk.split('id="later"')
        for name in ("전문가 평가 시작", "도민 투표 준비"):
            assert f"{name}: {now().year + 1}년 12월 1일부터 예정" in later
        assert "시작할 수 있습니다" not in desk and "도민 투표를 준비해 주십시오" not in today
        at = f"/office/cycles/{cycle.year}"
        assert "지금 누르면 예정일보다 먼저 시작합니다" in (await officer.get(at)).text
        pressed = {"to": "scoring", "reason": "연습입니다"}
        refused = (await officer.post(f"{at}/advance", pressed, expect=422)).text
        assert f"{now().year + 1}년 12월 1일에 시작할 예정입니다" in refused and "연습입니다" in refused
        await officer.post(f"{at}/advance", {**pressed, "early": "yes"})
        assert "도민 투표를 준비해 주십시오" in (await officer.get("/office")).text


async def test_an_agency_without_a_result_is_told_when_it_comes(db: Database, signed_in: SignIn) -> None:
    async with db.writing() as session:
        await seed_cycle(session, Phase.VOTING)
    async with signed_in(Role.HEAD, "TR") as (_, head):
        assert "아직 결과가 나오지 않았습니다" in (await head.get("/reports")).text


async def copy_of_the_run(db: Database, year: int) -> None:
    """An earlier year with the same contracts and the same published run."""
    async with db.writing() as session:
        run = (await session.exec(select(Run))).one()
        trees = await published_trees(session, (await session.exec(select(Cycle))).one())
        earlier = await create_cycle(session, year=year, title=f"{year}년 평가", by="test")
        await store_contracts(session, earlier, trees, "test")
        await session.exec(
            update(Contract).where(col(Contract.cycle_id) == earlier.id).values(state=ContractState.PUBLISHED)
        )
        kept = run.model_dump(exclude={"id", "cycle_id"})
        session.add(Run(**kept, cycle_id=earlier.id or 0))


async def test_ranking_and_report_lead_to_the_other_published_years(db: Database, visitor: Visitor) -> None:
    await seed_run(db, published=True)
    assert f'href="{RANKING}"' not in (await visitor.get(RANKING)).text
    await copy_of_the_run(db, YEAR - 1)
    ranking = (await visitor.get(RANKING)).text
    assert f'href="/ranking/{YEAR - 1}"' in ranking
    assert f".venv/bin/python -m reports run-{YEAR}-1.json" in ranking
    assert f'href="{RANKING}"' in (await visitor.get(f"/ranking/{YEAR - 1}")).text
    assert f'href="/reports/{YEAR - 1}/TR"' in (await visitor.get(REPORT)).text


async def test_before_this_years_result_an_agency_finds_those_of_earlier_years(
    db: Database, signed_in: SignIn
) -> None:
    await seed_run(db, published=True)
    async with db.writing() as session:
        following = await create_cycle(session, year=YEAR + 1, title="다음 해", by="test")
    async with signed_in(Role.HEAD, "TR") as (_, head):
        answer = await head.get("/reports", expect=303)
        assert answer.headers["location"] == REPORT, "the next year's contracts are only being written"
        async with db.writing() as session:
            following.phase = Phase.PUBLISHED
            session.add(following)
        page = (await head.get("/reports")).text
        assert "아직 결과가 나오지 않았습니다" in page
        assert f'href="{REPORT}"' in page
    async with signed_in(Role.HEAD, "XX") as (_, stranger):
        assert "지난 해의 결과" not in (await stranger.get("/reports")).text


async def test_an_unpublished_year_is_listed_for_its_own_agency_only(
    db: Database, signed_in: SignIn, visitor: Visitor
) -> None:
    await seed_run(db, published=True)
    await copy_of_the_run(db, YEAR - 1)
    async with db.writing() as session:
        unpublished = select(Cycle.id).where(col(Cycle.year) == YEAR).scalar_subquery()
        await session.exec(update(Run).where(col(Run.cycle_id) == unpublished).values(published_at=None))
    earlier = f"/reports/{YEAR - 1}/TR"
    assert f'href="{REPORT}"' not in (await visitor.get(earlier)).text
    async with signed_in(Role.HEAD, "TR") as (_, head):
        assert f'href="{REPORT}"' in (await head.get(earlier)).text


async def test_the_parts_of_the_shipped_rulebook_speak_english_too(db: Database, visitor: Visitor) -> None:
    await seed_run(db, published=True)
    for path in (RANKING, REPORT, f"{RANKING}/league.svg", f"{REPORT}/figure.svg"):
        page = (await visitor.get(path, headers={"Accept-Language": "en"})).text
        assert "이행 실적" not in page and "Performance" in page, path
