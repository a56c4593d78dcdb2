"""How often somebody may fail: after five failures in a row under one e-mail address, five minutes of rest.

Addresses nobody has are counted as well, so that the pause tells no stranger who works here.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from office.clock import now
from office.database import insert_or_keep
from office.errors import TooMany
from office.i18n import N_
from office.settings import Settings

FAILURES_BEFORE_PAUSE = 5
PAUSE = timedelta(minutes=5)
KEPT = timedelta(days=1)
"""After a day without a try an address starts anew, and its row goes."""


class Tries(SQLModel, table=True):
    """The failures under one address since the last success; the address itself is not kept (it may be a typo)."""

    key: str = Field(primary_key=True, max_length=64)
    failures: int = 0
    tried_at: datetime
    paused_until: datetime | None = None


def _key(settings: Settings, email: str) -> str:
    secret = settings.key_for("addresses of tries")
    return hmac.new(secret, email.strip().lower().encode(), hashlib.sha256).hexdigest()


async def reserve(session: AsyncSession, settings: Settings, email: str) -> int:
    """Count a failure before anything is compared; a success takes it back (`forget`).

    Returns the seconds to wait when nothing may be compared now, else 0.  However many tries arrive at once, five
    are compared.  The caller commits.
    """
    at, key = now(), _key(settings, email)
    await session.exec(delete(Tries).where(col(Tries.tried_at) < at - KEPT))
    await insert_or_keep(session, Tries, key=key, failures=0, tried_at=at)
    rested = col(Tries.paused_until).is_not(None)
    failures = sa.case((rested, 1), else_=col(Tries.failures) + 1)
    counted = await session.exec(
        update(Tries)
        .where(col(Tries.key) == key)
        .where(sa.or_(~rested, col(Tries.paused_until) <= at))
        .values(
            failures=failures,
            tried_at=at,
            paused_until=sa.case((failures >= FAILURES_BEFORE_PAUSE, at + PAUSE), else_=None),
        )
    )
    return 0 if counted.rowcount == 1 else await waiting(session, settings, email)


async def waiting(session: AsyncSession, settings: Settings, email: str) -> int:
    """Seconds until this address may try again, or 0."""
    query = select(Tries.paused_until).where(col(Tries.key) == _key(settings, email))
    until = (await session.exec(query)).first()
    return max(0, int((until - now()).total_seconds()) + 1) if until else 0


async def forget(session: AsyncSession, settings: Settings, email: str) -> None:
    """After a success: no failures."""
    await session.exec(delete(Tries).where(col(Tries.key) == _key(settings, email)))


def paused(seconds: int) -> TooMany:
    """What somebody reads who has to wait."""
    return TooMany(
        N_("여러 번 틀려 잠시 멈추었습니다. {seconds}초 뒤에 다시 해 주십시오"), retry_after=seconds
    )
