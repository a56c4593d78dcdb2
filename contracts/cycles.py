"""Cycles: which one runs, creating one, its calendar, and its phases, which only move forward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import col, insert, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import PHASE_LABELS, CalendarDay, Cycle, Phase
from office import journal
from office.clock import SEOUL, now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate

PHASES = tuple(Phase)
PRESSED = (Phase.REPORTING, Phase.SCORING)
"""Phases an officer begins by a press; the others follow from their acts (publishing, opening, counting, a run)."""
RUNNING = (Phase.VOTING, Phase.TALLIED, Phase.SCORING, Phase.REPORTING, Phase.PUBLISHED)
"""Phases of a cycle that runs, from the one that goes first where two years overlap; an open vote before all."""
WITH_RESULT = (Phase.PROVISIONAL, Phase.FINAL)


@dataclass(frozen=True, slots=True)
class CycleStep:
    """One phase on the line of a cycle: done, current or still to come, with its planned and its real beginning."""

    phase: Phase
    label: str
    state: str
    planned_at: datetime | None
    entered_at: datetime | None
    late: bool


async def current_cycle(session: AsyncSession) -> Cycle | None:
    """The cycle that runs now, the one most pages without a year in their address are about.

    Running is a cycle from the publication of its contracts until its result: of several, the one in which people vote,
    else the one furthest along, else the older.  So a year that is being scored or voted on keeps its place while the
    contracts of the next one are written and even published.  Once its result is out, provisional or final, the next
    year takes over as soon as its contracts are public; the result stays on the home page by itself.  Where none runs,
    the newest cycle with a result; before there ever was one, the newest.
    """
    known = await all_cycles(session)
    running = [cycle for cycle in known if cycle.phase in RUNNING]
    if running:
        return min(running, key=lambda cycle: (RUNNING.index(cycle.phase), cycle.year))
    return next((cycle for cycle in known if cycle.phase in WITH_RESULT), known[0] if known else None)


async def drafting_cycle(session: AsyncSession) -> Cycle | None:
    """The newest cycle whose contracts are being written, if any; it may be the current one, and mostly is beside it."""
    return next((cycle for cycle in await all_cycles(session) if cycle.phase is Phase.DRAFTING), None)


async def cycle_in(session: AsyncSession, *phases: Phase) -> Cycle | None:
    """The oldest cycle in one of these phases, else the current one: for those whose work has phases of its own."""
    found = [cycle for cycle in await all_cycles(session) if cycle.phase in phases]
    return found[-1] if found else await current_cycle(session)


async def cycle_of(session: AsyncSession, year: int) -> Cycle:
    """The cycle of a year; `NotFound` where there is none."""
    found = (await session.exec(select(Cycle).where(col(Cycle.year) == year))).first()
    if found is None:
        raise NotFound(N_("{year}년 평가주기가 없습니다"), year=year)
    return found


async def all_cycles(session: AsyncSession) -> list[Cycle]:
    """Every cycle, the newest first."""
    return list(await session.exec(select(Cycle).order_by(col(Cycle.year).desc())))


async def create_cycle(
    session: AsyncSession, *, year: int, title: str, by: str, simulated: Sequence[str] = ()
) -> Cycle:
    """Begin the cycle of a year, in the phase of drafting; `simulated` names inputs that are made up."""
    if (await session.exec(select(Cycle.id).where(col(Cycle.year) == year))).first() is not None:
        raise Refused(
            N_("{year}년 평가주기가 이미 있습니다. 그 주기를 이어서 진행해 주십시오"),
            fields={"year": translate(N_("다른 해를 적어 주십시오"))},
            year=year,
        )
    cycle = Cycle(year=year, title=title, simulated=list(simulated))
    session.add(cycle)
    await session.flush()
    moment = now()
    days = [
        {"cycle_id": cycle.id, "phase": phase, "entered_at": moment if phase is Phase.DRAFTING else None}
        for phase in PHASES
    ]
    await session.exec(insert(CalendarDay), params=days, execution_options={"render_nulls": True})
    await journal.record(session, by, "cycle.created", str(year), title=title)
    return cycle


async def calendar_of(session: AsyncSession, cycle: Cycle) -> dict[Phase, CalendarDay]:
    """The planned and real days of a cycle by phase."""
    query = select(CalendarDay).where(col(CalendarDay.cycle_id) == cycle.id)
    return {day.phase: day for day in await session.exec(query)}


async def steps_of(session: AsyncSession, cycle: Cycle) -> list[CycleStep]:
    """The cycle as a line of steps with today marked; a step whose planned day has passed is late."""
    days = await calendar_of(session, cycle)
    here = PHASES.index(cycle.phase)
    steps = []
    for place, phase in enumerate(PHASES):
        day = days.get(phase)
        planned = day.planned_at if day else None
        entered = day.entered_at if day else None
        ended = place < here or phase is Phase.FINAL is cycle.phase
        state = "done" if ended else "current" if place == here else "todo"
        late = state == "todo" and planned is not None and planned < now()
        steps.append(CycleStep(phase, translate(PHASE_LABELS[phase]), state, planned, entered, late))
    return steps


async def planned_ahead(session: AsyncSession, cycle: Cycle) -> dict[Phase, datetime]:
    """The phases still to come whose planned day is still to come, too, with that day."""
    days = await calendar_of(session, cycle)
    to_come = PHASES[PHASES.index(cycle.phase) + 1 :]
    planned = {phase: days[phase].planned_at for phase in to_come if phase in days}
    return {phase: at for phase, at in planned.items() if at is not None and at > now()}


async def plan(session: AsyncSession, cycle: Cycle, days: Mapping[Phase, date | None], by: str) -> None:
    """Write down when phases are planned to begin; they have to come in their order."""
    in_order = [day for phase in PHASES if (day := days.get(phase)) is not None]
    if in_order != sorted(in_order):
        raise Refused(N_("일정은 단계의 순서대로 적어 주십시오. 앞 단계보다 이른 날이 있습니다"))
    stored = await calendar_of(session, cycle)
    for phase, day in days.items():
        stored[phase].planned_at = datetime.combine(day, time(), SEOUL) if day else None
    said = {phase.value: day.isoformat() for phase, day in days.items() if day}
    await journal.record(session, by, "cycle.planned", str(cycle.year), days=said)


async def enter_phase(session: AsyncSession, cycle: Cycle, phase: Phase, by: str) -> None:
    """Move a cycle forward, by one step or more; `Conflict` for a step back or when somebody was faster."""
    if PHASES.index(phase) <= PHASES.index(cycle.phase):
        raise Conflict(
            N_("이미 '{now}' 단계입니다. 단계는 앞으로만 갑니다"), now=translate(PHASE_LABELS[cycle.phase])
        )
    left = cycle.phase
    moved = await session.exec(
        update(Cycle).where(col(Cycle.id) == cycle.id, col(Cycle.phase) == left).values(phase=phase)
    )
    if moved.rowcount != 1:
        raise Conflict(N_("그 사이에 단계가 바뀌었습니다. 화면을 새로 고쳐 확인해 주십시오"))
    cycle.phase = phase
    await session.exec(
        update(CalendarDay)
        .where(col(CalendarDay.cycle_id) == cycle.id, col(CalendarDay.phase) == phase)
        .values(entered_at=now())
    )
    await journal.record(session, by, "cycle.entered", str(cycle.year), phase=phase.value, left=left.value)
    if PHASES.index(left) < PHASES.index(Phase.SCORING) <= PHASES.index(phase):
        # What reads contracts reads cycles, too, and so cannot be imported above.
        from contracts.keeping.checkpoints import take_yearend

        await take_yearend(session, cycle, by)


async def advance(session: AsyncSession, cycle: Cycle, phase: Phase, by: str, *, early: bool = False) -> None:
    """Begin reporting or scoring of published contracts, as an officer's press does; before the planned day if `early`."""
    if phase not in PRESSED:
        raise Refused(N_("이 단계는 누르지 않고 그 일을 마치면 시작합니다"))
    require_phase(cycle, Phase.PUBLISHED, Phase.REPORTING)
    if not early and (planned := (await planned_ahead(session, cycle)).get(phase)):
        day = planned.astimezone(SEOUL)
        raise Refused(
            N_(
                "‘{phase}’ 단계는 {year}년 {month}월 {day}일에 시작할 예정입니다. 더 먼저 시작하려면 확인해 주십시오"
            ),
            fields={"early": translate(N_("예정일보다 먼저 시작한다고 표시해 주십시오"))},
            phase=translate(PHASE_LABELS[phase]),
            year=day.year,
            month=day.month,
            day=day.day,
        )
    await enter_phase(session, cycle, phase, by)


