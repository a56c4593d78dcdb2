"""The public file says what the database says, whatever happened to it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from sqlmodel import col, select

from ballots import box, projection
from ballots.due import due_work, project, publish_all, sequence
from ballots.model import BoardEvent, Election
from ballots.protocol.batches import BATCH
from ballots.protocol.board import read_board
from ballots.protocol.verifier import verify
from office.database import Database
from office.settings import Settings
from tests.ballots.boards import reference_accepts
from tests.ballots.polls import Poll, close, open_poll, open_totals, publish, put


@pytest.fixture
async def poll(db: Database) -> Poll:
    return await open_poll(db, voters=BATCH)


async def count_and_open(db: Database, poll: Poll) -> None:
    """Close, add up, let both trustees answer, announce: every kind of event."""
    await close(db, poll)
    await open_totals(db, poll)


def file_of(settings: Settings, poll: Poll) -> Path:
    return projection.board_path(settings, poll.uuid)


async def events(db: Database, poll: Poll) -> list[BoardEvent]:
    async with db.reading() as session:
        query = select(BoardEvent).where(col(BoardEvent.election_id) == poll.id)
        return list(await session.exec(query.order_by(col(BoardEvent.height))))


async def test_the_file_is_what_the_database_says(db: Database, settings: Settings, poll: Poll) -> None:
    await put(db, poll, 0, 1)
    await put(db, poll, 1, 0, 2)
    await put(db, poll, 0, blank=True)
    await publish(db, poll)
    await publish_all(db, settings, set())
    await count_and_open(db, poll)
    await project(db, settings, poll.uuid)
    raw = file_of(settings, poll).read_bytes()
    read = read_board(raw)
    stored = await events(db, poll)
    assert [event.kind.value for event in stored] == [
        "Setup", *["Ballot"] * 3, "EndBallots", "EncryptedTally", *["PartialDecryption"] * 2, "Result"
    ]  # fmt: skip
    async with db.reading() as session:
        election = await box.election_of(session, poll.uuid)
    assert len(raw) == election.board_bytes == stored[-1].ends_at_byte
    assert (read.head.parent, read.head.height) == (election.board_parent, election.board_height)
    verdict = verify(raw, jobs=1)
    assert verdict.ok, verdict.problems
    assert verdict.ballots == 3
    assert not verdict.pending


async def test_an_independent_program_accepts_the_file(
    db: Database, settings: Settings, poll: Poll, tmp_path: Path
) -> None:
    await put(db, poll, 0, 1)
    await put(db, poll, 2, blank=True)
    await count_and_open(db, poll)
    await project(db, settings, poll.uuid)
    assert reference_accepts(tmp_path / "board", file_of(settings, poll).read_bytes())


async def test_every_event_ends_where_its_row_says(db: Database, settings: Settings, poll: Poll) -> None:
    await put(db, poll, 0, 1)
    await publish(db, poll)
    await project(db, settings, poll.uuid)
    raw = file_of(settings, poll).read_bytes()
    for event in await events(db, poll):
        assert read_board(raw[: event.ends_at_byte]).head.height == event.height + 1


async def test_the_file_only_grows_and_a_second_round_writes_nothing(
    db: Database, settings: Settings, poll: Poll
) -> None:
    before = b""
    for voter in range(3):
        await put(db, poll, voter, voter)
        await publish(db, poll)
        await publish_all(db, settings, {poll.uuid})
        after = file_of(settings, poll).read_bytes()
        assert after.startswith(before)
        assert len(after) > len(before)
        before = after
    assert await projection.bring_up_to_date(db, settings, poll.uuid) == 0


@pytest.mark.parametrize("torn", [1, 100, 5_000, 40_000])
async def test_a_torn_tail_is_repaired(db: Database, settings: Settings, poll: Poll, torn: int) -> None:
    await put(db, poll, 0, 1)
    await put(db, poll, 1, 1)
    await publish(db, poll)
    await publish_all(db, settings, set())
    file = file_of(settings, poll)
    whole = file.read_bytes()
    file.write_bytes(whole[:-torn])
    async with db.reading() as session:
        election = await session.get_one(Election, poll.id)
        readable = await projection.whole_events(session, settings, election)
    assert readable in {0, *(event.ends_at_byte for event in await events(db, poll))}
    await publish_all(db, settings, {poll.uuid})
    assert file.read_bytes() == whole


async def test_after_a_start_a_spoilt_tail_of_the_right_length_is_repaired(
    db: Database, settings: Settings, poll: Poll
) -> None:
    await put(db, poll, 0, 1)
    await publish(db, poll)
    await publish_all(db, settings, set())
    file = file_of(settings, poll)
    whole = file.read_bytes()
    file.write_bytes(whole[:-3_000] + b"\0" * 3_000)
    _, publish_due, *_ = due_work(db, settings)
    await publish_due()
    assert file.read_bytes() == whole


async def test_bytes_the_database_does_not_know_are_set_aside(
    db: Database, settings: Settings, poll: Poll
) -> None:
    await publish_all(db, settings, set())
    file = file_of(settings, poll)
    whole = file.read_bytes()
    file.write_bytes(whole + b"a stranger's event")
    await publish_all(db, settings, {poll.uuid})
    assert file.read_bytes() == whole
    assert file.with_suffix(".unknown").read_bytes() == b"a stranger's event"


async def test_rebuilt_from_nothing_the_file_is_the_same_to_the_byte(
    db: Database, settings: Settings, poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    for voter in (0, 1, 2, 0):
        await put(db, poll, voter, voter)
        await publish(db, poll)
        await publish_all(db, settings, {poll.uuid})
    await count_and_open(db, poll)
    await project(db, settings, poll.uuid)
    grown = file_of(settings, poll).read_bytes()
    for at_once in (200, 1, 3):
        monkeypatch.setattr(projection, "AT_ONCE", at_once)
        file_of(settings, poll).unlink()
        await project(db, settings, poll.uuid)
        assert file_of(settings, poll).read_bytes() == grown


async def test_what_was_committed_but_not_written_is_written_at_the_next_start(
    db: Database, settings: Settings, poll: Poll
) -> None:
    await publish_all(db, settings, set())
    before = file_of(settings, poll).read_bytes()
    ballots = [await put(db, poll, voter, 1) for voter in range(BATCH)]
    assert await sequence(db, poll.uuid) == BATCH  # and here the process is killed, before it projects
    assert file_of(settings, poll).read_bytes() == before
    _, publish_due, *_ = due_work(db, settings)
    await publish_due()
    after = file_of(settings, poll).read_bytes()
    assert after.startswith(before)
    assert all(raw in after for raw in ballots)


async def test_a_ballot_committed_but_not_sequenced_gets_its_place_at_the_next_start(
    db: Database, settings: Settings, poll: Poll
) -> None:
    ballots = [await put(db, poll, voter, 1) for voter in range(BATCH)]
    _, publish_due, *_ = due_work(db, settings)
    await publish_due()
    board = file_of(settings, poll).read_bytes()
    assert all(raw in board for raw in ballots)


async def test_nobody_waits_for_a_file_that_somebody_else_is_writing(
    db: Database, settings: Settings, poll: Poll
) -> None:
    await publish_all(db, settings, set())
    await put(db, poll, 0, 1)
    await publish(db, poll)
    with projection._alone(file_of(settings, poll)) as file:
        assert file is not None
        assert await projection.bring_up_to_date(db, settings, poll.uuid) == 0
    assert await projection.bring_up_to_date(db, settings, poll.uuid) == 1


def _write_for_ever(path: str, tail: bytes) -> None:
    with Path(path).open("r+b", buffering=0) as file:
        while True:
            file.seek(-len(tail), os.SEEK_END)
            for byte in tail:
                file.write(bytes([byte]))


async def test_a_process_killed_while_it_writes_leaves_a_file_that_is_repaired(
    db: Database, settings: Settings, poll: Poll
) -> None:
    await put(db, poll, 0, 1)
    await publish(db, poll)
    await publish_all(db, settings, set())
    file = file_of(settings, poll)
    whole = file.read_bytes()
    event = (await events(db, poll))[-1]
    tail = whole[event.ends_at_byte - 20_000 :]
    file.write_bytes(whole[:-20_000] + b"\0" * 20_000)
    writer = multiprocessing.get_context("spawn").Process(target=_write_for_ever, args=(str(file), tail))
    writer.start()
    while file.read_bytes() == whole[:-20_000] + b"\0" * 20_000:
        pass
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    await publish_all(db, settings, set())
    assert file.read_bytes() == whole
