"""Contracts as hypothesis draws them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from contracts.files.columns import DEEPEST_GOALS
from contracts.files.spreadsheet import checked
from contracts.terms.methods import SETTINGS as METHOD_SETTINGS
from contracts.terms.points import largest_remainder
from contracts.terms.tree import (
    BESIDE,
    ContractTree,
    Direction,
    Kind,
    Measure,
    Method,
    Node,
)
from tests.contracts.rows import D

text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=12).map(
    lambda raw: checked(raw).text if not checked(raw).wrong else "글"
)
title = text.filter(bool)
value = st.decimals(-1_000_000, 1_000_000, places=3)

SETTINGS = {
    "main": "yes",
    "outlier": "2023",
    "start_year": "2024",
    "start": "80",
    "goal_year": "2029",
    "goal": "100.5",
    "best": "90",
    "worst": "-3",
    "values": "30 25 20 10 5",
    "tiers": "200:20 150.5:40 :80",
    "whole": "yes",
    "maximum": "2.5",
}

RATED = [method for method in Method if method not in BESIDE]


@st.composite
def measures(draw: st.DrawFn, methods: Sequence[Method] = RATED) -> Measure:
    method = draw(st.sampled_from(methods))
    told = [each for each in METHOD_SETTINGS[method] if each.required or draw(st.booleans())]
    direction = draw(st.sampled_from(Direction))
    # Graded values fall or rise with the direction.
    falling = {"values": "5 10 20 25 30"} if direction is Direction.DOWN else {}
    years = draw(st.lists(st.integers(2019, 2025), unique=True, max_size=3).map(sorted))
    return Measure(
        direction,
        method,
        unit=draw(text),
        definition=draw(text),
        baseline=draw(st.none() | value),
        history=tuple((year, draw(value)) for year in years),
        target=draw(st.none() | value),
        actual=draw(st.none() | value),
        settings=tuple(sorted((each.name, (SETTINGS | falling)[each.name]) for each in told)),
        source=draw(text),
        formula=draw(text),
        supplied_by=draw(text),
        checked_by=draw(text),
    )


@st.composite
def contracts(draw: st.DrawFn, code: str) -> ContractTree:
    shape = [draw(st.integers(1, 3)), *draw(st.lists(st.integers(0, 3), max_size=3))]
    shares = iter(largest_remainder(D(100), draw(st.lists(st.just(D(1)) | st.decimals(1, 9, places=0), min_size=sum(shape), max_size=sum(shape)))))  # fmt: skip
    nodes = []
    for number, size in enumerate(shape):
        children = tuple(
            Node(f"{number}-{i}", draw(title), Kind.INDICATOR, next(shares), measure=draw(measures()))
            for i in range(size)
        )
        if draw(st.booleans()):
            beside = draw(measures(sorted(BESIDE)))
            children = (*children, Node(f"{number}-b", draw(title), Kind.INDICATOR, D(0), measure=beside))
        weight = sum((child.weight or D(0) for child in children), D(0))
        node = Node(
            str(number),
            draw(title),
            Kind.TASK,
            weight,
            draw(text),
            draw(text),
            draw(st.booleans()),
            None,
            children,
        )
        for level in range(draw(st.integers(0, DEEPEST_GOALS - 1))):
            node = Node(f"G{number}-{level}", draw(title), Kind.GOAL, weight, children=(node,))
        nodes.append(node)
    if draw(st.booleans()):
        # Goals and tasks side by side below one goal.
        some = nodes[: draw(st.integers(1, len(nodes)))]
        weight = sum((each.weight or D(0) for each in some), D(0))
        nodes[: len(some)] = [Node("G", draw(title), Kind.GOAL, weight, children=tuple(some))]
    return ContractTree(code, f"기관 {code}", draw(text), tuple(nodes))
