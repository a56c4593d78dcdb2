"""The ballot box: looking up an open election, who a credential belongs to, and what has been accepted."""

import hashlib

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import BoxedBallot, Election, ElectionState, RollEntry
from office.errors import Conflict, NotFound
from office.i18n import N_


async def election_of(session: AsyncSession, uuid: str) -> Election:
    """The election with this identifier."""
    election = (await session.exec(select(Election).where(col(Election.uuid) == uuid))).first()
    if election is None:
        raise NotFound(N_("이 주소의 투표가 없습니다. 받은 링크를 다시 확인해 주십시오"))
    return election


def require_open(election: Election) -> None:
    """Refuse anything that needs an open vote when it is not."""
    if election.state in (ElectionState.SETUP, ElectionState.ISSUED):
        raise Conflict(N_("아직 투표가 시작되지 않았습니다. 시작되면 같은 링크로 투표하실 수 있습니다"))
    if election.state is not ElectionState.OPEN:
        raise Conflict(N_("투표가 마감되었습니다. 이 투표지는 접수되지 않았습니다"))


async def voter_with(
    session: AsyncSession, election: Election, credential: str, *, lock: bool = False
) -> RollEntry | None:
    """The roll entry a public credential belongs to, unless it is unknown or voided.

    With `lock`, one voter's ballots are stored one after the other, and so keep their order on the board.
    """
    query = select(RollEntry).where(
        col(RollEntry.election_id) == election.id,
        col(RollEntry.credential_sha256) == hashlib.sha256(credential.encode()).hexdigest(),
        col(RollEntry.voided_at).is_(None),
    )
    if lock:
        query = query.with_for_update()
    return (await session.exec(query)).first()


async def boxed(session: AsyncSession, election: Election, digest: str) -> BoxedBallot | None:
    """The accepted ballot with this tracker."""
    query = select(BoxedBallot).where(
        col(BoxedBallot.election_id) == election.id, col(BoxedBallot.digest) == digest
    )
    return (await session.exec(query)).first()


async def boxed_like(session: AsyncSession, election: Election, beginning: str) -> BoxedBallot | None:
    """The accepted ballot whose tracker begins like this, if it is exactly one."""
    query = select(BoxedBallot).where(
        col(BoxedBallot.election_id) == election.id,
        # Not LIKE, which is blind to capitals on SQLite.
        func.substr(col(BoxedBallot.digest), 1, len(beginning)) == beginning,
    )
    found = list(await session.exec(query.limit(2)))
    return found[0] if len(found) == 1 else None


async def on_board(session: AsyncSession, election: Election) -> int:
    """How many ballots stand on the board."""
    query = select(func.count(col(BoxedBallot.id))).where(
        col(BoxedBallot.election_id) == election.id, col(BoxedBallot.height).is_not(None)
    )
    return (await session.exec(query)).one()


async def trackers(
    session: AsyncSession, election: Election, *, offset: int, limit: int
) -> list[tuple[int, str]]:
    """(height, tracker) of ballots on the board, in its order; height 0 is the setup, so the first ballot has 1."""
    query = (
        select(BoxedBallot.height, BoxedBallot.digest)
        .where(col(BoxedBallot.election_id) == election.id, col(BoxedBallot.height).is_not(None))
        .order_by(col(BoxedBallot.height))
        .offset(offset)
        .limit(limit)
    )
    return [(height or 0, digest) for height, digest in await session.exec(query)]


async def anything_waiting(session: AsyncSession, uuid: str) -> bool:
    """Whether an accepted ballot is not on the board yet."""
    query = (
        select(BoxedBallot.id)
        .join(Election, col(Election.id) == col(BoxedBallot.election_id))
        .where(col(Election.uuid) == uuid, col(BoxedBallot.height).is_(None))
        .limit(1)
    )
    return (await session.exec(query)).first() is not None


async def turnout(session: AsyncSession, election: Election) -> tuple[int, int]:
    """(people who have voted, people who may vote)."""
    voted = select(func.count(func.distinct(BoxedBallot.roll_entry_id))).where(
        col(BoxedBallot.election_id) == election.id
    )
    listed = select(func.count(col(RollEntry.id))).where(
        col(RollEntry.election_id) == election.id, col(RollEntry.voided_at).is_(None)
    )
    return (await session.exec(voted)).one(), (await session.exec(listed)).one()


async def replaced(session: AsyncSession, ballot: BoxedBallot) -> bool:
    """Whether the same voter has cast a later ballot, so that this one does not count."""
    query = select(BoxedBallot.id).where(
        col(BoxedBallot.roll_entry_id) == ballot.roll_entry_id, col(BoxedBallot.id) > ballot.id
    )
    return (await session.exec(query.limit(1))).first() is not None
