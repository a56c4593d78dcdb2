"""Asking for an amendment: the officer words it, the head consents with a signature, either side may end it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
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
from contracts.changes.rewriting import rewritten
from contracts.cycles import hold
from contracts.model import Agency, Contract, Cycle
from contracts.reading import cycle_name, is_its_own, tree_of
from contracts.signing import still_as_signed
from contracts.terms.canonical import canonical_bytes, contract_record, sha256_hex
from office import journal
from office.clock import SEOUL, now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person, Role, require_totp
from office.settings import Settings

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class Wanted(BaseModel):
    """Why and from which day a contract should change."""

    reason: Reason
    effective_on: date


class Declining(BaseModel):
    """Why a request is not accepted."""

    reason: Reason


async def ask(
    session: AsyncSession,
    cycle: Cycle,
    contract: Contract,
    wanted: Wanted,
    form: Mapping[str, str],
    by: Person,
) -> Amendment:
    """The officer asks for a change; it waits for the head's consent."""
    await require_amendable(session, cycle, contract)
    assert contract.id is not None and by.id is not None  # noqa: S101 - stored
    _require_day(contract, wanted.effective_on)
    tree = await tree_of(session, contract)
    new = rewritten(tree, form)
    base = canonical_bytes(contract_record(tree, cycle=cycle_name(cycle)))
    record = canonical_bytes(contract_record(new, cycle=cycle_name(cycle)))
    amendment = Amendment(
        contract_id=contract.id,
        reason=wanted.reason,
        effective_on=wanted.effective_on,
        base_record=base.decode(),
        base_fingerprint=sha256_hex(base),
        record=record.decode(),
        fingerprint=sha256_hex(record),
        asked_by=by.id,
        asked_at=now(),
    )
    session.add(amendment)
    await session.flush()
    await journal.record(
        session, by.actor, "contract.amendment-asked", contract.public_id, request=amendment.id
    )
    return amendment


def _require_day(contract: Contract, day: date) -> None:
    """From the day of publication to a year from now: nothing is changed for the time before it was promised."""
    first = contract.published_at.astimezone(SEOUL).date() if contract.published_at else None
    today = now().astimezone(SEOUL).date()
    if (first is not None and day < first) or (day - today).days > 366:
        said = translate(N_("계약을 공개한 날({first})부터 일 년 안의 날짜를 적어 주십시오"), first=first)
        raise Refused(
            N_("입력한 내용을 확인해 주십시오. 표시한 칸을 고치면 됩니다"), fields={"effective_on": said}
        )


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
    """The agency takes its request back, its head's consent notwithstanding."""
    await hold(session, cycle, alone=True)
    amendment = await _open_request(session, contract, number)
    await _close(session, contract, amendment, AmendmentState.WITHDRAWN, by)
    await journal.record(
        session, by.actor, "contract.amendment-withdrawn", contract.public_id, request=number
    )


async def decline(
    session: AsyncSession, cycle: Cycle, contract: Contract, number: int, reason: str, by: Person
) -> None:
    """One officer of the performance office closes a request and says why; the contract stays as it is."""
    await hold(session, cycle, alone=True)
    amendment = await _open_request(session, contract, number)
    amendment.decline_reason = reason
    await _close(session, contract, amendment, AmendmentState.DECLINED, by)
    await journal.record(session, by.actor, "contract.amendment-declined", contract.public_id, request=number)


async def _open_request(session: AsyncSession, contract: Contract, number: int) -> Amendment:
    amendment = await amendment_of(session, contract, number)
    if amendment.state not in OPEN:
        raise Conflict(N_("이미 닫힌 요청입니다"))
    return amendment


async def _close(
    session: AsyncSession, contract: Contract, amendment: Amendment, state: AmendmentState, by: Person
) -> None:
    amendment.state, amendment.decided_by, amendment.decided_at = state, by.id, now()
    session.add(amendment)
    await session.flush()
