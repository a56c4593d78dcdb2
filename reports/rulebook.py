"""The rulebook: a small TOML file that says how figures, marks and votes become points and ranks.

Its SHA-256 (of its bytes) is published before the vote opens.  Nothing in it is optional and nothing unknown is
passed over, so that a rule nobody wrote cannot decide a result.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from contracts.terms.canonical import sha256_hex
from evaluation.arithmetic.beside import Ceiling
from evaluation.arithmetic.combining import Combining
from evaluation.arithmetic.scoring import Rounding
from office.errors import Refused
from office.i18n import N_
from reports.strict_table import Table

FORMAT = "yaksok-rulebook-3"
SECOND_FORMAT = "yaksok-rulebook-2"
"""With `head.agency` alone: the agency's points follow from its total, the head's own contract counts for nothing."""
FIRST_FORMAT = "yaksok-rulebook-1"
"""Without `marks`, `beside` and `head`: marks are trimmed, bonus and penalty count for nothing, no head is linked."""
TOTAL = Decimal(100)
GRADES = 4
"""Grades a head can have."""
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
class HeadRule:
    """How a head is judged (F14): points for leadership, for both halves of their own contract and for the agency's total.

    `grades` are the lowest totals of the first three of four grades; who has been in office for fewer full months than
    `least_months` by the end of the year is not judged.
    """

    agency: Decimal
    leadership: Decimal = Decimal()
    quantitative: Decimal = Decimal()
    qualitative: Decimal = Decimal()
    grades: tuple[Decimal, ...] = ()
    least_months: int = 0

    @property
    def own(self) -> Decimal:
        """Points of the head's own contract."""
        return self.quantitative + self.qualitative

    @property
    def judges(self) -> bool:
        """Whether there is more to a head's result than the agency's."""
        return bool(self.leadership or self.own)


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
    head: HeadRule


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
    top = Table("", root)
    first = root.get("format") == FIRST_FORMAT
    keys = {"format", "name", "version", "parts", "votes", "rounding", "ranking"}
    top.only(keys if first else keys | {"marks", "beside", "head"})
    top.one_of("format", {FIRST_FORMAT, SECOND_FORMAT, FORMAT})
    second = root.get("format") == SECOND_FORMAT
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
        head=HeadRule(Decimal()) if first else _head(top, agency_only=second),
    )


def _combining(top: Table) -> Combining:
    marks = top.table("marks")
    marks.only({"combining"})
    return Combining(marks.one_of("combining", set(Combining)))


def _beside(top: Table) -> Ceiling:
    beside = top.table("beside")
    beside.only({"bonus", "penalty", "total"})
    capped = beside.one_of("total", {OPEN, CAPPED}) == CAPPED
    return Ceiling(beside.points("bonus"), beside.points("penalty"), capped)


def _head(top: Table, *, agency_only: bool) -> HeadRule:
    """F14: what the parts of a head's result are worth, 100 points together, or 0 each where no head is judged."""
    head = top.table("head")
    if agency_only:
        head.only({"agency"})
        return HeadRule(head.points("agency"))
    head.only({"leadership", "quantitative", "qualitative", "agency", "grades", "least_months"})
    rule = HeadRule(
        head.points("agency"),
        head.points("leadership"),
        head.points("quantitative"),
        head.points("qualitative"),
        head.falling("grades", GRADES - 1),
        head.months("least_months"),
    )
    total = rule.agency + rule.leadership + rule.own
    if total not in (TOTAL, 0):
        message = N_(
            "평가규칙의 기관장 배점을 더하면 100점(반영하지 않으면 모두 0점)이어야 하는데 {total}점입니다"
        )
        raise Refused(message, total=total)
    return rule


def _parts(top: Table) -> tuple[Part, ...]:
    found = top.values.get("parts")
    if not isinstance(found, list) or not found:
        raise Refused(N_("평가규칙에 부문(parts)이 없습니다"))
    parts = []
    for number, values in enumerate(found, start=1):
        table = Table(f"parts[{number}].", values if isinstance(values, dict) else {})
        table.only({"id", "name", "of", "weight"})
        parts.append(
            Part(
                table.text("id"),
                table.text("name"),
                tuple(map(Ingredient, table.chosen("of", set(Ingredient)))),
                table.weight("weight"),
            )
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
