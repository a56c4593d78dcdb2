"""The marks of a cycle that were filed, and of them those that count."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, Cycle
from contracts.reading import trees_of
from evaluation.arithmetic.marks import Grade
from evaluation.experts.assigning import graded
from evaluation.model import OWN, RECONCILED, Assignment, Mark


@dataclass(frozen=True, slots=True)
class GivenMark:
    """One place of a filed sheet in one round; `grade` is `None` where the evaluator gave none."""

    contract_id: int
    agency_code: str
    evaluator_id: int
    indicator_code: str
    round: int
    grade: Grade | None


async def given_marks(session: AsyncSession, cycle: Cycle) -> list[GivenMark]:
    """Every place of every filed sheet of a cycle, round by round, in the order of the assignments.

    A sheet that was not reconciled has only its first round; sheets with a conflict of interest, of calibration or set
    aside have none.
    """
    query = (
        select(Assignment, Agency.code)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Assignment.filed_at).is_not(None))
        .where(col(Assignment.conflict).is_(False))
        .where(col(Assignment.calibration).is_(False), col(Assignment.set_aside).is_(False))
        .order_by(col(Assignment.id))
    )
    filed = list(await session.exec(query))
    if not filed:
        return []
    trees = await trees_of(session, cycle)
    marks = await session.exec(
        select(Mark)
        .join(Assignment, col(Assignment.id) == col(Mark.assignment_id))
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Assignment.filed_at).is_not(None))
    )
    stored = {(mark.assignment_id, mark.round, mark.indicator_code): mark.grade for mark in marks}
    return [
        GivenMark(
            assignment.contract_id,
            agency,
            assignment.evaluator_id,
            code,
            round,
            stored.get((assignment.id or 0, round, code)),
        )
        for assignment, agency in filed
        for round in ((OWN,) if assignment.reconciled_at is None else (OWN, RECONCILED))
        for code in graded(trees[assignment.contract_id])
    ]


async def grades_of(session: AsyncSession, cycle: Cycle) -> dict[str, dict[str, tuple[Grade | None, ...]]]:
    """The marks that count: agency code → indicator code → one place per filed sheet, `None` where absent.

    Of every sheet the latest filed round.
    """
    latest: dict[tuple[str, str, int], Grade | None] = {}
    for mark in sorted(await given_marks(session, cycle), key=lambda mark: mark.round):
        latest[mark.agency_code, mark.indicator_code, mark.evaluator_id] = mark.grade
    grades: dict[str, dict[str, list[Grade | None]]] = {}
    for (agency, code, _), grade in latest.items():
        grades.setdefault(agency, {}).setdefault(code, []).append(grade)
    return {
        agency: {code: tuple(given) for code, given in by_code.items()} for agency, by_code in grades.items()
    }
