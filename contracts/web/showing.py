"""What several pages show of a contract: its signatures, its leading promises, one line per contract of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import CycleStep
from contracts.model import Agency, Contract, ContractState, Cycle
from contracts.terms.doubt import Check
from contracts.terms.methods import said_settings
from contracts.terms.standing import Way, lead_indicator, lead_task, way_of
from contracts.terms.tree import METHOD_NAMES, ContractTree, Node, tasks
from office.i18n import N_, translate
from office.pages import day
from office.people import Person

STATE_TONES = {
    ContractState.DRAFT: "gray",
    ContractState.SUBMITTED: "warning",
    ContractState.ACCEPTED: "secondary",
    ContractState.HEAD_SIGNED: "information",
    ContractState.SIGNED: "primary",
    ContractState.PUBLISHED: "success",
}
NAMES = {"methods": METHOD_NAMES, "settings": said_settings}
"""Labels the templates look up by value."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One side's signature."""

    role: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """A task with the bar of its leading indicator."""

    task: Node
    lead: Node | None
    way: Way | None


def promise_of(task: Node, cycle: Cycle, checks: Mapping[str, Check] | None = None) -> Promise:
    """The task with its bar."""
    lead = lead_indicator(task)
    return Promise(task, lead, checked_way(lead, cycle, checks or {}) if lead else None)


def checked_way(node: Node, cycle: Cycle, checks: Mapping[str, Check]) -> Way | None:
    """The bar of an indicator, with what the check found where it doubts the figure."""
    checked = checks.get(node.code)
    return way_of(node, cycle.year, checked.doubt if checked else None, over=cycle.over)


def promises_of(tree: ContractTree, cycle: Cycle, checks: Mapping[str, Check] | None = None) -> list[Promise]:
    """The tasks that are promised in a sentence, or all of them where none is, the leading one first."""
    lead = lead_task(tree)
    spoken = [task for task in tasks(tree) if task.promise] or list(tasks(tree))
    return [promise_of(task, cycle, checks) for task in sorted(spoken, key=lambda task: task is not lead)]


async def signatures_of(session: AsyncSession, contract: Contract) -> list[Signed]:
    """Who signed, for which side and when, in order."""
    sides = [
        (translate(N_("기관장")), contract.head_signed_by, contract.head_signed_at),
        (
            translate(N_("도지사를 대신하여 성과관리 담당")),
            contract.office_signed_by,
            contract.office_signed_at,
        ),
    ]
    ids = [person_id for _, person_id, _ in sides if person_id is not None]
    query = select(Person.id, Person.name).where(col(Person.id).in_(ids))
    names = dict((await session.exec(query)).all()) if ids else {}
    return [
        Signed(role, names.get(person_id, ""), at)
        for role, person_id, at in sides
        if person_id is not None and at is not None
    ]


def line_of(steps: Sequence[CycleStep]) -> list[dict[str, Any]]:
    """The steps of a cycle for the macro that draws them."""
    return [
        {
            "label": step.label,
            "state": step.state,
            "when": day(step.entered_at or step.planned_at) if step.entered_at or step.planned_at else None,
            "note": _note(step),
        }
        for step in steps
    ]


def _note(step: CycleStep) -> str | None:
    if step.late:
        return translate(N_("예정일이 지났습니다"))
    if step.state == "todo" and step.planned_at:
        return translate(N_("예정"))
    return None


def headline(cycle: Cycle, agency: Agency) -> str:
    """The title both the page and the paper carry."""
    return translate(N_("{year}년 {agency} 성과계약서"), year=cycle.year, agency=agency.name)
