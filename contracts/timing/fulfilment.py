"""When each contract's duties were done, from what is stored of it: no press of its own for any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.evidence.files import Evidence
from contracts.keeping.checks import progress_of
from contracts.model import Agency, Contract, ContractNode, ContractState, Cycle, IndicatorMeasure
from contracts.terms.tree import Method
from contracts.timing.duties import Task
from office.clock import now
from office.journal import JournalEntry

NEEDS_NO_FIGURE = (Method.NINE_GRADE, Method.SHOWN, Method.BONUS, Method.PENALTY)
"""Methods whose indicators may stay without a figure."""


async def done_of(
    session: AsyncSession, cycle: Cycle, found: Sequence[tuple[Contract, Agency]], *, checks: bool
) -> dict[tuple[int | None, Task], datetime | None]:
    """When each contract's task was done; a task that a contract does not have is not in it."""
    acts = await _acts(session, cycle)
    figures = await _figures(session, cycle)
    evidence = await _evidence(session, cycle)
    # Contracts and figures of a file came with it, and nobody pressed anything for each of them.
    imported = acts.get((str(cycle.year), "contracts.imported"), (None, None))[1] or now()
    done: dict[tuple[int | None, Task], datetime | None] = {}
    for contract, _ in found:
        name = contract.public_id
        needed, reported = figures.get(contract.id, (0, 0))
        first, last = acts.get((name, "contract.reported"), (imported, imported))
        submitted = acts.get((name, "contract.submitted"), (None, imported))[1]
        done[contract.id, Task.SUBMIT] = None if contract.state is ContractState.DRAFT else submitted
        done[contract.id, Task.SIGN] = contract.head_signed_at
        if needed:
            done[contract.id, Task.MIDYEAR] = first if reported else None
            done[contract.id, Task.FIGURES] = last if reported >= needed else None
        done[contract.id, Task.EVIDENCE] = evidence.get(contract.id)
        done[contract.id, Task.REPLY] = acts.get((name, "contract.replied"), (None, None))[1]
    if checks:
        for each in await progress_of(session, cycle):
            if each.reported:
                checked = acts.get((each.contract.public_id, "contract.checked"), (None, None))[1]
                done[each.contract.id, Task.CHECK] = None if each.waiting else checked
    return done


async def _acts(session: AsyncSession, cycle: Cycle) -> dict[tuple[str, str], tuple[datetime, datetime]]:
    """First and last time of the acts that duties are about, by subject and act."""
    own = select(Contract.public_id).where(col(Contract.cycle_id) == cycle.id)
    acts = ("contract.submitted", "contract.reported", "contract.replied", "contract.checked")
    query = (
        select(
            JournalEntry.subject,
            JournalEntry.act,
            func.min(col(JournalEntry.at)),
            func.max(col(JournalEntry.at)),
        )
        .where(
            (col(JournalEntry.subject).in_(own) & col(JournalEntry.act).in_(acts))
            | (
                (col(JournalEntry.subject) == str(cycle.year))
                & (col(JournalEntry.act) == "contracts.imported")
            )
        )
        .group_by(col(JournalEntry.subject), col(JournalEntry.act))
    )
    return {(subject, act): (first, last) for subject, act, first, last in await session.exec(query)}


async def _figures(session: AsyncSession, cycle: Cycle) -> Mapping[int | None, tuple[int, int]]:
    """How many indicators of each contract need a figure, and how many of these have one."""
    query = (
        select(
            ContractNode.contract_id,
            func.count(col(IndicatorMeasure.node_id)),
            func.count(col(IndicatorMeasure.actual)),
        )
        .join(IndicatorMeasure, col(IndicatorMeasure.node_id) == col(ContractNode.id))
        .join(Contract, col(Contract.id) == col(ContractNode.contract_id))
        .where(col(Contract.cycle_id) == cycle.id, col(IndicatorMeasure.method).not_in(NEEDS_NO_FIGURE))
        .group_by(col(ContractNode.contract_id))
    )
    return {contract: (needed, reported) for contract, needed, reported in await session.exec(query)}


async def _evidence(session: AsyncSession, cycle: Cycle) -> Mapping[int | None, datetime]:
    """When the first file that still stands was laid beside each contract."""
    query = (
        select(Evidence.contract_id, func.min(col(Evidence.uploaded_at)))
        .join(Contract, col(Contract.id) == col(Evidence.contract_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Evidence.withdrawn_at).is_(None))
        .group_by(col(Evidence.contract_id))
    )
    return dict((await session.exec(query)).all())
