"""The last day of each task by the calendar of a cycle."""

from __future__ import annotations

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import calendar_of
from contracts.model import Cycle
from contracts.timing.duties import Task, due_days
from office.clock import SEOUL


async def days_of(session: AsyncSession, cycle: Cycle) -> dict[Task, date]:
    """The last day of each task, as far as the phases it is counted from are planned."""
    calendar = await calendar_of(session, cycle)
    return due_days(
        {
            phase.value: day.planned_at.astimezone(SEOUL).date() if day.planned_at else None
            for phase, day in calendar.items()
        }
    )
