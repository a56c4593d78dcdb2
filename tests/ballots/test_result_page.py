"""The result's page and files: votes, weights beside people, ratings from ten raters on, and places that are fair."""

import csv
import io
import json
from fractions import Fraction
from xml.etree import ElementTree

from ballots.pictures import rating_bars
from ballots.ratings import AgencyRating, in_order
from ballots.results import places
from rehearsal.visitor import Visitor
from tests.ballots.test_ratings import RATED
from tests.ballots.votes import Vote, panel


def rating(code: str, mean: Fraction | None) -> AgencyRating:
    counts = None if mean is None else (0, 0, 10, 0, 0)
    return AgencyRating(code, code, counts, 10 if counts else 3, mean)


def test_equal_means_as_published_share_a_place_and_keep_the_order_of_the_ballot() -> None:
    means = {"가": Fraction(3), "나": Fraction(4), "다": None, "라": Fraction(3001, 1000), "마": Fraction(2)}
    found = [
        (place, one.agency) for place, one in in_order([rating(code, mean) for code, mean in means.items()])
    ]
    assert found == [(1, "나"), (2, "가"), (2, "라"), (4, "마"), (None, "다")]


def test_equal_votes_share_a_place() -> None:
    assert places([3, 5, 3, 0, 5]) == [3, 1, 3, 5, 1]


def test_the_chart_of_ratings_has_a_bar_for_every_agency_and_is_the_same_each_time() -> None:
    ratings = [AgencyRating("A", "교통국", (1, 2, 3, 4, 5), 15, Fraction(55, 15)), rating("B", None)]
    drawn = rating_bars(ratings)
    assert drawn == rating_bars(ratings)
    paths = ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}path")  # noqa: S314 - drawn by ourselves
    boxes = [path for path in paths if (path.get("d") or "").count("L") == 3]
    # Five of the legend, five parts and one frame; at least three parts are wide enough for their number.
    assert len(boxes) >= 5 + 5 + 1 + 3
    assert rating_bars([]) != drawn


async def counted(vote: Vote) -> None:
    await vote.close()
    await vote.count()


async def test_ratings_stand_on_the_result_page_with_their_table_and_chart(
    vote: Vote, visitor: Visitor
) -> None:
    await vote.begin(listed=panel(("", 12, 1)), ratings=True)
    await vote.box(RATED)
    await counted(vote)
    page = (await visitor.get(f"/result/{vote.uuid}")).text
    assert "기관별 평가" in page and "4.58" in page and "2.82" in page
    assert "기관 1곳은 분포와 평균을 보여 드리지 않습니다" in page
    chart = await visitor.get(f"/result/{vote.uuid}/ratings.svg")
    assert chart.content.startswith(b"<?xml")
    assert "가중치" not in page


async def test_the_files_hold_every_option_and_every_rating_and_nothing_undisclosed(
    vote: Vote, visitor: Visitor
) -> None:
    await vote.begin(listed=panel(("", 12, 1)), ratings=True)
    await vote.box(RATED)
    await counted(vote)
    answer = await visitor.get(f"/result/{vote.uuid}/result.json")
    found = json.loads(answer.content)
    assert [(option["task_code"], option["votes"], option["rank"]) for option in found["options"]] == [
        ("A1-T1", 3, 3),
        ("A2-T1", 5, 1),
        ("A3-T1", 4, 2),
    ]
    assert [(one["counts"], one["mean"], one["raters"]) for one in found["ratings"]] == [
        ([1, 0, 0, 1, 10], "4.58", 12),
        ([3, 2, 2, 2, 2], "2.82", 11),
        (None, None, 1),
    ]
    assert (found["voters"], found["weight"], found["blank"], found["listed"]) == (12, 12, 1, 12)
    table = (await visitor.get(f"/result/{vote.uuid}/result.csv")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    assert [len(row) for row in rows] == [14] * 7
    assert rows[1][:7] == ["과제", "3", "A1", "기관 1", "A1-T1", "과제 1", "3"]
    assert rows[4][7:] == ["1", "0", "0", "1", "10", "12", "4.58"]
    assert rows[6][7:] == ["", "", "", "", "", "1", ""]


async def test_before_the_count_there_are_no_files_and_no_charts(vote: Vote, visitor: Visitor) -> None:
    await vote.begin(ratings=True)
    await vote.close()
    for name in ("result.csv", "result.json", "chart.svg", "ratings.svg"):
        await visitor.get(f"/result/{vote.uuid}/{name}", expect=404)


async def test_weighted_votes_stand_beside_the_number_of_people(vote: Vote, visitor: Visitor) -> None:
    await vote.begin(listed=panel(("청년", 10, 3), ("장년", 10, 1)), ratings=True)
    await vote.box([(0, (0,), (4,)), (1, (0,), (4,)), (10, (1,)), (11, None)])
    await counted(vote)
    page = (await visitor.get(f"/result/{vote.uuid}")).text
    assert "가중치를 반영한 표" in page
    assert "6표를 얻었습니다. 가중치를 반영한 표의 75.0%입니다" in page
    figures = page.split('<dl class="figures">')[1].split("</dl>")[0]
    assert "<strong>4</strong>" in figures and "<strong>8</strong>" in figures
    # Six votes can come from two people: too few to be shown.
    assert "어느 기관도 10명 이상이 평가하지 않았습니다" in page


async def test_a_vote_without_ratings_says_nothing_of_them(vote: Vote, visitor: Visitor) -> None:
    await vote.begin()
    await vote.box([(0, (0,))])
    await counted(vote)
    page = (await visitor.get(f"/result/{vote.uuid}")).text
    assert "기관별 평가" not in page
    await visitor.get(f"/result/{vote.uuid}/ratings.svg", expect=404)
