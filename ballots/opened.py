"""Ballots that their voters opened to check them: known by their tracker alone, and never cast.

What was chosen, and the seed, stay between the voter's two devices.  The same lock as in casting decides which comes
first: a ballot is either opened or cast.
"""

import hashlib

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import box, casting, sequencer
from ballots.model import Election, OpenedBallot
from ballots.protocol.ballot import tracker
from office import codes
from office.database import insert_or_keep
from office.errors import Conflict
from office.i18n import N_

MOST_OPENED = 20
"""Ballots one credential may open."""


async def record(session: AsyncSession, election: Election, raw: bytes) -> str:
    """Note that a ballot was opened, and so can never be cast; returns its tracker.

    Form and signature are checked as for casting.  A credential that is on no roll gets the same answers, and its note
    does no harm.  The last code of the day is kept for voting: with it no ballot is opened.
    """
    box.require_open(election)
    ballot = casting.read(election, raw)
    digest = tracker(raw)
    assert election.id is not None  # noqa: S101 - a stored row
    await sequencer.held_open(session, election.id)
    entry = await box.voter_with(session, election, ballot.credential, lock=True)
    if await box.opened(session, election, digest):
        return digest
    if await box.boxed(session, election, digest) is not None:
        raise Conflict(N_("이미 투표한 투표지는 열 수 없습니다"))
    credential = hashlib.sha256(ballot.credential.encode()).hexdigest()
    if await _opened_with(session, election, credential) >= MOST_OPENED:
        raise Conflict(
            N_("투표지를 열어 확인하는 것은 {most}번까지입니다. 이 투표지로 투표해 주십시오"),
            most=MOST_OPENED,
        )
    if await codes.left_today(session, casting.subject_for(election, entry, ballot.credential)) < 1:
        raise Conflict(
            N_(
                "오늘 받을 수 있는 마지막 인증번호입니다. 이 투표지를 열면 오늘은 투표하실 수 없으므로 열지 않았습니다. "
                "지금 투표하시거나, 내일 다시 확인해 주십시오"
            )
        )
    note = {"election_id": election.id, "digest": digest, "credential_sha256": credential}
    await insert_or_keep(session, OpenedBallot, **note)
    return digest


async def _opened_with(session: AsyncSession, election: Election, credential: str) -> int:
    query = select(func.count(col(OpenedBallot.id))).where(
        col(OpenedBallot.election_id) == election.id, col(OpenedBallot.credential_sha256) == credential
    )
    return (await session.exec(query)).one()
