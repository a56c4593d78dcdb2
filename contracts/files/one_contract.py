"""One agency's rows of a contract file put together into its contract, with what does not fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.files.columns import korean
from contracts.files.record import Record
from contracts.files.spreadsheet import RowProblem
from contracts.terms.joint import wrong_task
from contracts.terms.points import unbalanced, with_blank_weights_filled
from contracts.terms.tree import ContractTree, Kind, Node, walk
from office.i18n import N_

_TOO_MUCH = N_(
    "한 기관으로 합친 {joined}의 과제 배점을 더하면 {summed}점입니다. 어느 과제가 몇 점인지는 기관이 정할 일이라 저절로 줄이지 않습니다. 파일에서 더해 {stated}점이 되게 고쳐 다시 올리거나, 두 기관으로 두어 주십시오"
)


@dataclass(slots=True)
class _Task:
    """A task while its rows are gathered; `said` remembers the row each fact came from."""

    row: int
    code: str
    title: str
    facts: dict[str, Any] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    own_row: int = 0
    indicators: list[tuple[int, Node]] = field(default_factory=list)


@dataclass(slots=True)
class _Goal:
    """A goal while what stands below it is gathered; the contract itself is one without a title."""

    row: int
    column: str
    code: str
    title: str
    below: list[_Goal | _Task] = field(default_factory=list)

    def inside(self) -> Iterator[_Goal | _Task]:
        """Everything below it, at any depth, in the order of the file."""
        for each in self.below:
            yield each
            if isinstance(each, _Goal):
                yield from each.inside()


class OneContract:
    """One agency's rows on their way to a tree; what is wrong with them is in `problems`."""

    def __init__(self, code: str, records: list[Record], joined: Collection[str] = ()) -> None:
        self.code = code
        self.records = records
        self.joined = joined
        """The names of the bodies of the file that people decided to take as this one."""
        self.problems: list[RowProblem] = []
        self.notices: list[RowProblem] = []
        self.rows_of: dict[str, int] = {}
        """Row of each node, by code, to point at when weights do not add up."""

    def refuse(self, row: int, column: str, message: str, value: str = "", /, **values: str) -> None:
        self.problems.append(RowProblem(row, korean(column), message, value, values))

    def tree(self, *, complete: bool) -> ContractTree:
        """The contract; weights are only judged when all of its rows could be read."""
        name, kind = self._name(), self._kind()
        root = self._gathered()
        if self.problems:
            return ContractTree(self.code, name, kind)
        self._number_blank_codes(root)
        nodes = tuple(self._node(each) for each in root.below)
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

    def _gathered(self) -> _Goal:
        """What stands where, each goal and task at the place of its first row."""
        goals: dict[tuple[str, ...], _Goal] = {(): _Goal(self.records[0].row, "", "", "")}
        tasks: dict[tuple[str, ...], _Task] = {}
        for record in self.records:
            path = self._goal_of(record, goals)
            where = (*path, record.task_code or f"title {record.task}")
            task = tasks.get(where)
            if task is None:
                task = tasks[where] = _Task(record.row, record.task_code, record.task)
                goals[path].below.append(task)
            self._join(task, record)
        return goals[()]

    def _goal_of(self, record: Record, goals: dict[tuple[str, ...], _Goal]) -> tuple[str, ...]:
        """The way to the goal a row stands in, from the outermost in; a goal is known by its code, or by its title."""
        path: tuple[str, ...] = ()
        for level in record.goals:
            above, path = goals[path], (*path, level.code or level.title)
            if path not in goals:
                goals[path] = _Goal(record.row, level.column, level.code, level.title)
                above.below.append(goals[path])
            elif goals[path].title != level.title:
                message = N_("전략목표코드가 같은데 이름이 다릅니다: {name}")
                self.refuse(record.row, level.column, message, level.title, name=goals[path].title)
        return path

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

    def _number_blank_codes(self, root: _Goal) -> None:
        """Give what has no code the next free number: goals G1, G2, …, tasks 1, 2, …, their indicators 1-1, 1-2, …"""
        inside = list(root.inside())
        given = {each.code for each in inside}
        given |= {node.code for each in inside if isinstance(each, _Task) for _, node in each.indicators}
        for each in inside:
            if isinstance(each, _Goal):
                each.code = each.code or _next_code("G", given)
                continue
            each.code = each.code or _next_code("", given)
            each.indicators = [
                (row, node if node.code else replace(node, code=_next_code(f"{each.code}-", given)))
                for row, node in each.indicators
            ]

    def _node(self, each: _Goal | _Task) -> Node:
        if isinstance(each, _Task):
            return self._task_node(each)
        self._claim(each.row, f"{each.column}_code", each.code)
        below = tuple(self._node(one) for one in each.below)
        return Node(each.code, each.title, Kind.GOAL, None, children=below)

    def _task_node(self, task: _Task) -> Node:
        node = Node(
            task.code,
            task.title,
            Kind.TASK,
            task.facts.get("task_weight"),
            promise=task.facts.get("promise", ""),
            result=task.facts.get("result", ""),
            on_ballot=task.facts.get("on_ballot", False),
            children=tuple(node for _, node in task.indicators),
            shares=task.facts.get("shares", ()),
        )
        self._claim(task.row, "task_code", task.code)
        if wrong := wrong_task(self.code, node):
            self.refuse(task.said["shares"], "shares", wrong, code=self.code)
        for row, indicator in task.indicators:
            self._claim(row, "indicator_code", indicator.code)
            if indicator.is_beside and indicator.weight:
                message = N_("가점과 감점은 총점에 따로 더하거나 빼므로 배점을 0점으로 하여 주십시오")
                self.refuse(row, "weight", message)
        return node

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
            if not imbalance.path and len(self.joined) > 1:
                self.refuse(
                    first, "task_weight", _TOO_MUCH, joined=", ".join(self.joined), **imbalance.values
                )
                continue
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
