"""Versions of a published contract: each record that was ever in force, kept as it was, with its fingerprint."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Contract, Cycle
from contracts.reading import cycle_name, tree_of
from contracts.terms.canonical import canonical_bytes, contract_record, sha256_hex
from office.errors import NotFound
from office.i18n import N_


class ContractVersion(SQLModel, table=True):
    """One record as it was in force from `since` on; never changed, never deleted.

    Version 1 is what both sides signed before publication, every later one an approved amendment (`amendment_id`).
    """

    __tablename__ = "contract_version"
    __table_args__ = (sa.UniqueConstraint("contract_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    number: int
    record: str = Field(sa_type=sa.Text)
    fingerprint: str = Field(max_length=64, index=True)
    since: datetime
    reason: str = Field(default="", max_length=1000)
    amendment_id: int | None = Field(default=None, foreign_key="amendment.id")
    head_signed_by: int | None = Field(default=None, foreign_key="person.id")
    head_signed_at: datetime | None = None
    first_officer: int | None = Field(default=None, foreign_key="person.id")
    office_signed_by: int | None = Field(default=None, foreign_key="person.id")
    office_signed_at: datetime | None = None

    @property
    def content(self) -> dict[str, Any]:
        """The record read back."""
        read: dict[str, Any] = json.loads(self.record)
        return read

    @property
    def codes(self) -> set[str]:
        """The code of every item."""
        return _codes(self.content["nodes"])

    @property
    def sound(self) -> bool:
        """Whether the kept bytes still have the fingerprint they were kept under."""
        return sha256_hex(self.record.encode()) == self.fingerprint


async def versions_of(session: AsyncSession, cycle: Cycle, contract: Contract) -> list[ContractVersion]:
    """Every version of a published contract, the first one first; the last is in force.

    A contract that was never amended has one, which is made up from the contract itself and not stored.
    """
    query = select(ContractVersion).where(col(ContractVersion.contract_id) == contract.id)
    stored = list(await session.exec(query.order_by(col(ContractVersion.number))))
    return stored or [await first_version(session, cycle, contract)]


async def first_version(session: AsyncSession, cycle: Cycle, contract: Contract) -> ContractVersion:
    """What was published, as a version that still has to be stored."""
    assert contract.id is not None  # noqa: S101 - a stored contract
    record = contract.record
    if record is None:
        tree = await tree_of(session, contract)
        record = canonical_bytes(contract_record(tree, cycle=cycle_name(cycle))).decode()
    if contract.published_at is None:
        raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
    return ContractVersion(
        contract_id=contract.id,
        number=1,
        record=record,
        fingerprint=contract.fingerprint or sha256_hex(record.encode()),
        since=contract.published_at,
        head_signed_by=contract.head_signed_by,
        head_signed_at=contract.head_signed_at,
        office_signed_by=contract.office_signed_by,
        office_signed_at=contract.office_signed_at,
    )


async def version_of(session: AsyncSession, cycle: Cycle, contract: Contract, number: int) -> ContractVersion:
    """One version by its number."""
    for version in await versions_of(session, cycle, contract):
        if version.number == number:
            return version
    raise NotFound(N_("이 계약에 그런 판은 없습니다"))


async def amended_at(session: AsyncSession, contract: Contract) -> datetime | None:
    """Since when the present version of a contract is in force; nothing where it was never amended."""
    query = select(col(ContractVersion.since)).where(
        col(ContractVersion.contract_id) == contract.id, col(ContractVersion.number) > 1
    )
    return (await session.exec(query.order_by(col(ContractVersion.number).desc()).limit(1))).first()


async def had_indicator(session: AsyncSession, contract: Contract, code: str) -> bool:
    """Whether a version that is no longer in force had an indicator of that code."""
    query = select(col(ContractVersion.record)).where(col(ContractVersion.contract_id) == contract.id)
    return any(code in _codes(json.loads(r)["nodes"], measured=True) for r in await session.exec(query))


def _codes(nodes: list[dict[str, Any]], *, measured: bool = False) -> set[str]:
    found = {str(node["code"]) for node in nodes if node["measure"] or not measured}
    return found.union(*(_codes(node["nodes"], measured=measured) for node in nodes))
