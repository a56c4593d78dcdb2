"""The head's own contract beside the agency's: a handful of tasks, and leadership, which experts grade as well."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from contracts.terms.tree import (
    ContractTree,
    Direction,
    HeadContract,
    Kind,
    Measure,
    Method,
    Node,
    indicators,
    walk,
)
from office.i18n import N_, translate

PREFIX = "HEAD-"
"""How the codes of the head's own tasks begin; no other task or indicator of the contract may begin so."""
LEADERSHIP = f"{PREFIX}L"
TITLE = N_("기관장 성과계약")
LEADERSHIP_TITLE = N_("기관장의 리더십")
LEADERSHIP_ASKED = N_(
    "비전과 목표를 세우고 알렸는지, 구성원과 도민의 말을 듣고 반영했는지, 윤리와 안전을 스스로 지켰는지 봅니다."
)


def measured(head: HeadContract) -> tuple[Node, ...]:
    """The tasks whose attainment is computed from target and actual."""
    return tuple(task for task in head.tasks if not _is_graded(task))


def graded(head: HeadContract) -> tuple[Node, ...]:
    """The tasks that experts grade, without leadership."""
    return tuple(task for task in head.tasks if _is_graded(task))


def judged(tree: ContractTree) -> tuple[Node, ...]:
    """Everything of the head that experts grade, leadership last (in Korean); nothing where the head promised nothing."""
    if tree.head is None:
        return ()
    asked = Measure(Direction.UP, Method.NINE_GRADE, definition=LEADERSHIP_ASKED)
    said = tree.head.leadership
    leadership = Node(LEADERSHIP, LEADERSHIP_TITLE, Kind.INDICATOR, None, result=said, measure=asked)
    return (*graded(tree.head), leadership)


def titles_of(tree: ContractTree) -> dict[str, str]:
    """The titles of a contract's indicators by code, with what of the head experts grade, in the reader's language."""
    own = {node.code: translate(node.title) for node in judged(tree)}
    return {node.code: node.title for node in indicators(tree)} | own


def with_own_tasks(tree: ContractTree) -> ContractTree:
    """The contract with what its head promised as its last task, leadership last: for whatever is laid beside an item.

    Its titles are in the reader's language; without a head's contract it is the same tree.
    """
    if tree.head is None:
        return tree
    leadership = replace(judged(tree)[-1], title=translate(LEADERSHIP_TITLE))
    own = Node(PREFIX, translate(TITLE), Kind.TASK, None, children=(*tree.head.tasks, leadership))
    return replace(tree, children=(*tree.children, own))


def attained(direction: Direction, target: Decimal | None, actual: Decimal | None) -> Fraction | None:
    """F14: how far a task is in per cent of its target, cut to 0 and 100; None where figure or target is missing.

    Where less is better, target ÷ figure; nothing at all is then 100.  A target of 0 or less is no target.
    Source: 2026년도 공공기관 경영평가편람 pp. 77-86.
    """
    if target is None or actual is None or target <= 0:
        return None
    if direction is Direction.UP:
        ratio = Fraction(actual) / Fraction(target)
    else:
        ratio = Fraction(target) / Fraction(actual) if actual > 0 else Fraction(1)
    return min(max(ratio, Fraction(0)), Fraction(1)) * 100


def months_in_office(since: date, year: int) -> int:
    """Full months in office from the first day until the end of a year; 0 for who came later."""
    months = (year + 1 - since.year) * 12 + 1 - since.month - (since.day > 1)
    return max(months, 0)


def strays(tree: ContractTree) -> tuple[Node, ...]:
    """Tasks and indicators of the agency under a code that belongs to the head's own."""
    return tuple(node for _, node in walk(tree) if node.code.startswith(PREFIX)) if tree.head else ()


def _is_graded(task: Node) -> bool:
    return task.measure is not None and task.measure.method is Method.NINE_GRADE
