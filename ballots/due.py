"""What falls due in the vote: closed ones are counted, ballots go on the board in batches, its file follows, and in
the end the panel's personal data are deleted."""

from collections.abc import Sequence

from sqlmodel import col, select

from ballots import box, projection, sequencer
from ballots.closing import finish
from ballots.model import Election, ElectionState
from ballots.retention import delete_what_is_due
from ballots.watch import Watch
from office.clock import Due
from office.database import Database
from office.settings import Settings


def due_work(db: Database, settings: Settings, watch: Watch | None = None) -> Sequence[Due]:
    """The department's due work for the clock; with a `watch` over what the votes are bound to."""

    async def count() -> None:
        await finish(db)

    seen: set[str] = set()

    async def publish() -> None:
        await publish_all(db, settings, seen)

    async def forget() -> None:
        await delete_what_is_due(db)

    async def look() -> None:
        if watch is not None:
            await watch.patrol(db)

    return (count, publish, forget, look)


async def publish_all(db: Database, settings: Settings, seen: set[str]) -> None:
    """Sequence what waits in every open election, then bring every board file up to date.

    The end of a file that this process has not `seen` is written once more: a power cut may have spoilt it.
    """
    begun = select(Election.uuid, Election.state).where(col(Election.board_bytes) > 0)
    async with db.reading() as session:
        elections = list(await session.exec(begun))
    for uuid, state in elections:
        if state is ElectionState.OPEN:
            while await sequence(db, uuid):
                pass
        await project(db, settings, uuid, distrust=uuid not in seen)
        seen.add(uuid)


async def sequence(db: Database, uuid: str) -> int:
    """Put the next batch of an open vote on the board, if enough voters' ballots wait; returns how many it held."""
    async with db.reading() as session:
        if not await box.batch_waits(session, uuid):
            return 0
    async with db.writing() as session:
        election = await box.election_of(session, uuid)
        await sequencer.lock(session, election)
        if election.state is not ElectionState.OPEN:
            return 0
        return await sequencer.publish_waiting(session, election)


async def project(db: Database, settings: Settings, uuid: str, *, distrust: bool = False) -> None:
    """Bring one board file up to date; costs one small query when it already is."""
    async with db.reading() as session:
        length = (await session.exec(select(Election.board_bytes).where(col(Election.uuid) == uuid))).one()
    if distrust or projection.size(settings, uuid) != length:
        await projection.bring_up_to_date(db, settings, uuid, distrust=distrust)
