"""The schema: from nothing to the newest and back, on both databases, and never half-way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import event

import app as house
from ballots.checking import Checker
from office.database import Database, open_engine
from office.schema import FOLDER, SchemaBehind, config, migrate, newest, require_newest
from office.settings import Settings
from tests.conftest import Templates, visitor_of


@pytest.fixture
def empty(backend: str, templates: Templates, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it."""
    if backend == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/made/empty.sqlite"
        return
    cluster = templates.cluster()
    yield cluster.create_database("yaksok_empty")
    cluster.drop_database("yaksok_empty")


def tables(url: str) -> set[str]:
    engine = sa.create_engine(url.replace("+aiosqlite", ""))
    names = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_models_and_migrated_schema_agree_up_down_and_up_again(empty: str) -> None:
    migrate(empty)
    command.check(config(empty))
    assert "person" in tables(empty)
    for _ in ScriptDirectory(str(FOLDER)).walk_revisions():
        command.downgrade(config(empty), "-1")
    assert tables(empty) == {"alembic_version"}
    migrate(empty)
    command.check(config(empty))


class Interrupted(Exception):
    """The process is killed, as far as the database can tell."""


def test_a_migration_that_is_interrupted_has_never_happened(empty: str) -> None:
    migrate(empty)
    command.downgrade(config(empty), "base")
    seen = 0

    def interrupt(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == 25:
            raise Interrupted

    event.listen(sa.Engine, "after_cursor_execute", interrupt)
    try:
        with pytest.raises(Interrupted):
            migrate(empty)
    finally:
        event.remove(sa.Engine, "after_cursor_execute", interrupt)
    assert tables(empty) == {"alembic_version"}
    migrate(empty)
    command.check(config(empty))


def test_another_schema_is_not_served(
    empty: str, settings: Settings, checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(empty)
    asyncio.run(require_newest(empty))
    command.downgrade(config(empty), "-1")
    with pytest.raises(SchemaBehind, match=f"this code needs {newest()}"):
        asyncio.run(require_newest(empty))

    async def ready() -> tuple[int, str | None]:
        engine = open_engine(empty)
        visitor = visitor_of(house.create_app(settings, db=Database(engine), checker=checker))
        async with visitor.http:
            answer = await visitor.http.get("/health/ready")
        await engine.dispose()
        return answer.status_code, answer.headers.get("retry-after")

    assert asyncio.run(ready()) == (503, "30")

    monkeypatch.setenv("YAKSOK_DATABASE_URL", empty)
    monkeypatch.setenv("YAKSOK_SERVER_KEY", "a key of the tests that is long enough")
    for arguments in (["serve"], ["invite", "kim@example.org"]):
        refused = CliRunner().invoke(house.cli, arguments)
        assert refused.exit_code == 1
        assert "run `yaksok migrate`" in refused.output
