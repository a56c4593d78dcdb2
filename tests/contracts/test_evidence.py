"""Evidence files from the officer's form to everybody's page, and what is on disk."""

import hashlib
import os
import time
from urllib.parse import quote

import httpx
import pytest
from litestar import Litestar

from contracts.cycles import cycle_of, enter_phase
from contracts.evidence import holding, vault
from contracts.evidence.due import due_work
from contracts.evidence.files import evidence_of
from contracts.model import Phase
from contracts.reading import contracts_of, seen_contract
from office.database import Database
from office.errors import Gone
from office.people import Role
from office.settings import Settings
from rehearsal.visitor import Visitor, said
from tests.contracts.conftest import CU, CYCLE, TR, Enter, Year
from tests.contracts.test_evidence_types import hwpx, pdf, picture, xlsx
from tests.seeding import YEAR

OWN = f"/agency/contracts/{TR}/evidence"
PUBLIC = f"/contracts/{TR}/evidence"
PAPER = pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>")


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def address(data: bytes, name: str, contract: str = TR) -> str:
    return f"/contracts/{contract}/evidence/{sha(data)}/{quote(name)}"


async def send(
    officer: Visitor, data: bytes, name: str, *, node: str = "W-1", clean: str = "yes", expect: int = 303
) -> httpx.Response:
    form = {"node": node, "clean": clean}
    return await officer.post(OWN, form, files={"file": (name, data)}, expect=expect)


async def to_scoring(db: Database) -> None:
    async with db.writing() as session:
        await enter_phase(session, await cycle_of(session, YEAR), Phase.SCORING, "test")


async def test_a_file_lies_beside_its_indicator_for_everybody(
    db: Database, year: Year, visitor: Visitor, settings: Settings
) -> None:
    officer = (await year.reporting()).officers["TR"]
    await send(officer, PAPER, "버스 대기시간 조사.pdf")
    await send(officer, xlsx_once := xlsx(), "..\\표.XLSX", node="")
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, TR, None)
        found = await evidence_of(session, contract)
    assert [(code, [file.filename for file in files]) for code, files in found.items()] == [
        ("W-1", ["버스 대기시간 조사.pdf"]),
        ("", ["표.xlsx"]),
    ]
    assert found["W-1"][0].sha256 == sha(PAPER) and found["W-1"][0].size == len(PAPER)
    shown = (await visitor.get(PUBLIC)).text
    assert "버스 대기시간 조사.pdf" in shown and address(PAPER, "버스 대기시간 조사.pdf") in shown
    got = await visitor.get(address(PAPER, "버스 대기시간 조사.pdf"))
    assert got.content == PAPER
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%EB%B2%84")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    again = await visitor.get(
        address(PAPER, "버스 대기시간 조사.pdf"), headers={"If-None-Match": got.headers["etag"]}, expect=304
    )
    assert not again.content
    assert (await visitor.get(address(xlsx_once, "표.xlsx"))).content == xlsx_once
    lying = settings.evidence_folder
    assert sorted(path.name for path in lying.glob("*/*")) == sorted([sha(PAPER), sha(xlsx_once)])


async def test_a_picture_is_shown_without_where_it_was_taken(year: Year, visitor: Visitor) -> None:
    officer = (await year.reporting()).officers["TR"]
    sent = await send(officer, picture("JPEG"), "정류소.pdf")
    assert "이름을 ‘정류소.jpg’로 바꾸었습니다" in (await officer.get(sent.headers["location"])).text
    shown = (await visitor.get(PUBLIC)).text
    link = shown.split(f'href="{PUBLIC}/')[1].split('"')[0]
    got = await visitor.get(f"{PUBLIC}/{link}")
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["content-disposition"].startswith("inline")
    assert b"Hong Gildong" not in got.content and sha(got.content) in link


async def test_what_is_refused_is_said_and_what_was_chosen_stays(
    year: Year, visitor: Visitor, settings: Settings
) -> None:
    officer = (await year.reporting()).officers["TR"]
    for data, name, words in (
        (b"MZ program", "결과.hwp", "파일만 올릴 수 있습니다"),
        (b"MZ program", "결과.pdf", "이름은 .pdf인데 내용은 PDF 파일이 아닙니다"),
        (pdf(b"<</S/JavaScript/JS(1)>>"), "결과.pdf", "실행되는 내용"),
        (b"", "결과.pdf", "올릴 파일을 골라"),
    ):
        refused = await send(officer, data, name, expect=422)
        assert words in said(refused) and refused.text.count("내용은 PDF") <= 1
        assert '<option value="W-1" selected' in refused.text
    assert "개인정보가 없는지" in said(await send(officer, PAPER, "a.pdf", clean="", expect=422))
    assert "과제나 지표를 골라" in said(await send(officer, PAPER, "a.pdf", node="X-9", expect=422))
    assert "아직 확인하지 않은 실적" in (await visitor.get(PUBLIC)).text
    assert not [path for path in settings.evidence_folder.glob("*/*") if path.name != sha(PAPER)]


