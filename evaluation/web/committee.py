"""Pages of the committee: appointments, fields of expertise, bodies above agencies; and what everybody may know."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, Field

from contracts.cycles import current_cycle, cycle_of
from contracts.reading import agencies_of, trees_of
from evaluation.experts import committee, parents, setup
from evaluation.experts.calibration import extend
from evaluation.experts.committee import Seated
from evaluation.experts.conflicts import close_barred
from evaluation.experts.fields import fields_known
from office.access import only
from office.database import Database
from office.errors import Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page, read_form, see
from office.people import Role, people_with

OFFICE = [only(Role.OFFICE)]
BASE = "/office/cycles/{year:int}/committee"
DONE = {
    "appointed": N_("위촉했습니다"),
    "field": N_("전문 분야를 저장했습니다"),
    "parent": N_("상급 기관을 저장했습니다"),
    "setup": N_("기피 신청의 규칙을 저장했습니다"),
    "ended": N_(
        "해촉했습니다. 제출 전 평가표 {handed}개를 다른 위원이 이어받았고, {left}개는 이어받을 분이 없습니다"
    ),
}


class Appointing(BaseModel):
    """A new appointment."""

    evaluator: int
    since: date
    until: date


class ParentForm(BaseModel):
    """The body above an agency."""

    agency: Annotated[str, Field(min_length=1, max_length=40)]
    parent: Annotated[str, Field(max_length=120)] = ""


class SetupForm(BaseModel):
    """How bodies challenge evaluators."""

    challenge_days: Annotated[int, Field(ge=1, le=60)]
    shows_assigned: str = ""


async def ticked_form(request: AnyRequest) -> tuple[dict[str, str], list[int]]:
    """The fields of a form, and the ticked fields of expertise."""
    sent = await request.form()
    ticked = [int(value) for value in sent.getall("field", []) if str(value).isdecimal()]
    return {name: str(value).strip() for name, value in sent.items()}, ticked


@get(BASE, guards=OFFICE)
async def overview(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    done: FromQuery[str] = "",
    handed: FromQuery[int] = 0,
    left: FromQuery[int] = 0,
) -> Response[str]:
    said = DONE.get(done)
    return await committee_page(
        request, db, year, done=translate(said, handed=handed, left=left) if said else None
    )


@post(BASE, guards=OFFICE)
async def appoint(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form, ticked = await ticked_form(request)
    try:
        wanted = read_form(Appointing, form)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await committee.appoint(
                session,
                cycle,
                wanted.evaluator,
                since=wanted.since,
                until=wanted.until,
                fields=ticked,
                by=request.user,
            )
            await extend(session, cycle)
    except Trouble as problem:
        return await committee_page(request, db, year, form=form, chosen=ticked, problem=problem)
    return see(f"/office/cycles/{year}/committee?done=appointed")


@post(BASE + "/parents", guards=OFFICE)
async def put_under(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form, _ = await ticked_form(request)
    try:
        wanted = read_form(ParentForm, form)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await parents.put_under(session, cycle, wanted.agency, wanted.parent, request.user)
            await close_barred(session, cycle, by=request.user.actor)
    except Trouble as problem:
        return await committee_page(request, db, year, form=form, problem=problem)
    return see(f"/office/cycles/{year}/committee?done=parent#parents")


@post(BASE + "/setup", guards=OFFICE)
async def settle(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form, _ = await ticked_form(request)
    try:
        wanted = read_form(SetupForm, form)
        async with db.writing() as session:
            await setup.settle(
                session,
                await cycle_of(session, year),
                challenge_days=wanted.challenge_days,
                shows_assigned=wanted.shows_assigned == "yes",
                by=request.user,
            )
    except Trouble as problem:
        return await committee_page(request, db, year, form=form, problem=problem)
    return see(f"/office/cycles/{year}/committee?done=setup#challenges")


async def committee_page(
    request: AnyRequest,
    db: Database,
    year: int,
    *,
    form: Mapping[str, str] | None = None,
    chosen: list[int] | None = None,
    problem: Trouble | None = None,
    done: str | None = None,
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        seated = await committee.members(session)
        fields = await fields_known(session)
        agencies = await agencies_of(session, cycle)
        trees = await trees_of(session, cycle)
        above = await parents.parents_of(session)
        settled = await setup.setup_of(session, cycle)
        evaluators = await people_with(session, Role.EVALUATOR)
    return page(
        request,
        "evaluation/committee.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        seated=seated,
        serving=sum(each.now for each in seated),
        evaluators=evaluators,
        fields=fields,
        fitting={field.id: sum(field.fits(tree) for tree in trees.values()) for field in fields},
        kinds=sorted({agency.kind for agency in agencies if agency.kind}),
        agencies=agencies,
        parents=[(agency.name, above[agency.code]) for agency in agencies if agency.code in above],
        setup=settled,
        today=committee.today(),
        form=form or {},
        chosen=chosen or [],
        problem=problem,
        done=done,
    )


@get("/evaluation/committee")
async def everybody(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    """What everybody may know: numbers, fields, terms."""
    async with db.reading() as session:
        seated: list[Seated] = [each for each in await committee.members(session) if each.now]
        cycle = await current_cycle(session)
    return page(request, "evaluation/public_committee.html", seated=seated, cycle=cycle)


ROUTES: list[Any] = [overview, appoint, put_under, settle, everybody]
