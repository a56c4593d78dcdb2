"""Puts the departments together: the web application, and the one command `yaksok`."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import click
import pyotp
import segno
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.static_files import create_static_files_router

import ballots.web
import contracts.web
import evaluation.web
import office.commands
import office.demonstration
import office.schema
import office.web
import rehearsal.demonstration
import reports.web
from ballots.checking import Checker
from ballots.due import due_work as ballots_due
from ballots.verify_command import verify
from office.access import SignedIn
from office.carriers import carriers_for
from office.clock import Clock
from office.database import Database, open_engine
from office.demonstration import keep_apart
from office.outbox import Outbox
from office.pages import Pages, before_request, refuse
from office.security import csrf, headers_hook, hosts
from office.settings import Settings
from rehearsal.cycle import DOMAIN
from rehearsal.material import Material, NotThisFolder, read_folder
from rehearsal.outcome import for_people, write_outcome
from rehearsal.pabulib import NotTheseBallots
from rehearsal.play import Played, play
from rehearsal.theatre import DidNotStart, free_port, server, yaksok
from rehearsal.visitor import Unexpected

ROOT = Path(__file__).parent
DEPARTMENTS = (contracts, evaluation, ballots, reports)
MAX_BODY = 12 * 1024 * 1024
SIGN_INS = "sign-ins.json"


def _folders(kind: str) -> list[Path]:
    packages = [Path(str(department.__file__)).parent for department in DEPARTMENTS]
    return [folder for package in packages if (folder := package / kind).is_dir()]


def create_app(
    settings: Settings | None = None, *, db: Database | None = None, checker: Checker | None = None
) -> Litestar:
    """The application.  Tests pass a database bound to one transaction and a checker they share."""
    settings = settings or Settings()
    engine = None if db else open_engine(settings.database_url)
    database = db or Database(engine)  # type: ignore[arg-type]  # one of the two is there
    outbox = Outbox(database, carriers_for(settings), keep_bodies=settings.demonstration)
    ballot_checker = checker or Checker(settings.check_workers)
    clock = Clock([outbox.deliver, outbox.mark_lost], ballots_due(database, settings))
    statics: list[Any] = [ROOT / "office" / "static", *_folders("static")]
    places = [
        *contracts.web.PLACES,
        *evaluation.web.PLACES,
        *ballots.web.PLACES,
        *reports.web.PLACES,
        *office.web.PLACES,
    ]

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await keep_apart(database, settings)
        ticking = asyncio.create_task(clock.run())
        try:
            yield
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
            await clock.tick()
            await outbox.close()
            if checker is None:
                ballot_checker.close()
            if engine is not None:
                await engine.dispose()

    routes: list[Any] = [
        *office.web.ROUTES,
        *contracts.web.ROUTES,
        *evaluation.web.ROUTES,
        *ballots.web.ROUTES,
        *reports.web.ROUTES,
        create_static_files_router(
            path="/static",
            directories=statics,
            cache_control=None,
            after_request=None,
            send_as_attachment=False,
        ),
    ]
    if settings.demonstration:
        routes += office.demonstration.ROUTES
    return Litestar(
        route_handlers=routes,
        lifespan=[lifespan],
        state=State(
            {
                "db": database,
                "settings": settings,
                "outbox": outbox,
                "checker": ballot_checker,
                "clock": clock,
                "pages": Pages(settings, _folders("templates"), statics, places),
            }
        ),
        dependencies={
            name: Provide(_from_state(name), sync_to_thread=False)
            for name in ("db", "settings", "outbox", "checker", "clock")
        },
        middleware=[DefineMiddleware(SignedIn, exclude=["^/static/", "^/health/"])],
        before_request=before_request,
        before_send=[headers_hook(settings)],
        exception_handlers={Exception: refuse},
        csrf_config=csrf(settings),
        allowed_hosts=hosts(settings),
        request_max_body_size=MAX_BODY,
        openapi_config=None,
        debug=False,
    )


def _from_state(name: str) -> Callable[[State], Any]:
    def provide(state: State) -> Any:
        return state[name]

    return provide


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Yaksok (약속): performance contracts in public, scored by experts, voted on by residents.

    \b
    Try it:      yaksok demo              a filled demonstration on http://localhost:8000
    Check it:    yaksok verify BOARD.bel  verify a published vote with nothing but its file
    Rehearse it: yaksok rehearse DIR --out OUT
    Operate it:  yaksok migrate, yaksok invite, yaksok serve   (settings: docs/operations.md)
    """


@cli.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--folder", default="var/demonstration", show_default=True, type=click.Path(path_type=Path))
def demo(port: int, folder: Path) -> None:
    """Fill a demonstration (once) and serve it; the sign-ins are printed, and shown on /demonstration/sign-ins."""
    address = f"http://localhost:{port}"
    if not (folder / SIGN_INS).exists():
        click.echo(
            "Filling the demonstration: two cycles are played through the front door (about a minute)."
        )
        half = folder.with_name(f"{folder.name}.filling")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        try:
            asyncio.run(_fill(half, address))
        except (Unexpected, DidNotStart) as trouble:
            raise click.ClickException(f"{trouble}\n(details: {half / 'server.log'})") from None
        folder.parent.mkdir(parents=True, exist_ok=True)
        half.rename(folder)
    os.environ.update(_demonstration_environment(folder, address, port))
    office.schema.migrate(os.environ["YAKSOK_DATABASE_URL"])
    _print_sign_ins(folder, address)
    office.commands.run_server("0.0.0.0", port)  # noqa: S104 - a demonstration is to be looked at, also from a phone


