"""What each method of rating is told beside target and figures: its settings, how they are written and read.

A cell of the contract file says them in words, `주요사업; 이상치로 뺀 해=2023`; stored and signed they are names and plain
values.  Formulas: evaluation/.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from contracts.terms.tree import BESIDE, Direction, Method
from office.decimals import number, plain
from office.i18n import N_, translate

Settings = tuple[tuple[str, str], ...]
"""Names and values of a measure's settings, by name."""
CRITERIA_LABELS = (N_("탁월"), N_("우수"), N_("양호"), N_("보통"), N_("미흡"))
"""The five values of graded criteria, the best first (evaluation/arithmetic/criteria.py knows what each is worth)."""
CRITERIA_COUNT = len(CRITERIA_LABELS)
UNDIRECTED = frozenset({Method.NINE_GRADE, Method.SHOWN}) | BESIDE
"""Methods that need not know which way is better: a grade has no direction, of points more is more."""


class Takes(StrEnum):
    """What a setting's value is."""

    YES = "yes"
    YEAR = "year"
    NUMBER = "number"
    POINTS = "points"
    NUMBERS = "numbers"
    TIERS = "tiers"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a method may be told; `label` is how people write and read it."""

    name: str
    label: str
    takes: Takes
    required: bool = False


_MAIN = Setting("main", N_("주요사업"), Takes.YES)
_OUTLIER = Setting("outlier", N_("이상치로 뺀 해"), Takes.YEAR)
_WHOLE = Setting("whole", N_("전부 이루어야 인정"), Takes.YES)
SETTINGS: Final[dict[Method, tuple[Setting, ...]]] = {
    Method.TARGET_RANGE: (_MAIN, _OUTLIER, _WHOLE),
    Method.TARGET_DEVIATION: (_MAIN, _OUTLIER, _WHOLE),
    Method.LONG_TERM: (
        Setting("start_year", N_("시작 연도"), Takes.YEAR, required=True),
        Setting("start", N_("시작값"), Takes.NUMBER, required=True),
        Setting("goal_year", N_("목표 연도"), Takes.YEAR, required=True),
        Setting("goal", N_("목표값"), Takes.NUMBER, required=True),
        _WHOLE,
    ),
    Method.TREND: (_WHOLE,),
    Method.BETA: (_WHOLE,),
    Method.TARGET_RATIO: (_WHOLE,),
    Method.GLOBAL: (
        Setting("best", N_("최고목표"), Takes.NUMBER, required=True),
        Setting("worst", N_("최저목표"), Takes.NUMBER, required=True),
        _WHOLE,
    ),
    Method.TIERED: (_MAIN, _OUTLIER, Setting("tiers", N_("구간"), Takes.TIERS, required=True), _WHOLE),
    Method.CRITERIA: (Setting("values", N_("기준"), Takes.NUMBERS, required=True), _WHOLE),
    Method.ALL_OR_NOTHING: (),
    Method.NINE_GRADE: (_WHOLE,),
    Method.BONUS: (Setting("maximum", N_("최대 가점"), Takes.POINTS, required=True),),
    Method.PENALTY: (Setting("maximum", N_("최대 감점"), Takes.POINTS, required=True),),
    Method.SHOWN: (),
}
_YES = "yes"


@dataclass(frozen=True, slots=True)
class Misread:
    """Why a cell of settings cannot be read: a Korean sentence with its values."""

    message: str
    values: dict[str, str]


def read_settings(method: Method, cell: str) -> Settings | Misread:
    """The settings a cell says, `label=value` parted by semicolons; a yes needs no value."""
    known = {_tidy(each.label): each for each in SETTINGS[method]}
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in re.split(r"[;；]", cell))):
        label, _, written = part.partition("=")
        setting = known.get(_tidy(label))
        if setting is None:
            labels = ", ".join(each.label for each in SETTINGS[method]) or "-"
            message = N_("이 방법에 없는 설정입니다: {label}. 쓸 수 있는 설정: {labels}")
            return Misread(message, {"label": label.strip(), "labels": labels})
        value = read_setting(setting, written.strip())
        if value is None or setting.name in found:
            return Misread(N_("설정 '{label}'의 값을 읽을 수 없습니다"), {"label": setting.label})
        found[setting.name] = value
    for setting in SETTINGS[method]:
        if setting.required and setting.name not in found:
            return Misread(N_("이 방법에는 설정 '{label}'이 있어야 합니다"), {"label": setting.label})
    return tuple(sorted(found.items()))


def disorders(direction: Direction, settings: Settings) -> tuple[tuple[int, Misread], ...]:
    """Which of the graded values are not poorer than the one before them (their places from 1), and what is said of each."""
    bigger = N_(
        "클수록 좋은 지표라서 '{better}' 값({high})이 '{poorer}' 값({low})보다 커야 합니다. 값이나 좋아지는 방향을 고쳐 주십시오"
    )
    smaller = N_(
        "작을수록 좋은 지표라서 '{better}' 값({high})이 '{poorer}' 값({low})보다 작아야 합니다. 값이나 좋아지는 방향을 고쳐 주십시오"
    )
    found = []
    for place, (high, low) in enumerate(pairwise(numbers_of(settings, "values")), start=2):
        if not (high > low if direction is Direction.UP else high < low):
            labels = {"better": CRITERIA_LABELS[place - 2], "poorer": CRITERIA_LABELS[place - 1]}
            values = {name: translate(label) for name, label in labels.items()}
            values |= {"high": plain(high), "low": plain(low)}
            found.append((place, Misread(bigger if direction is Direction.UP else smaller, values)))
    return tuple(found)


def write_settings(method: Method, settings: Settings) -> str:
    """The cell `read_settings` reads."""
    values = dict(settings)
    return "; ".join(
        each.label if each.takes is Takes.YES else f"{each.label}={values[each.name]}"
        for each in SETTINGS[method]
        if each.name in values
    )


def said_settings(method: Method, settings: Settings) -> str:
    """The settings for people, in the language of the request."""
    values = dict(settings)
    return ", ".join(
        translate(each.label) if each.takes is Takes.YES else f"{translate(each.label)} {values[each.name]}"
        for each in SETTINGS[method]
        if each.name in values
    )


def is_set(settings: Settings, name: str) -> bool:
    """Whether a yes was said."""
    return dict(settings).get(name) == _YES


def year_of(settings: Settings, name: str) -> int | None:
    """A year, if it was said."""
    value = dict(settings).get(name)
    return int(value) if value else None


def number_of(settings: Settings, name: str) -> Decimal | None:
    """A number, if it was said."""
    value = dict(settings).get(name)
    return Decimal(value) if value else None


def numbers_of(settings: Settings, name: str) -> tuple[Decimal, ...]:
    """Numbers in the order they were said."""
    return tuple(Decimal(each) for each in dict(settings).get(name, "").split())


def tiers_of(settings: Settings) -> tuple[tuple[Decimal | None, Decimal], ...]:
    """(limit, base) by falling limit; the last has none."""
    pairs = (each.partition(":") for each in dict(settings).get("tiers", "").split())
    return tuple((Decimal(limit) if limit else None, Decimal(base)) for limit, _, base in pairs)


def read_setting(setting: Setting, written: str) -> str | None:
    """The value of one setting as it is stored, from what somebody wrote; `None` if it cannot be read."""
    match setting.takes:
        case Takes.YES:
            return _YES if written in ("", "예") else None
        case Takes.YEAR:
            tidy = written.removesuffix("년")
            return tidy if re.fullmatch(r"(19|20)\d{2}", tidy, re.ASCII) else None
        case Takes.NUMBER:
            value = number(written)
            return None if value is None else plain(value)
        case Takes.POINTS:
            value = number(written.removesuffix("점"))
            return None if value is None or not 0 < value <= 100 else plain(value)
        case Takes.NUMBERS:
            values = _numbers(written.split())
            return " ".join(map(plain, values)) if values and len(values) == CRITERIA_COUNT else None
        case Takes.TIERS:
            return _tiers(written)


def _tiers(written: str) -> str | None:
    """`200:20 150:40 100:60 :80` - a limit and the base from it on, falling; the last without a limit."""
    pairs = [each.partition(":") for each in written.split()]
    limits, bases = _numbers([limit for limit, _, _ in pairs[:-1]]), _numbers([base for _, _, base in pairs])
    if limits is None or not bases or pairs[-1][0] or list(limits) != sorted(set(limits), reverse=True):
        return None
    if not all(0 <= base <= 100 for base in bases):
        return None
    return " ".join(
        f"{'' if limit is None else plain(limit)}:{plain(base)}"
        for limit, base in zip([*limits, None], bases, strict=True)
    )


def _numbers(parts: Sequence[str]) -> list[Decimal] | None:
    values = [number(each) for each in parts]
    good = [value for value in values if value is not None]
    return good if len(good) == len(values) else None


def _tidy(label: str) -> str:
    return re.sub(r"\s+", "", label)
