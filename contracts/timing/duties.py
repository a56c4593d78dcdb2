"""Deadlines as plain values: which day a duty falls on by the calendar of a cycle, how late it is, when to remind of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from office.clock import SEOUL
from office.i18n import N_

CLOSING = time(18)
"""A deadline ends with the office day, Seoul time."""
MORNING = time(9)
"""Letters leave in the morning of their day."""


class Task(StrEnum):
    """What somebody has to do by a day."""

    SUBMIT = "submit"
    SIGN = "sign"
    MIDYEAR = "midyear"
    FIGURES = "figures"
    EVIDENCE = "evidence"
    CHECK = "check"
    REPLY = "reply"
    MARKS = "marks"


class Who(StrEnum):
    """Whose duty it is."""

    OFFICER = "officer"
    HEAD = "head"
    VERIFIER = "verifier"
    EVALUATOR = "evaluator"


class Stage(StrEnum):
    """Which of the three letters about a deadline."""

    WEEK = "week"
    EVE = "eve"
    AFTER = "after"


TASK_LABELS: Final[dict[Task, str]] = {
    Task.SUBMIT: N_("계약 내기"),
    Task.SIGN: N_("계약 서명"),
    Task.MIDYEAR: N_("중간 실적"),
    Task.FIGURES: N_("연말 실적"),
    Task.EVIDENCE: N_("증빙자료"),
    Task.CHECK: N_("실적 확인"),
    Task.REPLY: N_("소명"),
    Task.MARKS: N_("평가표 내기"),
}
STAGE_LABELS: Final[dict[Stage, str]] = {
    Stage.WEEK: N_("7일 전"),
    Stage.EVE: N_("하루 전"),
    Stage.AFTER: N_("지난 다음 날"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Due so many days before a phase is planned to begin; a duty of `who`, possible in the phases `during`.

    `halfway`: due in the middle between the beginning of that phase and of `until` instead.  `optional` duties are
    offers: never late, and nobody is reminded.
    """

    who: Who
    phase: str
    days_before: int
    during: tuple[str, ...]
    until: str = ""
    optional: bool = False


RULES: Final[dict[Task, Rule]] = {
    Task.SUBMIT: Rule(Who.OFFICER, "published", 21, ("drafting",)),
    Task.SIGN: Rule(Who.HEAD, "published", 7, ("drafting",)),
    Task.MIDYEAR: Rule(Who.OFFICER, "reporting", 0, ("reporting",), until="scoring"),
    Task.FIGURES: Rule(Who.OFFICER, "scoring", 21, ("reporting",)),
    Task.EVIDENCE: Rule(Who.OFFICER, "scoring", 14, ("reporting",)),
    Task.CHECK: Rule(Who.VERIFIER, "scoring", 1, ("reporting",)),
    Task.REPLY: Rule(Who.OFFICER, "voting", 14, ("reporting", "scoring"), optional=True),
    Task.MARKS: Rule(Who.EVALUATOR, "voting", 1, ("scoring", "voting")),
}
"""The house's own rule, stated on the page; an office moves single deadlines with a reason.  Phases by their names."""


def due_days(planned: Mapping[str, date | None]) -> dict[Task, date]:
    """The last day of every task, from the planned first days of the phases; tasks without a planned day have none.

    Where the plan is tight, no deadline falls before the phase of its work begins, and the mid-year one not after that
    of the year's end.
    """
    days: dict[Task, date] = {}
    for task, rule in RULES.items():
        first = planned.get(rule.phase)
        if first is None:
            continue
        if rule.until:
            last = planned.get(rule.until)
            if last is None or last <= first:
                continue
            days[task] = first + (last - first) // 2
        else:
            began = planned.get(rule.during[0])
            day = first - timedelta(days=rule.days_before)
            days[task] = day if began is None or began >= first else max(day, began)
    if Task.MIDYEAR in days and Task.FIGURES in days:
        days[Task.MIDYEAR] = min(days[Task.MIDYEAR], days[Task.FIGURES])
    return days


def due_at(day: date) -> datetime:
    """The moment a deadline ends: 18:00 in Seoul on its last day."""
    return datetime.combine(day, CLOSING, SEOUL)


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing somebody has to do by a moment.

    `who` is an agency's code, or the person's id for an evaluator; `name` is what they are called.  `done_at` is the
    moment it was done and `None` while it is open; `closed`: its phase is over and it cannot be done any more.
    """

    task: Task
    who: str
    name: str
    due_at: datetime
    done_at: datetime | None
    public_id: str = ""
    href: str = ""
    possible: bool = True
    closed: bool = False
    optional: bool = False
    moved_reason: str = ""
    left: str = ""

    @property
    def done(self) -> bool:
        return self.done_at is not None

    @property
    def day(self) -> date:
        """The last day, in Seoul."""
        return self.due_at.astimezone(SEOUL).date()

    def days_late(self, now: datetime) -> int:
        """Days of the calendar since the last day until it was done or until now; 0 in time, and for what is optional."""
        if self.optional or (end := self.done_at or now) <= self.due_at:
            return 0
        return max(1, (end.astimezone(SEOUL).date() - self.day).days)

    def days_left(self, now: datetime) -> int:
        """Days of the calendar until the last day; 0 on it, below zero once it is over."""
        return (self.day - now.astimezone(SEOUL).date()).days

    def late(self, now: datetime) -> bool:
        """Whether it is open although its time is over."""
        return not self.done and self.days_late(now) > 0


def window(stage: Stage, day: date) -> tuple[datetime, datetime]:
    """When a letter of that stage may leave: from 9 o'clock of its day for a day, the first and the last for two.

    A process that was down on that day still sends it; one that starts a month later does not.
    """
    days, length = {Stage.WEEK: (-7, 2), Stage.EVE: (-1, 1), Stage.AFTER: (1, 2)}[stage]
    begins = datetime.combine(day + timedelta(days=days), MORNING, SEOUL)
    return begins, begins + timedelta(days=length)


def stage_at(day: date, now: datetime) -> Stage | None:
    """Which letter about a deadline may leave now, if any."""
    for stage in Stage:
        begins, ends = window(stage, day)
        if begins <= now < ends:
            return stage
    return None