@cli.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where the results go."
)
@click.option("--seed", default=1, show_default=True, help="For what has to be made up.")
@click.option("--json", "as_json", is_flag=True, help="Write the summary as JSON to standard output.")
def rehearse(folder: Path, out: Path, seed: int, as_json: bool) -> None:
    """Take the files of DIR through a whole cycle on a fresh database, as every role, and write the results to OUT.

    DIR holds ballots.pb (Pabulib, k-of-n) and, where present, contracts.csv or contracts.xlsx and marks.csv; what is
    absent is made up from the seed and called simulated everywhere.  OUT gets reports/*.pdf, ranking.csv, the board
    (.bel), summary.json and summary.txt.  Exit status 0 only when every check is positive.
    """
    try:
        material = read_folder(folder, seed=seed)
    except (NotThisFolder, NotTheseBallots) as wrong:
        raise click.ClickException(str(wrong)) from None
    if left := sorted(path.name for path in out.glob("*.bel")):
        raise click.ClickException(f"{out} already holds a board ({', '.join(left)}): name another folder")
    try:
        with tempfile.TemporaryDirectory(prefix="yaksok-rehearsal-") as scratch:
            played = asyncio.run(_rehearse(Path(scratch), material))
    except (Unexpected, DidNotStart) as trouble:
        raise click.ClickException(str(trouble)) from None
    outcome = write_outcome(material, played, out, _progress)
    click.echo(json.dumps(outcome.summary, ensure_ascii=False) if as_json else for_people(outcome.summary))
    if not outcome.well:
        raise SystemExit(1)


cli.add_command(office.commands.serve)
cli.add_command(office.commands.migrate_command)
cli.add_command(office.commands.invite)
cli.add_command(verify)


def _progress(text: str) -> None:
    click.echo(text, err=True)


def _demonstration_environment(folder: Path, address: str, port: int) -> dict[str, str]:
    """The settings of a demonstration that lives in a folder; its key is drawn once."""
    key = folder / "server.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32))
    names = {
        f"{host}:{number}"
        for host in ("localhost", "127.0.0.1")
        for number in (port, address.rpartition(":")[2])
    }
    return {
        "YAKSOK_DEMONSTRATION": "true",
        "YAKSOK_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/yaksok.sqlite",
        "YAKSOK_SERVER_KEY": key.read_text(),
        "YAKSOK_BOARD_FOLDER": str(folder / "boards"),
        "YAKSOK_DEMONSTRATION_SIGN_INS": str(folder / SIGN_INS),
        "YAKSOK_BASE_URL": address,
        "YAKSOK_ALLOWED_HOSTS": json.dumps(sorted(names)),
    }


@asynccontextmanager
async def _theatre(folder: Path, address: str = "") -> AsyncIterator[tuple[str, list[tuple[str, str]]]]:
    """A server on a fresh demonstration database in a folder, and the numbers its first two officers come in with."""
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    environment = _demonstration_environment(folder, address or here, port)
    os.environ.update(environment)
    office.schema.migrate(environment["YAKSOK_DATABASE_URL"])
    settings = Settings()
    engine = open_engine(settings.database_url)
    await keep_apart(Database(engine), settings)
    await engine.dispose()
    officers = [(f"office.{n}@{DOMAIN}", f"성과관리 담당 {n}") for n in (1, 2)]
    numbers = await office.commands.first_officers(settings, officers)
    command = yaksok("serve", "--port", str(port))
    log = folder / "server.log"
    async with server(command, environment, here, log):
        try:
            yield here, numbers
        except Unexpected as trouble:
            said = log.read_text(errors="replace")[-3000:]
            raise Unexpected(f"{trouble}\n\nThe server's log ends with:\n{said}" if said else str(trouble)) from None


async def _fill(folder: Path, address: str) -> None:
    async with _theatre(folder, address) as (here, numbers):
        filled = await rehearsal.demonstration.fill(here, numbers, _progress)
    filled.write(folder / SIGN_INS)


async def _rehearse(folder: Path, material: Material) -> Played:
    async with _theatre(folder) as (here, numbers):
        return await play(here, material, numbers, _progress)


def _print_sign_ins(folder: Path, address: str) -> None:
    """One sign-in per role (two officers of the performance office), with the authenticator secret as QR and text."""
    shown: dict[str, int] = {}
    for entry in json.loads((folder / SIGN_INS).read_text(encoding="utf-8")):
        shown[entry["role"]] = shown.get(entry["role"], 0) + 1
        if shown[entry["role"]] > (2 if entry["role"] == "office" else 1):
            continue
        click.echo(
            f"\n{entry['name']}  ({entry['role']})\n  {entry['email']}\n  {entry['password']}\n  {entry['secret']}"
        )
        uri = pyotp.TOTP(entry["secret"]).provisioning_uri(name=entry["email"], issuer_name="Yaksok")
        segno.make(uri, error="l").terminal(compact=True, border=2)
    click.echo(
        f"\nYaksok is at {address}\n"
        f"  everybody's sign-ins, with the code of the moment: {address}/demonstration/sign-ins\n"
        f"  messages (voting links, codes):                    {address}/demonstration/outbox\n"
    )


def main() -> None:
    """The console script `yaksok`."""
    cli()


if __name__ == "__main__":
    main()
