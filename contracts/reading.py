"""Contracts as they are stored, read back as trees: a few statements, however many contracts there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.heads.stored import heads_of
from contracts.model import Agency, Contract, ContractNode, ContractState, Cycle, IndicatorMeasure
from contracts.terms.tree import ContractTree, Measure, Node, tasks
from office.errors import NotFound
from office.i18n import N_
from office.people import Person, Role

__all__ = [
    "BallotTask",
    "agencies_of",
    "agency_called",
    "agency_names",
    "ballot_tasks",
    "contract_called",
    "contracts_of",
    "contracts_of_agency",
    "cycle_name",
    "is_its_own",
    "published_pairs",
    "published_trees",
    "seen_contract",
    "tree_of",
    "trees_by_id",
    "trees_of",
]

Row = tuple[ContractNode, IndicatorMeasure | None]


@dataclass(frozen=True, slots=True)
class BallotTask:
    """A task that stands on the ballot, with what a voter wants to know of it."""

    agency_code: str
    agency: str
    task_code: str
    title: str
    promise: str
    result: str


def cycle_name(cycle: Cycle) -> str:
    """How a cycle is called inside canonical records and fingerprints."""
    return str(cycle.year)


async def contracts_of(session: AsyncSession, cycle: Cycle) -> list[tuple[Contract, Agency]]:
    """All contracts of a cycle with their agencies, in the order in which they came."""
    query = (
        select(Contract, Agency)
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(Contract.cycle_id) == cycle.id)
        .order_by(col(Contract.id))
    )
    return list(await session.exec(query))


async def contracts_of_agency(session: AsyncSession, code: str) -> list[tuple[Contract, Agency, Cycle]]:
    """An agency's contracts of all years, the newest first."""
    query = (
        select(Contract, Agency, Cycle)
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .join(Cycle, col(Cycle.id) == col(Contract.cycle_id))
        .where(col(Agency.code) == code)
        .order_by(col(Cycle.year).desc())
    )
    return list(await session.exec(query))


async def agency_called(session: AsyncSession, code: str) -> Agency | None:
    """The agency of a code, if it ever had a contract."""
    return (await session.exec(select(Agency).where(col(Agency.code) == code))).first()


async def agency_names(session: AsyncSession) -> dict[str, str]:
    """What every body that ever had a contract is called, by code."""
    return dict((await session.exec(select(Agency.code, Agency.name).order_by(col(Agency.name)))).all())


async def agencies_of(session: AsyncSession, cycle: Cycle) -> list[Agency]:
    """The agencies that have a contract in a cycle."""
    return [agency for _, agency in await contracts_of(session, cycle)]


async def trees_of(session: AsyncSession, cycle: Cycle) -> dict[int, ContractTree]:
    """The tree of every contract of a cycle, by contract id, in two statements."""
    return await _trees(session, await contracts_of(session, cycle))


async def published_pairs(session: AsyncSession, cycle: Cycle) -> list[tuple[Contract, Agency, ContractTree]]:
    """The published contracts of a cycle with their agencies and trees."""
    published = [
        (contract, agency)
        for contract, agency in await contracts_of(session, cycle)
        if contract.state is ContractState.PUBLISHED
    ]
    trees = await _trees(session, published)
    return [(contract, agency, trees[contract.id]) for contract, agency in published if contract.id]


async def published_trees(session: AsyncSession, cycle: Cycle) -> list[ContractTree]:
    """The trees that everybody may see."""
    return [tree for _, _, tree in await published_pairs(session, cycle)]


async def trees_by_id(session: AsyncSession, ids: Collection[int]) -> dict[int, ContractTree]:
    """The trees of some contracts, whatever their cycle or state."""
    query = (
        select(Contract, Agency)
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(Contract.id).in_(ids))
    )
    return await _trees(session, await session.exec(query)) if ids else {}


