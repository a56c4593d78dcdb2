"""The settings of a method: read as people write them, written as they are read, refused with the reason."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracts.terms.methods import (
    SETTINGS,
    Misread,
    is_set,
    number_of,
    numbers_of,
    read_settings,
    tiers_of,
    write_settings,
    year_of,
)
from contracts.terms.tree import Method


@pytest.mark.parametrize(
    ("method", "cell", "written"),
    [
        (Method.TARGET_RANGE, "", ""),
        (Method.TARGET_RANGE, "주요사업", "주요사업"),
        (Method.TARGET_RANGE, " 이상치로  뺀 해 = 2023년 ； 주요사업 = 예 ", "주요사업; 이상치로 뺀 해=2023"),
        (Method.GLOBAL, "최고목표=1,250.50; 최저목표=△3", "최고목표=1250.5; 최저목표=-3"),
        (
            Method.LONG_TERM,
            "시작 연도=2024; 시작값=80; 목표연도=2029; 목표값=100",
            "시작 연도=2024; 시작값=80; 목표 연도=2029; 목표값=100",
        ),
        (Method.CRITERIA, "기준=30 25 20 10 5.0", "기준=30 25 20 10 5"),
        (Method.TIERED, "구간=200:20 150:40 100:60 :80", "구간=200:20 150:40 100:60 :80"),
        (Method.TREND, "전부 이루어야 인정", "전부 이루어야 인정"),
        (Method.BONUS, "최대 가점=2.50점", "최대 가점=2.5"),
        (Method.PENALTY, "최대감점=3", "최대 감점=3"),
    ],
)
def test_settings_are_read_as_people_write_them(method: Method, cell: str, written: str) -> None:
    read = read_settings(method, cell)
    assert not isinstance(read, Misread), read
    assert write_settings(method, read) == written
    assert read_settings(method, written) == read


@pytest.mark.parametrize(
    ("method", "cell", "named"),
    [
        (Method.TARGET_RATIO, "주요사업", "주요사업"),
        (Method.TARGET_RANGE, "주요사업=아마", "주요사업"),
        (Method.TARGET_RANGE, "주요사업; 주요사업", "주요사업"),
        (Method.TARGET_RANGE, "이상치로 뺀 해=작년", "이상치로 뺀 해"),
        (Method.GLOBAL, "최고목표=90", "최저목표"),
        (Method.GLOBAL, "최고목표=높음; 최저목표=3", "최고목표"),
        (Method.LONG_TERM, "", "시작 연도"),
        (Method.CRITERIA, "기준=30 25 20 10", "기준"),
        (Method.TIERED, "구간=100:60 150:40 :80", "구간"),
        (Method.TIERED, "구간=200:20 150:40", "구간"),
        (Method.TIERED, "구간=200:120 :80", "구간"),
        (Method.BONUS, "", "최대 가점"),
        (Method.BONUS, "최대 가점=0", "최대 가점"),
        (Method.PENALTY, "최대 감점=△1", "최대 감점"),
        (Method.PENALTY, "전부 이루어야 인정; 최대 감점=1", "전부 이루어야 인정"),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_name_of_the_setting(
    method: Method, cell: str, named: str
) -> None:
    read = read_settings(method, cell)
    assert isinstance(read, Misread)
    assert named in read.values.values()


def test_settings_come_back_as_values() -> None:
    read = read_settings(Method.TIERED, "주요사업; 이상치로 뺀 해=2023; 구간=200:20 :80")
    assert not isinstance(read, Misread)
    assert is_set(read, "main") and year_of(read, "outlier") == 2023
    assert tiers_of(read) == ((Decimal(200), Decimal(20)), (None, Decimal(80)))
    criteria = read_settings(Method.CRITERIA, "기준=5 4 3 2 1")
    assert not isinstance(criteria, Misread)
    assert numbers_of(criteria, "values") == tuple(map(Decimal, (5, 4, 3, 2, 1)))
    assert number_of(criteria, "best") is None and not is_set((), "main") and year_of((), "outlier") is None


def test_every_method_says_what_it_may_be_told() -> None:
    assert set(SETTINGS) == set(Method)
