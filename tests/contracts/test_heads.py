"""The head's own contract over HTTP: worded, signed in one record with the agency's, public, reported, never by a name."""

import csv
import hashlib
import io
import json
import re
from decimal import Decimal

import pytest
from pypdf import PdfReader
from sqlmodel import col, select, update

from contracts.cycles import cycle_of, enter_phase
from contracts.files.exporting import write_csv
from contracts.files.importing import parse
from contracts.heads.stored import HeadTask
from contracts.keeping.checks import checks_of
from contracts.model import Contract, ContractState, Phase
from contracts.reading import seen_contract, tree_of
from contracts.terms.tree import HeadContract
from office.database import Database
from office.people import Role
from rehearsal.visitor import Visitor, said
from tests.contracts.conftest import CU, TR, TREES, Enter, Year
from tests.contracts.test_amendments import amended
from tests.contracts.test_checks import lay
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
    # What the office took in was reviewed by that.
    "again": "yes",
}


async def head_in(db: Database) -> HeadContract | None:
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, TR, None)
        return (await tree_of(session, contract)).head


def read(page: str) -> str:
    """A page's words in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("</header>")[2]).split())


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
    for taken in (TR, YEAR):
        table = (await visitor.get(f"/contracts/{taken}/data/heads.csv")).content.decode("utf-8-sig")
        codes = [line["code"] for line in csv.DictReader(io.StringIO(table))]
        assert codes == ["HEAD-Q1", "HEAD-Q2", "HEAD-G1", "HEAD-L"]
    for contract, count in ((TR, 4), (CU, 0)):
        assert len((await visitor.get(f"/api/v1/contracts/{contract}")).json()["head"]) == count
    form = (await visitor.get(f"/contracts/{TR}/data/contract.csv")).content
    assert "도민 만족도".encode() not in form and parse(form, "contract.csv").contracts == TREES[:1]
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


async def test_figures_of_the_head_carry_evidence_and_are_checked_as_those_of_the_agency(
    db: Database, year: Year, enter: Enter, visitor: Visitor
) -> None:
    officer, verifier = (await published(year)).officers["TR"], await enter(Role.VERIFIER)
    await year.office.post(f"/office/cycles/{YEAR}/advance", {"to": "reporting"})
    await officer.post(f"{PAGE}/figures", {"actual-HEAD-Q1": "81", "actual-HEAD-Q2": "800"})
    evidence = (await officer.get(f"/agency/contracts/{TR}/evidence")).text
    for code in ("HEAD-", "HEAD-Q1", "HEAD-Q2", "HEAD-G1", "HEAD-L"):
        assert f'<option value="{code}"' in evidence
    await lay(officer, "HEAD-Q1")
    await lay(officer, "HEAD-G1")
    listed = (await verifier.get("/checks")).text
    assert "확인할 실적이 6개 남았습니다" in listed, "four of the agencies, two of the head"
    sheet = (await verifier.get(f"/checks/{TR}")).text
    assert "기관장 성과계약" in sheet and "사고 건수" in sheet and "조직 혁신" not in sheet
    seen = {"seen-HEAD-Q1": "81", "seen-HEAD-Q2": "800"}
    await verifier.post(f"/checks/{TR}/rest", seen)
    wrong = {"code": "HEAD-Q2", "verdict-HEAD-Q2": "differs", "found-HEAD-Q2": "1200"}
    await verifier.post(f"/checks/{TR}", wrong | seen)
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, TR, None)
        checks = await checks_of(session, contract)
    assert {code: check.verdict for code, check in checks.items()} == {"HEAD-Q1": "ok", "HEAD-Q2": "differs"}
    own = read((await visitor.get(PUBLIC)).text)
    assert "81점을 증빙자료와 견주어 확인했습니다" in own and "실적 확인 담당은 1,200건으로" in own
    assert own.count("달성률") == 2, "the lead, and the one figure that was found right"
    assert own.count("표.pdf") == 2
    everybody = read((await visitor.get(f"/contracts/{TR}/evidence")).text)
    assert (
        everybody.index("도민 만족도 확인됨")
        < everybody.index("사고 건수 확인 결과와 다름")
        < everybody.index("조직 혁신")
    )
    assert everybody.count("표.pdf") == 2 and "기관장 성과계약 도민 만족도 확인됨" in everybody
    assert "실적 확인 담당은 1,200건으로" in read((await officer.get(PAGE)).text)
    # A corrected figure waits for the verifier again, and the experts wait for both.
    await officer.post(f"{PAGE}/figures", {"actual-HEAD-Q2": "1200"})
    refused = await year.office.post(f"/office/cycles/{YEAR}/advance", {"to": "scoring"}, expect=422)
    assert "확인을 마치지 않은 실적이 5개" in said(refused)


async def test_a_changed_head_contract_is_reviewed_again_and_closed_by_the_signature(
    db: Database, year: Year
) -> None:
    async def state() -> ContractState:
        async with db.reading() as session:
            return (await session.exec(select(Contract).where(col(Contract.public_id) == TR))).one().state

    officer = (await year.drafted()).officers["TR"]
    assert "검토를 마친 계약입니다" in (await officer.get(PAGE)).text
    wrong = await officer.post(PAGE, FORM | {"again": "", "target-Q1": "많이"}, expect=422)
    assert "저장하고 다시 검토받기" not in wrong.text, "first what cannot be taken, then whether"
    asked = await officer.post(PAGE, FORM | {"again": ""}, expect=409)
    assert "‘작성 중’으로 돌아가" in said(asked) and await state() is ContractState.ACCEPTED
    async with db.reading() as session:
        assert not (await session.exec(select(HeadTask))).all()
    # Everything typed goes along with the second press.
    typed = dict(re.findall(r'name="([a-z]+(?:-[QG]\d)?)"[^>]*? value="([^"]*)"', asked.text))
    for name in ("title-Q1", "target-Q3", "unit-Q3", "weight-Q3", "title-G1", "since", "again"):
        assert typed[name] == FORM[name], name
    assert FORM["definition-Q3"] in asked.text and 'value="down" selected' in asked.text
    await officer.post(PAGE, FORM)
    assert await state() is ContractState.DRAFT
    shown = (await officer.get(PAGE)).text
    assert 'value="도민 만족도"' in shown and 'value="1000"' in shown
    # A draft is nobody's business yet: no question.
    await officer.post(PAGE, dict.fromkeys(FORM, ""))
    assert "약속하나요" in (await officer.get(PAGE)).text
    await officer.post(PAGE, FORM)
    await year.office.post(await year.upload(write_csv(TREES)))
    head = year.heads["TR"]
    await head.post(f"/agency/contracts/{TR}/sign", {"totp": head.totp()})
    late = await officer.post(PAGE, FORM | {"target-Q1": "95"}, expect=409)
    assert 'value="95"' in late.text, "whoever was overtaken by the signature keeps what they typed"
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
