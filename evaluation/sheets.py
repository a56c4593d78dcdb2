"""An evaluator's sheet: declare first, then mark and save as often as needed, then file once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.model import Agency, Contract, Cycle, Phase
from contracts.reading import tree_of, trees_of
from contracts.tree import ContractTree
from evaluation.assigning import graded, marks_given
from evaluation.marks import Grade
from evaluation.model import Assignment, Mark, Standing
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person

MARKING = (Phase.SCORING, Phase.VOTING)
"""Marks may be entered until the vote is counted."""
ABSENT = "absent"
"""What a form sends for an indicator the evaluator leaves out on purpose."""
COMMENT_LENGTH = 1000
REASON_LENGTH = 500


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


async def declare(
    session: AsyncSession, assignment_id: int, evaluator: Person, *, conflict: bool, reason: str = ""
) -> Sheet:
    """Say whether there is a conflict of interest; "no" opens the form, "yes" closes it for good.

    Somebody who finds out later may still say "yes" until filing; a "yes" is never taken back by the same person.
    """
    sheet = await sheet_of(session, assignment_id, evaluator, lock=True)
    assignment = sheet.assignment
    if assignment.standing is Standing.FILED:
        raise Conflict(N_("이미 제출한 평가표입니다. 이해관계가 있으면 성과관리 담당에게 알려 주십시오"))
    if assignment.standing is Standing.CONFLICT:
        if conflict:
            return sheet
        raise Conflict(
            N_("이해관계가 있다고 하신 계약입니다. 잘못 누르셨으면 성과관리 담당에게 알려 주십시오")
        )
    if conflict and not reason.strip():
        raise Refused(
            N_("어떤 이해관계인지 적어 주십시오"),
            fields={"reason": translate(N_("한 문장이면 됩니다. 성과관리 담당만 봅니다"))},
        )
    assignment.conflict = conflict
    assignment.conflict_reason = reason.strip() if conflict else ""
    assignment.declared_at = now()
    await journal.record(
        session,
        evaluator.actor,
        "evaluation.declared",
        sheet.contract.public_id,
        conflict=conflict,
        assignment=assignment.id,
    )
    return sheet


def read_entries(form: Mapping[str, str], sheet: Sheet) -> dict[str, Entry]:
    """The marks a form holds, by indicator; a field the form does not send leaves what is stored as it is."""
    entries: dict[str, Entry] = {}
    wrong: dict[str, str] = {}
    for code in sheet.codes:
        before = sheet.entries.get(code, Entry())
        said = form.get(f"grade-{code}")
        comment = form.get(f"comment-{code}", before.comment).replace("\r\n", "\n").strip()
        if len(comment) > COMMENT_LENGTH:
            wrong[f"comment-{code}"] = translate(N_("의견이 너무 깁니다. 1,000자까지 적을 수 있습니다"))
        if said not in (None, "", ABSENT, *Grade):
            wrong[f"grade-{code}"] = translate(N_("아홉 등급 가운데 하나를 골라 주십시오"))
            continue
        if said is None:
            entries[code] = Entry(before.grade, before.absent, comment)
        else:
            entries[code] = Entry(Grade(said) if said in tuple(Grade) else None, said == ABSENT, comment)
    if wrong:
        raise Refused(N_("저장하지 않았습니다. 표시한 칸을 고쳐 주십시오"), fields=wrong)
    return entries


async def save(
    session: AsyncSession, assignment_id: int, evaluator: Person, form: Mapping[str, str]
) -> datetime:
    """Store the marks a form holds; returns when.  Refused before the declaration and after filing (409)."""
    sheet = await sheet_of(session, assignment_id, evaluator, lock=True)
    _require_open(sheet)
    changed = {
        code: entry
        for code, entry in read_entries(form, sheet).items()
        if entry != sheet.entries.get(code, Entry())
    }
    query = select(Mark).where(col(Mark.assignment_id) == assignment_id)
    stored = {mark.indicator_code: mark for mark in await session.exec(query)}
    for code, entry in changed.items():
        mark = stored.get(code) or Mark(assignment_id=assignment_id, indicator_code=code)
        mark.grade, mark.absent, mark.comment = entry.grade, entry.absent, entry.comment
        session.add(mark)
    sheet.assignment.saved_at = now()
    return sheet.assignment.saved_at


async def file(session: AsyncSession, assignment_id: int, evaluator: Person) -> Sheet:
    """Hand the sheet in: it is locked, and from now on it counts."""
    sheet = await sheet_of(session, assignment_id, evaluator, lock=True)
    _require_open(sheet)
    if sheet.undecided:
        raise Refused(
            N_(
                "아직 정하지 않은 지표가 {n}개 있습니다. 등급을 고르거나 ‘평정하지 않음’을 고른 뒤 제출해 주십시오"
            ),
            fields={
                f"grade-{code}": translate(N_("등급을 고르거나 ‘평정하지 않음’을 골라 주십시오"))
                for code in sheet.undecided
            },
            n=len(sheet.undecided),
        )
    sheet.assignment.filed_at = now()
    await journal.record(
        session,
        evaluator.actor,
        "evaluation.filed",
        sheet.contract.public_id,
        assignment=sheet.assignment.id,
        absent=sum(entry.absent for entry in sheet.entries.values()),
    )
    return sheet


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


def _require_open(sheet: Sheet) -> None:
    match sheet.assignment.standing:
        case Standing.DECLARE:
            raise Conflict(N_("먼저 이해관계가 없는지 확인해 주십시오. 확인하면 평가표가 열립니다"))
        case Standing.CONFLICT:
            raise Conflict(N_("이해관계가 있다고 하신 계약이라 평정할 수 없습니다"))
        case Standing.FILED:
            raise Conflict(N_("이미 제출한 평가표라 고칠 수 없습니다"))
        case Standing.OPEN:
            require_phase(sheet.cycle, *MARKING)
