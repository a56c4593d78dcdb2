"""The public API on results: what a published run said of every body, and the votes it counted; it never changes again."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from contracts.cycles import cycle_of
from contracts.web.answers import Figure, Page
from contracts.web.api_answering import BASE, given, reading, site
from contracts.web.api_lines import figure
from contracts.writing.drafting import public_id_of
from office.database import Database
from office.decimals import plain
from office.i18n import N_
from office.pages import AnyRequest
from office.settings import Settings
from reports.model import Run
from reports.ranking import AgencyResult, PartPoints, Result
from reports.runs import opened, shown_run
from reports.web.addresses import place_of

Sha256 = Annotated[str, Meta(description=N_("지문(SHA-256)"))]


class RulePart(Struct, frozen=True):
    """A part of the total, as the rulebook weighs it."""

    id: Annotated[str, Meta(description=N_("부분의 이름표"))]
    name: Annotated[str, Meta(description=N_("부분의 이름"))]
    weight: Annotated[Figure, Meta(description=N_("배점. 더해서 100점"))]


class PartScore(Struct, frozen=True):
    """What a body got for a part."""

    id: Annotated[str, Meta(description=N_("부분의 이름표"))]
    rating: Annotated[Figure | None, Meta(description=N_("평점(100점 기준)"))]
    points: Annotated[Figure | None, Meta(description=N_("득점. 없으면 점수를 매기지 못했습니다"))]
    reason: Annotated[str, Meta(description=N_("득점이 없는 까닭"))]


class AgencyScore(Struct, frozen=True):
    """What came out for one body."""

    contract: Annotated[str, Meta(description=N_("계약의 영구 번호"))]
    agency_code: Annotated[str, Meta(description=N_("기관의 코드"))]
    agency: Annotated[str, Meta(description=N_("기관의 이름"))]
    agency_kind: Annotated[str, Meta(description=N_("기관의 유형"))]
    rank: Annotated[int | None, Meta(description=N_("순위. 같은 점수는 같은 순위(1, 2, 2, 4)"))]
    total: Annotated[Figure | None, Meta(description=N_("총점"))]
    parts: Annotated[list[PartScore], Meta(description=N_("부분마다의 득점"))]
    beside: Annotated[Figure | None, Meta(description=N_("총점에 더하거나 뺀 가점과 감점"))]
    reached: Annotated[int, Meta(description=N_("목표를 이룬 지표의 수"))]
    missed: Annotated[int, Meta(description=N_("목표에 이르지 못한 지표의 수"))]
    doubted: Annotated[
        int,
        Meta(
            description=N_(
                "실적이 확인 결과와 다르거나 확인할 수 없어 이룬 것에도 못 이룬 것에도 넣지 않은 지표의 수. 점수는 보고한 실적으로 냈습니다"
            )
        ),
    ]
    mean_votes: Annotated[Figure | None, Meta(description=N_("투표에 오른 과제가 받은 표의 평균"))]
    reason: Annotated[str, Meta(description=N_("순위가 없는 까닭"))]
    page: Page


class TaskVotes(Struct, frozen=True):
    """The votes of a task on the ballot."""

    agency_code: Annotated[str, Meta(description=N_("주관 기관의 코드"))]
    task_code: Annotated[str, Meta(description=N_("과제의 코드"))]
    title: Annotated[str, Meta(description=N_("과제의 이름"))]
    votes: Annotated[int, Meta(description=N_("받은 표"))]


class Results(Struct, frozen=True):
    """A published run: it stays as it is, and a correction is another run."""

    year: Annotated[int, Meta(description=N_("평가주기의 해"))]
    run: Annotated[int, Meta(description=N_("산출 회차의 번호. 고쳐 계산하면 번호가 하나 커집니다"))]
    published_at: Annotated[datetime | None, Meta(description=N_("공개한 때"))]
    fingerprint: Annotated[Sha256, Meta(description=N_("이 회차의 지문(SHA-256)"))]
    rulebook_sha256: Annotated[Sha256, Meta(description=N_("평가규칙의 지문(SHA-256)"))]
    simulated: Annotated[list[str], Meta(description=N_("실제가 아니라 시연을 위해 만든 자료의 이름"))]
    voters: Annotated[int, Meta(description=N_("투표한 사람의 수"))]
    parts: Annotated[list[RulePart], Meta(description=N_("총점을 이루는 부분"))]
    agencies: Annotated[list[AgencyScore], Meta(description=N_("기관마다의 결과. 순위가 있는 기관이 먼저"))]
    votes: Annotated[list[TaskVotes], Meta(description=N_("투표에 오른 과제가 받은 표"))]
    url: Annotated[str, Meta(description=N_("이 회차를 다시 읽는 영구 주소"))]
    inputs: Annotated[str, Meta(description=N_("다시 계산할 수 있는 입력 전체의 주소(JSON)"))]
    page: Page


@reading(
    "/cycles/{year:int}/results",
    "getResults",
    N_("한 해의 결과"),
    N_("지금 공개한 산출 회차의 순위, 득점, 표. 영구 주소는 url에 있습니다."),
)
async def newest(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    year: FromPath[int],
) -> Response[Results]:
    """The newest published run of a year."""
    return given(request, await _results(db, settings, year, None))


@reading(
    "/cycles/{year:int}/results/{run:int}",
    "getRun",
    N_("산출 회차 하나의 결과"),
    N_("공개한 회차의 순위, 득점, 표. 한 번 공개한 회차는 바뀌지 않습니다."),
)
async def one(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    year: FromPath[int],
    run: FromPath[int],
) -> Response[Results]:
    """One published run."""
    return given(request, await _results(db, settings, year, run))


async def _results(db: Database, settings: Settings, year: int, number: int | None) -> Results:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        # As anybody: a run that only the office may see does not exist here.
        run = await shown_run(session, cycle, None, number=number)
    return results_of(run, await opened(run), site(settings))


def results_of(run: Run, result: Result, base: str) -> Results:
    """A run as the API says it; `base` is the address of the site."""
    year = result.year
    options = {option: None for agency in result.agencies for option in agency.options}
    return Results(
        year=year,
        run=run.number,
        published_at=run.published_at,
        fingerprint=run.fingerprint,
        rulebook_sha256=run.rulebook_sha256,
        simulated=list(result.simulated),
        voters=result.turned_out,
        parts=[RulePart(part.id, part.name, plain(part.weight)) for part in result.parts],
        agencies=[_agency(agency, year, run.number, base) for agency in result.agencies],
        votes=[TaskVotes(each.agency_code, each.task_code, each.title, each.votes) for each in options],
        url=f"{base}{BASE}/cycles/{year}/results/{run.number}",
        inputs=f"{base}/ranking/{year}/run.json?run={run.number}",
        page=f"{base}/ranking/{year}?run={run.number}",
    )


def _agency(agency: AgencyResult, year: int, run: int, base: str) -> AgencyScore:
    return AgencyScore(
        contract=public_id_of(year, agency.code),
        agency_code=agency.code,
        agency=agency.name,
        agency_kind=agency.kind,
        rank=agency.rank,
        total=figure(agency.total),
        parts=[_part(part) for part in agency.parts],
        beside=figure(agency.beside.counted) if agency.beside else None,
        reached=agency.met,
        missed=agency.missed,
        doubted=agency.apart,
        mean_votes=figure(agency.mean_votes),
        # The sentence as it is stored: the answer is the same in every language.
        reason=agency.reason,
        page=f"{base}/reports/{year}/{place_of(year, agency.code)}?run={run}",
    )


def _part(part: PartPoints) -> PartScore:
    return PartScore(part.id, figure(part.rating), figure(part.points), part.reason)


ROUTES: list[Any] = [newest, one]
