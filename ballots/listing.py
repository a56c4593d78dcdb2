"""The ballots of a board in short forms for programs: their trackers alone, or with the hash of each public credential.

Both follow the board's height: they are made once for every head, and whoever has them is told so.
"""

from __future__ import annotations

import enum
import json
from collections import OrderedDict
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import BoxedBallot, Election, ElectionState, RollEntry
from office.errors import NotFound

KEPT = 16
"""Listings kept in memory; one of 4,000 ballots has about half a megabyte."""
PRIVATE = (ElectionState.SETUP, ElectionState.ISSUED)
"""A board is public from the opening of its vote on."""


class Form(enum.StrEnum):
    """What a listing says, by the name of its file."""

    TRACKERS = "trackers.txt"
    BALLOTS = "ballots.json"


@dataclass(frozen=True, slots=True)
class Listed:
    """Where a board stands: `head` is the hash of its last event, `height` that of the next one."""

    election_id: int
    head: str
    height: int


_made: OrderedDict[tuple[str, Form], bytes] = OrderedDict()


async def standing(session: AsyncSession, uuid: str) -> Listed:
    """The head of a public board, without the election's long records; `NotFound` if there is none."""
    query = select(Election.id, Election.board_parent, Election.board_height).where(
        col(Election.uuid) == uuid, col(Election.state).not_in(PRIVATE)
    )
    found = (await session.exec(query)).first()
    if found is None or found[0] is None:
        raise NotFound
    return Listed(found[0], found[1], found[2])


async def listing(session: AsyncSession, board: Listed, form: Form) -> bytes:
    """The ballots up to this head, in the order of the board."""
    # The head's hash covers all that is listed, so it alone names the answer.
    key = (board.head, form)
    if key in _made:
        _made.move_to_end(key)
        return _made[key]
    made = await (_trackers(session, board) if form is Form.TRACKERS else _ballots(session, board))
    _made[key] = made
    while len(_made) > KEPT:
        _made.popitem(last=False)
    return made


async def _trackers(session: AsyncSession, board: Listed) -> bytes:
    query = (
        select(BoxedBallot.digest)
        .where(col(BoxedBallot.election_id) == board.election_id, col(BoxedBallot.height) < board.height)
        .order_by(col(BoxedBallot.height))
    )
    return "".join(f"{digest}\n" for digest in await session.exec(query)).encode()


async def _ballots(session: AsyncSession, board: Listed) -> bytes:
    query = (
        select(BoxedBallot.height, BoxedBallot.digest, RollEntry.credential_sha256)
        .join(RollEntry, col(RollEntry.id) == col(BoxedBallot.roll_entry_id))
        .where(col(BoxedBallot.election_id) == board.election_id, col(BoxedBallot.height) < board.height)
        .order_by(col(BoxedBallot.height))
    )
    ballots = [list(row) for row in await session.exec(query)]
    content = {"head": board.head, "height": board.height, "ballots": ballots}
    return json.dumps(content, separators=(",", ":")).encode()
