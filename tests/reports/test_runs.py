"""Rulebooks and runs: locked once the vote is open, immutable, recomputable, published by two officers."""

import hashlib
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import anyio
import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update

from contracts.model import Cycle, Phase
from contracts.reading import contracts_of
from evaluation.arithmetic.marks import Grade
from office.database import Database
from office.errors import Conflict
from office.journal import JournalEntry
from office.people import Person, Role
from rehearsal.visitor import Visitor, said
from reports.model import RulebookRow, Run
from reports.ranking import Result
from reports.recomputation import recompute, run_fingerprint
from reports.rulebook import default_rulebook
from reports.rules import publish_rulebook
from reports.runs import make_run, opened, publish_run, run_of, sound
from tests.conftest import SignIn
from tests.seeding import YEAR, seed_cycle, seed_sheet, seed_tally

PROJECT = Path(__file__).parents[2]
RUNS = f"/office/cycles/{YEAR}/runs"
RULES = f"/office/cycles/{YEAR}/rulebook"


async def seed_counted(
    db: Database,
    *,
    simulated: tuple[str, ...] = (),
    votes: bool = True,
    weight: int | None = None,
    ratings: Mapping[str, tuple[int, int, int, int, int]] | None = None,
) -> Person:
    """A cycle whose vote is counted and whose marks are filed, with its rulebook; returns an officer."""
    officer = Person(
        email="seed@example.org", name="씨앗", role=Role.OFFICE, password_hash="-", totp_sealed="-"
    )
    async with db.writing() as session:
        session.add(officer)
        cycle = await seed_cycle(session, simulated=simulated)
        await publish_rulebook(session, cycle, default_rulebook(), officer)
        marks = {"TR": (Grade.A_PLUS, Grade.A_ZERO, Grade.B_PLUS), "CU": (Grade.C, Grade.C, Grade.D_PLUS)}
        contracts = {agency.code: contract for contract, agency in await contracts_of(session, cycle)}
        for number in range(3):
            evaluator = Person(
                email=f"w{number}@example.org",
                name=f"위원 {number}",
                role=Role.EVALUATOR,
                password_hash="-",
                totp_sealed="-",
            )
            session.add(evaluator)
            await session.flush()
            for code, grades in marks.items():
                given = {"E-1": grades[number], "E-2": None if number == 2 else grades[number]}
                await seed_sheet(session, contracts[code], evaluator, given, filed=True)
        if votes:
            await seed_tally(
                session,
                cycle,
                [200, 100, 120, 90, 180],
                voters=410,
                weight=weight,
                blank=6,
                listed=500,
                ratings=ratings,
            )
        cycle.phase = Phase.TALLIED
        session.add(cycle)
    return officer


async def the_run(db: Database, number: int = 1) -> Run:
    async with db.reading() as session:
        cycle = (await session.exec(select(Cycle))).one()
        return await run_of(session, cycle, number)


async def result(db: Database) -> Result:
    return await opened(await the_run(db))


async def test_a_stored_run_computes_again_to_the_byte(db: Database) -> None:
    officer = await seed_counted(db, simulated=("투표",))
    assert await make_run(db, YEAR, officer) == 1
    run = await the_run(db)
    assert recompute(run.inputs.encode()) == run.result.encode()
    assert run.inputs_sha256 == hashlib.sha256(run.inputs.encode()).hexdigest()
    assert run.result_sha256 == hashlib.sha256(run.result.encode()).hexdigest()
    assert run.fingerprint == run_fingerprint(run.inputs.encode(), run.result.encode())
    assert '"simulated":["투표"]' in run.inputs


async def test_the_run_is_made_of_contracts_marks_and_votes(db: Database) -> None:
    officer = await seed_counted(db)
    await make_run(db, YEAR, officer)
    transport = (await result(db)).agency("TR")
    # mean votes 150, the best of all is 안전공사 with 180: 150/180 of 50 points
    assert transport.mean_votes == Decimal("150.00")
    assert transport.parts[1].points == Decimal("41.67")
    effort, *_ = [node for node in transport.tree.children[0].children[0].children if node.code == "E-1"]
    assert effort.rating == Decimal("90.00")  # mean of 100, 90, 80


