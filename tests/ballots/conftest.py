"""A vote in the test's database, by its services or over HTTP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from litestar import Litestar

from office.database import Database
from office.people import Role
from office.settings import Settings
from tests.ballots.house import House
from tests.ballots.votes import Vote
from tests.conftest import SignIn


@pytest.fixture
def vote(db: Database, settings: Settings) -> Vote:
    return Vote(db, settings)


@pytest.fixture
async def house(db: Database, settings: Settings, app: Litestar, signed_in: SignIn) -> AsyncIterator[House]:
    made = House(db, settings, app)
    async with AsyncExitStack() as stack:
        for role in (Role.OFFICE, Role.OFFICE, Role.TRUSTEE, Role.TRUSTEE):
            person, visitor = await stack.enter_async_context(signed_in(role))
            if role is Role.OFFICE:
                made.officers.append(visitor)
            else:
                made.trustees.append((person, visitor))
        yield made
