"""The operator's commands: bring the database up to date, let the first officers in, serve."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import click
import uvicorn
from pydantic import ValidationError

from office.database import Database, open_engine
from office.demonstration import WrongDatabase, keep_apart
from office.errors import Trouble
from office.invitations import Invite, admit
from office.people import ROLE_LABELS, Role, people_with
from office.schema import SchemaBehind, migrate, require_newest
from office.settings import Settings

IDLE = 75
"""Seconds an idle connection stays open: longer than proxies keep theirs (60), or one sends into a closed connection."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
}
"""Warnings and faults to standard error, with their time; messages never hold a code, an address or a choice."""


def read_settings() -> Settings:
    """The settings of the environment, or a sentence that says which one is missing."""
    try:
        return Settings()
    except ValidationError as wrong:
        names = ", ".join(
            f"YAKSOK_{str(error['loc'][0]).upper()}" for error in wrong.errors() if error["loc"]
        )
        raise click.ClickException(
            f"settings missing or wrong: {names}.  YAKSOK_SERVER_KEY is a secret of at least 32 characters, for example "
            "from `openssl rand -hex 32`; docs/operations.md lists the others."
        ) from None


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database (YAKSOK_DATABASE_URL) to the newest schema."""
    migrate(read_settings().database_url)
    click.echo("The database is at the newest schema.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site with the settings of the environment (YAKSOK_…); run `yaksok migrate` first."""
    settings = read_settings()
    try:
        asyncio.run(_require_servable(settings))
    except (SchemaBehind, WrongDatabase) as wrong:
        raise click.ClickException(str(wrong)) from None
    run_server(host, port, workers)


async def _require_servable(settings: Settings) -> None:
    """What the application would refuse to start with, said before a server with its own words is there."""
    await require_newest(settings.database_url)
    engine = open_engine(settings.database_url)
    try:
        await keep_apart(Database(engine), settings)
    finally:
        await engine.dispose()


def run_server(host: str, port: int, workers: int = 1) -> None:
    """Run until stopped.  No access log: it would join times and addresses to ballots."""
    uvicorn.run(
        "app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_config=LOGGING,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=IDLE,
    )


@click.command()
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
@click.option(
    "--json", "as_json", is_flag=True, help="Write [[e-mail, invitation number], …] to standard output."
)
def invite(emails: tuple[str, ...], as_json: bool) -> None:
    """Let officers of the performance office in: prints an invitation number for each, to be given at /join.

    Two are needed, since critical acts need two officers; they invite everybody else from their own pages.
    """
    settings = read_settings()
    try:
        asyncio.run(require_newest(settings.database_url))
        numbers = asyncio.run(first_officers(settings, emails))
    except ValidationError:
        raise click.ClickException("an e-mail address is wanted, like officer@example.org") from None
    except (SchemaBehind, WrongDatabase, Trouble) as trouble:
        raise click.ClickException(str(trouble)) from None
    if as_json:
        click.echo(json.dumps(numbers))
    else:
        click.echo(f"{settings.base_url}/join")
        for email, number in numbers:
            click.echo(f"{email}  {number}")


async def first_officers(settings: Settings, emails: Sequence[str]) -> list[tuple[str, str]]:
    """Admit officers of the performance office by e-mail; returns (e-mail, invitation number)."""
    engine = open_engine(settings.database_url)
    db = Database(engine)
    try:
        await keep_apart(db, settings)
        async with db.writing() as session:
            known = len(await people_with(session, Role.OFFICE))
            admitted = []
            for place, email in enumerate(emails, start=known + 1):
                invited = Invite(email=email, name=f"{ROLE_LABELS[Role.OFFICE]} {place}", role=Role.OFFICE)
                _, number = await admit(session, invited, by="operator")
                admitted.append((invited.email, number))
            return admitted
    finally:
        await engine.dispose()
