"""What the evaluators have to do by when, for the deadlines of a cycle."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Contract, Cycle
from contracts.timing.deadlines import Part
from contracts.timing.duties import Task, Who
from evaluation.model import Assignment
from office.people import Person


async def sheets_to_file(session: AsyncSession, cycle: Cycle) -> list[Part]:
    """One duty for every evaluator with sheets in a cycle, done once the last of them was filed; calibration is apart."""
    query = (
        select(Assignment, Person.name)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Person, col(Person.id) == col(Assignment.evaluator_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Assignment.calibration).is_(False))
        .order_by(col(Person.id))
    )
    sheets: dict[tuple[int, str], list[Assignment]] = {}
    for sheet, name in await session.exec(query):
        if sheet.serves:
            sheets.setdefault((sheet.evaluator_id, name), []).append(sheet)
    parts = []
    for (person, name), own in sheets.items():
        filed = [sheet.filed_at for sheet in own if sheet.filed_at is not None]
        done_at = max(filed) if len(filed) == len(own) else None
        parts.append(Part(Task.MARKS, f"{Who.EVALUATOR.value}:{person}", name, done_at, "/evaluation"))
    return parts
