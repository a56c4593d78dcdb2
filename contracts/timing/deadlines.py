"""The deadlines of a cycle: who has what to do by when, and what is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import PHASES
from contracts.expecting import not_begun
from contracts.model import Agency, Contract, ContractState, Cycle, Phase
from contracts.reading import contracts_of
from contracts.timing.days import days_of
from contracts.timing.duties import RULES, Duty, Task, Who, due_at
from contracts.timing.fulfilment import done_of
from contracts.timing.postponing import BY_AGENCIES, moves_of


@dataclass(frozen=True, slots=True)
class Part:
    """A duty another department knows of: whose it is, what they are called, and when it was done, if it was."""

    task: Task
    who: str
    name: str
    done_at: datetime | None
    href: str = ""


Source = Callable[[AsyncSession, Cycle], Awaitable[Sequence[Part]]]


class Deadlines:
    """The duties of a cycle, with those that other departments know of."""

    def __init__(self, *further: Source) -> None:
        self._further = further

    async def of(self, session: AsyncSession, cycle: Cycle) -> list[Duty]:
        """Every duty of a cycle, the earliest deadline first."""
        parts = [part for source in self._further for part in await source(session, cycle)]
        return await duties_of(session, cycle, parts)


async def duties_of(
    session: AsyncSession, cycle: Cycle, further: Iterable[Part] = (), agency: str | None = None
) -> list[Duty]:
    """Every duty of a cycle, or those of one agency, the earliest deadline first; a flat number of statements.

    While contracts are written, a body that has not begun one has its duties, too.
    """
    days = await days_of(session, cycle)
    moved = {(each.agency_code, each.task): each for each in reversed(await moves_of(session, cycle))}
    if not days and not moved:
        return []
    found = [pair for pair in await contracts_of(session, cycle) if agency in (None, pair[1].code)]
    done = await done_of(session, cycle, found, checks=agency is None)
    duties = []
    for contract, body in found:
        for task in (*BY_AGENCIES, Task.CHECK):
            if (contract.id, task) not in done or _left_out(cycle, contract):
                continue
            move = moved.get((body.code, task))
            day = move.day if move else days.get(task)
            if day is not None:
                duty = _duty(cycle, contract, body, task, due_at(day), done[contract.id, task])
                duties.append(replace(duty, moved_reason=move.reason if move else ""))
    silent = await not_begun(session, cycle) if cycle.phase is Phase.DRAFTING else []
    for each in silent:
        for task in (Task.SUBMIT, Task.SIGN) if agency in (None, each.code) else ():
            move = moved.get((each.code, task))
            day = move.day if move else days.get(task)
            if day is not None:
                duty = Duty(task, each.code, each.name, due_at(day), None, href="/agency")
                duties.append(replace(duty, moved_reason=move.reason if move else ""))
    for part in further:
        if part.task in days:
            possible, closed = _standing(cycle, part.task)
            at = due_at(days[part.task])
            duty = Duty(part.task, part.who, part.name, at, part.done_at, href=part.href)
            duties.append(replace(duty, possible=possible, closed=closed))
    return sorted(duties, key=lambda each: (each.due_at, list(Task).index(each.task)))


async def duties_of_agency(session: AsyncSession, cycle: Cycle, code: str) -> list[Duty]:
    """What one agency has to do by when, for its own page."""
    return [each for each in await duties_of(session, cycle, agency=code) if each.task is not Task.CHECK]


def _left_out(cycle: Cycle, contract: Contract) -> bool:
    """Whether a contract was not signed when those of its year were published: nothing of it is due any more."""
    return cycle.phase is not Phase.DRAFTING and contract.state is not ContractState.PUBLISHED


def _standing(cycle: Cycle, task: Task) -> tuple[bool, bool]:
    """Whether a task can be done now, and whether it cannot be done any more."""
    during = [PHASES.index(Phase(name)) for name in RULES[task].during]
    here = PHASES.index(cycle.phase)
    return here in during, here > max(during)


def _duty(
    cycle: Cycle, contract: Contract, agency: Agency, task: Task, at: datetime, done_at: datetime | None
) -> Duty:
    own = f"/agency/contracts/{contract.public_id}"
    ends = {
        Task.MIDYEAR: "/figures",
        Task.FIGURES: "/figures",
        Task.EVIDENCE: "/evidence",
        Task.REPLY: "/reply",
    }
    check = task is Task.CHECK
    possible, closed = _standing(cycle, task)
    return Duty(
        task,
        Who.VERIFIER.value if check else agency.code,
        agency.name,
        at,
        done_at,
        public_id=contract.public_id,
        href="/checks" if check else own + ends.get(task, ""),
        possible=possible,
        closed=closed,
        optional=RULES[task].optional,
    )
