"""Two years at once: while one is scored and voted on, the contracts of the next are begun, written and published."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from sqlmodel import col, select, update

from ballots.model import Election, ElectionState
from contracts.cycles import create_cycle, current_cycle, cycle_in, drafting_cycle
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import contracts_of
from office.database import Database
from office.people import Person, Role
from rehearsal.visitor import Visitor
from tests.conftest import SignIn
from tests.seeding import YEAR, seed_cycle, seed_sheet, seed_tally

NEXT = YEAR + 1
RUNNING = f"{YEAR}년 도민이 함께 하는 성과평가"
Enter = Callable[..., Awaitable[tuple[Person, Visitor]]]


@pytest.fixture
async def enter(signed_in: SignIn) -> AsyncIterator[Enter]:
    async with AsyncExitStack() as stack:

        async def come(role: Role, agency: str | None = None) -> tuple[Person, Visitor]:
            return await stack.enter_async_context(signed_in(role, agency))

        yield come


async def put(db: Database, year: int, phase: Phase) -> None:
    """Move a year to a phase; from drafting on its contracts are public."""
    async with db.writing() as session:
        cycle = (await session.exec(select(Cycle).where(col(Cycle.year) == year))).one()
        cycle.phase, cycle.contracts_sha256 = phase, cycle.contracts_sha256 or "0" * 64
        session.add(cycle)
        mine = update(Contract).where(col(Contract.cycle_id) == cycle.id)
        await session.exec(mine.values(state=ContractState.PUBLISHED))


async def test_the_running_year_keeps_its_place_while_the_next_is_begun_written_and_published(
    db: Database, enter: Enter, visitor: Visitor
) -> None:
    expert, evaluator = await enter(Role.EVALUATOR)
    (_, office), (_, officer) = await enter(Role.OFFICE), await enter(Role.OFFICER, "TR")
    (_, head), (_, newcomer) = await enter(Role.HEAD, "TR"), await enter(Role.OFFICER, "NEW")
    _, verifier = await enter(Role.VERIFIER)
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.SCORING)
        contract, _ = (await contracts_of(session, cycle))[0]
        await seed_sheet(session, contract, expert, {"E-1": None})
    await office.get("/office/cycles")
    await office.post("/office/cycles", {"year": str(NEXT), "title": f"{NEXT}년 성과평가"})

    async def this_year_is_everywhere() -> None:
        """2026 on every page without a year, and no page takes 2027 for it."""
        assert RUNNING in (await visitor.get("/")).text
        assert f"{YEAR}년" in (await visitor.get("/contracts")).text
        desk = (await office.get("/office")).text
        assert f'href="/office/cycles/{YEAR}/assignments"' in desk and f'href="/office/cycles/{NEXT}"' in desk
        assert "교통국" in (await evaluator.get("/evaluation")).text
        assert "교통국" in (await verifier.get("/checks")).text
        assert f"{YEAR}년" in (await office.get("/office/elections")).text
        for person in (officer, head):
            page = (await person.get("/agency")).text
            assert page.index(RUNNING) < page.index(f'id="year-{NEXT}"')
            assert f"contracts/{YEAR}-TR" in page

    await this_year_is_everywhere()
    assert f"{NEXT}년에 지킬 약속은 기관들이 지금 쓰고 있습니다" in (await visitor.get("/")).text
    waiting = (await office.get("/office")).text
    assert "계약을 올려 주십시오" in waiting, "what waits in the next year"
    pressed = waiting.count('class="krds-btn medium primary"')
    assert pressed and f"할 일 {pressed}건" in waiting, "and it is counted"
    await officer.get("/agency")
    await officer.post("/agency/contracts", {"start": "last"})
    await officer.get(f"/agency/contracts/{NEXT}-TR/edit")
    assert f"/agency/contracts/{NEXT}-TR/edit" in (await officer.get("/agency")).text
    await newcomer.get("/agency")
    await newcomer.post("/agency/contracts", {"start": "blank", "agency": "새 기관"})
    await newcomer.get(f"/agency/contracts/{NEXT}-NEW/edit")
    await this_year_is_everywhere()

    async with db.writing() as session:
        cycle = (await session.exec(select(Cycle).where(col(Cycle.year) == YEAR))).one()
        vote = await seed_tally(session, cycle, (1, 2, 3, 4, 5), voters=5)
        vote.state, vote.result_record, vote.sized_record = ElectionState.OPEN, None, None
        board = f"/board/{vote.uuid}"
    await put(db, YEAR, Phase.VOTING)
    await this_year_is_everywhere()
    assert board in (await visitor.get("/")).text
    await put(db, NEXT, Phase.PUBLISHED)
    for far in (Phase.PUBLISHED, Phase.REPORTING, Phase.TALLIED):
        await put(db, NEXT, far)
        home = (await visitor.get("/")).text
        assert RUNNING in home and board in home, "an open vote never leaves the home page"
        if far is Phase.REPORTING:
            own = (await officer.get("/agency")).text
            assert f"/agency/contracts/{NEXT}-TR/figures" in own.partition(f'id="year-{NEXT}"')[2]
            assert "지금 하실 일은 없습니다" not in own, "the next year waits for its figures"
            assert f"/agency/contracts/{YEAR}-TR/evaluators" in own, (
                "the rooms of the year in voting stay open"
            )
    async with db.writing() as session:
        following = (await session.exec(select(Cycle).where(col(Cycle.year) == NEXT))).one()
        its_own = {"id": None, "uuid": "5XwRHX4fT5Gaq5", "cycle_id": following.id}
        session.add(Election(**(vote.model_dump() | its_own)))
    await put(db, NEXT, Phase.VOTING)
    home = (await visitor.get("/")).text
    assert board in home and "/board/5XwRHX4fT5Gaq5" in home, "not even for another one"


@pytest.mark.parametrize(
    ("phases", "current", "drafting"),
    [
        ({2026: Phase.DRAFTING}, 2026, 2026),
        ({2026: Phase.SCORING, 2027: Phase.DRAFTING}, 2026, 2027),
        ({2026: Phase.TALLIED, 2027: Phase.PUBLISHED}, 2026, None),
        ({2026: Phase.REPORTING, 2027: Phase.REPORTING}, 2026, None),
        ({2026: Phase.VOTING, 2027: Phase.TALLIED}, 2026, None),
        ({2026: Phase.PROVISIONAL, 2027: Phase.DRAFTING}, 2026, 2027),
        ({2026: Phase.PROVISIONAL, 2027: Phase.PUBLISHED}, 2027, None),
        ({2025: Phase.FINAL, 2026: Phase.FINAL, 2027: Phase.DRAFTING, 2028: Phase.DRAFTING}, 2026, 2028),
    ],
)
async def test_which_year_runs_and_which_is_written(
    db: Database, phases: dict[int, Phase], current: int, drafting: int | None
) -> None:
    async with db.writing() as session:
        for year, phase in phases.items():
            (await create_cycle(session, year=year, title="해", by="test")).phase = phase
    async with db.reading() as session:
        runs, written = await current_cycle(session), await drafting_cycle(session)
        reports = await cycle_in(session, Phase.REPORTING)
    assert runs is not None and (runs.year, written and written.year) == (current, drafting)
    assert reports is not None and reports.year == current
