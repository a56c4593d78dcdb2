"""The judged body's one reply before the vote: written by the officer, handed in by the head, read by everybody."""

from contracts.cycles import cycle_of, enter_phase
from contracts.keeping.replies import LENGTH, draft_of, reply_of
from contracts.model import Phase
from contracts.reading import seen_contract
from office import journal
from office.database import Database
from rehearsal.visitor import Visitor, fields, said
from tests.contracts.conftest import TR, Year
from tests.seeding import YEAR

PAGE = f"/agency/contracts/{TR}/reply"
TEXT = "노선 조정은 7월에 끝났습니다.\n하반기 값은 8.9분입니다."


async def phase(db: Database, to: Phase) -> None:
    async with db.writing() as session:
        await enter_phase(session, await cycle_of(session, YEAR), to, "test")


async def scoring(db: Database, year: Year) -> tuple[Visitor, Visitor]:
    await year.reporting()
    await phase(db, Phase.SCORING)
    return year.officers["TR"], year.heads["TR"]


async def test_a_reply_is_written_read_and_handed_in(db: Database, year: Year, visitor: Visitor) -> None:
    officer, head = await scoring(db, year)
    await officer.post(PAGE, {"text": TEXT.replace("\n", "\r\n") + "\r\n"})
    assert "8.9분입니다" not in (await visitor.get(f"/contracts/{TR}")).text
    assert "8.9분입니다" not in (await year.office.get(PAGE)).text
    read = await head.get(PAGE)
    assert "이 소명을 내보낼까요?" in read.text and "8.9분입니다" in read.text
    await head.post(f"{PAGE}/release", {"mark": fields(read, "mark")[0]})
    public = (await visitor.get(f"/contracts/{TR}")).text
    assert "기관의 소명" in public and "8.9분입니다" in public
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, TR, None)
        reply = await reply_of(session, contract)
        entries = [entry for entry in await journal.latest(session) if entry.act.startswith("contract.repl")]
    assert reply is not None and reply.text == TEXT
    assert sorted(entry.act for entry in entries) == ["contract.replied", "contract.reply-written"]
    assert all("8.9" not in str(entry.details) for entry in entries)
    assert "이미 기관장이 내보낸" in said(await officer.post(PAGE, {"text": "다시"}, expect=409))
    assert "이미 내보낸" in said(await head.post(f"{PAGE}/release", {"mark": reply.mark}, expect=409))


async def test_the_length_is_the_same_for_all_and_counted_by_the_server(db: Database, year: Year) -> None:
    officer, _ = await scoring(db, year)
    full = "가\r\n" * (LENGTH // 2 - 1) + "나다"
    assert len(full.replace("\r\n", "\n")) == LENGTH
    await officer.post(PAGE, {"text": full})
    for text, words in (
        (full + "라", "1000자 안으로"),
        ("  \r\n ", "내용을 적어"),
        ("=HYPERLINK(1)", "수식으로"),
        ("가\x07", "제어 문자"),
    ):
        refused = await officer.post(PAGE, {"text": text}, expect=422)
        assert words in said(refused)
    assert 'data-count="field-text"' in refused.text
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, TR, None)
        kept = await draft_of(session, contract)
    assert kept is not None and len(kept.text) == LENGTH


async def test_a_head_releases_only_what_they_have_read(db: Database, year: Year) -> None:
    officer, head = await scoring(db, year)
    assert "아직 담당자가" in said(await head.post(f"{PAGE}/release", {"mark": ""}, expect=409))
    await officer.post(PAGE, {"text": TEXT})
    mark = fields(await head.get(PAGE), "mark")[0]
    await officer.post(PAGE, {"text": "다른 글"})
    stale = await head.post(f"{PAGE}/release", {"mark": mark}, expect=409)
    assert "그 사이에 담당자가 글을 고쳤습니다" in said(stale) and "다른 글" in stale.text


async def test_a_reply_comes_between_the_figures_and_the_vote(db: Database, year: Year) -> None:
    officer = (await year.reporting()).officers["TR"]
    head = year.heads["TR"]
    await officer.post(PAGE, {"text": TEXT}, expect=409)
    assert "아직 소명을 낼 때가 아닙니다" in (await officer.get(PAGE)).text
    await phase(db, Phase.SCORING)
    await officer.post(PAGE, {"text": TEXT})
    mark = fields(await head.get(PAGE), "mark")[0]
    await phase(db, Phase.VOTING)
    await head.post(f"{PAGE}/release", {"mark": mark}, expect=409)
    await officer.post(PAGE, {"text": TEXT}, expect=409)
    assert "낸 소명이 없습니다" not in (await officer.get(PAGE)).text


async def test_a_reply_is_the_own_agency_s(db: Database, year: Year) -> None:
    officer, head = await scoring(db, year)
    await officer.post(PAGE, {"text": TEXT})
    for other in (year.officers["CU"], year.heads["CU"]):
        await other.get(PAGE, expect=404)
    await year.officers["CU"].post(PAGE, {"text": "남의 글"}, expect=404)
    await year.heads["CU"].post(f"{PAGE}/release", {"mark": ""}, expect=404)
    await officer.post(f"{PAGE}/release", {"mark": ""}, expect=403)
    await head.post(PAGE, {"text": TEXT}, expect=403)
    await year.office.post(PAGE, {"text": TEXT}, expect=403)
