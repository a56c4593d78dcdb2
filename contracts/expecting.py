"""Which bodies are expected to have a contract in a cycle, and which of them have not begun one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, ContractState, Cycle
from office.people import Person, Role


@dataclass(frozen=True, slots=True)
class Body:
    """A body by its permanent code; the name is the code where it never had a contract."""

    code: str
    name: str


async def not_begun(session: AsyncSession, cycle: Cycle) -> list[Body]:
    """The active bodies without a contract in a cycle, by name, in three statements.

    Active is a body of which an officer or a head signs in, and one that had a public contract in the cycle before.
    """
    last = select(func.max(Cycle.year)).where(
        col(Cycle.year) < cycle.year, col(Cycle.contracts_sha256).is_not(None)
    )
    had_one = (
        select(Agency.code, Contract.cycle_id)
        .join(Contract, col(Contract.agency_id) == col(Agency.id))
        .join(Cycle, col(Cycle.id) == col(Contract.cycle_id))
        .where(or_(col(Cycle.id) == cycle.id, col(Cycle.year) == last.scalar_subquery()))
        .where(or_(col(Cycle.id) == cycle.id, col(Contract.state) == ContractState.PUBLISHED))
    )
    found = list(await session.exec(had_one))
    begun = {code for code, of in found if of == cycle.id}
    theirs = select(Person.agency).where(
        col(Person.role).in_((Role.OFFICER, Role.HEAD)), col(Person.agency).is_not(None)
    )
    codes = {code for code, _ in found} | {code for code in await session.exec(theirs.distinct()) if code}
    names = dict((await session.exec(select(Agency.code, Agency.name))).all())
    return sorted(
        (Body(code, names.get(code, code)) for code in codes - begun), key=lambda body: (body.name, body.code)
    )
