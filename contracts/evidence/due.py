"""What falls due around the contracts: evidence files that nothing names any more are removed."""

import asyncio
import time
from collections.abc import Sequence

from contracts.evidence import vault
from contracts.evidence.files import known_files
from office.clock import Due
from office.database import Database
from office.settings import Settings

EVERY = 3600.0
"""Seconds between two sweeps."""


def due_work(db: Database, settings: Settings) -> Sequence[Due]:
    """The department's due work for the clock."""
    last: float | None = None

    async def sweep() -> None:
        nonlocal last
        if last is not None and time.monotonic() - last < EVERY:
            return
        last = time.monotonic()
        async with db.reading() as session:
            known = await known_files(session)
        await asyncio.to_thread(vault.sweep, settings.evidence_folder, known)

    return (sweep,)
