"""Strata of the panel (계층) and what their ballots weigh: one weight a stratum, and no weight that few people hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.files.spreadsheet import RowProblem
from office.i18n import N_

FEWEST_OF_A_WEIGHT = 10
"""People who must share a weight other than everybody's (security.md, Small cells): totals of few would tell their votes."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """The people of one stratum and weight; `name` is empty for those who belong to none."""

    name: str
    people: int
    weight: int

    @property
    def total(self) -> int:
        """What all their ballots weigh together."""
        return self.people * self.weight


def strata_of(members: Iterable[tuple[str, int]]) -> list[Stratum]:
    """The strata among (stratum, weight) pairs: by name, those without one last."""
    people: dict[tuple[str, int], int] = defaultdict(int)
    for member in members:
        people[member] += 1
    ordered = sorted(people.items(), key=lambda item: (not item[0][0], *item[0]))
    return [Stratum(name, count, weight) for (name, weight), count in ordered]


def uneven(rows: Sequence[tuple[int, str, int]], *, weight: str) -> list[RowProblem]:
    """Rows (number, stratum, weight) whose weight is not the one their stratum began with.

    `weight` is the header of its column.
    """
    problems = []
    first: dict[str, tuple[int, int]] = {}
    for row, name, held in rows:
        if not name:
            continue
        begun, its_weight = first.setdefault(name, (row, held))
        if held != its_weight:
            message = N_(
                "'{stratum}' 계층의 가중치는 {row}행에서 {weight}입니다. 한 계층은 가중치가 같아야 합니다"
            )
            values = {"stratum": name, "row": str(begun), "weight": str(its_weight)}
            problems.append(RowProblem(row, weight, message, str(held), values))
    return problems


def too_few(rows: Sequence[tuple[int, str, int]], *, weight: str) -> list[RowProblem]:
    """Weights that fewer than ten people hold, named at their first row; nothing where everybody's weight is 1."""
    held_by: Mapping[int, list[int]] = _rows_by_weight(rows)
    if set(held_by) <= {1}:
        return []
    message = N_(
        "가중치 {weight}인 사람이 {n}명뿐입니다({rows}행). {least}명보다 적으면 누가 골랐는지 짐작할 수 있습니다. "
        "다른 계층과 합치거나 가중치를 같게 해 주십시오"
    )
    return [
        RowProblem(
            numbers[0],
            weight,
            message,
            str(held),
            {
                "weight": str(held),
                "n": str(len(numbers)),
                "rows": ", ".join(map(str, numbers)),
                "least": str(FEWEST_OF_A_WEIGHT),
            },
        )
        for held, numbers in held_by.items()
        if len(numbers) < FEWEST_OF_A_WEIGHT
    ]


def _rows_by_weight(rows: Sequence[tuple[int, str, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for row, _, held in rows:
        found[held].append(row)
    return found
