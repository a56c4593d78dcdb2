"""The performance office's pages of a vote: prepare it, and every act that needs two officers."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import box, closing, issuing, opening, setup
from ballots.model import STATE_LABELS, Election
from ballots.ratings import agencies_to_rate
from ballots.standing import standing_of
from contracts.cycles import cycle_in
from contracts.model import Cycle, Phase
from contracts.reading import ballot_tasks
from office.access import only
from office.clock import Clock
from office.database import Database
from office.errors import Conflict, Trouble
from office.i18n import N_
from office.outbox import Outbox
from office.pages import AnyRequest, Place, page, read_form, see
from office.people import Person, Role, people_with
from office.settings import Settings

PLACES = (Place(N_("도민 투표"), "/office/elections", (Role.OFFICE,)),)
OFFICE = [only(Role.OFFICE)]
PREPARED_IN = (Phase.REPORTING, Phase.SCORING)
"""Phases of a cycle in which its vote is mostly prepared."""


def address(uuid: str) -> str:
    """Where the office works on a vote."""
    return f"/office/elections/{uuid}"


@get("/office/elections", guards=OFFICE)
async def elections(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    return await _all(request, db, {}, None)


@post("/office/elections", guards=OFFICE)
async def create(request: AnyRequest, db: NamedDependency[Database]) -> Response[Any]:
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        wanted = read_form(setup.NewElection, form)
        async with db.writing() as session:
            cycle = await cycle_in(session, *PREPARED_IN)
            if cycle is None:
                raise Conflict(N_("평가주기가 없습니다. 평가주기를 먼저 만들어 주십시오"))
            election = await setup.create(session, cycle, wanted, request.user)
    except Trouble as problem:
        return await _all(request, db, form, problem)
    return see(address(election.uuid))


@get("/office/elections/{uuid:str}", guards=OFFICE)
async def election(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    return await show(request, db, uuid)


@post("/office/elections/{uuid:str}/issue", guards=OFFICE)
async def issue(
    request: AnyRequest,
    db: NamedDependency[Database],
    outbox: NamedDependency[Outbox],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    uuid: FromPath[str],
) -> Response[Any]:
    async def act(session: AsyncSession, found: Election, by: Person) -> None:
        await issuing.issue(session, outbox, settings, found, by)

    answer = await carry_out(request, db, uuid, act)
    clock.ring()
    return answer


@post("/office/elections/{uuid:str}/open", guards=OFFICE)
async def open_(
    request: AnyRequest, db: NamedDependency[Database], clock: NamedDependency[Clock], uuid: FromPath[str]
) -> Response[Any]:
    async def act(session: AsyncSession, found: Election, by: Person) -> None:
        await opening.open_vote(session, found, await session.get_one(Cycle, found.cycle_id), by)

    answer = await carry_out(request, db, uuid, act)
    clock.ring()
    return answer


@post("/office/elections/{uuid:str}/close", guards=OFFICE)
async def close(
    request: AnyRequest, db: NamedDependency[Database], clock: NamedDependency[Clock], uuid: FromPath[str]
) -> Response[Any]:
    async def act(session: AsyncSession, found: Election, by: Person) -> None:
        await closing.close(session, found, by)

    answer = await carry_out(request, db, uuid, act)
    await closing.finish(db)
    clock.ring()
    return answer


async def carry_out(
    request: AnyRequest,
    db: Database,
    uuid: str,
    act: Callable[[AsyncSession, Election, Person], Awaitable[None]],
) -> Response[Any]:
    """Carry out an act on a vote and look at it again; a refusal stands on the same page."""
    try:
        async with db.writing() as session:
            await act(session, await box.election_of(session, uuid), request.user)
    except Trouble as problem:
        return await show(request, db, uuid, problem)
    return see(address(uuid))


async def show(request: AnyRequest, db: Database, uuid: str, problem: Trouble | None = None) -> Response[str]:
    """The page of one vote."""
    async with db.reading() as session:
        standing = await standing_of(session, uuid, request.user)
        people = await people_with(session, Role.TRUSTEE)
    return page(
        request,
        "ballots/office_election.html",
        status=problem.status if problem else 200,
        standing=standing,
        election=standing.election,
        people=people,
        problem=problem,
    )


async def _all(
    request: AnyRequest, db: Database, form: dict[str, str], problem: Trouble | None
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_in(session, *PREPARED_IN)
        found = await setup.elections(session)
        tasks = await ballot_tasks(session, cycle) if cycle else []
        rated = await agencies_to_rate(session, cycle) if cycle else []
    return page(
        request,
        "ballots/office_elections.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        elections=found,
        labels=STATE_LABELS,
        tasks=tasks,
        rated=rated,
        prepared=cycle is not None and any(one.cycle_id == cycle.id for one, _ in found),
        form=form,
        problem=problem,
    )


ROUTES = [elections, create, election, issue, open_, close]