async def test_absent_marks_are_not_zero(db: Database) -> None:
    officer = await seed_counted(db)
    await make_run(db, YEAR, officer)
    transport = (await result(db)).agency("TR")
    (fair,) = [node for node in transport.tree.children[1].children if node.code == "E-2"]
    # two of three evaluators gave a mark: too few for a score, and never (100 + 90 + 0) / 3
    assert (fair.score, fair.rating) == (None, None)
    assert transport.tree.available == Decimal(85)
    safety = (await result(db)).agency("SA")
    assert safety.tree.available == Decimal(50)


async def test_a_run_needs_the_count_and_the_rulebook(db: Database) -> None:
    officer = await seed_counted(db, votes=False)
    with pytest.raises(Conflict) as refused:
        await make_run(db, YEAR, officer)
    assert "개표가 끝나지 않아" in refused.value.said()
    async with db.writing() as session:
        await session.exec(update(Cycle).values(rulebook_sha256=None))
    with pytest.raises(Conflict) as refused:
        await make_run(db, YEAR, officer)
    assert "평가규칙" in refused.value.said()


@pytest.mark.parametrize(
    "phase", [phase for phase in Phase if phase not in (Phase.TALLIED, Phase.PROVISIONAL)]
)
async def test_runs_are_made_between_count_and_final_result(db: Database, phase: Phase) -> None:
    officer = await seed_counted(db)
    async with db.writing() as session:
        await session.exec(update(Cycle).values(phase=phase))
    with pytest.raises(Conflict):
        await make_run(db, YEAR, officer)


async def test_a_second_run_leaves_the_first_as_it_was(db: Database) -> None:
    officer = await seed_counted(db)
    await make_run(db, YEAR, officer)
    first = await the_run(db)
    async with db.writing() as session:
        cycle = (await session.exec(select(Cycle))).one()
        cycle.simulated = ["표"]
        session.add(cycle)
    assert await make_run(db, YEAR, officer) == 2
    again, second = await the_run(db, 1), await the_run(db, 2)
    assert (again.inputs, again.result, again.fingerprint) == (first.inputs, first.result, first.fingerprint)
    assert second.inputs != first.inputs


async def test_a_number_is_used_once(db: Database) -> None:
    officer = await seed_counted(db)
    await make_run(db, YEAR, officer)
    run = await the_run(db)
    twin = Run(**run.model_dump(exclude={"id"}))
    with pytest.raises(IntegrityError):
        async with db.writing() as session:
            session.add(twin)


async def test_a_run_changed_behind_our_back_is_neither_shown_nor_published(
    db: Database, signed_in: SignIn
) -> None:
    officer = await seed_counted(db)
    await make_run(db, YEAR, officer)
    run = await the_run(db)
    async with db.writing() as session:
        await session.exec(update(Run).values(inputs=run.inputs.replace('"votes":200', '"votes":201')))
    with pytest.raises(ValueError, match="changed after it was made"):
        sound(await the_run(db))
    async with db.writing() as session:
        cycle = (await session.exec(select(Cycle))).one()
        with pytest.raises(ValueError, match="changed"):
            await publish_run(session, cycle, 1, officer)
    async with signed_in(Role.OFFICE) as (_, visitor):
        await visitor.get(f"/ranking/{YEAR}?run=1", expect=500)


async def test_anyone_computes_a_published_run_again_from_its_file(
    db: Database, signed_in: SignIn, tmp_path: Path
) -> None:
    officer = await seed_counted(db)
    await make_run(db, YEAR, officer)
    async with signed_in(Role.OFFICE) as (_, visitor):
        inputs = await visitor.get(f"/ranking/{YEAR}/run.json?run=1")
        stored = await visitor.get(f"/ranking/{YEAR}/result.json?run=1")
    file = tmp_path / "run.json"
    file.write_bytes(inputs.content)
    again = await anyio.run_process([sys.executable, "-m", "reports", str(file)], cwd=PROJECT)
    assert again.stdout == stored.content
    assert hashlib.sha256(inputs.content).hexdigest() == (await the_run(db)).inputs_sha256


