"""The performance office's page of one member: fields, ties stated, the end of the term."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, Field

from contracts.cycles import cycle_of
from contracts.reading import agencies_of
from evaluation.experts import committee
from evaluation.experts.barring import TIE_NAMES, holds
from evaluation.experts.calibration import extend
from evaluation.experts.committee import Member
from evaluation.experts.conflicts import DeclaredTie, ties_of
from evaluation.experts.fields import fields_known
from evaluation.experts.replacing import end_appointment
from evaluation.web.committee import BASE, DONE, OFFICE, ticked_form
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import translate
from office.pages import AnyRequest, page, read_form, see
from office.people import Person


class Ending(BaseModel):
    """The end of an appointment."""

    on: date
    reason: Annotated[str, Field(max_length=500)] = ""


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
    _, ticked = await ticked_form(request)
    async with db.writing() as session:
        member = await committee.member_of(session, member_id)
        await committee.give_fields(session, await cycle_of(session, year), member, ticked, request.user)
    return see(f"/office/cycles/{year}/committee/{member_id}?done=field")


@post(BASE + "/{member_id:int}/end", guards=OFFICE)
async def end(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], member_id: FromPath[int]
) -> Response[Any]:
    form, _ = await ticked_form(request)
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
        fields = await fields_known(session)
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


ROUTES: list[Any] = [member_page, give_fields, end]
