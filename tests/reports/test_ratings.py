"""What residents rated an agency stands on its report, on paper too, and changes nothing of its result."""

import io
from collections.abc import Mapping
from fractions import Fraction

from pypdf import PdfReader
from sqlmodel import select, update

from ballots.ratings import AgencyRating
from contracts.model import Cycle, Phase
from office.clock import now
from office.database import Database
from rehearsal.visitor import Visitor
from reports.model import Run
from reports.ratings import rating_facts, rating_in
from reports.recomputation import recompute, result_of
from reports.runs import make_run
from tests.reports.test_runs import seed_counted
from tests.seeding import YEAR

RATED: Mapping[str, tuple[int, int, int, int, int]] = {"TR": (0, 1, 2, 3, 8), "CU": (1, 0, 0, 0, 0)}


async def published(
    db: Database, *, ratings: Mapping[str, tuple[int, int, int, int, int]] | None, weight: int | None = None
) -> Run:
    officer = await seed_counted(db, ratings=ratings, weight=weight)
    await make_run(db, YEAR, officer)
    async with db.writing() as session:
        await session.exec(update(Run).values(published_at=now()))
        await session.exec(update(Cycle).values(phase=Phase.PROVISIONAL))
    async with db.reading() as session:
        return (await session.exec(select(Run))).one()


async def test_an_agencys_report_shows_its_rating_with_its_distribution(
    db: Database, visitor: Visitor
) -> None:
    await published(db, ratings=RATED)
    page = (await visitor.get(f"/reports/{YEAR}/TR")).text
    assert "도민 14명이 1점부터 5점까지 매겼고, 평균은 4.29점입니다" in page
    assert "이 점수는 순위에 들어가지 않습니다" in page
    paper = (await visitor.get(f"/reports/{YEAR}/TR/report.pdf")).content
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert "도민이 매긴 점수" in words and "평균 4.29점" in words


async def test_too_few_raters_stand_as_such_and_no_figure_is_told(db: Database, visitor: Visitor) -> None:
    await published(db, ratings=RATED)
    page = (await visitor.get(f"/reports/{YEAR}/CU")).text
    assert "이 기관을 평가한 도민이 적어 점수를 공개하지 않습니다" in page
    assert "1점부터 5점까지 매겼고" not in page


async def test_without_ratings_the_report_says_nothing_of_them(db: Database, visitor: Visitor) -> None:
    await published(db, ratings=None)
    assert "도민이 매긴 점수" not in (await visitor.get(f"/reports/{YEAR}/TR")).text


async def test_ratings_change_no_result(db: Database) -> None:
    run = await published(db, ratings=RATED)
    assert "ratings" not in run.inputs and '"people"' not in run.inputs


async def test_where_votes_are_weighted_people_are_still_called_people(
    db: Database, visitor: Visitor
) -> None:
    run = await published(db, ratings=None, weight=820)
    result = result_of(run.inputs.encode())
    assert (result.voters, result.turned_out) == (820, 410)
    assert recompute(run.inputs.encode()).decode() == run.result
    page = (await visitor.get(f"/reports/{YEAR}/TR")).text
    assert "도민 410명이 투표했고" in page and "가중치를 모두 더하면 820이고" in page
    ranking = (await visitor.get(f"/ranking/{YEAR}")).text
    assert "가중치를 모두 더하면 820" in ranking


async def test_the_printed_rating_counts_votes_where_they_are_weighted(db: Database) -> None:
    run = await published(db, ratings=None, weight=820)
    rating = AgencyRating("TR", "교통국", (0, 0, 0, 0, 30), 30, Fraction(5))
    facts = rating_facts(result_of(run.inputs.encode()), rating)
    assert facts["counts"] == ["0표", "0표", "0표", "0표", "30표"]
    assert rating_in(None, "TR") is None
