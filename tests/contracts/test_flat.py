"""Pages take the same number of statements however much there is: sixty indicators with five years, a thousand contracts."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from sqlmodel import col, insert, select, update

from contracts.cycles import create_cycle
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import contracts_of
from contracts.terms.points import equal_shares
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from contracts.writing.drafting import store_contracts
from contracts.writing.review import ContractReview
from office.clock import now
from office.database import Database
from office.people import Person, Role
from rehearsal.visitor import Visitor
from tests.conftest import SignIn
from tests.contracts.test_storing import statements

YEAR = 2031
FEW, MANY = "FEW", "MANY"


def contract(code: str, indicators: int) -> ContractTree:
    """A contract of so many indicators, each with five past years."""
    history = tuple((year, Decimal(year - 2000)) for year in range(YEAR - 5, YEAR))
    measure = Measure(Direction.UP, Method.TARGET_RATIO, unit="건", target=Decimal(40), history=history)
    leaves = tuple(
        Node(f"I-{i}", f"지표 {i}", Kind.INDICATOR, share, measure=measure)
        for i, share in enumerate(equal_shares(Decimal(100), indicators))
    )
    task = Node(
        "T-1", "과제", Kind.TASK, Decimal(100), promise="약속합니다.", on_ballot=True, children=leaves
    )
    return ContractTree(code, f"기관 {code}", "실·국", (task,))


async def seeded(db: Database, year: int, trees: Sequence[ContractTree], state: ContractState) -> Cycle:
    async with db.writing() as session:
        cycle = await create_cycle(session, year=year, title=f"{year}년", by="test")
        await store_contracts(session, cycle, trees, "test")
        await session.exec(
            update(Contract).where(col(Contract.cycle_id) == cycle.id).values(state=state, published_at=now())
        )
        if state is ContractState.PUBLISHED:
            cycle.phase = Phase.REPORTING
            session.add(cycle)
    return cycle


async def statements_of(db: Database, visitor: Visitor, path: str) -> int:
    """How many statements a page takes when it is opened again."""
    await visitor.get(path)
    with statements(db) as seen:
        await visitor.get(path)
    return len(seen)


@pytest.mark.parametrize(
    ("state", "paths"),
    [
        (
            ContractState.DRAFT,
            ("/agency", "/agency/contracts/{id}", "/agency/contracts/{id}/edit", "/agency/contracts/{id}/review",
             "/agency/contracts/{id}/edit/node?code=I-1", "/agency/contracts/{id}/edit/weights?under=T-1"),
        ),
        (
            ContractState.PUBLISHED,
            ("/agency", "/agency/contracts/{id}", "/agency/contracts/{id}/figures", "/contracts/{id}"),
        ),
    ],
    ids=["draft", "published"],
)  # fmt: skip
async def test_sixty_indicators_of_five_years_take_no_more_statements_than_two(
    db: Database, signed_in: SignIn, state: ContractState, paths: tuple[str, ...]
) -> None:
    await seeded(db, YEAR, [contract(FEW, 2), contract(MANY, 60)], state)
    taken: dict[str, list[int]] = {}
    for code in (FEW, MANY):
        async with signed_in(Role.OFFICER, code) as (_, officer):
            for path in paths:
                count = await statements_of(db, officer, path.format(id=f"{YEAR}-{code}"))
                taken.setdefault(path, []).append(count)
    assert {path: few for path, (few, _) in taken.items()} == {
        path: many for path, (_, many) in taken.items()
    }
    # The person, the contract, its agency and tree, and what is said about it: no page needs many.
    assert max(many for _, many in taken.values()) <= 20, taken


async def test_a_thousand_contracts_are_listed_with_the_statements_of_ten(
    db: Database, signed_in: SignIn
) -> None:
    async with signed_in(Role.OFFICE) as (person, office):
        counts = []
        for year, number in ((YEAR, 10), (YEAR + 1, 1000)):
            trees = [contract(f"A{i:04d}", 1) for i in range(number)]
            cycle = await seeded(db, year, trees, ContractState.SUBMITTED)
            await _handed_in(db, cycle, person)
            paths = (f"/office/cycles/{year}", f"/office/cycles/{year}/reviews", "/office/cycles")
            counts.append([await statements_of(db, office, path) for path in paths])
        assert counts[0] == counts[1]
        shown = (await office.get(f"/office/cycles/{YEAR + 1}/reviews?page=20")).text
    assert "1000건이 기다립니다" in shown and shown.count("기관 A") == 50


async def test_the_public_list_of_a_thousand_contracts_takes_the_statements_of_ten(
    db: Database, visitor: Visitor
) -> None:
    counts = []
    for year, number in ((YEAR, 10), (YEAR + 1, 1000)):
        trees = [contract(f"A{i:04d}", 1) for i in range(number)]
        await seeded(db, year, trees, ContractState.PUBLISHED)
        counts.append(await statements_of(db, visitor, f"/contracts?year={year}"))
    assert counts[0] == counts[1]


async def _handed_in(db: Database, cycle: Cycle, by: Person) -> None:
    async with db.writing() as session:
        ids = [each.id for each, _ in await contracts_of(session, cycle)]
        rows = [
            {
                "contract_id": each,
                "number": 1,
                "record": "{}",
                "submitted_by": by.id,
                "submitted_at": now(),
            }
            for each in ids
        ]
        await session.exec(insert(ContractReview), params=rows)
        assert len(list(await session.exec(select(ContractReview.id)))) >= len(ids)
