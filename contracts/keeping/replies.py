"""What the judged body may say in its own words: one reply before the vote, and one answer to published comments."""

import enum
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.files.spreadsheet import checked
from contracts.model import Contract, Cycle, Phase
from office import journal
from office.clock import now
from office.database import choice
from office.errors import Conflict, Refused
from office.i18n import N_, translate
from office.people import Person

LENGTH = 1_000
"""Characters of a reply; everybody has the same, so that nobody wins by length."""


class Kind(enum.StrEnum):
    """The reply to the evaluation before the vote, and the answer to the experts' published comments."""

    REPLY = "reply"
    ANSWER = "answer"


PHASES = {
    Kind.REPLY: (Phase.SCORING,),
    Kind.ANSWER: (Phase.TALLIED, Phase.PROVISIONAL, Phase.FINAL),
}
"""When each may be written and handed in: a reply until the vote opens."""
_WRITTEN = {Kind.REPLY: "contract.reply-written", Kind.ANSWER: "comments.answer-written"}
_RELEASED = {Kind.REPLY: "contract.replied", Kind.ANSWER: "comments.answered"}


class ContractReply(SQLModel, table=True):
    """One text of a body; written by its officer, and public (for good) once its head has released it."""

    __tablename__ = "contract_reply"
    __table_args__ = (sa.UniqueConstraint("contract_id", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    kind: Kind = Field(sa_type=choice(Kind))
    text: str = Field(sa_type=sa.Text)
    written_by: int = Field(foreign_key="person.id")
    written_at: datetime
    released_by: int | None = Field(default=None, foreign_key="person.id")
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A text as pages show it; `released_at` is None while only the body itself sees it."""

    text: str
    written_at: datetime
    released_at: datetime | None

    @property
    def mark(self) -> str:
        """The fingerprint of the text: a head releases what they have read, and nothing that changed since."""
        return hashlib.sha256(self.text.encode()).hexdigest()


async def reply_of(session: AsyncSession, contract: Contract, kind: Kind = Kind.REPLY) -> Reply | None:
    """The text that everybody may read, if the head has released one."""
    found = await draft_of(session, contract, kind)
    return found if found is not None and found.released_at is not None else None


async def replied(session: AsyncSession, contracts: Collection[int]) -> frozenset[int]:
    """Which of these contracts have a reply that everybody may read."""
    query = select(ContractReply.contract_id).where(
        col(ContractReply.contract_id).in_(contracts),
        col(ContractReply.kind) == Kind.REPLY,
        col(ContractReply.released_at).is_not(None),
    )
    return frozenset(await session.exec(query))


async def draft_of(session: AsyncSession, contract: Contract, kind: Kind = Kind.REPLY) -> Reply | None:
    """The text as it stands, released or not; for the body itself."""
    row = await _row(session, contract, kind)
    return None if row is None else Reply(row.text, row.written_at, row.released_at)


async def write(
    session: AsyncSession,
    cycle: Cycle,
    contract: Contract,
    text: str,
    by: Person,
    kind: Kind = Kind.REPLY,
) -> None:
    """The officer writes or rewrites the text; line ends count as one character.  Refused once it is released (409)."""
    await hold(session, cycle)
    require_phase(cycle, *PHASES[kind])
    said = checked(text)
    if said.wrong or not said.text or len(said.text) > LENGTH:
        wrong = said.wrong or (N_("{n}자 안으로 줄여 주십시오") if said.text else N_("내용을 적어 주십시오"))
        raise Refused(
            N_("저장하지 않았습니다. 표시한 칸을 고쳐 주십시오"), fields={"text": translate(wrong, n=LENGTH)}
        )
    row = await _row(session, contract, kind, lock=True)
    if row is not None and row.released_at is not None:
        raise Conflict(N_("이미 기관장이 내보낸 글이라 고칠 수 없습니다"))
    assert contract.id is not None and by.id is not None  # noqa: S101 - stored rows
    if row is None:
        row = ContractReply(contract_id=contract.id, kind=kind, text="", written_by=by.id, written_at=now())
    row.text, row.written_by, row.written_at = said.text, by.id, now()
    session.add(row)
    await journal.record(session, by.actor, _WRITTEN[kind], contract.public_id, characters=len(said.text))


async def release(
    session: AsyncSession, cycle: Cycle, contract: Contract, mark: str, by: Person, kind: Kind = Kind.REPLY
) -> None:
    """The head hands the text in as they have read it (`mark`); from then on it stands and everybody can read it."""
    await hold(session, cycle)
    require_phase(cycle, *PHASES[kind])
    row = await _row(session, contract, kind, lock=True)
    if row is None:
        raise Conflict(N_("아직 담당자가 적은 글이 없습니다"))
    if row.released_at is not None:
        raise Conflict(N_("이미 내보낸 글입니다"))
    if Reply(row.text, row.written_at, None).mark != mark:
        raise Conflict(N_("그 사이에 담당자가 글을 고쳤습니다. 지금 글을 읽고 다시 눌러 주십시오"))
    row.released_by, row.released_at = by.id, now()
    session.add(row)
    await journal.record(session, by.actor, _RELEASED[kind], contract.public_id)


async def _row(
    session: AsyncSession, contract: Contract, kind: Kind, *, lock: bool = False
) -> ContractReply | None:
    query = select(ContractReply).where(
        col(ContractReply.contract_id) == contract.id, col(ContractReply.kind) == kind
    )
    return (await session.exec(query.with_for_update() if lock else query)).first()