async def tree_of(session: AsyncSession, contract: Contract) -> ContractTree:
    """The tree of one contract."""
    agency = await session.get(Agency, contract.agency_id)
    if agency is None or contract.id is None:
        raise NotFound(N_("계약을 찾을 수 없습니다"))
    return (await _trees(session, [(contract, agency)]))[contract.id]


async def contract_called(session: AsyncSession, public_id: str) -> tuple[Contract, Agency, Cycle] | None:
    """The contract of this public name with its body and its year, whoever asks."""
    query = (
        select(Contract, Agency, Cycle)
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .join(Cycle, col(Cycle.id) == col(Contract.cycle_id))
        .where(col(Contract.public_id) == public_id)
    )
    return (await session.exec(query)).first()


async def seen_contract(
    session: AsyncSession, public_id: str, person: Person | None
) -> tuple[Contract, Agency, Cycle]:
    """A contract this person may see: published ones are everybody's, others their agency's and the office's.

    `NotFound` for the rest: whether a draft exists is not for others to know.
    """
    found = await contract_called(session, public_id)
    if found is not None:
        contract, agency, _ = found
        office = person is not None and person.role is Role.OFFICE
        if contract.state is ContractState.PUBLISHED or office or is_its_own(person, agency):
            return found
    raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))


def is_its_own(person: Person | None, agency: Agency) -> bool:
    """Whether the person is an officer or the head of this very agency."""
    return person is not None and person.role in (Role.OFFICER, Role.HEAD) and person.agency == agency.code


async def ballot_tasks(session: AsyncSession, cycle: Cycle) -> list[BallotTask]:
    """The tasks on the ballot, of the published contracts in their order."""
    return [
        BallotTask(tree.agency_code, tree.agency, task.code, task.title, task.promise, task.result)
        for tree in await published_trees(session, cycle)
        for task in tasks(tree)
        if task.on_ballot and not task.is_linked(tree.agency_code)
    ]


async def _trees(
    session: AsyncSession, contracts: Iterable[tuple[Contract, Agency]]
) -> dict[int, ContractTree]:
    of = {contract.id: agency for contract, agency in contracts if contract.id is not None}
    if not of:
        return {}
    query = (
        select(ContractNode, IndicatorMeasure)
        .outerjoin(IndicatorMeasure, col(IndicatorMeasure.node_id) == col(ContractNode.id))
        .where(col(ContractNode.contract_id).in_(of))
        .order_by(col(ContractNode.contract_id), col(ContractNode.position))
    )
    below: dict[tuple[int, int | None], list[Row]] = {}
    for node, measure in await session.exec(query):
        below.setdefault((node.contract_id, node.parent_id), []).append((node, measure))
    heads = await heads_of(session, of)
    return {
        contract_id: ContractTree(
            agency.code, agency.name, agency.kind, _nodes(below, contract_id, None), heads.get(contract_id)
        )
        for contract_id, agency in of.items()
    }


def _nodes(
    below: dict[tuple[int, int | None], list[Row]], contract_id: int, parent: int | None
) -> tuple[Node, ...]:
    return tuple(
        Node(
            row.code,
            row.title,
            row.kind,
            row.weight,
            promise=row.promise,
            result=row.result,
            on_ballot=row.on_ballot,
            measure=_measure(measure) if measure else None,
            children=_nodes(below, contract_id, row.id),
            shares=tuple((code, Decimal(percent)) for code, percent in row.shares),
        )
        for row, measure in below.get((contract_id, parent), ())
    )


def _measure(row: IndicatorMeasure) -> Measure:
    return Measure(
        direction=row.direction,
        method=row.method,
        unit=row.unit,
        definition=row.definition,
        baseline=row.baseline,
        history=tuple(sorted((int(year), Decimal(value)) for year, value in row.history.items())),
        target=row.target,
        actual=row.actual,
        settings=tuple(sorted(row.settings.items())),
        source=row.source,
        formula=row.formula,
        supplied_by=row.supplied_by,
        checked_by=row.checked_by,
    )
