"""The five levels of difficulty, and what many members' levels say: the middle, the spread, how far they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evaluation.arithmetic.agreement import Scale, krippendorff_alpha
from office.i18n import N_

LEVELS = {
    1: (N_("매우 쉬움"), N_("하던 대로 하면 이룰 수 있습니다.")),
    2: (N_("쉬움"), N_("지난 몇 해의 흐름을 조금 넘는 목표입니다.")),
    3: (N_("보통"), N_("지난 흐름보다 뚜렷이 높지만 이룰 방법이 알려져 있습니다.")),
    4: (N_("어려움"), N_("지난 최고 실적을 넘거나, 다른 곳의 협력이 있어야 이룹니다.")),
    5: (N_("매우 어려움"), N_("해 본 적 없는 일이거나, 여건이 나빠지는데도 크게 높인 목표입니다.")),
}
"""The five levels of difficulty, each in a word and a sentence."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The levels of one task: the median, the lowest and the highest, how many of each."""

    code: str
    title: str
    median: Decimal | None
    lowest: int | None
    highest: int | None
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The difficulty of a contract: task by task, from how many members, and how far they agree (ordinal alpha)."""

    raters: int
    tasks: tuple[Judged, ...]
    agreement: Fraction | None


def result_of(
    laid: Sequence[Mapping[str, Any]],
    levels: Mapping[int, Mapping[int, int]],
    titles: Mapping[str, str] | None = None,
) -> Result:
    """Median, spread and agreement of the tasks laid before the committee; alpha is `None` where it is not defined.

    `levels` are those of each evaluator by place from 1; `titles` are the tasks' own, by code, for those who may know whose they are.
    """
    judged = []
    table: list[list[Fraction | None]] = []
    for place, task in enumerate(laid, 1):
        given = sorted(own[place] for own in levels.values() if place in own)
        table.append([Fraction(own[place]) if place in own else None for own in levels.values()])
        judged.append(
            Judged(
                task["code"],
                (titles or {}).get(task["code"], task["title"]),
                median(given),
                given[0] if given else None,
                given[-1] if given else None,
                tuple(given.count(level) for level in LEVELS),
            )
        )
    return Result(
        len(levels), tuple(judged), krippendorff_alpha(table, Scale.ORDINAL) if len(table) > 1 else None
    )


def median(levels: Sequence[int]) -> Decimal | None:
    """The middle of the levels, or the mean of the two in the middle; `None` without any."""
    if not levels:
        return None
    ordered = sorted(levels)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return Decimal(ordered[half])
    return Decimal(ordered[half - 1] + ordered[half]) / 2
