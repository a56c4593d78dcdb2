"""The public board: every ballot's tracker, and the file for independent programs."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import box, projection
from ballots.listing import PRIVATE, Form, listing, standing
from ballots.model import Election, ElectionState
from ballots.protocol.batches import BATCH
from ballots.protocol.binding import NAMES
from ballots.setup import trustees_of
from ballots.watch import Watch, bound_in
from contracts.model import Cycle
from office.database import Database
from office.decimals import percentage
from office.errors import NotFound
from office.i18n import N_
from office.pages import AnyRequest, Place, page, see
from office.settings import Settings

PLACES = (Place(N_("공개 게시판"), "/board"),)
PAGE = 50
FEWEST_CHARACTERS = 6
"""Characters of a tracker that are enough to look for; 64 to the power of 6 is far more than there are ballots."""


@dataclass(frozen=True, slots=True)
class Vote:
    """Another vote that can be looked at."""

    uuid: str
    title: str
    counted: bool


@get("/board")
async def newest(request: AnyRequest, db: NamedDependency[Database]) -> Response[Any]:
    """The board of the newest vote; before there is one, what will be here."""
    async with db.reading() as session:
        query = select(Election.uuid).where(col(Election.board_bytes) > 0).order_by(col(Election.id).desc())
        uuid = (await session.exec(query)).first()
    return see(f"/board/{uuid}") if uuid else page(request, "ballots/board_waiting.html", election=None)


@get("/board/{uuid:str}")
async def board(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    watch: NamedDependency[Watch],
    uuid: FromPath[str],
    q: FromQuery[str] = "",
    number: Annotated[int, QueryParameter(name="page")] = 1,
) -> Response[str]:
    """Every ballot's tracker in board order, a search for one's own, and the file for independent programs."""
    wanted = "".join(q.split())
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        if not _is_public(election):
            return page(request, "ballots/board_waiting.html", election=election)
        stock = await box.stock(session, election)
        pages = max(1, -(-stock.on_board // PAGE))
        number = min(max(number, 1), pages)
        trackers = await box.trackers(session, election, offset=(number - 1) * PAGE, limit=PAGE)
        long_enough = len(wanted) >= FEWEST_CHARACTERS
        found = await box.boxed_like(session, election, wanted) if long_enough else None
        replaced = found is not None and await box.replaced(session, found)
        _, may_vote = await box.turnout(session, election)
        trustees = [(person.name, trustee) for trustee, person in await trustees_of(session, election)]
        others = await _other_votes(session, election)
        kept = await watch.over(session, election)
        cycle = await session.get_one(Cycle, election.cycle_id)
    return page(
        request,
        "ballots/board.html",
        election=election,
        trackers=trackers,
        stock=stock,
        batch=BATCH,
        number=number,
        pages=pages,
        q=wanted,
        too_short=bool(wanted) and not long_enough,
        fewest=FEWEST_CHARACTERS,
        found=found,
        replaced=replaced,
        may_vote=may_vote,
        turnout=percentage(stock.voters, may_vote),
        trustees=trustees,
        others=others,
        bound=bound_in(election.election_record or ""),
        names=NAMES,
        kept=kept,
        year=cycle.year,
        size=projection.size(settings, uuid),
    )


@get("/board/{uuid:str}/{name:str}")
async def board_file(
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    uuid: FromPath[str],
    name: FromPath[str],
) -> Stream:
    """The board itself (`.bel`): it grows while people vote and only ever grows; always whole events."""
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        if name != f"{uuid}.bel" or not _is_public(election):
            raise NotFound
        length = await projection.whole_events(session, settings, election)
    if not length:
        raise NotFound(N_("게시판 파일을 만들고 있습니다. 1분쯤 뒤에 다시 받아 주십시오"))
    return Stream(
        projection.read(settings, uuid, length),
        media_type="application/octet-stream",
        headers={"Content-Length": str(length), "Content-Disposition": f'attachment; filename="{uuid}.bel"'},
    )


@get("/board/{uuid:str}/trackers.txt")
async def trackers_file(
    request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]
) -> Response[bytes]:
    """Every tracker on the board, a line each, in its order."""
    return await _listing(request, db, uuid, Form.TRACKERS, MediaType.TEXT)


@get("/board/{uuid:str}/ballots.json")
async def ballots_file(
    request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]
) -> Response[bytes]:
    """Height, tracker and hash of the public credential of every ballot, for a voter's own browser to look through."""
    return await _listing(request, db, uuid, Form.BALLOTS, MediaType.JSON)


async def _listing(
    request: AnyRequest, db: Database, uuid: str, form: Form, media_type: MediaType
) -> Response[bytes]:
    async with db.reading() as session:
        board = await standing(session, uuid)
        mark = f'"{board.head}"'
        headers = {"ETag": mark, "Cache-Control": "no-cache"}
        if mark in request.headers.get("if-none-match", ""):
            return Response(b"", status_code=304, headers=headers, media_type=media_type)
        return Response(await listing(session, board, form), media_type=media_type, headers=headers)


async def _other_votes(session: AsyncSession, shown: Election) -> list[Vote]:
    """The other votes with a public board, the newest first, without their long records."""
    query = (
        select(Election.uuid, Election.title, Election.state)
        .where(col(Election.state).not_in(PRIVATE), col(Election.id) != shown.id)
        .order_by(col(Election.id).desc())
    )
    return [
        Vote(uuid, title, state is ElectionState.TALLIED) for uuid, title, state in await session.exec(query)
    ]


def _is_public(election: Election) -> bool:
    """A board is public from the opening of its vote on."""
    return election.state not in PRIVATE


ROUTES = [newest, board, board_file, trackers_file, ballots_file]
