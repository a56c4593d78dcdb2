"""Amendments: requests to change a published contract, how far they are, and until when a contract may change at all."""

import enum
import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.model import PHASE_LABELS, Contract, ContractState, Cycle, Phase
from office.database import choice
from office.errors import Conflict, NotFound
from office.i18n import N_, translate

AMENDABLE = (Phase.PUBLISHED, Phase.REPORTING, Phase.SCORING)
"""From publication until the vote opens, which binds every contract to the election."""


TOO_LATE = N_("그 사이에 달라진 사정은 개표한 뒤 평가 의견에 답변하면서 적을 수 있습니다.")
"""What can be done instead once the vote has opened."""


class AmendmentState(enum.StrEnum):
    """How far a request is."""

    ASKED = "asked"
    SIGNED = "signed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


AMENDMENT_LABELS = {
    AmendmentState.ASKED: N_("기관장 동의 기다림"),
    AmendmentState.SIGNED: N_("승인 기다림"),
    AmendmentState.APPROVED: N_("승인됨"),
    AmendmentState.DECLINED: N_("받아들이지 않음"),
    AmendmentState.WITHDRAWN: N_("거두어들임"),
}
AMENDMENT_TONES = {
    AmendmentState.ASKED: "gray",
    AmendmentState.SIGNED: "warning",
    AmendmentState.APPROVED: "success",
    AmendmentState.DECLINED: "danger",
    AmendmentState.WITHDRAWN: "gray",
}
OPEN = (AmendmentState.ASKED, AmendmentState.SIGNED)


class Amendment(SQLModel, table=True):
    """A request to change a published contract: the whole record as it should read, and the one it was made from."""

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    state: AmendmentState = Field(default=AmendmentState.ASKED, sa_type=choice(AmendmentState))
    reason: str = Field(max_length=1000)
    base_record: str = Field(sa_type=sa.Text)
    base_fingerprint: str = Field(max_length=64)
    record: str = Field(sa_type=sa.Text)
    fingerprint: str = Field(max_length=64)
    asked_by: int = Field(foreign_key="person.id")
    asked_at: datetime
    head_signed_by: int | None = Field(default=None, foreign_key="person.id")
    head_signed_at: datetime | None = None
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    decline_reason: str = Field(default="", max_length=1000)
    joined_to: int | None = Field(default=None, foreign_key="amendment.id", index=True)
    """The request of a joint task's leading body that this one, of a partner's contract, stands or falls with."""

    @property
    def before(self) -> dict[str, Any]:
        """The record the request was made from."""
        read: dict[str, Any] = json.loads(self.base_record)
        return read

    @property
    def after(self) -> dict[str, Any]:
        """The record as it should read."""
        read: dict[str, Any] = json.loads(self.record)
        return read


def amendable(cycle: Cycle, contract: Contract) -> bool:
    """Whether the contract may still be changed at all."""
    return contract.state is ContractState.PUBLISHED and cycle.phase in AMENDABLE


def words_only(cycle: Cycle) -> bool:
    """Whether experts judge already what is promised: its words may still change, but nothing they count by."""
    return cycle.phase is Phase.SCORING


def require_open(cycle: Cycle, contract: Contract) -> None:
    """`Conflict` unless the contract is public and the vote has not opened."""
    if cycle.phase not in (*AMENDABLE, Phase.DRAFTING):
        raise Conflict(
            N_(
                "지금은 '{now}' 단계입니다. 투표가 열린 뒤에는 계약을 바꿀 수 없습니다. 공개된 계약 전체의 지문이 투표 기록에 묶여 있습니다"
            ),
            advice=TOO_LATE,
            ways=((N_("지난 변경 요청 보기"), f"/agency/contracts/{contract.public_id}/amendments"),),
            now=translate(PHASE_LABELS[cycle.phase]),
        )
    require_phase(cycle, *AMENDABLE)
    if contract.state is not ContractState.PUBLISHED:
        raise Conflict(
            N_("공개된 계약만 변경을 요청할 수 있습니다. 공개 전에는 계약을 바로 고치십시오"),
            advice=N_("계약을 공개할 때까지 양쪽이 서명하지 않았습니다. 쓴 내용은 그대로 남아 있습니다."),
        )


async def require_amendable(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
    """The same, and nobody else changes a contract meanwhile."""
    await hold(session, cycle, alone=True)
    await session.refresh(contract)
    require_open(cycle, contract)


async def amendment_of(session: AsyncSession, contract: Contract, number: int) -> Amendment:
    """A request of this contract, kept from everybody else until this transaction ends."""
    query = (
        select(Amendment)
        .where(col(Amendment.id) == number, col(Amendment.contract_id) == contract.id)
        .with_for_update()
    )
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFound(N_("그런 변경 요청이 없습니다"))
    return found


def require_same_base(amendment: Amendment, contract: Contract) -> None:
    """`Conflict` if the contract has changed since the request was made."""
    if contract.fingerprint != amendment.base_fingerprint:
        raise Conflict(
            N_(
                "이 요청을 만든 뒤에 계약이 다른 요청으로 바뀌었습니다. 지금의 계약을 보고 다시 요청해야 합니다. "
                "이 요청은 받아들이지 않음으로 닫아 주십시오"
            )
        )
