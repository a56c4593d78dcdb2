"""An agency's report: page, pictures, PDF.  Before publication it is that agency's and the office's alone."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.ratings import mean_text
from ballots.results import tally_of
from contracts.cycles import current_cycle, cycle_of
from contracts.model import Cycle, Phase
from contracts.reading import contract_called
from contracts.terms.tree import METHOD_NAMES
from contracts.web.files import answered
from evaluation.arithmetic.branches import left_out
from evaluation.arithmetic.explaining import missing_of
from evaluation.arithmetic.outcomes import NotRated, Points, Rating
from evaluation.arithmetic.scoring import ScoredNode
from office.access import only
from office.charts import Size
from office.database import Database
from office.decimals import half_up
from office.pages import AnyRequest, page, see
from office.people import Person, Role
from reports.documents import Status, agency_report, simulated_notice
from reports.model import Run
from reports.pictures import agency_picture, shown_to, votes_picture
from reports.ranking import AgencyResult, Result
from reports.ratings import rating_in
from reports.recomputation import rulebook_of
from reports.remarks import beside_the_target
from reports.runs import opened, provisional, report_years, shown_run
from reports.sentences import three_sentences
from reports.unsettled import explained
from reports.web.addresses import agency_at, place_of


@dataclass(frozen=True, slots=True)
class Opened:
    """An agency's report, opened for somebody who may read it."""

    cycle: Cycle
    run: Run
    result: Result
    agency: AgencyResult


@get("/reports", guards=[only(Role.OFFICER, Role.HEAD)])
async def own(request: AnyRequest, db: NamedDependency[Database]) -> Response[Any]:
    """The signed-in agency's report of this year; before there is one, when it comes and those of earlier years."""
    person: Person = request.user
    code = person.agency or ""
    async with db.reading() as session:
        cycle = await current_cycle(session)
        years = await report_years(session, code, own=True)
    if cycle is None or cycle.year not in years:
        earlier = [(year, f"/reports/{year}/{place_of(year, code)}") for year in years]
        return page(request, "reports/no_report.html", cycle=cycle, earlier=earlier)
    return see(f"/reports/{cycle.year}/{place_of(cycle.year, code)}")


@get("/reports/{year:int}/{place:str}")
async def report(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    place: FromPath[str],
    run: FromQuery[int | None] = None,
) -> Response[str]:
    found = await open_report(db, request.user, year, place, run)
    code = found.agency.code
    person: Person | None = request.user
    async with db.reading() as session:
        years = await report_years(session, code, own=person is not None and person.agency == code)
        tally = await tally_of(session, found.cycle)
        told = await _told(session, f"{year}-{place}") if found.agency.doubted else ""
    rating = rating_in(tally, code)
    return page(
        request,
        "reports/agency.html",
        years=[(each, f"/reports/{each}/{place_of(each, code)}") for each in years],
        cycle=found.cycle,
        run=found.run,
        provisional=provisional(found.cycle, found.run),
        result=found.result,
        agency=found.agency,
        place=place,
        sentences=three_sentences(found.result, found.agency.code),
        rows=rows_of(found.agency.tree),
        doubts={each.code: each for each in found.agency.doubted},
        explained=told,
        missing=missing_of(found.agency.tree, left_out(found.agency.tree)),
        votes=[(option, _share(option.votes, found.result.voters)) for option in found.agency.options],
        rating=rating,
        rating_mean=mean_text(rating.mean) if rating and rating.mean is not None else "",
        election=tally.uuid if tally else "",
        rulebook=rulebook_of(found.run.inputs.encode()),
        methods=METHOD_NAMES,
        simulated=simulated_notice(found.result),
        query="" if run is None else f"?run={run}",
    )


@get("/reports/{year:int}/{place:str}/figure.svg")
async def figure(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    place: FromPath[str],
    run: FromQuery[int | None] = None,
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    found = await open_report(db, request.user, year, place, run)
    drawn = await agency_picture(found.run, found.agency.code, size)
    return answered(request, drawn, "image/svg+xml", public=found.run.published_at is not None)


@get("/reports/{year:int}/{place:str}/votes.svg")
async def votes(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    place: FromPath[str],
    run: FromQuery[int | None] = None,
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    found = await open_report(db, request.user, year, place, run)
    drawn = await votes_picture(found.run, found.agency.code, size)
    return answered(request, drawn, "image/svg+xml", public=found.run.published_at is not None)


@get("/reports/{year:int}/{place:str}/report.pdf")
async def paper(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    place: FromPath[str],
    run: FromQuery[int | None] = None,
) -> Response[bytes]:
    found = await open_report(db, request.user, year, place, run)
    async with db.reading() as session:
        tally = await tally_of(session, found.cycle)
    pdf = await asyncio.to_thread(
        agency_report,
        found.result,
        found.agency.code,
        run_sha256=found.run.fingerprint,
        rulebook_sha256=found.run.rulebook_sha256,
        made_at=found.run.made_at,
        status=_status(found),
        contracts_sha256=found.cycle.contracts_sha256 or "",
        rating=rating_in(tally, found.agency.code),
    )
    headers = {"Content-Disposition": f'inline; filename="report-{year}-{place}-{found.run.number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _status(found: Opened) -> Status:
    """How far a result has come; of a year that is over it is final."""
    if found.run.published_at is None:
        return "unpublished"
    return "final" if found.cycle.phase is Phase.FINAL else "provisional"


async def open_report(
    db: Database, person: Person | None, year: int, place: str, number: int | None
) -> Opened:
    """The report, if this person may read it; whether an unpublished one exists is not for others to know (404)."""
    theirs = person.agency if person and person.agency and place_of(year, person.agency) == place else None
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        run = await shown_run(session, cycle, person, number=number, agency=theirs)
    agency = agency_at(await opened(run), place)
    return Opened(cycle, run, shown_to(run, agency.code), agency)


async def _told(session: AsyncSession, public_id: str) -> str:
    """Where below its contract's page the body says something to its doubted figures."""
    known = await contract_called(session, public_id)
    return await explained(session, known[0]) if known else ""


def _share(votes: int, voters: int) -> str:
    return f"{half_up(Fraction(votes, voters) * 100, 1)}%" if voters else "–"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the score table with the way its score came about."""

    depth: int
    node: ScoredNode
    reason: str
    beside: str
    """Why target and rating do not go together."""
    steps: tuple[tuple[str, str, Decimal], ...]


def rows_of(node: ScoredNode, depth: int = 0) -> list[Row]:
    """The tree below a node as lines, from the top down."""
    rows: list[Row] = []
    for child in node.children:
        outcome = child.outcome
        steps = outcome.steps if isinstance(outcome, Rating | Points) else ()
        reason = outcome.said() if isinstance(outcome, NotRated) else ""
        said = tuple((step.label, step.expression, step.value) for step in steps)
        rows.append(Row(depth, child, reason, beside_the_target(child), said))
        rows += rows_of(child, depth + 1)
    return rows


ROUTES: list[Any] = [own, report, figure, votes, paper]
