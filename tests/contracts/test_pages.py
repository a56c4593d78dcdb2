"""The public pages: search and filters, the contract with its tree, the printable original, pictures."""

import io
from decimal import Decimal

import pytest
from pypdf import PdfReader

from contracts.model import Phase
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from office.database import Database
from rehearsal.visitor import Visitor
from tests.contracts.conftest import CYCLE, TR, Year
from tests.seeding import YEAR, seed_cycle


async def test_an_empty_list_says_what_will_be_here_and_when(year: Year, visitor: Visitor) -> None:
    assert "아직 공개된 계약이 없습니다" in (await visitor.get("/contracts")).text
    await year.drafted()
    await year.office.post(f"{CYCLE}/calendar", {"planned-published": "2026-03-02"})
    assert "공개 예정일: 2026년 3월 2일" in (await visitor.get("/contracts")).text


async def test_the_list_is_searched_and_filtered(year: Year, visitor: Visitor) -> None:
    await year.reporting()

    async def found(query: str) -> set[str]:
        text = (await visitor.get(f"/contracts{query}")).text.replace("<mark>", "")
        return {
            name for name in ("교통국", "문화국") if f'-{"TR" if name == "교통국" else "CU"}">{name}' in text
        }

    assert await found("") == {"교통국", "문화국"}
    assert await found("?q=문화국 시설") == {"문화국"}
    assert await found("?q=버스정보시스템 정류소") == set()
    assert await found("?q=정류소") == {"교통국", "문화국"}
    assert await found("?kind=실·국") == {"교통국", "문화국"}
    assert await found("?kind=공공기관") == set()
    assert await found("?state=waiting") == set()
    assert await found("?state=reported") == {"교통국", "문화국"}
    await year.officers["TR"].post(f"/agency/contracts/{TR}/figures", {"actual-U-1": "106"})
    assert await found("?state=met") == {"교통국"}
    assert await found(f"?year={YEAR}&page=99") == {"교통국", "문화국"}
    assert "찾는 계약이 없습니다" in (await visitor.get("/contracts?q=없는말")).text


async def test_the_contract_page_shows_promise_bar_tree_signatures_and_how_to_check(
    year: Year, visitor: Visitor
) -> None:
    await year.published()
    text = (await visitor.get(f"/contracts/{TR}")).text
    for said in (
        "버스를 기다리는 시간을 10분 아래로 줄이겠습니다.",
        "시작 12.5분, 지금 9.6분, 목표 10분",
        "도민이 편한 이동",
        "불편 해소 노력",
        "정류소에서 버스를 기다린 시간의 평균",
        "도지사를 대신하여 성과관리 담당",
        f"sha256sum {TR}.json",
        f"/contracts/{TR}/original.pdf",
    ):
        assert said in text, said


@pytest.mark.parametrize(
    ("actual", "says"),
    [("41.4", "목표에 못 미칩니다"), ("57", "목표를 이루었습니다"), ("60", "목표를 이루었습니다")],
)
async def test_a_start_that_had_reached_its_target_turns_no_failure_into_success(
    db: Database, visitor: Visitor, actual: str, says: str
) -> None:
    start, target = Decimal("57.17"), Decimal(57)
    measure = Measure(
        Direction.UP, Method.TARGET_RATIO, baseline=start, target=target, actual=Decimal(actual)
    )
    leaf = Node("I", "제때 답한 편지", Kind.INDICATOR, Decimal(100), measure=measure)
    task = Node("T", "제때 답하기", Kind.TASK, Decimal(100), children=(leaf,))
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING, trees=[ContractTree("LE", "편지국", "", (task,))])
    assert says in (await visitor.get(f"/contracts/{YEAR}-LE")).text
    assert says in (await visitor.get("/contracts")).text


async def test_the_original_is_a_document_with_promises_signatures_and_fingerprint(
    year: Year, visitor: Visitor
) -> None:
    await year.published()
    answer = await visitor.get(f"/contracts/{TR}/original.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "교통국" in text and "버스를 기다리는 시간을" in text.replace("\n", " ")
    record = await visitor.get(f"/contracts/{TR}/contract.json")
    assert record.headers["content-disposition"].endswith(f"{TR}.json")


async def test_a_picture_is_sent_once_and_an_unknown_one_is_not_found(year: Year, visitor: Visitor) -> None:
    await year.published()
    path = f"/contracts/{TR}/indicators/U-1.svg"
    first = await visitor.get(path)
    assert first.headers["content-type"].startswith("image/svg+xml") and b"<svg" in first.content
    assert "style-src 'unsafe-inline'" in first.headers["content-security-policy"]
    await visitor.get(path, headers={"If-None-Match": first.headers["etag"]}, expect=304)
    await visitor.get(f"/contracts/{TR}/indicators/none.svg", expect=404)


async def test_the_offices_page_follows_the_cycle(year: Year) -> None:
    await year.office.post(
        "/office/cycles", {"year": "2020", "title": "지난 해", "simulated": "계약\n\n실적 "}
    )
    assert "먼저 계약을 올려 주십시오" in (await year.office.get("/office/cycles/2020")).text
    await year.signed()
    assert "계약을 공개할 수 있습니다" in (await year.office.get(CYCLE)).text
    await year.office.post(f"{CYCLE}/publish")
    assert "다른 담당자의 확인을 기다립니다" in (await year.office.get(CYCLE)).text
    assert "공개 요청을 확인해 주십시오" in (await year.second.get(CYCLE)).text
    await year.second.post(f"{CYCLE}/publish")
    assert "이행·실적 보고를 시작할까요?" in (await year.office.get(CYCLE)).text
    await year.office.get("/office/cycles/2040", expect=404)
    template = await year.office.get("/office/contracts-template.csv")
    assert "기관코드" in template.content.decode("utf-8-sig")


async def test_an_agencys_page_says_what_to_do(year: Year) -> None:
    officer, head = year.officers["TR"], year.heads["TR"]
    assert "계약이 아직 없습니다" in (await officer.get("/agency")).text
    await year.drafted()
    assert "약속을 도민의 말로" in (await officer.get("/agency")).text
    assert "서명을 기다리는 계약" in (await head.get("/agency")).text
    assert "서명하면 계약 내용을 더 고칠 수 없습니다" in (await head.get(f"/agency/contracts/{TR}")).text
    await head.post(f"/agency/contracts/{TR}/sign", {"totp": head.totp()})
    assert "도지사 쪽의 서명을 기다립니다" in (await head.get("/agency")).text
