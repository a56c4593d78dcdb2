"""A rulebook says everything itself, and nothing nobody knows."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal

import pytest

from evaluation.arithmetic.beside import Ceiling
from evaluation.arithmetic.combining import Combining
from office.errors import Refused
from reports.rulebook import Conversion, HeadRule, Ingredient, MissingPart, default_rulebook, read_rulebook

DEFAULT = default_rulebook().decode()


def test_the_shipped_rulebook_is_half_performance_and_half_citizens() -> None:
    rules = read_rulebook(default_rulebook())
    assert [(part.id, part.of, part.weight) for part in rules.parts] == [
        ("performance", (Ingredient.QUANTITATIVE, Ingredient.EXPERT), Decimal(50)),
        ("citizens", (Ingredient.CITIZEN,), Decimal(50)),
    ]
    assert (rules.conversion, rules.tie, rules.missing_part) == (
        Conversion.SHARE_OF_BEST,
        "shared",
        MissingPart.UNRANKED,
    )
    assert (rules.rounding.rating, rules.rounding.score, rules.rounding.parent, rules.points_places) == (
        None,
        2,
        2,
        2,
    )


def test_marks_are_trimmed_and_bonus_and_penalty_have_a_ceiling() -> None:
    rules = read_rulebook(default_rulebook())
    assert rules.combining is Combining.TRIMMED
    assert rules.beside == Ceiling(Decimal(3), Decimal(3), capped=False)
    other = DEFAULT.replace('"trimmed"\n', '"median"\n').replace("bonus = 3", "bonus = 2.5")
    read = read_rulebook(other.replace('total = "open"', 'total = "capped"').encode())
    assert (read.combining, read.beside) == (
        Combining.MEDIAN,
        Ceiling(Decimal("2.5"), Decimal(3), capped=True),
    )


def test_a_rulebook_of_the_first_format_is_read_as_it_was_meant() -> None:
    first = re.sub(r"\[marks\].*?(?=\[votes\])", "", DEFAULT, flags=re.DOTALL)
    rules = read_rulebook(first.replace("yaksok-rulebook-3", "yaksok-rulebook-1").encode())
    assert rules.combining is Combining.TRIMMED
    assert rules.beside == Ceiling(Decimal(0), Decimal(0), capped=False)
    assert rules.head == HeadRule(Decimal(0)) and not rules.head.judges


def test_a_rulebook_of_the_second_format_knows_the_agencys_points_alone() -> None:
    second = re.sub(r"\[head\].*?(?=\n\n)", "[head]\nagency = 20", DEFAULT, flags=re.DOTALL)
    rules = read_rulebook(second.replace("yaksok-rulebook-3", "yaksok-rulebook-2").encode())
    assert rules.head == HeadRule(Decimal(20)) and not rules.head.judges


def test_the_parts_of_a_head_are_a_hundred_points_with_falling_grades() -> None:
    rule = read_rulebook(default_rulebook()).head
    assert (rule.leadership, rule.own, rule.agency) == (Decimal(30), Decimal(50), Decimal(20))
    assert rule.grades == (Decimal(80), Decimal(60), Decimal(50)) and rule.least_months == 6


def test_its_hash_is_that_of_its_bytes() -> None:
    assert read_rulebook(default_rulebook()).sha256 == hashlib.sha256(default_rulebook()).hexdigest()
    assert read_rulebook(default_rulebook() + b"\n").sha256 != read_rulebook(default_rulebook()).sha256


def test_weights_may_have_decimals() -> None:
    rules = read_rulebook(
        DEFAULT.replace("weight = 50", "weight = 50.5", 1)
        .replace("weight = 50\n", "weight = 49.5\n")
        .encode()
    )
    assert [part.weight for part in rules.parts] == [Decimal("50.5"), Decimal("49.5")]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("weight = 50", "weight = 60", "100점이어야 하는데 110점입니다"),
        ("weight = 50", "weight = nan", "parts[1].weight 값을 쓸 수 없습니다"),
        ("weight = 50", "weight = true", "parts[1].weight 값을 쓸 수 없습니다"),
        ("weight = 50", "weight = -50", "parts[1].weight 값을 쓸 수 없습니다"),
        ('version = "1.0"', 'version = "1.0"\nbonus = 5', "모르는 항목이 있습니다: bonus"),
        ("score = 2", "score = 2\nscores = 2", "모르는 항목이 있습니다: rounding.scores"),
        ("score = 2", "", "빠진 항목이 있습니다: rounding.score"),
        ("score = 2", "score = 9", "rounding.score 값을 쓸 수 없습니다"),
        ("score = 2", 'score = "2"', "rounding.score 값을 쓸 수 없습니다"),
        ('mode = "half_up"', 'mode = "half_even"', "rounding.mode에는 다음 가운데 하나만"),
        ('conversion = "share_of_best"', 'conversion = "fair"', "share_of_best, share_of_voters"),
        ('tie = "shared"', 'tie = "lot"', "citizens, performance, shared"),
        ('method = "min"', 'method = "dense"', "ranking.method"),
        ('"quantitative", "expert"', '"quantitative", "citizen"', "같은 자료를 두 부문에"),
        ('of = ["quantitative", "expert"]', 'of = ["luck"]', "parts[1].of 값을 쓸 수 없습니다"),
        ('id = "citizens"', 'id = "performance"', "부문 id가 겹치거나"),
        ("[votes]", "[votes", "TOML로 읽을 수 없습니다"),
        ('format = "yaksok-rulebook-3"', 'format = "other"', "yaksok-rulebook-2, yaksok-rulebook-3"),
        ('format = "yaksok-rulebook-3"', 'format = "yaksok-rulebook-1"', "모르는 항목이 있습니다: beside, head, marks"),
        ("agency = 20", "agency = 120", "head.agency 값을 쓸 수 없습니다"),
        ("leadership = 30", "leadership = 40", "100점(반영하지 않으면 모두 0점)이어야 하는데 110점입니다"),
        ("grades = [80, 60, 50]", "grades = [80, 60]", "head.grades 값을 쓸 수 없습니다"),
        ("grades = [80, 60, 50]", "grades = [60, 80, 50]", "head.grades 값을 쓸 수 없습니다"),
        ("least_months = 6", "least_months = 13", "head.least_months 값을 쓸 수 없습니다"),
        ('combining = "trimmed"', 'combining = "best"', "mean, median, trimmed"),
        ("bonus = 3", "bonus = -1", "beside.bonus 값을 쓸 수 없습니다"),
        ("penalty = 3", "", "빠진 항목이 있습니다: beside.penalty"),
        ('total = "open"', 'total = "round"', "beside.total에는 다음 가운데 하나만"),
        ("[[parts]]", "[[part]]", "모르는 항목이 있습니다: part"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_naming_the_place(old: str, new: str, reason: str) -> None:
    assert old in DEFAULT
    with pytest.raises(Refused) as refused:
        read_rulebook(DEFAULT.replace(old, new, 1).encode())
    assert reason in refused.value.said()


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xef\xbb\xbf" + default_rulebook(), b"#" * 70_000])
def test_bytes_that_are_no_rulebook_are_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        read_rulebook(data)


def test_citizens_cannot_be_mixed_into_another_part() -> None:
    only = DEFAULT.replace('of = ["citizen"]', 'of = ["expert", "citizen"]').replace(
        '"quantitative", "expert"', '"quantitative"'
    )
    with pytest.raises(Refused, match="섞을 수 없습니다"):
        read_rulebook(only.encode())
