"""What is acknowledged is kept: a real server is killed at the worst moments, started again, and asked once more."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import uvicorn
from sqlmodel import col, select

import app as house
from ballots import casting, due
from ballots.model import BoxedBallot, Election
from ballots.protocol.ballot import tracker
from ballots.protocol.batches import BATCH
from ballots.protocol.verifier import verify
from office.codes import Challenge
from office.database import Database
from office.outbox import Message
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests.ballots.polls import Poll, open_poll, put

pytestmark = pytest.mark.slow
PATIENCE = 60.0
"""Seconds for a server to start, or to die, on a busy machine."""


def _die() -> None:
    """At once and with everything: its checking processes are of the same group."""
    os.killpg(os.getpgid(0), signal.SIGKILL)


def _before_the_commit(app: Any) -> None:
    """Dies when the transaction that stores a ballot is about to be committed."""
    engine = app.state.db.binding.sync_engine
    storing: set[int] = set()

    def see(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO boxed_ballot"):
            storing.add(id(connection))

    def commit(connection: Any) -> None:
        if id(connection) in storing:
            _die()

    sa.event.listen(engine, "before_cursor_execute", see)
    sa.event.listen(engine, "commit", commit)


def _before_the_answer(_app: Any) -> None:
    """Dies when the ballot is committed and its acknowledgement not yet on its way."""
    cast = casting.cast

    async def cast_and_die(*args: Any, **named: Any) -> Any:
        await cast(*args, **named)
        _die()

    casting.cast = cast_and_die


def _before_the_file(_app: Any) -> None:
    """Dies when a batch is committed and nothing of it written to the public file."""
    sequence = due.sequence

    async def sequence_and_die(db: Database, uuid: str) -> int:
        placed = await sequence(db, uuid)
        if placed:
            _die()
        return placed

    due.sequence = sequence_and_die


def _never(_app: Any) -> None:
    """Lives on."""


def _serve(settings: dict[str, Any], listening: socket.socket, moment: Any) -> None:
    os.setsid()
    app = house.create_app(Settings(**settings))
    moment(app)
    config = uvicorn.Config(app, lifespan="on", log_level="critical")
    uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def server(settings: Settings, moment: Any = _never) -> Iterator[tuple[str, Any]]:
    """A server in a process of its own that dies at the moment; its address and the process."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = f"localhost:{listening.getsockname()[1]}"
        about = settings.model_copy(
            update={"base_url": f"http://{host}", "allowed_hosts": [host], "check_workers": 1}
        )
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=_serve, args=(about.model_dump(), listening, moment))
        process.start()
        try:
            yield f"http://{host}", process
        finally:
            if process.is_alive() and process.pid is not None:
                os.killpg(process.pid, signal.SIGKILL)
            process.join(PATIENCE)


@asynccontextmanager
async def somebody(address: str) -> AsyncIterator[Visitor]:
    """A visitor of a server, once it answers."""
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as http:
        visitor = Visitor(http)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                await visitor.get("/sign-in")
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline, "the server did not start"
                await asyncio.sleep(0.1)
        yield visitor


async def stored(db: Database) -> list[BoxedBallot]:
    async with db.reading() as session:
        return list(await session.exec(select(BoxedBallot).order_by(col(BoxedBallot.id))))


async def told(db: Database) -> int:
    async with db.reading() as session:
        query = select(Message).where(col(Message.purpose) == casting.RECORDED_LETTER)
        return len(list(await session.exec(query)))


async def cast_and_lose_the_answer(
    settings: Settings, poll: Poll, raw: bytes, moment: Any
) -> tuple[dict[str, Any], str]:
    """Ask for a code, hand it in with the ballot, and hear nothing any more; the challenge and its code."""
    with server(settings, moment) as (address, process):
        async with somebody(address) as visitor:
            asked = await poll.ask(visitor, raw)
            code = (await poll.codes(visitor, 0))[0]
            with pytest.raises(httpx.TransportError):
                await poll.give(visitor, asked["challenge"], code, raw)
        process.join(PATIENCE)
        assert process.exitcode == -signal.SIGKILL
    return asked, code


async def test_killed_before_the_commit_nothing_is_kept_and_the_code_is_good_for_the_next_try(
    own_db: tuple[Database, Settings],
) -> None:
    db, settings = own_db
    poll = await open_poll(db)
    raw = poll.ballot(0, 1)
    asked, code = await cast_and_lose_the_answer(settings, poll, raw, _before_the_commit)
    assert await stored(db) == []
    assert await told(db) == 0
    async with db.reading() as session:
        assert (await session.get_one(Challenge, asked["challenge"])).consumed_at is None
    with server(settings) as (address, _):
        async with somebody(address) as visitor:
            answer = await poll.give(visitor, asked["challenge"], code, raw)
    assert answer.json()["tracker"] == tracker(raw)
    assert [ballot.body.encode() for ballot in await stored(db)] == [raw]
    assert await told(db) == 1


async def test_killed_between_commit_and_answer_the_ballot_is_there_and_the_same_request_is_acknowledged(
    own_db: tuple[Database, Settings],
) -> None:
    db, settings = own_db
    poll = await open_poll(db)
    raw = poll.ballot(0, 1)
    asked, code = await cast_and_lose_the_answer(settings, poll, raw, _before_the_answer)
    assert [ballot.body.encode() for ballot in await stored(db)] == [raw]
    with server(settings) as (address, _):
        async with somebody(address) as visitor:
            answers = [await poll.give(visitor, asked["challenge"], code, raw) for _ in range(2)]
    assert [answer.json()["tracker"] for answer in answers] == [tracker(raw)] * 2
    assert len(await stored(db)) == 1
    assert await told(db) == 1


async def test_killed_between_a_batch_and_its_file_every_ballot_is_in_the_file_after_the_next_start(
    own_db: tuple[Database, Settings],
) -> None:
    db, settings = own_db
    poll = await open_poll(db, voters=BATCH)
    with server(settings, _before_the_file) as (address, process):
        async with somebody(address) as visitor:
            ballots = {await put(db, poll, voter, voter) for voter in range(BATCH)}
            process.join(PATIENCE)
            assert process.exitcode == -signal.SIGKILL
    assert sorted(ballot.height or 0 for ballot in await stored(db)) == [1, 2, 3, 4, 5]
    with server(settings) as (address, _):
        async with somebody(address) as visitor:
            path = f"/board/{poll.uuid}/{poll.uuid}.bel"
            deadline = time.monotonic() + PATIENCE
            while True:
                answer = await visitor.http.get(path)
                async with db.reading() as session:
                    whole = (await session.get_one(Election, poll.id)).board_bytes
                if len(answer.content) == whole:
                    break
                assert time.monotonic() < deadline, "the file did not follow the database"
                await asyncio.sleep(0.2)
    verdict = verify(answer.content, jobs=1)
    assert verdict.ok, verdict.problems
    assert set(verdict.trackers) == {tracker(raw) for raw in ballots}
