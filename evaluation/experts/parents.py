"""The body above an agency: who works there does not judge the agency."""

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Cycle
from evaluation.experts.committee import one_at_a_time
from office import journal
from office.errors import NotFound
from office.i18n import N_
from office.people import Person


class ParentBody(SQLModel, table=True):
    """The body above an agency, by code or name: who works there does not judge the agency."""

    __tablename__ = "parent_body"

    agency_code: str = Field(primary_key=True, max_length=40)
    parent: str = Field(max_length=120)


async def parents_of(session: AsyncSession) -> dict[str, str]:
    """The body above each agency, by the agency's code."""
    return {row.agency_code: row.parent for row in await session.exec(select(ParentBody))}


async def put_under(session: AsyncSession, cycle: Cycle, code: str, parent: str, by: Person) -> None:
    """Say which body stands above an agency; nothing takes it back."""
    await one_at_a_time(session, cycle)
    if (await session.exec(select(Agency.id).where(col(Agency.code) == code))).first() is None:
        raise NotFound(N_("그런 기관이 없습니다. 목록에서 골라 주십시오"))
    row = await session.get(ParentBody, code)
    if parent:
        row = row or ParentBody(agency_code=code, parent=parent)
        row.parent = parent
        session.add(row)
    elif row is not None:
        await session.delete(row)
    await journal.record(session, by.actor, "committee.parent", str(cycle.year), agency=code, parent=parent)
