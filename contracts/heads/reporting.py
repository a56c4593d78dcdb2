"""What came of the head's own contract: figures, results and leadership in words, reported while reporting is open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.files.columns import LONGEST
from contracts.files.spreadsheet import checked
from contracts.heads.stored import HeadPromise, HeadTask
from contracts.keeping.answering import answer
from contracts.keeping.unlikely import require_likely
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import tree_of
from contracts.terms.head import measured
from contracts.terms.tree import HeadContract
from office import journal
from office.decimals import number, plain
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person

MAXIMUM = LONGEST["result"]


async def report(
    session: AsyncSession, cycle: Cycle, contract: Contract, form: Mapping[str, str], by: Person
) -> None:
    """Store the fields `actual-CODE`, `result-CODE`, `answer-CODE`, `leadership` and `since`; one the form lacks stays as it is.

    `Unlikely` where a figure has to be looked at again first (contracts/keeping/unlikely.py).
    """
    await hold(session, cycle)
    require_phase(cycle, Phase.REPORTING)
    if contract.state is not ContractState.PUBLISHED:
        raise Conflict(N_("공개된 계약에만 실적을 적을 수 있습니다"))
    head = (await tree_of(session, contract)).head
    if head is None:
        raise NotFound(N_("이 계약에는 기관장 성과계약이 없습니다"))
    tasks, promise = _read(head, form)
    require_likely(((task, tasks.get(task.code, {}).get("actual")) for task in head.tasks), form)
    await answer(session, contract, form, by)
    here = col(HeadTask.contract_id) == contract.id
    for code, values in tasks.items():
        await session.exec(update(HeadTask).where(here, col(HeadTask.code) == code).values(**values))
    if promise:
        mine = col(HeadPromise.contract_id) == contract.id
        await session.exec(update(HeadPromise).where(mine).values(**promise))
    if tasks or promise:
        figures = {code: values["actual"] for code, values in tasks.items() if "actual" in values}
        await journal.record(
            session,
            by.actor,
            "head.reported",
            contract.public_id,
            actuals={code: None if value is None else plain(value) for code, value in figures.items()},
            since=promise["since"].isoformat() if "since" in promise else None,
        )


def _read(head: HeadContract, form: Mapping[str, str]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """What changed: values of tasks by code, and those of the whole; `Refused` names the fields that cannot be taken."""
    wrong: dict[str, str] = {}
    tasks: dict[str, dict[str, Any]] = {}
    for task in head.tasks:
        values: dict[str, Any] = {}
        result = _text(form, f"result-{task.code}", task.result, wrong)
        if result != task.result:
            values["result"] = result
        if task in measured(head) and task.measure is not None:
            actual = _figure(form, f"actual-{task.code}", task.measure.actual, wrong)
            if actual != task.measure.actual:
                values["actual"] = actual
        if values:
            tasks[task.code] = values
    promise: dict[str, Any] = {}
    leadership = _text(form, "leadership", head.leadership, wrong)
    if leadership != head.leadership:
        promise["leadership"] = leadership
    since = _day(form, "since", head.since, wrong)
    if since != head.since:
        promise["since"] = since
    if wrong:
        raise Refused(N_("저장하지 않았습니다. 표시한 칸을 고친 뒤 다시 저장해 주십시오"), fields=wrong)
    return tasks, promise


def _text(form: Mapping[str, str], name: str, stands: str, wrong: dict[str, str]) -> str:
    if name not in form:
        return stands
    text = checked(form[name])
    if text.wrong:
        wrong[name] = translate(text.wrong)
    elif len(text.text) > MAXIMUM:
        wrong[name] = translate(N_("{n}자까지 쓸 수 있습니다. 줄여 주십시오"), n=MAXIMUM)
    return text.text


def _figure(
    form: Mapping[str, str], name: str, stands: Decimal | None, wrong: dict[str, str]
) -> Decimal | None:
    """A blank is a figure that is still missing, never 0."""
    if name not in form or not form[name].strip():
        return stands if name not in form else None
    if (value := number(form[name])) is None:
        wrong[name] = translate(N_("숫자로 적어 주십시오"))
    return value


def _day(form: Mapping[str, str], name: str, stands: date, wrong: dict[str, str]) -> date:
    if name not in form:
        return stands
    try:
        return date.fromisoformat(form[name].strip())
    except ValueError:
        wrong[name] = translate(N_("날짜를 2026-01-31처럼 적어 주십시오"))
        return stands
