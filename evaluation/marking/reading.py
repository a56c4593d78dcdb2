"""One sheet as it is stored, read back with its contract."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import PHASES
from contracts.model import Agency, Contract, Cycle, Phase
from contracts.reading import tree_of
from contracts.terms.tree import ContractTree
from evaluation.arithmetic.marks import Grade
from evaluation.experts.assigning import graded
from evaluation.experts.calibration import CALIBRATING, awaited, cycle_of_calibration
from evaluation.model import OWN, RECONCILED, Assignment, Mark, Standing
from office.errors import NotFound
from office.i18n import N_
from office.people import Person

MARKING = (Phase.SCORING, Phase.VOTING)
"""Marks may be entered until the vote is counted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an evaluator says about one indicator: a grade, left out on purpose, or nothing yet; and in words.

    Two entries are equal when they say the same, whichever page wrote them.
    """

    grade: Grade | None = None
    absent: bool = False
    strength: str = ""
    weakness: str = ""
    recommendation: str = ""
    reason: str = ""
    version: int = field(default=0, compare=False)
    window: str = field(default="", compare=False)
    sequence: int = field(default=0, compare=False)

    @property
    def decided(self) -> bool:
        return self.absent or self.grade is not None

    @property
    def commented(self) -> bool:
        """Whether there is a word beside the grade."""
        return bool(self.strength or self.weakness or self.recommendation)

    def grades_as(self, other: Entry) -> bool:
        """Whether both give the same grade, or none."""
        return (self.grade, self.absent) == (other.grade, other.absent)


NOTHING = Entry()


def entry_of(mark: Mark) -> Entry:
    """A stored mark as a plain value."""
    return Entry(
        mark.grade,
        mark.absent,
        mark.strength,
        mark.weakness,
        mark.recommendation,
        mark.reason,
        mark.version,
        mark.window,
        mark.sequence,
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One evaluator's sheet with the contract it is about.

    `entries` are those of `round`; in the second round an indicator that was not touched yet stands as in the first,
    which `own` keeps.
    """

    assignment: Assignment
    contract: Contract
    agency: Agency
    cycle: Cycle
    tree: ContractTree
    codes: tuple[str, ...]
    entries: dict[str, Entry]
    round: int = OWN
    own: dict[str, Entry] = field(default_factory=dict)
    awaited: int = 0
    """Calibration sheets to be filed before this one opens."""

    def entry(self, code: str) -> Entry:
        """What is said about an indicator so far."""
        return self.entries.get(code, NOTHING)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Indicators without a grade that were not left out on purpose either."""
        return tuple(code for code in self.codes if not self.entry(code).decided)

    @property
    def phases(self) -> tuple[Phase, ...]:
        """When marks can be entered: a calibration comes before the real sheets."""
        return CALIBRATING if self.assignment.calibration else MARKING

    @property
    def open(self) -> bool:
        """Whether marks can be entered now."""
        if self.cycle.phase not in self.phases or self.awaited:
            return False
        if self.round == RECONCILED:
            return self.assignment.standing is Standing.FILED and self.assignment.reconciled_at is None
        return self.assignment.standing is Standing.OPEN

    @property
    def over(self) -> bool:
        """Whether the time for marks has passed."""
        return over(self.cycle)


def over(cycle: Cycle) -> bool:
    """Whether the time for marks has passed."""
    return PHASES.index(cycle.phase) > max(map(PHASES.index, MARKING))


async def sheet_of(
    session: AsyncSession, assignment_id: int, evaluator: Person, *, round: int = OWN, lock: bool = False
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
    waits = 0
    if assignment.calibration:
        cycle = await cycle_of_calibration(session, contract) or cycle
    else:
        waits = await awaited(session, cycle, evaluator)
    tree = await tree_of(session, contract)
    by_round: dict[int, dict[str, Entry]] = {OWN: {}, RECONCILED: {}}
    for mark in await session.exec(select(Mark).where(col(Mark.assignment_id) == assignment.id)):
        by_round[mark.round][mark.indicator_code] = entry_of(mark)
    own = by_round[OWN]
    entries = own
    if round == RECONCILED:
        untouched = {code: replace(entry, version=0, window="", sequence=0) for code, entry in own.items()}
        entries = untouched | by_round[RECONCILED]
    return Sheet(assignment, contract, agency, cycle, tree, graded(tree), entries, round, own, waits)
