"""The list of contracts: found words shown where they stand, fields, order, pages; flat however many there are."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.public.excerpts import excerpt, marked
from contracts.public.finding import WITHOUT_GOAL, Question, answers, page_of
from contracts.public.searching import passages_of, speaking_of, words_of
from contracts.public.survey import Survey, survey_of
from contracts.reading import published_trees
from contracts.terms.standing import standing_of
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from office.database import Database
from rehearsal.visitor import Visitor
from tests.contracts.test_storing import statements
from tests.seeding import CULTURE, TRANSPORT, TREES, YEAR, seed_cycle

STATEMENTS = 13
"""Of a page of the list: cycles and the one shown, five of the survey, two of the search, doubts, contracts, trees and heads' contracts."""


def many(n: int) -> list[ContractTree]:
    kinds = ("실·국", "공공기관")
    return [
        replace(TRANSPORT, agency_code=f"A{i:04d}", agency=f"기관 {i:04d}", agency_kind=kinds[i % 2])
        for i in range(n)
    ]


async def seeded(db: Database, trees: Sequence[ContractTree] = TREES) -> Cycle:
    async with db.writing() as session:
        return await seed_cycle(session, Phase.REPORTING, trees=trees)


async def asked(session: AsyncSession, cycle: Cycle, question: Question) -> list[str]:
    survey: Survey = await survey_of(session, cycle)
    words = words_of(question.q)
    speaking = await speaking_of(session, cycle, words) if words else None
    return [line.agency_code for line in answers(survey, question, speaking)]


async def test_counts_from_the_database_are_those_of_the_trees(db: Database) -> None:
    cycle = await seeded(db)
    async with db.reading() as session:
        survey = await survey_of(session, cycle)
        trees = {tree.agency_code: tree for tree in await published_trees(session, cycle)}
    assert {line.agency_code: line.standing for line in survey.lines} == {
        code: standing_of([tree]) for code, tree in trees.items()
    }
    assert survey.standing == standing_of(trees.values())


async def test_a_joint_task_is_counted_once_over_all_contracts(db: Database) -> None:
    shares = (("TR", Decimal(60)), ("CU", Decimal(40)))
    joint = Node("J", "함께", Kind.TASK, Decimal(0), shares=shares)
    trees = [
        replace(tree, children=(*tree.children, joint)) for tree in TREES if tree.agency_code in ("TR", "CU")
    ]
    cycle = await seeded(db, trees)
    async with db.reading() as session:
        survey = await survey_of(session, cycle)
    assert survey.standing == standing_of(trees)
    assert (survey.standing.linked, survey.standing.promised) == (1, survey.standing.tasks - 1)
    assert sum(line.standing.linked for line in survey.fields()) == 1


@pytest.mark.parametrize(
    ("direction", "target", "actual", "met"),
    [
        (Direction.UP, "2", "2.00", 1),
        (Direction.DOWN, "2", "2.00", 1),
        (Direction.UP, "0.1", "0.09999999999999999999", 0),
        (Direction.DOWN, "0.1", "0.09999999999999999999", 1),
        (Direction.UP, "-3", "-2.5", 1),
        (Direction.DOWN, "0", "0.0001", 0),
    ],
)
async def test_nearly_equal_figures_are_compared_exactly(
    db: Database, direction: Direction, target: str, actual: str, met: int
) -> None:
    measure = Measure(direction, Method.TARGET_RATIO, target=Decimal(target), actual=Decimal(actual))
    leaf = Node("I", "지표", Kind.INDICATOR, Decimal(100), measure=measure)
    task = Node("T", "과제", Kind.TASK, Decimal(100), children=(leaf,))
    cycle = await seeded(db, [ContractTree("NE", "가까운 기관", "", (task,))])
    async with db.reading() as session:
        standing = (await survey_of(session, cycle)).standing
    assert (standing.met, standing.missed) == (met, 1 - met)


async def test_words_are_found_in_promises_tasks_indicators_and_names(db: Database) -> None:
    cycle = await seeded(db)
    async with db.reading() as session:

        async def found(q: str) -> list[str]:
            return await asked(session, cycle, Question(q=q))

        assert await found("정류소") == ["TR", "CU"]
        assert await found("노선 문화국") == []
        assert await found("노선 12개") == ["TR"]
        assert await found("안전교육") == ["SA"]
        assert await found("공공기관") == ["SA"]
        assert await found("100%") == [] and await found("_") == []
        assert await found(" \0 ") == ["TR", "CU", "SA"]
        ids = [line.contract_id for line in (await survey_of(session, cycle)).lines]
        places = await passages_of(session, ids, ["기다리는"])
    assert [(each.code, each.part) for each in places[ids[0]]] == [("T-1", "promise")]
    assert ids[2] not in places


