"""What an evaluator does with a sheet: declare first, then mark and save as often as needed, then file once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from evaluation.marks import Grade
from evaluation.model import Mark, Standing
from evaluation.reading import MARKING, Entry, Sheet, sheet_of
from office import journal
from office.clock import now
from office.errors import Conflict, Refused
from office.i18n import N_, translate
from office.people import Person

ABSENT = "absent"
"""What a form sends for an indicator the evaluator leaves out on purpose."""
COMMENT_LENGTH = 1000
REASON_LENGTH = 500


async def declare(
    session: AsyncSession, assignment_id: int, evaluator: Person, *, conflict: bool, reason: str = ""
) -> Sheet:
    """Say whether there is a conflict of interest; "no" opens the form, "yes" closes it for good.

    Somebody who finds out later may still say "yes" until filing; a "yes" is never taken back by the same person.
    After the marking there is nothing left to open or to leave (409).
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
    if sheet.over:
        raise Conflict(N_("평가 기간이 끝나 평가표를 더 열 수 없습니다"))
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
