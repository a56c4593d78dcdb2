"""Put checked rows together into contracts, agency by agency, and say what does not fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from contracts.files.columns import korean
from contracts.files.spreadsheet import RowProblem
from contracts.terms.joint import loose_ends, wrong_task
from contracts.terms.tree import (
    ContractTree,
    Kind,
    Measure,
    Node,
    Shares,
    unbalanced,
    walk,
    with_blank_weights_filled,
)
from office.i18n import N_


@dataclass(frozen=True, slots=True)
class Record:
    """One good row; blanks are "" or `None`, `measure` is there on indicator rows."""

    row: int
    agency_code: str
    agency: str
    kind: str
    goal_code: str
    goal: str
    task_code: str
    task: str
    promise: str
    result: str
    on_ballot: bool | None
    task_weight: Decimal | None
    indicator_code: str
    indicator: str
    weight: Decimal | None
    measure: Measure | None
    shares: Shares = ()


@dataclass(frozen=True, slots=True)
class Assembled:
    """The contracts without a problem, what was wrong with the others, what to look at, who was withheld."""

    trees: tuple[ContractTree, ...]
    problems: tuple[RowProblem, ...]
    notices: tuple[RowProblem, ...]
    withheld: tuple[str, ...]


@dataclass(slots=True)
class _Task:
    """A task while its rows are gathered; `said` remembers the row each fact came from."""

    row: int
    code: str
    title: str
    facts: dict[str, object] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    own_row: int = 0
    indicators: list[tuple[int, Node]] = field(default_factory=list)


@dataclass(slots=True)
class _Goal:
    code: str
    title: str
    tasks: list[_Task] = field(default_factory=list)


def assemble(
    records: Sequence[Record], tainted: Collection[str] = (), others: Sequence[ContractTree] = ()
) -> Assembled:
    """The contracts the rows make; agencies in `tainted` are checked as far as they go and withheld.

    `others` are contracts known already: a partner's side of a joint task may be among them.
    """
    by_agency: dict[str, list[Record]] = {}
    for record in records:
        by_agency.setdefault(record.agency_code, []).append(record)
    trees: list[ContractTree] = []
    problems: list[RowProblem] = []
    notices: list[RowProblem] = []
    withheld = [code for code in tainted if code not in by_agency]
    rows_of: dict[str, dict[str, int]] = {}
    for code, its_rows in by_agency.items():
        agency = _Agency(code, its_rows)
        tree = agency.tree(complete=code not in tainted)
        problems += agency.problems
        if code in tainted or agency.problems:
            withheld.append(code)
        else:
            trees.append(tree)
            notices += agency.notices
            rows_of[code] = agency.rows_of
    notices += _namesakes(trees, by_agency)
    for end in loose_ends((*trees, *(other for other in others if other.agency_code not in by_agency))):
        if not {end.agency_code, end.other} & set(by_agency):
            continue
        row = rows_of.get(end.agency_code, {}).get(end.task_code, 0)
        notices.append(RowProblem(row, korean("shares"), end.message, end.task_code, end.values))
    return Assembled(tuple(trees), tuple(problems), tuple(notices), tuple(withheld))


def _namesakes(trees: Sequence[ContractTree], by_agency: dict[str, list[Record]]) -> list[RowProblem]:
    """Agencies of one name under two codes: maybe two, maybe one twice; a person decides."""
    message = N_(
        "이름이 같은 기관이 다른 코드({codes})로도 있습니다. 같은 기관이면 코드를 하나로 하여 주십시오"
    )
    codes: dict[str, list[str]] = {}
    for tree in trees:
        codes.setdefault(tree.agency, []).append(tree.agency_code)
    return [
        RowProblem(
            by_agency[same[-1]][0].row, korean("agency_code"), message, name, {"codes": ", ".join(same)}
        )
        for name, same in codes.items()
        if len(same) > 1
    ]


class _Agency:
    """One agency's rows on their way to a tree."""

    def __init__(self, code: str, records: list[Record]) -> None:
        self.code = code
        self.records = records
        self.problems: list[RowProblem] = []
        self.notices: list[RowProblem] = []
        self.rows_of: dict[str, int] = {}
        """Row of each node, by code, to point at when weights do not add up."""

    def refuse(self, row: int, column: str, message: str, value: str = "", /, **values: str) -> None:
        self.problems.append(RowProblem(row, korean(column), message, value, values))

    def tree(self, *, complete: bool) -> ContractTree:
        """The contract; weights are only judged when all of its rows could be read."""
        name, kind = self._name(), self._kind()
        goals = self._gathered()
        if self.problems:
            return ContractTree(self.code, name, kind)
        self._number_blank_codes(goals)
        nodes = tuple(node for goal in goals for node in self._nodes(goal))
        tree = ContractTree(self.code, name, kind, nodes)
        return self._weighed(tree) if complete and not self.problems else tree

    def _name(self) -> str:
        names = Counter(record.agency for record in self.records)
        name = max(names, key=lambda each: names[each])
        message = N_("기관코드 {code}의 이름은 '{name}'입니다. 코드에 따라 그 기관에 넣었습니다")
        for record in self.records:
            if record.agency != name:
                values = {"code": self.code, "name": name}
                self.notices.append(RowProblem(record.row, korean("agency"), message, record.agency, values))
        return name

    def _kind(self) -> str:
        kinds = {record.kind: record.row for record in reversed(self.records) if record.kind}
        if len(kinds) > 1:
            last = max(kinds.values())
            self.refuse(
                last, "kind", N_("같은 기관의 유형이 둘입니다: {kinds}"), kinds=", ".join(sorted(kinds))
            )
        return next(iter(kinds), "")

    def _gathered(self) -> list[_Goal]:
        goals: dict[tuple[str, str], _Goal] = {}
        seen_tasks: dict[tuple[str, str], _Task] = {}
        for record in self.records:
            key = (record.goal_code or record.goal, record.task_code or f"title {record.task}")
            # A task without a goal stands at the top by itself, in the order of the file.
            above = (key[0], "") if record.goal else ("", key[1])
            goal = goals.setdefault(above, _Goal(record.goal_code, record.goal))
            if goal.title != record.goal:
                message = N_("전략목표코드가 같은데 이름이 다릅니다: {name}")
                self.refuse(record.row, "goal", message, record.goal, name=goal.title)
            task = seen_tasks.get(key)
            if task is None:
                task = seen_tasks[key] = _Task(record.row, record.task_code, record.task)
                goal.tasks.append(task)
            self._join(task, record)
        return list(goals.values())

    def _join(self, task: _Task, record: Record) -> None:
        """Add one row to its task: what rows say of the same task must agree."""
        facts = {
            "task": record.task,
            "promise": record.promise,
            "result": record.result,
            "on_ballot": record.on_ballot,
            "task_weight": record.task_weight,
            "shares": record.shares,
        }
        for name, value in facts.items():
            if value in ("", None, ()):
                continue
            if name not in task.facts:
                task.facts[name] = value
                task.said[name] = record.row
            elif task.facts[name] != value:
                message = N_("같은 과제에 대해 {row}행에 쓴 내용과 다릅니다")
                self.refuse(record.row, name, message, str(value), row=str(task.said[name]))
        if record.measure is not None:
            node = Node(
                record.indicator_code, record.indicator, Kind.INDICATOR, record.weight, measure=record.measure
            )
            task.indicators.append((record.row, node))
        elif task.own_row:
            message = N_("같은 과제가 {row}행에 이미 있습니다")
            self.refuse(record.row, "task", message, record.task, row=str(task.own_row))
        else:
            task.own_row = record.row

    def _number_blank_codes(self, goals: list[_Goal]) -> None:
        """Give what has no code the next free number: tasks 1, 2, …, their indicators 1-1, 1-2, …"""
        given = {task.code for goal in goals for task in goal.tasks} | {goal.code for goal in goals}
        given |= {node.code for goal in goals for task in goal.tasks for _, node in task.indicators}
        for goal in goals:
            if goal.title and not goal.code:
                goal.code = _next_code("G", given)
            for task in goal.tasks:
                task.code = task.code or _next_code("", given)
                task.indicators = [
                    (row, node if node.code else replace(node, code=_next_code(f"{task.code}-", given)))
                    for row, node in task.indicators
                ]

    def _nodes(self, goal: _Goal) -> tuple[Node, ...]:
        tasks = tuple(
            Node(
                task.code,
                task.title,
                Kind.TASK,
                _as_decimal(task.facts.get("task_weight")),
                promise=str(task.facts.get("promise", "")),
                result=str(task.facts.get("result", "")),
                on_ballot=bool(task.facts.get("on_ballot")),
                children=tuple(node for _, node in task.indicators),
                shares=_as_shares(task.facts.get("shares")),
            )
            for task in goal.tasks
        )
        for task, node in zip(goal.tasks, tasks, strict=True):
            self._claim(task.row, "task_code", task.code)
            if wrong := wrong_task(self.code, node):
                self.refuse(task.said["shares"], "shares", wrong, code=self.code)
            for row, indicator in task.indicators:
                self._claim(row, "indicator_code", indicator.code)
                if indicator.is_beside and indicator.weight:
                    message = N_("가점과 감점은 총점에 따로 더하거나 빼므로 배점을 0점으로 하여 주십시오")
                    self.refuse(row, "weight", message)
        if not goal.title:
            return tasks
        self._claim(goal.tasks[0].row, "goal_code", goal.code)
        return (Node(goal.code, goal.title, Kind.GOAL, None, children=tasks),)

    def _claim(self, row: int, column: str, code: str) -> None:
        """A code names one node of the contract."""
        if code in self.rows_of:
            message = N_("코드 {code}가 {row}행에 이미 있습니다")
            self.refuse(row, column, message, code, code=code, row=str(self.rows_of[code]))
        self.rows_of.setdefault(code, row)

    def _weighed(self, tree: ContractTree) -> ContractTree:
        filled = with_blank_weights_filled(tree)
        for _, node in walk(filled):
            if node.weight is None:
                column = "weight" if node.kind is Kind.INDICATOR else "task_weight"
                message = N_("배점이 비어 있습니다. 같은 단계의 배점은 모두 쓰거나 모두 비워 주십시오")
                self.refuse(self.rows_of[node.code], column, message)
        if self.problems:
            return filled
        first = self.records[0].row
        for imbalance in unbalanced(filled):
            row = self.rows_of.get(imbalance.code, first)
            self.refuse(row, "task_weight", imbalance.message, **imbalance.values)
        if any(node.weight is None and node.kind is Kind.INDICATOR for _, node in walk(tree)):
            message = N_("{agency}: 배점이 비어 있어 지표에 똑같이 나누었습니다(합 100점)")
            self.notices.append(RowProblem(first, korean("weight"), message, "", {"agency": tree.agency}))
        return filled


def _next_code(prefix: str, taken: set[str]) -> str:
    n = 1
    while f"{prefix}{n}" in taken:
        n += 1
    taken.add(f"{prefix}{n}")
    return f"{prefix}{n}"


def _as_decimal(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _as_shares(value: object) -> Shares:
    return value if isinstance(value, tuple) else ()
