"""Strict and lenient evaluators: standardised marks, and marks adjusted by an additive model (F23).

Shown beside the plain mean, never instead of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.arithmetic.agreement import Table
from evaluation.arithmetic.past import mean_of, root

FEWEST_CASES = 4
"""Below this an evaluator's own mean and spread say too little to standardise by."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """x = μ + τ + β + e by least squares with Σβ = 0: a fair mark per thing, and how lenient each evaluator is."""

    fair: tuple[Fraction, ...]
    leniency: tuple[Fraction, ...]


def standardised(table: Table) -> tuple[Fraction | None, ...]:
    """T = 50 + 10 · mean z of every thing, `z = (x − x̄ⱼ)/sⱼ` with each evaluator's sample deviation.

    Evaluators with fewer than four marks or no spread are left out; `None` for a thing without any mark left.
    """
    scores: list[list[Fraction]] = [[] for _ in table]
    for j in range(max((len(row) for row in table), default=0)):
        marks = [(i, row[j]) for i, row in enumerate(table)]
        given = [mark for _, mark in marks if mark is not None]
        if len(given) < FEWEST_CASES or len(set(given)) < 2:
            continue
        mean = mean_of(given)
        spread = root(sum(((mark - mean) ** 2 for mark in given), Fraction()) / (len(given) - 1))
        for i, mark in marks:
            if mark is not None:
                scores[i].append((mark - mean) / spread)
    return tuple(50 + 10 * mean_of(each) if each else None for each in scores)


def additive(table: Table) -> Adjusted | None:
    """Fair marks μ + τ̂ where some evaluators did not mark everything.

    `None` where the marks do not connect all things and evaluators, so that no comparison is fair.
    """
    n, k = len(table), max((len(row) for row in table), default=0)
    marks = [(i, j, mark) for i, row in enumerate(table) for j, mark in enumerate(row) if mark is not None]
    if not _connected(n, k, marks):
        return None
    # A thing's fair mark follows from the leniency of those who marked it, τ = mean of (x − β), so that only the
    # evaluators are left as unknowns: there are few of them, and many things.
    by_thing: list[list[tuple[int, Fraction]]] = [[] for _ in range(n)]
    for i, j, mark in marks:
        by_thing[i].append((j, mark))
    equations = [[Fraction()] * (k + 1) for _ in range(k)]
    for given in by_thing:
        mean = mean_of([mark for _, mark in given])
        for j, mark in given:
            equations[j][j] += 1
            equations[j][k] += mark - mean
            for other, _ in given:
                equations[j][other] -= Fraction(1, len(given))
    # One equation follows from the others; Σβ = 0 stands in for it.
    equations[-1] = [Fraction(1)] * k + [Fraction()]
    leniency = _solved(equations)
    fair = [mean_of([mark - leniency[j] for j, mark in given]) for given in by_thing]
    return Adjusted(tuple(fair), tuple(leniency))


def _connected(n: int, k: int, marks: Sequence[tuple[int, int, Fraction]]) -> bool:
    if not n or not k:
        return False
    reached, waiting = set(), [0]
    neighbours: dict[int, set[int]] = {node: set() for node in range(n + k)}
    for i, j, _ in marks:
        neighbours[i].add(n + j)
        neighbours[n + j].add(i)
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting.extend(neighbours[node] - reached)
    return len(reached) == n + k


def _solved(equations: list[list[Fraction]]) -> list[Fraction]:
    """Gauss and Jordan, exact; the matrix is regular once everything is connected."""
    size = len(equations)
    for column in range(size):
        pivot = next(row for row in range(column, size) if equations[row][column])
        equations[column], equations[pivot] = equations[pivot], equations[column]
        lead = equations[column][column]
        equations[column] = [value / lead for value in equations[column]]
        for row in range(size):
            factor = equations[row][column]
            if row != column and factor:
                equations[row] = [
                    value - factor * above
                    for value, above in zip(equations[row], equations[column], strict=True)
                ]
    return [row[size] for row in equations]
