"""Evidence: files a body lays beside its figures, kept by their SHA-256 and never overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.evidence.kinds import Kept
from contracts.files.spreadsheet import checked
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import tree_of
from contracts.terms.head import with_own_tasks
from contracts.terms.tree import walk
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person, Role

UPLOADING = (Phase.REPORTING, Phase.SCORING)
"""Figures are reported with their evidence; until the vote opens a reply may bring more."""
REASON_LENGTH = 300


class Evidence(SQLModel, table=True):
    """One file laid beside a node of a contract or a task of its head (`node_code` "" = the whole contract); its bytes lie in a folder."""

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


async def add(
    session: AsyncSession,
    cycle: Cycle,
    contract: Contract,
    kept: Kept,
    *,
    sha256: str,
    filename: str,
    node_code: str,
    most: int,
    by: Person,
) -> None:
    """Lay a file that lies in the folder beside a node of the contract; `most` bytes is all of a contract's files."""
    await hold(session, cycle)
    require_uploading(cycle, contract)
    tree = with_own_tasks(await tree_of(session, contract))
    if node_code and node_code not in {node.code for _, node in walk(tree)}:
        raise Refused(
            N_("올리지 않았습니다. 표시한 칸을 고쳐 주십시오"),
            fields={"node": translate(N_("이 계약의 과제나 지표를 골라 주십시오"))},
        )
    # One writer at a time, so that two uploads at once cannot both find room.
    await journal.hold(session)
    assert contract.id is not None and by.id is not None  # noqa: S101 - stored rows
    same = await _row(session, contract, sha256, node_code)
    if same is not None:
        raise Conflict(
            N_("같은 파일이 ‘{name}’ 이름으로 이미 이 자리에 있습니다")
            if same.withdrawn_at is None
            else N_(
                "이 자리에서 거두어들인 파일(‘{name}’)과 같은 파일입니다. 성과관리 담당에게 알려 주십시오"
            ),
            name=same.filename,
        )
    used = (
        await session.exec(
            select(func.coalesce(func.sum(Evidence.size), 0)).where(col(Evidence.contract_id) == contract.id)
        )
    ).one()
    if int(used) + len(kept.data) > most:
        raise Refused(
            N_("이 계약의 증빙자료가 모두 {mb}MB를 넘습니다. 필요 없는 파일을 지운 뒤 다시 올려 주십시오"),
            fields={"file": translate(N_("더 작은 파일을 골라 주십시오"))},
            mb=most // 1_048_576,
        )
    session.add(
        Evidence(
            contract_id=contract.id,
            node_code=node_code,
            sha256=sha256,
            filename=filename,
            media_type=kept.media_type,
            size=len(kept.data),
            uploaded_by=by.id,
            uploaded_at=now(),
        )
    )
    # A file's name may name a person; the journal has its fingerprint.
    await journal.record(
        session, by.actor, "contract.evidence-added", contract.public_id, sha256=sha256, node=node_code
    )


def require_uploading(cycle: Cycle, contract: Contract) -> None:
    """`Conflict` unless evidence may be laid beside this contract now."""
    require_phase(cycle, *UPLOADING)
    if contract.state is not ContractState.PUBLISHED:
        raise Conflict(N_("공개된 계약에만 증빙자료를 올릴 수 있습니다"))


async def remove(
    session: AsyncSession, cycle: Cycle, contract: Contract, *, sha256: str, node_code: str, by: Person
) -> None:
    """Take a file away for good; only while figures are still being reported."""
    await hold(session, cycle)
    require_phase(cycle, Phase.REPORTING)
    await session.delete(await _standing(session, contract, sha256, node_code))
    await journal.record(
        session, by.actor, "contract.evidence-removed", contract.public_id, sha256=sha256, node=node_code
    )


async def withdraw(
    session: AsyncSession,
    cycle: Cycle,
    contract: Contract,
    *,
    sha256: str,
    node_code: str,
    reason: str,
    by: Person,
) -> None:
    """Hand a file out no longer; its name, its fingerprint and the reason stay for everybody to see.

    The body may do so until the vote opens, the performance office at any time (personal data may turn up late).
    """
    await hold(session, cycle)
    if cycle.phase is Phase.REPORTING and by.role is not Role.OFFICE:
        raise Conflict(N_("아직 실적 보고 중이라 파일을 그냥 지울 수 있습니다"))
    if by.role is not Role.OFFICE:
        require_phase(cycle, Phase.SCORING)
    said = checked(reason)
    if said.wrong or not said.text or len(said.text) > REASON_LENGTH:
        raise Refused(
            N_("거두어들이는 이유를 적어 주십시오"),
            fields={
                "reason": translate(
                    said.wrong or N_("누구나 볼 수 있는 이유를 {n}자 안으로 적어 주십시오"), n=REASON_LENGTH
                )
            },
        )
    row = await _standing(session, contract, sha256, node_code)
    row.withdrawn_at, row.withdrawn_reason = now(), said.text
    session.add(row)
    await journal.record(
        session, by.actor, "contract.evidence-withdrawn", contract.public_id, sha256=sha256, node=node_code
    )


async def found_file(session: AsyncSession, contract: Contract, sha256: str, filename: str) -> EvidenceFile:
    """The file at a permanent address, a standing one before a withdrawn one of the same bytes."""
    query = (
        select(Evidence)
        .where(
            col(Evidence.contract_id) == contract.id,
            col(Evidence.sha256) == sha256,
            col(Evidence.filename) == filename,
        )
        .order_by(col(Evidence.withdrawn_at).is_not(None), col(Evidence.id))
    )
    row = (await session.exec(query)).first()
    if row is None:
        raise NotFound(N_("이 계약에 그런 증빙자료가 없습니다"))
    return _shown(row)


async def known_files(session: AsyncSession) -> frozenset[str]:
    """The fingerprints of all files that any contract names, the withdrawn ones too."""
    return frozenset(await session.exec(select(Evidence.sha256).distinct()))


async def _row(session: AsyncSession, contract: Contract, sha256: str, node_code: str) -> Evidence | None:
    query = select(Evidence).where(
        col(Evidence.contract_id) == contract.id,
        col(Evidence.sha256) == sha256,
        col(Evidence.node_code) == node_code,
    )
    return (await session.exec(query)).first()


async def _standing(session: AsyncSession, contract: Contract, sha256: str, node_code: str) -> Evidence:
    row = await _row(session, contract, sha256, node_code)
    if row is None or row.withdrawn_at is not None:
        raise NotFound(N_("그런 증빙자료가 없습니다. 이미 지웠거나 거두어들였을 수 있습니다"))
    return row


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
