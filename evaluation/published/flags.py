"""What a published sheet may have wrong with itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from contracts.files.spreadsheet import RowProblem
from office.i18n import N_, translate


class Defect(StrEnum):
    """The kinds of contradiction."""

    WEIGHTS = "weights"
    STATED = "stated"
    OVER = "over"
    SCORE = "score"
    RATING = "rating"
    TOTAL = "total"
    HEADINGS = "headings"
    TEXT = "text"
    JUNK = "junk"
    LOST = "lost"
    SUBTOTAL = "subtotal"
    CHANGE = "change"
    RANGE = "range"


DEFECT_LABELS: Final[dict[Defect, str]] = {
    Defect.WEIGHTS: N_("배점의 합"),
    Defect.STATED: N_("제목의 배점"),
    Defect.OVER: N_("배점을 넘는 득점"),
    Defect.SCORE: N_("득점 계산"),
    Defect.RATING: N_("평점 계산"),
    Defect.TOTAL: N_("합계"),
    Defect.HEADINGS: N_("뒤바뀐 제목"),
    Defect.TEXT: N_("숫자 칸의 글자"),
    Defect.JUNK: N_("쓸모없는 행"),
    Defect.LOST: N_("잃어버린 글자"),
    Defect.SUBTOTAL: N_("표시 없는 소계"),
    Defect.CHANGE: N_("증감 계산"),
    Defect.RANGE: N_("종합 점수의 범위"),
}


@dataclass(frozen=True, slots=True)
class Flag:
    """One contradiction: `row` as the spreadsheet shows it, `where` the item or column, `message` Korean source text."""

    row: int
    where: str
    defect: Defect
    message: str
    values: dict[str, str] = field(default_factory=dict)

    def said(self) -> str:
        """The sentence for people, in the language of the request."""
        return translate(self.message, **self.values)

    def label(self) -> str:
        """The kind of contradiction for people, in the language of the request."""
        return translate(DEFECT_LABELS[self.defect])


class Unusable(Exception):
    """The file is no published sheet that can be read; `problems` name the rows."""

    def __init__(self, problems: Iterable[RowProblem]) -> None:
        super().__init__("not a published sheet")
        self.problems = tuple(problems)


def by_place(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """The flags from the top of the sheet to its end."""
    return tuple(sorted(flags, key=lambda flag: flag.row))
