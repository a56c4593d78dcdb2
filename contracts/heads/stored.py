"""The head's own contract as it is stored, one row a task, and read back for many contracts at once."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.terms.tree import Direction, HeadContract, Kind, Measure, Method, Node
from office.database import DecimalText, choice


class HeadPromise(SQLModel, table=True):
    """That the head of a contract's agency has a contract of their own; named by the office, never by a name."""

    __tablename__ = "head_promise"

    contract_id: int = Field(foreign_key="contract.id", primary_key=True, ondelete="CASCADE")
    since: date
    leadership: str = Field(default="", max_length=1000)


class HeadTask(SQLModel, table=True):
    """One task of the head's own contract: measured against a target, or graded by experts."""

    __tablename__ = "head_task"
    __table_args__ = (sa.UniqueConstraint("contract_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True, ondelete="CASCADE")
    position: int
    code: str = Field(max_length=60)
    title: str = Field(max_length=300)
    definition: str = Field(default="", max_length=1000)
    weight: Decimal = Field(sa_type=DecimalText)
    graded: bool
    direction: Direction = Field(sa_type=choice(Direction))
    unit: str = Field(default="", max_length=40)
    target: Decimal | None = Field(default=None, sa_type=DecimalText)
    actual: Decimal | None = Field(default=None, sa_type=DecimalText)
    result: str = Field(default="", max_length=1000)


async def heads_of(session: AsyncSession, contracts: Collection[int]) -> dict[int, HeadContract]:
    """The heads' own contracts by contract id, in two statements; contracts without one are not in it."""
    promises = await session.exec(select(HeadPromise).where(col(HeadPromise.contract_id).in_(contracts)))
    found = {each.contract_id: each for each in promises}
    if not found:
        return {}
    query = select(HeadTask).where(col(HeadTask.contract_id).in_(found))
    tasks: dict[int, list[Node]] = {}
    for row in await session.exec(query.order_by(col(HeadTask.contract_id), col(HeadTask.position))):
        tasks.setdefault(row.contract_id, []).append(_node(row))
    return {
        contract_id: HeadContract(tuple(tasks.get(contract_id, ())), each.since, each.leadership)
        for contract_id, each in found.items()
    }


def _node(row: HeadTask) -> Node:
    measure = Measure(
        row.direction,
        Method.NINE_GRADE if row.graded else Method.TARGET_RATIO,
        unit=row.unit,
        definition=row.definition,
        target=row.target,
        actual=row.actual,
    )
    return Node(row.code, row.title, Kind.INDICATOR, row.weight, result=row.result, measure=measure)
