"""Time: aware UTC inside, Asia/Seoul on the page; and the loop that does what falls due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from office.faults import told

SEOUL = ZoneInfo("Asia/Seoul")
log = logging.getLogger(__name__)

Due = Callable[[], Awaitable[None]]


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class Clock:
    """Runs due work once a tick, and at once when somebody rings.

    Each round of work has a loop of its own, so that a mail server that hangs does not keep ballots off the board;
    inside a round one piece of work follows the other.  Rings within `gap` seconds are answered together, or hundreds
    of voters at once would have the clock look hundreds of times.
    """

    def __init__(self, *rounds: Sequence[Due], seconds: float = 1.0, gap: float = 0.25) -> None:
        self._rounds = tuple((tuple(work), asyncio.Event()) for work in rounds)
        self._seconds = seconds
        self._gap = gap

    def ring(self) -> None:
        """Ask for a tick now instead of when it is time."""
        for _, bell in self._rounds:
            bell.set()

    async def tick(self) -> None:
        """All rounds once, one after the other."""
        for work, _ in self._rounds:
            await _do(work)

    async def run(self) -> None:
        """Tick until cancelled."""
        async with asyncio.TaskGroup() as loops:
            for work, bell in self._rounds:
                loops.create_task(self._keep_doing(work, bell))

    async def _keep_doing(self, work: Sequence[Due], bell: asyncio.Event) -> None:
        while True:
            bell.clear()
            await _do(work)
            await asyncio.sleep(self._gap)
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), self._seconds)


async def _do(work: Sequence[Due]) -> None:
    """One round; a piece of work that fails is logged and does not stop the others."""
    for due in work:
        try:
            await due()
        except Exception as fault:
            log.error("due work %s failed\n%s", getattr(due, "__qualname__", due), told(fault))
