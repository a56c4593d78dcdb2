"""What the performance office keeps an eye on: people, messages, the journal."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from office import acts, details, invitations, journal
from office.access import only
from office.database import Database
from office.errors import Trouble
from office.i18n import N_, translate
from office.outbox import Outbox, latest
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import ROLE_LABELS, Role, everybody
from office.settings import Settings

SAID = {
    "invited": N_("초대했습니다. 초대번호가 전자우편으로 갑니다"),
    "asked": N_(
        "다른 성과관리 담당에게 확인을 요청했습니다. 하루 안에 확인하면 초대번호가 전자우편으로 갑니다"
    ),
}


@get("/office/people", guards=[only(Role.OFFICE)])
async def people(
    request: AnyRequest, db: NamedDependency[Database], done: FromQuery[str] = ""
) -> Response[str]:
    return await _people_page(request, db, {}, None, translate(SAID[done]) if done in SAID else None)


@post("/office/people", guards=[only(Role.OFFICE)])
async def invite(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    outbox: NamedDependency[Outbox],
) -> Response[Any]:
    form = await form_of(request)
    try:
        invited = read_form(invitations.Invite, form)
        async with db.writing() as session:
            sent = await invitations.invite(session, outbox, settings, invited, by=request.user)
    except Trouble as problem:
        return await _people_page(request, db, form, problem, None)
    return see(f"/office/people?done={'invited' if sent else 'asked'}")


async def _people_page(
    request: AnyRequest, db: Database, form: dict[str, str], problem: Trouble | None, done: str | None
) -> Response[str]:
    async with db.reading() as session:
        enrolled = await everybody(session)
        open_ones = await invitations.awaited(session)
    return page(
        request,
        "people.html",
        status=problem.status if problem else 200,
        people=enrolled,
        waiting=[one for one in open_ones if one.asked_by is None],
        wished=[one for one in open_ones if one.asked_by is not None],
        roles=list(ROLE_LABELS.items()),
        form=form,
        problem=problem,
        done=done,
    )


@get("/office/messages", guards=[only(Role.OFFICE)])
async def messages(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    """What became of every message; never what it said."""
    async with db.reading() as session:
        return page(request, "messages.html", messages=await latest(session))


@get("/office/journal", guards=[only(Role.OFFICE)])
async def journal_page(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    async with db.reading() as session:
        entries = await journal.latest(session)
        broken = await journal.broken_at(session)
        names = {person.actor: person.name for person in await everybody(session)}
    lines = [
        (
            entry,
            names.get(entry.actor) or translate(acts.actor(entry.actor)),
            details.told(entry.details),
            *map(translate, acts.named(entry.act)),
        )
        for entry in entries
    ]
    return page(request, "journal.html", lines=lines, broken=broken)


ROUTES = [people, invite, messages, journal_page]
