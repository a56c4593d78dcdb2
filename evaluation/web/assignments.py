"""The performance office's page of evaluators: who scores what, who is how far, who needs a replacement."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, Field

from contracts.cycles import cycle_of
from evaluation.assigning import ASSIGNING, add, assign, panels
from evaluation.marks import MINIMUM_MARKS, MINIMUM_TO_TRIM
from evaluation.model import STANDING_LABELS, STANDING_TONES, Standing
from office.access import only
from office.database import Database
from office.errors import Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page, read_form, see
from office.people import Role, people_with

DEFAULT_EACH = 5
"""Enough to drop the highest and the lowest mark."""


class Each(BaseModel):
    """How many evaluators every contract gets."""

    each: Annotated[int, Field(ge=1, le=99)]


class Seat(BaseModel):
    """One more evaluator for one contract."""

    contract: Annotated[str, Field(min_length=1, max_length=60)]
    evaluator: int


@get("/office/cycles/{year:int}/assignments", guards=[only(Role.OFFICE)])
async def overview(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    added: FromQuery[int | None] = None,
) -> Response[str]:
    done = None if added is None else translate(N_("평가위원 {n}명을 배정했습니다"), n=added)
    return await _page(request, db, year, {}, None, done)


@post("/office/cycles/{year:int}/assignments", guards=[only(Role.OFFICE)])
async def fill(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        wanted = read_form(Each, form)
        async with db.writing() as session:
            added = await assign(session, await cycle_of(session, year), wanted.each, request.user)
    except Trouble as problem:
        return await _page(request, db, year, form, problem)
    return see(f"/office/cycles/{year}/assignments?added={added}")


@post("/office/cycles/{year:int}/assignments/add", guards=[only(Role.OFFICE)])
async def add_one(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        seat = read_form(Seat, form)
        async with db.writing() as session:
            await add(session, await cycle_of(session, year), seat.contract, seat.evaluator, request.user)
    except Trouble as problem:
        return await _page(request, db, year, form, problem)
    return see(f"/office/cycles/{year}/assignments?added=1")


async def _page(
    request: AnyRequest,
    db: Database,
    year: int,
    form: dict[str, str],
    problem: Trouble | None,
    done: str | None = None,
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        found = await panels(session, cycle)
        evaluators = await people_with(session, Role.EVALUATOR)
    seats = [seat for panel in found for seat in panel.seats]
    load = {
        person.id: [seat for seat in seats if seat.assignment.evaluator_id == person.id]
        for person in evaluators
    }
    return page(
        request,
        "evaluation/assignments.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        can_assign=cycle.phase in ASSIGNING,
        panels=found,
        evaluators=evaluators,
        load=load,
        filed=sum(seat.assignment.standing is Standing.FILED for seat in seats),
        conflicts=[
            (panel, seat)
            for panel in found
            for seat in panel.seats
            if seat.assignment.standing is Standing.CONFLICT
        ],
        serving=sum(panel.serving for panel in found),
        short=[panel for panel in found if panel.short],
        minimum=MINIMUM_MARKS,
        minimum_to_trim=MINIMUM_TO_TRIM,
        each=form.get("each", str(min(DEFAULT_EACH, max(len(evaluators), 1)))),
        form=form,
        labels=STANDING_LABELS,
        tones=STANDING_TONES,
        problem=problem,
        done=done,
    )


ROUTES: list[Any] = [overview, fill, add_one]
