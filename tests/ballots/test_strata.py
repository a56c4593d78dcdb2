"""Strata and weights: one weight a stratum, no weight that few people hold, from the file to the office's page."""

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from ballots import roll
from ballots.results import result_of
from ballots.retention import KEPT_AFTER_CLOSE, delete_what_is_due
from ballots.roll_file import COLUMNS, parse, template_csv
from ballots.strata import FEWEST_OF_A_WEIGHT, Stratum, strata_of, too_few, uneven
from office.clock import now
from office.database import Database
from office.errors import Refused
from office.journal import JournalEntry
from office.settings import Settings
from tests.ballots.house import House
from tests.ballots.votes import Vote, panel


def refused(text: str) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.said()) for p in parse(text.encode(), "roll.csv").problems]


def test_strata_are_read_beside_the_weights() -> None:
    parsed = parse(panel(("청년", 10, 3), ("", 10, 1)).encode(), "roll.csv")
    assert not parsed.problems
    assert {(voter.stratum, voter.weight) for voter in parsed.voters} == {("청년", 3), ("", 1)}


def test_a_stratum_with_two_weights_is_refused_at_the_row_that_differs() -> None:
    text = panel(("청년", 12, 2), ("장년", 12, 1)).replace(
        "14,평가단 14,010-1234-1014,장년,1", "14,평가단 14,010-1234-1014,장년,2"
    )
    assert refused(text) == [
        (15, "가중치", "'장년' 계층의 가중치는 14행에서 1입니다. 한 계층은 가중치가 같아야 합니다")
    ]


def test_a_weight_that_nine_people_hold_is_refused_with_their_rows() -> None:
    ((row, column, sentence),) = refused(panel(("청년", 9, 2), ("장년", 10, 1)))
    assert (row, column) == (2, "가중치")
    assert "가중치 2인 사람이 9명뿐입니다(2, 3, 4, 5, 6, 7, 8, 9, 10행)" in sentence
    assert refused(panel(("청년", 10, 2), ("장년", 10, 1))) == []


def test_the_few_whose_weight_stayed_1_are_a_small_group_too() -> None:
    ((row, _, sentence),) = refused(panel(("청년", 20, 2), ("장년", 3, 1)))
    assert row == 22 and "가중치 1인 사람이 3명뿐입니다" in sentence


def test_few_people_may_vote_when_everybody_weighs_one() -> None:
    assert refused(panel(("청년", 2, 1), ("장년", 1, 1))) == []


def test_people_of_several_strata_may_share_a_weight_and_so_reach_ten() -> None:
    assert refused(panel(("청년", 5, 2), ("여성", 5, 2), ("장년", 10, 1))) == []


def test_people_without_a_stratum_are_none() -> None:
    text = panel(("", 10, 2), ("", 10, 1))
    assert refused(text) == []


def test_a_bad_row_elsewhere_is_said_first_and_hides_no_small_group() -> None:
    text = panel(("청년", 10, 2), ("장년", 10, 1)).replace(
        "1,평가단 1,010-1234-1001", "1,평가단 1,02-123-4567"
    )
    assert [(row, column) for row, column, _ in refused(text)] == [(2, "휴대전화")]


@pytest.mark.parametrize("name", ["가" * 41, "한 줄\n두 줄"])
def test_a_stratum_has_one_short_line(name: str) -> None:
    text = f'번호,이름,휴대전화,계층\n1,가,010-1234-5678,"{name}"\n'
    assert [(row, column) for row, column, _ in refused(text)] == [(2, "계층")]


@pytest.mark.parametrize("weight", ["0", "1001", "1.5", "-1", "둘"])
def test_a_weight_is_a_whole_number_from_1_to_1000(weight: str) -> None:
    text = panel(("", 1, 1)).replace(",,1\n", f",,{weight}\n")
    assert [(row, column) for row, column, _ in refused(text)] == [(2, "가중치")]


@given(st.lists(st.tuples(st.sampled_from(["청년", "장년", ""]), st.sampled_from([1, 2, 5])), max_size=60))
def test_what_is_let_through_holds_no_small_weight_and_no_uneven_stratum(held: list[tuple[str, int]]) -> None:
    rows = [(row, name, weight) for row, (name, weight) in enumerate(held, start=2)]
    weights = [weight for _, weight in held]
    small = any(weights.count(weight) < FEWEST_OF_A_WEIGHT for weight in set(weights)) and set(weights) != {1}
    assert bool(too_few(rows, weight="가중치")) == small
    named = {name: {weight for each, weight in held if each == name} for name, _ in held if name}
    assert bool(uneven(rows, weight="가중치")) == any(len(found) > 1 for found in named.values())
    assert sum(stratum.total for stratum in strata_of(held)) == sum(weights)


def test_the_template_is_a_roll_that_can_be_read() -> None:
    parsed = parse(template_csv(), "roll-template.csv")
    assert not parsed.problems and len(parsed.voters) == 2
    assert template_csv().decode("utf-8-sig").splitlines()[0] == ",".join(COLUMNS.values())


async def test_strata_are_stored_and_the_journal_says_how_large_they_are(vote: Vote) -> None:
    await vote.prepare()
    await vote.list_voters(panel(("청년", 11, 3), ("장년", 10, 1)))
    async with vote.db.reading() as session:
        found = await roll.strata(session, await vote.held(session))
        (act,) = await session.exec(
            select(JournalEntry).where(col(JournalEntry.act) == "ballots.roll-stored")
        )
    assert found == [Stratum("장년", 10, 1), Stratum("청년", 11, 3)]
    assert act.details["strata"] == [["장년", 10, 1], ["청년", 11, 3]]


async def test_a_file_with_a_small_weight_does_not_become_the_roll(vote: Vote) -> None:
    await vote.prepare()
    with pytest.raises(Refused, match="1군데"):
        await vote.list_voters(panel(("청년", 9, 3), ("장년", 10, 1)))
    assert await vote.roll() == []


async def test_the_office_gets_the_form_sees_the_rule_and_then_the_strata(house: House) -> None:
    await house.create()
    await house.name_trustees()
    officer = house.officers[0]
    form = await officer.get("/office/roll-template.csv")
    assert "계층" in form.content.decode("utf-8-sig")
    draft = (await house.upload(panel(("청년", 9, 3), ("장년", 10, 1)))).headers["location"]
    assert "가중치 3인 사람이 9명뿐입니다" in (await officer.get(draft)).text
    draft = (await house.upload(panel(("청년", 10, 3), ("장년", 10, 1)))).headers["location"]
    shown = (await officer.get(draft)).text
    assert "청년" in shown and "30" in shown
    await officer.post(draft)
    page = (await officer.get(house.here)).text
    assert "계층별 인원과 가중치" in page and "청년" in page


async def test_strata_go_when_the_names_go_and_the_result_stays(own_db: tuple[Database, Settings]) -> None:
    vote = Vote(*own_db)
    await vote.begin(listed=panel(("청년", 10, 3), ("장년", 10, 1)))
    await vote.box([(0, (0,)), (10, (1,))])
    await vote.close()
    await vote.count()
    async with vote.db.reading() as session:
        before = await result_of(session, await vote.held(session))
    with time_machine.travel(now() + KEPT_AFTER_CLOSE + timedelta(hours=1)):
        await delete_what_is_due(vote.db)
    assert {entry.stratum for entry in await vote.roll()} == {""}
    async with vote.db.reading() as session:
        assert await result_of(session, await vote.held(session)) == before
