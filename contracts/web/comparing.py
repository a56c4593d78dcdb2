"""A contract beside its body's past years and beside similar bodies, with charts and the tables behind them."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.versions import amended_at
from contracts.model import Agency, Cycle
from contracts.public import figures
from contracts.public.alike import PastResults, beside, peers_of, years_of
from contracts.public.comparison import Bar, OwnYears, Year, incomparable, own_years, share, shares
from contracts.public.survey import Line
from contracts.terms.standing import together
from contracts.terms.tree import Method, Node, indicators
from contracts.web.files import answered
from contracts.web.indicators import sheet_address
from contracts.web.listing import reached
from contracts.web.open_data import published_contract
from office.bars import horizontal_bars
from office.charts import Size
from office.database import Database
from office.i18n import N_, translate
from office.pages import AnyRequest, page

MOST_PEERS = 60
"""Rows of the table of similar bodies; the list of contracts has them all."""


@get("/contracts/{public_id:str}/comparison")
async def comparison_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    past_results: NamedDependency[PastResults],
    public_id: FromPath[str],
) -> Response[str]:
    """What got better or worse, what is promised elsewhere, and what of it cannot be compared."""
    async with db.reading() as session:
        contract, agency, cycle = await published_contract(session, public_id)
        own = await _own(session, agency, cycle, public_id)
        peers = await peers_of(session, cycle, agency)
        alike = await beside(session, cycle, agency, own.years[0].tree)
        amended = await amended_at(session, contract)
        has_past = await past_results.of(session, agency.code)
    others = sorted((line for line in peers if line.public_id != public_id), key=lambda line: line.agency)
    return page(
        request,
        "contracts/comparison.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        amended=amended,
        own=own,
        has_past=has_past,
        share=share,
        reached=reached,
        others=others[:MOST_PEERS],
        hidden=max(0, len(others) - MOST_PEERS),
        mine=next((line for line in peers if line.public_id == public_id), None),
        all_together=together(line.standing for line in peers),
        bars=_bars(public_id, agency, peers),
        alike=[(node, _side_by_side(node, alike[node.title])) for node in _measured(own.years[0], alike)],
        base=f"/contracts/{public_id}/comparison",
        sheet=sheet_address,
    )


def _measured(year: Year, alike: dict[str, Any]) -> list[Node]:
    """One's own indicators with figures that stand in the contracts of others, too."""
    return [
        node
        for node in indicators(year.tree)
        if node.title in alike and node.measure and node.measure.method is not Method.NINE_GRADE
    ]


def _side_by_side(node: Node, found: list[Any]) -> list[tuple[Any, str]]:
    """The indicators of others under the same title, each with why it cannot be compared."""
    measure = node.measure
    assert measure is not None  # noqa: S101 - asked by the caller
    nature = (measure.unit, measure.direction, measure.method)
    return [(each, incomparable(nature, each.nature)) for each in found]


async def _own(session: AsyncSession, agency: Agency, cycle: Cycle, public_id: str) -> OwnYears:
    years = await years_of(session, agency)
    this = next(each for each in years if each.public_id == public_id)
    return own_years(this, [each for each in years if each.year < cycle.year])


def _bars(public_id: str, agency: Agency, peers: list[Line]) -> list[Bar]:
    others = [(line.agency, line.standing) for line in peers if line.public_id != public_id]
    mine = next((line for line in peers if line.public_id == public_id), None)
    if mine is None or not others:
        return []
    whole = together(line.standing for line in peers if line.standing.reported)
    return shares((agency.name, mine.standing), others, together=whole)


@get("/contracts/{public_id:str}/comparison/years.svg")
async def years_picture(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    """Targets reached, not reached, doubted and not known yet, year by year."""
    async with db.reading() as session:
        _, agency, cycle = await published_contract(session, public_id)
        own = await _own(session, agency, cycle, public_id)
    items = [
        (translate(N_("{year}년"), year=each.year), *reached(each.standing)) for each in reversed(own.years)
    ]
    drawn = await asyncio.to_thread(figures.standing_bars, items, size=size)
    return answered(request, drawn, "image/svg+xml")


@get("/contracts/{public_id:str}/comparison/peers.svg")
async def peers_picture(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    """Shares of reached targets: one's own and those of similar bodies."""
    async with db.reading() as session:
        _, agency, cycle = await published_contract(session, public_id)
        peers = await peers_of(session, cycle, agency)
    bars = _bars(public_id, agency, peers)
    marked = [place for place, bar in enumerate(bars) if bar.own]
    items = [(bar.name, bar.value) for bar in bars]
    drawn = await asyncio.to_thread(horizontal_bars, items, unit="%", marked=marked, whole=100, size=size)
    return answered(request, drawn, "image/svg+xml")


ROUTES: list[Any] = [comparison_page, years_picture, peers_picture]
