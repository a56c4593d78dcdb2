"""The public API on one contract: the whole of it, and its indicators with their definition sheets."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.versions import amended_at
from contracts.model import Contract, Cycle
from contracts.public.survey import Line, survey_of
from contracts.reading import tree_of
from contracts.terms.tree import ContractTree, indicators
from contracts.web import answers, api_lines
from contracts.web.api_answering import BASE, MISSING, given, site
from contracts.web.indicators import sheet_address
from contracts.web.open_data import published_contract
from office.database import Database
from office.errors import NotFound
from office.i18n import N_
from office.pages import AnyRequest
from office.settings import Settings


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
    base = site(settings)
    async with db.reading() as session:
        stored, _, cycle = await published_contract(session, public_id)
        line = await _line(session, cycle, stored)
        tree = await tree_of(session, stored)
        amended = await amended_at(session, stored)
    return given(
        request,
        answers.ContractAnswer(
            contract=api_lines.contract_line(line, cycle.year, base),
            amended_at=amended,
            original=f"{base}/contracts/{public_id}/original.pdf",
            tasks=api_lines.task_lines(tree),
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
    lines = _indicators(stored, tree, site(settings))
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
    lines = _indicators(stored, tree, site(settings))
    found = next((line for line in lines if line.code == code.removeprefix("/")), None)
    if found is None:
        raise NotFound(N_("이 계약에 그런 지표가 없습니다"))
    return given(request, found)


async def _line(session: AsyncSession, cycle: Cycle, stored: Contract) -> Line:
    assert stored.id is not None  # noqa: S101 - a stored contract
    return (await survey_of(session, cycle, [stored.id])).lines[0]


def _indicators(stored: Contract, tree: ContractTree, base: str) -> list[answers.IndicatorLine]:
    paths = {node.code: sheet_address(stored.public_id, node.code) for node in indicators(tree)}
    return api_lines.indicator_lines(stored.public_id, tree, base, paths)


ROUTES: list[Any] = [contract, indicators_of_contract, indicator]
