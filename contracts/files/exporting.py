"""Write contracts in the format `importing` reads, so that what goes out can come back in unchanged."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from contracts.files.columns import COLUMNS, NUMBERS, WRITTEN_DIRECTIONS, WRITTEN_METHODS, korean
from contracts.files.guarding import guarded
from contracts.terms.joint import write_shares
from contracts.terms.methods import write_settings
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node, indicators
from office.decimals import plain


def write_csv(trees: Sequence[ContractTree]) -> bytes:
    """CSV with the Korean header and a byte order mark, as Excel needs it; `parse(write_csv(x)).contracts == x`.

    Texts that a spreadsheet would take for a formula are guarded (contracts/files/guarding.py).
    `ValueError` for a tree the format cannot say: goals at any depth, their tasks, their indicators.
    """
    names, lines = table_of(trees)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([korean(name) for name in names])
    figures = [name in NUMBERS or name.isdigit() for name in names]
    for line in lines:
        writer.writerow(
            [cell if figure else guarded(cell) for cell, figure in zip(line, figures, strict=True)]
        )
    return out.getvalue().encode("utf-8-sig")


def table_of(trees: Sequence[ContractTree], years: Collection[int] = ()) -> tuple[list[str], list[list[str]]]:
    """The English names of the columns, past years among them (those of the trees and `years`), and the rows as text.

    Goals above the goal have columns of their own where there are any.  `ValueError` for a tree the format cannot say:
    goals at any depth, their tasks, their indicators.  A goal without tasks has no row.
    """
    measured = {year for tree in trees for node in indicators(tree) for year, _ in _measure(node).history}
    names = list(COLUMNS)
    at = names.index("target")
    names[at:at] = [str(year) for year in sorted(measured | set(years))]
    lines = [line for tree in trees for line in _lines(tree)]
    at = names.index("goal_code")
    names[at:at] = sorted(
        {name for line in lines for name in line if name.startswith("above")}, key=_by_level
    )
    return names, [[line.get(name, "") for name in names] for line in lines]


def _by_level(name: str) -> tuple[str, bool]:
    """Levels from the outermost in, the code before the title."""
    level, _, code = name.partition("_")
    return level, not code


def _lines(tree: ContractTree) -> Iterable[dict[str, str]]:
    agency = {"agency_code": tree.agency_code, "agency": tree.agency, "kind": tree.agency_kind}
    for top in tree.children:
        yield from _branch(agency, (), top)


def _branch(agency: dict[str, str], goals: tuple[Node, ...], node: Node) -> Iterable[dict[str, str]]:
    if node.kind is not Kind.GOAL:
        names = [f"above{n}" for n in range(1, len(goals))] + ["goal"] * bool(goals)
        above = {name: goal.title for name, goal in zip(names, goals, strict=True)}
        codes = {f"{name}_code": goal.code for name, goal in zip(names, goals, strict=True)}
        yield from _task_lines(agency | above | codes, node)
    for child in node.children if node.kind is Kind.GOAL else ():
        yield from _branch(agency, (*goals, node), child)


def _task_lines(above: dict[str, str], task: Node) -> Iterable[dict[str, str]]:
    if task.kind is not Kind.TASK or any(child.kind is not Kind.INDICATOR for child in task.children):
        raise ValueError(f"{task.code}: the format knows goals, their tasks and their indicators")
    line = above | {
        "task_code": task.code,
        "task": task.title,
        "promise": task.promise,
        "result": task.result,
        "on_ballot": "예" if task.on_ballot else "아니오",
        "task_weight": _text(task.weight),
        "shares": write_shares(task.shares),
    }
    if not task.children:
        yield line
    for node in task.children:
        yield line | _indicator_cells(node)


def _indicator_cells(node: Node) -> dict[str, str]:
    measure = _measure(node)
    return {
        "indicator_code": node.code,
        "indicator": node.title,
        "weight": _text(node.weight),
        "direction": WRITTEN_DIRECTIONS[measure.direction],
        "unit": measure.unit,
        "method": WRITTEN_METHODS[measure.method],
        "settings": write_settings(measure.method, measure.settings),
        "baseline": _text(measure.baseline),
        "target": _text(measure.target),
        "actual": _text(measure.actual),
        "definition": measure.definition,
        "formula": measure.formula,
        "source": measure.source,
        "supplied_by": measure.supplied_by,
        "checked_by": measure.checked_by,
    } | {str(year): _text(value) for year, value in measure.history}


def _measure(node: Node) -> Measure:
    if node.measure is None:
        raise ValueError(f"{node.code} is an indicator without a measure")
    return node.measure


def _text(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def template_csv() -> bytes:
    """An empty form with three example rows."""
    return write_csv([example_contract()])


def example_contract() -> ContractTree:
    """What a contract may hold: a figure, a grade, and a promise that only stands on the ballot."""
    wait = Measure(
        Direction.DOWN,
        Method.TARGET_RANGE,
        unit="분",
        definition="교통약자 이동지원차 신청부터 승차까지 걸린 시간의 연평균",
        baseline=Decimal("38.2"),
        history=((2023, Decimal("44.5")), (2024, Decimal("41")), (2025, Decimal("38.2"))),
        target=Decimal(33),
        source="이동지원센터 배차 기록",
    )
    effort = Measure(Direction.UP, Method.NINE_GRADE, definition="이용자 의견을 들어 고친 노력과 성과")
    return ContractTree(
        "A01",
        "예시교통공사",
        "공공기관",
        (
            Node(
                "1",
                "교통약자 이동지원 강화",
                Kind.TASK,
                Decimal(100),
                promise="이동지원차를 기다리는 시간을 33분 안으로 줄이겠습니다.",
                on_ballot=True,
                children=(
                    Node("1-1", "평균 대기시간", Kind.INDICATOR, Decimal(70), measure=wait),
                    Node("1-2", "이용 편의 개선 노력", Kind.INDICATOR, Decimal(30), measure=effort),
                ),
            ),
            Node(
                "2",
                "심야 노선 신설",
                Kind.TASK,
                Decimal(0),
                promise="자정 이후 운행하는 노선을 두 개 만들겠습니다.",
                on_ballot=True,
            ),
        ),
    )
