"""The office's list of the contracts of a cycle by state, what waits longest first."""

from collections import Counter
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.cycles import cycle_of
from contracts.model import STATE_LABELS
from contracts.web.showing import STATE_TONES
from contracts.writing.rounds import ORDER, reviews_of
from office.access import only
from office.database import Database
from office.pages import AnyRequest, page
from office.people import Role

PAGE = 50


@get("/office/cycles/{year:int}/reviews", guards=[only(Role.OFFICE)])
async def reviews(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[str]:
    """The contracts of a cycle by state (`?state=`), what waits longest first."""
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        lines = await reviews_of(session, cycle)
    wanted = request.query_params.get("state", "")
    shown = [line for line in lines if not wanted or line.contract.state == wanted]
    pages = max(1, -(-len(shown) // PAGE))
    asked = request.query_params.get("page", "1")
    here = min(max(1, int(asked) if asked.isascii() and asked.isdigit() else 1), pages)
    return page(
        request,
        "contracts/reviews.html",
        cycle=cycle,
        lines=shown[(here - 1) * PAGE : here * PAGE],
        counts=Counter(line.contract.state for line in lines),
        order=ORDER,
        wanted=wanted,
        page=here,
        pages=pages,
        states=STATE_LABELS,
        tones=STATE_TONES,
    )


ROUTES: list[Any] = [reviews]
