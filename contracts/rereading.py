"""The published contracts read again: what the database says of them now, for pages that tell whether it is what was published."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.canonical import set_fingerprint
from contracts.model import Cycle
from contracts.reading import cycle_name, published_trees
from contracts.tree import ContractTree

FRESH = 10.0
"""Seconds for which what was read is good enough; a reading of 35 contracts takes some hundredths of one."""

BoundTo = Callable[[AsyncSession, Cycle], Awaitable[str | None]]
"""The fingerprint that was bound to something nobody can change any more; another department knows where it stands."""


@dataclass(frozen=True, slots=True)
class Reread:
    """The published contracts of a cycle as they stand in the database, and the fingerprint of all of them together.

    `bound` is the fingerprint that the vote was bound to, once it has been opened.
    """

    trees: tuple[ContractTree, ...]
    sha256: str
    bound: str | None = None

    def is_published_set(self, cycle: Cycle) -> bool:
        """Whether nothing that was promised has changed since the contracts were published and the vote was opened."""
        return self.sha256 == cycle.contracts_sha256 and self.bound in (None, self.sha256)


class Rereading:
    """Reads contracts again and remembers for `fresh` seconds what it found."""

    def __init__(self, bound: BoundTo, fresh: float = FRESH) -> None:
        self.fresh = fresh
        self._bound = bound
        self._known: dict[int, tuple[float, Reread]] = {}

    async def of(self, session: AsyncSession, cycle: Cycle) -> Reread:
        """The published contracts of a cycle, read no longer ago than `fresh` seconds."""
        assert cycle.id is not None  # noqa: S101 - a stored cycle
        at, found = self._known.get(cycle.id, (0.0, None))
        if found is None or time.monotonic() - at >= self.fresh:
            trees = tuple(await published_trees(session, cycle))
            fingerprint = set_fingerprint(trees, cycle=cycle_name(cycle))
            found = Reread(trees, fingerprint, await self._bound(session, cycle))
            self._known[cycle.id] = (time.monotonic(), found)
        return found
