"""Exclusion by affiliation, now or within three years, at the body, above or below it; and by economic ties."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.experts.barring import (
    Body,
    Rule,
    Stated,
    TieKind,
    barred_bodies,
    first_rules,
    holds,
    years_before,
)

TODAY = date(2026, 10, 1)
BODIES = (
    Body("TR", "교통국", parent="충청남도"),
    Body("SA", "안전공사", parent="TR"),
    Body("CU", "문화국"),
)


def bars(kind: TieKind, name: str, since: date | None = None, until: date | None = None) -> dict[str, Rule]:
    return barred_bodies(Stated(kind, "", name, since, until), BODIES, TODAY)


def test_who_works_there_is_excluded_and_so_at_the_body_above_and_below() -> None:
    assert bars(TieKind.AFFILIATION, "교통국") == {"TR": Rule.EMPLOYED, "SA": Rule.RELATED}
    assert bars(TieKind.AFFILIATION, "안전공사") == {"SA": Rule.EMPLOYED, "TR": Rule.RELATED}
    assert bars(TieKind.AFFILIATION, "충청남도") == {"TR": Rule.RELATED}
    assert bars(TieKind.AFFILIATION, "다른 대학교") == {}


def test_a_body_is_known_by_its_code_and_however_its_name_is_spaced() -> None:
    assert barred_bodies(Stated(TieKind.AFFILIATION, "cu", ""), BODIES, TODAY) == {"CU": Rule.EMPLOYED}
    assert bars(TieKind.AFFILIATION, " 문 화 국 ") == {"CU": Rule.EMPLOYED}


@pytest.mark.parametrize(
    ("until", "rule"),
    [
        (date(2026, 10, 1), Rule.EMPLOYED),
        (date(2026, 9, 30), Rule.FORMER),
        (date(2023, 10, 1), Rule.FORMER),
        (date(2023, 9, 30), None),
    ],
)
def test_three_years_are_counted_to_the_day(until: date, rule: Rule | None) -> None:
    found = bars(TieKind.AFFILIATION, "문화국", date(2020, 1, 1), until)
    assert found == ({} if rule is None else {"CU": rule})


def test_a_leap_day_three_years_ago_is_the_last_of_february() -> None:
    assert years_before(date(2024, 2, 29), 3) == date(2021, 2, 28)


@pytest.mark.parametrize("kind", [TieKind.SERVICE, TieKind.ADVICE, TieKind.LECTURE])
def test_paid_work_bars_from_the_body_itself_for_three_years(kind: TieKind) -> None:
    assert bars(kind, "교통국", until=date(2024, 5, 1)) == {"TR": Rule.TIE}
    assert bars(kind, "교통국", until=date(2023, 5, 1)) == {}
    assert bars(kind, "충청남도") == {}


def test_shares_and_kin_count_while_they_last() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert bars(TieKind.SHARES, "교통국") == {"TR": Rule.TIE}
    assert bars(TieKind.KIN, "교통국") == {"TR": Rule.KIN}
    assert (
        bars(TieKind.SHARES, "교통국", until=yesterday) == bars(TieKind.KIN, "교통국", until=yesterday) == {}
    )


def test_who_is_going_to_work_there_does_not_judge_it_first() -> None:
    assert bars(TieKind.AFFILIATION, "문화국", since=TODAY + timedelta(days=1)) == {"CU": Rule.EMPLOYED}


ties = st.builds(
    Stated,
    kind=st.sampled_from(TieKind),
    body=st.sampled_from(["", "TR", "SA", "CU", "XX"]),
    name=st.sampled_from(["", "교통국", "안전 공사", "충청남도"]),
    since=st.none() | st.dates(date(2020, 1, 1), date(2027, 1, 1)),
    until=st.none() | st.dates(date(2020, 1, 1), date(2027, 1, 1)),
)


@given(ties, st.dates(date(2019, 1, 1), date(2031, 1, 1)), st.integers(0, 2000))
def test_time_only_frees_so_that_closing_sheets_when_a_tie_is_stated_is_enough(
    tie: Stated, on: date, days: int
) -> None:
    later = barred_bodies(tie, BODIES, on + timedelta(days=days))
    assert set(later) <= set(barred_bodies(tie, BODIES, on))


@given(st.lists(ties, max_size=6), st.randoms())
def test_the_order_of_ties_does_not_matter_and_more_ties_never_free_anybody(
    stated: list[Stated], chance: random.Random
) -> None:
    shuffled = stated[:]
    chance.shuffle(shuffled)
    found = first_rules(stated, BODIES, TODAY)
    assert first_rules(shuffled, BODIES, TODAY) == found
    assert set(first_rules(stated[1:], BODIES, TODAY)) <= set(found)
    assert all(holds(tie, TODAY) for tie in stated if barred_bodies(tie, BODIES, TODAY))
