"""One good row of a contract file, as checked values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from contracts.terms.tree import Measure, Shares


class Level(NamedTuple):
    """A goal as a row names it, and the column its title stands in."""

    column: str
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Record:
    """One good row; blanks are "" or `None`, `measure` is there on indicator rows; `goals` from the outermost in."""

    row: int
    agency_code: str
    agency: str
    kind: str
    goals: tuple[Level, ...]
    task_code: str
    task: str
    promise: str
    result: str
    on_ballot: bool | None
    task_weight: Decimal | None
    indicator_code: str
    indicator: str
    weight: Decimal | None
    measure: Measure | None
    shares: Shares = ()
