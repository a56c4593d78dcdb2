"""Drafts: storing the trees of contracts, and until when their wording is open."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import col, delete, insert, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.heads.stored import heads_of
from contracts.model import (
    UNSIGNED,
    Agency,
    Contract,
    ContractNode,
    ContractState,
    Cycle,
    IndicatorMeasure,
    Phase,
)
from contracts.reading import contracts_of, cycle_name
from contracts.terms.canonical import contract_fingerprint
from contracts.terms.points import unbalanced
from contracts.terms.tree import ContractTree, Node
from office import journal
from office.decimals import plain
from office.errors import Conflict, Refused
from office.i18n import N_

_PLAIN_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")


def public_id_of(year: int, agency_code: str) -> str:
    """The permanent id of a contract: year and agency code, with a mark of its own where a code does not fit a URL."""
    if _PLAIN_CODE.fullmatch(agency_code):
        return f"{year}-{agency_code}"
    tidy = re.sub(r"[^A-Za-z0-9._-]+", "", agency_code)[:40]
    return f"{year}-{tidy}{hashlib.sha256(agency_code.encode()).hexdigest()[:8]}"


def require_balanced(trees: Iterable[ContractTree]) -> None:
    """`Refused`, naming every node whose points are not the sum of those below it."""
    said = [f"{tree.agency}: {imbalance.said()}" for tree in trees for imbalance in unbalanced(tree)]
    if said:
        raise Refused(
            N_("배점이 맞지 않습니다. 아래를 고친 뒤 다시 해 주십시오: {nodes}"), nodes=" · ".join(said)
        )


async def hold_contract(session: AsyncSession, contract: Contract) -> None:
    """Keep everybody else from signing or wording a contract until this transaction ends."""
    held = select(Contract).where(col(Contract.id) == contract.id).with_for_update()
    found = (await session.exec(held, execution_options={"populate_existing": True})).one()
    contract.state = found.state


def require_open(contract: Contract) -> None:
    """`Conflict` unless the agency may change the wording now: while it drafts, or before the head signs."""
    if contract.state is ContractState.SUBMITTED:
        home = f"/agency/contracts/{contract.public_id}"
        raise Conflict(
            N_("성과관리 담당이 검토하고 있어 고칠 수 없습니다"),
            advice=N_(
                "급히 고칠 곳이 있으면 제출을 거두어들여 고친 뒤 다시 제출해 주십시오. 급하지 않으면 의견과 함께 돌려받은 뒤에 고칩니다."
            ),
            ways=((N_("계약 보기"), home), (N_("제출 거두어들이기"), f"{home}/review#withdraw")),
        )
    if contract.state not in UNSIGNED:
        raise Conflict(
            N_("기관장이 이미 서명한 계약입니다. 내용을 고칠 수 없습니다"),
            advice=N_(
                "공개한 뒤에 변경을 요청해 주십시오. 그 전에 꼭 고쳐야 하면 성과관리 담당에게 알려 주십시오."
            ),
            ways=((N_("계약 보기"), f"/agency/contracts/{contract.public_id}"),),
        )


async def reopen(session: AsyncSession, contract: Contract) -> None:
    """A contract that is changed after its review has to be reviewed again."""
    await session.exec(
        update(Contract).where(col(Contract.id) == contract.id).values(state=ContractState.DRAFT)
    )
    contract.state = ContractState.DRAFT


async def signed_and_different(
    session: AsyncSession, cycle: Cycle, trees: Sequence[ContractTree]
) -> list[ContractTree]:
    """Trees that would change a contract somebody has already signed."""
    signed = {
        agency.code: contract
        for contract, agency in await contracts_of(session, cycle)
        if contract.state not in UNSIGNED
    }
    # A file says nothing of the heads' own contracts: they stay as they are.
    heads = await heads_of(session, [contract.id or 0 for contract in signed.values()])
    different = []
    for tree in trees:
        if (contract := signed.get(tree.agency_code)) is not None:
            whole = replace(tree, head=heads.get(contract.id or 0))
            if contract_fingerprint(whole, cycle=cycle_name(cycle)) != contract.fingerprint:
                different.append(tree)
    return different


async def store_contracts(
    session: AsyncSession, cycle: Cycle, trees: Sequence[ContractTree], by: str, **source: str
) -> int:
    """Store trees as contracts ready to be signed, in place of the unsigned ones of these agencies; returns how many.

    The office's dry run was their review.

    Contracts that are signed and say the same are left alone; to change a signed one is a `Conflict`.
    `source` (name and fingerprint of a file, rows left out) goes into the journal.
    """
    await hold(session, cycle)
    require_phase(cycle, Phase.DRAFTING)
    require_balanced(trees)
    if different := await signed_and_different(session, cycle, trees):
        names = ", ".join(tree.agency for tree in different)
        raise Conflict(N_("이미 서명한 계약은 바꿀 수 없습니다: {names}"), names=names)
    agencies = await _agencies(session, trees)
    ids = await _draft_contracts(session, cycle, agencies)
    drafts = [(ids[tree.agency_code], tree) for tree in trees if tree.agency_code in ids]
    await session.exec(delete(ContractNode).where(col(ContractNode.contract_id).in_(ids.values())))
    await insert_trees(session, drafts)
    await session.exec(
        update(Contract).where(col(Contract.id).in_(ids.values())).values(state=ContractState.ACCEPTED)
    )
    named = [public_id_of(cycle.year, code) for code in ids]
    await journal.record(
        session, by, "contracts.imported", str(cycle.year), contracts=len(drafts), named=named, **source
    )
    return len(drafts)


async def _agencies(session: AsyncSession, trees: Sequence[ContractTree]) -> dict[str, int]:
    """Ids of the agencies of the trees by code, created or renamed as the trees say."""
    codes = [tree.agency_code for tree in trees]
    stored = await session.exec(select(Agency).where(col(Agency.code).in_(codes)))
    known = {agency.code: agency for agency in stored}
    fresh = [
        {"code": tree.agency_code, "name": tree.agency, "kind": tree.agency_kind}
        for tree in trees
        if tree.agency_code not in known
    ]
    for tree in trees:
        if agency := known.get(tree.agency_code):
            agency.name, agency.kind = tree.agency, tree.agency_kind
    ids = {code: agency.id for code, agency in known.items() if agency.id is not None}
    if fresh:
        returning = insert(Agency).returning(col(Agency.code), col(Agency.id))
        ids |= dict((await session.exec(returning, params=fresh)).all())
    return ids


async def _draft_contracts(
    session: AsyncSession, cycle: Cycle, agencies: Mapping[str, int]
) -> dict[str, int]:
    """Ids of the contracts that may be rewritten, by agency code; missing ones are created."""
    # Nobody signs what is being replaced.
    await session.exec(select(Contract.id).where(col(Contract.cycle_id) == cycle.id).with_for_update())
    stored = {agency.code: contract for contract, agency in await contracts_of(session, cycle)}
    fresh = [
        {
            "cycle_id": cycle.id,
            "agency_id": agency_id,
            "public_id": public_id_of(cycle.year, code),
            "state": ContractState.ACCEPTED,
        }
        for code, agency_id in agencies.items()
        if code not in stored
    ]
    ids = {
        code: contract.id
        for code, contract in stored.items()
        if code in agencies and contract.state in UNSIGNED and contract.id is not None
    }
    if fresh:
        code_of = {agency_id: code for code, agency_id in agencies.items()}
        returning = insert(Contract).returning(col(Contract.agency_id), col(Contract.id))
        returned = await session.exec(returning, params=fresh)
        ids |= {code_of[agency_id]: contract_id for agency_id, contract_id in returned}
    return ids


async def insert_trees(session: AsyncSession, drafts: Sequence[tuple[int, ContractTree]]) -> None:
    """All nodes of all trees, one statement a level, then all measures in one."""
    level: list[tuple[int, int | None, Node]] = [
        (contract_id, None, node) for contract_id, tree in drafts for node in tree.children
    ]
    position = 0
    measures: list[dict[str, Any]] = []
    while level:
        rows = []
        for contract_id, parent_id, node in level:
            position += 1
            rows.append(node_row(contract_id, parent_id, position, node))
        returned = await session.exec(
            insert(ContractNode).returning(
                col(ContractNode.contract_id), col(ContractNode.code), col(ContractNode.id)
            ),
            params=rows,
        )
        ids = {(contract_id, code): node_id for contract_id, code, node_id in returned}
        measures += [
            measure_row(ids[contract_id, node.code], node) for contract_id, _, node in level if node.measure
        ]
        level = [
            (contract_id, ids[contract_id, node.code], child)
            for contract_id, _, node in level
            for child in node.children
        ]
    if measures:
        # Blanks are written as such: leaving them out would make a statement for every pattern of blanks.
        await session.exec(
            insert(IndicatorMeasure), params=measures, execution_options={"render_nulls": True}
        )


def node_row(contract_id: int, parent_id: int | None, position: int, node: Node) -> dict[str, Any]:
    return {
        "contract_id": contract_id,
        "parent_id": parent_id,
        "position": position,
        "kind": node.kind,
        "code": node.code,
        "title": node.title,
        "weight": node.weight,
        "promise": node.promise,
        "result": node.result,
        "on_ballot": node.on_ballot,
        "shares": [[code, plain(percent)] for code, percent in node.shares],
    }


def measure_row(node_id: int, node: Node) -> dict[str, Any]:
    measure = node.measure
    assert measure is not None  # noqa: S101 - asked by the caller
    return {
        "node_id": node_id,
        "direction": measure.direction,
        "method": measure.method,
        "unit": measure.unit,
        "definition": measure.definition,
        "source": measure.source,
        "baseline": measure.baseline,
        "history": {str(year): plain(value) for year, value in measure.history},
        "target": measure.target,
        "actual": measure.actual,
        "settings": dict(measure.settings),
        "formula": measure.formula,
        "supplied_by": measure.supplied_by,
        "checked_by": measure.checked_by,
    }
