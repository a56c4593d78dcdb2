"""Moderating the experts' comments: one officer decides who may read each, a second one confirms before anybody can."""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.files.spreadsheet import checked
from contracts.keeping.replies import Kind, write
from contracts.model import Contract, Cycle, Phase
from evaluation.marking.comments import (
    ACT,
    REASON_LENGTH,
    Comment,
    CommentDecision,
    CommentRelease,
    Desk,
    ReleasedComment,
    Scope,
    order_of,
    released_of,
)
from office import approval, journal
from office.clock import now
from office.errors import Conflict, Refused
from office.i18n import N_, translate
from office.people import Person

MODERATING = (Phase.SCORING, Phase.VOTING, Phase.TALLIED, Phase.PROVISIONAL, Phase.FINAL)
RELEASING = (Phase.TALLIED, Phase.PROVISIONAL, Phase.FINAL)
"""Nothing is released while it could still sway a mark or a vote."""


async def moderate(
    session: AsyncSession, cycle: Cycle, desk: Desk, form: Mapping[str, str], by: Person
) -> int:
    """Decide who may read comments: `scope-KEY`, `reason-KEY`; `rest` decides all that are left.  Returns how many."""
    require_phase(cycle, *MODERATING)
    wrong: dict[str, str] = {}
    decided: list[Comment] = []
    for comment in desk.comments:
        said = form.get(f"scope-{comment.key}") or ("" if comment.scope else form.get("rest", ""))
        if not said:
            continue
        reason = checked(form.get(f"reason-{comment.key}", ""))
        if said not in tuple(Scope):
            wrong[f"scope-{comment.key}"] = translate(N_("공개, 기관만, 가림 가운데 하나를 골라 주십시오"))
            continue
        if reason.wrong or len(reason.text) > REASON_LENGTH:
            wrong[f"reason-{comment.key}"] = translate(
                reason.wrong or N_("이유는 {n}자까지 쓸 수 있습니다"), n=REASON_LENGTH
            )
        elif said == Scope.HIDDEN and not reason.text:
            wrong[f"reason-{comment.key}"] = translate(N_("가리는 이유를 적어 주십시오"))
        kept = replace(comment, scope=Scope(said), reason=reason.text if said == Scope.HIDDEN else "")
        if kept != comment:
            decided.append(kept)
    if wrong:
        raise Refused(N_("저장하지 않았습니다. 표시한 칸을 고쳐 주십시오"), fields=wrong)
    if not decided:
        return 0
    # The journal has one writer at a time, and so have the decisions.
    await journal.hold(session)
    keys = [each.key for each in decided]
    query = select(CommentDecision).where(
        col(CommentDecision.contract_id) == desk.contract.id, col(CommentDecision.key).in_(keys)
    )
    stored = {row.key: row for row in await session.exec(query)}
    assert desk.contract.id is not None and by.id is not None  # noqa: S101 - stored rows
    for each in decided:
        assert each.scope is not None  # noqa: S101 - decided just now
        row = stored.get(each.key) or CommentDecision(
            contract_id=desk.contract.id, key=each.key, scope=each.scope, decided_by=by.id, decided_at=now()
        )
        row.scope, row.reason, row.decided_by, row.decided_at = each.scope, each.reason, by.id, now()
        session.add(row)
    await journal.record(
        session, by.actor, "comments.moderated", desk.contract.public_id, comments=len(decided)
    )
    return len(decided)


async def release(session: AsyncSession, cycle: Cycle, desk: Desk, content: str, by: Person) -> bool:
    """Ask for the release of a contract's comments or, as the second officer, confirm it; returns whether it is done.

    Both agree on the very decisions their page showed (`content`).
    """
    require_phase(cycle, *RELEASING)
    if not desk.comments:
        raise Conflict(N_("공개할 의견이 없습니다"))
    if desk.undecided:
        raise Conflict(
            N_("아직 정하지 않은 의견이 {n}개 있습니다. 모두 정한 뒤에 눌러 주십시오"), n=desk.undecided
        )
    if content != desk.content:
        raise Conflict(N_("그 사이에 공개 범위가 바뀌었습니다. 지금 내용을 확인하고 다시 눌러 주십시오"))
    if not desk.changed:
        raise Conflict(N_("이미 이대로 공개했습니다"))
    public_id = desk.contract.public_id
    if not await approval.agreed(session, act=ACT, subject=public_id, by=by, content=desk.content):
        return False
    assert desk.contract.id is not None  # noqa: S101 - a stored contract
    made = CommentRelease(
        contract_id=desk.contract.id,
        number=(desk.released.number if desk.released else 0) + 1,
        content=desk.content,
        shown=desk.counts[Scope.PUBLIC],
        to_agency=desk.counts[Scope.AGENCY],
        hidden=desk.counts[Scope.HIDDEN],
        released_at=now(),
    )
    session.add(made)
    await session.flush()
    assert made.id is not None  # noqa: S101 - flushed
    for comment in sorted(desk.comments, key=lambda each: order_of(each.text)):
        if comment.scope in (Scope.PUBLIC, Scope.AGENCY):
            session.add(
                ReleasedComment(
                    release_id=made.id,
                    indicator_code=comment.indicator_code,
                    aspect=comment.aspect,
                    scope=comment.scope,
                    text=comment.text,
                )
            )
    await journal.record(
        session,
        by.actor,
        "comments.released",
        public_id,
        number=made.number,
        public=made.shown,
        agency=made.to_agency,
        hidden=made.hidden,
    )
    return True


async def answer(session: AsyncSession, cycle: Cycle, contract: Contract, text: str, by: Person) -> None:
    """The officer of the body writes its one answer to the public comments, as long as any other body's."""
    standing, _ = await released_of(session, contract)
    if standing is None or not standing.shown:
        raise Conflict(N_("공개된 평가 의견이 없어 답변을 적을 수 없습니다"))
    await write(session, cycle, contract, text, by, Kind.ANSWER)
