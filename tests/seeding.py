"""A cycle in any phase, set up through the services where they allow it: for tests of what comes late in a year."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import Election, ElectionOption, ElectionState, RatedAgency, RollEntry
from ballots.protocol.records import Result, SizedTally, encode
from contracts.cycles import create_cycle
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import ballot_tasks, cycle_name, trees_of
from contracts.terms.canonical import set_fingerprint
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from contracts.writing.drafting import store_contracts
from evaluation.arithmetic.marks import Grade
from evaluation.marking import locking
from evaluation.marking.reading import sheet_of
from evaluation.model import Assignment, Mark
from office.clock import now
from office.people import Person

YEAR = 2026


def _indicator(code: str, title: str, weight: str, measure: Measure) -> Node:
    return Node(code, title, Kind.INDICATOR, Decimal(weight), measure=measure)


def _tree(
    code: str, name: str, *, waiting: str | None, actual: str | None, budget: str | None
) -> ContractTree:
    up, down = Direction.UP, Direction.DOWN
    wait = _indicator(
        "W-1",
        "버스 평균 대기시간",
        "40",
        Measure(
            down,
            Method.TARGET_RATIO,
            unit="분",
            definition="정류소에서 버스를 기다린 시간의 평균",
            baseline=Decimal("12.5"),
            target=Decimal("10"),
            actual=None if waiting is None else Decimal(waiting),
            source="버스정보시스템",
        ),
    )
    effort = _indicator(
        "E-1", "불편 해소 노력", "20", Measure(up, Method.NINE_GRADE, definition="민원을 듣고 고친 과정")
    )
    use = _indicator(
        "U-1",
        "공공시설 이용자",
        "25",
        Measure(
            up,
            Method.TARGET_RANGE,
            unit="천 명",
            history=((2023, Decimal(90)), (2024, Decimal(95)), (2025, Decimal(101))),
            target=Decimal(105),
            actual=None if actual is None else Decimal(actual),
        ),
    )
    fair = _indicator("E-2", "예산을 알뜰하게 쓴 정도", "15", Measure(up, Method.NINE_GRADE))
    return ContractTree(
        code,
        name,
        "실·국",
        (
            Node(
                "G-1",
                "도민이 편한 이동",
                Kind.GOAL,
                Decimal(60),
                children=(
                    Node(
                        "T-1",
                        f"{name} 기다림 줄이기",
                        Kind.TASK,
                        Decimal(60),
                        promise="버스를 기다리는 시간을 10분 아래로 줄이겠습니다.",
                        result="노선 12개를 고쳤습니다." if budget else "",
                        on_ballot=True,
                        children=(wait, effort),
                    ),
                ),
            ),
            Node(
                "T-2",
                f"{name} 시설 넓히기",
                Kind.TASK,
                Decimal(40),
                promise="누구나 걸어서 갈 수 있는 시설을 열겠습니다.",
                on_ballot=True,
                children=(use, fair),
            ),
        ),
    )


def figures_only(tree: ContractTree, code: str, name: str) -> ContractTree:
    """A contract without anything for experts, and with one figure missing."""
    task = Node(
        "T-9",
        f"{name} 안전",
        Kind.TASK,
        Decimal(100),
        promise="사고를 줄이겠습니다.",
        on_ballot=True,
        children=(
            _indicator(
                "S-1",
                "교통사고",
                "50",
                Measure(
                    Direction.DOWN, Method.TARGET_RATIO, unit="건", target=Decimal(80), actual=Decimal(96)
                ),
            ),
            _indicator(
                "S-2",
                "안전교육",
                "50",
                Measure(Direction.UP, Method.TARGET_RATIO, unit="회", target=Decimal(40)),
            ),
        ),
    )
    return replace(tree, agency_code=code, agency=name, agency_kind="공공기관", children=(task,))


TRANSPORT = _tree("TR", "교통국", waiting="9.6", actual="103", budget="yes")
CULTURE = _tree("CU", "문화국", waiting="11.2", actual="99", budget=None)
SAFETY = figures_only(TRANSPORT, "SA", "안전공사")
TREES = (TRANSPORT, CULTURE, SAFETY)


async def seed_cycle(
    session: AsyncSession,
    phase: Phase = Phase.SCORING,
    *,
    trees: Sequence[ContractTree] = TREES,
    simulated: Sequence[str] = (),
) -> Cycle:
    """A cycle with published contracts (drafts while drafting), standing in `phase`."""
    cycle = await create_cycle(
        session, year=YEAR, title=f"{YEAR}년 도민이 함께 하는 성과평가", by="test", simulated=simulated
    )
    await store_contracts(session, cycle, list(trees), "test")
    if phase is not Phase.DRAFTING:
        stored = list((await trees_of(session, cycle)).values())
        cycle.contracts_sha256 = set_fingerprint(stored, cycle=cycle_name(cycle))
        await session.exec(
            update(Contract)
            .where(col(Contract.cycle_id) == cycle.id)
            .values(state=ContractState.PUBLISHED, published_at=now())
        )
    cycle.phase = phase
    session.add(cycle)
    await session.flush()
    return cycle


async def seed_sheet(
    session: AsyncSession,
    contract: Contract,
    evaluator: Person,
    grades: Mapping[str, Grade | None] | None = None,
    *,
    filed: bool = False,
    conflict: bool | None = None,
) -> Assignment:
    """One evaluator's sheet; with grades it has been declared free of conflict."""
    assert contract.id and evaluator.id
    assignment = Assignment(
        contract_id=contract.id,
        evaluator_id=evaluator.id,
        assigned_at=now(),
        conflict=False if grades is not None else conflict,
        conflict_reason="같은 기관에서 일했습니다" if conflict else "",
        declared_at=now() if grades is not None or conflict is not None else None,
        filed_at=now() if filed else None,
    )
    session.add(assignment)
    await session.flush()
    assert assignment.id
    for code, grade in (grades or {}).items():
        session.add(Mark(assignment_id=assignment.id, indicator_code=code, grade=grade, absent=grade is None))
    await session.flush()
    if filed:
        await locking.keep(session, await sheet_of(session, assignment.id, evaluator), now())
    return assignment


