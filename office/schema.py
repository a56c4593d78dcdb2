"""Bringing a database to the newest schema, and telling whether it is there."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from office.database import open_engine

FOLDER = Path(__file__).parent / "migrations"


def config(database_url: str) -> Config:
    """Alembic's settings for one database; the caller has imported every model."""
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.attributes["metadata"] = SQLModel.metadata
    settings.attributes["database_url"] = database_url
    return settings


def migrate(database_url: str) -> None:
    """Bring the database to the newest schema."""
    parsed = sa.make_url(database_url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(config(database_url), "head")


@cache
def newest() -> str | None:
    """The revision this code is written for."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def present(connection: sa.Connection) -> str | None:
    """The revision a database is at."""
    return MigrationContext.configure(connection).get_current_revision()


class SchemaBehind(Exception):
    """The database is not at the schema this code is written for, or not there."""


async def require_newest(database_url: str) -> None:
    """Refuse to go on with a database of another schema."""
    engine = open_engine(database_url)
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(present)
    except sa.exc.OperationalError as trouble:
        raise SchemaBehind(f"the database cannot be opened: {trouble.orig}") from None
    finally:
        await engine.dispose()
    if found != newest():
        raise SchemaBehind(
            f"the database is at schema {found}, this code needs {newest()}: run `yaksok migrate`"
        )
