"""The public board file: a projection of the database, appended after commit and repaired whenever it does not fit.

The file is only ever extended by whole events.  Whatever stands behind the last complete event (a write cut short) is
cut off and written again.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import board
from ballots.board import Entry, Head
from ballots.model import BoardEvent, BoxedBallot, Election, ElectionTrustee, EventKind
from office.settings import Settings

AT_ONCE = 200
"""Events read from the database in one go; a ballot of 30 options is about 50 KB."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One event's bytes, and where the file ends with it."""

    raw: bytes
    ends_at: int


def board_path(settings: Settings, uuid: str) -> Path:
    """Where the public file of an election lies."""
    return settings.board_folder / f"{uuid}.bel"


def size(settings: Settings, uuid: str) -> int:
    """How many bytes of the board are in the public file."""
    path = board_path(settings, uuid)
    return path.stat().st_size if path.exists() else 0


async def bring_up_to_date(session: AsyncSession, settings: Settings, election: Election) -> int:
    """Append to the public file what the database has and the file has not; returns the number of events added."""
    path = board_path(settings, election.uuid)
    path.parent.mkdir(parents=True, exist_ok=True)
    added = 0
    while True:
        present = size(settings, election.uuid)
        if present == election.board_bytes:
            return added
        last = await _last_event_within(session, election, present)
        pieces = await _pieces_after(session, election, last)
        if not pieces:
            return added
        _append(path, last.ends_at_byte if last else 0, pieces)
        added += len(pieces)


async def _last_event_within(session: AsyncSession, election: Election, size: int) -> BoardEvent | None:
    query = (
        select(BoardEvent)
        .where(col(BoardEvent.election_id) == election.id, col(BoardEvent.ends_at_byte) <= size)
        .order_by(col(BoardEvent.height).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def _pieces_after(session: AsyncSession, election: Election, last: BoardEvent | None) -> list[Piece]:
    height = last.height + 1 if last else 0
    query = (
        select(BoardEvent, BoxedBallot)
        .outerjoin(BoxedBallot, col(BoxedBallot.id) == col(BoardEvent.ballot_id))
        .where(col(BoardEvent.election_id) == election.id, col(BoardEvent.height) >= height)
        .order_by(col(BoardEvent.height))
        .limit(AT_ONCE)
    )
    shares = {
        trustee.owner: trustee.share_record or ""
        for trustee in await session.exec(
            select(ElectionTrustee).where(col(ElectionTrustee.election_id) == election.id)
        )
    }
    head = Head(election.board_timestamp, last.digest if last else "", height)
    pieces: list[Piece] = []
    for event, ballot in await session.exec(query):
        entry = _entry(election, head, event, ballot, shares)
        pieces.append(Piece(entry.raw, event.ends_at_byte))
        head = entry.head
    return pieces


def _entry(
    election: Election, head: Head, event: BoardEvent, ballot: BoxedBallot | None, shares: dict[int, str]
) -> Entry:
    """The event once more, from the records it was made of."""
    match event.kind:
        case EventKind.SETUP:
            return board.open_board(
                election.board_timestamp,
                _bytes(election.election_record),
                _bytes(election.trustees_record),
                _bytes(election.credentials_record),
            )
        case EventKind.BALLOT:
            return board.add_ballot(head, _bytes(ballot.body if ballot else None))
        case EventKind.END_BALLOTS:
            return board.end_ballots(head)
        case EventKind.ENCRYPTED_TALLY:
            return board.add_encrypted_tally(
                head, _bytes(election.tally_record), _bytes(election.sized_record)
            )
        case EventKind.PARTIAL_DECRYPTION:
            owner = event.owner or 0
            return board.add_partial_decryption(head, owner, _bytes(shares.get(owner)))
        case EventKind.RESULT:
            return board.add_result(head, _bytes(election.result_record))


def _bytes(text: str | None) -> bytes:
    return (text or "").encode()


def _append(path: Path, start: int, pieces: Sequence[Piece]) -> None:
    """Write events behind `start`, whole or to be cut off again, and on disk before anybody is told."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(start)
        file.seek(start)
        file.write(b"".join(piece.raw for piece in pieces))
        file.flush()
        os.fsync(file.fileno())