async def test_two_different_officers_publish(db: Database, signed_in: SignIn, visitor: Visitor) -> None:
    await seed_counted(db)
    async with signed_in(Role.OFFICE) as (_, one), signed_in(Role.OFFICE) as (_, two):
        await one.get(RUNS)
        await one.post(RUNS)
        await one.post(f"{RUNS}/1/publish")
        assert "두 번째 담당자를 기다립니다" in (await one.get(RUNS)).text
        again = await one.post(f"{RUNS}/1/publish", expect=409)
        assert "이미 요청하셨습니다" in said(again)
        await visitor.get(f"/ranking/{YEAR}", expect=404)
        desk = await two.get("/office")
        assert "산출 결과 공개" in desk.text and f'href="{RUNS}"' in desk.text
        await two.post(f"{RUNS}/1/publish")
        assert (await two.post(f"{RUNS}/1/publish", expect=409)) is not None
    assert "교통국" in (await visitor.get(f"/ranking/{YEAR}")).text
    async with db.reading() as session:
        assert (await session.exec(select(Cycle.phase))).one() is Phase.PROVISIONAL
        acts = list(await session.exec(select(JournalEntry.act).order_by(col(JournalEntry.id))))
    assert acts[-1] == "run.published"


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.HEAD, Role.OFFICER, Role.TRUSTEE])
async def test_runs_and_rulebook_are_the_offices(db: Database, signed_in: SignIn, role: Role) -> None:
    await seed_counted(db)
    async with signed_in(role, "TR") as (_, visitor):
        for path in (RUNS, RULES, "/office"):
            await visitor.get(path, expect=403)
        for path in (RUNS, f"{RUNS}/1/publish", RULES):
            await visitor.post(path, {"source": "default"}, expect=403)


async def test_the_rulebook_is_published_under_the_hash_of_its_bytes(
    db: Database, signed_in: SignIn, visitor: Visitor
) -> None:
    async with db.writing() as session:
        await seed_cycle(session, Phase.PUBLISHED)
    own = default_rulebook().replace("기본 평가규칙".encode(), "우리 도 규칙".encode())
    sha256 = hashlib.sha256(own).hexdigest()
    async with signed_in(Role.OFFICE) as (_, officer):
        await officer.get(RULES)
        await officer.post(RULES, {"source": "default"})
        await officer.post(RULES, {"source": "file"}, files={"file": ("rules.toml", own, "text/plain")})
        assert "우리 도 규칙" in (await officer.get(RULES)).text
    assert (await visitor.get(f"/rulebooks/{sha256}.toml")).content == own
    shipped = hashlib.sha256(default_rulebook()).hexdigest()
    assert (await visitor.get(f"/rulebooks/{shipped}.toml")).content == default_rulebook()
    await visitor.get(f"/rulebooks/{'0' * 64}.toml", expect=404)
    async with db.reading() as session:
        assert (await session.exec(select(Cycle.rulebook_sha256))).one() == sha256


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "비어 있습니다"),
        (b"\xff\xfe", "TOML로 읽을 수 없습니다"),
        (default_rulebook().replace(b"weight = 50", b"weight = 49"), "100점이어야"),
        (default_rulebook() + b"\nextra = 1\n", "모르는 항목"),
        (b"#" * 70_000, "너무 큽니다"),
    ],
)
async def test_a_file_that_is_no_rulebook_is_refused_with_its_reason(
    db: Database, signed_in: SignIn, data: bytes, reason: str
) -> None:
    async with db.writing() as session:
        await seed_cycle(session, Phase.PUBLISHED)
    async with signed_in(Role.OFFICE) as (_, officer):
        await officer.get(RULES)
        files = {"file": ("rules.toml", data, "text/plain")}
        answer = await officer.post(RULES, {"source": "file"}, files=files, expect=422)
        assert reason in said(answer)
    async with db.reading() as session:
        assert (await session.exec(select(Cycle.rulebook_sha256))).one() is None
        assert (await session.exec(select(RulebookRow))).first() is None


@pytest.mark.parametrize("phase", [Phase.VOTING, Phase.TALLIED, Phase.PROVISIONAL, Phase.FINAL])
async def test_the_rulebook_is_locked_once_the_vote_is_open(
    db: Database, signed_in: SignIn, phase: Phase
) -> None:
    async with db.writing() as session:
        await seed_cycle(session, phase)
    async with signed_in(Role.OFFICE) as (_, officer):
        page = await officer.get(RULES)
        assert "이 규칙으로 공개하기" not in page.text
        answer = await officer.post(RULES, {"source": "default"}, expect=409)
        assert "투표가 열린 뒤에는" in said(answer)
    async with db.reading() as session:
        assert (await session.exec(select(Cycle.rulebook_sha256))).one() is None
