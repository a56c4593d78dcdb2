"""The trustees' pages: the key ceremony before the vote, opening the tally after it; no secret ever arrives here."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import closing
from ballots.ceremony import calling
from ballots.ceremony import steps as ceremony
from ballots.ceremony.circle import view_of
from ballots.ceremony.duties import BEFORE, Duty
from ballots.ceremony.minutes import transcript_of
from ballots.model import STATE_LABELS, Election, ElectionTrustee
from ballots.protocol.records import sha256_b64
from ballots.protocol.transcript import write_transcript
from office.access import only
from office.clock import Clock
from office.database import Database
from office.errors import Conflict, NotFound
from office.i18n import N_
from office.outbox import Outbox
from office.pages import AnyRequest, Place, page
from office.people import Person, Role
from office.settings import Settings

PLACES = (Place(N_("개표관리"), "/trustee", (Role.TRUSTEE,)),)
TRUSTEE = [only(Role.TRUSTEE)]

STORES: dict[str, Callable[[AsyncSession, str, Person, bytes], Awaitable[None]]] = {
    "key": ceremony.store_key,
    "certificate": ceremony.store_certificate,
    "dealing": ceremony.store_dealing,
    "confirmation": ceremony.store_confirmation,
    "complaint": ceremony.store_complaint,
}
"""What takes which step."""


@get("/trustee", guards=TRUSTEE)
async def home(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    query = (
        select(Election.uuid)
        .join(ElectionTrustee, col(ElectionTrustee.election_id) == col(Election.id))
        .where(col(ElectionTrustee.person_id) == request.user.id)
        .order_by(col(Election.id).desc())
    )
    async with db.reading() as session:
        views = [await view_of(session, uuid, request.user) for uuid in await session.exec(query)]
    return page(request, "ballots/trustee_home.html", views=views, labels=STATE_LABELS)


@get("/trustee/{uuid:str}", guards=TRUSTEE)
async def election(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    async with db.reading() as session:
        view = await view_of(session, uuid, request.user)
    public = view.public_key
    return page(
        request,
        "ballots/trustee_election.html",
        view=view,
        election=view.election,
        trustee=view.trustee,
        duty=view.duty.value,
        key_hash=sha256_b64(public.encode()) if public else "",
    )


@get("/trustee/{uuid:str}/anew", guards=TRUSTEE)
async def anew(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    """Make the key again, because the first was lost; only before the opening."""
    async with db.reading() as session:
        view = await view_of(session, uuid, request.user)
    if view.election.state not in BEFORE or view.duty is Duty.STOPPED:
        raise Conflict(N_("지금은 열쇠를 새로 만들 수 없습니다. 성과관리 담당에게 알려 주십시오"))
    return page(request, "ballots/trustee_anew.html", view=view, election=view.election, trustee=view.trustee)


@get("/trustee/{uuid:str}/practice", guards=TRUSTEE)
async def practice(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    """The whole ceremony with throw-away keys, in the browser alone."""
    async with db.reading() as session:
        view = await view_of(session, uuid, request.user)
    return page(
        request, "ballots/trustee_practice.html", view=view, election=view.election, trustee=view.trustee
    )


@get("/trustee/{uuid:str}/ceremony.json", guards=TRUSTEE)
async def records(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[bytes]:
    """Everything signed so far, for the trustee's browser to check and to work on."""
    async with db.reading() as session:
        view = await view_of(session, uuid, request.user)
    return Response(write_transcript(transcript_of(view.election, view.places)), media_type=MediaType.JSON)


@get("/trustee/{uuid:str}/state.json", guards=TRUSTEE)
async def state(
    request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]
) -> Response[dict[str, Any]]:
    """What the trustee has to do now, for a page that waits."""
    async with db.reading() as session:
        view = await view_of(session, uuid, request.user)
    return Response({"duty": view.duty.value, "awaited": view.awaited})


@post("/trustee/{uuid:str}/{step:str}", guards=TRUSTEE)
async def take(
    request: AnyRequest,
    db: NamedDependency[Database],
    outbox: NamedDependency[Outbox],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    uuid: FromPath[str],
    step: FromPath[str],
    anew: FromQuery[bool] = False,
) -> Response[dict[str, bool]]:
    """A step of the ceremony, made in the trustee's browser, raw; `anew` replaces a lost key's certificate."""
    if step not in STORES:
        raise NotFound
    raw = await request.body()
    async with db.writing() as session:
        if step == "certificate":
            await ceremony.store_certificate(session, uuid, request.user, raw, anew=anew)
        else:
            await STORES[step](session, uuid, request.user, raw)
        view = await view_of(session, uuid, request.user)
        if view.duty is Duty.STOPPED:
            _, against = view.accused[0]
            await calling.alarm(session, outbox, settings, view.election, view.trustee, against)
        await calling.call(session, outbox, settings, view.election)
    clock.ring()
    return Response({"stored": True}, status_code=201)


@get("/trustee/{uuid:str}/tally.json", guards=TRUSTEE)
async def tally(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[bytes]:
    """The encrypted totals, byte for byte as they stand on the board."""
    async with db.reading() as session:
        raw = await closing.tally_bytes(session, uuid, request.user)
    return Response(raw, media_type=MediaType.JSON)


@post("/trustee/{uuid:str}/share", guards=TRUSTEE)
async def give_share(
    request: AnyRequest, db: NamedDependency[Database], clock: NamedDependency[Clock], uuid: FromPath[str]
) -> Response[dict[str, bool]]:
    """A share of the decryption; after the last one that is needed the totals are opened."""
    await closing.store_share(db, uuid, request.user, await request.body())
    await closing.finish(db)
    clock.ring()
    return Response({"stored": True}, status_code=201)


ROUTES: list[Any] = [home, election, anew, practice, records, state, take, tally, give_share]
