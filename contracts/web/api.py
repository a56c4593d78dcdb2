"""The public API, version 1: what everybody may read of contracts, for programs; nothing that is not on a public page."""

import hashlib
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, QueryParameter
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.versions import amended_at
from contracts.cycles import all_cycles
from contracts.files.dictionary import every_field
from contracts.model import Contract, Cycle
from contracts.public.alike import every_contract
from contracts.public.finding import Question
from contracts.public.survey import Line, survey_of
from contracts.reading import tree_of
from contracts.terms.tree import ContractTree, indicators
from contracts.web import answers
from contracts.web.indicators import sheet_address
from contracts.web.listing import listed
from contracts.web.open_data import published_contract, published_cycle
from office.database import Database
from office.errors import NotFound
from office.i18n import N_
from office.pages import AnyRequest
from office.settings import Settings

BASE = "/api/v1"
FRESH = 60
"""Seconds for which an answer may be shown again without asking."""
DEFAULT_SIZE, MOST = 50, 100
PROBLEM = "application/problem+json"
T = TypeVar("T", bound=msgspec.Struct)

MISSING = {
    404: ResponseSpec(
        answers.Problem,
        description=N_("그런 것이 없거나 아직 공개되지 않았습니다"),
        media_type=PROBLEM,
        generate_examples=False,
    ),
}
WRONG = {
    400: ResponseSpec(answers.Problem, description=N_("조건을 알아볼 수 없습니다"), media_type=PROBLEM, generate_examples=False),
}  # fmt: skip


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


def given(request: AnyRequest, answer: T) -> Response[T]:
    """The answer with its fingerprint; who has it already is told so (304)."""
    mark = f'"{hashlib.sha256(msgspec.json.encode(answer)).hexdigest()[:32]}"'
    headers = {"ETag": mark, "Cache-Control": f"public, max-age={FRESH}"}
    if request.headers.get("if-none-match") == mark:
        unchanged: Response[Any] = Response(None, status_code=304, headers=headers, media_type=MediaType.JSON)
        return unchanged
    return Response(answer, headers=headers, media_type=MediaType.JSON)


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
    base = _base(settings)
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
    base = _base(settings)
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
                answers.contract_line(line, cycle.year, base)
                for line in found.shown
                if isinstance(line, Line)
            ],
        ),
    )


@get(
    f"{BASE}/contracts/{{public_id:str}}",
    operation_id="getContract",
    summary=N_("계약 하나"),
    description=N_("계약의 모든 약속, 과제, 지표. 바뀐 계약이면 지금 내용입니다."),
    responses=MISSING,
)
async def contract(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[answers.ContractAnswer]:
    """A whole contract as it is in force now."""
    base = _base(settings)
    async with db.reading() as session:
        stored, _, cycle = await published_contract(session, public_id)
        line = await _line(session, cycle, stored)
        tree = await tree_of(session, stored)
        amended = await amended_at(session, stored)
    return given(
        request,
        answers.ContractAnswer(
            contract=answers.contract_line(line, cycle.year, base),
            amended_at=amended,
            original=f"{base}/contracts/{public_id}/original.pdf",
            tasks=answers.task_lines(tree),
            indicators=_indicators(stored, tree, base),
        ),
    )


@get(
    f"{BASE}/contracts/{{public_id:str}}/indicators",
    operation_id="listIndicators",
    summary=N_("계약의 지표"),
    description=N_("계약의 지표를 정의서와 함께."),
    responses=MISSING,
)
async def indicators_of_contract(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[answers.Indicators]:
    """The indicators of a contract."""
    async with db.reading() as session:
        stored, _, _ = await published_contract(session, public_id)
        tree = await tree_of(session, stored)
    lines = _indicators(stored, tree, _base(settings))
    return given(request, answers.Indicators(public_id, lines))


@get(
    f"{BASE}/contracts/{{public_id:str}}/indicators/{{code:path}}",
    operation_id="getIndicator",
    summary=N_("지표 하나"),
    description=N_("지표의 정의서와 지난 값."),
    responses=MISSING,
)
async def indicator(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
    code: FromPath[str],
) -> Response[answers.IndicatorLine]:
    """One indicator."""
    async with db.reading() as session:
        stored, _, _ = await published_contract(session, public_id)
        tree = await tree_of(session, stored)
    lines = _indicators(stored, tree, _base(settings))
    found = next((line for line in lines if line.code == code.removeprefix("/")), None)
    if found is None:
        raise NotFound(N_("이 계약에 그런 지표가 없습니다"))
    return given(request, found)


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
    base = _base(settings)
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


async def _line(session: AsyncSession, cycle: Cycle, stored: Contract) -> Line:
    assert stored.id is not None  # noqa: S101 - a stored contract
    return (await survey_of(session, cycle, [stored.id])).lines[0]


def _indicators(stored: Contract, tree: ContractTree, base: str) -> list[answers.IndicatorLine]:
    paths = {node.code: sheet_address(stored.public_id, node.code) for node in indicators(tree)}
    return answers.indicator_lines(stored.public_id, tree, base, paths)


def _base(settings: Settings) -> str:
    return settings.base_url.rstrip("/")


ROUTES: list[Any] = [cycles, contracts, contract, indicators_of_contract, indicator, agencies, dictionary]
