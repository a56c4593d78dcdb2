"""The officer words the head's own contract: a few measured tasks, a few that experts grade, the first day in office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import col, delete, insert
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import hold, require_phase
from contracts.files.columns import LONGEST
from contracts.files.spreadsheet import checked
from contracts.heads.stored import HeadPromise, HeadTask
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import tree_of
from contracts.terms.head import PREFIX, graded, measured, strays
from contracts.terms.tree import ContractTree, Direction, HeadContract, Kind, Measure, Method, Node
from contracts.writing.drafting import hold_contract, reopen, require_open
from office import journal
from office.decimals import number, plain
from office.errors import Conflict, Refused
from office.i18n import N_, translate
from office.people import Person

MEASURED, GRADED = "Q", "G"
"""Tasks with a target, and tasks that experts grade: the letters of their codes and of their fields."""
ROWS = {MEASURED: 5, GRADED: 3}
LONGEST_OF = {
    "title": LONGEST["indicator"],
    "definition": LONGEST["definition"],
    "unit": LONGEST["unit"],
}
HEAVIEST = 100
_EMPTY = N_("측정하는 과제와 평가위원이 평정하는 과제를 하나 이상씩 적어 주십시오")


def fields_of(head: HeadContract | None) -> dict[str, str]:
    """What the form holds before anybody types."""
    if head is None:
        return {}
    fields = {"since": head.since.isoformat()}
    for letter, tasks in ((MEASURED, measured(head)), (GRADED, graded(head))):
        for place, task in enumerate(tasks, start=1):
            said = task.measure
            here = {"title": task.title, "weight": plain(task.weight or Decimal(1))}
            if said is not None:
                here |= {"definition": said.definition, "unit": said.unit, "direction": said.direction.value}
                here |= {"target": plain(said.target)} if said.target is not None else {}
            fields |= {f"{name}-{letter}{place}": text for name, text in here.items()}
    return fields


class Reviewed(Conflict):
    """What would change was reviewed already: nothing is stored until the officer says to hand it in again."""


@dataclass(slots=True)
class _Form:
    """A form being read; `wrong` collects a sentence for every field that cannot be taken."""

    values: Mapping[str, str]
    wrong: dict[str, str]

    def text(self, name: str, row: str, *, needed: bool = False) -> str:
        field = f"{name}-{row}"
        text = checked(self.values.get(field, ""))
        if text.wrong:
            self.wrong[field] = translate(text.wrong)
        elif len(text.text) > LONGEST_OF[name]:
            self.wrong[field] = translate(N_("{n}자까지 쓸 수 있습니다. 줄여 주십시오"), n=LONGEST_OF[name])
        elif needed and not text.text:
            self.wrong[field] = translate(N_("꼭 적어야 하는 칸입니다"))
        return text.text

    def figure(self, name: str, row: str, wrong: str, *, most: int | None = None) -> Decimal:
        field = f"{name}-{row}"
        value = number(self.values.get(field, ""))
        if value is None or value <= 0 or (most is not None and value > most):
            self.wrong[field] = translate(wrong)
            return Decimal(1)
        return value

    def weight(self, row: str) -> Decimal:
        if not self.values.get(f"weight-{row}", "").strip():
            return Decimal(1)
        return self.figure("weight", row, N_("0보다 크고 100을 넘지 않는 수를 적어 주십시오"), most=HEAVIEST)

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.values.get(name, "").strip())
        except ValueError:
            self.wrong[name] = translate(N_("날짜를 2026-01-31처럼 적어 주십시오"))
            return date.min

    def is_blank(self, row: str) -> bool:
        names = ("title", "definition", "unit", "target", "weight")
        return not any(self.values.get(f"{name}-{row}", "").strip() for name in names)


def read_head(form: Mapping[str, str]) -> HeadContract | None:
    """The head's contract a form holds (`title-Q1`, …, `title-G1`, …, `since`); None where every row is left blank.

    `Refused` names every field that cannot be taken.  A target has to be above 0: attainment is a ratio to it.
    """
    read = _Form(form, {})
    rows = {
        letter: [row for place in range(1, ROWS[letter] + 1) if not read.is_blank(row := f"{letter}{place}")]
        for letter in ROWS
    }
    if not any(rows.values()):
        return None
    tasks: list[Node] = []
    for letter, filled in rows.items():
        for place, row in enumerate(filled, start=1):
            tasks.append(_task(read, letter, place, row))
    since = read.day("since")
    for letter, filled in rows.items():
        if not filled:
            read.wrong[f"title-{letter}1"] = translate(_EMPTY)
    if read.wrong:
        raise Refused(N_("저장하지 않았습니다. 표시한 칸을 고친 뒤 다시 저장해 주십시오"), fields=read.wrong)
    return HeadContract(tuple(tasks), since)


def _task(read: _Form, letter: str, place: int, row: str) -> Node:
    title, definition = read.text("title", row, needed=True), read.text("definition", row)
    if letter == GRADED:
        measure = Measure(Direction.UP, Method.NINE_GRADE, definition=definition)
    else:
        down = read.values.get(f"direction-{row}") == Direction.DOWN
        measure = Measure(
            Direction.DOWN if down else Direction.UP,
            Method.TARGET_RATIO,
            unit=read.text("unit", row),
            definition=definition,
            target=read.figure("target", row, N_("목표를 0보다 큰 수로 적어 주십시오")),
        )
    return Node(f"{PREFIX}{letter}{place}", title, Kind.INDICATOR, read.weight(row), measure=measure)


async def promise(
    session: AsyncSession, cycle: Cycle, contract: Contract, form: Mapping[str, str], by: Person
) -> bool:
    """Store what the officer typed in place of what stood there; False where nothing changed.

    As with the agency's own tasks, a contract that was reviewed has to be reviewed again: `Reviewed` unless the form says so
    (`again`).
    """
    await hold(session, cycle)
    require_phase(cycle, Phase.DRAFTING)
    await hold_contract(session, contract)
    require_open(contract)
    head = read_head(form)
    if head == (await tree_of(session, contract)).head:
        return False
    if contract.state is ContractState.ACCEPTED and form.get("again") != "yes":
        raise Reviewed(N_("아직 저장하지 않았습니다. 검토를 마친 계약을 고칠까요?"))
    assert contract.id is not None  # noqa: S101 - a stored contract
    await session.exec(delete(HeadTask).where(col(HeadTask.contract_id) == contract.id))
    await session.exec(delete(HeadPromise).where(col(HeadPromise.contract_id) == contract.id))
    if head is not None:
        await session.exec(insert(HeadPromise).values(contract_id=contract.id, since=head.since))
        await session.exec(
            insert(HeadTask),
            params=[_row(contract.id, place, task) for place, task in enumerate(head.tasks)],
            execution_options={"render_nulls": True},
        )
    await reopen(session, contract)
    await journal.record(
        session, by.actor, "head.drafted", contract.public_id, tasks=len(head.tasks) if head else 0
    )
    return True


def _row(contract_id: int, position: int, task: Node) -> dict[str, Any]:
    measure = task.measure
    assert measure is not None  # noqa: S101 - every task of a head has one
    return {
        "contract_id": contract_id,
        "position": position,
        "code": task.code,
        "title": task.title,
        "definition": measure.definition,
        "weight": task.weight,
        "graded": measure.method is Method.NINE_GRADE,
        "direction": measure.direction,
        "unit": measure.unit,
        "target": measure.target,
    }


def require_own_codes(tree: ContractTree) -> None:
    """`Conflict` where a task or indicator of the agency bears a code that belongs to the head's own tasks."""
    if found := strays(tree):
        raise Conflict(
            N_("기관장 성과계약의 번호와 겹치는 항목이 있습니다. 번호를 바꾸어 주십시오: {codes}"),
            codes=", ".join(node.code for node in found),
        )
