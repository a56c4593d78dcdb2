"""The performance office's pages of a cycle: its line of steps, what waits, signing for the governor, publishing."""

from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from contracts import cycles, publication, signing
from contracts.desk import desk_of
from contracts.keeping import checking
from contracts.keeping.checks import progress_of
from contracts.model import PHASE_LABELS, STATE_LABELS, Phase
from contracts.web.showing import STATE_TONES, line_of
from office.access import only
from office.clock import SEOUL
from office.database import Database
from office.errors import Refused, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import Role
from office.settings import Settings

OFFICE = [only(Role.OFFICE)]
DONE = {
    "created": N_("평가주기를 만들었습니다. 이제 계약을 올려 주십시오."),
    "imported": N_("계약을 저장했습니다. 이제 기관장이 서명할 수 있습니다."),
    "signed": N_("도지사를 대신하여 서명했습니다."),
    "asked": N_("공개를 요청했습니다. 다른 담당자가 하루 안에 확인하면 공개됩니다."),
    "published": N_("모든 계약을 공개했습니다. 이제 누구나 원문을 볼 수 있습니다."),
    "advanced": N_("다음 단계를 시작했습니다."),
    "planned": N_("일정을 저장했습니다."),
}

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


def _lines(typed: object) -> list[str]:
    return [line.strip() for line in str(typed or "").splitlines() if line.strip()]


class NewCycle(BaseModel):
    """What the performance office fills in to begin a year."""

    year: Annotated[int, Field(ge=2000, le=2100)]
    title: Line
    simulated: Annotated[list[str], BeforeValidator(_lines)] = []


class Advance(BaseModel):
    """The phase to begin; `reason` is for figures that nobody has checked, `early` for beginning before the planned day."""

    to: Phase
    reason: str = ""
    early: bool = False


@get("/office/cycles", guards=OFFICE)
async def overview(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    return await _overview(request, db, {}, None)


@post("/office/cycles", guards=OFFICE)
async def create(request: AnyRequest, db: NamedDependency[Database]) -> Response[Any]:
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        new = read_form(NewCycle, form)
        async with db.writing() as session:
            await cycles.create_cycle(
                session, year=new.year, title=new.title, simulated=new.simulated, by=request.user.actor
            )
    except Trouble as problem:
        return await _overview(request, db, form, problem)
    return see(f"/office/cycles/{new.year}?done=created")


async def _overview(
    request: AnyRequest, db: Database, form: dict[str, str], problem: Trouble | None
) -> Response[str]:
    async with db.reading() as session:
        known = await cycles.all_cycles(session)
    return page(
        request,
        "contracts/cycles.html",
        status=problem.status if problem else 200,
        cycles=known,
        phases=PHASE_LABELS,
        form=form,
        problem=problem,
    )


@get("/office/cycles/{year:int}", guards=OFFICE)
async def cycle_page(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]
) -> Response[str]:
    return await _cycle(request, db, year)


async def _cycle(
    request: AnyRequest,
    db: Database,
    year: int,
    problem: Trouble | None = None,
    *,
    at: str = "",
    form: dict[str, str] | None = None,
) -> Response[str]:
    """The page; `at` is the form a problem belongs to, `form` what was typed there."""
    typed = form or {}
    async with db.reading() as session:
        cycle = await cycles.cycle_of(session, year)
        steps = await cycles.steps_of(session, cycle)
        ahead = await cycles.planned_ahead(session, cycle)
        desk = await desk_of(session, cycle)
        checking_now = cycle.phase in (Phase.PUBLISHED, Phase.REPORTING)
        checked = await progress_of(session, cycle) if checking_now else []
    planned = {
        step.phase.value: step.planned_at.astimezone(SEOUL).date().isoformat() if step.planned_at else ""
        for step in steps
    }
    done = DONE.get(request.query_params.get("done", ""))
    return page(
        request,
        "contracts/cycle.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        steps=line_of(steps),
        phases=steps,
        late=[step for step in steps if step.late],
        desk=desk,
        unsettled=sum(line.unsettled for line in checked),
        ahead=ahead,
        typed=typed,
        planned=planned | {name.removeprefix("planned-"): value for name, value in typed.items()},
        states=STATE_LABELS,
        tones=STATE_TONES,
        problem=problem,
        at=at,
        **({"done": translate(done)} if done and problem is None else {}),
    )


@post("/office/cycles/{year:int}/sign", guards=OFFICE)
async def sign(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    year: FromPath[int],
) -> Response[Any]:
    """One authenticator code signs, for the governor, everything the heads have signed."""
    form = await request.form()
    try:
        async with db.writing() as session:
            cycle = await cycles.cycle_of(session, year)
            await signing.sign_as_office(session, settings, cycle, request.user, str(form.get("totp", "")))
    except Trouble as problem:
        return await _cycle(request, db, year, problem, at="sign")
    return see(f"/office/cycles/{year}?done=signed")


@post("/office/cycles/{year:int}/publish", guards=OFFICE)
async def publish(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    """The first officer's press asks, the second one's publishes; `without` names what is left out, by public ids."""
    without = (await form_of(request)).get("without", "").split()
    try:
        async with db.writing() as session:
            cycle = await cycles.cycle_of(session, year)
            published = await publication.publish(session, cycle, request.user, without=without)
    except Trouble as problem:
        return await _cycle(request, db, year, problem, at="publish")
    return see(f"/office/cycles/{year}?done={'published' if published else 'asked'}")


@post("/office/cycles/{year:int}/advance", guards=OFFICE)
async def advance(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        wanted = read_form(Advance, form)
        async with db.writing() as session:
            cycle = await cycles.cycle_of(session, year)
            if wanted.to is Phase.SCORING:
                await checking.begin_scoring(session, cycle, request.user, wanted.reason, early=wanted.early)
            else:
                await cycles.advance(session, cycle, wanted.to, request.user.actor, early=wanted.early)
    except Trouble as problem:
        return await _cycle(request, db, year, problem, at="advance", form=form)
    return see(f"/office/cycles/{year}?done=advanced")


@post("/office/cycles/{year:int}/calendar", guards=OFFICE)
async def calendar(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    """When each phase is planned to begin (`planned-PHASE`)."""
    form = {name: str(value) for name, value in (await request.form()).items() if name.startswith("planned-")}
    try:
        async with db.writing() as session:
            cycle = await cycles.cycle_of(session, year)
            await cycles.plan(session, cycle, _days(form), request.user.actor)
    except Trouble as problem:
        return await _cycle(request, db, year, problem, at="calendar", form=form)
    return see(f"/office/cycles/{year}?done=planned")


def _days(form: dict[str, str]) -> dict[Phase, date | None]:
    """The typed days by phase; every one that is no day is named."""
    days: dict[Phase, date | None] = {}
    wrong: dict[str, str] = {}
    for phase in Phase:
        typed = form.get(f"planned-{phase}", "").strip()
        try:
            days[phase] = date.fromisoformat(typed) if typed else None
        except ValueError:
            wrong[f"planned-{phase}"] = translate(
                N_("{phase}: 날짜를 2026-03-31처럼 적어 주십시오"), phase=translate(PHASE_LABELS[phase])
            )
    if wrong:
        raise Refused(N_("일정을 저장하지 않았습니다. 표시한 칸을 고쳐 주십시오"), fields=wrong)
    return days


ROUTES = [overview, create, cycle_page, sign, publish, advance, calendar]
