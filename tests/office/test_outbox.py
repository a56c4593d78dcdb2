"""The outbox: what leaves, what does not, and what is written down about it; with a real mail server."""

from __future__ import annotations

import asyncio
import email.policy
import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from sqlmodel import select

from office.carriers import Letter, carriers_for
from office.clock import Clock, now
from office.database import Database
from office.outbox import LOST_AFTER, TRIES, Fate, Message, Outbox
from office.settings import Settings

TEXT = "인증번호 482913\n5분 안에 입력해 주십시오."
LETTER = Letter("mail", "kim@example.org", "one-time code", "[약속] 투표 인증번호", TEXT)


class Postbox:
    """A mail server's side: keeps what it takes, refuses whom it does not know, and may be slow."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []
        self.busy = 0
        self.slow = asyncio.Event()
        self.slow.set()

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("unknown"):
            return "550 no such user"
        if self.busy > 0:
            self.busy -= 1
            return "450 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        parsed = message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.kept.append(parsed)
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[tuple[Postbox, dict[str, object]]]:
    postbox = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(postbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield postbox, {"smtp_host": "127.0.0.1", "smtp_port": port, "demonstration": False}
    finally:
        controller.stop()


def outbox_with(db: Database, settings: Settings, **changed: object) -> Outbox:
    settings = settings.model_copy(update={"mail_from": "yaksok@chungnam.example", **changed})
    return Outbox(db, carriers_for(settings), keep_bodies=settings.demonstration)


async def post(db: Database, outbox: Outbox, letter: Letter = LETTER) -> None:
    async with db.writing() as session:
        await outbox.post(session, letter)


async def only_message(db: Database) -> Message:
    async with db.reading() as session:
        return (await session.exec(select(Message))).one()


async def test_a_korean_message_arrives_as_it_was_written(db: Database, settings: Settings) -> None:
    with mail_server() as (postbox, server):
        outbox = outbox_with(db, settings, **server)
        await post(db, outbox)
        assert (await only_message(db)).fate is Fate.QUEUED
        await outbox.deliver()
    mail = postbox.kept[0]
    assert (mail["Subject"], mail["To"]) == (LETTER.subject, LETTER.recipient)
    assert mail["From"] == "yaksok@chungnam.example"
    assert mail["Date"]
    assert mail["Message-ID"].endswith("@chungnam.example>")
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == TEXT
    stored = await only_message(db)
    assert (stored.fate, stored.tries, stored.error, stored.body) == (Fate.SENT, 1, "", None)
    assert stored.settled_at is not None


async def test_a_refused_address_has_failed_at_once(db: Database, settings: Settings) -> None:
    with mail_server() as (postbox, server):
        outbox = outbox_with(db, settings, **server)
        await post(db, outbox, Letter("mail", "unknown@example.org", "invitation", "초대", TEXT))
        await outbox.deliver()
    stored = await only_message(db)
    assert (stored.fate, stored.tries) == (Fate.FAILED, 1)
    assert stored.error == "the mail server refused the address"
    assert postbox.kept == []


async def test_a_server_that_is_busy_for_a_moment_is_asked_again(db: Database, settings: Settings) -> None:
    with mail_server() as (postbox, server):
        postbox.busy = 1
        outbox = outbox_with(db, settings, **server)
        await post(db, outbox)
        await outbox.deliver()
    stored = await only_message(db)
    assert (stored.fate, stored.tries) == (Fate.SENT, 2)
    assert len(postbox.kept) == 1


async def test_a_server_that_is_down_has_failed_after_three_tries(
    db: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    outbox = outbox_with(db, settings, smtp_host="127.0.0.1", smtp_port=port, demonstration=False)
    await post(db, outbox)
    with caplog.at_level(logging.DEBUG):
        await deliver_all(outbox)
    stored = await only_message(db)
    assert (stored.fate, stored.tries, stored.error) == (Fate.FAILED, TRIES, "SMTPConnectError")
    assert "482913" not in caplog.text
    assert LETTER.recipient not in caplog.text


async def deliver_all(outbox: Outbox) -> None:
    await outbox.deliver()
    while outbox._flying:
        await outbox.deliver()


async def test_a_channel_without_a_carrier_is_said(db: Database, settings: Settings) -> None:
    outbox = outbox_with(db, settings, demonstration=False)
    await post(db, outbox, Letter("sms", "010-0000-0000", "one-time code", "", TEXT))
    await outbox.deliver()
    stored = await only_message(db)
    assert (stored.fate, stored.error) == (Fate.FAILED, "no carrier for sms")


async def test_a_demonstration_keeps_the_text_and_sends_nothing(db: Database, settings: Settings) -> None:
    with mail_server() as (postbox, server):
        outbox = outbox_with(db, settings, **{**server, "demonstration": True})
        await post(db, outbox)
        await outbox.deliver()
    stored = await only_message(db)
    assert (stored.fate, stored.body) == (Fate.SENT, TEXT)
    assert postbox.kept == []


async def test_nothing_leaves_when_the_act_it_belongs_to_is_undone(db: Database, settings: Settings) -> None:
    with mail_server() as (postbox, server):
        outbox = outbox_with(db, settings, **server)
        with pytest.raises(RuntimeError):
            async with db.writing() as session:
                await outbox.post(session, LETTER)
                raise RuntimeError("the act fails after its letter was written")
        await outbox.deliver()
    assert postbox.kept == []
    async with db.reading() as session:
        assert (await session.exec(select(Message))).first() is None


async def test_nothing_leaves_before_the_whole_act_is_committed(db: Database, settings: Settings) -> None:
    with mail_server() as (postbox, server):
        outbox = outbox_with(db, settings, **server)
        async with db.writing() as session:
            async with session.begin_nested():
                await outbox.post(session, LETTER)
            assert outbox._waiting == []
        await outbox.deliver()
    assert len(postbox.kept) == 1


async def test_what_a_dead_process_had_not_sent_is_said_to_be_lost(db: Database, settings: Settings) -> None:
    begun = now()
    with time_machine.travel(begun, tick=False) as clock:
        await post(db, outbox_with(db, settings))
        successor = outbox_with(db, settings)
        await successor.deliver()
        await successor.mark_lost()
        assert (await only_message(db)).fate is Fate.QUEUED, "another process may be sending it"
        clock.move_to(begun + LOST_AFTER + timedelta(seconds=1))
        await successor.mark_lost()
    stored = await only_message(db)
    assert (stored.fate, stored.body is not None) == (Fate.LOST, True)


class HangingCarrier:
    """Takes letters to one address at once and never answers for any other."""

    async def carry(self, letter: Letter) -> str:
        if letter.recipient != LETTER.recipient:
            await asyncio.Event().wait()
        return "taken"


async def test_a_letter_that_hangs_holds_up_no_other_and_no_other_work(
    own_db: tuple[Database, Settings],
) -> None:
    db, _ = own_db
    outbox = Outbox(db, {"mail": HangingCarrier()})
    rounds = asyncio.Queue[None]()

    async def other_work() -> None:
        rounds.put_nowait(None)

    clock = Clock([outbox.deliver], [other_work], seconds=0.01)
    running = asyncio.create_task(clock.run())
    try:
        await post(db, outbox, Letter("mail", "slow@example.org", "invitation", "초대", TEXT))
        clock.ring()
        async with asyncio.timeout(20):
            for _ in range(5):
                await rounds.get()
            await post(db, outbox)
            while (await fates(db))[LETTER.recipient] is not Fate.SENT:
                await rounds.get()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await outbox.close()
    assert (await fates(db))["slow@example.org"] is Fate.QUEUED


async def fates(db: Database) -> dict[str, Fate]:
    async with db.reading() as session:
        return {message.recipient: message.fate for message in await session.exec(select(Message))}


async def test_due_work_that_fails_is_logged_and_does_not_stop_the_rest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done = []

    async def fails() -> None:
        raise ValueError("as it happens")

    async def works() -> None:
        done.append(True)

    await Clock([fails, works], [works]).tick()
    assert done == [True, True]
    assert re.search(r"due work .*fails failed", caplog.text)
    assert "as it happens" in caplog.text
