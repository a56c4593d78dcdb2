"""What a contract is compared with: its body's contracts of other years, and the bodies of its kind in the same year."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.keeping.checks import doubts_of
from contracts.model import Agency, Contract, ContractNode, ContractState, Cycle, IndicatorMeasure
from contracts.public.comparison import Nature, Year
from contracts.public.survey import Line, survey_of
from contracts.reading import trees_by_id
from contracts.terms.doubt import Doubt, doubts_among
from contracts.terms.tree import ContractTree, indicators

MOST_YEARS = 8


@dataclass(frozen=True, slots=True)
class PastResults:
    """Results that a body published before it had contracts here: kept by the evaluation, linked where there are any."""

    of: Callable[[AsyncSession, str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Beside:
    """An indicator of a similar body that bears the title of one's own."""

    title: str
    agency: str
    public_id: str
    code: str
    nature: Nature
    target: Decimal | None
    actual: Decimal | None
    doubt: Doubt | None


async def years_of(session: AsyncSession, agency: Agency) -> list[Year]:
    """The published contracts of a body with their trees, the newest years, in four statements."""
    query = (
        select(col(Contract.id), col(Contract.public_id), Cycle)
        .join(Cycle, col(Cycle.id) == col(Contract.cycle_id))
        .where(col(Contract.agency_id) == agency.id, col(Contract.state) == ContractState.PUBLISHED)
        .order_by(col(Cycle.year).desc())
        .limit(MOST_YEARS)
    )
    found = [(number, public_id, cycle) for number, public_id, cycle in await session.exec(query) if number]
    ids = [number for number, _, _ in found]
    trees = await trees_by_id(session, ids)
    checks = await doubts_of(session, col(Contract.id).in_(ids))
    return [
        Year(cycle.year, public_id, trees[number], doubts_among(checks.get(number, {})), cycle.over)
        for number, public_id, cycle in found
    ]


async def published_years(session: AsyncSession, agency: Agency) -> list[tuple[int, str]]:
    """The years of a body's published contracts with their permanent ids, the newest first."""
    query = (
        select(col(Cycle.year), col(Contract.public_id))
        .join(Contract, col(Contract.cycle_id) == col(Cycle.id))
        .where(col(Contract.agency_id) == agency.id, col(Contract.state) == ContractState.PUBLISHED)
    )
    return list(await session.exec(query.order_by(col(Cycle.year).desc()).limit(MOST_YEARS)))


async def peers_of(session: AsyncSession, cycle: Cycle, agency: Agency) -> list[Line]:
    """The published contracts of the year by bodies of the same kind, its own among them; none where it has no kind."""
    if not agency.kind:
        return []
    alike = (
        select(Contract.id)
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Agency.kind) == agency.kind)
    )
    ids = [number for number in await session.exec(alike) if number is not None]
    return list((await survey_of(session, cycle, ids)).lines)


async def beside(
    session: AsyncSession, cycle: Cycle, agency: Agency, tree: ContractTree
) -> dict[str, list[Beside]]:
    """Indicators of bodies of the same kind under the very titles of one's own, by title."""
    titles = {node.title for node in indicators(tree)}
    if not titles or not agency.kind:
        return {}
    query = (
        sa.select(
            col(ContractNode.contract_id),
            col(ContractNode.title),
            col(Agency.name),
            col(Contract.public_id),
            col(ContractNode.code),
            col(IndicatorMeasure.unit),
            col(IndicatorMeasure.direction),
            col(IndicatorMeasure.method),
            col(IndicatorMeasure.target),
            col(IndicatorMeasure.actual),
        )
        .join(ContractNode, col(ContractNode.id) == col(IndicatorMeasure.node_id))
        .join(Contract, col(Contract.id) == col(ContractNode.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(
            col(Contract.cycle_id) == cycle.id,
            col(Contract.state) == ContractState.PUBLISHED,
            col(Agency.kind) == agency.kind,
            col(Agency.id) != agency.id,
            col(ContractNode.title).in_(titles),
        )
        .order_by(col(Agency.name), col(ContractNode.position))
    )
    found: dict[str, list[Beside]] = {}
    rows = await (await session.connection()).execute(query)
    checks = await doubts_of(session, col(Contract.cycle_id) == cycle.id)
    for number, title, name, public_id, code, unit, direction, method, target, actual in rows:
        doubt = doubts_among(checks.get(number, {})).get(code)
        each = Beside(title, name, public_id, code, (unit, direction, method), target, actual, doubt)
        found.setdefault(title, []).append(each)
    return found


async def every_contract(session: AsyncSession) -> list[tuple[Agency, str, int]]:
    """All published contracts: the body, the permanent id and the year, by the body's code, the newest year first."""
    query = (
        select(Agency, col(Contract.public_id), col(Cycle.year))
        .join(Contract, col(Contract.agency_id) == col(Agency.id))
        .join(Cycle, col(Cycle.id) == col(Contract.cycle_id))
        .where(col(Contract.state) == ContractState.PUBLISHED)
        .order_by(col(Agency.code), col(Cycle.year).desc())
    )
    return list(await session.exec(query))
