"""The performance office's desk: what waits for an officer, what is late, what needs a second officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import Election
from ballots.watch import Watch
from contracts.cycles import CycleStep, all_cycles, current_cycle, planned_ahead, steps_of
from contracts.model import PHASE_LABELS, Cycle, Phase
from office.approval import Approval, all_pending, wanted
from office.i18n import translate
from office.people import Person
from reports.approvals import NAMINGS
from reports.duties import Duties, Job, duties, undelivered
from reports.lateness import late_duties, late_steps, waiting_amendments
from reports.upcoming import apart


@dataclass(frozen=True, slots=True)
class SecondPress:
    """A critical act one officer has asked for; `own` when it was the very officer who looks."""

    title: str
    href: str
    first_by: str
    first_at: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class OtherYear:
    """A cycle beside the running one that is not over: the next year being drafted, or a result not yet final."""

    cycle: Cycle
    phase: str
    duties: Duties
    late: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the desk says."""

    cycle: Cycle | None
    steps: tuple[CycleStep, ...]
    duties: Duties
    late: tuple[Job, ...]
    second: tuple[SecondPress, ...]
    others: tuple[OtherYear, ...] = ()
    newest: int | None = None
    """The newest year there is a cycle of."""
    changed: tuple[str, ...] = ()
    """What a vote was bound to at its opening and is no longer as it was, in sentences."""
    changed_at: str = ""

    @property
    def waiting(self) -> int:
        """What this officer is to do now, in whichever year."""
        return len(self.duties.mine) + sum(len(other.duties.mine) for other in self.others)

    @property
    def overdue(self) -> int:
        """What is late, in whichever year."""
        return len(self.late) + sum(len(other.late) for other in self.others)


async def desk(session: AsyncSession, person: Person, watch: Watch) -> Desk:
    """The desk of one officer."""
    cycle = await current_cycle(session)
    steps = await steps_of(session, cycle) if cycle else []
    election = await _election(session, cycle) if cycle else None
    kept = await watch.over(session, election) if election else None
    asked = await all_pending(session)
    waiting, late = await _of_year(session, cycle, asked) if cycle else (Duties(), [])
    known = await all_cycles(session)
    open_ = [each for each in known if cycle and each.id != cycle.id and each.phase is not Phase.FINAL]
    return Desk(
        cycle=cycle,
        steps=tuple(steps),
        duties=waiting,
        late=(*await undelivered(session), *late),
        second=tuple(await _second(session, asked, person)),
        others=tuple([await _other(session, each, asked) for each in open_]),
        newest=known[0].year if known else None,
        changed=tuple(check.text() for check in kept.broken) if kept else (),
        changed_at=f"/board/{election.uuid}" if election else "",
    )


async def _of_year(
    session: AsyncSession, cycle: Cycle, asked: Sequence[Approval]
) -> tuple[Duties, list[Job]]:
    """What waits in a cycle, without what only waits for a second officer, and what is late in it."""
    found = await duties(session, cycle)
    found.mine.extend(await waiting_amendments(session, cycle))
    mine = [job for job in found.mine if not any(job.is_asked(one.act, one.subject) for one in asked)]
    late = [*late_steps(cycle, await steps_of(session, cycle)), *await late_duties(session, cycle)]
    today, later = apart(mine, await planned_ahead(session, cycle))
    return Duties(today, found.others, later), late


async def _other(session: AsyncSession, cycle: Cycle, asked: Sequence[Approval]) -> OtherYear:
    waiting, late = await _of_year(session, cycle, asked)
    return OtherYear(cycle, translate(PHASE_LABELS[cycle.phase]), waiting, tuple(late))


async def _election(session: AsyncSession, cycle: Cycle) -> Election | None:
    return (await session.exec(select(Election).where(col(Election.cycle_id) == cycle.id))).first()


async def _second(session: AsyncSession, waiting: Sequence[Approval], person: Person) -> list[SecondPress]:
    query = select(Person.id, Person.name).where(col(Person.id).in_({one.first_by for one in waiting}))
    names = dict((await session.exec(query)).all()) if waiting else {}
    found = []
    for one in waiting:
        what = await wanted(session, NAMINGS, one.act, one.subject)
        own = one.first_by == person.id
        found.append(SecondPress(what.title, what.href, names.get(one.first_by, ""), one.first_at, own))
    return found
