"""A sheet given back and not filed again by the tally counts as it was last filed: a reopening can correct, never drop."""

import json
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Contract, Cycle
from evaluation.arithmetic.marks import Grade
from evaluation.marking.locking import SAID, FiledSheet, filed_versions
from evaluation.marking.reading import MARKING, Entry
from evaluation.marking.sheets import write_entry
from evaluation.model import RECONCILED, Assignment, Mark
from office import journal
from office.clock import Due
from office.database import Database

ITSELF = "system:evaluation"


async def restore_lapsed(db: Database) -> int:
    """Take every such sheet of a counted cycle back to its last filed version; how many there were.

    Marks can no longer be entered then, so that nothing anybody is writing is lost: what was changed meanwhile was
    never handed in.  The earlier version is the one kept at its filing, letter by letter.
    """
    async with db.reading() as session:
        if not await _lapsed(session):
            return 0
    async with db.writing() as session:
        lapsed = await _lapsed(session, lock=True)
        for assignment, public_id in lapsed:
            assert assignment.id is not None  # noqa: S101 - a stored sheet
            latest = {version.round: version for version in await filed_versions(session, assignment.id)}
            for version in latest.values():
                if _filed_at(assignment, version.round) is None:
                    await _restore(session, assignment, version)
                    await journal.record(
                        session,
                        ITSELF,
                        "evaluation.lapsed",
                        public_id,
                        assignment=assignment.id,
                        round=version.round,
                        filed_sha256=version.sha256,
                    )
        return len(lapsed)


async def _lapsed(session: AsyncSession, *, lock: bool = False) -> list[tuple[Assignment, str]]:
    """Sheets with a filed round that is open again although marks can no longer be entered, in the order of their places.

    Only a reopening opens one.  Whoever has handed the place over, or has a conflict of interest, no longer counts, reopened or not.
    """
    query = (
        select(Assignment, Contract.public_id)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Cycle, col(Cycle.id) == col(Contract.cycle_id))
        .join(FiledSheet, col(FiledSheet.assignment_id) == col(Assignment.id))
        .where(col(Cycle.phase).not_in(MARKING))
        .where(col(Assignment.conflict).is_(False), col(Assignment.ended_at).is_(None))
        .where(
            ((col(FiledSheet.round) != RECONCILED) & col(Assignment.filed_at).is_(None))
            | ((col(FiledSheet.round) == RECONCILED) & col(Assignment.reconciled_at).is_(None))
        )
        .order_by(col(Assignment.id))
    )
    found = await session.exec(query.with_for_update(of=Assignment) if lock else query)
    return list({assignment.id: (assignment, public_id) for assignment, public_id in found}.values())


def _filed_at(assignment: Assignment, round: int) -> datetime | None:
    return assignment.reconciled_at if round == RECONCILED else assignment.filed_at


async def _restore(session: AsyncSession, assignment: Assignment, version: FiledSheet) -> None:
    query = select(Mark).where(col(Mark.assignment_id) == assignment.id, col(Mark.round) == version.round)
    stored = {mark.indicator_code: mark for mark in await session.exec(query)}
    for said in json.loads(version.content)["marks"]:
        code = said["indicator"]
        mark = stored.get(code)
        if mark is None:
            mark = Mark(assignment_id=version.assignment_id, indicator_code=code, round=version.round)
            session.add(mark)
        grade = Grade(said["grade"]) if said["grade"] else None
        write_entry(mark, Entry(**{**{name: said[name] for name in SAID}, "grade": grade}))
    if version.round == RECONCILED:
        assignment.reconciled_at = version.filed_at
    else:
        assignment.filed_at = version.filed_at


def due_work(db: Database) -> list[Due]:
    """The department's due work for the clock."""

    async def lapse() -> None:
        await restore_lapsed(db)

    return [lapse]
