"""The performance office's switch of the second round, and how far the rounds of each contract are."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, Field

from contracts.cycles import cycle_of
from evaluation.marking import reconciling, reopening
from evaluation.marking.locked import locked_sheets
from evaluation.marking.reading import MARKING, over
from evaluation.marking.reconciling import ContractRound, is_wanted, rounds_of
from office.access import only
from office.database import Database
from office.errors import Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import Person, Role

OFFICE = [only(Role.OFFICE)]


def _any(_: ContractRound) -> bool:
    return True


STATES: dict[str, tuple[str, Callable[[ContractRound], bool]]] = {
    "waiting": (N_("제출을 기다리는 계약"), lambda each: each.filed < each.serving),
    "filed": (N_("모두 제출한 계약"), lambda each: 0 < each.serving == each.filed),
    "open": (N_("조율 평정이 열린 계약"), lambda each: each.opened_at is not None),
}
"""What the list may be narrowed to."""


class Choice(BaseModel):
    """Whether the cycle has a second round."""

    wanted: Literal["yes", "no"]


class Opening(BaseModel):
    """The contract whose second round is opened by hand."""

    contract: Annotated[str, Field(min_length=1, max_length=60)]


@get("/office/cycles/{year:int}/assignments/rounds", guards=OFFICE)
async def rounds_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    done: FromQuery[str] = "",
    show: FromQuery[str] = "",
    agency: FromQuery[str] = "",
) -> Response[str]:
    said = {
        "asked": N_("요청했습니다. 다른 담당자가 하루 안에 확인하면 바뀝니다"),
        "on": N_("조율 평정을 켰습니다. 모든 평가위원이 제출한 계약부터 열립니다"),
        "off": N_("조율 평정을 껐습니다"),
        "opened": N_("조율 평정을 열고 평가위원에게 알렸습니다"),
    }.get(done)
    return await _rounds(request, db, year, None, translate(said) if said else None, show=show, agency=agency)


@post("/office/cycles/{year:int}/assignments/rounds", guards=OFFICE)
async def choose(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
) -> Response[Any]:
    form = await form_of(request)
    try:
        wanted = read_form(Choice, form).wanted == "yes"
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            stands = await reconciling.choose(session, cycle, wanted, request.user)
    except Trouble as problem:
        return await _rounds(request, db, year, problem, None)
    done = ("on" if wanted else "off") if stands else "asked"
    return see(f"/office/cycles/{year}/assignments/rounds?done={done}")


@post("/office/cycles/{year:int}/assignments/rounds/open", guards=OFFICE)
async def open_round(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
) -> Response[Any]:
    form = await form_of(request)
    try:
        opening = read_form(Opening, form)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await reconciling.open_by_hand(session, cycle, opening.contract, request.user)
    except Trouble as problem:
        return await _rounds(request, db, year, problem, None)
    return see(f"/office/cycles/{year}/assignments/rounds?done=opened")


async def _rounds(
    request: AnyRequest,
    db: Database,
    year: int,
    problem: Trouble | None,
    done: str | None,
    *,
    show: str = "",
    agency: str = "",
) -> Response[str]:
    """With `show` (of `STATES`) and `agency` (its code) only the contracts that are so."""
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        wanted = await is_wanted(session, cycle)
        asked = await reconciling.asked(session, cycle)
        asked_by = await session.get(Person, asked.first_by) if asked else None
        found = await rounds_of(session, cycle)
        locked = await locked_sheets(session, cycle)
        waiting = await reopening.waiting_in(session, locked)
    holds = STATES[show][1] if show in STATES else _any
    shown = [each for each in found if (not agency or each.agency.code == agency) and holds(each)]
    sheets = [
        (each.agency, own)
        for each in shown
        if (own := [sheet for sheet in locked if sheet.contract.id == each.contract.id])
    ]
    return page(
        request,
        "evaluation/rounds.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        wanted=wanted,
        asked=asked,
        asked_by=asked_by,
        rounds=shown,
        of=len(found),
        locked=sheets,
        states=[(name, translate(label)) for name, (label, _) in STATES.items()],
        bodies=[(each.agency.code, each.agency.name) for each in found],
        show=show,
        only=agency,
        waiting=waiting,
        marking=cycle.phase in MARKING,
        over=over(cycle),
        problem=problem,
        done=done,
    )


ROUTES: list[Any] = [rounds_page, choose, open_round]
