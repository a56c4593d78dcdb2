"""One body under two names is offered for merging and never merged by itself; what is decided is kept and written down."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.cycles import cycle_of
from contracts.files.importing import parse
from contracts.files.merging import MOST_BODIES, MOST_PAIRS, Body, edit_distance, likely_same, renamings
from contracts.reading import contracts_of, trees_of
from contracts.terms.tree import indicators
from office import journal
from office.database import Database
from rehearsal.visitor import said
from tests import nyc
from tests.contracts.conftest import Year
from tests.data import acceptance_data
from tests.seeding import YEAR

JSON = {"Accept": "application/json"}


def paired(*names: str, stored: tuple[tuple[str, str], ...] = ()) -> list[tuple[str, str, str]]:
    here = [Body(f"N{at}", name) for at, name in enumerate(names)]
    there = [Body(code, name, known=True) for code, name in stored]
    return [(pair.one.name, pair.other.name, pair.reason) for pair in likely_same(here, there)]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("박람회기획단", "박람회지원단", "letters"),
        ("교육 체육과", "교육체육과", "spacing"),
        ("ＡＩ혁신과", "ai 혁신과", "spacing"),
        ("보건소(건강증진과)", "보건소(보건행정과)", "bracket"),
        ("농업기술센터", "농업기술센터(농업정책과)", "bracket"),
        ("시설관리공단", "시설관리공사", "letters"),
    ],
)
def test_names_that_may_be_one_bodys_are_offered(one: str, other: str, reason: str) -> None:
    assert paired(one, other) == [(one, other, reason)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("관광과", "교통과"),
        ("도로과", "교통과"),
        ("사회복지과", "노인복지과"),
        ("환경정책과", "환경보호과"),
        ("시연 교통국", "시연 환경녹지국"),
        ("제1시설관리소", "제2시설관리소"),
        ("자치행정국", "자치행정과"),
        ("Department of Finance", "Department of Health"),
    ],
)
def test_other_bodies_are_not(one: str, other: str) -> None:
    assert paired(one, other) == []


def test_no_body_of_two_real_registers_is_offered_by_mistake() -> None:
    with acceptance_data("contracts/dangjin_org_2022/units.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        assert paired(*(row["unit"] for row in csv.DictReader(file))) == []
    new_york = parse(nyc.import_csv(acceptance_data("contracts/nyc_mmr_fy23/indicators.csv")), "a.csv")
    assert len(new_york.bodies) == 17 and likely_same(new_york.bodies) == ()


def test_of_a_thousand_names_the_doubled_one_is_found() -> None:
    letters = "가나다라마바사아자차"
    names = [f"도립{one}{two}{three}재단" for one in letters for two in letters for three in letters]
    assert paired(*names, "도립 가가가재단") == [("도립가가가재단", "도립 가가가재단", "spacing")]
    assert len(paired(*names[:MOST_BODIES])) == MOST_PAIRS


def test_the_stored_code_stays_and_two_stored_bodies_are_left_alone() -> None:
    here, there = Body("X1", "박람회지원단"), Body("A1", "박람회기획단", known=True)
    (pair,) = likely_same([here], [there])
    assert [(each.code, each.name) for each in pair.choices()] == [
        ("A1", "박람회기획단"),
        ("A1", "박람회지원단"),
    ]
    assert likely_same([here, Body("A1", "박람회기획단")], [there, Body("X1", "박람회지원단")]) == ()


def test_decisions_go_together_or_are_refused() -> None:
    bodies = [Body("H", "보건소"), Body("H1", "보건소(건강증진과)"), Body("H2", "보건소(보건행정과)")]
    pairs = likely_same(bodies)
    first, second, third = (pair.key for pair in pairs)
    whole = ["H", "보건소"]
    everything = dict.fromkeys(("H", "H1", "H2"), ("H", "보건소"))
    assert renamings(pairs, {first: whole, second: whole}) == everything
    assert renamings(pairs, {first: whole, second: whole, third: ["H1", "보건소(건강증진과)"]}) == everything
    assert renamings(pairs, {first: ["H1", "가"], third: ["H2", "나"], second: whole}) is None
    assert renamings(pairs, {first: [], second: []}) == {}


@given(st.text("가나다", max_size=6), st.text("가나다", max_size=6), st.text("가나다", max_size=6))
def test_the_distance_of_names_is_a_distance(one: str, other: str, third: str) -> None:
    assert edit_distance(one, other) == edit_distance(other, one)
    assert (edit_distance(one, other) == 0) == (one == other)
    assert edit_distance(one, third) <= edit_distance(one, other) + edit_distance(other, third)


HEADER = "기관코드,기관명,과제,지표,방향,방법,목표\n"
DOUBLE = (
    HEADER + "B1,박람회기획단,박람회,관람객,상향,목표 대 실적,10\n"
    "C1,교통과,교통,버스,상향,목표 대 실적,10\n"
    "B2,박람회지원단,박람회,참가국,상향,목표 대 실적,20\n"
).encode()


async def stored(db: Database) -> dict[str, tuple[str, int]]:
    """Name and number of indicators of each contract, by agency code."""
    async with db.reading() as session:
        cycle = await cycle_of(session, YEAR)
        trees = await trees_of(session, cycle)
        return {
            agency.code: (agency.name, len(indicators(trees[contract.id or 0])))
            for contract, agency in await contracts_of(session, cycle)
        }


async def uploaded(year: Year, data: bytes = DOUBLE) -> str:
    await year.office.post("/office/cycles", {"year": str(YEAR), "title": "올해의 성과평가"})
    return await year.upload(data)


async def test_an_undecided_pair_is_shown_and_stays_two_bodies(db: Database, year: Year) -> None:
    address = await uploaded(year)
    page = (await year.office.get(address)).text
    assert "같은 기관일까요?" in page and "정하지 않으면 서로 다른 기관으로 저장합니다" in page
    (pair,) = (await year.office.get(address, headers=JSON)).json()["pairs"]
    assert [body["code"] for body in pair["bodies"]] == ["B1", "B2"] and pair["decision"] is None
    await year.office.post(address)
    assert await stored(db) == {"B1": ("박람회기획단", 1), "C1": ("교통과", 1), "B2": ("박람회지원단", 1)}


async def test_a_merged_pair_is_one_body_and_the_decision_is_written_down(db: Database, year: Year) -> None:
    address = await uploaded(year)
    form = {"place": "0", "one": "B1", "other": "B2", "choice-0": "1"}
    await year.office.post(f"{address}/merging", form)
    page = (await year.office.get(address)).text
    assert "‘박람회지원단’(코드 B2)으로 합쳐서 읽었습니다" in page
    await year.office.post(address)
    assert await stored(db) == {"B2": ("박람회지원단", 2), "C1": ("교통과", 1)}
    async with db.reading() as session:
        entry = next(each for each in await journal.latest(session) if each.act == "contracts.bodies-merged")
    assert entry.details["bodies"] == ["B1 박람회기획단", "B2 박람회지원단"]
    assert entry.details["kept"] == "B2 박람회지원단"


async def test_a_decision_may_be_changed_until_the_file_is_stored(db: Database, year: Year) -> None:
    address = await uploaded(year)
    form = {"place": "0", "one": "B1", "other": "B2"}
    await year.office.post(f"{address}/merging", form | {"choice-0": "0"})
    await year.office.post(f"{address}/merging", form | {"choice-0": "two"})
    assert (await year.office.get(address, headers=JSON)).json()["pairs"][0]["decision"] == []
    await year.office.post(address)
    assert len(await stored(db)) == 3
    late = await year.office.post(f"{address}/merging", form | {"choice-0": "0"}, expect=409)
    assert "이미 저장한 파일" in said(late)


async def test_no_choice_and_an_unknown_pair_are_said_so(year: Year) -> None:
    address = await uploaded(year)
    none = await year.office.post(
        f"{address}/merging", {"place": "0", "one": "B1", "other": "B2"}, expect=422
    )
    assert "골라 주십시오" in said(none) and 'href="#field-choice-0"' in none.text
    await year.office.post(f"{address}/merging", {"place": "0", "one": "B1", "other": "C1"}, expect=404)


async def test_a_body_of_an_earlier_year_is_offered_and_keeps_its_code(db: Database, year: Year) -> None:
    address = await uploaded(year, (HEADER + "B1,박람회기획단,박람회,관람객,상향,목표 대 실적,10\n").encode())
    await year.office.post(address)
    again = await year.upload((HEADER + "Z9,박람회지원단,박람회,관람객,상향,목표 대 실적,12\n").encode())
    form = {"place": "0", "one": "B1", "other": "Z9", "choice-0": "1"}
    await year.office.post(f"{again}/merging", form)
    notices = (await year.office.get(again, headers=JSON)).json()["notices"]
    assert any("박람회기획단 → 박람회지원단" in each["message"] for each in notices)
    await year.office.post(again)
    assert await stored(db) == {"B1": ("박람회지원단", 1)}


async def test_two_whole_contracts_do_not_become_one_of_two_hundred_points(year: Year) -> None:
    rows = "B1,박람회기획단,가,1-1,지표,100,참고\nB2,박람회지원단,나,2-1,지표,100,참고\n"
    header = "기관코드,기관명,과제,지표코드,지표,배점,방법\n"
    address = await uploaded(year, (header + rows).encode())
    form = {"place": "0", "one": "B1", "other": "B2", "choice-0": "0"}
    await year.office.post(f"{address}/merging", form)
    record = (await year.office.get(address, headers=JSON)).json()
    (problem,) = record["problems"]
    assert record["contracts"] == 0
    assert "박람회기획단, 박람회지원단의 과제 배점을 더하면 200점입니다" in problem["message"]
    assert "두 기관으로 두어" in problem["message"]
