"""Alpha beside somebody else's implementation: the package krippendorff (GPL, installed for tests only)."""

from __future__ import annotations

import math
from fractions import Fraction

import krippendorff
from hypothesis import assume, given
from hypothesis import strategies as st

from evaluation.arithmetic.agreement import Scale, krippendorff_alpha

Marks = list[list[Fraction | None]]

MARK = st.none() | st.integers(4, 20).map(lambda points: Fraction(points, 2))
"""Half points from 2 to 10, as the nine grades and finer; `None` is a mark that is missing."""


@st.composite
def tables(draw: st.DrawFn) -> Marks:
    """From one to eight things by one to seven evaluators, with gaps anywhere."""
    things, evaluators = draw(st.integers(1, 8)), draw(st.integers(1, 7))
    row = st.lists(MARK, min_size=evaluators, max_size=evaluators)
    return draw(st.lists(row, min_size=things, max_size=things))


def theirs(table: Marks, scale: Scale) -> float:
    """The other implementation's alpha, from a row for each evaluator."""
    rows = [
        [math.nan if mark is None else float(mark) for mark in column] for column in zip(*table, strict=True)
    ]
    return krippendorff.alpha(reliability_data=rows, level_of_measurement=scale.value)


@given(tables(), st.sampled_from(Scale))
def test_two_implementations_say_the_same_of_tables_with_missing_marks(table: Marks, scale: Scale) -> None:
    own = krippendorff_alpha(table, scale)
    assume(own is not None)
    assert own is not None
    assert math.isclose(float(own), theirs(table, scale), rel_tol=1e-9, abs_tol=1e-9)
