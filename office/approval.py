"""Critical acts need two officers: the first press is recorded, a different officer's press within a day carries it out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from office import journal
from office.clock import now
from office.errors import Conflict
from office.i18n import N_
from office.people import Person

WITHIN = timedelta(days=1)


class Approval(SQLModel, table=True):
    """A critical act that one officer has asked for and, once `second_by` is set, another has confirmed.

    `content` is the fingerprint of what exactly is agreed to: if it changes, the first press no longer counts.
    """

    id: int | None = Field(default=None, primary_key=True)
    act: str = Field(max_length=60, index=True)
    subject: str = Field(max_length=120, index=True)
    content: str = Field(default="", max_length=64)
    first_by: int = Field(foreign_key="person.id")
    first_at: datetime
    second_by: int | None = Field(default=None, foreign_key="person.id")
    second_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A critical act in words, in the language of the request, and the page where the second officer decides on it."""

    title: str
    href: str


Naming = Callable[[AsyncSession, str], Awaitable[Wanted]]
"""Says what an act wants, from its subject: every department names its own acts."""


async def wanted(session: AsyncSession, namings: Mapping[str, Naming], act: str, subject: str) -> Wanted:
    """An act in the words of its department."""
    return await namings[act](session, subject)


async def pending(session: AsyncSession, act: str, subject: str) -> Approval | None:
    """The open first press for an act, if it is still fresh."""
    query = (
        select(Approval)
        .where(col(Approval.act) == act, col(Approval.subject) == subject)
        .where(col(Approval.second_by).is_(None), col(Approval.first_at) > now() - WITHIN)
        .order_by(col(Approval.id).desc())
    )
    return (await session.exec(query)).first()


async def confirmed(session: AsyncSession, act: str, subject: str) -> Approval | None:
    """The newest agreement of two officers on an act."""
    query = (
        select(Approval)
        .where(
            col(Approval.act) == act, col(Approval.subject) == subject, col(Approval.second_by).is_not(None)
        )
        .order_by(col(Approval.id).desc())
    )
    return (await session.exec(query)).first()


async def all_pending(session: AsyncSession) -> list[Approval]:
    """Everything that waits for a second officer."""
    query = select(Approval).where(col(Approval.second_by).is_(None), col(Approval.first_at) > now() - WITHIN)
    return list(await session.exec(query.order_by(col(Approval.id))))


async def agreed(session: AsyncSession, *, act: str, subject: str, by: Person, content: str = "") -> bool:
    """Whether two different officers have now asked for the act on the same content.

    False: this was the first press, it is recorded and waits, in place of an older one on other content.
    The same officer twice is refused (409).
    """
    assert by.id is not None  # noqa: S101 - a stored person
    # The journal has one writer at a time: two second officers at once, and only one of them carries the act out.
    await journal.hold(session)
    first = await pending(session, act, subject)
    if first is None or first.content != content:
        await session.exec(
            delete(Approval).where(
                col(Approval.act) == act, col(Approval.subject) == subject, col(Approval.second_by).is_(None)
            )
        )
        session.add(Approval(act=act, subject=subject, content=content, first_by=by.id, first_at=now()))
        await journal.record(session, by.actor, f"{act}.asked", subject)
        return False
    if first.first_by == by.id:
        raise Conflict(N_("이미 요청하셨습니다. 다른 담당자가 확인하면 처리됩니다"))
    first.second_by, first.second_at = by.id, now()
    await journal.record(session, by.actor, f"{act}.confirmed", subject)
    return True
