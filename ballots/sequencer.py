"""The one writer of the board: events are added one after the other, under a lock on the election's row.

Casting holds the same row shared (`held_open`), so that the close and every batch see all ballots acknowledged before
them, and no ballot slips in behind the close.
"""

import random
from collections.abc import Callable
from functools import partial

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import BoardEvent, BoxedBallot, Election, ElectionState, EventKind
from ballots.protocol.batches import next_batch
from ballots.protocol.board import Entry, Head, add_ballot
from office.errors import Conflict
from office.i18n import N_

AT_ONCE = 100
"""Ballots held in memory at a time; one of 30 options is about 50 KB."""
_HEAD = ["state", "board_timestamp", "board_parent", "board_height", "board_bytes"]


def head_of(election: Election) -> Head:
    """Where the board of an election stands."""
    return Head(election.board_timestamp, election.board_parent, election.board_height)


async def lock(session: AsyncSession, election: Election) -> None:
    """Become the board's only writer until the transaction ends; the head is read afresh."""
    await session.refresh(election, _HEAD, with_for_update=True)


async def held_open(session: AsyncSession, election_id: int) -> None:
    """Make sure the vote is open and cannot be closed before this transaction ends; for the casting of a ballot."""
    query = select(Election.state).where(col(Election.id) == election_id).with_for_update(read=True)
    state = (await session.exec(query)).one()
    if state is not ElectionState.OPEN:
        raise Conflict(N_("투표 기간이 아닙니다"))


async def append(
    session: AsyncSession,
    election: Election,
    kind: EventKind,
    entry: Callable[[Head], Entry],
    *,
    ballot_id: int | None = None,
    owner: int | None = None,
) -> None:
    """Add one event to the board; the public file follows once the transaction is committed."""
    await lock(session, election)
    _place(session, election, kind, entry, ballot_id=ballot_id, owner=owner)
    if ballot_id is not None:
        ballot = await session.get_one(BoxedBallot, ballot_id)
        ballot.height = election.board_height - 1
    await session.flush()


async def publish_waiting(
    session: AsyncSession,
    election: Election,
    *,
    everything: bool = False,
    rng: random.Random | None = None,
) -> int:
    """Put one batch of the ballots that wait in the box on the board, in an order drawn for it; returns how many.

    Ballots of too few voters go on waiting, until the close asks for `everything`.
    """
    await lock(session, election)
    query = select(BoxedBallot.roll_entry_id, BoxedBallot.id).where(
        col(BoxedBallot.election_id) == election.id, col(BoxedBallot.height).is_(None)
    )
    # One voter's ballots are stored one after the other, so their ids are in the order of their acceptance.
    waiting = list(await session.exec(query.order_by(col(BoxedBallot.id))))
    batch = next_batch(waiting, everything=everything, rng=rng)
    for start in range(0, len(batch), AT_ONCE):
        chosen = batch[start : start + AT_ONCE]
        found = await session.exec(select(BoxedBallot).where(col(BoxedBallot.id).in_(chosen)))
        ballots = {ballot.id: ballot for ballot in found}
        for ballot_id in chosen:
            ballot = ballots[ballot_id]
            ballot.height = election.board_height
            entry = partial(add_ballot, ballot=ballot.body.encode())
            _place(session, election, EventKind.BALLOT, entry, ballot_id=ballot_id)
        await session.flush()
        for ballot in ballots.values():
            session.expunge(ballot)
    return len(batch)


def _place(
    session: AsyncSession,
    election: Election,
    kind: EventKind,
    entry: Callable[[Head], Entry],
    *,
    ballot_id: int | None = None,
    owner: int | None = None,
) -> None:
    assert election.id is not None  # noqa: S101 - a stored election
    written = entry(head_of(election))
    event = BoardEvent(
        election_id=election.id,
        height=election.board_height,
        kind=kind,
        ballot_id=ballot_id,
        owner=owner,
        digest=written.head.parent,
        ends_at_byte=election.board_bytes + len(written.raw),
    )
    session.add(event)
    election.board_timestamp = written.head.timestamp
    election.board_parent = written.head.parent
    election.board_height = written.head.height
    election.board_bytes = event.ends_at_byte
