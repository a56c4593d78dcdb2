"""Making the rulebook public: before the vote opens, never after."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold
from contracts.model import Cycle, Phase
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound
from office.i18n import N_
from office.people import Person
from reports.model import RulebookRow
from reports.rulebook import Rulebook, read_rulebook

BEFORE_THE_VOTE = (Phase.DRAFTING, Phase.PUBLISHED, Phase.REPORTING, Phase.SCORING)


async def publish_rulebook(session: AsyncSession, cycle: Cycle, data: bytes, by: Person) -> Rulebook:
    """Make a rulebook the public one of a cycle.

    Refused (422) with its reason if the file is not exactly a rulebook, and (409) once the vote has opened: whoever
    votes must be able to know how the votes will count.
    """
    rulebook = read_rulebook(data)
    # Neither an opening vote nor an amendment slips in between.
    await hold(session, cycle, alone=True)
    if cycle.phase not in BEFORE_THE_VOTE:
        raise Conflict(N_("투표가 열린 뒤에는 평가규칙을 바꿀 수 없습니다"))
    cycle.rulebook_sha256 = rulebook.sha256
    session.add(cycle)
    if await _row(session, rulebook.sha256) is None:
        assert by.id is not None  # noqa: S101 - a stored person
        session.add(
            RulebookRow(
                sha256=rulebook.sha256,
                name=rulebook.name[:200],
                version=rulebook.version[:60],
                text=rulebook.text,
                published_at=now(),
                published_by=by.id,
            )
        )
    await journal.record(session, by.actor, "rulebook.published", str(cycle.year), sha256=rulebook.sha256)
    return rulebook


async def rulebook_of(session: AsyncSession, cycle: Cycle) -> Rulebook | None:
    """The rulebook in force in a cycle, read from its stored bytes."""
    row = await _row(session, cycle.rulebook_sha256) if cycle.rulebook_sha256 else None
    return read_rulebook(row.text.encode()) if row else None


async def rulebook_bytes(session: AsyncSession, cycle: Cycle) -> bytes | None:
    """The file of the rulebook in force as it is stored, unread."""
    row = await _row(session, cycle.rulebook_sha256) if cycle.rulebook_sha256 else None
    return row.text.encode() if row else None


async def rulebook_file(session: AsyncSession, sha256: str) -> bytes:
    """The very bytes of a rulebook that was made public."""
    row = await _row(session, sha256)
    if row is None:
        raise NotFound(N_("그런 평가규칙은 공개된 적이 없습니다"))
    return row.text.encode()


async def _row(session: AsyncSession, sha256: str) -> RulebookRow | None:
    return (await session.exec(select(RulebookRow).where(col(RulebookRow.sha256) == sha256))).first()
