"""What takes a message to a person: SMTP for mail; in demonstrations the outbox page itself."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from typing import Protocol

import aiosmtplib

from office.settings import Settings

TIMEOUT = 20
"""Seconds a mail server has to take one message."""
SUBMISSIONS = 465
"""The port where TLS comes first (RFC 8314, 3.3)."""
PERMANENT = 500
"""Replies from here on are final; below, the same message may be taken later (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message on its way: `channel` is "mail" or "sms", `purpose` names what it is for without its content."""

    channel: str
    recipient: str
    purpose: str
    subject: str
    text: str


class Undeliverable(Exception):
    """The carrier will not take this message, now or later; the text is the carrier's, without the message's."""


class Carrier(Protocol):
    """Delivers a letter or raises; returns the carrier's own id for it."""

    async def carry(self, letter: Letter) -> str: ...


class DemonstrationCarrier:
    """Delivers nothing: in demonstration mode the outbox page shows the message."""

    async def carry(self, letter: Letter) -> str:
        return "demonstration"


class SmtpCarrier:
    """Hands mail to the province's own server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def carry(self, letter: Letter) -> str:
        settings = self._settings
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = settings.mail_from, letter.recipient, letter.subject
        mail["Date"], mail["Message-ID"] = (
            localtime(),
            make_msgid(domain=settings.mail_from.rpartition("@")[2]),
        )
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.text)
        try:
            _, answer = await aiosmtplib.send(
                mail,
                hostname=settings.smtp_host,
                port=settings.smtp_port,
                username=settings.smtp_user or None,
                password=settings.smtp_password.get_secret_value() or None,
                start_tls=settings.smtp_starttls or None,
                use_tls=settings.smtp_port == SUBMISSIONS,
                timeout=TIMEOUT,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            if all(recipient.code < PERMANENT for recipient in refused.recipients):
                raise
            raise Undeliverable("the mail server refused the address") from None
        return answer[:80]


def carriers_for(settings: Settings) -> dict[str, Carrier]:
    """The carriers this installation has, by channel."""
    if settings.demonstration:
        return {"mail": DemonstrationCarrier(), "sms": DemonstrationCarrier()}
    return {"mail": SmtpCarrier(settings)} if settings.smtp_host else {}
