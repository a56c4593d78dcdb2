"""Issuing: a credential is drawn for everybody on the roll, its public half is kept, and the link goes to its owner.

The secret half exists in memory only, between the drawing and the carrier.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import Election, ElectionState, RollEntry
from ballots.protocol.credentials import derive, draw
from ballots.roll import digest, entry_of, roll_of
from ballots.sequencer import lock
from ballots.setup import require_state
from office import journal
from office.approval import agreed
from office.carriers import Letter
from office.clock import now
from office.errors import Conflict
from office.i18n import N_, translate
from office.outbox import Outbox
from office.people import Person
from office.settings import Settings

ACT = "ballots.issue"
LETTER = "voting link"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A fresh credential: what its owner gets, and the public key the board gets."""

    credential: str = field(repr=False)
    public: str


def draw_many(uuid: str, count: int) -> list[Drawn]:
    """Fresh credentials of one election; a power and a thousand hash rounds each, about a millisecond."""
    drawn = [draw() for _ in range(count)]
    return [Drawn(credential, derive(credential, uuid).public) for credential in drawn]


async def issue(
    session: AsyncSession, outbox: Outbox, settings: Settings, election: Election, by: Person
) -> bool:
    """Draw a credential for everybody and send the links, once two officers have asked for it on the same roll.

    False: this was the first officer; nothing has been drawn.
    """
    await lock(session, election)
    require_state(election, ElectionState.SETUP)
    entries = await roll_of(session, election)
    if not entries:
        raise Conflict(N_("선거인명부가 비어 있습니다. 명부를 먼저 올려 주십시오"))
    if not await agreed(session, act=ACT, subject=election.uuid, by=by, content=digest(entries)):
        return False
    election.state, election.issued_at = ElectionState.ISSUED, now()
    await _send(session, outbox, settings, election, entries)
    await journal.record(session, by.actor, "ballots.issued", election.uuid, links=len(entries))
    return True


async def issue_again(
    session: AsyncSession, outbox: Outbox, settings: Settings, election: Election, number: str, by: Person
) -> None:
    """A fresh link for somebody whom the first did not reach; the first is worth nothing from then on.

    Only before the opening: then the credentials are on the board.  The link still goes to the address on the roll.
    """
    await lock(session, election)
    require_state(election, ElectionState.ISSUED)
    await _send(session, outbox, settings, election, [await entry_of(session, election, number)])
    await journal.record(session, by.actor, "ballots.issued-again", election.uuid, number=number)


async def _send(
    session: AsyncSession,
    outbox: Outbox,
    settings: Settings,
    election: Election,
    entries: Sequence[RollEntry],
) -> None:
    fresh = await asyncio.to_thread(draw_many, election.uuid, len(entries))
    for entry, drawn in zip(entries, fresh, strict=True):
        entry.credential = drawn.public
        entry.credential_sha256 = hashlib.sha256(drawn.public.encode()).hexdigest()
        entry.issued_at = now()
        await outbox.post(session, _letter(settings, election, entry, drawn))


def _letter(settings: Settings, election: Election, entry: RollEntry, drawn: Drawn) -> Letter:
    """The letter with the personal link; the credential stands behind #, which no browser sends to a server."""
    return Letter(
        channel="sms" if entry.phone else "mail",
        recipient=entry.phone or entry.mail,
        purpose=LETTER,
        subject=translate(N_("[약속] 도민 투표 안내")),
        text=translate(
            N_(
                "[약속] {title}\n{name} 님, 아래 주소에서 투표하실 수 있습니다.\n{link}\n"
                "본인만 쓰는 주소입니다. 다른 사람에게 보내지 마십시오."
            ),
            title=election.title,
            name=entry.name,
            link=f"{settings.base_url}/vote/{election.uuid}#{drawn.credential}",
        ),
    )
