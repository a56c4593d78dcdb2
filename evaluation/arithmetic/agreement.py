"""How far evaluators agree: Krippendorff's alpha, intraclass correlations, Kendall's W; undefined cases say so.

Marks come as a table: one row per thing judged, one column per evaluator, `None` where there is no mark.  Everything is
exact until it is shown.  Sources: Krippendorff 2011 (Computing Krippendorff's alpha-reliability); Shrout & Fleiss 1979;
Kendall & Babington Smith 1939 with the correction for ties.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

Table = Sequence[Sequence[Fraction | None]]


class Scale(StrEnum):
    """What a difference between two marks means."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def krippendorff_alpha(table: Table, scale: Scale) -> Fraction | None:
    """F25: `α = 1 − Dₒ/Dₑ` over all pairs of marks of one thing; marks may be missing.

    `None` where alpha is not defined: no thing with two marks, or all marks alike (then there is nothing to agree on).
    """
    units = [[mark for mark in row if mark is not None] for row in table]
    units = [marks for marks in units if len(marks) >= 2]
    totals = Counter(mark for marks in units for mark in marks)
    pairable = sum(totals.values())
    if len(totals) < 2:
        return None
    distance = _distances(scale, totals)
    observed = sum(
        (
            sum(
                (distance(a, b) for i, a in enumerate(marks) for j, b in enumerate(marks) if i != j),
                Fraction(),
            )
            / (len(marks) - 1)
            for marks in units
        ),
        Fraction(),
    )
    expected = sum(
        (totals[a] * totals[b] * distance(a, b) for a in totals for b in totals if a != b), Fraction()
    ) / (pairable - 1)
    return 1 - observed / expected if expected else None


def _distances(scale: Scale, totals: Counter[Fraction]) -> Callable[[Fraction, Fraction], Fraction]:
    ordered = sorted(totals)

    def ordinal(a: Fraction, b: Fraction) -> Fraction:
        low, high = min(a, b), max(a, b)
        between = sum(totals[value] for value in ordered if low <= value <= high)
        return (between - Fraction(totals[a] + totals[b], 2)) ** 2

    def ratio(a: Fraction, b: Fraction) -> Fraction:
        return ((a - b) / (a + b)) ** 2 if a + b else Fraction(a != b)

    return {
        Scale.NOMINAL: lambda a, b: Fraction(a != b),
        Scale.ORDINAL: ordinal,
        Scale.INTERVAL: lambda a, b: (a - b) ** 2,
        Scale.RATIO: ratio,
    }[scale]


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """The analysis of variance of a complete table of n things and k evaluators."""

    things: int
    evaluators: int
    rows: Fraction
    within: Fraction
    columns: Fraction
    error: Fraction

    @property
    def components(self) -> tuple[Fraction, Fraction, Fraction]:
        """Variance of things, of evaluators, and the rest, as crossed REML gives them where none is negative (F27)."""
        things = (self.rows - self.error) / self.evaluators
        evaluators = (self.columns - self.error) / self.things
        return things, evaluators, self.error


def mean_squares(table: Table) -> MeanSquares | None:
    """MSR, MSW, MSC, MSE; `None` for a table with a gap or with fewer than two rows or columns."""
    rows = [[mark for mark in row if mark is not None] for row in table]
    n, k = len(rows), max((len(row) for row in table), default=0)
    if n < 2 or k < 2 or any(len(row) != k for row in rows):
        return None
    grand = sum((sum(row, Fraction()) for row in rows), Fraction()) / (n * k)
    row_means = [sum(row, Fraction()) / k for row in rows]
    column_means = [sum((row[j] for row in rows), Fraction()) / n for j in range(k)]
    between = k * sum(((mean - grand) ** 2 for mean in row_means), Fraction())
    columns = n * sum(((mean - grand) ** 2 for mean in column_means), Fraction())
    within = sum(
        ((mark - mean) ** 2 for row, mean in zip(rows, row_means, strict=True) for mark in row), Fraction()
    )
    return MeanSquares(
        things=n,
        evaluators=k,
        rows=between / (n - 1),
        within=within / (n * (k - 1)),
        columns=columns / (k - 1),
        error=(within - columns) / ((n - 1) * (k - 1)),
    )


@dataclass(frozen=True, slots=True)
class Intraclass:
    """The six coefficients of Shrout and Fleiss; for panels whose leniency matters read (2,1) and (2,k)."""

    one_1: Fraction
    two_1: Fraction
    three_1: Fraction
    one_k: Fraction
    two_k: Fraction
    three_k: Fraction


def intraclass(table: Table) -> Intraclass | None:
    """F24: all six; `None` for an incomplete table, or where a denominator is zero (no variance at all)."""
    squares = mean_squares(table)
    if squares is None:
        return None
    n, k = squares.things, squares.evaluators
    msr, msw, msc, mse = squares.rows, squares.within, squares.columns, squares.error
    parts = (
        (msr - msw, msr + (k - 1) * msw),
        (msr - mse, msr + (k - 1) * mse + k * (msc - mse) / n),
        (msr - mse, msr + (k - 1) * mse),
        (msr - msw, msr),
        (msr - mse, msr + (msc - mse) / n),
        (msr - mse, msr),
    )
    if any(not below for _, below in parts):
        return None
    return Intraclass(*(above / below for above, below in parts))


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W, the same without the correction for ties, and the chi-square of a test against chance."""

    w: Fraction
    uncorrected: Fraction
    chi_square: Fraction
    degrees: int


def kendall_w(table: Table) -> Concordance | None:
    """F26: `W = 12S/(m²(n³ − n) − mΣT)`, T = Σ(t³ − t) over an evaluator's ties; ranks from the marks, ties shared.

    `None` for an incomplete table, fewer than two things or evaluators, or when every evaluator marked all alike.
    """
    columns = [[row[j] for row in table] for j in range(max((len(row) for row in table), default=0))]
    marks = [[mark for mark in column if mark is not None] for column in columns]
    n, m = len(table), len(marks)
    if n < 2 or m < 2 or any(len(column) != n for column in marks):
        return None
    ranked = [_ranks(column) for column in marks]
    sums = [sum((ranks[i] for ranks in ranked), Fraction()) for i in range(n)]
    mean = sum(sums, Fraction()) / n
    spread = sum(((each - mean) ** 2 for each in sums), Fraction())
    ties = sum(count**3 - count for column in marks for count in Counter(column).values())
    below = m**2 * (n**3 - n) - m * ties
    if not below:
        return None
    w = 12 * spread / below
    return Concordance(w, 12 * spread / (m**2 * (n**3 - n)), m * (n - 1) * w, n - 1)


def _ranks(marks: Sequence[Fraction]) -> list[Fraction]:
    """Ranks from 1, ties sharing the mean of theirs."""
    ordered = sorted(marks)
    first = {mark: ordered.index(mark) + 1 for mark in set(marks)}
    counts = Counter(marks)
    return [first[mark] + Fraction(counts[mark] - 1, 2) for mark in marks]
