"""The result of a vote: everybody's, without signing in."""

import asyncio
from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import box, projection
from ballots.model import Election, ElectionOption
from ballots.results import Tally, tally_of
from ballots.setup import options_of, trustees_of
from contracts.model import Cycle
from office.charts import horizontal_bars
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
    uuid: FromPath[str],
) -> Response[str]:
    """What the panel decided; before the tally, when it will be known."""
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        tally = await _counted(session, election)
        options = await options_of(session, election)
        trustees = [(person.name, trustee) for trustee, person in await trustees_of(session, election)]
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
        plain=tally is not None and weight == tally.voters,
        turnout=percentage(tally.voters, tally.listed) if tally else "",
        trustees=trustees,
        opened=sum(trustee.share_at is not None for _, trustee in trustees),
        size=projection.size(settings, uuid),
    )


@get("/result/{uuid:str}/chart.svg", media_type="image/svg+xml")
async def chart(db: NamedDependency[Database], uuid: FromPath[str]) -> Response[bytes]:
    """Votes per task as bars, those in the first place standing out."""
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        tally = await _counted(session, election)
        options = await options_of(session, election)
    if tally is None:
        raise NotFound
    ranked = _ranked(tally, options, tally.weight)
    items = [(f"{place.option.title} ({place.option.agency})", place.votes) for place in ranked]
    first = [position for position, place in enumerate(ranked) if place.rank == 1]
    unit = translate(N_("표"))
    drawn = await asyncio.to_thread(horizontal_bars, items, unit=unit, marked=first)
    return Response(drawn, media_type="image/svg+xml")


async def _counted(session: AsyncSession, election: Election) -> Tally | None:
    return await tally_of(session, await session.get_one(Cycle, election.cycle_id))


def _ranked(tally: Tally, options: list[ElectionOption], weight: int) -> list[Placed]:
    votes = [option.votes for option in tally.options]
    ordered = sorted(zip(options, votes, strict=True), key=lambda pair: -pair[1])
    return [
        Placed(1 + sum(other > count for other in votes), option, count, percentage(count, weight))
        for option, count in ordered
    ]


ROUTES: list[Any] = [result, chart]
