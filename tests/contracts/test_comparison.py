"""Comparison: indicators found again by code, then by title; what cannot be compared is said; similar bodies beside."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlmodel import col, update

from contracts.cycles import create_cycle
from contracts.model import Contract, ContractState, Phase
from contracts.public.comparison import BY_CODE, BY_TITLE, Year, incomparable, own_years, share, shares
from contracts.terms.points import equal_shares
from contracts.terms.standing import Standing, standing_of
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from contracts.writing.drafting import store_contracts
from office.clock import now
from office.database import Database
from rehearsal.visitor import Visitor
from tests.contracts.test_storing import statements
from tests.seeding import CULTURE, SAFETY, TRANSPORT, YEAR, seed_cycle


def measure(unit: str = "명", actual: str | None = "5", method: Method = Method.TARGET_RATIO) -> Measure:
    figure = None if actual is None else Decimal(actual)
    return Measure(Direction.UP, method, unit=unit, target=Decimal(5), actual=figure)


def body(*leaves: tuple[str, str, Measure], code: str = "TR", name: str = "교통국") -> ContractTree:
    nodes = tuple(
        Node(leaf, title, Kind.INDICATOR, points, measure=each)
        for (leaf, title, each), points in zip(leaves, equal_shares(Decimal(100), len(leaves)), strict=True)
    )
    return ContractTree(code, name, "실·국", (Node("T", "과제", Kind.TASK, Decimal(100), children=nodes),))


def test_indicators_are_found_again_by_code_then_by_title_each_old_one_once() -> None:
    this = Year(
        2026, "2026-TR", body(("A", "가", measure()), ("B", "나  다", measure()), ("C", "새것", measure()))
    )
    last = Year(
        2025, "2025-TR", body(("A", "옛 가", measure()), ("Z", "나다", measure()), ("Y", "간것", measure()))
    )
    own = own_years(this, [last, replace(last, year=2027)])
    assert [each.year for each in own.years] == [2026, 2025]
    assert [(kept.node.code, [(then.how, then.title) for then in kept.then]) for kept in own.kept] == [
        ("A", [(BY_CODE, "옛 가")]),
        ("B", [(BY_TITLE, "나다")]),
    ]
    assert [node.title for node in own.fresh] == ["새것"] and [node.title for node in own.gone] == ["간것"]


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        (("명", Direction.UP, Method.SHOWN), ("건", Direction.UP, Method.SHOWN), "단위가 다릅니다(명, 건)"),
        (("명", Direction.UP, Method.SHOWN), ("명", Direction.DOWN, Method.SHOWN), "방향이 다릅니다"),
        (("명", Direction.UP, Method.NINE_GRADE), ("명", Direction.UP, Method.SHOWN), "견줄 숫자가 없습니다"),
        (("천 명", Direction.UP, Method.SHOWN), ("천명", Direction.UP, Method.TREND), ""),
    ],
)
def test_what_cannot_be_compared_says_why(
    one: tuple[str, Direction, Method], other: tuple[str, Direction, Method], says: str
) -> None:
    said = incomparable(one, other)
    assert says in said and bool(said) == bool(says)


def counts(met: int, targets: int, reported: int = 1) -> Standing:
    return Standing(1, targets, targets, reported, targets, met, targets - met)


def test_shares_leave_out_those_that_have_reported_nothing_and_cut_a_long_row() -> None:
    assert share(counts(2, 3)) == Decimal("66.7") and share(counts(0, 0)) is None
    few = shares(
        ("우리", counts(1, 2)), [("가", counts(2, 2)), ("나", counts(0, 2, 0))], together=counts(3, 4)
    )
    assert [(bar.name, bar.value, bar.own) for bar in few] == [
        ("우리", Decimal("50.0"), True),
        ("가", Decimal("100.0"), False),
        ("모두 모아", Decimal("75.0"), False),
    ]
    many = [(str(n), counts(n, 20)) for n in range(20)]
    names = [bar.name for bar in shares(("우리", counts(1, 2)), many, together=counts(1, 2))]
    assert names == ["우리", "19", "0", "모두 모아"]
    assert shares(("우리", counts(0, 2, 0)), [("가", counts(0, 2, 0))], together=counts(0, 0)) == []


async def two_years(db: Database, extra: int = 0) -> None:
    old = replace(
        TRANSPORT, children=body(("W-1", "기다린 시간", measure("초", "4")), ("Q", "공공시설 이용자", measure("천 명"))).children
    )  # fmt: skip
    async with db.writing() as session:
        before = await create_cycle(session, year=YEAR - 1, title="지난 해", by="test")
        await store_contracts(session, before, [old], "test")
        published = {"state": ContractState.PUBLISHED, "published_at": now()}
        await session.exec(update(Contract).where(col(Contract.cycle_id) == before.id).values(**published))
        before.phase = Phase.FINAL
        before.contracts_sha256 = "0" * 64
    others = [replace(CULTURE, agency_code=f"X{n}", agency=f"다른 국 {n}") for n in range(extra)]
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING, trees=[TRANSPORT, CULTURE, SAFETY, *others])


async def test_the_page_lays_years_and_similar_bodies_side_by_side(db: Database, visitor: Visitor) -> None:
    await two_years(db)
    text = (await visitor.get(f"/contracts/{YEAR}-TR/comparison")).text
    for said in (
        f"/contracts/{YEAR - 1}-TR",
        "번호로 이음",
        "이름으로 이음",
        "그때 이름: 기다린 시간",
        "단위가 다릅니다(분, 초)",
        "나아졌습니다",
        "올해 처음인 지표",
        "문화국",
        "공공시설 이용자: 다른 기관 1곳",
        "목표는 기관이 스스로 정합니다",
    ):
        assert said in text, said
    assert "안전공사" not in text, "another kind of body"
    assert text.count(">지키지 못했습니다<") == text.count(">지켰습니다<") == 1, (
        "each promise of the year before"
    )
    assert f'href="/contracts/{YEAR - 1}-TR"' in (await visitor.get(f"/contracts/{YEAR}-TR")).text
    past = (await visitor.get(f"/contracts/{YEAR - 1}-TR")).text
    assert f'href="/reports/{YEAR - 1}/TR"' in past and "지키지 못했습니다" in past
    for name in ("years.svg", "peers.svg"):
        picture = await visitor.get(f"/contracts/{YEAR}-TR/comparison/{name}")
        assert picture.headers["content-type"].startswith("image/svg+xml")


async def test_the_first_contract_and_a_lone_body_are_said_to_be_so(db: Database, visitor: Visitor) -> None:
    await two_years(db)
    text = (await visitor.get(f"/contracts/{YEAR}-SA/comparison")).text
    assert "견줄 지난 계약이 없습니다" in text and "비슷한 기관이 없습니다" in text
    await visitor.get(f"/contracts/{YEAR}-XX/comparison", expect=404)


@pytest.mark.parametrize("extra", [0, 40])
async def test_the_comparison_is_flat_in_statements(db: Database, visitor: Visitor, extra: int) -> None:
    await two_years(db, extra)
    with statements(db) as sent:
        await visitor.get(f"/contracts/{YEAR}-TR/comparison")
    assert len(sent) <= 17, sent


def test_a_year_counts_its_own_tree() -> None:
    assert Year(YEAR, "x", TRANSPORT).standing == standing_of([TRANSPORT])
