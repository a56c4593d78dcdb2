"""The public ranking: page, chart, table as CSV, and the files from which anyone can compute it again."""

import csv
import io
from typing import Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.cycles import cycle_of
from contracts.model import Cycle
from contracts.web.files import answered
from office.charts import Size
from office.database import Database
from office.i18n import N_, translate
from office.pages import AnyRequest, page, see
from office.people import Person
from reports.documents import simulated_notice
from reports.heads import HeadResult
from reports.model import Run
from reports.pictures import league_picture
from reports.ranking import Result
from reports.recomputation import rulebook_of
from reports.runs import newest_published, opened, provisional, published_years, shown_run
from reports.web.addresses import place_of

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@get("/ranking")
async def newest(request: AnyRequest, db: NamedDependency[Database]) -> Response[Any]:
    async with db.reading() as session:
        found = await newest_published(session)
    if found is None:
        return page(request, "reports/no_ranking.html")
    return see(f"/ranking/{found[0].year}")


@get("/ranking/{year:int}")
async def league(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], run: FromQuery[int | None] = None
) -> Response[str]:
    cycle, shown = await _shown(db, year, request.user, run)
    result = await opened(shown)
    async with db.reading() as session:
        years = await published_years(session)
    return page(
        request,
        "reports/ranking.html",
        cycle=cycle,
        run=shown,
        result=result,
        rulebook=rulebook_of(shown.inputs.encode()),
        simulated=simulated_notice(result),
        place=lambda code: place_of(year, code),
        doubted_at=lambda code: (
            f"/reports/{year}/{place_of(year, code)}" + ("" if run is None else f"?run={run}")
        ),
        years=years,
        provisional=provisional(cycle, shown),
        query="" if run is None else f"?run={run}",
    )


@get("/ranking/{year:int}/league.svg")
async def chart(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    run: FromQuery[int | None] = None,
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    _, shown = await _shown(db, year, request.user, run)
    drawn = await league_picture(shown, size)
    return answered(request, drawn, "image/svg+xml", public=shown.published_at is not None)


@get("/ranking/{year:int}/ranking.csv")
async def table(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], run: FromQuery[int | None] = None
) -> Response[bytes]:
    _, shown = await _shown(db, year, request.user, run)
    headers = {"Content-Disposition": f'attachment; filename="ranking-{year}.csv"'}
    return Response(as_csv(await opened(shown)), media_type="text/csv; charset=utf-8", headers=headers)


@get("/ranking/{year:int}/run.json")
async def inputs(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], run: FromQuery[int | None] = None
) -> Response[bytes]:
    """Everything the run was made of, the very bytes that were fingerprinted."""
    _, shown = await _shown(db, year, request.user, run)
    return _file(shown.inputs, f"run-{year}-{shown.number}.json")


@get("/ranking/{year:int}/result.json")
async def outcome(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], run: FromQuery[int | None] = None
) -> Response[bytes]:
    _, shown = await _shown(db, year, request.user, run)
    return _file(shown.result, f"result-{year}-{shown.number}.json")


def as_csv(result: Result) -> bytes:
    """The league table as UTF-8 CSV with a byte order mark, as Excel needs it; no cell is ever a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    head = [N_("순위"), N_("기관코드"), N_("기관"), N_("유형")]
    parts = [part.name for part in result.parts]
    beside = [N_("가점과 감점")] if any(agency.beside for agency in result.agencies) else []
    last = [
        *beside,
        N_("총점"),
        N_("목표 달성 지표"),
        N_("목표 미달 지표"),
        N_("다름·확인 불가 지표"),
        N_("과제 평균 득표"),
        N_("비고"),
    ]
    heads = any(agency.head for agency in result.agencies)
    last += [N_("기관장 점수"), N_("기관장 등급"), N_("기관장 비고")] if heads else []
    writer.writerow([*map(translate, head), *map(_cell, parts), *map(translate, last)])
    for agency in result.agencies:
        writer.writerow(
            [
                agency.rank or "",
                *map(_cell, (agency.code, agency.name, agency.kind)),
                *("" if part.points is None else part.points for part in agency.parts),
                *([agency.beside.counted if agency.beside else ""] if beside else []),
                "" if agency.total is None else agency.total,
                agency.met,
                agency.missed,
                agency.apart,
                "" if agency.mean_votes is None else agency.mean_votes,
                agency.said(),
                *(_head(agency.head) if heads else ()),
            ]
        )
    return out.getvalue().encode("utf-8-sig")


def _head(head: HeadResult | None) -> tuple[object, ...]:
    if head is None:
        return "", "", ""
    return "" if head.total is None else head.total, translate(head.grade or ""), head.said()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _file(text: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), media_type=MediaType.JSON, headers=headers)


async def _shown(db: Database, year: int, person: Person | None, number: int | None) -> tuple[Cycle, Run]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        return cycle, await shown_run(session, cycle, person, number=number)


ROUTES: list[Any] = [newest, league, chart, table, inputs, outcome]