async def hold(session: AsyncSession, cycle: Cycle, *, alone: bool = False) -> None:
    """Keep a cycle in its phase until this transaction ends (SQLite has one writer at a time anyway).

    Without it figures could still arrive while an officer's press freezes them.  `alone`: nobody else holds it
    meanwhile, for acts that change the cycle, or change or bind the fingerprint of all contracts.  Whoever needs several
    takes the election first, then the cycle, and the journal (`office.approval.agreed`, too) last: never the other way.
    """
    held = select(Cycle).where(col(Cycle.id) == cycle.id).with_for_update(read=not alone)
    found = (await session.exec(held, execution_options={"populate_existing": True})).one()
    cycle.phase, cycle.contracts_sha256 = found.phase, found.contracts_sha256


def require_phase(
    cycle: Cycle, *phases: Phase, advice: str = "", ways: tuple[tuple[str, str], ...] = ()
) -> None:
    """`Conflict` unless the cycle stands in one of these phases.

    Once they have all passed it says what can be done instead: `advice` (source text) and `ways`, label and address.
    """
    if cycle.phase in phases:
        return
    passed = all(PHASES.index(phase) < PHASES.index(cycle.phase) for phase in phases)
    raise Conflict(
        N_("지금은 '{now}' 단계입니다. 이 일은 '{needed}' 단계에서 할 수 있습니다"),
        advice=(advice or _PASSED) if passed else _AHEAD,
        ways=ways if passed else (),
        now=translate(PHASE_LABELS[cycle.phase]),
        needed=", ".join(translate(PHASE_LABELS[phase]) for phase in phases),
    )


_PASSED = N_(
    "그 단계는 지나서 다시 열리지 않습니다. 지금 단계에서 할 일은 첫 화면과 메뉴에서 볼 수 있습니다."
)
_AHEAD = N_("아직 때가 아닙니다. 그 단계가 시작되면 다시 해 주십시오.")
