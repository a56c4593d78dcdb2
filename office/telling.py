"""Letters about acts: what the journal records is told to those whom it concerns, in the transaction of the act.

Every department has a table from acts to a function that says whom to write to about what.  Whoever did the act gets no
letter.  A letter says that something is there and where; it holds no text, mark or secret of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from office.carriers import Letter
from office.i18n import SOURCE, language, translate
from office.journal import JournalEntry
from office.outbox import Outbox
from office.people import Person, Role
from office.settings import Settings


@dataclass(frozen=True, slots=True)
class Notice:
    """A kind of letter: what it is for, its subject and its text as Korean source texts.

    The text has a field `link`, and both have those of the telling's values.
    """

    purpose: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice to these people, leading to a page of this server."""

    people: Sequence[Person]
    notice: Notice
    href: str
    values: Mapping[str, object] = field(default_factory=dict)


Teller = Callable[[AsyncSession, JournalEntry], Awaitable[Iterable[Telling]]]


class Tellers:
    """Listens to the journal and writes the letters of all departments."""

    def __init__(self, outbox: Outbox, settings: Settings, *tables: Mapping[str, Teller]) -> None:
        self._outbox, self._settings = outbox, settings
        self._by_act = {act: teller for table in tables for act, teller in table.items()}

    async def __call__(self, session: AsyncSession, entry: JournalEntry) -> None:
        """Write the letters of one act, if there are any; a letter is in Korean, whoever did the act."""
        teller = self._by_act.get(entry.act)
        if teller is None:
            return
        spoken = language.set(SOURCE)
        try:
            for telling in await teller(session, entry):
                for person in telling.people:
                    if person.actor != entry.actor:
                        await self._outbox.post(session, self._written(telling, person))
        finally:
            language.reset(spoken)

    def _written(self, telling: Telling, person: Person) -> Letter:
        notice, values = telling.notice, telling.values
        text = translate(notice.text, link=f"{self._settings.base_url}{telling.href}", **values)
        return Letter("mail", person.email, notice.purpose, translate(notice.subject, **values), text)


async def people_of(session: AsyncSession, agency: str, *roles: Role) -> list[Person]:
    """The people of a body with one of these roles, else its officers and its head."""
    wanted = roles or (Role.OFFICER, Role.HEAD)
    query = select(Person).where(col(Person.agency) == agency, col(Person.role).in_(wanted))
    return list(await session.exec(query.order_by(col(Person.id))))


async def people_called(session: AsyncSession, actors: Iterable[str]) -> list[Person]:
    """The people the journal names so (`role:number`)."""
    numbers = [int(number) for _, _, number in (actor.partition(":") for actor in actors) if number.isdigit()]
    query = select(Person).where(col(Person.id).in_(numbers))
    return list(await session.exec(query.order_by(col(Person.id))))
