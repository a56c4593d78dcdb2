"""Letters about deadlines: a week before, the day before and the day after, each once, to those who have not done it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Cycle, Phase
from contracts.timing.days import days_of
from contracts.timing.deadlines import Deadlines
from contracts.timing.duties import RULES, TASK_LABELS, Duty, Stage, Task, Who, stage_at
from contracts.timing.postponing import moves_of
from office import journal
from office.carriers import Letter
from office.clock import Due, now
from office.database import Database, choice, insert_or_keep
from office.i18n import N_, translate
from office.outbox import Outbox
from office.people import Person, Role
from office.settings import Settings

LETTER = "reminder"
ITSELF = "yaksok"
LOOK_EVERY = timedelta(minutes=1)
SAID = {
    Stage.WEEK: N_(
        "[약속] {title}\n{name} 님, '{task}' 마감이 7일 남았습니다. 마감은 {day} 18시입니다.{which}\n{link}"
    ),
    Stage.EVE: N_("[약속] {title}\n{name} 님, '{task}' 마감이 내일({day}) 18시입니다.{which}\n{link}"),
    Stage.AFTER: N_(
        "[약속] {title}\n{name} 님, '{task}' 마감({day})이 지났습니다. 아직 할 수 있으니 바로 마쳐 주십시오.{which}\n{link}"
    ),
}
_ROLES = {
    Who.OFFICER: Role.OFFICER,
    Who.HEAD: Role.HEAD,
    Who.VERIFIER: Role.VERIFIER,
    Who.EVALUATOR: Role.EVALUATOR,
}


class Reminder(SQLModel, table=True):
    """One letter that was sent: its key makes it the only one of its kind, whatever restarts or runs beside it."""

    cycle_id: int = Field(foreign_key="cycle.id", primary_key=True)
    task: Task = Field(sa_type=choice(Task), primary_key=True)
    stage: Stage = Field(sa_type=choice(Stage), primary_key=True)
    day: date = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    sent_at: datetime


class SilentCycle(SQLModel, table=True):
    """A cycle whose reminders the performance office has switched off."""

    __tablename__ = "silent_cycle"

    cycle_id: int = Field(foreign_key="cycle.id", primary_key=True)
    since: datetime
    switched_by: int = Field(foreign_key="person.id")


@dataclass(frozen=True, slots=True)
class Reminding:
    """A letter that may leave now."""

    person: Person
    task: Task
    stage: Stage
    day: date
    duties: tuple[Duty, ...]


async def are_sent(session: AsyncSession, cycle: Cycle) -> bool:
    """Whether reminders of a cycle are switched on."""
    return await session.get(SilentCycle, cycle.id) is None


async def switch(session: AsyncSession, cycle: Cycle, by: Person, *, on: bool) -> None:
    """Switch the reminders of a cycle on or off."""
    assert cycle.id is not None and by.id is not None  # noqa: S101 - stored
    silent = await session.get(SilentCycle, cycle.id)
    if on == (silent is None):
        return
    if silent is not None:
        await session.delete(silent)
    else:
        session.add(SilentCycle(cycle_id=cycle.id, since=now(), switched_by=by.id))
    await journal.record(session, by.actor, "deadlines.reminders-switched", str(cycle.year), on=on)


async def sent_of(session: AsyncSession, cycle: Cycle) -> list[Reminder]:
    """The reminders that were sent, the newest first."""
    query = select(Reminder).where(col(Reminder.cycle_id) == cycle.id)
    return list(await session.exec(query.order_by(col(Reminder.sent_at).desc())))


def due_work(db: Database, settings: Settings, outbox: Outbox, deadlines: Deadlines) -> Due:
    """Due work, once a minute: the letters whose time has come."""
    looked = datetime.min.replace(tzinfo=UTC)

    async def remind() -> None:
        nonlocal looked
        at = now()
        if looked <= at < looked + LOOK_EVERY:
            return
        looked = at
        await remind_all(db, settings, outbox, deadlines)

    return remind


async def remind_all(db: Database, settings: Settings, outbox: Outbox, deadlines: Deadlines) -> int:
    """Send what is due in every cycle under way; returns how many letters.

    Whoever starts this program over a calendar of the past sends nothing: a letter may only leave on its own days.
    """
    async with db.reading() as session:
        under_way = select(Cycle).where(col(Cycle.phase) != Phase.FINAL)
        cycles = [each for each in await session.exec(under_way) if await _anything(session, each)]
    sent = 0
    for cycle in cycles:
        async with db.reading() as session:
            letters = await _letters(session, cycle, await deadlines.of(session, cycle))
        if letters:
            async with db.writing() as session:
                sent += await _send(session, settings, outbox, cycle, letters)
    return sent


async def _anything(session: AsyncSession, cycle: Cycle) -> bool:
    """Whether some letter of a cycle may leave now at all; costs a few small queries."""
    if not await are_sent(session, cycle):
        return False
    days = [*(await days_of(session, cycle)).values(), *(each.day for each in await moves_of(session, cycle))]
    return any(stage_at(day, now()) for day in days)


async def _letters(session: AsyncSession, cycle: Cycle, duties: Iterable[Duty]) -> list[Reminding]:
    """The letters that may leave now and have not, one for a person, task and day."""
    at = now()
    open_duties = [
        each
        for each in duties
        if each.possible and not each.done and not each.optional and stage_at(each.day, at)
    ]
    if not open_duties:
        return []
    roles = {_ROLES[RULES[each.task].who] for each in open_duties}
    people = list(
        await session.exec(select(Person).where(col(Person.role).in_(roles)).order_by(col(Person.id)))
    )
    sent = {(each.task, each.stage, each.day, each.person_id) for each in await sent_of(session, cycle)}
    gathered: dict[tuple[int, Task, date], tuple[Person, list[Duty]]] = {}
    for duty in open_duties:
        for person in people:
            if person.id is not None and _is_for(duty, person):
                gathered.setdefault((person.id, duty.task, duty.day), (person, []))[1].append(duty)
    letters = []
    for (person_id, task, day), (person, own) in gathered.items():
        stage = stage_at(day, at)
        if stage is not None and (task, stage, day, person_id) not in sent:
            letters.append(Reminding(person, task, stage, day, tuple(own)))
    return letters


def _is_for(duty: Duty, person: Person) -> bool:
    who = RULES[duty.task].who
    if person.role is not _ROLES[who]:
        return False
    if who in (Who.OFFICER, Who.HEAD):
        return person.agency == duty.who
    return who is Who.VERIFIER or duty.who == f"{who.value}:{person.id}"


async def _send(
    session: AsyncSession, settings: Settings, outbox: Outbox, cycle: Cycle, letters: Iterable[Reminding]
) -> int:
    sent = 0
    for letter in letters:
        # Of two processes at once, one inserts the row; the other finds it there and sends nothing.
        first = await insert_or_keep(
            session,
            Reminder,
            cycle_id=cycle.id,
            task=letter.task,
            stage=letter.stage,
            day=letter.day,
            person_id=letter.person.id,
            sent_at=now(),
        )
        if first:
            await outbox.post(session, _written(settings, cycle, letter))
            sent += 1
    if sent:
        await journal.record(session, ITSELF, "deadlines.reminded", str(cycle.year), letters=sent)
    return sent


def _written(settings: Settings, cycle: Cycle, due: Reminding) -> Letter:
    several = len(due.duties)
    which = translate(N_(" 남은 계약은 {n}건입니다."), n=several) if several > 1 else ""
    text = translate(
        SAID[due.stage],
        title=cycle.title,
        name=due.person.name,
        task=translate(TASK_LABELS[due.task]),
        day=translate(N_("{month}월 {day}일"), month=due.day.month, day=due.day.day),
        which=which,
        link=f"{settings.base_url}{due.duties[0].href}",
    )
    subject = translate(N_("[약속] 마감 알림: {task}"), task=translate(TASK_LABELS[due.task]))
    return Letter("mail", due.person.email, LETTER, subject, text)
