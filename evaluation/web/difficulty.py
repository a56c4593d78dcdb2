"""Pages of the difficulty: the office opens and releases, the agency and everybody read the result."""

from collections.abc import Awaitable, Callable
from fractions import Fraction
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.cycles import cycle_of
from contracts.model import STATE_LABELS, Phase
from contracts.reading import contracts_of, is_its_own, seen_contract, trees_of
from evaluation.difficulty import ratings, results, rounds
from evaluation.difficulty.levels import LEVELS, result_of
from evaluation.difficulty.rounds import OPENABLE, titles_of
from office.access import only
from office.database import Database
from office.decimals import half_up
from office.errors import NotFound, Refused, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see
from office.people import Role

OFFICE = [only(Role.OFFICE)]
BASE = "/office/cycles/{year:int}/difficulty"
HIDDEN_LENGTH = 1000
DONE = {
    "opened": N_("난이도 평가를 열었습니다. 결과를 알리거나 거둘 때까지 이 계약은 서명할 수 없습니다"),
    "released": N_("결과를 알렸습니다"),
    "withdrawn": N_("난이도 평가를 거두었습니다"),
}


def _alpha(value: Fraction) -> str:
    return format(half_up(value, 2), "f")


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


@get(BASE, guards=OFFICE)
async def overview(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], done: FromQuery[str] = ""
) -> Response[str]:
    said = DONE.get(done)
    return await _office(request, db, year, None, translate(said) if said else None)


async def _office(
    request: AnyRequest, db: Database, year: int, problem: Trouble | None, done: str | None = None
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        found = await rounds.rounds_of(session, cycle)
        levels = await ratings.levels_of(session, [each.round.id for each in found])
        raters = await ratings.raters_of(session, cycle)
        trees = await trees_of(session, cycle) if found else {}
        opened = {each.contract.id for each in found}
        openable = [
            (contract, agency)
            for contract, agency in await contracts_of(session, cycle)
            if contract.state in OPENABLE and contract.id not in opened
        ]
    return page(
        request,
        "evaluation/difficulty_office.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        rounds=found,
        results={
            each.round.id: result_of(
                each.round.tasks,
                levels.get(each.round.id or 0, {}),
                titles_of(trees[each.contract.id or 0]),
            )
            for each in found
        },
        raters=raters,
        openable=openable,
        drafting=cycle.phase is Phase.DRAFTING,
        states=STATE_LABELS,
        levels=LEVELS,
        alpha=_alpha,
        problem=problem,
        done=done,
    )


@get(BASE + "/{public_id:str}", guards=OFFICE)
async def looking(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], public_id: FromPath[str]
) -> Response[str]:
    return await _preview(request, db, year, public_id, "", None)


@post(BASE + "/{public_id:str}", guards=OFFICE)
async def open_one(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    public_id: FromPath[str],
) -> Response[Any]:
    """Look once more with further words hidden, or open the rating."""
    form = await form_of(request)
    hidden = form.get("hidden", "")
    try:
        if len(hidden) > HIDDEN_LENGTH:
            fields = {"hidden": translate(N_("너무 깁니다. 줄여 주십시오"))}
            raise Refused(N_("가릴 말이 너무 깁니다"), fields=fields)
        if form.get("then") != "open":
            return await _preview(request, db, year, public_id, hidden, None)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await rounds.open_round(session, cycle, public_id, _lines(hidden), request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _preview(request, db, year, public_id, hidden, problem)
    return see(f"/office/cycles/{year}/difficulty?done=opened")


async def _preview(
    request: AnyRequest, db: Database, year: int, public_id: str, hidden: str, problem: Trouble | None
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        contract, agency, blind = await rounds.preview(session, cycle, public_id, _lines(hidden))
        active = await rounds.active_round(session, contract)
    return page(
        request,
        "evaluation/difficulty_preview.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        contract=contract,
        agency=agency,
        blind=active.tasks if active else blind,
        can_open=active is None and cycle.phase is Phase.DRAFTING and contract.state in OPENABLE,
        hidden=hidden,
        problem=problem,
    )


@post(BASE + "/rounds/{round_id:int}/release", guards=OFFICE)
async def release(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], round_id: FromPath[int]
) -> Response[Any]:
    return await _press(request, db, year, round_id, results.release, "released")


@post(BASE + "/rounds/{round_id:int}/withdraw", guards=OFFICE)
async def withdraw(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], round_id: FromPath[int]
) -> Response[Any]:
    return await _press(request, db, year, round_id, rounds.withdraw, "withdrawn")


async def _press(
    request: AnyRequest,
    db: Database,
    year: int,
    round_id: int,
    act: Callable[..., Awaitable[None]],
    done: str,
) -> Response[Any]:
    try:
        async with db.writing() as session:
            await act(session, await cycle_of(session, year), round_id, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _office(request, db, year, problem)
    return see(f"/office/cycles/{year}/difficulty?done={done}")


@get("/contracts/{public_id:str}/difficulty")
async def everybody(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """The result, public with the contract."""
    return await _shown(request, db, public_id, inside=False)


@get("/agency/contracts/{public_id:str}/difficulty", guards=[only(Role.OFFICER, Role.HEAD)])
async def own_agency(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """The result for the own agency, before the signature."""
    return await _shown(request, db, public_id, inside=True)


async def _shown(request: AnyRequest, db: Database, public_id: str, *, inside: bool) -> Response[str]:
    async with db.reading() as session:
        contract, agency, _ = await seen_contract(session, public_id, request.user if inside else None)
        if inside and not is_its_own(request.user, agency):
            raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
        found = await results.released_result(session, contract)
    return page(
        request,
        "evaluation/difficulty_shown.html",
        contract=contract,
        agency=agency,
        round=found[0] if found else None,
        result=found[1] if found else None,
        levels=LEVELS,
        alpha=_alpha,
        inside=inside,
    )


ROUTES: list[Any] = [
    overview,
    looking,
    open_one,
    release,
    withdraw,
    everybody,
    own_agency,
]
