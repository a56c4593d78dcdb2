"""The page of one field of expertise, and the contracts it fits."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.cycles import cycle_of
from contracts.reading import trees_of
from evaluation.experts.committee import ExpertField
from evaluation.web.committee import BASE, OFFICE, write_field
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_
from office.pages import AnyRequest, page, see


@get(BASE + "/fields/{field_id:int}", guards=OFFICE)
async def field_page(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], field_id: FromPath[int]
) -> Response[str]:
    return await _field(request, db, year, field_id, {}, None)


@post(BASE + "/fields/{field_id:int}", guards=OFFICE)
async def change_field(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], field_id: FromPath[int]
) -> Response[Any]:
    form = {name: str(value).strip() for name, value in (await request.form()).items()}
    try:
        await write_field(request, db, year, field_id, form)
    except NotFound:
        raise
    except Trouble as problem:
        return await _field(request, db, year, field_id, form, problem)
    return see(f"/office/cycles/{year}/committee?done=field#fields")


async def _field(
    request: AnyRequest,
    db: Database,
    year: int,
    field_id: int,
    form: Mapping[str, str],
    problem: Trouble | None,
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        field = await session.get(ExpertField, field_id)
        if field is None:
            raise NotFound(N_("그런 분야가 없습니다"))
        fitting = [tree.agency for tree in (await trees_of(session, cycle)).values() if field.fits(tree)]
    return page(
        request,
        "evaluation/field.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        field=field,
        fitting=fitting,
        form=form,
        problem=problem,
    )


ROUTES: list[Any] = [field_page, change_field]
