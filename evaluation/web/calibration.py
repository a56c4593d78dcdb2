"""Pages of the calibration: the office chooses, begins and sees; an evaluator sees the own sheets and how grades fell."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.cycles import current_cycle, cycle_of
from evaluation.arithmetic.marks import Grade
from evaluation.arithmetic.rubrics import RUBRICS
from evaluation.experts import calibration, calibration_results
from evaluation.experts.calibration import CALIBRATING, HOW_MANY, PREPARING
from evaluation.experts.calibration_results import Severity
from evaluation.experts.setup import setup_of
from evaluation.model import STANDING_LABELS, STANDING_TONES, Standing
from office.access import only
from office.database import Database
from office.decimals import half_up
from office.errors import NotFound, Refused, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see
from office.people import Role

OFFICE = [only(Role.OFFICE)]
BASE = "/office/cycles/{year:int}/calibration"
NOTE_LENGTH = 2000
DONE = {
    "chosen": N_("계약을 정했습니다. 이제 기준 맞추기를 시작할 수 있습니다"),
    "begun": N_("기준 맞추기를 시작했습니다"),
    "ended": N_("기준 맞추기를 끝냈습니다"),
    "noted": N_("설명을 저장했습니다"),
}


@get(BASE, guards=OFFICE)
async def overview(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], done: FromQuery[str] = ""
) -> Response[str]:
    said = DONE.get(done)
    return await _page(request, db, year, done=translate(said) if said else None)


@post(BASE, guards=OFFICE)
async def choose(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    wanted = [str(value) for value in (await request.form()).getall("contract", [])]
    try:
        async with db.writing() as session:
            await calibration.choose(session, await cycle_of(session, year), wanted, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _page(request, db, year, ticked=wanted, problem=problem)
    return see(f"/office/cycles/{year}/calibration?done=chosen")


@post(BASE + "/begin", guards=OFFICE)
async def begin(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    return await _press(request, db, year, calibration.begin, "begun")


@post(BASE + "/end", guards=OFFICE)
async def end(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    return await _press(request, db, year, calibration.end, "ended")


async def _press(
    request: AnyRequest, db: Database, year: int, act: Callable[..., Awaitable[object]], done: str
) -> Response[Any]:
    try:
        async with db.writing() as session:
            await act(session, await cycle_of(session, year), request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _page(request, db, year, problem=problem)
    return see(f"/office/cycles/{year}/calibration?done={done}")


@post(BASE + "/{contract_id:int}/note", guards=OFFICE)
async def note(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], contract_id: FromPath[int]
) -> Response[Any]:
    form = await form_of(request)
    name = f"note-{contract_id}"
    try:
        if len(form.get(name, "")) > NOTE_LENGTH:
            raise Refused(
                N_("설명이 너무 깁니다"), fields={name: translate(N_("너무 깁니다. 줄여 주십시오"))}
            )
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await calibration.note(session, cycle, contract_id, form.get(name, ""), request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _page(request, db, year, form=form, problem=problem)
    return see(f"/office/cycles/{year}/calibration?done=noted")


async def _page(
    request: AnyRequest,
    db: Database,
    year: int,
    *,
    form: Mapping[str, str] | None = None,
    ticked: Sequence[str] | None = None,
    problem: Trouble | None = None,
    done: str | None = None,
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        setup = await setup_of(session, cycle)
        chosen = await calibration.chosen(session, cycle)
        candidates = await calibration.candidates(session, cycle)
        outcome = await calibration_results.outcome(session, cycle)
    return page(
        request,
        "evaluation/calibration_office.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        calibrates=setup.calibrates,
        preparing=cycle.phase in PREPARING,
        chosen=chosen,
        candidates=candidates,
        outcome=outcome,
        severity=[_shown(each) for each in outcome.severity],
        grades=tuple(Grade),
        how_many=HOW_MANY,
        ticked=ticked if ticked is not None else [each.contract.public_id for each in chosen],
        form=form or {},
        problem=problem,
        done=done,
    )


def _shown(severity: Severity) -> dict[str, str]:
    """An evaluator's line, two decimal places."""

    def number(value: Fraction | None, sign: str = "") -> str:
        return "–" if value is None else format(half_up(value, 2), sign + "f")

    return {
        "name": severity.person.name,
        "done": f"{severity.filed} / {severity.of}",
        "mean": number(severity.mean),
        "leniency": number(severity.leniency, "+"),
    }


@get("/evaluation/calibration", guards=[only(Role.EVALUATOR)])
async def own(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    """An evaluator's calibration sheets, and the others' grades without names once all have filed.

    Whoever joined after that has no sheets and reads the grades.
    """
    async with db.reading() as session:
        cycle = await current_cycle(session)
        sheets = await calibration.own_sheets(session, cycle, request.user) if cycle else []
        chosen = await calibration.chosen(session, cycle) if cycle else []
        outcome = (
            await calibration_results.outcome(session, cycle, request.user) if cycle and chosen else None
        )
        calibrates = (await setup_of(session, cycle)).calibrates if cycle else False
    names = {each.contract.id: each.agency.name for each in chosen}
    waiting = sum(sheet.standing in (Standing.DECLARE, Standing.OPEN) for sheet in sheets)
    return page(
        request,
        "evaluation/calibration.html",
        sheets=[(sheet, names[sheet.contract_id]) for sheet in sheets],
        outcome=outcome,
        waiting=waiting,
        over=cycle is None or cycle.phase not in CALIBRATING,
        calibrates=calibrates,
        chosen=chosen,
        grades=tuple(Grade),
        rubrics=RUBRICS,
        labels=STANDING_LABELS,
        tones=STANDING_TONES,
    )


ROUTES: list[Any] = [overview, choose, begin, end, note, own]
