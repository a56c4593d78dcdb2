"""The trustees' pages: make a key before the vote, open the tally after it; the secret half never arrives here."""

from typing import Any

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import col, select

from ballots import closing, setup
from ballots.model import STATE_LABELS, Election, ElectionState, ElectionTrustee
from ballots.records import sha256_b64
from ballots.trustees import read_key
from office.access import only
from office.clock import Clock
from office.database import Database
from office.i18n import N_
from office.pages import AnyRequest, Place, page
from office.people import Role

PLACES = (Place(N_("개표관리"), "/trustee", (Role.TRUSTEE,)),)
TRUSTEE = [only(Role.TRUSTEE)]


def task_of(election: Election, trustee: ElectionTrustee) -> str:
    """What a trustee has to do now: "key", "share", or wait ("opening", "voting", "adding"), or nothing ("given", "over")."""
    match election.state:
        case ElectionState.SETUP | ElectionState.ISSUED:
            return "key" if trustee.key_record is None else "opening"
        case ElectionState.OPEN:
            return "voting"
        case ElectionState.CLOSED if trustee.share_record is not None:
            return "given"
        case ElectionState.CLOSED:
            return "adding" if election.tally_record is None else "share"
    return "over"


@get("/trustee", guards=TRUSTEE)
async def home(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    query = (
        select(Election, ElectionTrustee)
        .join(ElectionTrustee, col(ElectionTrustee.election_id) == col(Election.id))
        .where(col(ElectionTrustee.person_id) == request.user.id)
        .order_by(col(Election.id).desc())
    )
    async with db.reading() as session:
        places = [
            (election, trustee, task_of(election, trustee)) for election, trustee in await session.exec(query)
        ]
    return page(request, "ballots/trustee_home.html", places=places, labels=STATE_LABELS)


@get("/trustee/{uuid:str}", guards=TRUSTEE)
async def election(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    async with db.reading() as session:
        found, trustee = await setup.place_of(session, uuid, request.user)
        everybody = await setup.trustees_of(session, found)
    key = read_key(trustee.key_record.encode()).public_key if trustee.key_record else ""
    return page(
        request,
        "ballots/trustee_election.html",
        election=found,
        trustee=trustee,
        everybody=everybody,
        task=task_of(found, trustee),
        public_key=key,
        key_hash=sha256_b64(key.encode()) if key else "",
    )


@post("/trustee/{uuid:str}/key", guards=TRUSTEE)
async def give_key(
    request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]
) -> Response[dict[str, bool]]:
    """The public half of a key, made in the trustee's browser."""
    raw = await request.body()
    async with db.writing() as session:
        await setup.store_key(session, uuid, request.user, raw)
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
    """A share of the decryption; after the last one the totals are opened."""
    await closing.store_share(db, uuid, request.user, await request.body())
    await closing.finish(db)
    clock.ring()
    return Response({"stored": True}, status_code=201)


ROUTES: list[Any] = [home, election, give_key, tally, give_share]