def ticket_in(page: httpx.Response) -> str:
    return page.text.split('name="held" value="')[1].split('"')[0]


async def test_a_forgotten_tick_or_place_does_not_cost_the_file_that_was_chosen(
    db: Database, year: Year, visitor: Visitor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = (await year.reporting()).officers["TR"]
    unticked = await send(officer, PAPER, "조사.pdf", clean="", expect=422)
    assert "‘조사.pdf’ 파일은 받아 두었으니" in unticked.text
    await visitor.get(address(PAPER, "조사.pdf"), expect=404)
    form = {"node": "X-9", "clean": "yes", "held": ticket_in(unticked)}
    misplaced = await officer.post(OWN, form, expect=422)
    assert "과제나 지표를 골라" in said(misplaced)
    good = {"node": "W-1", "clean": "yes", "held": ticket_in(misplaced)}
    # Nobody else's ticket, none of another contract, none that was touched: it would lead to any file of the folder.
    touched = {**good, "held": good["held"][:-1] + ("0" if good["held"][-1] != "0" else "1")}
    for address_, who, wrong in (
        (OWN, officer, touched),
        (OWN.replace(TR, CU), year.officers["CU"], good),
    ):
        assert "다시 골라" in said(await who.post(address_, wrong, expect=422))
    with monkeypatch.context() as later:
        later.setattr(holding, "LASTS", -1)
        stale = ticket_in(await send(officer, PAPER, "조사.pdf", clean="", expect=422))
    assert "한 시간이 지나" in said(await officer.post(OWN, {**good, "held": stale}, expect=410))
    await officer.post(OWN, good)
    assert (await visitor.get(address(PAPER, "조사.pdf"))).content == PAPER


async def test_sizes_are_bounded_by_file_and_by_contract(
    year: Year, app: Litestar, settings: Settings
) -> None:
    officer = (await year.reporting()).officers["TR"]
    app.state.settings = settings.model_copy(
        update={"evidence_largest": len(PAPER) + 10, "evidence_per_contract": len(PAPER) + 20}
    )
    await send(officer, PAPER, "a.pdf")
    large = await send(officer, PAPER + b" " * 11, "b.pdf", expect=413)
    assert "더 작은 파일" in said(large)
    full = await send(officer, PAPER + b"\n", "b.pdf", expect=422)
    assert "모두" in said(full) and "넘습니다" in said(full)


async def test_a_file_larger_than_other_forms_may_be_is_taken(year: Year, visitor: Visitor) -> None:
    officer = (await year.reporting()).officers["TR"]
    large = PAPER.replace(b"%PDF-1.7\n", b"%PDF-1.7\n%" + b"x" * (13 * 1024 * 1024) + b"\n")
    await send(officer, large, "큰 파일.pdf")
    assert len((await visitor.get(address(large, "큰 파일.pdf"))).content) == len(large)
    await send(officer, large * 3, "더 큰 파일.pdf", expect=413)


async def test_the_same_file_twice_is_told(year: Year) -> None:
    officer = (await year.reporting()).officers["TR"]
    await send(officer, PAPER, "a.pdf")
    again = said(await send(officer, PAPER, "b.pdf", expect=409))
    assert "‘a.pdf’ 이름으로 이미 이 자리에" in again
    await send(officer, PAPER, "b.pdf", node="U-1")


async def test_a_file_is_removed_while_reporting_and_only_withdrawn_after(
    db: Database, year: Year, visitor: Visitor
) -> None:
    officer = (await year.reporting()).officers["TR"]
    await send(officer, PAPER, "a.pdf")
    await send(officer, sheet := xlsx(), "b.xlsx")
    this = {"sha256": sha(PAPER), "node": "W-1"}
    await officer.post(f"{OWN}/withdraw", {**this, "reason": "이름이 보입니다"}, expect=409)
    await officer.post(f"{OWN}/remove", this)
    await visitor.get(address(PAPER, "a.pdf"), expect=404)
    assert "a.pdf" not in (await visitor.get(PUBLIC)).text
    await to_scoring(db)
    that = {"sha256": sha(sheet), "node": "W-1"}
    await officer.post(f"{OWN}/remove", that, expect=409)
    assert "이유를" in said(await officer.post(f"{OWN}/withdraw", that, expect=422))
    await officer.post(f"{OWN}/withdraw", {**that, "reason": "담당자 이름이 남아 있습니다"})
    shown = (await visitor.get(PUBLIC)).text
    assert "b.xlsx" in shown and "담당자 이름이 남아 있습니다" in shown
    await visitor.get(address(sheet, "b.xlsx"), expect=410)
    assert (await year.office.get(address(sheet, "b.xlsx"))).content == sheet
    await officer.post(f"{OWN}/withdraw", {**that, "reason": "또"}, expect=404)


async def test_evidence_waits_for_reporting_and_ends_with_the_vote(db: Database, year: Year) -> None:
    officer = (await year.published()).officers["TR"]
    await send(officer, PAPER, "a.pdf", expect=409)
    await year.office.post(f"{CYCLE}/advance", {"to": "reporting"})
    await send(officer, PAPER, "a.pdf")
    await to_scoring(db)
    await send(officer, PAPER, "a.pdf", node="U-1")
    async with db.writing() as session:
        await enter_phase(session, await cycle_of(session, YEAR), Phase.VOTING, "test")
    await send(officer, PAPER, "a.pdf", node="", expect=409)
    this = {"sha256": sha(PAPER), "node": "W-1", "reason": "개인정보"}
    await officer.post(f"{OWN}/withdraw", this, expect=409)
    await year.office.post(f"{OWN}/withdraw", this)


async def test_evidence_is_the_own_agency_s_to_bring(year: Year, enter: Enter) -> None:
    await year.reporting()
    other = year.officers["CU"]
    await other.get(OWN, expect=404)
    await send(other, PAPER, "a.pdf", expect=404)
    for somebody in (year.heads["TR"], await enter(Role.VERIFIER), year.office):
        await somebody.post(OWN, {"node": "", "clean": "yes"}, expect=403)
    await year.heads["TR"].get(OWN)
    await year.office.get(OWN)


async def test_a_file_belongs_to_its_contract_and_its_name(year: Year, visitor: Visitor) -> None:
    officer = (await year.reporting()).officers["TR"]
    await send(officer, PAPER, "a.pdf")
    await visitor.get(address(PAPER, "a.pdf", CU), expect=404)
    await visitor.get(address(PAPER, "b.pdf"), expect=404)
    await visitor.get(f"{PUBLIC}/..%2F..%2Fserver.key/a.pdf", expect=404)


async def test_a_file_that_was_changed_or_lost_on_disk_is_not_handed_out(
    year: Year, visitor: Visitor, settings: Settings
) -> None:
    officer = (await year.reporting()).officers["TR"]
    await send(officer, PAPER, "a.pdf")
    path = next(settings.evidence_folder.glob("*/*"))
    path.write_bytes(PAPER.replace(b"Count 0", b"Count 1"))
    changed = await visitor.get(address(PAPER, "a.pdf"), expect=410)
    assert "지문이 맞지 않아" in changed.text
    path.unlink()
    await visitor.get(address(PAPER, "a.pdf"), expect=410)


async def test_files_that_nothing_names_are_swept_away_after_a_while(
    db: Database, year: Year, settings: Settings
) -> None:
    officer = (await year.reporting()).officers["TR"]
    await send(officer, PAPER, "a.pdf")
    left = vault.put(settings.evidence_folder, b"nobody's")
    fresh = vault.put(settings.evidence_folder, b"on its way")
    long_ago = time.time() - 2 * vault.LEFT_ALONE
    for path in settings.evidence_folder.glob("*/*"):
        if path.name != fresh:
            os.utime(path, (long_ago, long_ago))
    for due in due_work(db, settings):
        await due()
    assert sorted(path.name for path in settings.evidence_folder.glob("*/*")) == sorted([sha(PAPER), fresh])
    assert left not in (fresh, sha(PAPER))


def test_the_vault_writes_once_and_mends_what_was_spoilt(settings: Settings) -> None:
    folder = settings.evidence_folder
    name = vault.put(folder, b"paper")
    path = folder / name[:2] / name
    written = path.stat().st_ino
    assert vault.put(folder, b"paper") == name and path.stat().st_ino == written
    path.write_bytes(b"other")
    with pytest.raises(Gone):
        vault.get(folder, name)
    vault.put(folder, b"paper")
    assert vault.get(folder, name) == b"paper"
    with pytest.raises(ValueError, match="SHA-256"):
        vault.get(folder, "../../etc/passwd")


async def test_the_page_of_a_contract_with_many_files_takes_few_statements(db: Database, year: Year) -> None:
    officer = (await year.reporting()).officers["TR"]
    for node in ("", "T-1", "T-2", "W-1", "U-1"):
        await send(officer, hwpx(), "보고.hwpx", node=node)
    async with db.reading() as session:
        pairs = await contracts_of(session, await cycle_of(session, YEAR))
        assert sum(map(len, (await evidence_of(session, pairs[0][0])).values())) == 5
