"""The public board and the result: everybody's, without signing in."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import File
from sqlmodel import col, func, select

from ballots import box, projection
from ballots.model import BoxedBallot, Election, ElectionState, ElectionTrustee
from ballots.results import Tally, result_of
from office.charts import horizontal_bars
from office.database import Database
from office.errors import NotFound
from office.i18n import N_, translate
from office.pages import AnyRequest, Place, page, see
from office.people import Person
from office.settings import Settings

PLACES = (Place(N_("공개 게시판"), "/board"),)
PAGE = 50


@get("/board")
async def newest(db: NamedDependency[Database]) -> Response[Any]:
    """The board of the newest vote."""
    async with db.reading() as session:
        query = select(Election.uuid).where(col(Election.board_bytes) > 0).order_by(col(Election.id).desc())
        uuid = (await session.exec(query)).first()
    if uuid is None:
        raise NotFound(N_("아직 열린 투표가 없습니다. 투표가 시작되면 이곳에 공개 게시판이 생깁니다"))
    return see(f"/board/{uuid}")


@get("/board/{uuid:str}")
async def board(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    uuid: FromPath[str],
    q: FromQuery[str] = "",
    number: Annotated[int, QueryParameter(name="page")] = 1,
) -> Response[str]:
    """Every ballot's tracker in board order, a search for one's own, and the file for independent programs."""
    number, wanted = max(number, 1), "".join(q.split())
    async with db.reading() as session:
        election = await _published(session, uuid)
        listed = select(BoxedBallot.height, BoxedBallot.digest, BoxedBallot.roll_entry_id).where(
            col(BoxedBallot.election_id) == election.id, col(BoxedBallot.height).is_not(None)
        )
        ordered = listed.order_by(col(BoxedBallot.height)).offset((number - 1) * PAGE).limit(PAGE)
        total = (await session.exec(select(func.count()).select_from(listed.subquery()))).one()
        trackers = [(height, digest) for height, digest, _ in await session.exec(ordered)]
        found = await box.boxed(session, election, wanted) if wanted else None
        replaced = found is not None and await box.replaced(session, found)
        voted, may_vote = await box.turnout(session, election)
        trustees = list(
            await session.exec(
                select(Person.name)
                .join(ElectionTrustee, col(ElectionTrustee.person_id) == col(Person.id))
                .where(col(ElectionTrustee.election_id) == election.id)
                .order_by(col(ElectionTrustee.owner))
            )
        )
    return page(
        request,
        "ballots/board.html",
        election=election,
        trackers=trackers,
        total=total,
        number=number,
        pages=max(1, -(-total // PAGE)),
        q=q,
        wanted=wanted,
        found=found,
        replaced=replaced,
        voted=voted,
        may_vote=may_vote,
        trustees=trustees,
        size=projection.size(settings, uuid),
    )


@get("/board/{uuid:str}/{name:str}")
async def board_file(
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    uuid: FromPath[str],
    name: FromPath[str],
) -> File:
    """The board itself (`.bel`): it grows while people vote and only ever grows."""
    async with db.reading() as session:
        await _published(session, uuid)
    path = projection.board_path(settings, uuid)
    if name != f"{uuid}.bel" or not path.exists():
        raise NotFound
    return File(
        path, filename=name, media_type="application/octet-stream", content_disposition_type="attachment"
    )


@get("/result/{uuid:str}")
async def result(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    """What the panel decided; before the tally, when it will be known."""
    async with db.reading() as session:
        election = await _published(session, uuid)
        tally = await result_of(session, election)
        voted, may_vote = await box.turnout(session, election)
    return page(
        request,
        "ballots/result.html",
        election=election,
        tally=tally,
        ranked=_ranked(tally) if tally else [],
        voted=voted,
        may_vote=may_vote,
    )


@get("/result/{uuid:str}/chart.svg", media_type="image/svg+xml")
async def chart(db: NamedDependency[Database], uuid: FromPath[str]) -> Response[bytes]:
    """Votes per task as bars."""
    async with db.reading() as session:
        tally = await result_of(session, await _published(session, uuid))
    if tally is None:
        raise NotFound
    items = [(option.title, option.votes) for _, option in _ranked(tally)]
    return Response(horizontal_bars(items, unit=translate(N_("표"))), media_type="image/svg+xml")


def _ranked(tally: Tally) -> list[tuple[int, Any]]:
    """(rank, option), most votes first; equal votes share a rank."""
    ordered = sorted(tally.options, key=lambda option: -option.votes)
    return [(1 + sum(other.votes > option.votes for other in ordered), option) for option in ordered]


async def _published(session: Any, uuid: str) -> Election:
    """An election whose board is public: from the opening on."""
    election = await box.election_of(session, uuid)
    if election.state in (ElectionState.SETUP, ElectionState.ISSUED):
        raise NotFound(N_("아직 열린 투표가 없습니다. 투표가 시작되면 이곳에 공개 게시판이 생깁니다"))
    return election


ROUTES = [newest, board, board_file, result, chart]
