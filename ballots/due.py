"""What falls due in the vote: publishing committed ballots on the board."""

from __future__ import annotations

from collections.abc import Sequence

from office.clock import Due
from office.database import Database
from office.settings import Settings


def due_work(db: Database, settings: Settings) -> Sequence[Due]:
    """The department's due work for the clock."""
    return ()
