"""The promise sentences of a contract's tasks, worded all at once on one page."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.files.columns import LONGEST
from contracts.files.spreadsheet import checked
from contracts.model import Agency, Contract, ContractNode, Cycle, Phase
from contracts.reading import contracts_of_agency, tree_of
from contracts.terms.tree import tasks
from contracts.writing.drafting import hold_contract, reopen, require_open
from office import journal
from office.clock import now
from office.errors import Refused
from office.i18n import N_, translate
from office.people import Person

MAXIMUM_PROMISE = LONGEST["promise"]


async def write_promises(
    session: AsyncSession, cycle: Cycle, contract: Contract, form: Mapping[str, str], by: Person
) -> int:
    """Store the promise sentences an officer typed (`promise-CODE`); returns how many changed."""
    await hold(session, cycle)
    require_phase(cycle, Phase.DRAFTING)
    await hold_contract(session, contract)
    require_open(contract)
    changed: dict[str, str] = {}
    wrong: dict[str, str] = {}
    tasks_ = tasks(await tree_of(session, contract))
    for task in tasks_:
        name = f"promise-{task.code}"
        text = checked(form.get(name, task.promise))
        if text.wrong:
            wrong[name] = translate(text.wrong)
        elif len(text.text) > MAXIMUM_PROMISE:
            wrong[name] = translate(N_("{n}자까지 쓸 수 있습니다. 줄여 주십시오"), n=MAXIMUM_PROMISE)
        elif text.text != task.promise:
            changed[task.code] = text.text
    if wrong:
        raise Refused(N_("저장하지 않았습니다. 표시한 칸을 고친 뒤 다시 저장해 주십시오"), fields=wrong)
    for code, text_ in changed.items():
        await session.exec(
            update(ContractNode)
            .where(col(ContractNode.contract_id) == contract.id, col(ContractNode.code) == code)
            .values(promise=text_)
        )
    read = [code for code in (task.code for task in tasks_) if f"promise-{code}" in form]
    await session.exec(
        update(ContractNode)
        .where(col(ContractNode.contract_id) == contract.id, col(ContractNode.code).in_(read))
        .values(edited_by=by.id, edited_at=now())
    )
    if changed:
        await reopen(session, contract)
        await journal.record(session, by.actor, "contract.drafted", contract.public_id, tasks=sorted(changed))
    return len(changed)


async def as_last_year(
    session: AsyncSession, contract: Contract, agency: Agency, cycle: Cycle
) -> frozenset[str]:
    """The tasks that still promise what the contract before did, word for word, and that nobody has saved on a page since."""
    unread = select(ContractNode.code, ContractNode.promise).where(
        col(ContractNode.contract_id) == contract.id,
        col(ContractNode.promise) != "",
        col(ContractNode.edited_at).is_(None),
    )
    waiting = list(await session.exec(unread))
    earlier = [
        each for each, _, of in await contracts_of_agency(session, agency.code) if of.year < cycle.year
    ]
    if not waiting or not earlier:
        return frozenset()
    said = select(ContractNode.promise).where(col(ContractNode.contract_id) == earlier[0].id)
    before = set(await session.exec(said))
    return frozenset(code for code, promise in waiting if promise in before)
