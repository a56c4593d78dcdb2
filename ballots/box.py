"""The ballot box: looking up an open election, who a credential belongs to, and what has been accepted."""

import hashlib
from dataclasses import dataclass

from sqlmodel import case, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import BoxedBallot, Election, ElectionState, OpenedBallot, RollEntry
from ballots.protocol.batches import BATCH
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


async def opened(session: AsyncSession, election: Election, digest: str) -> bool:
    """Whether a voter has opened this ballot to check it, so that it can never be cast."""
    query = select(OpenedBallot.id).where(
        col(OpenedBallot.election_id) == election.id, col(OpenedBallot.digest) == digest
    )
    return (await session.exec(query.limit(1))).first() is not None


async def boxed_like(session: AsyncSession, election: Election, beginning: str) -> BoxedBallot | None:
    """The accepted ballot whose tracker begins like this, if it is exactly one."""
    query = select(BoxedBallot).where(
        col(BoxedBallot.election_id) == election.id,
        # Not LIKE, which is blind to capitals on SQLite.
        func.substr(col(BoxedBallot.digest), 1, len(beginning)) == beginning,
    )
    found = list(await session.exec(query.limit(2)))
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Stock:
    """How many ballots have been accepted, how many of them stand on the board, and of how many voters those are."""

    accepted: int
    on_board: int
    voters: int

    @property
    def waiting(self) -> int:
        """Ballots that wait for their batch."""
        return self.accepted - self.on_board


async def stock(session: AsyncSession, election: Election) -> Stock:
    """The count for the public: of ballots that wait it tells their number alone, not whether one replaces another."""
    on_board = col(BoxedBallot.height).is_not(None)
    query = select(
        func.count(col(BoxedBallot.id)),
        func.count(col(BoxedBallot.height)),
        func.count(func.distinct(case((on_board, col(BoxedBallot.roll_entry_id))))),
    ).where(col(BoxedBallot.election_id) == election.id)
    return Stock(*(await session.exec(query)).one())


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


async def batch_waits(session: AsyncSession, uuid: str) -> bool:
    """Whether ballots of enough voters wait for the board to make a batch."""
    query = (
        select(func.count(func.distinct(BoxedBallot.roll_entry_id)))
        .join(Election, col(Election.id) == col(BoxedBallot.election_id))
        .where(col(Election.uuid) == uuid, col(BoxedBallot.height).is_(None))
    )
    return (await session.exec(query)).one() >= BATCH


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
    """Whether a later ballot of the same voter stands on the board, so that this one does not count.

    One that still waits for its batch is not told of: it would say when this voter voted again.
    """
    if ballot.height is None:
        return False
    query = select(BoxedBallot.id).where(
        col(BoxedBallot.roll_entry_id) == ballot.roll_entry_id, col(BoxedBallot.height) > ballot.height
    )
    return (await session.exec(query.limit(1))).first() is not None
