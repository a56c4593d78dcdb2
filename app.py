"""Puts the departments together: the web application, and the one command `yaksok`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import click
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.middleware import DefineMiddleware

import ballots.web
import contracts.letters
import contracts.web
import evaluation.letters
import evaluation.web
import office.commands
import office.web
import rehearsal.commands
import reports.approvals
import reports.web
from ballots.ceremony.calling import due_work as trustees_due
from ballots.checking import Checker
from ballots.due import due_work as ballots_due
from ballots.open_command import open_ballot
from ballots.verify_command import verify
from ballots.verify_diff_command import verify_diff
from ballots.watch import Watch, contracts_bound
from contracts.evidence.due import due_work as contracts_due
from contracts.public.alike import PastResults
from contracts.rereading import Rereading
from contracts.timing.deadlines import Deadlines
from contracts.timing.reminders import due_work as reminders_due
from evaluation.deadlines import sheets_to_file
from evaluation.marking.lapsing import due_work as evaluation_due
from evaluation.past_results import has_kept
from office import journal
from office.access import SignedIn
from office.assets import Assets
from office.carriers import carriers_for
from office.clock import Clock
from office.database import Database, open_engine
from office.demonstration import keep_apart
from office.outbox import Outbox
from office.pages import Pages, before_request
from office.security import FormTokens, headers_hook, hosts
from office.settings import Settings
from office.telling import Tellers
from office.web.sign_in import HOME
from reports.rules import rulebook_bytes

ROOT = Path(__file__).parent
DEPARTMENTS = (contracts, evaluation, ballots, reports)
MAX_BODY = 12 * 1024 * 1024


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
    given = parts(settings, database, checker or Checker(settings.check_workers))
    assets = Assets([ROOT / "office" / "static", *_folders("static")])
    places = [
        *contracts.web.PLACES,
        *evaluation.web.PLACES,
        *ballots.web.PLACES,
        *reports.web.PLACES,
        *office.web.PLACES,
    ]
    # What everybody may see, then where one's own work starts, then the rest of it.
    places.sort(key=lambda place: 2 * bool(place.roles) - (place.href in HOME.values()))

    @asynccontextmanager
    async def lifespan(application: Litestar) -> AsyncIterator[None]:
        state = application.state
        await keep_apart(state.db, state.settings)
        ticking = asyncio.create_task(state.clock.run())
        try:
            yield
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
            await state.clock.tick()
            await state.outbox.close()
            if checker is None:
                state.checker.close()
            if engine is not None:
                await engine.dispose()

    routes: list[Any] = [
        *office.web.ROUTES,
        *contracts.web.ROUTES,
        *evaluation.web.ROUTES,
        *ballots.web.ROUTES,
        *reports.web.ROUTES,
    ]
    if settings.demonstration:
        routes += office.web.DEMONSTRATION_ROUTES
    return Litestar(
        route_handlers=routes,
        lifespan=[lifespan],
        state=State(
            given | {"assets": assets, "pages": Pages(settings, _folders("templates"), assets, places)}
        ),
        dependencies={name: Provide(_from_state(name), sync_to_thread=False) for name in given},
        middleware=[DefineMiddleware(SignedIn, exclude=["^/static/", "^/health/"]), FormTokens(settings)],
        before_request=before_request,
        before_send=[contracts.web.open_to_all, headers_hook(settings)],
        after_exception=[office.web.recognise],
        exception_handlers={Exception: office.web.refuse},
        allowed_hosts=hosts(settings),
        request_max_body_size=MAX_BODY,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def parts(settings: Settings, database: Database, checker: Checker) -> dict[str, Any]:
    """What handlers ask for by name: everything that works on this database."""
    outbox = Outbox(database, carriers_for(settings), keep_bodies=settings.demonstration)
    tables = (contracts.letters.TELLERS, evaluation.letters.TELLERS, reports.approvals.TELLERS)
    journal.listen(database, Tellers(outbox, settings, *tables))
    rereading = Rereading(contracts_bound)
    watch = Watch(rereading, rulebook_bytes)
    voting = [*ballots_due(database, settings, watch), trustees_due(database, settings, outbox)]
    deadlines = Deadlines(sheets_to_file)
    reminders = reminders_due(database, settings, outbox, deadlines)
    return {
        "db": database,
        "settings": settings,
        "outbox": outbox,
        "checker": checker,
        "clock": Clock(
            [outbox.deliver, outbox.mark_lost],
            voting,
            evaluation_due(database),
            contracts_due(database, settings),
            [reminders],
        ),
        "rereading": rereading,
        "watch": watch,
        "deadlines": deadlines,
        "past_results": PastResults(has_kept),
    }


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
                 yaksok open-ballot BOARD.bel CODE  see what is in an opened ballot
    Rehearse it: yaksok rehearse DIR --out OUT
    Operate it:  yaksok migrate, yaksok invite, yaksok serve   (settings: docs/operations.md)
    """


for command in (
    rehearsal.commands.demo,
    verify_diff,
    verify,
    open_ballot,
    rehearsal.commands.rehearse,
    office.commands.migrate_command,
    office.commands.invite,
    office.commands.serve,
):
    cli.add_command(command)


def main() -> None:
    """The console script `yaksok`."""
    cli()


if __name__ == "__main__":
    main()
