"""Claims about what is on disk and in the log: durability, deletion, errors that quote nothing."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import select

from ballots import box, casting, retention
from ballots.checking import Checker
from ballots.model import BoxedBallot
from ballots.protocol.ballot import tracker
from ballots.retention import KEPT_AFTER_CLOSE
from office import codes, database, faults
from office.carriers import Letter
from office.clock import now
from office.database import open_engine
from office.outbox import Outbox
from tests.ballots.claims.claim import Claim, Place, must, nothing, put, rewrite
from tests.ballots.polls import open_poll
from tests.ballots.test_retention import a_vote_with_traces, found_in, on_disk, rows

PHONE = "010-5555-0123"


async def commits_reach_the_disk(place: Place) -> None:
    url = place.settings.database_url
    engine = open_engine(url)
    try:
        if url.startswith("sqlite"):
            async with engine.connect() as connection:
                mode = (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one()
                synchronous = (await connection.exec_driver_sql("PRAGMA synchronous")).scalar_one()
            must((mode, synchronous) == ("wal", 2))
        else:
            # Even where the database was set up for speed.
            name = sa.make_url(url).database
            async with engine.connect() as connection:
                await connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
                await connection.commit()
            await engine.dispose()
            async with engine.connect() as connection:
                must((await connection.exec_driver_sql("SHOW synchronous_commit")).scalar_one() == "on")
    finally:
        await engine.dispose()


def _less_durable(patch: pytest.MonkeyPatch) -> None:
    rewrite(patch, database._durable, "synchronous=FULL", "synchronous=NORMAL")
    rewrite(patch, open_engine, '"-c synchronous_commit=on"', '""')


async def acknowledged_is_stored(place: Place) -> None:
    db = place.database()
    poll = await open_poll(db, options=3, maximum=2)
    outbox = Outbox(db, {})
    raw = poll.ballot(0, 1)
    async with db.writing() as session:
        election = await box.election_of(session, poll.uuid)
        asked = await casting.ask(session, place.settings, outbox, election, raw)
        challenge = await session.get_one(codes.Challenge, asked.challenge)
        code = codes._code(place.settings, challenge)
    checker = Checker(1)
    try:
        receipt = await casting.cast(
            db, place.settings, outbox, checker, poll.uuid, challenge_id=asked.challenge, code=code, raw=raw
        )
    finally:
        checker.close()
    must(receipt.tracker == tracker(raw))
    async with db.reading() as session:
        must(receipt.tracker in list(await session.exec(select(BoxedBallot.digest))))


def _not_committed(patch: pytest.MonkeyPatch) -> None:
    storing = "async with db.writing() as session:\n            return await _store("
    rewrite(patch, casting.cast, storing, storing.replace("writing", "reading"))


async def personal_data_are_deleted(place: Place) -> None:
    vote = await a_vote_with_traces(place.database(), place.settings)
    must(found_in(await rows(vote.db)))
    with time_machine.travel(now() + 2 * KEPT_AFTER_CLOSE):
        await retention.delete_what_is_due(vote.db)
    must(not found_in(await rows(vote.db)))


async def no_traces_on_disk(place: Place) -> None:
    vote = await a_vote_with_traces(place.database(), place.settings)
    with time_machine.travel(now() + 2 * KEPT_AFTER_CLOSE):
        await retention.delete_what_is_due(vote.db)
    must(not found_in(on_disk(place.settings)))


async def errors_quote_nothing(place: Place) -> None:
    engine = open_engine(place.settings.database_url)
    try:
        async with engine.connect() as connection:
            await connection.execute(sa.text("SELECT no_such_column WHERE :phone = ''"), {"phone": PHONE})
    except sa.exc.SQLAlchemyError as fault:
        must(PHONE not in str(fault) and PHONE not in faults.told(fault))
    finally:
        await engine.dispose()


def _quoting(patch: pytest.MonkeyPatch) -> None:
    original = create_async_engine
    put(patch, original, lambda url, **options: original(url, **{**options, "hide_parameters": False}))


class _Talkative:
    async def carry(self, letter: Letter) -> str:
        raise RuntimeError(f"could not send {letter.text} to {letter.recipient}")


async def carriers_are_not_quoted(place: Place) -> None:
    db = place.database()
    outbox = Outbox(db, {"sms": _Talkative()})
    heard: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]  # a list for a log
    logging.getLogger("office.outbox").addHandler(handler)
    try:
        async with db.writing() as session:
            await outbox.post(session, Letter("sms", PHONE, "one-time code", "code", "the code is 123456"))
        for _ in range(3):
            await outbox.deliver()
    finally:
        logging.getLogger("office.outbox").removeHandler(handler)
    stored = await rows(db)
    must(heard and not any(PHONE in line or "123456" in line for line in heard) and "123456" not in stored)


DISK = (
    Claim(
        "durable",
        "A commit is on disk before anybody is told of it: WAL with synchronous=FULL, or synchronous_commit=on.",
        "synchronous=NORMAL, and the database's own setting",
        commits_reach_the_disk,
        _less_durable,
    ),
    Claim(
        "acknowledged",
        "A ballot that was acknowledged is in the database.",
        "the transaction that stores it is not committed",
        acknowledged_is_stored,
        _not_committed,
    ),
    Claim(
        "deleted",
        "Names, telephone numbers and addresses of the panel are deleted when their time has come.",
        "nothing is deleted",
        personal_data_are_deleted,
        lambda patch: put(patch, retention.forget, nothing),
    ),
    Claim(
        "no-traces",
        "What was deleted is not found in the free space of the database's files either.",
        "the tables are not written anew",
        no_traces_on_disk,
        lambda patch: put(patch, retention._empty_free_space, nothing),
    ),
    Claim(
        "errors",
        "The text of a database error, which is logged, holds no telephone number and no name.",
        "parameters are not hidden",
        errors_quote_nothing,
        _quoting,
    ),
    Claim(
        "carriers",
        "What a mail or text-message service says of a failure is not logged: it may quote the message.",
        "its words are kept",
        carriers_are_not_quoted,
        lambda patch: rewrite(patch, Outbox._carry, "error = type(trouble).__name__", "error = str(trouble)"),
    ),
)
