"""What is late, by whom and by how many days, and what comes next; single deadlines moved, reminders switched."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.cycles import cycle_of
from contracts.keeping.checkpoints import MOMENT_LABELS, checkpoints_of
from contracts.model import PHASE_LABELS, Phase
from contracts.timing import postponing, reminders
from contracts.timing.days import days_of
from contracts.timing.deadlines import Deadlines
from contracts.timing.duties import RULES, STAGE_LABELS, TASK_LABELS, Duty, Task, Who, due_at
from office.access import only
from office.clock import now
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import ROLE_LABELS, Person, Role

DESK = "/office/cycles/{year:int}/deadlines"
DONE = {
    "asked": N_("요청했습니다. 다른 담당자가 하루 안에 확인하면 마감을 옮깁니다."),
    "moved": N_("마감을 옮겼습니다. 까닭은 계약의 '지나온 과정'에 함께 공개됩니다."),
    "on": N_("마감 알림을 켰습니다."),
    "off": N_("마감 알림을 껐습니다. 다시 켤 때까지 아무에게도 보내지 않습니다."),
    "frozen": N_("지금의 계약과 실적을 점검 기록으로 굳혔습니다. 누구나 볼 수 있습니다."),
}


@dataclass(frozen=True, slots=True)
class Coming:
    """One task of many bodies that is due on one day, and how many have done it."""

    task: Task
    day: datetime
    days_left: int
    done: int
    all: int
    possible: bool


def coming_of(duties: Iterable[Duty], at: datetime) -> list[Coming]:
    """What is still to come, the next first."""
    ahead = [each for each in duties if each.due_at >= at]
    every = Counter((each.task, each.due_at) for each in ahead)
    done = Counter((each.task, each.due_at) for each in ahead if each.done)
    first = {(each.task, each.due_at): each for each in ahead}
    return [
        Coming(*key, each.days_left(at), done[key], every[key], each.possible)
        for key, each in sorted(first.items(), key=lambda item: item[1].due_at)
    ]


def late_of(duties: Iterable[Duty], at: datetime) -> list[tuple[Duty, int]]:
    """What is open although its time is over and it can still be done, the latest first, with the days."""
    late = [(each, each.days_late(at)) for each in duties if each.late(at) and not each.closed]
    return sorted(late, key=lambda pair: -pair[1])


def missed_of(duties: Iterable[Duty], at: datetime) -> list[Duty]:
    """What was never done, and cannot be any more."""
    return [each for each in duties if each.late(at) and each.closed]


def shown_to_agency(duties: Sequence[Duty], at: datetime) -> list[tuple[Duty, int, int]]:
    """An agency's own deadlines: all whose time has not passed for good, with days left and days late.

    What is done stays in the list as long as it can still be corrected.
    """
    return [(each, each.days_left(at), each.days_late(at)) for each in duties if not each.closed]


@get(DESK, guards=[only(Role.OFFICE)])
async def desk_page(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[str]:
    return await answered_desk(request, db, year)


async def answered_desk(
    request: AnyRequest,
    db: Database,
    year: int,
    problem: Trouble | None = None,
    *,
    at: str = "",
    form: dict[str, str] | None = None,
) -> Response[str]:
    """The page; `at` is the form a problem belongs to, `form` what was typed there."""
    deadlines: Deadlines = request.app.state.deadlines
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        duties = await deadlines.of(session, cycle)
        days = await days_of(session, cycle)
        moves = await postponing.moves_of(session, cycle)
        asked = [
            (each, await session.get(Person, each.asked_by))
            for each in await postponing.asked_in(session, cycle)
        ]
        agencies = {body.code: body.name for body in await postponing.bodies_of(session, cycle)}
        sending = await reminders.are_sent(session, cycle)
        sent = await reminders.sent_of(session, cycle)
        taken = await checkpoints_of(session, cycle)
    moment = now()
    done = DONE.get(request.query_params.get("done", ""))
    return page(
        request,
        "contracts/deadlines.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        duties=duties,
        late=late_of(duties, moment),
        missed=missed_of(duties, moment),
        coming=coming_of(duties, moment),
        rules=[(task, rule, due_at(days[task]) if task in days else None) for task, rule in RULES.items()],
        roles={who: ROLE_LABELS[Role(who.value)] for who in Who},
        phases={phase.value: label for phase, label in PHASE_LABELS.items()},
        tasks=TASK_LABELS,
        stages=STAGE_LABELS,
        movable=postponing.BY_AGENCIES,
        moves=[(each, agencies.get(each.agency_code, each.agency_code), due_at(each.day)) for each in moves],
        asked=asked,
        agencies=agencies,
        sending=sending,
        sent=Counter((each.task, each.stage, due_at(each.day)) for each in sent),
        taken=taken,
        moments=MOMENT_LABELS,
        may_freeze=cycle.phase is Phase.REPORTING,
        problem=problem,
        at=at,
        form=form or {},
        **({"done": translate(done)} if done and problem is None else {}),
    )


@post(DESK + "/move", guards=[only(Role.OFFICE)])
async def move(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    """One agency gets another last day for a task (`agency`, `task`, `day`, `reason`), once two officers have sent the same."""
    form = await form_of(request)
    try:
        wanted = read_form(postponing.Moving, form)
        async with db.writing() as session:
            done = await postponing.move(session, await cycle_of(session, year), wanted, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await answered_desk(request, db, year, problem, at="move", form=form)
    return see(f"/office/cycles/{year}/deadlines?done={'moved' if done else 'asked'}")


@post(DESK + "/reminders", guards=[only(Role.OFFICE)])
async def switch(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    """Reminders on or off (`send` is yes or no)."""
    on = (await form_of(request)).get("send") == "yes"
    async with db.writing() as session:
        await reminders.switch(session, await cycle_of(session, year), request.user, on=on)
    return see(f"/office/cycles/{year}/deadlines?done={'on' if on else 'off'}")


ROUTES = [desk_page, move, switch]
