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
from evaluation.experts import committee
from evaluation.experts.barring import TIE_NAMES, holds
from evaluation.experts.calibration import extend
from evaluation.experts.committee import Member, Seated
from evaluation.experts.conflicts import DeclaredTie, close_barred, ties_of
from evaluation.experts.replacing import end_appointment
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page, read_form, see
from office.people import Person, Role, people_with

OFFICE = [only(Role.OFFICE)]
BASE = "/office/cycles/{year:int}/committee"
LONGEST_LIST = 2000
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


class Ending(BaseModel):
    """The end of an appointment."""

    on: date
    reason: Annotated[str, Field(max_length=500)] = ""


class FieldForm(BaseModel):
    """A field of expertise; one kind or word a line."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    kinds: Annotated[str, Field(max_length=LONGEST_LIST)] = ""
    goals: Annotated[str, Field(max_length=LONGEST_LIST)] = ""


class ParentForm(BaseModel):
    """The body above an agency."""

    agency: Annotated[str, Field(min_length=1, max_length=40)]
    parent: Annotated[str, Field(max_length=120)] = ""


class SetupForm(BaseModel):
    """How bodies challenge evaluators."""

    challenge_days: Annotated[int, Field(ge=1, le=60)]
    shows_assigned: str = ""


async def _form(request: AnyRequest) -> tuple[dict[str, str], list[int]]:
    """The fields of a form, and the ticked fields of expertise."""
    sent = await request.form()
    ticked = [int(value) for value in sent.getall("field", []) if str(value).isdecimal()]
    return {name: str(value).strip() for name, value in sent.items()}, ticked


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


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
    return await _page(request, db, year, done=translate(said, handed=handed, left=left) if said else None)


@post(BASE, guards=OFFICE)
async def appoint(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form, ticked = await _form(request)
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
        return await _page(request, db, year, form=form, chosen=ticked, problem=problem)
    return see(f"/office/cycles/{year}/committee?done=appointed")


@post(BASE + "/fields", guards=OFFICE)
async def new_field(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form, _ = await _form(request)
    try:
        await write_field(request, db, year, None, form)
    except Trouble as problem:
        return await _page(request, db, year, form=form, problem=problem)
    return see(f"/office/cycles/{year}/committee?done=field#fields")


async def write_field(
    request: AnyRequest, db: Database, year: int, field_id: int | None, form: Mapping[str, str]
) -> None:
    """Store a field of expertise as a form has it; a new one without `field_id`."""
    wanted = read_form(FieldForm, form)
    async with db.writing() as session:
        await committee.save_field(
            session,
            await cycle_of(session, year),
            field_id,
            name=wanted.name,
            kinds=_lines(wanted.kinds),
            goals=_lines(wanted.goals),
            by=request.user,
        )


@post(BASE + "/parents", guards=OFFICE)
async def put_under(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form, _ = await _form(request)
    try:
        wanted = read_form(ParentForm, form)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await committee.put_under(session, cycle, wanted.agency, wanted.parent, request.user)
            await close_barred(session, cycle, by=request.user.actor)
    except Trouble as problem:
        return await _page(request, db, year, form=form, problem=problem)
    return see(f"/office/cycles/{year}/committee?done=parent#parents")


@post(BASE + "/setup", guards=OFFICE)
async def settle(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form, _ = await _form(request)
    try:
        wanted = read_form(SetupForm, form)
        async with db.writing() as session:
            await committee.settle(
                session,
                await cycle_of(session, year),
                challenge_days=wanted.challenge_days,
                shows_assigned=wanted.shows_assigned == "yes",
                by=request.user,
            )
    except Trouble as problem:
        return await _page(request, db, year, form=form, problem=problem)
    return see(f"/office/cycles/{year}/committee?done=setup#challenges")


async def _page(
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
        fields = await committee.fields_known(session)
        agencies = await agencies_of(session, cycle)
        trees = await trees_of(session, cycle)
        parents = await committee.parents_of(session)
        setup = await committee.setup_of(session, cycle)
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
        parents=[(agency.name, parents[agency.code]) for agency in agencies if agency.code in parents],
        setup=setup,
        today=committee.today(),
        form=form or {},
        chosen=chosen or [],
        problem=problem,
        done=done,
    )


@get(BASE + "/{member_id:int}", guards=OFFICE)
async def member_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    member_id: FromPath[int],
    done: FromQuery[str] = "",
) -> Response[str]:
    said = DONE.get(done) if done == "field" else None
    return await _member(request, db, year, member_id, {}, None, translate(said) if said else None)


@post(BASE + "/{member_id:int}/fields", guards=OFFICE)
async def give_fields(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], member_id: FromPath[int]
) -> Response[Any]:
    _, ticked = await _form(request)
    async with db.writing() as session:
        member = await committee.member_of(session, member_id)
        await committee.give_fields(session, await cycle_of(session, year), member, ticked, request.user)
    return see(f"/office/cycles/{year}/committee/{member_id}?done=field")


@post(BASE + "/{member_id:int}/end", guards=OFFICE)
async def end(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], member_id: FromPath[int]
) -> Response[Any]:
    form, _ = await _form(request)
    try:
        wanted = read_form(Ending, form)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            member = await committee.member_of(session, member_id)
            handed, left = await end_appointment(
                session, cycle, member, on=wanted.on, reason=wanted.reason, by=request.user
            )
            await extend(session, cycle)
    except NotFound:
        raise
    except Trouble as problem:
        return await _member(request, db, year, member_id, form, problem, None)
    return see(f"/office/cycles/{year}/committee?done=ended&handed={handed}&left={left}")


async def _member(
    request: AnyRequest,
    db: Database,
    year: int,
    member_id: int,
    form: Mapping[str, str],
    problem: Trouble | None,
    done: str | None,
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        member: Member = await committee.member_of(session, member_id)
        who = await session.get(Person, member.evaluator_id)
        ties = await ties_of(session, who) if who else []
        names = {agency.code: agency.name for agency in await agencies_of(session, cycle)}
        fields = await committee.fields_known(session)
    return page(
        request,
        "evaluation/member.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        member=member,
        person_=who,
        ties=[shown_tie(tie, names) for tie in ties],
        fields=fields,
        today=committee.today(),
        form=form,
        problem=problem,
        done=done,
    )


def shown_tie(tie: DeclaredTie, names: Mapping[str, str]) -> dict[str, Any]:
    """A tie in the words of the page."""
    return {
        "id": tie.id,
        "kind": TIE_NAMES[tie.kind],
        "body": names.get(tie.body_code) or tie.body_name or tie.body_code,
        "term": f"{tie.since or ''} ~ {tie.until or ''}" if tie.since or tie.until else "–",
        "note": tie.note,
        "withdrawn_at": tie.withdrawn_at,
        "holds": holds(tie.stated, committee.today()),
        "lasting": tie.until is None,
    }


@get("/evaluation/committee")
async def everybody(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    """What everybody may know: numbers, fields, terms."""
    async with db.reading() as session:
        seated: list[Seated] = [each for each in await committee.members(session) if each.now]
        cycle = await current_cycle(session)
    return page(request, "evaluation/public_committee.html", seated=seated, cycle=cycle)


ROUTES: list[Any] = [
    overview,
    appoint,
    new_field,
    put_under,
    settle,
    member_page,
    give_fields,
    end,
    everybody,
]
