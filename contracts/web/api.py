"""The public API, version 1: what everybody may read of contracts, for programs; nothing that is not on a public page."""

from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from contracts.cycles import all_cycles
from contracts.files.dictionary import every_field
from contracts.public.alike import every_contract
from contracts.public.finding import Question
from contracts.public.survey import Line
from contracts.web import answers, api_contract, api_lines
from contracts.web.api_answering import BASE, MISSING, WRONG, given, site
from contracts.web.listing import listed
from contracts.web.open_data import published_cycle
from office.database import Database
from office.i18n import N_
from office.pages import AnyRequest
from office.settings import Settings

DEFAULT_SIZE, MOST = 50, 100


class State(StrEnum):
    """How a contract is going."""

    WAITING = "waiting"
    REPORTED = "reported"
    MET = "met"


class Order(StrEnum):
    """The order of a list."""

    NAME = "name"
    BEST = "best"
    LEAST = "least"
    PROMISES = "promises"


@get(
    f"{BASE}/cycles",
    operation_id="listCycles",
    summary=N_("평가주기"),
    description=N_("계약을 공개한 평가주기, 새 해부터."),
)
async def cycles(
    request: AnyRequest, db: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Response[answers.Cycles]:
    """The rounds whose contracts are public."""
    async with db.reading() as session:
        found = await all_cycles(session)
    base = site(settings)
    lines = [
        answers.CycleLine(
            year=cycle.year,
            title=cycle.title,
            phase=cycle.phase.value,
            contracts_sha256=cycle.contracts_sha256,
            simulated=list(cycle.simulated),
            contracts=f"{base}{BASE}/cycles/{cycle.year}/contracts",
            page=f"{base}/contracts?year={cycle.year}",
        )
        for cycle in found
        if cycle.contracts_sha256
    ]
    return given(request, answers.Cycles(lines))


@get(
    f"{BASE}/cycles/{{year:int}}/contracts",
    operation_id="listContracts",
    summary=N_("한 해의 계약 목록"),
    description=N_("조건에 맞는 계약을 한 쪽씩. 조건은 계약 목록 화면과 같습니다."),
    responses=MISSING | WRONG,
)
async def contracts(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    year: FromPath[int],
    q: Annotated[str, QueryParameter(description=N_("약속, 과제, 지표, 기관에서 찾을 낱말"))] = "",
    kind: Annotated[str, QueryParameter(description=N_("기관 유형"))] = "",
    field: Annotated[str, QueryParameter(description=N_("분야(전략목표의 이름)"))] = "",
    standing: Annotated[State | None, QueryParameter(name="state", description=N_("이행 상태"))] = None,
    sort: Annotated[Order | None, QueryParameter(description=N_("차례. 없으면 올라온 순서"))] = None,
    number: Annotated[int, QueryParameter(name="page", ge=1, description=N_("몇째 쪽"))] = 1,
    size: Annotated[int, QueryParameter(ge=1, le=MOST, description=N_("한 쪽에 몇 건"))] = DEFAULT_SIZE,
) -> Response[answers.Contracts]:
    """One page of the contracts of a year."""
    question = Question(q, kind, standing.value if standing else "", field, sort.value if sort else "")
    async with db.reading() as session:
        cycle = await published_cycle(session, year)
        found = await listed(session, cycle, question, "", number, size)
    base = site(settings)
    asked = {
        "q": q,
        "kind": kind,
        "field": field,
        "state": question.state,
        "sort": question.sort,
        "size": size,
    }

    def page_at(place: int) -> str:
        query = {name: value for name, value in asked.items() if value} | {"page": place}
        return f"{base}{BASE}/cycles/{year}/contracts?{urlencode(query)}"

    return given(
        request,
        answers.Contracts(
            total=found.total,
            number=found.number,
            pages=found.pages,
            next=page_at(found.number + 1) if found.number < found.pages else None,
            previous=page_at(found.number - 1) if found.number > 1 else None,
            contracts=[
                api_lines.contract_line(line, cycle.year, base)
                for line in found.shown
                if isinstance(line, Line)
            ],
        ),
    )


@get(
    f"{BASE}/agencies",
    operation_id="listAgencies",
    summary=N_("기관"),
    description=N_("계약을 공개한 기관과 그 계약."),
)
async def agencies(
    request: AnyRequest, db: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Response[answers.Agencies]:
    """The agencies by code, with their contracts."""
    base = site(settings)
    found: dict[str, answers.AgencyLine] = {}
    async with db.reading() as session:
        for agency, public_id, year in await every_contract(session):
            line = found.setdefault(
                agency.code, answers.AgencyLine(agency.code, agency.name, agency.kind, [])
            )
            line.contracts.append(
                answers.YearOfAgency(year, public_id, f"{base}{BASE}/contracts/{public_id}")
            )
    return given(request, answers.Agencies(list(found.values())))


@get(
    f"{BASE}/dictionary",
    operation_id="getDictionary",
    summary=N_("자료 사전"),
    description=N_("모든 칸의 이름, 형식, 단위, 뜻, 출처."),
)
async def dictionary(request: AnyRequest) -> Response[answers.Dictionary]:
    """Every field explained."""
    entries = [
        answers.Entry(table.name, each.name, each.label, each.type, each.unit, each.meaning, each.source)
        for table, each in every_field()
    ]
    return given(request, answers.Dictionary(entries))


ROUTES: list[Any] = [cycles, contracts, *api_contract.ROUTES, agencies, dictionary]
