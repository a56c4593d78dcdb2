"""Deadlines by the calendar: the last day of each task, lateness in days of the calendar, one letter at a time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.timing.duties import RULES, TASK_LABELS, Duty, Stage, Task, due_at, due_days, stage_at, window
from office.clock import SEOUL

YEAR = {
    "published": date(2026, 3, 2),
    "reporting": date(2026, 3, 10),
    "scoring": date(2026, 12, 10),
    "voting": date(2027, 1, 11),
}
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


def test_the_days_of_a_year_follow_from_its_calendar() -> None:
    assert due_days(YEAR) == {
        Task.SUBMIT: date(2026, 2, 9),
        Task.SIGN: date(2026, 2, 23),
        Task.MIDYEAR: date(2026, 7, 25),
        Task.FIGURES: date(2026, 11, 19),
        Task.EVIDENCE: date(2026, 11, 26),
        Task.CHECK: date(2026, 12, 9),
        Task.REPLY: date(2026, 12, 28),
        Task.MARKS: date(2027, 1, 10),
    }


def test_without_a_plan_nothing_is_due() -> None:
    assert due_days({}) == {}
    assert due_days({"scoring": None, "published": date(2026, 3, 2)}).keys() == {Task.SUBMIT, Task.SIGN}
    assert Task.MIDYEAR not in due_days({"reporting": date(2026, 3, 2), "scoring": date(2026, 3, 2)})


def test_in_a_tight_year_no_deadline_comes_before_its_work_or_out_of_order() -> None:
    tight = due_days(
        {"reporting": date(2026, 3, 2), "scoring": date(2026, 3, 30), "voting": date(2026, 4, 3)}
    )
    assert tight[Task.MIDYEAR] == tight[Task.FIGURES] == date(2026, 3, 9), (
        "not the 16th, a week after the year's end"
    )
    shorter = due_days({"reporting": date(2026, 3, 2), "scoring": date(2026, 3, 12)})
    assert {shorter[task] for task in (Task.MIDYEAR, Task.FIGURES, Task.EVIDENCE)} == {date(2026, 3, 2)}


def test_every_task_has_a_rule_and_a_name() -> None:
    assert set(RULES) == set(TASK_LABELS) == set(Task)


@pytest.mark.parametrize(
    ("done", "now", "late", "days"),
    [
        (None, datetime(2026, 3, 2, 8, 59, tzinfo=UTC), False, 0),
        (None, datetime(2026, 3, 2, 9, 1, tzinfo=UTC), True, 1),
        (None, datetime(2026, 3, 3, 0, 0, tzinfo=UTC), True, 1),
        (None, datetime(2026, 3, 5, 0, 0, tzinfo=UTC), True, 3),
        (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC), False, 0),
        (datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC), False, 4),
    ],
)
def test_late_is_counted_in_days_after_six_in_the_evening(
    done: datetime | None, now: datetime, late: bool, days: int
) -> None:
    duty = Duty(Task.SIGN, "TR", "교통국", due_at(date(2026, 3, 2)), done)
    assert (duty.late(now), duty.days_late(now)) == (late, days)


def test_what_is_optional_is_never_late() -> None:
    duty = Duty(Task.REPLY, "TR", "교통국", due_at(date(2026, 3, 2)), None, optional=True)
    assert not duty.late(datetime(2027, 1, 1, tzinfo=UTC))


@given(DAYS, st.integers(-20 * 24, 20 * 24))
def test_at_most_one_letter_may_leave_and_only_around_the_deadline(day: date, hours: int) -> None:
    now = due_at(day) + timedelta(hours=hours)
    open_now = [stage for stage in Stage if window(stage, day)[0] <= now < window(stage, day)[1]]
    assert len(open_now) <= 1
    assert stage_at(day, now) == (open_now[0] if open_now else None)
    if abs(hours) > 8 * 24:
        assert not open_now


@given(DAYS)
def test_the_letters_go_a_week_before_the_day_before_and_the_day_after(day: date) -> None:
    for stage, days in ((Stage.WEEK, -7), (Stage.EVE, -1), (Stage.AFTER, 1)):
        morning = datetime.combine(day + timedelta(days=days), datetime.min.time(), SEOUL) + timedelta(
            hours=9
        )
        assert stage_at(day, morning) is stage
        assert stage_at(day, morning - timedelta(seconds=1)) is not stage
