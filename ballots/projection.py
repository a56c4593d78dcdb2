"""The public board file: a projection of the database, written after commit and repaired whenever it does not fit.

The file only grows.  What a write cut short has left is written again over itself, and a reader is given whole events
only.  One process writes at a time; who finds it busy leaves the work to the next tick.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import box
from ballots.model import BoardEvent, BoxedBallot, Election, ElectionTrustee, EventKind
from ballots.protocol import board
from ballots.protocol.board import Entry, Head
from office.database import Database
from office.settings import Settings

log = logging.getLogger(__name__)
AT_ONCE = 200
"""Events read from the database and written in one go; a ballot of 30 options is about 50 KB."""
CHUNK = 256 * 1024
"""Bytes handed to a reader at once."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One event's bytes and its place in the file."""

    height: int
    starts_at: int
    raw: bytes


def board_path(settings: Settings, uuid: str) -> Path:
    """Where the public file of an election lies."""
    return settings.board_folder / f"{uuid}.bel"


def size(settings: Settings, uuid: str) -> int:
    """How many bytes of the board are in the public file."""
    path = board_path(settings, uuid)
    return path.stat().st_size if path.exists() else 0


async def whole_events(session: AsyncSession, settings: Settings, election: Election) -> int:
    """How many bytes a reader may be given: the file up to its last complete event."""
    last = await _last_event_within(session, election, size(settings, election.uuid))
    return last.ends_at_byte if last else 0


async def read(settings: Settings, uuid: str, length: int) -> AsyncIterator[bytes]:
    """The first `length` bytes of the file, however much it grows meanwhile."""
    with board_path(settings, uuid).open("rb") as file:
        while length and (chunk := await asyncio.to_thread(file.read, min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


async def bring_up_to_date(db: Database, settings: Settings, uuid: str, *, distrust: bool = False) -> int:
    """Write to the public file what the database has and the file has not; returns the number of events written.

    With `distrust` (after a start: the last write may have reached the disk in part, whatever the file's length says)
    the events of one write are written again over what is there.
    """
    path = board_path(settings, uuid)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The lock comes before the transaction: nobody's file runs ahead of what the transaction sees.
    with _alone(path) as file:
        if file is None:
            return 0
        async with db.reading() as session:
            election = await box.election_of(session, uuid)
            last = await _last_event_within(session, election, os.fstat(file.fileno()).st_size)
            if distrust and last is not None:
                last = await _event_at(session, election, last.height - AT_ONCE)
            written = 0
            while pieces := await _pieces_after(session, election, last):
                await asyncio.to_thread(_write, file, pieces)
                written += len(pieces)
                last = await _event_at(session, election, pieces[-1].height)
            _set_aside_what_follows(file, path, election.board_bytes)
            return written


async def _last_event_within(session: AsyncSession, election: Election, size: int) -> BoardEvent | None:
    query = (
        select(BoardEvent)
        .where(col(BoardEvent.election_id) == election.id, col(BoardEvent.ends_at_byte) <= size)
        .order_by(col(BoardEvent.height).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def _event_at(session: AsyncSession, election: Election, height: int) -> BoardEvent | None:
    query = select(BoardEvent).where(
        col(BoardEvent.election_id) == election.id, col(BoardEvent.height) == height
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
        pieces.append(Piece(event.height, event.ends_at_byte - len(entry.raw), entry.raw))
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


@contextmanager
def _alone(path: Path) -> Iterator[BinaryIO | None]:
    """The file, locked; None when another process (or another task of this one) is writing it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield file


def _write(file: BinaryIO, pieces: Sequence[Piece]) -> None:
    """Write events at their place, and on disk before anybody is told."""
    file.seek(pieces[0].starts_at)
    file.write(b"".join(piece.raw for piece in pieces))
    file.flush()
    os.fsync(file.fileno())


def _set_aside_what_follows(file: BinaryIO, path: Path, end: int) -> None:
    """Bytes the database knows nothing of are kept beside the board for whoever looks into it, and taken off."""
    file.seek(end)
    if unknown := file.read():
        log.error("board %s: %d bytes the database does not know were set aside", path.name, len(unknown))
        path.with_suffix(".unknown").write_bytes(unknown)
        file.truncate(end)
        os.fsync(file.fileno())
