"""Databases, the application and its visitors.

`db` gives every test one transaction that is rolled back, on SQLite and on PostgreSQL; `own_db` gives a database of its
own to tests with a server process, a worker or a second connection.
"""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import hypothesis
import pytest
import sqlalchemy as sa
from litestar import Litestar
from playwright.async_api import Browser
from sqlalchemy.ext.asyncio import AsyncEngine

import app as house
from ballots.checking import Checker
from office.access import cookie_name
from office.database import Database, open_engine
from office.logins import start_login
from office.people import Person, Role, enrol
from office.schema import migrate
from office.settings import Settings
from rehearsal.visitor import Authenticator, Visitor
from tests import browsers, postgres

HOST = "http://localhost:8000"
PASSWORD = "a long enough password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BACKENDS = ("sqlite", "postgresql")
# How long one example takes depends on what else the machine does.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a browser or anything slow first: of two processes, none is left alone with a long one at the end."""
    long = {
        item.path for item in items if any(item.iter_markers("browser")) or any(item.iter_markers("slow"))
    }
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


class Templates:
    """A migrated, empty database of each kind, to be copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cluster: postgres.Cluster | None = None
        self._made: dict[str, str] = {}
        self._shared: dict[str, AsyncEngine] = {}
        self._copies = 0
        self._running = postgres.cluster()

    def template(self, backend: str) -> str:
        if backend not in self._made:
            if backend == "sqlite":
                url = f"sqlite+aiosqlite:///{self._folder}/template.sqlite"
            else:
                url = self.cluster().create_database("yaksok_template")
            migrate(url)
            self._made[backend] = url
        return self._made[backend]

    def cluster(self) -> postgres.Cluster:
        if self._cluster is None:
            self._cluster = self._running.__enter__()
        return self._cluster

    def shared(self, backend: str) -> AsyncEngine:
        """For all tests that roll back: one engine, which knows its statements, on one database.

        Not on the template, which must stay free to be copied; whoever used the engine disposes of its connections.
        """
        if backend not in self._shared:
            url = self.copy(backend)
            if backend == "postgresql":
                _number_apart(url)
            self._shared[backend] = open_engine(url)
        return self._shared[backend]

    def copy(self, backend: str) -> str:
        self.template(backend)
        self._copies += 1
        if backend == "sqlite":
            target = self._folder / f"copy-{self._copies}.sqlite"
            shutil.copyfile(self._folder / "template.sqlite", target)
            return f"sqlite+aiosqlite:///{target}"
        return self.cluster().create_database(f"yaksok_copy_{self._copies}", template="yaksok_template")

    def close(self) -> None:
        if self._cluster is not None:
            self._running.__exit__(None, None, None)


def _number_apart(url: str) -> None:
    """Have every table number its rows from a number of its own.

    PostgreSQL does not take numbers back, so that a test that guesses one holds only as the first; now it never does.
    """
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        sequences = (
            connection.execute(sa.text("SELECT sequencename FROM pg_sequences ORDER BY 1")).scalars().all()
        )
        for place, name in enumerate(sequences, start=1):
            connection.execute(sa.text(f'ALTER SEQUENCE "{name}" RESTART WITH {1000 * place + 1}'))
    engine.dispose()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    made = Templates(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def checker() -> Iterator[Checker]:
    """One process that checks ballots, shared by the tests of a session."""
    made = Checker(1)
    yield made
    made.close()


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the tests of a file; each opens windows of its own."""
    async with browsers.browser() as started:
        yield started


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url="sqlite+aiosqlite:///unused.sqlite",
        server_key="a key of the tests that is long enough",
        demonstration=True,
        board_folder=tmp_path / "boards",
        evidence_folder=tmp_path / "evidence",
        demonstration_sign_ins=tmp_path / "sign-ins.json",
    )


@pytest.fixture
async def db(backend: str, templates: Templates) -> AsyncIterator[Database]:
    """A database in which everything is rolled back when the test ends."""
    engine = templates.shared(backend)
    try:
        async with engine.connect() as connection:
            transaction = await connection.begin()
            yield Database(connection)
            await transaction.rollback()
    finally:
        await engine.dispose()


@pytest.fixture
async def own_db(
    backend: str, templates: Templates, settings: Settings
) -> AsyncIterator[tuple[Database, Settings]]:
    """A committed database of the test's own, with the settings that point at it."""
    url = templates.copy(backend)
    engine = open_engine(url)
    yield Database(engine), settings.model_copy(update={"database_url": url})
    await engine.dispose()


@pytest.fixture(scope="session")
def houses() -> list[tuple[Settings, Litestar]]:
    """The application with its hundreds of routes and its templates, put together once for settings of one kind."""
    return []


@pytest.fixture
def app(
    db: Database, settings: Settings, checker: Checker, houses: list[tuple[Settings, Litestar]]
) -> Litestar:
    """The application on the rolled-back database; due work is done by `await app.state.clock.tick()`.

    Everything that works on the database, or remembers anything, is this test's own.
    """
    folders = ("board_folder", "evidence_folder", "demonstration_sign_ins")
    kind = settings.model_copy(update=dict.fromkeys(folders))
    built = next((built for known, built in houses if known == kind), None)
    if built is None:
        built = house.create_app(settings, db=db, checker=checker)
        houses.append((kind, built))
    else:
        built.state.update(house.parts(settings, db, checker))
    return built


def visitor_of(app: Litestar) -> Visitor:
    transport = httpx.ASGITransport(cast(Any, app), raise_app_exceptions=False)
    return Visitor(httpx.AsyncClient(transport=transport, base_url=HOST))


@pytest.fixture
async def visitor(app: Litestar) -> AsyncIterator[Visitor]:
    """Somebody who has not signed in."""
    made = visitor_of(app)
    async with made.http:
        yield made


SignIn = Callable[..., AbstractAsyncContextManager[tuple[Person, Visitor]]]


@pytest.fixture
def signed_in(app: Litestar, db: Database, settings: Settings) -> SignIn:
    """`async with signed_in(Role.OFFICE) as (person, visitor)`: somebody of that role, signed in.

    Their authenticator is `Authenticator(SECRET)`; the page that takes password and code is tested in tests/office.
    """
    made = 0

    @asynccontextmanager
    async def sign_in(role: Role, agency: str | None = None) -> AsyncIterator[tuple[Person, Visitor]]:
        nonlocal made
        made += 1
        async with db.writing() as session:
            person = await enrol(
                session,
                settings,
                email=f"{role.value}{made}@example.org",
                name=f"{role.value} {made}",
                role=role,
                agency=agency,
                password=PASSWORD,
                totp_secret=SECRET,
            )
            token = await start_login(session, person)
        visitor = visitor_of(app)
        visitor.authenticator = Authenticator(SECRET)
        visitor.http.cookies.set(cookie_name(settings), token, domain="localhost.local")
        async with visitor.http:
            yield person, visitor

    return sign_in
