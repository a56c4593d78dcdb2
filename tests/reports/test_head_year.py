"""A head's year from the officer's form to the report: promised, reported, graded on the sheets, computed, recomputed."""

from contextlib import AsyncExitStack
from decimal import Decimal

from sqlmodel import col, select, update

from contracts.cycles import cycle_of
from contracts.heads.promising import promise
from contracts.heads.reporting import report
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import contracts_of, cycle_name, published_trees
from contracts.terms.canonical import set_fingerprint
from office.clock import now
from office.database import Database
from office.people import Person, Role
from rehearsal.visitor import Visitor
from reports.recomputation import recompute
from reports.rulebook import default_rulebook
from reports.rules import publish_rulebook
from reports.runs import make_run, opened, publish_run, run_of
from tests.conftest import SignIn
from tests.reports.test_documents import words
from tests.seeding import YEAR, seed_cycle, seed_sheet, seed_tally

PROMISED = {
    **{f"title-Q{n}": f"약속 {n}" for n in (1, 2, 3)},
    **{f"target-Q{n}": "200" for n in (1, 2, 3)},
    "title-Q4": "아직 모르는 약속",
    "target-Q4": "10",
    "title-G1": "조직 혁신",
    "since": "2024-03-02",
    "again": "yes",
}
REPORTED = {
    "actual-HEAD-Q1": "190",
    "actual-HEAD-Q2": "220",
    "actual-HEAD-Q3": "160",
    "result-HEAD-G1": "합쳤습니다.",
}
GIVEN = {"E-1": "A0", "E-2": "A0", "HEAD-G1": "B+", "HEAD-L": "A0"}
PLACE = f"/reports/{YEAR}/TR"


async def seed_scoring(db: Database, since: str) -> tuple[Person, Contract]:
    """A cycle whose experts grade, with a head's contract in one of three contracts; an officer and that contract."""
    officer = Person(email="o@example.org", name="담당", role=Role.OFFICE, password_hash="-", totp_sealed="-")
    rules = default_rulebook().replace(
        b"quantitative = 25\nqualitative = 25", b"quantitative = 13\nqualitative = 37"
    )
    async with db.writing() as session:
        session.add(officer)
        await session.flush()
        cycle = await seed_cycle(session, Phase.DRAFTING)
        contract = next(one for one, agency in await contracts_of(session, cycle) if agency.code == "TR")
        await promise(session, cycle, contract, PROMISED | {"since": since}, officer)
        signed = update(Contract).where(col(Contract.cycle_id) == cycle.id)
        await session.exec(signed.values(state=ContractState.PUBLISHED, published_at=now()))
        cycle.phase = Phase.REPORTING
        session.add(cycle)
        await session.flush()
        await session.refresh(contract)
        await report(session, cycle, contract, REPORTED, officer)
        trees = await published_trees(session, cycle)
        cycle.contracts_sha256 = set_fingerprint(trees, cycle=cycle_name(cycle))
        await publish_rulebook(session, cycle, rules, officer)
        cycle.phase = Phase.SCORING
        session.add(cycle)
    return officer, contract


async def mark(db: Database, signed_in: SignIn, contract: Contract, *, of_leadership: int = 3) -> None:
    """Three evaluators grade on their own pages and file; some of them leave leadership out."""
    async with AsyncExitStack() as stack:
        for number in range(3):
            person, visitor = await stack.enter_async_context(signed_in(Role.EVALUATOR))
            async with db.writing() as session:
                sheet = await seed_sheet(session, contract, person, {})
            page = await visitor.get(f"/evaluation/{sheet.id}")
            assert (
                "기관장 성과계약" in page.text
                and "기관장의 리더십" in page.text
                and "합쳤습니다." in page.text
            )
            given = GIVEN if number < of_leadership else GIVEN | {"HEAD-L": "absent"}
            await visitor.post(
                f"/evaluation/{sheet.id}", {f"grade-{code}": said for code, said in given.items()}
            )
            await visitor.post(f"/evaluation/{sheet.id}/file")


