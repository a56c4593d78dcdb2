"""Approving an amendment: two officers, one new version, new fingerprints of the contract and of the whole set."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.amendments import (
    Amendment,
    AmendmentState,
    amendment_of,
    require_amendable,
    require_same_base,
)
from contracts.changes.carrying import carry_out
from contracts.changes.drafts import Wish
from contracts.changes.requesting import require_possible
from contracts.changes.together import all_of
from contracts.changes.versions import ContractVersion, first_version, versions_of
from contracts.model import Contract, Cycle
from contracts.reading import cycle_name, published_trees, tree_of
from contracts.signing import still_as_signed
from contracts.terms.canonical import set_fingerprint, sha256_hex
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

    What stands or falls with a request is approved with it, in one transaction.

    `bound` is the fingerprint an opened vote was bound to, if there is one: then nothing changes any more.
    """
    await require_amendable(session, cycle, contract)
    if bound is not None:
        raise Conflict(N_("이 계약은 열린 투표에 묶여 있어 바꿀 수 없습니다"))
    amendment = await amendment_of(session, contract, number)
    if amendment.joined_to is not None:
        raise Conflict(
            N_("협업과제의 몫을 함께 바꾸는 요청입니다. {number}번 요청에서 승인해 주십시오"),
            number=amendment.joined_to,
        )
    if amendment.state is not AmendmentState.SIGNED:
        raise Conflict(N_("기관장이 동의하고 아직 결정하지 않은 요청만 승인할 수 있습니다"))
    changing = await all_of(session, amendment)
    if any(each.state is not AmendmentState.SIGNED for each, _ in changing):
        raise Conflict(N_("함께 하는 기관의 기관장이 모두 동의한 뒤에 승인할 수 있습니다"))
    wishes = [await _sound(session, cycle, its, each) for each, its in changing]
    await require_totp(session, settings, by, code)
    subject = subject_of(contract, amendment)
    if not await agreed(session, act=ACT, subject=subject, by=by, content=_fingerprint_of(changing)):
        return False
    versions = []
    for (each, its), wish in zip(changing, wishes, strict=True):
        await carry_out(session, its, wish.stands, wish.tree)
        each.state, each.decided_by, each.decided_at = AmendmentState.APPROVED, by.id, now()
        versions.append(await _new_version(session, cycle, its, each, subject))
        await _renew(session, cycle, its, each)
    for (each, its), version in zip(changing, versions, strict=True):
        await journal.record(
            session,
            by.actor,
            "contract.amended",
            its.public_id,
            request=each.id,
            version=version,
            sha256=each.fingerprint,
            contracts_sha256=cycle.contracts_sha256,
        )
    return True


def _fingerprint_of(changing: Sequence[tuple[Amendment, Contract]]) -> str:
    """What exactly is agreed to: a request's fingerprint, or that of all that change together."""
    found = [each.fingerprint for each, _ in changing]
    return found[0] if len(found) == 1 else sha256_hex("".join(found).encode())


async def _sound(session: AsyncSession, cycle: Cycle, contract: Contract, amendment: Amendment) -> Wish:
    """What a request asks of its contract, which stands as it was signed and may become that."""
    require_same_base(amendment, contract)
    if not still_as_signed(await tree_of(session, contract), cycle, contract):
        raise Conflict(N_("이 계약은 서명한 뒤에 내용이 달라졌습니다. 관리자에게 알려 주십시오"))
    return await require_possible(session, cycle, contract, amendment)


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
