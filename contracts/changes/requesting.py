"""Asking for an amendment: the officer words it, the head consents with a signature, either side may end it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, StringConstraints
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.amendments import (
    OPEN,
    Amendment,
    AmendmentState,
    amendment_of,
    require_amendable,
    require_same_base,
)
from contracts.changes.drafts import Wish, discard, limits_of, record_of, take, wish_of
from contracts.changes.rewriting import promised
from contracts.changes.together import all_of, others_wished, partners_of
from contracts.cycles import hold
from contracts.model import Agency, Contract, Cycle
from contracts.reading import is_its_own, tree_of
from contracts.signing import still_as_signed
from contracts.terms.canonical import sha256_hex
from contracts.terms.tree import ContractTree
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_
from office.people import Person, Role, require_totp
from office.settings import Settings

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class Wanted(BaseModel):
    """Why a contract should change."""

    reason: Reason


class Declining(BaseModel):
    """Why a request is not accepted."""

    reason: Reason


async def ask(
    session: AsyncSession, cycle: Cycle, contract: Contract, wanted: Wanted, by: Person
) -> Amendment:
    """The officer asks for what the draft says; it waits for the head's consent, and the draft is gone.

    Other shares of a joint task are asked of the contracts of its partners, too, and of their heads.
    """
    wish = (await take(session, cycle, contract, by)).wish
    if not wish.changed:
        raise Refused(N_("바뀐 것이 없습니다. 고칠 항목을 골라 새 내용을 적어 주십시오"))
    partners = await partners_of(session, wish)
    await _require_possible(session, wish, [each.tree for each in partners])
    amendment = await _ask(session, wish, wanted.reason, by)
    await discard(session, contract)
    for each in partners:
        await _ask(session, each, wanted.reason, by, joined_to=amendment.id)
    return amendment


async def _ask(
    session: AsyncSession, wish: Wish, reason: str, by: Person, joined_to: int | None = None
) -> Amendment:
    assert wish.contract.id is not None and by.id is not None  # noqa: S101 - stored
    base, record = record_of(wish.stands, wish.cycle), record_of(wish.tree, wish.cycle)
    amendment = Amendment(
        contract_id=wish.contract.id,
        reason=reason,
        base_record=base.decode(),
        base_fingerprint=sha256_hex(base),
        record=record.decode(),
        fingerprint=sha256_hex(record),
        asked_by=by.id,
        asked_at=now(),
        joined_to=joined_to,
    )
    session.add(amendment)
    await session.flush()
    await journal.record(
        session, by.actor, "contract.amendment-asked", wish.contract.public_id, request=amendment.id
    )
    return amendment


async def _require_possible(session: AsyncSession, wish: Wish, together: Sequence[ContractTree]) -> None:
    """`Refused`, naming every item, where the contract may not become what is wished for."""
    if found := await limits_of(session, wish, together):
        said = " · ".join(each.said() for each in found)
        raise Refused(N_("이대로는 계약을 바꿀 수 없습니다. {reasons}"), reasons=said)


async def require_possible(
    session: AsyncSession, cycle: Cycle, contract: Contract, amendment: Amendment
) -> Wish:
    """What a request asks for, `Refused` where the contract may no longer become that: time has passed since."""
    standing = await wish_of(session, cycle, contract)
    wish = replace(standing, tree=replace(standing.stands, children=promised(amendment.after)))
    await _require_possible(session, wish, await others_wished(session, cycle, amendment))
    return wish


async def consent(
    session: AsyncSession,
    settings: Settings,
    cycle: Cycle,
    contract: Contract,
    agency: Agency,
    number: int,
    person: Person,
    code: str,
) -> None:
    """The head signs a request with a fresh code; from now on the performance office may decide on it."""
    if person.role is not Role.HEAD or not is_its_own(person, agency):
        raise NotFound(N_("그런 변경 요청이 없습니다"))
    await require_amendable(session, cycle, contract)
    amendment = await amendment_of(session, contract, number)
    if amendment.state is not AmendmentState.ASKED:
        raise Conflict(N_("이미 동의했거나 닫힌 요청입니다"))
    require_same_base(amendment, contract)
    if not still_as_signed(await tree_of(session, contract), cycle, contract):
        raise Conflict(N_("이 계약은 서명한 뒤에 내용이 달라졌습니다. 관리자에게 알려 주십시오"))
    await require_possible(session, cycle, contract, amendment)
    await require_totp(session, settings, person, code)
    amendment.state, amendment.head_signed_by, amendment.head_signed_at = (
        AmendmentState.SIGNED,
        person.id,
        now(),
    )
    await journal.record(
        session,
        person.actor,
        "contract.amendment-signed",
        contract.public_id,
        request=number,
        sha256=amendment.fingerprint,
    )


async def withdraw(session: AsyncSession, cycle: Cycle, contract: Contract, number: int, by: Person) -> None:
    """The agency takes its request back, its head's consent notwithstanding; a partner refuses by the same act."""
    await hold(session, cycle, alone=True)
    await _close(session, contract, number, AmendmentState.WITHDRAWN, by, "contract.amendment-withdrawn")


async def decline(
    session: AsyncSession, cycle: Cycle, contract: Contract, number: int, reason: str, by: Person
) -> None:
    """One officer of the performance office closes a request and says why; the contract stays as it is."""
    await hold(session, cycle, alone=True)
    act = "contract.amendment-declined"
    await _close(session, contract, number, AmendmentState.DECLINED, by, act, reason)


async def _close(
    session: AsyncSession,
    contract: Contract,
    number: int,
    state: AmendmentState,
    by: Person,
    act: str,
    reason: str = "",
) -> None:
    """End a request and all it stands or falls with."""
    amendment = await amendment_of(session, contract, number)
    if amendment.state not in OPEN:
        raise Conflict(N_("이미 닫힌 요청입니다"))
    for each, its in await all_of(session, amendment):
        each.state, each.decided_by, each.decided_at, each.decline_reason = state, by.id, now(), reason
        session.add(each)
        await session.flush()
        await journal.record(session, by.actor, act, its.public_id, request=each.id)
