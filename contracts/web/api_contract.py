"""The public API on one contract: the whole of it, and its indicators with their definition sheets."""

from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.versions import amended_at
from contracts.keeping.checks import checks_of
from contracts.model import Contract, Cycle
from contracts.public.survey import survey_of
from contracts.reading import tree_of
from contracts.terms.tree import ContractTree, indicators
from contracts.web import answers, api_lines
from contracts.web.api_answering import given, reading, site
from contracts.web.indicators import sheet_address
from contracts.web.open_data import published_contract
from office.database import Database
from office.errors import NotFound
from office.i18n import N_
from office.pages import AnyRequest
from office.settings import Settings


@reading(
    "/contracts/{public_id:str}",
    "getContract",
    N_("계약 하나"),
    N_("계약의 모든 약속, 과제, 지표. 바뀐 계약이면 지금 내용입니다."),
)
async def contract(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[answers.ContractAnswer]:
    """A whole contract as it is in force now."""
    base = site(settings)
    async with db.reading() as session:
        read = await _read(session, public_id, base)
        assert read.stored.id is not None  # noqa: S101 - a stored contract
        line = (await survey_of(session, read.cycle, [read.stored.id])).lines[0]
        amended = await amended_at(session, read.stored)
    return given(
        request,
        answers.ContractAnswer(
            contract=api_lines.contract_line(line, read.cycle.year, base),
            amended_at=amended,
            original=f"{base}/contracts/{public_id}/original.pdf",
            tasks=api_lines.task_lines(read.tree),
            indicators=read.indicators,
            head=read.head,
        ),
    )


@reading(
    "/contracts/{public_id:str}/indicators",
    "listIndicators",
    N_("계약의 지표"),
    N_("계약의 지표를 정의서와 함께."),
)
async def indicators_of_contract(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[answers.Indicators]:
    """The indicators of a contract."""
    async with db.reading() as session:
        read = await _read(session, public_id, site(settings))
    return given(request, answers.Indicators(public_id, read.indicators))


@reading(
    "/contracts/{public_id:str}/indicators/{code:path}",
    "getIndicator",
    N_("지표 하나"),
    N_("지표의 정의서와 지난 값."),
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
        read = await _read(session, public_id, site(settings))
    found = next((line for line in read.indicators if line.code == code.removeprefix("/")), None)
    if found is None:
        raise NotFound(N_("이 계약에 그런 지표가 없습니다"))
    return given(request, found)


@dataclass(frozen=True, slots=True)
class Read:
    """A published contract with its indicators and its head's tasks as the API says them."""

    stored: Contract
    cycle: Cycle
    tree: ContractTree
    indicators: list[answers.IndicatorLine]
    head: list[answers.HeadTaskLine]


async def _read(session: AsyncSession, public_id: str, base: str) -> Read:
    stored, _, cycle = await published_contract(session, public_id)
    tree = await tree_of(session, stored)
    checks = await checks_of(session, stored)
    paths = {node.code: sheet_address(stored.public_id, node.code) for node in indicators(tree)}
    lines = api_lines.indicator_lines(stored.public_id, tree, checks, base, paths)
    return Read(stored, cycle, tree, lines, api_lines.head_lines(tree, checks))


ROUTES: list[Any] = [contract, indicators_of_contract, indicator]
