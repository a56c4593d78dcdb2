"""Assisted booths (현장 기표소): tablets in a hall where panel members are helped to vote with their own link.

A booth gives nobody a right to vote; its token only says where a ballot was cast, so that the certificate can count
those ballots apart.  The token is shown once and kept as a hash.
"""

import hashlib
import secrets
from typing import Annotated

from pydantic import BaseModel, StringConstraints
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import AssistedBooth, Election, ElectionState
from ballots.sequencer import lock
from ballots.setup import require_state
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_
from office.people import Person

MOST_BOOTHS = 100
TOKEN_BYTES = 16
LONGEST_TOKEN = 60


class NewBooth(BaseModel):
    """What the office says of a booth: where it stands."""

    place: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


async def open_booth(session: AsyncSession, election: Election, wanted: NewBooth, by: Person) -> str:
    """Open a booth; returns its token, which nobody can ask for again."""
    await lock(session, election)
    require_state(election, ElectionState.ISSUED, ElectionState.OPEN)
    booths = await booths_of(session, election)
    if len(booths) >= MOST_BOOTHS:
        raise Conflict(N_("한 투표에 기표소는 {most}곳까지 열 수 있습니다"), most=MOST_BOOTHS)
    if any(booth.place == wanted.place and booth.closed_at is None for booth in booths):
        raise Conflict(
            N_("'{place}' 기표소가 이미 열려 있습니다. 먼저 닫거나 다른 이름을 적어 주십시오"),
            place=wanted.place,
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    assert election.id is not None and by.id is not None  # noqa: S101 - stored rows
    session.add(
        AssistedBooth(
            election_id=election.id,
            place=wanted.place,
            token_sha256=_digest(token),
            opened_by=by.id,
            opened_at=now(),
        )
    )
    await journal.record(session, by.actor, "ballots.booth-opened", election.uuid, place=wanted.place)
    return token


async def close_booth(session: AsyncSession, election: Election, booth_id: int, by: Person) -> None:
    """Close a booth: its token is worth nothing from then on; what was cast there stays cast."""
    query = select(AssistedBooth).where(
        col(AssistedBooth.election_id) == election.id, col(AssistedBooth.id) == booth_id
    )
    booth = (await session.exec(query.with_for_update())).first()
    if booth is None:
        raise NotFound(N_("이 투표의 기표소가 아닙니다"))
    if booth.closed_at is not None:
        return
    booth.closed_at = now()
    await journal.record(session, by.actor, "ballots.booth-closed", election.uuid, place=booth.place)


async def booths_of(session: AsyncSession, election: Election) -> list[AssistedBooth]:
    """The booths of a vote in the order they were opened."""
    query = select(AssistedBooth).where(col(AssistedBooth.election_id) == election.id)
    return list(await session.exec(query.order_by(col(AssistedBooth.id))))


async def booth_of(session: AsyncSession, election: Election, token: str | None) -> AssistedBooth | None:
    """The booth a token belongs to; None without a token, `Refused` for one that is unknown or closed."""
    if not token:
        return None
    query = select(AssistedBooth).where(
        col(AssistedBooth.election_id) == election.id,
        col(AssistedBooth.token_sha256) == _digest(token),
        col(AssistedBooth.closed_at).is_(None),
    )
    booth = (await session.exec(query)).first()
    if booth is None:
        raise Refused(N_("닫혔거나 알 수 없는 기표소입니다. 도와 드리는 직원에게 알려 주십시오"))
    return booth


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
