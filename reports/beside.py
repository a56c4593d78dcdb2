"""Bonus and penalty of an agency, under the ceiling of the rulebook."""

from __future__ import annotations

from decimal import Decimal

from evaluation.arithmetic.beside import Beside, counted
from evaluation.arithmetic.branches import besides
from evaluation.arithmetic.scoring import ScoredNode
from reports.rulebook import TOTAL, Rulebook


def beside_of(rulebook: Rulebook, root: ScoredNode) -> Beside | None:
    """What was given and what counts, in points; `None` for a contract without bonus and penalty."""
    found = besides(root)
    points = [each.points for each in found if each.points is not None]
    return counted(points, rulebook.beside, rulebook.points_places) if found else None


def with_points(rulebook: Rulebook, total: Decimal, beside: Beside) -> Decimal:
    """The total with what counts added, between 0 and 100 where the rulebook says so."""
    changed = total + beside.counted
    return min(max(changed, Decimal()), TOTAL) if rulebook.beside.capped else changed
