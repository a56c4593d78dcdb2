"""The demonstration's contracts, read from promises.toml beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from contracts.files.columns import DIRECTIONS, METHODS, word
from contracts.terms.methods import Misread, read_settings
from contracts.terms.tree import BESIDE, ContractTree, Direction, Kind, Measure, Method, Node

FILE = Path(__file__).with_suffix(".toml")
YEARS = range(2021, 2026)
"""What `history` holds, in order."""
SHARES = (("D01", Decimal(60)), ("D02", Decimal(40)))
"""Buses in the country also bring patients to the doctor: who has which part in them."""
GRADED_BY, CHECKED_BY = "평가위원회", "실적 확인 담당"

Facts = Mapping[str, Any]


def demonstration_contracts() -> tuple[ContractTree, ...]:
    """Six contracts with twelve tasks, all of them on the ballot; one task is kept by two bodies."""
    read = tomllib.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)
    first, second, *others = (_tree(number, body) for number, body in enumerate(read["body"], start=1))
    return (_led(first), _joined(second, first.children[0]), *others)


def _led(tree: ContractTree) -> ContractTree:
    """The contract that leads its first task for both."""
    return replace(tree, children=(replace(tree.children[0], shares=SHARES), *tree.children[1:]))


def _joined(tree: ContractTree, task: Node) -> ContractTree:
    """The partner's contract: the task stands in it too, measured where it is led."""
    linked = replace(task, weight=Decimal(), on_ballot=False, children=(), shares=SHARES)
    return replace(tree, children=(*tree.children, linked))


def _tree(number: int, body: Facts) -> ContractTree:
    code = f"D{number:02d}"
    numbered = [(each.get("goal", ""), f"{code}-{at}", each) for at, each in enumerate(body["task"], start=1)]
    children: list[Node] = []
    for place, (goal, group) in enumerate(groupby(numbered, key=lambda each: each[0]), start=1):
        tasks = tuple(_task(its_code, each) for _, its_code, each in group)
        above = Node(f"{code}-G{place}", goal, Kind.GOAL, _sum(tasks), children=tasks)
        children += [above] if goal else tasks
    return ContractTree(code, body["name"], body["kind"], tuple(children))


def _sum(nodes: Iterable[Node]) -> Decimal:
    return sum((node.weight or Decimal() for node in nodes), Decimal())


def _task(code: str, task: Facts) -> Node:
    leaves = tuple(_leaf(f"{code}-{at}", each) for at, each in enumerate(task["indicator"], start=1))
    return Node(
        code=code,
        title=task["title"],
        kind=Kind.TASK,
        weight=_sum(leaves),
        promise=task["promise"],
        result=task["result"],
        on_ballot=True,
        children=leaves,
    )


def _leaf(code: str, row: Facts) -> Node:
    method = METHODS[word(row["method"])]
    settings = read_settings(method, row.get("settings", ""))
    if isinstance(settings, Misread):
        raise ValueError(f"{code}: {settings.message}")
    history = tuple(zip(YEARS, map(Decimal, row["history"]), strict=True)) if "history" in row else ()
    measured = method is not Method.SHOWN and method not in BESIDE
    measure = Measure(
        direction=DIRECTIONS[row["direction"]] if "direction" in row else Direction.UP,
        method=method,
        unit=row.get("unit", ""),
        definition=row["definition"],
        baseline=history[-1][1] if history and measured else None,
        history=history,
        target=_figure(row.get("target")),
        actual=_figure(row.get("actual")),
        settings=settings,
        source=row["source"],
        formula=row.get("formula", ""),
        supplied_by=row["supplied_by"],
        checked_by=GRADED_BY if method is Method.NINE_GRADE else CHECKED_BY,
    )
    return Node(code, row["title"], Kind.INDICATOR, Decimal(row["points"]), measure=measure)


def _figure(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)
