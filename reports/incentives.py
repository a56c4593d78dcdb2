"""F17: what grades mean in pay, as the national system pays it (성과급): a rate per grade, relative and absolute by halves.

Sources: 2014 results (기획재정부, 2015. 6.): head 120/96/72/48 % of the salary, staff 250/200/150/100 % of the monthly
base for S/A/B/C, nothing for D and E; 2018 results: half by the relative grades and half by the absolute ones, in each
half the total 25 %, management 12.5 % and main business 12.5 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final


class Letter(StrEnum):
    """The six grades of an agency."""

    S = "S"
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


Rates = Mapping[Letter, Fraction]
"""Per cent of salary or monthly base, by grade."""

_UNPAID: Final = {Letter.D: Fraction(0), Letter.E: Fraction(0)}
HEAD: Final[Rates] = dict(zip(Letter, map(Fraction, (120, 96, 72, 48)), strict=False)) | _UNPAID
STAFF: Final[Rates] = dict(zip(Letter, map(Fraction, (250, 200, 150, 100)), strict=False)) | _UNPAID

TOTAL_SHARE = Fraction(25, 100)
AREA_SHARE = Fraction(125, 1000)


@dataclass(frozen=True, slots=True)
class Grades:
    """An agency's grades of one kind: in total, in management, in its main business."""

    total: Letter
    management: Letter
    business: Letter


def incentive(relative: Grades, absolute: Grades, rates: Rates) -> Fraction:
    """The rate in per cent, exact: a quarter by each total grade, an eighth by each of the four grades by area."""
    return sum(
        (
            TOTAL_SHARE * rates[grades.total]
            + AREA_SHARE * (rates[grades.management] + rates[grades.business])
            for grades in (relative, absolute)
        ),
        Fraction(),
    )
