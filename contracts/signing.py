"""Signing by both sides: the agency head first, then the performance office for the governor, each with a fresh code."""

from __future__ import annotations

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.heads.promising import require_own_codes
from contracts.model import Agency, Contract, ContractState, Cycle, Phase
from contracts.reading import contracts_of, cycle_name, is_its_own, tree_of, trees_of
from contracts.sharing import require_agreed
from contracts.terms.canonical import canonical_bytes, contract_fingerprint, contract_record, sha256_hex
from contracts.terms.tree import ContractTree
from contracts.writing.drafting import hold_contract, require_balanced
from contracts.writing.stops import require_free_to_sign
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound
from office.i18n import N_
from office.people import Person, Role, require_totp
from office.settings import Settings


async def sign_as_head(
    session: AsyncSession,
    settings: Settings,
    cycle: Cycle,
    contract: Contract,
    agency: Agency,
    person: Person,
    code: str,
) -> None:
    """The head signs their own contract once it has been reviewed: its canonical record and fingerprint are fixed from now on."""
    if person.role is not Role.HEAD or not is_its_own(person, agency):
        raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
    await hold(session, cycle)
    require_phase(cycle, Phase.DRAFTING)
    await hold_contract(session, contract)
    if contract.state in (ContractState.DRAFT, ContractState.SUBMITTED):
        raise Conflict(
            N_("아직 검토를 마치지 않은 계약입니다. 성과관리 담당이 검토를 마치면 서명할 수 있습니다")
        )
    if contract.state is not ContractState.ACCEPTED:
        raise Conflict(N_("이미 서명한 계약입니다"))
    await require_free_to_sign(session, contract)
    tree = await tree_of(session, contract)
    require_balanced([tree])
    require_own_codes(tree)
    await require_agreed(session, cycle, contract)
    await require_totp(session, settings, person, code)
    record = canonical_bytes(contract_record(tree, cycle=cycle_name(cycle)))
    signed = await session.exec(
        update(Contract)
        .where(col(Contract.id) == contract.id, col(Contract.state) == ContractState.ACCEPTED)
        .values(
            state=ContractState.HEAD_SIGNED,
            record=record.decode(),
            fingerprint=sha256_hex(record),
            head_signed_by=person.id,
            head_signed_at=now(),
        )
    )
    if signed.rowcount != 1:
        raise Conflict(N_("그 사이에 계약이 바뀌었습니다. 화면을 새로 고쳐 확인해 주십시오"))
    await journal.record(
        session, person.actor, "contract.signed-by-head", contract.public_id, sha256=sha256_hex(record)
    )


async def sign_as_office(
    session: AsyncSession, settings: Settings, cycle: Cycle, person: Person, code: str
) -> int:
    """The performance office signs for the governor every contract its head has signed; returns how many."""
    await hold(session, cycle)
    require_phase(cycle, Phase.DRAFTING)
    waiting = [
        contract
        for contract, _ in await contracts_of(session, cycle)
        if contract.state is ContractState.HEAD_SIGNED
    ]
    if not waiting:
        raise Conflict(N_("기관장이 서명하고 기다리는 계약이 없습니다"))
    await require_unchanged(session, cycle, waiting)
    await require_totp(session, settings, person, code)
    await session.exec(
        update(Contract)
        .where(
            col(Contract.id).in_([contract.id for contract in waiting]),
            col(Contract.state) == ContractState.HEAD_SIGNED,
        )
        .values(state=ContractState.SIGNED, office_signed_by=person.id, office_signed_at=now())
    )
    await journal.record(
        session,
        person.actor,
        "contracts.signed-by-office",
        str(cycle.year),
        sha256={contract.public_id: contract.fingerprint for contract in waiting},
    )
    return len(waiting)


def still_as_signed(tree: ContractTree, cycle: Cycle, contract: Contract) -> bool:
    """Whether a contract says today what was signed."""
    return contract_fingerprint(tree, cycle=cycle_name(cycle)) == contract.fingerprint


async def require_unchanged(session: AsyncSession, cycle: Cycle, contracts: list[Contract]) -> None:
    """`Conflict`, naming them, if contracts no longer say what was signed."""
    trees = await trees_of(session, cycle)
    changed = [
        contract.public_id
        for contract in contracts
        if contract.id is None or not still_as_signed(trees[contract.id], cycle, contract)
    ]
    if changed:
        raise Conflict(
            N_("서명한 뒤에 내용이 달라진 계약이 있습니다: {contracts}. 관리자에게 알려 주십시오"),
            contracts=", ".join(changed),
        )
