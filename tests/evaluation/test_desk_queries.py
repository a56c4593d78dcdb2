"""The desk asks the database as often for sixty indicators with five years as for two."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import select

from contracts.model import Contract
from contracts.terms.points import equal_shares
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from office.database import Database
from office.people import Role
from tests.conftest import SignIn
from tests.seeding import TRANSPORT, seed_cycle, seed_sheet

YEARS = tuple((year, Decimal(year - 2000)) for year in range(2021, 2026))


def contract_with(indicators: int) -> ContractTree:
    """A contract of one task whose indicators are graded by experts and have five past years."""
    weights = equal_shares(Decimal(100), indicators)
    measure = Measure(Direction.UP, Method.NINE_GRADE, unit="건", history=YEARS, actual=Decimal(30))
    below = tuple(
        Node(f"E-{n}", f"지표 {n}", Kind.INDICATOR, weight, measure=measure)
        for n, weight in enumerate(weights)
    )
    task = Node("T-1", "과제", Kind.TASK, Decimal(100), promise="하겠습니다.", children=below)
    return replace(TRANSPORT, children=(task,))


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """Every statement sent to the database meanwhile."""
    assert isinstance(db.binding, AsyncConnection)
    seen: list[str] = []

    def see(*sent: Any) -> None:
        seen.append(sent[2])

    sa.event.listen(db.binding.sync_connection, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        sa.event.remove(db.binding.sync_connection, "before_cursor_execute", see)


async def asked_for(db: Database, signed_in: SignIn, indicators: int) -> int:
    async with signed_in(Role.EVALUATOR) as (person, visitor):
        async with db.writing() as session:
            await seed_cycle(session, trees=[contract_with(indicators)])
            contract = (await session.exec(select(Contract))).one()
            assignment = await seed_sheet(session, contract, person, {})
        with statements(db) as seen:
            page = await visitor.get(f"/evaluation/{assignment.id}")
        assert page.text.count("<fieldset") == indicators
        assert page.text.count("연도별 변화") == indicators
    return len([statement for statement in seen if statement.lstrip().upper().startswith("SELECT")])


async def test_a_sheet_of_two_indicators_takes_few_statements(db: Database, signed_in: SignIn) -> None:
    assert await asked_for(db, signed_in, 2) <= 20


async def test_a_sheet_of_sixty_indicators_takes_no_more(db: Database, signed_in: SignIn) -> None:
    assert await asked_for(db, signed_in, 60) <= 20
