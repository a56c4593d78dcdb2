"""Figures and results: what an agency reports of its promises, while reporting is open and never after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.files.columns import LONGEST
from contracts.files.spreadsheet import checked
from contracts.keeping.answering import answer
from contracts.keeping.backing import figures
from contracts.keeping.unlikely import require_likely
from contracts.model import Contract, ContractNode, ContractState, Cycle, IndicatorMeasure, Phase
from contracts.reading import tree_of
from contracts.terms.tree import ContractTree, Method, indicators, tasks
from office import journal
from office.decimals import number, plain
from office.errors import Conflict, Refused
from office.i18n import N_, translate
from office.journal import JournalEntry
from office.people import Person

MAXIMUM_RESULT = LONGEST["result"]


@dataclass(frozen=True, slots=True)
class Report:
    """What an officer typed, checked: the actual of each indicator (`None` = still missing), the result of each task."""

    actuals: Mapping[str, Decimal | None]
    results: Mapping[str, str]


def read_report(tree: ContractTree, form: Mapping[str, str]) -> Report:
    """The fields `actual-CODE` and `result-CODE`; `Refused` names every field that cannot be taken.

    What is not in the form stays as it is; graded indicators take no figure.
    """
    wrong: dict[str, str] = {}
    actuals: dict[str, Decimal | None] = {}
    for node in indicators(tree):
        name = f"actual-{node.code}"
        if node.measure is None or node.measure.method is Method.NINE_GRADE or name not in form:
            continue
        typed = form[name].strip()
        value = number(typed) if typed else None
        if typed and value is None:
            wrong[name] = translate(
                N_("{title}: 숫자가 아닙니다. 단위 없이 숫자만 적어 주십시오(예: 1,234.5)"), title=node.title
            )
        actuals[node.code] = value
    results: dict[str, str] = {}
    for node in tasks(tree):
        name = f"result-{node.code}"
        if name not in form:
            continue
        text = checked(form[name])
        if text.wrong:
            wrong[name] = f"{node.title}: {translate(text.wrong)}"
        elif len(text.text) > MAXIMUM_RESULT:
            wrong[name] = translate(
                N_("{title}: {n}자까지 쓸 수 있습니다. 줄여 주십시오"), title=node.title, n=MAXIMUM_RESULT
            )
        results[node.code] = text.text
    if wrong:
        raise Refused(N_("저장하지 않았습니다. 표시한 칸을 고친 뒤 다시 저장해 주십시오"), fields=wrong)
    return Report(actuals, results)


async def report(
    session: AsyncSession, cycle: Cycle, contract: Contract, form: Mapping[str, str], by: Person
) -> int:
    """Store what changed in the figures and results of a contract, and what is answered to the check; returns how many did.

    `Unlikely` where a figure has to be looked at again first (contracts/keeping/unlikely.py).
    """
    await hold(session, cycle)
    require_phase(cycle, Phase.REPORTING)
    if contract.state is not ContractState.PUBLISHED:
        raise Conflict(N_("공개된 계약에만 실적을 적을 수 있습니다"))
    tree = await tree_of(session, contract)
    typed = read_report(tree, form)
    before = {node.code: node.measure.actual for node in indicators(tree) if node.measure}
    said = {node.code: node.result for node in tasks(tree)}
    actuals = {code: value for code, value in typed.actuals.items() if value != before[code]}
    results = {code: text for code, text in typed.results.items() if text != said[code]}
    require_likely(((node, actuals.get(node.code)) for node in indicators(tree)), form)
    answered = await answer(session, contract, form, by)
    if not actuals and not results:
        return answered
    query = select(ContractNode.code, ContractNode.id).where(col(ContractNode.contract_id) == contract.id)
    ids = dict((await session.exec(query)).all())
    if actuals:
        await session.exec(
            update(IndicatorMeasure),
            params=[{"node_id": ids[code], "actual": value} for code, value in actuals.items()],
        )
    if results:
        await session.exec(
            update(ContractNode),
            params=[{"id": ids[code], "result": text} for code, text in results.items()],
        )
    await journal.record(
        session,
        by.actor,
        "contract.reported",
        contract.public_id,
        actuals={code: None if value is None else plain(value) for code, value in actuals.items()},
        results=sorted(results),
        corrected=sorted(
            code for code, value in actuals.items() if value is not None and before[code] is not None
        ),
    )
    return len(actuals) + len(results) + answered


async def outdated_results(session: AsyncSession, contract: Contract, tree: ContractTree) -> frozenset[str]:
    """The tasks whose result was written before a figure below them was corrected: their words may name the old one."""
    query = (
        select(JournalEntry.details)
        .where(col(JournalEntry.act) == "contract.reported", col(JournalEntry.subject) == contract.public_id)
        .order_by(col(JournalEntry.id))
    )
    task_of = {node.code: path[-1].code for node, path in figures(tree) if path}
    said = {task.code for task in tasks(tree) if task.result}
    outdated: set[str] = set()
    for details in await session.exec(query):
        outdated |= {task_of[code] for code in details.get("corrected", ()) if code in task_of}
        outdated -= set(details.get("results", ()))
    return frozenset(outdated & said)
