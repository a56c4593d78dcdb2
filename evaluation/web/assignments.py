"""The performance office's page of evaluators: who scores what, who is how far, who needs a replacement."""

from asyncio import to_thread
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, BeforeValidator, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import cycle_of
from contracts.model import Cycle
from contracts.web.files import answered
from evaluation.arithmetic.marks import MINIMUM_MARKS, MINIMUM_TO_TRIM
from evaluation.experts.assigning import ASSIGNING, Draft, add, assign, draft, panels
from evaluation.experts.balancing import Short
from evaluation.experts.calibration import extend
from evaluation.experts.replacing import free_for
from evaluation.model import STANDING_LABELS, STANDING_TONES, Standing
from office.access import only
from office.bars import horizontal_bars
from office.charts import Size
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import Role, people_with

DEFAULT_EACH = 5  # Enough to drop the highest and the lowest mark.


class Each(BaseModel):
    """How many evaluators every contract gets, how many contracts one takes at most, and the seed of the order."""

    each: Annotated[int, Field(ge=1, le=99)]
    most: Annotated[
        Annotated[int, Field(ge=1, le=999)] | None, BeforeValidator(lambda said: said or None)
    ] = None
    seed: Annotated[str, Field(max_length=40)] = ""
    expected: Annotated[str, Field(max_length=64)] = ""


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
    done: FromQuery[str] = "",
    contract: FromQuery[str] = "",
) -> Response[str]:
    said = None if added is None else translate(N_("평가위원 {n}명을 배정했습니다"), n=added)
    if done == "replaced":
        said = translate(N_("다른 위원이 이 자리를 이어받았습니다"))
    return await _page(request, db, year, {"contract": contract} if contract else {}, None, said)


@post("/office/cycles/{year:int}/assignments", guards=[only(Role.OFFICE)])
async def fill(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form = await form_of(request)
    try:
        wanted = read_form(Each, form)
        if form.get("preview"):
            async with db.reading() as session:
                await _draft(session, year, wanted)
            return see(f"/office/cycles/{year}/assignments/preview?{_query(wanted)}")
        async with db.writing() as session:
            added = await assign(
                session,
                await cycle_of(session, year),
                wanted.each,
                request.user,
                most=wanted.most,
                seed=wanted.seed.strip(),
                expected=wanted.expected,
            )
            await extend(session, await cycle_of(session, year))
    except Trouble as problem:
        return await _page(request, db, year, form, problem)
    return see(f"/office/cycles/{year}/assignments?added={added}")


@post("/office/cycles/{year:int}/assignments/add", guards=[only(Role.OFFICE)])
async def add_one(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form = await form_of(request)
    try:
        seat = read_form(Seat, form)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await add(session, cycle, seat.contract, seat.evaluator, request.user)
            await extend(session, cycle)
    except Trouble as problem:
        return await _page(request, db, year, form, problem)
    return see(f"/office/cycles/{year}/assignments?added=1")


def _query(wanted: Each) -> str:
    return urlencode({"each": wanted.each, "most": wanted.most or "", "seed": wanted.seed.strip()})


async def _draft(session: AsyncSession, year: int, wanted: Each) -> tuple[Cycle, Draft]:
    cycle = await cycle_of(session, year)
    return cycle, await draft(session, cycle, wanted.each, most=wanted.most, seed=wanted.seed.strip())


@get("/office/cycles/{year:int}/assignments/preview", guards=[only(Role.OFFICE)])
async def preview(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    """What would be assigned; nothing is stored."""
    form = dict(request.query_params)
    try:
        wanted = read_form(Each, form)
        async with db.reading() as session:
            cycle, made = await _draft(session, year, wanted)
    except NotFound:
        raise
    except Trouble as problem:
        return await _page(request, db, year, form, problem)
    added = Counter(evaluator for _, evaluator in made.plan.pairs)
    gained = Counter(contract for contract, _ in made.plan.pairs)
    return page(
        request,
        "evaluation/preview.html",
        cycle=cycle,
        draft=made,
        added=added,
        totals={panel.contract.id: panel.serving + gained[panel.contract.id or 0] for panel in made.panels},
        short=[_said(made, each) for each in made.plan.short],
        query=_query(wanted),
        problem=None,
    )


def _said(made: Draft, short: Short) -> str:
    """Why a contract cannot get all its evaluators, in one sentence."""
    agency = next(panel.agency.name for panel in made.panels if panel.contract.id == short.contract)
    rules = Counter(
        made.barred[short.contract, one].said()
        if (short.contract, one) in made.barred
        else translate(N_("다른 위원으로 교체됨"))
        for one in short.barred
    )
    if short.full:
        rules[translate(N_("맡을 수 있는 수가 참"))] = len(short.full)
    reasons = ", ".join(
        translate(N_("{reason} {n}명"), reason=reason, n=n) for reason, n in sorted(rules.items())
    )
    return translate(
        N_("{agency}: {wanted}명 가운데 {has}명. 나머지 위원: {reasons}"),
        agency=agency,
        wanted=short.wanted,
        has=short.has,
        reasons=reasons or translate(N_("없음")),
    )


@get("/office/cycles/{year:int}/assignments/preview.svg", guards=[only(Role.OFFICE)])
async def preview_chart(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    wanted = read_form(Each, dict(request.query_params))
    async with db.reading() as session:
        _, made = await _draft(session, year, wanted)
    loads = [(person.name, made.plan.loads[person.id or 0]) for person in made.people]
    return await _chart(request, loads, size)


@get("/office/cycles/{year:int}/assignments/load.svg", guards=[only(Role.OFFICE)])
async def load_chart(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    async with db.reading() as session:
        found = await panels(session, await cycle_of(session, year))
        evaluators = await people_with(session, Role.EVALUATOR)
    load = Counter(one for panel in found for one in panel.evaluators)
    return await _chart(request, [(person.name, load[person.id or 0]) for person in evaluators], size)


async def _chart(request: AnyRequest, loads: Sequence[tuple[str, int]], size: Size) -> Response[bytes]:
    drawn = await to_thread(horizontal_bars, loads, unit=translate(N_("건")), size=size)
    return answered(request, drawn, "image/svg+xml", public=False)


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
        wanted = form.get("contract", "") if cycle.phase in ASSIGNING else ""
        free = await free_for(session, cycle, wanted) if wanted else []
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
        adding_to=next((panel for panel in found if panel.contract.public_id == wanted), None),
        free=free,
        load=load,
        filed=sum(seat.assignment.standing is Standing.FILED for seat in seats),
        conflicts=[(panel, seat) for panel in found for seat in panel.seats if seat.assignment.vacated],
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


ROUTES: list[Any] = [overview, fill, add_one, preview, preview_chart, load_chart]
