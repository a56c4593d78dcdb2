"""What two officers agree on, in words: the acts of all departments, and the letter to those who may be the second."""

from collections.abc import Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

import ballots.approvals
import contracts.approvals
import evaluation.approvals
from office import invitations
from office.approval import Naming, Wanted, wanted
from office.i18n import N_, translate
from office.journal import JournalEntry
from office.people import Role, people_with
from office.telling import Notice, Teller, Telling
from reports import runs

SECOND = Notice(
    "second officer",
    N_("[약속] 두 번째 담당자의 확인을 기다립니다"),
    N_(
        "{title}\n다른 담당자가 먼저 눌렀습니다. 내용을 보고 하루 안에 확인해 주십시오. "
        "하루가 지나면 처음부터 다시 해야 합니다.\n{link}"
    ),
)


async def _publish(_: AsyncSession, subject: str) -> Wanted:
    year, number = subject.split("/")
    title = translate(N_("{year}년 산출 결과 공개({number}회)"), year=year, number=number)
    return Wanted(title, f"/office/cycles/{year}/runs")


NAMINGS: dict[str, Naming] = {
    **contracts.approvals.NAMINGS,
    **evaluation.approvals.NAMINGS,
    **ballots.approvals.NAMINGS,
    runs.PUBLISH: _publish,
    invitations.INVITE_OFFICER: invitations.name_wish,
}


async def _asked(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    act = entry.act.removesuffix(".asked")
    what = await wanted(session, NAMINGS, act, entry.subject)
    officers = await people_with(session, Role.OFFICE)
    return [Telling(officers, SECOND, what.href, {"title": what.title})]


TELLERS: dict[str, Teller] = {f"{act}.asked": _asked for act in NAMINGS}
"""A first press is told to the other officers."""
