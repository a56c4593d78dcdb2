"""The rulebook: a small TOML file that says how figures, marks and votes become points and ranks.

Its SHA-256 (of its bytes) is published before the vote opens.  Nothing in it is optional and nothing unknown is
passed over, so that a rule nobody wrote cannot decide a result.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from contracts.terms.canonical import sha256_hex
from evaluation.arithmetic.beside import Ceiling
from evaluation.arithmetic.combining import Combining
from evaluation.arithmetic.scoring import Rounding
from office.errors import Refused
from office.i18n import N_

FORMAT = "yaksok-rulebook-2"
FIRST_FORMAT = "yaksok-rulebook-1"
"""Without `marks`, `beside` and `head`: marks are trimmed, bonus and penalty count for nothing, no head is linked."""
TOTAL = Decimal(100)
MAXIMUM_PLACES = 6
MAXIMUM_BYTES = 64 * 1024
DEFAULT = Path(__file__).with_name("default_rulebook.toml")
DEFAULT_PARTS = (N_("이행 실적"), N_("도민 투표"))
"""The parts of the shipped rulebook as its file names them, for the catalogue of translations."""


class Ingredient(StrEnum):
    """What a part of the result can be made of."""

    QUANTITATIVE = "quantitative"
    EXPERT = "expert"
    CITIZEN = "citizen"


class Conversion(StrEnum):
    """How an agency's votes become a share of the citizens' points."""

    SHARE_OF_BEST = "share_of_best"
    SHARE_OF_VOTERS = "share_of_voters"


class MissingPart(StrEnum):
    """What becomes of an agency for which a part has no points."""

    UNRANKED = "unranked"
    RESCALED = "rescaled"


SHARED = "shared"
OPEN, CAPPED = "open", "capped"
"""Whether bonus and penalty may lead beyond 100 and below 0."""
NOTHING_BESIDE = Ceiling(Decimal(), Decimal(), capped=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the total, worth `weight` points."""

    id: str
    name: str
    of: tuple[Ingredient, ...]
    weight: Decimal

    @property
    def by_citizens(self) -> bool:
        """Whether this part is the residents' vote."""
        return self.of == (Ingredient.CITIZEN,)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A rulebook as read; `text` is the file itself and `sha256` the hash of its bytes."""

    name: str
    version: str
    parts: tuple[Part, ...]
    conversion: Conversion
    rounding: Rounding
    points_places: int
    tie: str
    missing_part: MissingPart
    sha256: str
    text: str
    combining: Combining
    beside: Ceiling
    head_weight: Decimal


def default_rulebook() -> bytes:
    """The rulebook shipped with the product."""
    return DEFAULT.read_bytes()


def read_rulebook(data: bytes) -> Rulebook:
    """The rulebook these bytes are; `Refused` with the place and the reason for anything that is not exactly one."""
    if len(data) > MAXIMUM_BYTES:
        raise Refused(N_("평가규칙 파일이 너무 큽니다"))
    try:
        text = data.decode("utf-8")
        root = tomllib.loads(text, parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(N_("평가규칙을 TOML로 읽을 수 없습니다: {reason}"), reason=str(error)) from error
    top = _Table("", root)
    first = root.get("format") == FIRST_FORMAT
    keys = {"format", "name", "version", "parts", "votes", "rounding", "ranking"}
    top.only(keys if first else keys | {"marks", "beside", "head"})
    top.one_of("format", {FIRST_FORMAT, FORMAT})
    parts = _parts(top)
    votes = top.table("votes")
    votes.only({"agency", "conversion"})
    votes.one_of("agency", {"mean_of_tasks"})
    rounding = top.table("rounding")
    rounding.only({"mode", "rating", "score", "parent", "points"})
    rounding.one_of("mode", {"half_up"})
    ranking = top.table("ranking")
    ranking.only({"method", "tie", "missing_part"})
    ranking.one_of("method", {"min"})
    return Rulebook(
        name=top.text("name"),
        version=top.text("version"),
        parts=parts,
        conversion=Conversion(votes.one_of("conversion", set(Conversion))),
        rounding=Rounding(
            rating=None if rounding.values.get("rating") == "exact" else rounding.places("rating"),
            score=rounding.places("score"),
            parent=rounding.places("parent"),
        ),
        points_places=rounding.places("points"),
        tie=ranking.one_of("tie", {SHARED, *(part.id for part in parts)}),
        missing_part=MissingPart(ranking.one_of("missing_part", set(MissingPart))),
        sha256=sha256_hex(data),
        text=text,
        combining=Combining.TRIMMED if first else _combining(top),
        beside=NOTHING_BESIDE if first else _beside(top),
        head_weight=Decimal() if first else _head_weight(top),
    )


def _combining(top: _Table) -> Combining:
    marks = top.table("marks")
    marks.only({"combining"})
    return Combining(marks.one_of("combining", set(Combining)))


def _beside(top: _Table) -> Ceiling:
    beside = top.table("beside")
    beside.only({"bonus", "penalty", "total"})
    capped = beside.one_of("total", {OPEN, CAPPED}) == CAPPED
    return Ceiling(beside.points("bonus"), beside.points("penalty"), capped)


def _head_weight(top: _Table) -> Decimal:
    """F14: how many points of the head's own contract the agency's result is worth; 0 where it is not linked."""
    head = top.table("head")
    head.only({"agency"})
    return head.points("agency")


def _parts(top: _Table) -> tuple[Part, ...]:
    found = top.values.get("parts")
    if not isinstance(found, list) or not found:
        raise Refused(N_("평가규칙에 부문(parts)이 없습니다"))
    parts = []
    for number, values in enumerate(found, start=1):
        table = _Table(f"parts[{number}].", values if isinstance(values, dict) else {})
        table.only({"id", "name", "of", "weight"})
        parts.append(
            Part(table.text("id"), table.text("name"), table.ingredients("of"), table.weight("weight"))
        )
    used = [ingredient for part in parts for ingredient in part.of]
    if len(set(used)) != len(used):
        raise Refused(N_("평가규칙에서 같은 자료를 두 부문에 쓸 수 없습니다"))
    if any(Ingredient.CITIZEN in part.of and not part.by_citizens for part in parts):
        raise Refused(N_("평가규칙에서 도민 투표는 다른 자료와 한 부문에 섞을 수 없습니다"))
    if len({part.id for part in parts}) != len(parts) or SHARED in {part.id for part in parts}:
        raise Refused(N_("평가규칙의 부문 id가 겹치거나 쓸 수 없는 말입니다"))
    total = sum((part.weight for part in parts), Decimal())
    if total != TOTAL:
        raise Refused(N_("평가규칙의 부문 배점을 더하면 100점이어야 하는데 {total}점입니다"), total=total)
    return tuple(parts)


class _Table:
    """A table of the file, read strictly; every refusal names the key."""

    def __init__(self, at: str, values: Mapping[str, Any]) -> None:
        self.at = at
        self.values = values

    def only(self, keys: Collection[str]) -> None:
        if unknown := sorted(set(self.values) - set(keys)):
            names = ", ".join(self.at + key for key in unknown)
            raise Refused(N_("평가규칙에 모르는 항목이 있습니다: {names}"), names=names)
        if missing := sorted(set(keys) - set(self.values)):
            names = ", ".join(self.at + key for key in missing)
            raise Refused(N_("평가규칙에 빠진 항목이 있습니다: {names}"), names=names)

    def table(self, key: str) -> _Table:
        value = self.values[key]
        if not isinstance(value, dict):
            raise self._wrong(key)
        return _Table(f"{self.at}{key}.", value)

    def text(self, key: str) -> str:
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key)
        return value

    def one_of(self, key: str, allowed: Collection[str]) -> str:
        value = self.values[key]
        if not isinstance(value, str) or value not in allowed:
            message = N_("평가규칙의 {key}에는 다음 가운데 하나만 쓸 수 있습니다: {allowed}")
            raise Refused(message, key=self.at + key, allowed=", ".join(sorted(allowed)))
        return value

    def places(self, key: str) -> int:
        value = self.values[key]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAXIMUM_PLACES:
            raise self._wrong(key)
        return value

    def weight(self, key: str) -> Decimal:
        weight = self.points(key)
        if not weight:
            raise self._wrong(key)
        return weight

    def points(self, key: str) -> Decimal:
        value = self.values[key]
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            raise self._wrong(key)
        points = Decimal(value)
        if not points.is_finite() or not 0 <= points <= TOTAL:
            raise self._wrong(key)
        return points

    def ingredients(self, key: str) -> tuple[Ingredient, ...]:
        value = self.values[key]
        if not isinstance(value, list) or not value or not set(map(str, value)) <= set(Ingredient):
            raise self._wrong(key)
        return tuple(Ingredient(each) for each in value)

    def _wrong(self, key: str) -> Refused:
        return Refused(N_("평가규칙의 {key} 값을 쓸 수 없습니다"), key=self.at + key)
