"""Strict and lenient evaluators: standardised marks, and marks adjusted by an additive model (F23).

Shown beside the plain mean, never instead of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.agreement import Table
from evaluation.past import mean_of, root

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
    # Unknowns: the fair mark of every thing, then every leniency; one more equation says that these add up to zero.
    size = n + k
    equations = [[Fraction()] * (size + 1) for _ in range(size)]
    for i, j, mark in marks:
        for row in (i, n + j):
            equations[row][i] += 1
            equations[row][n + j] += 1
            equations[row][size] += mark
    for j in range(k):
        for other in range(k):
            equations[n + j][n + other] += 1
    solution = _solved(equations)
    return Adjusted(tuple(solution[:n]), tuple(solution[n:]))


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
