"""The head's own contract over HTTP: worded, signed in one record with the agency's, public, reported, never by a name."""

import hashlib
import io
import json
from decimal import Decimal

import pytest
from pypdf import PdfReader
from sqlmodel import col, select, update

from contracts.cycles import cycle_of, enter_phase
from contracts.files.exporting import write_csv
from contracts.heads.stored import HeadTask
from contracts.model import Contract, ContractState, Phase
from contracts.reading import seen_contract, tree_of
from contracts.terms.tree import HeadContract
from office.database import Database
from office.people import Role
from rehearsal.visitor import Visitor, said
from tests.contracts.conftest import CU, TR, TREES, Enter, Year
from tests.contracts.test_amendments import amended
from tests.seeding import YEAR

PAGE = f"/agency/contracts/{TR}/head"
PUBLIC = f"/contracts/{TR}/head"
FORM = {
    "title-Q1": "도민 만족도",
    "target-Q1": "90",
    "unit-Q1": "점",
    "direction-Q1": "up",
    "title-Q3": "사고 건수",
    "definition-Q3": "기관이 운영하는 시설의 사고",
    "target-Q3": "1,000",
    "unit-Q3": "건",
    "direction-Q3": "down",
    "weight-Q3": "2",
    "title-G1": "조직 혁신",
    "since": "2024-03-02",
}


async def head_in(db: Database) -> HeadContract | None:
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, TR, None)
        return (await tree_of(session, contract)).head


async def published(year: Year) -> Year:
    """Published with a head's contract in one of two contracts; the office's upload stands for the review."""
    await year.drafted()
    await year.officers["TR"].post(PAGE, FORM)
    await year.office.post(await year.upload(write_csv(TREES)))
    for code, head in year.heads.items():
        await head.post(f"/agency/contracts/{YEAR}-{code}/sign", {"totp": head.totp()})
    await year.office.post(f"/office/cycles/{YEAR}/sign", {"totp": year.office.totp()})
    await year.office.post(f"/office/cycles/{YEAR}/publish")
    await year.second.post(f"/office/cycles/{YEAR}/publish")
    return year


async def test_what_the_head_promises_is_signed_in_one_record_and_public(
    db: Database, year: Year, visitor: Visitor
) -> None:
    await published(year)
    record = (await visitor.get(f"/contracts/{TR}/contract.json")).content
    tasks = json.loads(record)["head"]["tasks"]
    assert [(task["code"], task["weight"]) for task in tasks] == [
        ("HEAD-Q1", "1"),
        ("HEAD-Q2", "2"),
        ("HEAD-G1", "1"),
    ]
    assert set(json.loads(record)["head"]) == {"tasks"}
    page = (await visitor.get(f"/contracts/{TR}")).text
    assert hashlib.sha256(record).hexdigest() in page and "기관장은 무엇을 약속했나요?" in page
    own = (await visitor.get(PUBLIC)).text
    assert "도민 만족도" in own and "조직 혁신" in own and "그대로입니다" in own
    assert "취임" in own and "head 4" not in own.partition("누가 서명했나요?")[0]
    assert b'"head"' not in (await visitor.get(f"/contracts/{CU}/contract.json")).content
    await visitor.get(f"/contracts/{CU}/head", expect=404)
    whole = (await visitor.get(f"/contracts/{YEAR}/contracts.json")).content
    assert record in whole
    paper = PdfReader(io.BytesIO((await visitor.get(f"/contracts/{TR}/original.pdf")).content))
    printed = " ".join(sheet.extract_text() for sheet in paper.pages)
    assert "기관장 성과계약" in printed and "도민 만족도" in printed and "1,000건" in printed


async def test_a_word_of_the_head_changed_behind_the_signature_is_seen(
    db: Database, year: Year, visitor: Visitor
) -> None:
    await published(year)
    async with db.writing() as session:
        await session.exec(update(HeadTask).where(col(HeadTask.code) == "HEAD-Q1").values(target=Decimal(50)))
    assert "서명한 내용과 다릅니다" in (await visitor.get(PUBLIC)).text
    assert "공개한 뒤에 바뀐 내용이 있습니다" in (await visitor.get(f"/contracts/{TR}")).text


