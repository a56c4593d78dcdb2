"""Approving an amendment: two officers, one new version, new fingerprints of the contract and of the whole set."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.amendments import (
    Amendment,
    AmendmentState,
    amendment_of,
    require_amendable,
    require_same_base,
)
from contracts.changes.carrying import carry_out
from contracts.changes.requesting import require_possible
from contracts.changes.versions import ContractVersion, first_version, versions_of
from contracts.model import Contract, Cycle
from contracts.reading import cycle_name, published_trees, tree_of
from contracts.signing import still_as_signed
from contracts.terms.canonical import set_fingerprint
from office import journal
from office.approval import agreed, confirmed
from office.clock import now
from office.errors import Conflict
from office.i18n import N_
from office.people import Person, require_totp
from office.settings import Settings

ACT = "contract.amend"


def subject_of(contract: Contract, amendment: Amendment) -> str:
    """How the two officers' presses name a request."""
    return f"{contract.public_id}:{amendment.id}"


async def approve(
    session: AsyncSession,
    settings: Settings,
    cycle: Cycle,
    contract: Contract,
    number: int,
    by: Person,
    code: str,
    *,
    bound: str | None,
) -> bool:
    """Change the contract once two officers have agreed, each with a fresh code; False after the first of them.

    `bound` is the fingerprint an opened vote was bound to, if there is one: then nothing changes any more.
    """
    await require_amendable(session, cycle, contract)
    if bound is not None:
        raise Conflict(N_("이 계약은 열린 투표에 묶여 있어 바꿀 수 없습니다"))
    amendment = await amendment_of(session, contract, number)
    if amendment.state is not AmendmentState.SIGNED:
        raise Conflict(N_("기관장이 동의하고 아직 결정하지 않은 요청만 승인할 수 있습니다"))
    require_same_base(amendment, contract)
    if not still_as_signed(await tree_of(session, contract), cycle, contract):
        raise Conflict(N_("이 계약은 서명한 뒤에 내용이 달라졌습니다. 관리자에게 알려 주십시오"))
    wish = await require_possible(session, cycle, contract, amendment)
    await require_totp(session, settings, by, code)
    subject = subject_of(contract, amendment)
    if not await agreed(session, act=ACT, subject=subject, by=by, content=amendment.fingerprint):
        return False
    await carry_out(session, contract, wish.stands, wish.tree)
    amendment.state, amendment.decided_by, amendment.decided_at = AmendmentState.APPROVED, by.id, now()
    version = await _new_version(session, cycle, contract, amendment, subject)
    await _renew(session, cycle, contract, amendment)
    await journal.record(
        session,
        by.actor,
        "contract.amended",
        contract.public_id,
        request=number,
        version=version,
        sha256=amendment.fingerprint,
        contracts_sha256=cycle.contracts_sha256,
    )
    return True


async def _new_version(
    session: AsyncSession, cycle: Cycle, contract: Contract, amendment: Amendment, subject: str
) -> int:
    """Keep the old record as it was and the new one beside it; returns the new number."""
    kept = await versions_of(session, cycle, contract)
    if kept[-1].id is None:
        session.add(await first_version(session, cycle, contract))
    presses = await confirmed(session, ACT, subject)
    number = kept[-1].number + 1
    session.add(
        ContractVersion(
            contract_id=amendment.contract_id,
            number=number,
            record=amendment.record,
            fingerprint=amendment.fingerprint,
            since=amendment.decided_at or now(),
            reason=amendment.reason,
            amendment_id=amendment.id,
            head_signed_by=amendment.head_signed_by,
            head_signed_at=amendment.head_signed_at,
            first_officer=presses.first_by if presses else None,
            office_signed_by=amendment.decided_by,
            office_signed_at=amendment.decided_at,
        )
    )
    return number


async def _renew(session: AsyncSession, cycle: Cycle, contract: Contract, amendment: Amendment) -> None:
    """New record, signatures and fingerprint of the contract, and of the set a vote will be bound to."""
    contract.record, contract.fingerprint = amendment.record, amendment.fingerprint
    contract.head_signed_by, contract.head_signed_at = amendment.head_signed_by, amendment.head_signed_at
    contract.office_signed_by, contract.office_signed_at = amendment.decided_by, amendment.decided_at
    session.add(contract)
    await session.flush()
    if not still_as_signed(await tree_of(session, contract), cycle, contract):
        raise Conflict(N_("그 사이에 계약이 바뀌었습니다. 화면을 새로 고쳐 확인해 주십시오"))
    cycle.contracts_sha256 = set_fingerprint(await published_trees(session, cycle), cycle=cycle_name(cycle))
    session.add(cycle)
    await session.flush()
