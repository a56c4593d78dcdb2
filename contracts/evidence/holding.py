"""A file whose form lacked something: held for an hour for whoever sent it, so that it need not be chosen again.

A browser cannot fill a file field again.  The bytes wait in the evidence folder, named by nothing in the database, so
nobody can fetch them and the sweep removes them; a signed ticket in the form is all that leads back to them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import asdict, dataclass

from contracts.evidence import vault
from contracts.evidence.kinds import Kept
from office.errors import Gone, Refused
from office.i18n import N_, translate
from office.people import Person
from office.settings import Settings

LASTS = vault.LEFT_ALONE - 300
"""Seconds for which a ticket is good: never longer than the sweep leaves a file alone."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file that waits, under the name it would be shown by."""

    sha256: str
    filename: str
    media_type: str
    size: int


def ticket(settings: Settings, held: Held, *, contract: str, by: Person) -> str:
    """What the form carries: the file, and for which contract and person it waits until when; signed."""
    told = {**asdict(held), "contract": contract, "person": by.id, "until": time.time() + LASTS}
    content = base64.urlsafe_b64encode(json.dumps(told).encode())
    return f"{content.decode()}.{_signature(settings, content)}"


def redeemed(settings: Settings, given: str, *, contract: str, by: Person) -> tuple[Held, Kept]:
    """The held file with its bytes; `Gone` when its hour is over, `Refused` for a ticket that is not theirs."""
    content, _, signature = given.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(settings, content.encode()).encode()):
        raise _choose_again(Refused, N_("보관해 둔 파일을 알아볼 수 없습니다. 파일을 다시 골라 주십시오"))
    told = json.loads(base64.urlsafe_b64decode(content))
    until, whose = told.pop("until"), (told.pop("contract"), told.pop("person"))
    if whose != (contract, by.id):
        raise _choose_again(Refused, N_("보관해 둔 파일을 알아볼 수 없습니다. 파일을 다시 골라 주십시오"))
    if time.time() > until:
        raise _choose_again(Gone, N_("한 시간이 지나 보관해 둔 파일을 지웠습니다. 파일을 다시 골라 주십시오"))
    held = Held(**told)
    return held, Kept(held.media_type, vault.get(settings.evidence_folder, held.sha256))


def _choose_again(trouble: type[Refused], message: str) -> Refused:
    return trouble(message, fields={"file": translate(N_("올릴 파일을 골라 주십시오"))})


def _signature(settings: Settings, content: bytes) -> str:
    return hmac.new(settings.key_for("held evidence"), content, hashlib.sha256).hexdigest()