async def test_figures_are_reported_while_reporting_is_open_and_a_blank_is_not_nought(
    db: Database, year: Year, visitor: Visitor
) -> None:
    officer = (await published(year)).officers["TR"]
    figures = {
        "actual-HEAD-Q1": "81",
        "actual-HEAD-Q2": "",
        "result-HEAD-G1": "부서를 합쳤습니다.",
        "leadership": "현장에서 들었습니다.",
    }
    await officer.post(f"{PAGE}/figures", figures, expect=409)
    await year.office.post(f"/office/cycles/{YEAR}/advance", {"to": "reporting"})
    refused = await officer.post(f"{PAGE}/figures", figures | {"actual-HEAD-Q2": "열"}, expect=422)
    assert "숫자로 적어 주십시오" in said(refused)
    await officer.post(f"{PAGE}/figures", figures | {"since": "2026-08-01"})
    head = await head_in(db)
    assert head is not None and head.since.isoformat() == "2026-08-01"
    assert [task.measure.actual for task in head.tasks if task.measure] == [Decimal(81), None, None]
    own = (await visitor.get(PUBLIC)).text
    assert "90%" in own and "아직 실적 없음" in own and "현장에서 들었습니다." in own and "5개월" in own
    # What is reported leaves the signed record as it was.
    assert "그대로입니다" in own
    async with db.writing() as session:
        await enter_phase(session, await cycle_of(session, YEAR), Phase.SCORING, "test")
    await officer.post(f"{PAGE}/figures", figures, expect=409)


async def test_a_changed_head_contract_is_reviewed_again_and_closed_by_the_signature(
    db: Database, year: Year
) -> None:
    officer = (await year.drafted()).officers["TR"]
    await officer.post(PAGE, FORM)
    async with db.reading() as session:
        state = select(Contract.state).where(col(Contract.public_id) == TR)
        assert (await session.exec(state)).one() is ContractState.DRAFT
    shown = (await officer.get(PAGE)).text
    assert 'value="도민 만족도"' in shown and 'value="1000"' in shown
    await officer.post(PAGE, dict.fromkeys(FORM, ""))
    assert "약속하나요" in (await officer.get(PAGE)).text
    await officer.post(PAGE, FORM)
    await year.office.post(await year.upload(write_csv(TREES)))
    head = year.heads["TR"]
    await head.post(f"/agency/contracts/{TR}/sign", {"totp": head.totp()})
    await officer.post(PAGE, FORM | {"target-Q1": "95"}, expect=409)
    # The same file again is no change of what was signed.
    await year.office.post(await year.upload(write_csv(TREES)))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"target-Q1": "0"}, "0보다 큰 수"),
        ({"target-Q1": ""}, "0보다 큰 수"),
        ({"weight-Q3": "101"}, "100을 넘지 않는"),
        ({"title-Q1": ""}, "꼭 적어야"),
        ({"title-Q1": "가" * 301}, "300자까지"),
        ({"title-G1": ""}, "하나 이상씩"),
        ({"since": "어제"}, "2026-01-31처럼"),
        ({"title-G1": "=1+1"}, "수식으로"),
    ],
)
async def test_what_cannot_be_promised_is_named_by_its_field(
    year: Year, typed: dict[str, str], words: str
) -> None:
    officer = (await year.drafted()).officers["TR"]
    refused = await officer.post(PAGE, FORM | typed, expect=422)
    assert words in said(refused)
    assert (await officer.get(PAGE)).text.count('value="도민 만족도"') == 0


async def test_only_the_own_officer_writes_and_only_its_people_see_the_draft(
    year: Year, enter: Enter, visitor: Visitor
) -> None:
    await year.drafted()
    await year.officers["TR"].post(PAGE, FORM)
    for reader in (year.heads["TR"], year.office):
        assert "도민 만족도" in (await reader.get(PAGE)).text
        await reader.post(PAGE, FORM, expect=403)
    for other in (year.officers["CU"], year.heads["CU"]):
        await other.get(PAGE, expect=404)
    await year.officers["CU"].post(PAGE, FORM, expect=404)
    await (await enter(Role.EVALUATOR)).get(PAGE, expect=403)
    await visitor.get(PUBLIC, expect=404)


async def test_an_amendment_of_the_agency_leaves_the_head_as_promised(
    db: Database, year: Year, visitor: Visitor
) -> None:
    await published(year)
    before = await head_in(db)
    await amended(db, year, {"W-1": {"target": "9.5"}})
    assert await head_in(db) == before is not None
    record = (await visitor.get(f"/contracts/{TR}/contract.json")).content
    assert json.loads(record)["head"]["tasks"][0]["title"] == "도민 만족도" and b'"9.5"' in record
    assert "그대로입니다" in (await visitor.get(PUBLIC)).text
