"""Rating the agencies: questions of their own in the record, encrypted and summed, shown from ten raters on."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from sqlmodel import select, update

from ballots.model import RatedAgency
from ballots.protocol.ballot import Picks
from ballots.protocol.election import read_election
from ballots.protocol.verifier import verify
from ballots.ratings import DISCLOSED_FROM, AgencyRating, rating_of, rating_questions
from ballots.results import Tally, tally_of
from contracts.model import Agency, Contract, ContractState, Cycle
from office.errors import Conflict
from rehearsal.visitor import Visitor
from tests.ballots.boards import reference_accepts
from tests.ballots.house import House
from tests.ballots.reference import TOOL
from tests.ballots.votes import Vote, panel, scoring_cycle


async def counted(vote: Vote) -> Tally:
    await vote.close()
    await vote.count()
    async with vote.db.reading() as session:
        tally = await tally_of(session, (await session.exec(select(Cycle))).one())
    assert tally is not None
    return tally


def test_a_mean_is_exact_and_the_distribution_is_that_of_the_totals() -> None:
    rating = rating_of("A1", "기관", (1, 0, 2, 3, 4))
    assert rating == AgencyRating("A1", "기관", (1, 0, 2, 3, 4), 10, Fraction(39, 10))


@pytest.mark.parametrize("raters", [0, 1, DISCLOSED_FROM - 1])
def test_below_ten_raters_nothing_but_their_number_is_told(raters: int) -> None:
    rating = rating_of("A1", "기관", (0, 0, raters, 0, 0))
    assert (rating.counts, rating.mean, rating.raters) == (None, None, raters)


def test_with_weights_the_fewest_people_a_sum_can_come_from_are_what_the_threshold_asks_about() -> None:
    assert rating_of("A1", "기관", (0, 0, 0, 27, 0), largest_weight=3).counts is None
    assert rating_of("A1", "기관", (0, 0, 0, 28, 0), largest_weight=3).counts == (0, 0, 0, 28, 0)


def test_agencies_of_one_name_have_questions_that_differ() -> None:
    rated = [
        RatedAgency(election_id=1, position=place, agency_code=code, agency=name)
        for place, (code, name) in enumerate([("A1", "교통국"), ("A2", "환경국"), ("A3", "교통국")])
    ]
    questions = rating_questions(rated)
    assert [question.question for question in questions] == [
        "교통국(A1): 약속을 얼마나 잘 지켰습니까?",
        "환경국: 약속을 얼마나 잘 지켰습니까?",
        "교통국(A3): 약속을 얼마나 잘 지켰습니까?",
    ]
    assert {(q.answers, q.min, q.max, q.blank) for q in questions} == {
        (("1점", "2점", "3점", "4점", "5점"), 0, 1, False)
    }


async def test_the_record_asks_one_question_more_for_every_agency_with_a_published_contract(
    vote: Vote,
) -> None:
    await vote.prepare(ratings=True)
    async with vote.db.writing() as session:
        second = (await session.exec(select(Agency).where(Agency.code == "A2"))).one()
        await session.exec(
            update(Contract).where(Contract.agency_id == second.id).values(state=ContractState.DRAFT)  # type: ignore[arg-type]  # SQLModel's columns are typed as values
        )
    await vote.name_trustees()
    await vote.give_keys()
    await vote.list_voters()
    await vote.issue()
    await vote.open()
    record = read_election(((await vote.election()).election_record or "").encode())
    assert [question.question for question in record.questions] == [
        "잘 지킨 과제",
        "기관 1: 약속을 얼마나 잘 지켰습니까?",
        "기관 3: 약속을 얼마나 잘 지켰습니까?",
    ]


async def test_without_ratings_the_record_asks_for_the_choice_of_tasks_only(vote: Vote) -> None:
    await vote.begin()
    record = read_election(((await vote.election()).election_record or "").encode())
    assert len(record.questions) == 1


async def test_an_agency_renamed_between_the_two_officers_needs_the_first_again(vote: Vote) -> None:
    await vote.prepare(ratings=True)
    await vote.name_trustees()
    await vote.give_keys()
    await vote.list_voters()
    await vote.issue()
    assert await vote.open(0) is False
    async with vote.db.writing() as session:
        agency = (await session.exec(select(Agency).where(Agency.code == "A1"))).one()
        agency.name = "다른 이름"
    assert await vote.open(1) is False
    assert await vote.open(0) is True


async def test_more_agencies_than_the_record_can_hold_are_refused(vote: Vote) -> None:
    with pytest.raises(Conflict, match="199곳까지"):
        await vote.prepare(tasks=200, ratings=True)


RATED: list[tuple[int, Picks, Picks, Picks, Picks]] = [
    *((voter, (voter % 3,), (4,), (voter % 5,), ()) for voter in range(11)),
    (11, None, (0,), (), (2,)),
    (0, (1, 2), (3,), (0,), ()),  # the first voter again: only this one counts
]
"""Twelve voters: the first agency is rated by all, the second by eleven, the third by one."""


async def test_ratings_are_summed_from_ballot_to_result_and_the_ranking_keeps_row_0(
    vote: Vote, tmp_path: Path
) -> None:
    await vote.begin(listed=panel(("", 12, 1)), ratings=True)
    await vote.box(RATED)
    tally = await counted(vote)
    assert [option.votes for option in tally.options] == [3, 5, 4]
    assert (tally.voters, tally.weight, tally.weighted, tally.blank) == (12, 12, False, 1)
    first, second, third = tally.ratings
    assert first == AgencyRating("A1", "기관 1", (1, 0, 0, 1, 10), 12, Fraction(55, 12))
    assert second == AgencyRating("A2", "기관 2", (3, 2, 2, 2, 2), 11, Fraction(31, 11))
    assert third == AgencyRating("A3", "기관 3", None, 1, None)
    raw = await vote.board()
    verdict = verify(raw, jobs=1)
    assert verdict.ok, verdict.problems
    assert verdict.result == ((1, 3, 5, 4), (1, 0, 0, 1, 10), (3, 2, 2, 2, 2), (0, 0, 1, 0, 0))
    if TOOL:
        assert reference_accepts(tmp_path / "reference", raw)


async def test_weights_count_in_ratings_too(vote: Vote) -> None:
    await vote.begin(listed=panel(("", 10, 3)), ratings=True)
    await vote.box([(voter, (0,), (4,), (1,) if voter else (), ()) for voter in range(10)])
    tally = await counted(vote)
    assert (tally.voters, tally.weight, tally.weighted) == (10, 30, True)
    first, second, third = tally.ratings
    assert (first.counts, first.raters, first.mean) == ((0, 0, 0, 0, 30), 30, Fraction(5))
    assert (second.counts, second.raters) == (None, 27)
    assert third.raters == 0


async def test_the_office_asks_for_ratings_by_a_box_on_its_form(house: House, visitor: Visitor) -> None:
    assert "기관별 평가(1~5점)도 함께 받습니다" not in (await house.officers[0].get("/office/elections")).text
    await house.create(ratings="yes")
    page = (await house.officers[0].get(house.here)).text
    assert "기관 3곳을 1점부터 5점까지" in page and "평가를 묻는 기관 3곳 보기" in page
    await house.name_trustees()
    await house.give_keys()
    await house.take_roll()
    await house.both("issue")
    await house.both("open")
    record = json.loads((await visitor.get(f"/vote/{house.uuid}/election.json")).content)
    assert [len(question["answers"]) for question in record["questions"]] == [3, 5, 5, 5]


async def test_the_form_says_how_many_agencies_are_asked_about(house: House) -> None:
    async with house.db.writing() as session:
        await scoring_cycle(session, 4)
    page = (await house.officers[0].get("/office/elections")).text
    assert "기관별 평가(1~5점)도 함께 받습니다" in page and "계약을 공개한 기관 4곳마다" in page


async def test_without_the_box_nothing_is_rated(house: House) -> None:
    await house.create()
    assert (await house.election()).ratings is False
    assert "받지 않음" in (await house.officers[0].get(house.here)).text
