"""What two officers agree on about a vote, in words."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import closing, issuing, opening, roll
from ballots.model import Election
from office.approval import Naming, Wanted
from office.i18n import N_, translate


def _named(said: str) -> Naming:
    async def naming(session: AsyncSession, subject: str) -> Wanted:
        uuid, _, number = subject.partition(":")
        title = (await session.exec(select(Election.title).where(col(Election.uuid) == uuid))).one()
        return Wanted(translate(said, title=title, number=number), f"/office/elections/{uuid}")

    return naming


NAMINGS: dict[str, Naming] = {
    issuing.ACT: _named(N_("{title}: 투표 링크 보내기")),
    opening.ACT: _named(N_("{title}: 투표 열기")),
    closing.ACT: _named(N_("{title}: 투표 마감")),
    roll.RELEASE: _named(N_("{title}: 잠긴 선거인을 푼 것 확인(명부 {number}번)")),
}
