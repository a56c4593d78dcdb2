"""An indicator's own page, its definition sheet, and its picture over the years."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.changes.effects import retargeted
from contracts.changes.versions import amended_at, had_indicator
from contracts.evidence.files import evidence_of
from contracts.keeping.checks import findings_of
from contracts.model import Contract, ContractState, Cycle
from contracts.public import figures
from contracts.public.explaining import explained
from contracts.reading import seen_contract, tree_of
from contracts.terms.methods import is_set
from contracts.terms.standing import kept
from contracts.terms.tree import (
    BESIDE,
    DIRECTION_NAMES,
    METHOD_NAMES,
    ContractTree,
    Kind,
    Measure,
    Method,
    Node,
    indicators,
    walk,
)
from contracts.web.files import answered
from contracts.web.showing import checked_way
from office.charts import Size
from office.database import Database
from office.errors import NotFound
from office.i18n import N_
from office.pages import AnyRequest, page
from office.settings import Settings

PICTURE = ".svg"


@dataclass(frozen=True, slots=True)
class Year:
    """A row of the table behind the chart; `change` is from the figure of the year before, where there is one."""

    year: int
    value: Decimal | None
    change: Decimal | None
    current: bool


def sheet_address(public_id: str, code: str) -> str:
    """Where an indicator's definition sheet stands, for good."""
    return f"/contracts/{public_id}/indicators/{quote(code, safe='')}"


@get("/contracts/{public_id:str}/indicators/{code:path}")
async def indicator(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
    code: FromPath[str],
    size: FromQuery[Size] = Size.DESK,
) -> Response[Any]:
    """The definition sheet of an indicator, or (`CODE.svg`) its picture over the years."""
    code = code.removeprefix("/")
    async with db.reading() as session:
        contract, agency, cycle = await seen_contract(session, public_id, request.user)
        tree = await tree_of(session, contract)
        found = {node.code: (path, node) for path, node in walk(tree) if node.kind is Kind.INDICATOR}
        if code not in found and code.endswith(PICTURE):
            _, drawn = found.get(code.removesuffix(PICTURE), ((), None))
            return await _picture(request, contract, cycle, drawn, size)
        if code not in found:
            if await had_indicator(session, contract, code):
                raise NotFound(
                    N_(
                        "이 지표는 계약을 바꾸면서 빠졌습니다. 계약의 '바뀐 내용'에서 예전 계약을 볼 수 있습니다"
                    )
                )
            raise NotFound(N_("이 계약에 그런 지표가 없습니다"))
        evidence = (await evidence_of(session, contract)).get(code, [])
        checks, past = await findings_of(session, contract)
        amended = await amended_at(session, contract)
        moved = await retargeted(session, cycle, contract, tree)
    checked = checks.get(code)
    path, node = found[code]
    measure = node.measure
    assert measure is not None  # noqa: S101 - an indicator has its sheet
    published = contract.state is ContractState.PUBLISHED
    way = checked_way(node, cycle, {code: checked} if checked else {})
    doubt = checked.doubt if checked else None
    before, after = _neighbours(tree, code)
    return page(
        request,
        "contracts/indicator.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        published=published,
        home=f"/contracts/{public_id}" if published else f"/agency/contracts/{public_id}",
        node=node,
        measure=measure,
        above=path[:-1],
        way=way,
        reached=kept(measure, doubted=doubt is not None),
        doubt=doubt,
        graded=measure.method is Method.NINE_GRADE,
        beside=measure.method in BESIDE,
        whole=is_set(measure.settings, "whole") or measure.method is Method.ALL_OR_NOTHING,
        years=_years(measure, cycle.year),
        direction=DIRECTION_NAMES[measure.direction],
        method=METHOD_NAMES[measure.method],
        sentences=explained(measure),
        evidence=evidence,
        checked=checked,
        past=past.get(code, []),
        amended=amended,
        retargeted=moved,
        permanent=settings.base_url.rstrip("/") + sheet_address(public_id, code),
        before=before,
        after=after,
        sheet=lambda each: sheet_address(public_id, each.code),
    )


async def _picture(
    request: AnyRequest, contract: Contract, cycle: Cycle, node: Node | None, size: Size
) -> Response[bytes]:
    if node is None or node.measure is None:
        raise NotFound(N_("이 계약에 그런 지표가 없습니다"))
    measure = node.measure
    drawn = await asyncio.to_thread(
        figures.history_line,
        history=measure.history,
        year=cycle.year,
        actual=measure.actual,
        target=measure.target,
        unit=measure.unit,
        size=size,
    )
    return answered(request, drawn, "image/svg+xml", public=contract.state is ContractState.PUBLISHED)


def _years(measure: Measure, year: int) -> list[Year]:
    values = {each: value for each, value in measure.history if each < year}
    rows = [
        Year(each, value, value - values[each - 1] if each - 1 in values else None, current=False)
        for each, value in sorted(values.items())
    ]
    last = values.get(year - 1)
    change = measure.actual - last if measure.actual is not None and last is not None else None
    return [*rows, Year(year, measure.actual, change, current=True)]


def _neighbours(tree: ContractTree, code: str) -> tuple[Node | None, Node | None]:
    nodes = indicators(tree)
    at = next(place for place, node in enumerate(nodes) if node.code == code)
    return (nodes[at - 1] if at else None, nodes[at + 1] if at + 1 < len(nodes) else None)


ROUTES: list[Any] = [indicator]
