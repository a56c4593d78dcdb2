"""Evidence: files a body lays beside its figures, kept by their SHA-256 and never overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Contract


class Evidence(SQLModel, table=True):
    """One file laid beside a node of a contract (`node_code` "" = the whole contract); its bytes lie in a folder."""

    __table_args__ = (sa.UniqueConstraint("contract_id", "node_code", "sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    node_code: str = Field(default="", max_length=60)
    sha256: str = Field(max_length=64, index=True)
    filename: str = Field(max_length=120)
    media_type: str = Field(max_length=100)
    size: int
    uploaded_by: int = Field(foreign_key="person.id")
    uploaded_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = Field(default="", max_length=300)


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file as pages show it; `withdrawn_reason` says why it is no longer handed out."""

    sha256: str
    filename: str
    media_type: str
    size: int
    uploaded_at: datetime
    node_code: str
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = ""


async def evidence_of(session: AsyncSession, contract: Contract) -> dict[str, list[EvidenceFile]]:
    """The files that stand, by node code, in the order in which they came; "" is the whole contract."""
    return by_node([each for each in await all_files(session, contract) if each.withdrawn_at is None])


async def all_files(session: AsyncSession, contract: Contract) -> list[EvidenceFile]:
    """Every file, the withdrawn ones too, in the order in which they came."""
    query = select(Evidence).where(col(Evidence.contract_id) == contract.id).order_by(col(Evidence.id))
    return [_shown(row) for row in await session.exec(query)]


def by_node(files: Sequence[EvidenceFile]) -> dict[str, list[EvidenceFile]]:
    """Files by the node they belong to."""
    found: dict[str, list[EvidenceFile]] = {}
    for each in files:
        found.setdefault(each.node_code, []).append(each)
    return found


def _shown(row: Evidence) -> EvidenceFile:
    return EvidenceFile(
        row.sha256,
        row.filename,
        row.media_type,
        row.size,
        row.uploaded_at,
        row.node_code,
        row.withdrawn_at,
        row.withdrawn_reason,
    )
