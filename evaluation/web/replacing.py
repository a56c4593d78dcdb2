"""The performance office's page on which one evaluator's place is given to another."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel, Field

from contracts.cycles import cycle_of
from evaluation.experts.assigning import ASSIGNING
from evaluation.experts.calibration import extend
from evaluation.experts.replacing import hand_over, place_of, stated_reason, successor, waiting
from evaluation.model import Standing
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import Role


class Reason(BaseModel):
    """Why a place changes hands."""

    reason: Annotated[str, Field(max_length=500)] = ""


@get("/office/cycles/{year:int}/assignments/{assignment_id:int}/replace", guards=[only(Role.OFFICE)])
async def replacing(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], assignment_id: FromPath[int]
) -> Response[str]:
    return await _replace(request, db, year, assignment_id, {}, None)


@post("/office/cycles/{year:int}/assignments/{assignment_id:int}/replace", guards=[only(Role.OFFICE)])
async def replace_one(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], assignment_id: FromPath[int]
) -> Response[Any]:
    form = await form_of(request)
    try:
        wanted = read_form(Reason, form)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            chosen = await hand_over(session, cycle, assignment_id, reason=wanted.reason, by=request.user)
            await extend(session, cycle)
    except NotFound:
        raise
    except Trouble as problem:
        return await _replace(request, db, year, assignment_id, form, problem)
    if chosen is None:
        return see(f"/office/cycles/{year}/assignments/{assignment_id}/replace")
    return see(f"/office/cycles/{year}/assignments?done=replaced")


async def _replace(
    request: AnyRequest,
    db: Database,
    year: int,
    assignment_id: int,
    form: dict[str, str],
    problem: Trouble | None,
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        place = await place_of(session, cycle, assignment_id)
        waits = await waiting(session, place)
        stands = place.assignment.standing is not Standing.ENDED and cycle.phase in ASSIGNING
        taking = await successor(session, cycle, place) if stands else None
    return page(
        request,
        "evaluation/replace.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        place=place,
        waiting=waits,
        stated=stated_reason(place),
        taking=taking,
        nobody=stands and taking is None,
        form=form,
        problem=problem,
    )


ROUTES: list[Any] = [replacing, replace_one]
