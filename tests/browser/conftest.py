"""A real browser and a running site with one open vote, for the tests of the booth."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest

from ballots.checking import Checker
from office.database import Database, open_engine
from office.settings import Settings
from tests.ballots.polls import open_poll
from tests.browser.halls import Hall
from tests.conftest import Templates
from tests.serving import Served, served

_seeds = count(1)


@pytest.fixture(scope="module")
def settings_here(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("booth")
    return Settings(
        database_url=templates.copy("sqlite"),
        server_key="a key of the tests that is long enough",
        demonstration=True,
        board_folder=folder / "boards",
        evidence_folder=folder / "evidence",
        demonstration_sign_ins=folder / "sign-ins.json",
    )


@pytest.fixture(scope="module")
def site(settings_here: Settings, checker: Checker) -> Iterator[Served]:
    with served(settings_here, checker) as running:
        yield running


@pytest.fixture
async def db(site: Served) -> AsyncIterator[Database]:
    engine = open_engine(site.settings.database_url)
    yield Database(engine)
    await engine.dispose()


@pytest.fixture
async def hall(site: Served, db: Database) -> Hall:
    return Hall(site, db, await open_poll(db, seed=next(_seeds)))


@pytest.fixture
async def rating_hall(site: Served, db: Database) -> Hall:
    """A vote in which three agencies are rated beside the choice of tasks."""
    rated = ("교통국", "여성가족국", "농정국")
    return Hall(site, db, await open_poll(db, rated=rated, seed=next(_seeds)))
