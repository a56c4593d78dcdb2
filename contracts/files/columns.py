"""The columns of the contract file: their Korean and English headers, and how a header is recognised."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from contracts.terms.tree import METHOD_NAMES, Direction, Method

COLUMNS: Final[dict[str, str]] = {
    "agency_code": "기관코드",
    "agency": "기관명",
    "kind": "기관유형",
    "goal_code": "전략목표코드",
    "goal": "전략목표",
    "task_code": "과제코드",
    "task": "과제",
    "promise": "약속",
    "result": "이행결과",
    "on_ballot": "투표대상",
    "task_weight": "과제배점",
    "shares": "협업기관",
    "indicator_code": "지표코드",
    "indicator": "지표",
    "weight": "배점",
    "direction": "방향",
    "unit": "단위",
    "method": "방법",
    "settings": "방법설정",
    "baseline": "기준값",
    "target": "목표",
    "actual": "실적",
    "definition": "정의",
    "formula": "산식",
    "source": "자료출처",
    "supplied_by": "자료제출",
    "checked_by": "확인",
}
"""English name to Korean header, in the order of the written file; past years stand before the target."""

REQUIRED = ("agency_code", "agency", "task")
NEEDED_BY_INDICATORS = ("direction", "method")
"""What a row needs besides once it names an indicator."""
NUMBERS = frozenset({"task_weight", "weight", "baseline", "target", "actual"})
INDICATOR_FACTS = ("indicator_code", "indicator", "weight", "direction", "unit", "method", "settings", "baseline",
                   "target", "actual", "definition", "formula", "source", "supplied_by", "checked_by")  # fmt: skip

LONGEST: Final[dict[str, int]] = {
    "agency_code": 40, "agency": 120, "kind": 60, "goal_code": 60, "goal": 300, "task_code": 60, "task": 300,
    "promise": 300, "result": 500, "indicator_code": 60, "indicator": 300, "unit": 40, "definition": 1000, "source": 300,
    "shares": 300, "settings": 200, "formula": 500, "supplied_by": 120, "checked_by": 120,
}  # fmt: skip
"""Characters a text may have: a promise and its result have to fit a voter's telephone."""

DEEPEST_GOALS: Final = 7
"""Goals over each other, with a task below (contracts/terms/branches.py)."""
_ABOVE = re.compile(rf"(?:above|상위목표)([1-{DEEPEST_GOALS - 1}])(_code|코드)?")
_YEAR = re.compile(r"(19|20)\d{2}년?")

YES = frozenset({"예", "y", "yes", "o", "○", "1", "true"})
NO = frozenset({"", "아니오", "아니요", "n", "no", "x", "×", "0", "false"})
DIRECTIONS = {"상향": Direction.UP, "up": Direction.UP, "하향": Direction.DOWN, "down": Direction.DOWN}
WRITTEN_METHODS = {
    Method.TARGET_RANGE: "목표부여",
    Method.TARGET_DEVIATION: "목표부여(편차)",
    Method.LONG_TERM: "중장기",
    Method.TREND: "추세치",
    Method.BETA: "β-분포",
    Method.TARGET_RATIO: "목표 대 실적",
    Method.GLOBAL: "글로벌",
    Method.TIERED: "기본득점 구간",
    Method.CRITERIA: "기준값",
    Method.ALL_OR_NOTHING: "전부 아니면 0점",
    Method.NINE_GRADE: "9등급",
    Method.BONUS: "가점",
    Method.PENALTY: "감점",
    Method.SHOWN: "참고",
}
WRITTEN_DIRECTIONS = {Direction.UP: "상향", Direction.DOWN: "하향"}


def word(text: str) -> str:
    """A header or a keyword without the differences people do not see: width, case, spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


METHODS = (
    {word(written): method for method, written in WRITTEN_METHODS.items()}
    | {word(name): method for method, name in METHOD_NAMES.items()}
    | {method.value: method for method in Method}
)
"""How a method may be written: as files do, as pages do, or by its English name."""

_KNOWN = {word(korean): name for name, korean in COLUMNS.items()} | {word(name): name for name in COLUMNS}


def column_of(header: str) -> str | None:
    """The English name of a column, or the year ("2021") of a past year's column; `None` if it is neither.

    Goals above the goal, where there are any, are `above1` (the outermost), `above2`, … with their codes `above1_code`, ….
    """
    tidy = word(header)
    if _YEAR.fullmatch(tidy):
        return tidy[:4]
    if above := _ABOVE.fullmatch(tidy):
        return f"above{above[1]}{'_code' if above[2] else ''}"
    return _KNOWN.get(tidy)


def korean(name: str) -> str:
    """The header a person knows the column by."""
    if above := _ABOVE.fullmatch(name):
        return f"상위목표{above[1]}{'코드' if above[2] else ''}"
    return COLUMNS.get(name, name)


def longest(name: str) -> int | None:
    """Characters a text of the column may have, where that is limited."""
    if above := _ABOVE.fullmatch(name):
        return LONGEST["goal_code" if above[2] else "goal"]
    return LONGEST.get(name)
