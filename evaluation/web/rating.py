"""A member's pages of the difficulty: promises without their body's name, and five levels for each task."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.cycles import drafting_cycle
from evaluation.difficulty import ratings
from evaluation.difficulty.levels import LEVELS
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see
from office.people import Role

RATERS = [only(Role.EVALUATOR)]


@get("/evaluation/difficulty", guards=RATERS)
async def own(request: AnyRequest, db: NamedDependency[Database], done: FromQuery[str] = "") -> Response[str]:
    async with db.reading() as session:
        cycle = await drafting_cycle(session)
        rounds = await ratings.own_rounds(session, cycle, request.user) if cycle else []
        levels = await ratings.levels_of(session, [each.round.id for each in rounds])
    rated = {each.round.id: request.user.id in levels.get(each.round.id or 0, {}) for each in rounds}
    return page(
        request,
        "evaluation/difficulty_list.html",
        rounds=rounds,
        done=translate(N_("저장했습니다")) if done == "rated" else None,
        rated=sum(rated.values()),
        rated_of=rated,
        levels=LEVELS,
    )


@get("/evaluation/difficulty/{round_id:int}", guards=RATERS)
async def rating(
    request: AnyRequest, db: NamedDependency[Database], round_id: FromPath[int]
) -> Response[str]:
    return await _rating(request, db, round_id, {}, None)


@post("/evaluation/difficulty/{round_id:int}", guards=RATERS)
async def rate(request: AnyRequest, db: NamedDependency[Database], round_id: FromPath[int]) -> Response[Any]:
    form = await form_of(request)
    try:
        async with db.writing() as session:
            cycle = await drafting_cycle(session)
            if cycle is None:
                raise NotFound
            await ratings.rate(session, cycle, request.user, round_id, form)
    except NotFound:
        raise
    except Trouble as problem:
        return await _rating(request, db, round_id, form, problem)
    return see("/evaluation/difficulty?done=rated")


async def _rating(
    request: AnyRequest, db: Database, round_id: int, form: Mapping[str, str], problem: Trouble | None
) -> Response[str]:
    async with db.reading() as session:
        cycle = await drafting_cycle(session)
        if cycle is None:
            raise NotFound(N_("평가하실 난이도가 없습니다. 목록에서 골라 주십시오"))
        opened = await ratings.own_round(session, cycle, request.user, round_id)
        levels = await ratings.levels_of(session, [round_id])
    return page(
        request,
        "evaluation/difficulty_rate.html",
        status=problem.status if problem else 200,
        round=opened.round,
        own_levels=levels.get(round_id, {}).get(request.user.id, {}),
        levels=LEVELS,
        form=form,
        problem=problem,
    )


ROUTES: list[Any] = [own, rating, rate]
