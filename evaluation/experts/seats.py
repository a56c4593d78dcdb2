"""Places at contracts: how far whoever has one is, and who takes over a place that was left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from evaluation.model import OWN, Assignment, Mark
from office.clock import now


@dataclass(frozen=True, slots=True)
class Seat:
    """One evaluator at one contract, as the performance office sees it: how far, never which grades."""

    assignment: Assignment
    evaluator: str
    done: int
    of: int


async def marks_given(session: AsyncSession, assignments: Collection[int | None]) -> dict[int, int]:
    """How many indicators of each sheet are decided: graded, or left out on purpose."""
    query = (
        select(Mark.assignment_id, func.count(col(Mark.id)))
        .where(
            col(Mark.assignment_id).in_(assignments),
            col(Mark.round) == OWN,
            col(Mark.grade).is_not(None) | col(Mark.absent),
        )
        .group_by(col(Mark.assignment_id))
    )
    return dict((await session.exec(query)).all())


def seat(session: AsyncSession, contract: int, evaluator: int, left: Sequence[Assignment] = ()) -> None:
    """Give an evaluator a place at a contract: the first of the places `left` that is still free, or else a new one."""
    old = next((each for each in left if each.ended_at is None), None)
    if old is not None:
        old.ended_at, old.ended_reason = now(), old.conflict_reason
        session.add(old)
    session.add(
        Assignment(
            contract_id=contract,
            evaluator_id=evaluator,
            assigned_at=now(),
            replaces_id=old.id if old else None,
        )
    )
