"""The line of a cycle's steps, in the words of the page."""

from collections.abc import Iterable
from typing import Any

from contracts.cycles import CycleStep
from office.i18n import N_, translate
from office.pages import day


def line_of(steps: Iterable[CycleStep], *, late: bool = False) -> list[dict[str, Any]]:
    """Steps for `krds.steps`: the day a phase began, else the day it is planned for; `late` says which is overdue."""
    return [
        {
            "label": step.label,
            "state": step.state,
            "when": day(step.entered_at) if step.entered_at else _planned(step),
            "note": translate(N_("늦음")) if step.late and late else "",
        }
        for step in steps
    ]


def _planned(step: CycleStep) -> str:
    return translate(N_("{day} 예정"), day=day(step.planned_at)) if step.planned_at else ""