async def test_lines_are_filtered_by_kind_state_and_field_and_sorted(db: Database) -> None:
    cycle = await seeded(db)
    async with db.reading() as session:

        async def found(**question: str) -> list[str]:
            return await asked(session, cycle, Question(**question))

        assert await found(kind="공공기관") == ["SA"]
        assert await found(state="reported") == ["TR", "CU", "SA"]
        assert await found(field="도민이 편한 이동") == ["TR", "CU"]
        assert await found(field=WITHOUT_GOAL) == ["TR", "CU", "SA"]
        assert await found(field="없는 분야") == []
        assert await found(sort="name") == ["TR", "CU", "SA"]
        assert await found(sort="best") == ["TR", "CU", "SA"]
        assert await found(sort="least") == ["CU", "SA", "TR"]
        fields = (await survey_of(session, cycle)).fields()
    assert [(each.title, each.agencies, each.standing.tasks) for each in fields] == [
        ("도민이 편한 이동", 2, 2),
        ("", 3, 3),
    ]


async def test_what_is_not_published_is_neither_counted_nor_found(db: Database) -> None:
    cycle = await seeded(db, [TRANSPORT, CULTURE])
    async with db.writing() as session:
        hidden = select(Contract.id).where(col(Contract.public_id) == f"{YEAR}-CU")
        await session.exec(
            update(Contract).where(col(Contract.id).in_(hidden)).values(state=ContractState.SIGNED)
        )
    async with db.reading() as session:
        assert await asked(session, cycle, Question()) == ["TR"]
        assert await speaking_of(session, cycle, ["문화국"]) == set()


@pytest.mark.parametrize("n", [10, 1000])
async def test_a_thousand_contracts_take_as_many_statements_as_ten(
    db: Database, visitor: Visitor, n: int
) -> None:
    await seeded(db, many(n))
    with statements(db) as sent:
        text = (await visitor.get("/contracts?q=버스&sort=best&page=99")).text
    assert f"계약 {n}건" in text
    assert len([each for each in sent if not each.startswith("ROLLBACK")]) == STATEMENTS
    with statements(db) as sent:
        await visitor.get("/contracts?view=field")
    assert len(sent) <= STATEMENTS


async def test_pages_keep_the_question_and_views_the_page(db: Database, visitor: Visitor) -> None:
    await seeded(db, many(30))
    text = (await visitor.get("/contracts?q=버스&kind=실·국&sort=name&page=2")).text
    assert "계약 15건" in text and re.search(
        r'href="/contracts\?q=[^"]*kind=[^"]*sort=name[^"]*page=1"', text
    )
    assert len(re.findall(r'class="card card-link"', text)) == 3
    assert "<mark>버스</mark>" in text and "과제 &#39;" in text
    fields = (await visitor.get("/contracts?view=field")).text
    assert "분야 2개" in fields and "도민이 편한 이동" in fields and "전략목표 없이 약속한 과제" in fields
    assert "찾는 계약이 없습니다" in (await visitor.get("/contracts?q=없는말&view=field")).text


async def test_the_chart_shows_the_page_and_stands_beside_its_table(db: Database, visitor: Visitor) -> None:
    await seeded(db)
    text = (await visitor.get("/contracts?sort=least")).text
    address = re.search(r'src="(/contracts/\d+/progress\.svg[^"]*)"', text)
    assert address and "아직 모름" in text
    picture = await visitor.get(address[1].replace("&amp;", "&"))
    assert picture.headers["content-type"].startswith("image/svg+xml")
    await visitor.get(f"/contracts/{YEAR + 9}/progress.svg", expect=404)


def test_an_excerpt_stands_around_the_first_word_and_marks_every_one() -> None:
    text = (
        "처음에는 다른 이야기를 하다가 " * 5 + "버스를 기다리는 시간을 줄이고 버스를 늘립니다. " + "끝 " * 100
    )
    parts = excerpt(text, ["버스", "시간"])
    whole = "".join(part for part, _ in parts)
    assert whole.startswith("…") and whole.endswith("…") and len(whole) < 130
    assert [part for part, found in parts if found] == ["버스", "시간", "버스"]
    assert excerpt("짧은 글", []) == (("짧은 글", False),)
    assert marked("A.B a.b", ["a.b"]) == (("A.B", True), (" ", False), ("a.b", True))


def test_a_page_is_brought_within_what_there_is() -> None:
    assert page_of(range(5), 99, 2) == (range(4, 5), 3, 3)
    assert page_of([], -1, 2) == ([], 1, 1)