async def published_run(db: Database, officer: Person) -> bytes:
    """The stored result of a run that is made and published; it computes again to the byte."""
    async with db.writing() as session:
        cycle = await cycle_of(session, YEAR)
        await seed_tally(session, cycle, [200, 100, 120, 90, 180], voters=410, listed=500)
        await session.exec(update(Cycle).values(phase=Phase.TALLIED))
        second = Person(
            email="p@example.org", name="둘째", role=Role.OFFICE, password_hash="-", totp_sealed="-"
        )
        session.add(second)
    await make_run(db, YEAR, officer)
    for by in (officer, second):
        async with db.writing() as session:
            await publish_run(session, await cycle_of(session, YEAR), 1, by)
    async with db.reading() as session:
        run = await run_of(session, (await session.exec(select(Cycle))).one(), 1)
    assert recompute(run.inputs.encode()) == run.result.encode()
    head = (await opened(run)).agency("TR").head
    assert head is not None
    return run.result.encode()


async def test_the_worked_number_goes_from_the_form_through_the_sheets_into_the_report(
    db: Database, signed_in: SignIn, visitor: Visitor
) -> None:
    officer, contract = await seed_scoring(db, "2024-03-02")
    await mark(db, signed_in, contract)
    stored = await published_run(db, officer)
    async with db.reading() as session:
        run = await run_of(session, (await session.exec(select(Cycle))).one(), 1)
    agency = (await opened(run)).agency("TR")
    assert agency.head is not None and agency.total is not None
    leadership, quantitative, qualitative, share = agency.head.parts
    # F14: 95 %, 110 % and 80 % are 11.92 of 13; the task without a figure is left out and is no zero.
    assert quantitative.points == Decimal("11.92") and quantitative.lines[3].rating is None
    assert (leadership.points, qualitative.points) == (Decimal("27.00"), Decimal("29.60"))
    assert share.points == agency.head_points
    total = sum((part.points or Decimal() for part in agency.head.parts), Decimal())
    assert agency.head.total == total and f'"total":"{total.normalize():f}"'.encode() in stored
    page = (await visitor.get(PLACE)).text
    assert "13 × (95 + 100 + 80) ÷ 3 ÷ 100" in page and "11.92" in page and f"{total}점, " in page
    assert "0점으로 세지 않고 평균에서 뺍니다" in page
    league = (await visitor.get(f"/ranking/{YEAR}")).text
    assert "교통국의 기관장" in league and "문화국의 기관장" not in league
    table = (await visitor.get(f"/ranking/{YEAR}/ranking.csv")).content.decode("utf-8-sig").splitlines()
    assert table[0].endswith("기관장 점수,기관장 등급,기관장 비고")
    assert next(line for line in table if "교통국" in line).endswith(f"{total},{agency.head.grade},")
    printed = words((await visitor.get(f"{PLACE}/report.pdf")).content)
    assert "기관장 평가" in printed and "13 × (95 + 100 + 80) ÷ 3 ÷ 100" in printed
    assert "기관장 평가" not in (await visitor.get(f"/reports/{YEAR}/CU")).text
    assert "리더십 30점" in (await rules_page(signed_in))


async def rules_page(signed_in: SignIn) -> str:
    async with signed_in(Role.OFFICE) as (_, office):
        return (await office.get(f"/office/cycles/{YEAR}/rulebook")).text


async def test_a_head_of_a_few_months_is_not_judged_and_two_marks_of_leadership_are_no_zero(
    db: Database, signed_in: SignIn, visitor: Visitor
) -> None:
    officer, contract = await seed_scoring(db, f"{YEAR}-07-02")
    await mark(db, signed_in, contract, of_leadership=2)
    await published_run(db, officer)
    page = (await visitor.get(PLACE)).text
    assert "재임 기간이 5개월로 6개월에 못 미쳐 평가하지 않습니다" in page
    assert "재임 기간이 5개월로" in words((await visitor.get(f"{PLACE}/report.pdf")).content)
    async with db.writing() as session:
        cycle = await cycle_of(session, YEAR)
        await session.exec(update(Cycle).values(phase=Phase.REPORTING))
        cycle.phase = Phase.REPORTING
        await report(session, cycle, contract, {"since": "2024-03-02"}, officer)
        await session.exec(update(Cycle).values(phase=Phase.PROVISIONAL))
    assert await make_run(db, YEAR, officer) == 2
    async with db.reading() as session:
        run = await run_of(session, (await session.exec(select(Cycle))).one(), 2)
    head = (await opened(run)).agency("TR").head
    assert head is not None and head.said() == "리더십: 점수를 낼 수 없습니다"
    assert (head.parts[0].points, head.total, head.grade) == (None, None, None)
