"""The office's page of runs: compute, look, publish with a second officer."""

import asyncio
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.cycles import cycle_of
from office.access import only
from office.approval import pending
from office.database import Database
from office.errors import Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page, see
from office.people import Person, Role
from reports.model import Run
from reports.recomputation import recompute
from reports.runs import COUNTED, PUBLISH, make_run, opened, publish_run, runs_of
from reports.unsettled import unsettled

SAID = {
    "made": N_("결과를 산출했습니다. 아직 공개되지 않았습니다"),
    "asked": N_("공개를 요청했습니다. 다른 담당자가 확인하면 공개됩니다"),
    "published": N_("결과를 공개했습니다"),
}


@get("/office/cycles/{year:int}/runs", guards=[only(Role.OFFICE)])
async def overview(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], done: FromQuery[str] = ""
) -> Response[str]:
    return await _page(request, db, year, None, translate(SAID[done]) if done in SAID else None)


@post("/office/cycles/{year:int}/runs", guards=[only(Role.OFFICE)])
async def make(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    try:
        await make_run(db, year, request.user)
    except Trouble as problem:
        return await _page(request, db, year, problem, None)
    return see(f"/office/cycles/{year}/runs?done=made")


@post("/office/cycles/{year:int}/runs/{number:int}/publish", guards=[only(Role.OFFICE)])
async def publish(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], number: FromPath[int]
) -> Response[Any]:
    try:
        async with db.writing() as session:
            done = await publish_run(session, await cycle_of(session, year), number, request.user)
    except Trouble as problem:
        return await _page(request, db, year, problem, None)
    return see(f"/office/cycles/{year}/runs?done={'published' if done else 'asked'}")


def same_again(run: Run) -> bool:
    """Whether computing the stored inputs again gives the stored result, to the byte."""
    return recompute(run.inputs.encode()) == run.result.encode()


async def _page(
    request: AnyRequest, db: Database, year: int, problem: Trouble | None, done: str | None
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        runs = await runs_of(session, cycle)
        asked = await pending(session, PUBLISH, f"{year}/{runs[0].number}") if runs else None
        waiting = await unsettled(session, cycle) if cycle.phase in COUNTED else []
        first = await session.get(Person, asked.first_by) if asked else None
    newest = runs[0] if runs else None
    return page(
        request,
        "reports/runs.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        runs=runs,
        newest=newest,
        result=await opened(newest) if newest else None,
        same=await asyncio.to_thread(same_again, newest) if newest else None,
        asked=asked,
        first=first,
        own=first is not None and first.id == request.user.id,
        unsettled=waiting,
        can_make=cycle.phase in COUNTED,
        problem=problem,
        done=done,
    )


ROUTES: list[Any] = [overview, make, publish]
