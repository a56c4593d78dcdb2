"""What an evaluator does with a sheet before filing it: declare first, then mark and save as often as needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from evaluation.arithmetic.marks import Grade
from evaluation.marking.reading import Entry, Sheet, sheet_of
from evaluation.model import OWN, RECONCILED, Mark, Standing
from office import journal
from office.clock import now
from office.errors import Conflict, Refused
from office.i18n import N_, translate
from office.people import Person

ABSENT = "absent"
"""What a form sends for an indicator the evaluator leaves out on purpose."""
COMMENTS = ("strength", "weakness", "recommendation")
"""잘한 점, 아쉬운 점, 권고."""
COMMENT_LENGTH = 1000
REASON_LENGTH = 500
TEXTS = {**dict.fromkeys(COMMENTS, COMMENT_LENGTH), "reason": REASON_LENGTH}
"""What may be written about an indicator, and how many characters of it."""
_WINDOW, _NUMBER = re.compile(r"[0-9a-f]{16,32}"), re.compile(r"[0-9]{1,9}")


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
        before = sheet.entry(code)
        said = form.get(f"grade-{code}")
        texts = {}
        for name, length in TEXTS.items():
            text = form.get(f"{name}-{code}", getattr(before, name)).replace("\r\n", "\n").strip()
            if len(text) > length:
                wrong[f"{name}-{code}"] = translate(
                    N_("너무 깁니다. {n}자까지 적을 수 있습니다"), n=f"{length:,}"
                )
            texts[name] = text
        if said not in (None, "", ABSENT, *Grade):
            wrong[f"grade-{code}"] = translate(N_("아홉 등급 가운데 하나를 골라 주십시오"))
            continue
        grade, absent = before.grade, before.absent
        if said is not None:
            grade, absent = Grade(said) if said in tuple(Grade) else None, said == ABSENT
        entries[code] = Entry(grade, absent, **texts)
    if wrong:
        raise Refused(N_("저장하지 않았습니다. 표시한 칸을 고쳐 주십시오"), fields=wrong)
    return entries


@dataclass(frozen=True, slots=True)
class Writer:
    """Which open page sends, and the number of its sending; empty for a form sent by its button.

    `earlier` is the page in the same tab that typed what this one restored.
    """

    window: str = ""
    sequence: int = 0
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a saving: the version of every indicator now, and those another page or device had changed.

    A conflict holds what is stored; what the form said about it was not stored.
    """

    at: datetime
    versions: dict[str, int]
    conflicts: dict[str, Entry]


async def save(
    session: AsyncSession, assignment_id: int, evaluator: Person, form: Mapping[str, str], *, round: int = OWN
) -> Saved:
    """Store the marks a form holds.  Refused before the declaration and after filing (409).

    `version-CODE` in the form says on which version its text was built; where another page has written since, the
    stored text stays and is returned as a conflict.  What a page sent earlier and arrives later changes nothing.
    """
    sheet = await sheet_of(session, assignment_id, evaluator, round=round, lock=True)
    require_open(sheet)
    writer = _writer_of(form)
    query = select(Mark).where(col(Mark.assignment_id) == assignment_id, col(Mark.round) == round)
    stored = {mark.indicator_code: mark for mark in await session.exec(query)}
    versions: dict[str, int] = {}
    conflicts: dict[str, Entry] = {}
    for code, entry in read_entries(form, sheet).items():
        before = sheet.entry(code)
        versions[code] = before.version
        if entry == before or _overtaken(writer, before):
            continue
        if _built_on_another(form.get(f"version-{code}"), writer, before):
            conflicts[code] = before
            continue
        mark = stored.get(code) or Mark(
            assignment_id=assignment_id, indicator_code=code, round=round, version=0
        )
        write_entry(mark, entry)
        mark.window, mark.sequence = writer.window, writer.sequence
        versions[code] = mark.version = mark.version + 1
        session.add(mark)
    sheet.assignment.saved_at = now()
    return Saved(sheet.assignment.saved_at, versions, conflicts)


def _writer_of(form: Mapping[str, str]) -> Writer:
    window, sequence = form.get("window", ""), form.get("sequence", "")
    if not _WINDOW.fullmatch(window) or not _NUMBER.fullmatch(sequence):
        return Writer()
    earlier = form.get("earlier", "")
    return Writer(window, int(sequence), earlier if _WINDOW.fullmatch(earlier) else "")


def _overtaken(writer: Writer, before: Entry) -> bool:
    """Whether the same page has already stored something newer."""
    return bool(writer.window) and writer.window == before.window and writer.sequence <= before.sequence


def _built_on_another(version: str | None, writer: Writer, before: Entry) -> bool:
    """Whether somebody else has written since the version the form was built on; without one the form knows best."""
    if version is None or version == str(before.version):
        return False
    return not before.window or before.window not in (writer.window, writer.earlier)


def write_entry(mark: Mark, entry: Entry) -> None:
    """Put what is said into a mark; its version is the caller's."""
    mark.grade, mark.absent = entry.grade, entry.absent
    mark.strength, mark.weakness = entry.strength, entry.weakness
    mark.recommendation, mark.reason = entry.recommendation, entry.reason


def require_open(sheet: Sheet) -> None:
    """Refuse (409) where no mark can be entered now, saying why."""
    match sheet.assignment.standing:
        case Standing.DECLARE:
            raise Conflict(N_("먼저 이해관계가 없는지 확인해 주십시오. 확인하면 평가표가 열립니다"))
        case Standing.CONFLICT:
            raise Conflict(N_("이해관계가 있다고 하신 계약이라 평정할 수 없습니다"))
        case Standing.ENDED:
            raise Conflict(N_("다른 평가위원이 이어받은 평가표라 고칠 수 없습니다"))
        case Standing.FILED if sheet.round == OWN:
            raise Conflict(N_("이미 제출한 평가표라 고칠 수 없습니다"))
        case Standing.FILED if sheet.assignment.reconciled_at is not None:
            raise Conflict(N_("조율 평정도 이미 제출하셨습니다"))
        case Standing.OPEN if sheet.round == RECONCILED:
            raise Conflict(N_("먼저 본인의 평가표를 제출해 주십시오"))
        case _:
            require_phase(sheet.cycle, *sheet.phases)
            if sheet.awaited:
                raise Conflict(
                    N_("먼저 기준 맞추기 평가표 {n}개를 제출해 주십시오. 그러면 이 평가표가 열립니다"),
                    n=sheet.awaited,
                )