async def seed_tally(
    session: AsyncSession,
    cycle: Cycle,
    votes: Sequence[int],
    *,
    voters: int,
    weight: int | None = None,
    blank: int = 0,
    listed: int = 0,
    ratings: Mapping[str, tuple[int, int, int, int, int]] | None = None,
) -> Election:
    """A counted vote over the tasks on the ballot, with these totals in their order, and of ratings by agency code."""
    tasks = await ballot_tasks(session, cycle)
    election = Election(
        uuid="4XwRHX4fT5Gaq5",
        cycle_id=cycle.id or 0,
        title="도민 투표",
        question="약속을 가장 잘 지킨 과제를 골라 주십시오",
        min_picks=1,
        max_picks=3,
        ratings=ratings is not None,
        state=ElectionState.TALLIED,
        fingerprint="f" * 43,
        result_record=encode(Result(((blank, *votes), *(ratings or {}).values()))).decode(),
        sized_record=encode(SizedTally(voters, weight or voters, "0" * 64)).decode(),
    )
    session.add(election)
    await session.flush()
    assert election.id
    for position, (task, _) in enumerate(zip(tasks, votes, strict=True)):
        session.add(
            ElectionOption(
                election_id=election.id,
                position=position,
                agency_code=task.agency_code,
                agency=task.agency,
                task_code=task.task_code,
                title=task.title,
                promise=task.promise,
                result=task.result,
            )
        )
    for position, code in enumerate(ratings or {}):
        session.add(RatedAgency(election_id=election.id, position=position, agency_code=code, agency=code))
    for number in range(listed):
        session.add(RollEntry(election_id=election.id, number=str(number + 1), name=f"도민 {number + 1}"))
    await session.flush()
    return election
