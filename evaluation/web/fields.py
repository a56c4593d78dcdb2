"""Fields of expertise: a new one, and the page of each with the contracts it fits."""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel, Field

from contracts.cycles import cycle_of
from contracts.reading import trees_of
from evaluation.experts.fields import ExpertField, save_field
from evaluation.web.committee import BASE, OFFICE, committee_page, ticked_form
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_
from office.pages import AnyRequest, form_of, page, read_form, see

LONGEST_LIST = 2000


class FieldForm(BaseModel):
    """A field of expertise; one kind or word a line."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    kinds: Annotated[str, Field(max_length=LONGEST_LIST)] = ""
    goals: Annotated[str, Field(max_length=LONGEST_LIST)] = ""


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


@post(BASE + "/fields", guards=OFFICE)
async def new_field(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    form, _ = await ticked_form(request)
    try:
        await write_field(request, db, year, None, form)
    except Trouble as problem:
        return await committee_page(request, db, year, form=form, problem=problem)
    return see(f"/office/cycles/{year}/committee?done=field#fields")


async def write_field(
    request: AnyRequest, db: Database, year: int, field_id: int | None, form: Mapping[str, str]
) -> None:
    """Store a field of expertise as a form has it; a new one without `field_id`."""
    wanted = read_form(FieldForm, form)
    async with db.writing() as session:
        await save_field(
            session,
            await cycle_of(session, year),
            field_id,
            name=wanted.name,
            kinds=_lines(wanted.kinds),
            goals=_lines(wanted.goals),
            by=request.user,
        )


@get(BASE + "/fields/{field_id:int}", guards=OFFICE)
async def field_page(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], field_id: FromPath[int]
) -> Response[str]:
    return await _field(request, db, year, field_id, {}, None)


@post(BASE + "/fields/{field_id:int}", guards=OFFICE)
async def change_field(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], field_id: FromPath[int]
) -> Response[Any]:
    form = {name: value.strip() for name, value in (await form_of(request)).items()}
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


ROUTES: list[Any] = [new_field, field_page, change_field]
