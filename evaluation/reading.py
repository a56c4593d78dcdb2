"""Sheets as they are stored, read back: an evaluator's list, one sheet with its contract, the filed marks of a cycle."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import PHASES
from contracts.model import Agency, Contract, Cycle, Phase
from contracts.reading import tree_of, trees_of
from contracts.tree import ContractTree
from evaluation.assigning import graded, marks_given
from evaluation.marks import Grade
from evaluation.model import Assignment, Mark, Standing
from office.errors import NotFound
from office.i18n import N_
from office.people import Person

MARKING = (Phase.SCORING, Phase.VOTING)
"""Marks may be entered until the vote is counted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an evaluator says about one indicator: a grade, left out on purpose, or nothing yet."""

    grade: Grade | None = None
    absent: bool = False
    comment: str = ""

    @property
    def decided(self) -> bool:
        return self.absent or self.grade is not None


@dataclass(frozen=True, slots=True)
class Task:
    """A line of an evaluator's list."""

    assignment: Assignment
    contract: Contract
    agency: Agency
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One evaluator's sheet with the contract it is about."""

    assignment: Assignment
    contract: Contract
    agency: Agency
    cycle: Cycle
    tree: ContractTree
    codes: tuple[str, ...]
    entries: dict[str, Entry]

    @property
    def undecided(self) -> tuple[str, ...]:
        """Indicators without a grade that were not left out on purpose either."""
        return tuple(code for code in self.codes if not self.entries.get(code, Entry()).decided)

    @property
    def open(self) -> bool:
        """Whether marks can be entered now."""
        return self.assignment.standing is Standing.OPEN and self.cycle.phase in MARKING

    @property
    def over(self) -> bool:
        """Whether the time for marks has passed."""
        return PHASES.index(self.cycle.phase) > max(map(PHASES.index, MARKING))


async def tasks_of(session: AsyncSession, cycle: Cycle, evaluator: Person) -> list[Task]:
    """Everything one evaluator has been assigned in a cycle, in the order of the assignments."""
    query = (
        select(Assignment, Contract, Agency)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(Assignment.evaluator_id) == evaluator.id, col(Contract.cycle_id) == cycle.id)
        .order_by(col(Assignment.id))
    )
    rows = list(await session.exec(query))
    trees = await trees_of(session, cycle) if rows else {}
    given = await marks_given(session, [assignment.id for assignment, _, _ in rows])
    return [
        Task(
            assignment,
            contract,
            agency,
            given.get(assignment.id or 0, 0),
            len(graded(trees[contract.id or 0])),
        )
        for assignment, contract, agency in rows
    ]


async def sheet_of(
    session: AsyncSession, assignment_id: int, evaluator: Person, *, lock: bool = False
) -> Sheet:
    """One's own sheet; for everybody else there is nothing here (404)."""
    query = (
        select(Assignment, Contract, Agency, Cycle)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .join(Cycle, col(Cycle.id) == col(Contract.cycle_id))
        .where(col(Assignment.id) == assignment_id, col(Assignment.evaluator_id) == evaluator.id)
    )
    if lock:
        query = query.with_for_update(of=Assignment)
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFound(N_("배정받은 평가표가 없습니다. 평가 목록에서 골라 주십시오"))
    assignment, contract, agency, cycle = found
    tree = await tree_of(session, contract)
    marks = await session.exec(select(Mark).where(col(Mark.assignment_id) == assignment.id))
    entries = {mark.indicator_code: Entry(mark.grade, mark.absent, mark.comment) for mark in marks}
    return Sheet(assignment, contract, agency, cycle, tree, graded(tree), entries)


async def grades_of(session: AsyncSession, cycle: Cycle) -> dict[str, dict[str, tuple[Grade | None, ...]]]:
    """The filed marks of a cycle: agency code → indicator code → one place per filed sheet, `None` where absent."""
    query = (
        select(Agency.code, Assignment.id, Contract.id)
        .join(Contract, col(Contract.agency_id) == col(Agency.id))
        .join(Assignment, col(Assignment.contract_id) == col(Contract.id))
        .where(col(Contract.cycle_id) == cycle.id, col(Assignment.filed_at).is_not(None))
        .where(col(Assignment.conflict).is_(False))
        .order_by(col(Assignment.id))
    )
    filed = list(await session.exec(query))
    if not filed:
        return {}
    trees = await trees_of(session, cycle)
    marks = await session.exec(
        select(Mark)
        .join(Assignment, col(Assignment.id) == col(Mark.assignment_id))
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Assignment.filed_at).is_not(None))
    )
    given = {(mark.assignment_id, mark.indicator_code): mark.grade for mark in marks}
    grades: dict[str, dict[str, list[Grade | None]]] = {}
    for agency, assignment, contract in filed:
        for code in graded(trees[contract or 0]):
            grades.setdefault(agency, {}).setdefault(code, []).append(given.get((assignment or 0, code)))
    return {
        agency: {code: tuple(given_) for code, given_ in by_code.items()}
        for agency, by_code in grades.items()
    }
