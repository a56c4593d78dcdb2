"""An indicator's page: the whole definition sheet, its years, how points come about, and a link that stays."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlmodel import select

from contracts.changes.versions import ContractVersion
from contracts.model import Contract, Phase
from contracts.public.explaining import RANGES, explained
from contracts.terms.canonical import canonical_bytes, contract_record
from contracts.terms.points import equal_shares
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from evaluation.arithmetic.attainment import BEST, WORST
from office.clock import now
from office.database import Database
from rehearsal.visitor import Visitor
from tests.contracts.conftest import TR, Year
from tests.contracts.test_storing import statements
from tests.seeding import YEAR, seed_cycle

FULL = Measure(
    Direction.DOWN,
    Method.TARGET_RANGE,
    unit="분",
    definition="배차를 신청한 때부터 탈 때까지의 시간",
    baseline=Decimal("38.2"),
    history=((2023, Decimal("44.5")), (2024, Decimal(41)), (2025, Decimal("38.2"))),
    target=Decimal(33),
    actual=Decimal("34.1"),
    settings=(("main", "yes"), ("outlier", "2023"), ("whole", "yes")),
    source="배차 기록",
    formula="기다린 시간의 합 ÷ 탄 사람",
    supplied_by="이동지원센터",
    checked_by="통계담당관",
)

PLAIN = Measure(Direction.UP, Method.SHOWN)


def contract(*leaves: Node) -> ContractTree:
    task = Node("T", "이동 지원", Kind.TASK, Decimal(100), promise="덜 기다리게 하겠습니다.", children=leaves)
    return ContractTree("IN", "이동공사", "공공기관", (task,))


def leaf(code: str, measure: Measure, weight: Decimal = Decimal(100)) -> Node:
    return Node(code, f"지표 {code}", Kind.INDICATOR, weight, measure=measure)


async def seeded(db: Database, *leaves: Node) -> str:
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING, trees=[contract(*leaves)])
    return f"/contracts/{YEAR}-IN/indicators"


async def test_the_sheet_says_everything_of_the_measure(db: Database, visitor: Visitor) -> None:
    base = await seeded(db, leaf("W 1/가", FULL))
    text = (await visitor.get(f"{base}/W%201%2F%EA%B0%80")).text
    for said in (
        FULL.definition,
        "기다린 시간의 합 ÷ 탄 사람",
        "배차 기록",
        "이동지원센터",
        "통계담당관",
        "하향: 작을수록 좋습니다",
        "38.2분",
        "목표 33분, 지금 34.1분: 아직 이루지 못했습니다.",
        "80%가 되면 100점",
        "2023년 실적은 이상치로 보아",
        "전부 이루어야 득점",
        "-2.8",
        f"{base}/W%201%2F%EA%B0%80.svg",
        f"http://localhost:8000{base}/W%201%2F%EA%B0%80",
    ):
        assert said in text, said
    picture = await visitor.get(f"{base}/W%201%2F%EA%B0%80.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    await visitor.get(f"{base}/W", expect=404)
    await visitor.get(f"{base}/W.svg", expect=404)


async def test_the_picture_is_drawn_for_two_screens_at_no_further_cost(
    db: Database, visitor: Visitor
) -> None:
    base = await seeded(db, leaf("A", FULL))
    assert (
        f'media="(max-width: 599px)" srcset="{base}/A.svg?size=phone"'
        in (await visitor.get(f"{base}/A")).text
    )
    seen, sent = [], []
    for query in ("", "?size=desk", "?size=phone"):
        with statements(db) as these:
            seen.append(await visitor.get(f"{base}/A.svg{query}"))
        sent.append(len(these))
    desk, again, phone = seen
    assert sent[0] == sent[1] == sent[2] <= 8
    assert desk.content == again.content != phone.content
    assert 'width="640"' in desk.text and 'width="320"' in phone.text
    await visitor.get(f"{base}/A.svg?size=wall", expect=400)
    known = {"If-None-Match": phone.headers["etag"]}
    assert (await visitor.http.get(f"{base}/A.svg?size=phone", headers=known)).status_code == 304


async def test_a_code_that_ends_like_a_picture_keeps_its_sheet(db: Database, visitor: Visitor) -> None:
    base = await seeded(db, leaf("A.svg", FULL))
    assert "지표 A.svg" in (await visitor.get(f"{base}/A.svg")).text
    assert (await visitor.get(f"{base}/A.svg.svg")).headers["content-type"].startswith("image/svg+xml")


async def test_the_tree_leads_to_the_sheet_and_a_draft_shows_it_to_its_people(
    year: Year, visitor: Visitor
) -> None:
    await year.drafted()
    path = f"/contracts/{TR}/indicators/W-1"
    await visitor.get(path, expect=404)
    assert "담당자만 볼 수 있습니다" in (await year.officers["TR"].get(path)).text
    await year.officers["CU"].get(path, expect=404)


async def test_an_old_link_leads_to_the_present_wording_and_says_so(db: Database, visitor: Visitor) -> None:
    base = await seeded(db, leaf("NOW", FULL))
    old = canonical_bytes(contract_record(contract(leaf("OLD", FULL)), cycle=str(YEAR))).decode()
    async with db.writing() as session:
        stored = (await session.exec(select(Contract))).one()
        for number, record in ((1, old), (2, old.replace("OLD", "NOW"))):
            session.add(
                ContractVersion(
                    contract_id=stored.id or 0,
                    number=number,
                    record=record,
                    fingerprint=str(number),
                    since=now(),
                )
            )
    for path in (f"{base}/NOW", base.removesuffix("/indicators"), base.replace("indicators", "data")):
        text = (await visitor.get(path)).text
        assert "서명한 뒤에 바꾼 계약입니다" in text and "/amendments" in text, path
    gone = (await visitor.get(f"{base}/OLD", expect=404)).text
    assert "이 지표는 계약을 바꾸면서 빠졌습니다" in gone
    assert "그런 지표가 없습니다" in (await visitor.get(f"{base}/NEVER", expect=404)).text
    read = (await visitor.get(f"/api/v1/contracts/{YEAR}-IN")).json()
    assert read["amended_at"] is not None


@pytest.mark.parametrize("n", [2, 60])
async def test_a_contract_takes_as_many_statements_with_sixty_indicators_as_with_two(
    db: Database, visitor: Visitor, n: int
) -> None:
    history = tuple((each, Decimal(each % 7)) for each in range(2021, 2026))
    shares = equal_shares(Decimal(100), n)
    base = await seeded(
        db, *(leaf(f"I{i}", replace(FULL, history=history), share) for i, share in enumerate(shares))
    )
    for path, most in ((base.removesuffix("/indicators"), 19), (f"{base}/I0", 8)):
        with statements(db) as sent:
            text = (await visitor.get(path)).text
        assert "지표 I1" in text and len(sent) <= most, sent


def test_the_ranges_said_are_those_of_the_arithmetic() -> None:
    for (direction, main), (best, worst) in RANGES.items():
        assert BEST[direction, main] * 100 == best and WORST[direction] * 100 == worst


@pytest.mark.parametrize(
    ("method", "settings", "says"),
    [
        (Method.TARGET_DEVIATION, {"main": "yes"}, "표준편차의 2배만큼 좋으면 100점"),
        (Method.LONG_TERM, {"start_year": "2020", "start": "0", "goal_year": "2028", "goal": "160"}, "해마다 20km씩"),
        (Method.TREND, {}, "추세로"),
        (Method.BETA, {}, "내다보고"),
        (Method.TARGET_RATIO, {}, "목표를 이루면 100점"),
        (Method.GLOBAL, {"best": "95", "worst": "60"}, "최고목표(95km)면 100점, 최저목표(60km)면 20점"),
        (Method.TIERED, {"tiers": "200:20 :80"}, "200km 이상이면 20점, 그 아래면 80점"),
        (Method.CRITERIA, {"values": "95 90 85 80 75"}, "95km, 90km, 85km, 80km, 75km이면 차례로 100, 90"),
        (Method.ALL_OR_NOTHING, {}, "하나라도 모자라면 0점"),
        (Method.NINE_GRADE, {}, "아홉 등급"),
        (Method.BONUS, {"maximum": "2.5"}, "2.5점까지 더합니다"),
        (Method.PENALTY, {"maximum": "3"}, "3점까지 뺍니다"),
        (Method.SHOWN, {}, "점수를 매기지 않고"),
    ],
)  # fmt: skip
def test_every_method_is_explained_with_its_settings(
    method: Method, settings: dict[str, str], says: str
) -> None:
    measure = Measure(Direction.UP, method, unit="km", settings=tuple(sorted(settings.items())))
    assert says in " ".join(explained(measure))


def test_no_method_is_left_unexplained() -> None:
    for method in Method:
        for direction in Direction:
            assert explained(replace(PLAIN, method=method, direction=direction, settings=()))
