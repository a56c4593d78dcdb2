"""Acts that change a cycle take it before the journal, so that two of them wait for each other and never both at once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts import publication
from contracts.changes.amendments import require_amendable
from contracts.cycles import cycle_of, hold
from contracts.model import Contract, ContractState, Phase
from contracts.reading import contracts_of, cycle_name, trees_of
from contracts.signing import sign_as_office
from contracts.terms.canonical import canonical_bytes, contract_record, sha256_hex
from office import journal
from office.database import Database
from office.people import Person, Role, enrol, totp_of
from office.settings import Settings
from reports.rulebook import default_rulebook
from reports.rules import publish_rulebook
from tests.conftest import PASSWORD
from tests.seeding import YEAR, seed_cycle

pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
Act = Callable[[AsyncSession, Settings, Person], Awaitable[object]]


async def rulebook(session: AsyncSession, settings: Settings, by: Person) -> object:
    return await publish_rulebook(session, await cycle_of(session, YEAR), default_rulebook(), by)


async def contracts(session: AsyncSession, settings: Settings, by: Person) -> object:
    return await publication.publish(session, await cycle_of(session, YEAR), by)


async def signature(session: AsyncSession, settings: Settings, by: Person) -> object:
    cycle, code = await cycle_of(session, YEAR), totp_of(by, settings).now()
    return await sign_as_office(session, settings, cycle, by, code)


async def amendment(session: AsyncSession, settings: Settings, by: Person) -> object:
    contract = (await session.exec(select(Contract))).all()[0]
    await require_amendable(session, await cycle_of(session, YEAR), contract)
    return await journal.record(session, by.actor, "test", "amendment")


async def prepared(db: Database, settings: Settings, act: Act) -> Person:
    """A cycle in which the act is due, and an officer to do it."""
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.PUBLISHED if act is amendment else Phase.DRAFTING)
        people = [
            await enrol(
                session, settings, email=f"{n}@example.org", name=n, role=Role.OFFICE, password=PASSWORD
            )
            for n in ("first", "second")
        ]
        if act in (contracts, signature):
            trees = await trees_of(session, cycle)
            for contract, _ in await contracts_of(session, cycle):
                record = canonical_bytes(contract_record(trees[contract.id or 0], cycle=cycle_name(cycle)))
                contract.record, contract.fingerprint = record.decode(), sha256_hex(record)
                contract.state = ContractState.SIGNED if act is contracts else ContractState.HEAD_SIGNED
                session.add(contract)
        if act is contracts:
            await session.flush()
            assert await publication.publish(session, cycle, people[0]) is False
    return people[1]


async def somebody_waits(db: Database) -> bool:
    async with db.reading() as session:
        return bool((await (await session.connection()).execute(sa.text(WAITING))).scalar_one())


@pytest.mark.parametrize("act", [rulebook, contracts, signature, amendment])
async def test_an_act_waits_for_the_cycle_with_the_journal_still_free(
    own_db: tuple[Database, Settings], act: Act
) -> None:
    db, settings = own_db
    by = await prepared(db, settings, act)

    async def done() -> object:
        async with db.writing() as session:
            return await act(session, settings, by)

    async with db.writing() as first:
        await hold(first, await cycle_of(first, YEAR), alone=True)
        waiting = asyncio.create_task(done())
        while not await somebody_waits(db):
            assert not waiting.done(), waiting
            await asyncio.sleep(0.05)
        await journal.record(first, by.actor, "test", "first")
    assert await waiting
