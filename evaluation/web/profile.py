"""An evaluator's own profile: the ties to bodies that keep them from judging these."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, BeforeValidator, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import current_cycle, drafting_cycle
from contracts.model import Agency
from contracts.reading import agencies_of
from evaluation.experts import conflicts
from evaluation.experts.barring import TIE_NAMES, TieKind
from evaluation.experts.committee import members
from evaluation.web.members import shown_tie
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import Role

OWN = [only(Role.EVALUATOR)]
DONE = {
    "stated": N_("저장했습니다. 이 기관의 계약은 배정받지 않습니다"),
    "ended": N_("저장했습니다"),
}
Day = Annotated[date | None, BeforeValidator(lambda said: said or None)]
"""A day, or a field left empty."""


class TieForm(BaseModel):
    """A tie as it is stated."""

    kind: TieKind
    body_code: Annotated[str, Field(max_length=40)] = ""
    body_name: Annotated[str, Field(max_length=120)] = ""
    since: Day = None
    until: Day = None
    note: Annotated[str, Field(max_length=500)] = ""


class EndForm(BaseModel):
    """Since when a tie is over."""

    until: Day = None


@get("/evaluation/profile", guards=OWN)
async def profile(
    request: AnyRequest, db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[str]:
    said = DONE.get(done)
    return await _page(request, db, {}, None, translate(said) if said else None)


@post("/evaluation/profile", guards=OWN)
async def state(request: AnyRequest, db: NamedDependency[Database]) -> Response[Any]:
    form = await form_of(request)
    try:
        tie = read_form(TieForm, form)
        async with db.writing() as session:
            await conflicts.state_tie(
                session,
                await current_cycle(session),
                request.user,
                kind=tie.kind,
                body_code=tie.body_code,
                body_name=tie.body_name,
                since=tie.since,
                until=tie.until,
                note=tie.note,
            )
    except Trouble as problem:
        return await _page(request, db, form, problem)
    return see("/evaluation/profile?done=stated")


@post("/evaluation/profile/{tie_id:int}", guards=OWN)
async def end(request: AnyRequest, db: NamedDependency[Database], tie_id: FromPath[int]) -> Response[Any]:
    form = await form_of(request)
    try:
        wanted = _ending(form, tie_id)
        async with db.writing() as session:
            await conflicts.end_tie(
                session,
                request.user,
                tie_id,
                until=wanted.until,
                withdraw=form.get("withdraw") == "yes",
            )
    except NotFound:
        raise
    except Trouble as problem:
        return await _page(request, db, form, problem)
    return see("/evaluation/profile?done=ended")


def _ending(form: Mapping[str, str], tie_id: int) -> EndForm:
    """The form of one tie among several on the page; a wrong day is named at its own field."""
    try:
        return read_form(EndForm, {"until": form.get(f"until-{tie_id}", "")})
    except Trouble as problem:
        problem.fields = {f"until-{tie_id}": said for said in problem.fields.values()}
        raise


async def _page(
    request: AnyRequest,
    db: Database,
    form: Mapping[str, str],
    problem: Trouble | None,
    done: str | None = None,
) -> Response[str]:
    async with db.reading() as session:
        agencies = await _bodies(session)
        ties = await conflicts.ties_of(session, request.user)
        terms = [each for each in await members(session) if each.member.evaluator_id == request.user.id]
    names = {agency.code: agency.name for agency in agencies}
    return page(
        request,
        "evaluation/profile.html",
        status=problem.status if problem else 200,
        ties=[shown_tie(tie, names) for tie in ties],
        terms=terms,
        agencies=agencies,
        kinds=[(kind.value, translate(name)) for kind, name in TIE_NAMES.items()],
        form=form,
        problem=problem,
        done=done,
    )


async def _bodies(session: AsyncSession) -> list[Agency]:
    """The bodies of the running year and of the one whose contracts are being written."""
    cycles = (await current_cycle(session), await drafting_cycle(session))
    found = [agency for cycle in cycles if cycle for agency in await agencies_of(session, cycle)]
    return list({agency.code: agency for agency in found}.values())


ROUTES: list[Any] = [profile, state, end]
