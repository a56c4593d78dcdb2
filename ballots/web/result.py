"""The result of a vote: everybody's, without signing in."""

import asyncio
from dataclasses import dataclass
from typing import Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from ballots import box, projection
from ballots.model import ElectionOption
from ballots.pictures import rating_bars
from ballots.ratings import DISCLOSED_FROM, in_order, mean_text
from ballots.result_files import as_csv, as_json
from ballots.results import Tally, places, result_of
from ballots.setup import options_of, trustees_of
from ballots.watch import Watch
from contracts.web.files import answered
from office.bars import horizontal_bars
from office.charts import Size
from office.database import Database
from office.decimals import percentage
from office.errors import NotFound
from office.i18n import N_, translate
from office.pages import AnyRequest, page
from office.settings import Settings


@dataclass(frozen=True, slots=True)
class Placed:
    """An option in its place: equal votes share a rank; `share` is the percentage of those who voted."""

    rank: int
    option: ElectionOption
    votes: int
    share: str


@get("/result/{uuid:str}")
async def result(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    watch: NamedDependency[Watch],
    uuid: FromPath[str],
) -> Response[str]:
    """What the panel decided; before the tally, when it will be known."""
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        tally = await result_of(session, election)
        options = await options_of(session, election)
        trustees = [(person.name, trustee) for trustee, person in await trustees_of(session, election)]
        kept = await watch.over(session, election)
    weight = tally.weight if tally else 0
    ranked = _ranked(tally, options, weight) if tally else []
    return page(
        request,
        "ballots/result.html",
        election=election,
        tally=tally,
        ranked=ranked,
        total=sum(place.votes for place in ranked),
        weight=weight,
        plain=tally is not None and not tally.weighted,
        rated=[
            (place, one, "" if one.mean is None else mean_text(one.mean))
            for place, one in in_order(tally.ratings)
        ]
        if tally
        else [],
        disclosed_from=DISCLOSED_FROM,
        asks_ratings=election.ratings,
        turnout=percentage(tally.voters, tally.listed) if tally else "",
        trustees=trustees,
        kept=kept,
        opened=sum(trustee.share_at is not None for _, trustee in trustees),
        size=projection.size(settings, uuid),
    )


@get("/result/{uuid:str}/chart.svg", media_type="image/svg+xml")
async def chart(
    request: AnyRequest,
    db: NamedDependency[Database],
    uuid: FromPath[str],
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    """Votes per task as bars, those in the first place standing out."""
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        tally = await result_of(session, election)
        options = await options_of(session, election)
    if tally is None:
        raise NotFound
    ranked = _ranked(tally, options, tally.weight)
    items = [(f"{place.option.title} ({place.option.agency})", place.votes) for place in ranked]
    first = [position for position, place in enumerate(ranked) if place.rank == 1]
    unit = translate(N_("{n}표"))
    drawn = await asyncio.to_thread(horizontal_bars, items, unit=unit, marked=first, size=size)
    return answered(request, drawn, "image/svg+xml")


@get("/result/{uuid:str}/ratings.svg", media_type="image/svg+xml")
async def ratings_chart(
    request: AnyRequest,
    db: NamedDependency[Database],
    uuid: FromPath[str],
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    """The agencies' ratings as bars of five parts, the highest mean first."""
    tally = await _counted(db, uuid)
    if not tally.ratings:
        raise NotFound
    ordered = [rating for _, rating in in_order(tally.ratings)]
    drawn = await asyncio.to_thread(rating_bars, ordered, size=size)
    return answered(request, drawn, "image/svg+xml")


@get("/result/{uuid:str}/result.csv")
async def table(db: NamedDependency[Database], uuid: FromPath[str]) -> Response[bytes]:
    """Every option with its votes and every agency with its ratings, for spreadsheets."""
    tally = await _counted(db, uuid)
    headers = {"Content-Disposition": f'attachment; filename="result-{uuid}.csv"'}
    return Response(as_csv(tally), media_type="text/csv; charset=utf-8", headers=headers)


@get("/result/{uuid:str}/result.json", media_type=MediaType.JSON)
async def record(db: NamedDependency[Database], uuid: FromPath[str]) -> Response[bytes]:
    """The same for programs."""
    return Response(as_json(await _counted(db, uuid)), media_type=MediaType.JSON)


async def _counted(db: Database, uuid: str) -> Tally:
    async with db.reading() as session:
        tally = await result_of(session, await box.election_of(session, uuid))
    if tally is None:
        raise NotFound(N_("아직 개표하지 않은 투표입니다. 개표를 마치면 결과가 나옵니다"))
    return tally


def _ranked(tally: Tally, options: list[ElectionOption], weight: int) -> list[Placed]:
    votes = [option.votes for option in tally.options]
    placed = [
        Placed(rank, option, count, percentage(count, weight))
        for rank, option, count in zip(places(votes), options, votes, strict=True)
    ]
    return sorted(placed, key=lambda place: place.rank)


ROUTES: list[Any] = [result, chart, ratings_chart, table, record]
