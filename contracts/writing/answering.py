"""The agency's words on the comments of the last round, all of one page at once."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Contract, ContractState, Cycle
from contracts.writing.review import ReviewComment, held, last_round, sentence
from contracts.writing.setting_fields import Form
from office.clock import now
from office.errors import Conflict, NotFound
from office.i18n import N_
from office.people import Person


async def answer(
    session: AsyncSession,
    cycle: Cycle,
    contract: Contract,
    form: Form,
    by: Person,
    *,
    asked: int | None = None,
) -> None:
    """Store every answer that was typed (`answer-ID`) and what is said to be mended (`done-ID`).

    The comment that was `asked` about must get one or the other; the rest stays as it was where nothing is new.
    """
    await held(session, cycle, contract)
    if contract.state not in (ContractState.DRAFT, ContractState.ACCEPTED):
        raise Conflict(N_("지금은 답을 적을 수 없습니다. 계약을 돌려받은 뒤에 적어 주십시오"))
    review = await last_round(session, contract)
    comments: dict[int, ReviewComment] = {}
    if review is not None and review.decided_at is not None:
        query = select(ReviewComment).where(col(ReviewComment.review_id) == review.id)
        comments = {each.id or 0: each for each in await session.exec(query)}
    if asked is not None and asked not in comments:
        raise NotFound(N_("이 의견은 없거나 지난 차례의 것입니다"))
    for number, comment in comments.items():
        name, done = f"answer-{number}", form.get(f"done-{number}") == "yes"
        if name not in form and not done and number != asked:
            continue
        needed = N_("답을 적거나 '고쳤습니다'에 표시해 주십시오") if number == asked and not done else ""
        text = sentence(name, form.get(name, ""), needed=needed)
        if (text, done) != (comment.answer, comment.done):
            comment.answer, comment.done = text, done
            comment.answered_by, comment.answered_at = by.id, now()
            session.add(comment)
