"""Checking ballots in processes of their own, never on the event loop, with a bounded queue."""

from __future__ import annotations

import asyncio
import os

from ballots.protocol.workers import check_proofs_in_worker, checking_pool
from office.errors import Busy

WAITING_PER_PROCESS = 16
"""Ballots that may wait for each process; at 50 ms a ballot the last of them waits about a second."""


class Checker:
    """A pool of processes; a full queue is said at once instead of growing."""

    def __init__(self, jobs: int = 0) -> None:
        self._jobs = jobs or os.cpu_count() or 1
        self._pool = checking_pool(self._jobs)
        self._room = self._jobs * WAITING_PER_PROCESS
        self._waiting = 0

    async def check(self, election: bytes, ballot: bytes) -> None:
        """Check every proof of a ballot; raises `ballots.protocol.refusals.Invalid`, or `Busy` when the queue is full."""
        if self._waiting >= self._room:
            raise Busy(retry_after=5)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._pool, check_proofs_in_worker, election, ballot)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
