"""A body stands by a figure the check doubts: a few words of its own, public beside the finding."""

from collections.abc import Mapping

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.files.spreadsheet import checked
from contracts.keeping.checks import ANSWER_LENGTH, FigureCheck
from contracts.model import Contract
from contracts.terms.doubt import DOUBTING
from office import journal
from office.clock import now
from office.errors import Conflict, Refused
from office.i18n import N_, translate
from office.people import Person


async def answer(session: AsyncSession, contract: Contract, form: Mapping[str, str], by: Person) -> int:
    """Keep the fields `answer-CODE` beside the newest verdict on CODE; returns how many changed.

    `finding-CODE` is when the verdict was given that the page showed: on a newer one nobody has answered yet (409).  A blank
    takes the words back.  While figures are reported; the caller sees to that.
    """
    query = (
        select(FigureCheck).where(col(FigureCheck.contract_id) == contract.id).order_by(col(FigureCheck.id))
    )
    newest = {row.indicator_code: row for row in await session.exec(query)}
    given: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for code, row in newest.items():
        name = f"answer-{code}"
        text = checked(form.get(name, row.answer))
        if text.wrong or len(text.text) > ANSWER_LENGTH:
            wrong[name] = translate(text.wrong or N_("{n}자 안으로 줄여 주십시오"), n=ANSWER_LENGTH)
        elif text.text == row.answer:
            continue
        elif row.verdict not in DOUBTING or form.get(f"finding-{code}") != row.checked_at.isoformat():
            raise Conflict(
                N_("그 사이에 확인 결과가 바뀌었습니다. 화면을 새로 고쳐 지금 결과를 보아 주십시오")
            )
        given[code] = text.text
    if wrong:
        raise Refused(N_("저장하지 않았습니다. 표시한 칸을 고친 뒤 다시 저장해 주십시오"), fields=wrong)
    for code, words in given.items():
        row = newest[code]
        row.answer, row.answered_by, row.answered_at = words, by.id, now() if words else None
        session.add(row)
    if given:
        await journal.record(
            session, by.actor, "contract.figure-answered", contract.public_id, indicators=sorted(given)
        )
    return len(given)
