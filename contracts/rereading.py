"""The published contracts read again: what the database says of them now, for pages that tell whether it is what was published."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.heads.stored import HeadPromise, HeadTask
from contracts.model import Agency, Contract, ContractNode, Cycle, IndicatorMeasure
from contracts.reading import cycle_name, published_trees
from contracts.terms.canonical import set_fingerprint
from contracts.terms.tree import ContractTree

FRESH = 10.0
"""Seconds for which what was read is good enough."""
EASY = 0.5
"""Seconds a reading may take; one that takes longer is good for as much longer, so that no year keeps the machine busy."""

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


@dataclass(slots=True)
class _Known:
    """What was read last, of which content, when and in how many seconds, and what the cycle then said of it."""

    at: float
    took: float
    content: bytes
    reread: Reread
    published: str | None


class Rereading:
    """Reads contracts again when `fresh` seconds have passed, and puts them together again when they have changed.

    While one asks the database again, the others are told what was known: a crowd costs no more than one.
    """

    def __init__(self, bound: BoundTo, fresh: float = FRESH) -> None:
        self.fresh = fresh
        self._bound = bound
        self._known: dict[int, _Known] = {}
        self._asking: set[int] = set()

    async def bound_to(self, session: AsyncSession, cycle: Cycle) -> str | None:
        """The fingerprint that the vote of a cycle was bound to; None before its opening."""
        return await self._bound(session, cycle)

    async def of(self, session: AsyncSession, cycle: Cycle) -> Reread:
        """The published contracts of a cycle as they were no longer ago than `fresh` seconds."""
        assert cycle.id is not None  # noqa: S101 - a stored cycle
        known = self._known.get(cycle.id)
        young = known is not None and (cycle.id in self._asking or self._is_fresh(known))
        # An amendment renews both at once: the contracts are read again although they were read just now.
        if known is not None and young and known.published == cycle.contracts_sha256:
            return known.reread
        self._asking.add(cycle.id)
        try:
            return await self._again(session, cycle, cycle.id, known)
        finally:
            self._asking.discard(cycle.id)

    async def _again(
        self, session: AsyncSession, cycle: Cycle, cycle_id: int, known: _Known | None
    ) -> Reread:
        began = time.monotonic()
        bound = await self._bound(session, cycle)
        tables = await _rows(session, cycle)
        content = await asyncio.to_thread(_digest, bound, tables)
        took = time.monotonic() - began
        if known is None or known.content != content:
            trees = tuple(await published_trees(session, cycle))
            reread = Reread(trees, set_fingerprint(trees, cycle=cycle_name(cycle)), bound)
        else:
            reread = known.reread
        self._known[cycle_id] = _Known(time.monotonic(), took, content, reread, cycle.contracts_sha256)
        return reread

    def _is_fresh(self, known: _Known) -> bool:
        return time.monotonic() - known.at < self.fresh * max(1.0, known.took / EASY)


def _digest(bound: str | None, tables: Sequence[Sequence[object]]) -> bytes:
    """Of everything that was read; off the event loop, since a large year has megabytes of it."""
    content = hashlib.sha256(f"{bound}".encode())
    for table in tables:
        for row in table:
            content.update(repr(row).encode())
        content.update(b"\n")
    return content.digest()


async def _rows(session: AsyncSession, cycle: Cycle) -> list[Sequence[object]]:
    """Every row that the contracts are made of, as it is stored: a sixth of the work of making them."""
    contract, agency = sa.inspect(Contract).local_table, sa.inspect(Agency).local_table
    node, measure = sa.inspect(ContractNode).local_table, sa.inspect(IndicatorMeasure).local_table
    heads = (
        sa.select(contract.c.id, contract.c.state, agency.c.code, agency.c.name, agency.c.kind)
        .join(agency, agency.c.id == contract.c.agency_id)
        .where(col(Contract.cycle_id) == cycle.id)
        .order_by(contract.c.id)
    )
    # As text, whatever the column: nothing has to be understood to see that it changed.
    columns = [sa.type_coerce(column, sa.Text) for column in (*node.c, *measure.c)]
    nodes = (
        sa.select(*columns)
        .select_from(node.outerjoin(measure, measure.c.node_id == node.c.id))
        .join(contract, contract.c.id == node.c.contract_id)
        .where(contract.c.cycle_id == cycle.id)
        .order_by(node.c.id)
    )
    own = []
    for table in (sa.inspect(HeadPromise).local_table, sa.inspect(HeadTask).local_table):
        whole = sa.select(*(sa.type_coerce(column, sa.Text) for column in table.c))
        its = whole.join(contract, contract.c.id == table.c.contract_id)
        own.append(its.where(contract.c.cycle_id == cycle.id).order_by(*table.primary_key))
    connection = await session.connection()
    return [(await connection.execute(query)).all() for query in (heads, nodes, *own)]
