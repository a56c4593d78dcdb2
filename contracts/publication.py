"""Publishing: the contracts of a cycle at once, by two officers, under one fingerprint that the vote will carry."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import enter_phase, hold, require_phase
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import contracts_of, cycle_name, published_trees, trees_of
from contracts.sharing import require_matching
from contracts.signing import require_unchanged
from contracts.terms.canonical import set_bytes, set_fingerprint
from contracts.writing.drafting import require_balanced
from office import journal
from office.approval import agreed
from office.clock import now
from office.errors import Conflict, NotFound
from office.i18n import N_
from office.people import Person

ACT = "contracts.publish"


async def publish(session: AsyncSession, cycle: Cycle, by: Person, *, without: Collection[str] = ()) -> bool:
    """Show the signed contracts to everyone; False while the act waits for a second officer.

    Every one has to be signed by both sides and to say what was signed.  One that is not signed stays out of this year
    only where its public id is in `without`: both officers have been shown its name.
    """
    require_phase(cycle, Phase.DRAFTING)
    await hold(session, cycle, alone=True)
    found = await contracts_of(session, cycle)
    if not found:
        raise Conflict(N_("공개할 계약이 없습니다. 계약을 먼저 올려 주십시오"))
    signed = [contract for contract, _ in found if contract.state is ContractState.SIGNED]
    unsigned = [a.name for c, a in found if c not in signed and c.public_id not in without]
    if unsigned or not signed:
        names = unsigned or [agency.name for _, agency in found]
        raise Conflict(N_("양쪽이 서명하지 않은 계약이 있습니다: {names}"), names=", ".join(names))
    stored = await trees_of(session, cycle)
    trees = [stored[contract.id] for contract in signed if contract.id is not None]
    require_balanced(trees)
    require_matching({contract.id: stored[contract.id] for contract in signed if contract.id is not None})
    await require_unchanged(session, cycle, signed)
    fingerprint = set_fingerprint(trees, cycle=cycle_name(cycle))
    if not await agreed(session, act=ACT, subject=str(cycle.year), by=by, content=fingerprint):
        return False
    cycle.contracts_sha256 = fingerprint
    session.add(cycle)
    await session.exec(
        update(Contract)
        .where(col(Contract.cycle_id) == cycle.id, col(Contract.state) == ContractState.SIGNED)
        .values(state=ContractState.PUBLISHED, published_at=now())
    )
    await enter_phase(session, cycle, Phase.PUBLISHED, by.actor)
    left_out = [contract.public_id for contract, _ in found if contract not in signed]
    said = {"without": left_out} if left_out else {}
    await journal.record(
        session,
        by.actor,
        "contracts.published",
        str(cycle.year),
        sha256=fingerprint,
        contracts=len(signed),
        **said,
    )
    return True


async def published_set(session: AsyncSession, cycle: Cycle) -> bytes:
    """The public file of all contracts; its SHA-256 is `Cycle.contracts_sha256`."""
    if cycle.contracts_sha256 is None:
        raise NotFound(N_("{year}년 계약은 아직 공개되지 않았습니다"), year=cycle.year)
    return set_bytes(await published_trees(session, cycle), cycle=cycle_name(cycle))
