"""Storing and reading trees: exact, flat in statements, refused where weights do not add up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.cycles import create_cycle, current_cycle, enter_phase, require_phase
from contracts.model import Phase
from contracts.reading import agencies_of, ballot_tasks, contracts_of, published_trees, trees_of
from contracts.terms.points import equal_shares
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from contracts.writing.drafting import public_id_of, store_contracts
from office.database import Database
from office.errors import Conflict, Refused
from tests.seeding import CULTURE, SAFETY, TRANSPORT, TREES, seed_cycle


def large(agencies: int = 20, indicators: int = 30) -> list[ContractTree]:
    """Six hundred indicators, every third without some of its figures."""
    shares = equal_shares(Decimal(100), indicators)

    def measure(i: int) -> Measure:
        figure = None if i % 3 == 0 else Decimal(i)
        history = ((2024, Decimal(i)), (2025, Decimal(i + 1)))
        return Measure(Direction.UP, Method.TARGET_RATIO, target=figure, actual=figure, history=history)

    def tree(a: int) -> ContractTree:
        leaves = tuple(
            Node(f"I{i}", f"지표 {i}", Kind.INDICATOR, share, measure=measure(i))
            for i, share in enumerate(shares)
        )
        task = Node("T", f"과제 {a}", Kind.TASK, Decimal(100), on_ballot=True, children=leaves)
        return ContractTree(f"X{a:02d}", f"기관 {a}", "공공기관", (task,))

    return [tree(a) for a in range(agencies)]


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """The statements a block sends to the database."""
    assert isinstance(db.binding, AsyncConnection)
    connection = db.binding.sync_connection
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


async def test_what_is_stored_is_read_back_exactly_and_in_its_order(db: Database) -> None:
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.PUBLISHED)
    async with db.reading() as session:
        assert tuple((await trees_of(session, cycle)).values()) == TREES
        assert [agency.code for agency in await agencies_of(session, cycle)] == ["TR", "CU", "SA"]
        tasks = await ballot_tasks(session, cycle)
    assert [(task.agency_code, task.task_code) for task in tasks] == [
        ("TR", "T-1"), ("TR", "T-2"), ("CU", "T-1"), ("CU", "T-2"), ("SA", "T-9"),
    ]  # fmt: skip
    assert tasks[0].promise.startswith("버스를 기다리는 시간") and tasks[0].agency == "교통국"


async def test_six_hundred_indicators_take_a_handful_of_statements(db: Database) -> None:
    trees = large()
    async with db.writing() as session:
        cycle = await create_cycle(session, year=2031, title="큰 해", by="test")
        with statements(db) as written:
            assert await store_contracts(session, cycle, trees, "test") == 20
    # Agencies, contracts, nodes level by level (in pages of a few thousand values), measures, journal.
    assert len(written) <= 24, written
    async with db.reading() as session:
        with statements(db) as read:
            assert list((await trees_of(session, cycle)).values()) == trees
    assert len(read) == 3


async def test_storing_again_replaces_drafts_and_leaves_other_agencies_alone(db: Database) -> None:
    changed = replace(TRANSPORT, agency="교통안전국")
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.DRAFTING)
        before = {contract.public_id: contract.id for contract, _ in await contracts_of(session, cycle)}
        await store_contracts(session, cycle, [changed], "test")
    async with db.reading() as session:
        assert tuple((await trees_of(session, cycle)).values()) == (changed, CULTURE, SAFETY)
        after = {contract.public_id: contract.id for contract, _ in await contracts_of(session, cycle)}
    assert after == before


async def test_unbalanced_weights_are_refused_naming_the_node(db: Database) -> None:
    goal, other = TRANSPORT.children
    task = goal.children[0]
    wrong = replace(
        TRANSPORT,
        children=(
            replace(goal, children=(replace(task, children=(replace(task.children[0], weight=Decimal("39.5")), task.children[1])),)),
            other,
        ),
    )  # fmt: skip
    async with db.writing() as session:
        cycle = await create_cycle(session, year=2031, title="해", by="test")
        with pytest.raises(Refused, match=r"교통국 기다림 줄이기.*60.*59\.5"):
            await store_contracts(session, cycle, [wrong], "test")
        assert await contracts_of(session, cycle) == []


async def test_nothing_unpublished_is_among_the_published_trees(db: Database) -> None:
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.DRAFTING)
        assert await published_trees(session, cycle) == []


async def test_a_cycle_only_moves_forward(db: Database) -> None:
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.SCORING)
        require_phase(cycle, Phase.SCORING, Phase.VOTING)
        with pytest.raises(Conflict, match="전문가 평가"):
            require_phase(cycle, Phase.REPORTING)
        with pytest.raises(Conflict, match="앞으로만"):
            await enter_phase(session, cycle, Phase.REPORTING, "test")
        await enter_phase(session, cycle, Phase.TALLIED, "test")
        found = await current_cycle(session)
    assert found is not None and found.phase is Phase.TALLIED


def test_the_public_id_of_an_unusual_code_fits_a_url_and_stays_its_own() -> None:
    assert public_id_of(2026, "A01") == "2026-A01"
    odd = {public_id_of(2026, code) for code in ("가/나", "가 나", "../etc")}
    assert len(odd) == 3 and all(each.isascii() and "/" not in each for each in odd)
