"""Time: aware UTC inside, Asia/Seoul on the page; and the loop that does what falls due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
log = logging.getLogger(__name__)

Due = Callable[[], Awaitable[None]]


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class Clock:
    """Runs each department's due work once a tick, and at once when somebody rings."""

    def __init__(self, work: Sequence[Due], *, seconds: float = 1.0) -> None:
        self._work = tuple(work)
        self._seconds = seconds
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """Ask for a round now instead of at the next tick."""
        self._bell.set()

    async def tick(self) -> None:
        """One round; a department whose work fails is logged and does not stop the others."""
        for due in self._work:
            try:
                await due()
            except Exception:
                log.exception("due work failed: %s", getattr(due, "__qualname__", due))

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            self._bell.clear()
            await self.tick()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), self._seconds)
