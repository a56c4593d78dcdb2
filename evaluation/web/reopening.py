"""The performance office's page of one filed sheet: when it was filed, and giving it back by two officers."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, Field

from contracts.cycles import cycle_of
from evaluation.marking import reopening
from evaluation.marking.locked import locked_sheet
from evaluation.marking.reading import MARKING
from evaluation.marking.reopening import CAUSE_LABELS, REASON_LENGTH, Cause
from evaluation.model import Standing
from office.access import only
from office.database import Database
from office.errors import Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import Person, Role

GUARDS = [only(Role.OFFICE)]


class Request(BaseModel):
    """Why a filed sheet is to be given back."""

    cause: Cause
    reason: Annotated[str, Field(max_length=REASON_LENGTH)] = ""


@get("/office/cycles/{year:int}/assignments/{assignment_id:int}/reopen", guards=GUARDS)
async def reopen_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    assignment_id: FromPath[int],
    done: FromQuery[str] = "",
) -> Response[str]:
    said = {
        "asked": N_("요청했습니다. 다른 담당자가 하루 안에 동의하면 다시 열립니다"),
        "reopened": N_("평가표를 다시 열고 평가위원에게 알렸습니다"),
    }.get(done)
    return await _page(request, db, year, assignment_id, {}, None, translate(said) if said else None)


@post("/office/cycles/{year:int}/assignments/{assignment_id:int}/reopen", guards=GUARDS)
async def ask(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], assignment_id: FromPath[int]
) -> Response[Any]:
    form = await form_of(request)
    try:
        said = read_form(Request, form)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await reopening.ask(session, cycle, assignment_id, said.cause, said.reason, request.user)
    except Trouble as problem:
        return await _page(request, db, year, assignment_id, form, problem, None)
    return see(f"/office/cycles/{year}/assignments/{assignment_id}/reopen?done=asked")


@post("/office/cycles/{year:int}/assignments/{assignment_id:int}/reopen/agree", guards=GUARDS)
async def agree(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    assignment_id: FromPath[int],
) -> Response[Any]:
    try:
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await reopening.agree(session, cycle, assignment_id, request.user)
    except Trouble as problem:
        return await _page(request, db, year, assignment_id, {}, problem, None)
    return see(f"/office/cycles/{year}/assignments/{assignment_id}/reopen?done=reopened")


async def _page(
    request: AnyRequest,
    db: Database,
    year: int,
    assignment_id: int,
    form: dict[str, str],
    problem: Trouble | None,
    done: str | None,
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        locked = await locked_sheet(session, cycle, assignment_id)
        history = await reopening.history_of(session, assignment_id)
        filed = locked.assignment.standing is Standing.FILED
        waiting = await reopening.waiting(session, locked) if filed else None
        asked_by = await session.get(Person, waiting.asked_by) if waiting else None
    return page(
        request,
        "evaluation/reopen.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        locked=locked,
        filed=filed,
        history=history,
        waiting=waiting,
        asked_by=asked_by,
        own=waiting is not None and waiting.asked_by == request.user.id,
        marking=cycle.phase in MARKING,
        causes=CAUSE_LABELS,
        reason_length=REASON_LENGTH,
        form=form,
        problem=problem,
        done=done,
    )


ROUTES: list[Any] = [reopen_page, ask, agree]
