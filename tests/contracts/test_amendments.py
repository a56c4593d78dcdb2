"""A published contract changes by request, consent and two officers; what it said before stays for everybody to check."""

import hashlib
import io
import json
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import col, select, update

from contracts.changes.amendments import Amendment, AmendmentState
from contracts.changes.drafts import AmendmentDraft
from contracts.cycles import cycle_of, enter_phase
from contracts.letters import AMENDMENT_SIGNED
from contracts.model import Contract, ContractNode, Cycle, IndicatorMeasure, Phase
from contracts.reading import contracts_of, published_trees, tree_of
from contracts.signing import still_as_signed
from contracts.terms.branches import place_of
from contracts.terms.canonical import canonical_bytes, contract_record, set_fingerprint
from contracts.terms.tree import Method, indicators, walk
from contracts.writing.wording import branch_mark
from office.database import Database
from office.journal import JournalEntry, broken_at
from office.people import Role
from rehearsal.visitor import Visitor, said
from tests.contracts.conftest import CYCLE, TR, Enter, Year
from tests.contracts.wishing import DRAFT, OWN, REASON, Changes, Form, add, ask, take_out, weigh, wish, word
from tests.letters import told
from tests.seeding import YEAR

DESK = f"{CYCLE}/amendments"
PUBLIC = f"/contracts/{TR}/amendments"
TARGET: Changes = {"W-1": {"target": "9.5"}}


async def request_of(db: Database, number: int = -1) -> Amendment:
    async with db.reading() as session:
        return list(await session.exec(select(Amendment).order_by(Amendment.id)))[number]  # type: ignore[arg-type]  # a column


async def contract_of(db: Database) -> tuple[Cycle, Contract, Any]:
    async with db.reading() as session:
        cycle = await cycle_of(session, YEAR)
        contract = next(c for c, a in await contracts_of(session, cycle) if a.code == "TR")
        return cycle, contract, await tree_of(session, contract)


async def asked(db: Database, year: Year, changes: Changes) -> int:
    await ask(year.officers["TR"], changes)
    return (await request_of(db)).id or 0


async def consented(db: Database, year: Year, number: int) -> int:
    head = year.heads["TR"]
    await head.post(f"{OWN}/{number}/sign", {"totp": head.totp()})
    return number


async def signed(db: Database, year: Year, changes: Changes) -> int:
    return await consented(db, year, await asked(db, year, changes))


async def approve(who: Visitor, number: int, expect: int = 303) -> str:
    return said(await who.post(f"{DESK}/{number}/approve", {"totp": who.totp()}, expect=expect))


async def amended(db: Database, year: Year, changes: Changes) -> int:
    number = await signed(db, year, changes)
    await approve(year.office, number)
    await approve(year.second, number)
    return number


async def drafted_and_approved(db: Database, year: Year) -> None:
    """What stands in the draft, asked for, consented to and approved."""
    await year.officers["TR"].post(OWN, REASON)
    number = await consented(db, year, (await request_of(db)).id or 0)
    await approve(year.office, number)
    await approve(year.second, number)


@pytest.fixture
async def public(year: Year) -> AsyncIterator[Year]:
    yield await year.published()


async def test_an_amendment_renews_contract_fingerprint_and_set_and_keeps_the_old_record(
    db: Database, public: Year, visitor: Visitor
) -> None:
    before, old, _ = await contract_of(db)
    old_set, old_print = before.contracts_sha256, old.fingerprint
    assert "그대로입니다" in (await visitor.get(f"/contracts/{TR}")).text
    old_bytes = (await visitor.get(f"/contracts/{TR}/contract.json")).content
    number = await signed(db, public, TARGET)
    await approve(public.office, number)
    assert (await contract_of(db))[1].fingerprint == old_print, "one officer changes nothing"
    await approve(public.second, number)
    cycle, contract, tree = await contract_of(db)
    assert next(str(n.measure.target) for n in indicators(tree) if n.code == "W-1" and n.measure) == "9.5"
    record = canonical_bytes(contract_record(tree, cycle=str(YEAR)))
    assert contract.record == record.decode()
    assert contract.fingerprint == hashlib.sha256(record).hexdigest() != old_print
    assert still_as_signed(tree, cycle, contract)
    async with db.reading() as session:
        trees = await published_trees(session, cycle)
    assert cycle.contracts_sha256 == set_fingerprint(trees, cycle=str(YEAR)) != old_set
    first = await visitor.get(f"/contracts/{TR}/versions/1.json")
    second = await visitor.get(f"/contracts/{TR}/versions/2.json")
    assert first.content == old_bytes and hashlib.sha256(first.content).hexdigest() == old_print
    assert second.content == record
    page = (await visitor.get(f"/contracts/{TR}")).text
    assert "그대로입니다" in page and "공개한 계약 전체와 다릅니다" not in page
    everything = await visitor.get(f"/contracts/{YEAR}/contracts.json")
    assert hashlib.sha256(everything.content).hexdigest() == cycle.contracts_sha256


async def test_everybody_reads_why_who_when_and_both_wordings(
    db: Database, public: Year, visitor: Visitor
) -> None:
    assert "바뀐 것이 없습니다" in (await visitor.get(PUBLIC)).text
    old = (await contract_of(db))[1].fingerprint or ""
    await amended(
        db,
        public,
        {**TARGET, "T-1": {"promise": "버스를 기다리는 시간을 9분 30초 아래로 줄이겠습니다."}},
    )
    text = (await visitor.get(PUBLIC)).text
    for words in (
        "공개한 뒤에 1번 바뀌었습니다",
        "국비가 깎여 노선을 다 고칠 수 없습니다.",
        "교통국 기관장 head",
        "성과관리 담당 두 명",
        "<del>10분</del>",
        "<ins>9.5분</ins>",
        "<ins>9분 30초</ins>",
        "목표치",
        "약속 문장",
        f"/contracts/{TR}/versions/1.json",
        f"/contracts/{TR}/versions/2.json",
    ):
        assert words in text, words
    known = (await visitor.get(f"{PUBLIC}?sha256=%20{old.upper()}")).text
    assert "1판의 것입니다" in known
    assert "어느 판도 이 지문이 아닙니다" in (await visitor.get(f"{PUBLIC}?sha256={'0' * 64}")).text


async def test_a_target_changed_after_its_figure_was_reported_is_shown_with_what_it_makes_of_the_figure(
    db: Database, public: Year, visitor: Visitor
) -> None:
    async with db.writing() as session:
        contract = (await contract_of(db))[1]
        node = select(ContractNode.id).where(
            col(ContractNode.contract_id) == contract.id, col(ContractNode.code) == "W-1"
        )
        await session.exec(
            update(IndicatorMeasure)
            .where(col(IndicatorMeasure.node_id).in_(node))
            .values(actual=Decimal("9.6"))
        )
    said_so = "보고한 실적 9.6분: 바꾸기 전 목표로는 달성, 바꾼 뒤 목표로는 미달"
    number = await signed(db, public, TARGET)
    for who, page in ((public.heads["TR"], OWN), (public.officers["TR"], OWN), (public.office, DESK)):
        text = (await who.get(page)).text
        assert said_so in text and "결과가 바뀝니다" in text, page
        assert "약속 문장은 그대로입니다: ‘버스를 기다리는 시간을 10분 아래로" in text, page
    await approve(public.office, number)
    await approve(public.second, number)
    text = (await visitor.get(PUBLIC)).text
    assert said_so in text and "결과가 달라집니다" in text
    for page in (f"/contracts/{TR}", f"/contracts/{TR}/indicators/W-1"):
        text = (await visitor.get(page)).text
        assert "목표 변경" in text and "10분 → 9.5분" in text, page


async def test_the_first_signatures_stay_in_view_and_the_paper_says_which_edition_it_is(
    db: Database, public: Year, visitor: Visitor
) -> None:
    first = (await visitor.get(f"/contracts/{TR}")).text.partition('id="signatures"')[2]
    await amended(db, public, TARGET)
    now = (await visitor.get(f"/contracts/{TR}")).text.partition('id="signatures"')[2]
    table = first[: first.index("</table>")]
    assert now.startswith(table), "as before it was changed"
    assert "판:" not in first and now.index("에 공개했습니다") < now.index("2판: ")
    later = now.partition("2판: ")[2]
    assert "승인한 성과관리 담당 두 사람" in later and re.search(r">[^<>,]+, [^<>,]+<", later)
    own = (await public.officers["TR"].get("/agency")).text.partition('id="signatures"')[2]
    assert (
        "2판의 서명" in own and "승인한 성과관리 담당 두 사람" in own and f"/contracts/{TR}#signatures" in own
    )
    pdf = (await visitor.get(f"/contracts/{TR}/original.pdf")).content
    printed = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
    for words in ("공개본 · 2판", "도지사를 대신하여", "1판: ", "2판: ", "승인한 성과관리 담당 두 사람"):
        assert words in printed, words


SHEET = {
    "title": "저상버스 비율", "weight": "10", "definition": "전체 버스 가운데 저상버스의 비율", "formula": "저상버스 ÷ 버스",
    "unit": "%", "direction": "up", "source": "차량등록", "supplied_by": "교통국", "checked_by": "감사위원회", "target": "45",
}  # fmt: skip


async def test_one_request_words_weighs_adds_and_takes_out_and_all_of_it_is_shown(
    db: Database, public: Year, visitor: Visitor
) -> None:
    officer = public.officers["TR"]
    await word(officer, "U-1", {"supplied_by": "시설과", "baseline": "99", "setting-whole": "yes"})
    await officer.post(f"{DRAFT}/method", {"code": "U-1", "method": "target_ratio"})
    await add(officer, "T-1", "indicator", SHEET, method="target_ratio")
    await take_out(officer, "E-1")
    await weigh(officer, "T-1", {"W-1": "50", "I-1": "10"})
    await word(officer, "T-2", {"title": "시설 두 배로 넓히기", "on_ballot": "no"})
    shown = (await officer.get(DRAFT)).text
    for words in ("더해짐", "바뀜", "뺀 항목: 불편 해소 노력", "목표 대 실적"):
        assert words in shown, words
    await drafted_and_approved(db, public)
    _, contract, tree = await contract_of(db)
    nodes = {node.code: node for _, node in walk(tree)}
    assert "E-1" not in nodes and [str(nodes[code].weight) for code in ("W-1", "I-1", "T-1")] == [
        "50",
        "10",
        "60",
    ]
    use, new = nodes["U-1"].measure, nodes["I-1"].measure
    assert use and new and use.method is Method.TARGET_RATIO and use.supplied_by == "시설과"
    assert use.settings == (("whole", "yes"),) and use.baseline == 99 and use.actual is not None
    assert new.target == 45 and nodes["T-2"].title == "시설 두 배로 넓히기" and not nodes["T-2"].on_ballot
    assert nodes["W-1"].measure and nodes["W-1"].measure.actual is not None, "what was reported stays"
    for number, fingerprint in ((1, None), (2, contract.fingerprint)):
        version = await visitor.get(f"/contracts/{TR}/versions/{number}.json")
        assert fingerprint in (None, hashlib.sha256(version.content).hexdigest())
    text = (await visitor.get(PUBLIC)).text
    for words in (
        "항목 전체",
        "더해짐",
        "빠짐",
        "<ins>지표 &#39;저상버스 비율&#39;, 배점 10점, 목표 대 실적, 목표 45%</ins>",
        "<del>지표 &#39;불편 해소 노력&#39;, 배점 20점, 9등급 평정</del>",
        "<del>목표부여</del>",
        "<ins>목표 대 실적</ins>",
        "<ins>전부 이루어야 인정</ins>",
        "<ins>99천 명</ins>",
        "<ins>시설과</ins>",
        "도민투표 대상",
    ):
        assert words in text, words
    gone = await visitor.get(f"/contracts/{TR}/indicators/E-1", expect=404)
    assert "계약을 바꾸면서 빠졌습니다" in said(gone)
    assert "저상버스 비율" in (await visitor.get(f"/contracts/{TR}/indicators/I-1")).text
    await add(officer, "T-1", "indicator", {**SHEET, "weight": "0"}, method="shown")
    assert "I-2" in (await officer.get(f"{DRAFT}/node?code=I-2")).text, "a code is never given twice"


@pytest.mark.parametrize(
    ("code", "typed", "says"),
    [
        ("W-1", {"weight": "많이"}, "숫자가 아닙니다"),
        ("W-1", {"weight": "-1"}, "0부터 100까지"),
        ("W-1", {"target": ""}, "지울 수 없습니다"),
        ("W-1", {"target": "아홉"}, "숫자가 아닙니다"),
        ("T-1", {"title": " "}, "이름을 적어"),
        ("T-1", {"promise": "가" * 301}, "300자까지"),
        ("U-1", {"setting-outlier": "작년"}, "연도를 네 자리"),
    ],
)
async def test_a_field_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    db: Database, public: Year, code: str, typed: dict[str, str], says: str
) -> None:
    extra = {"promise": "다른 약속입니다."} if code == "T-1" and "promise" not in typed else {}
    answer = await word(public.officers["TR"], code, {**extra, **typed}, expect=422)
    assert says in answer.text
    assert all(value in answer.text for value in extra.values())
    async with db.reading() as session:
        assert list(await session.exec(select(AmendmentDraft))) == []


async def test_a_request_is_refused_naming_every_item_that_stands_in_its_way(
    db: Database, public: Year, visitor: Visitor
) -> None:
    officer = public.officers["TR"]
    nothing = await officer.post(OWN, REASON, expect=422)
    assert "바뀐 것이 없습니다" in nothing.text and REASON["reason"] in nothing.text
    await word(officer, "W-1", {"weight": "35"})
    silent = await officer.post(OWN, {"reason": " "}, expect=422)
    assert "꼭 적어야" in silent.text
    uneven = await officer.post(OWN, REASON, expect=422)
    assert "기다림 줄이기: 배점은 60점인데 아래 항목의 합은 55점입니다" in uneven.text
    assert REASON["reason"] in uneven.text
    await take_out(officer, "W-1")
    await weigh(officer, "T-1", {"E-1": "60"})
    taken = await officer.post(OWN, REASON, expect=422)
    assert "이미 실적을 보고한 지표입니다. 이 항목은 뺄 수 없습니다" in taken.text
    await officer.post(f"{DRAFT}/restore", {"code": "W-1"})
    await officer.post(f"{DRAFT}/restore", {"code": "E-1"})
    async with db.reading() as session:
        assert list(await session.exec(select(AmendmentDraft))) == [], (
            "a draft that wishes for nothing is none"
        )
    await word(officer, "W-1", {"target": "9"})
    await officer.post(f"{DRAFT}/discard")
    assert "바꾼 것이 없습니다" in (await officer.get(DRAFT)).text
    async with db.reading() as session:
        assert list(await session.exec(select(Amendment))) == []


async def test_two_officers_do_not_overwrite_each_other_in_the_draft(
    db: Database, public: Year, enter: Enter
) -> None:
    first, second = public.officers["TR"], await enter(Role.OFFICER, "TR")
    shown = (await first.get(f"{DRAFT}/node?code=W-1")).text
    await word(second, "W-1", {"target": "9.4"})
    mine = await first.post(f"{DRAFT}/node", Form(shown, "/draft/node").sent | {"target": "9.3"}, expect=409)
    assert "9.4" in mine.text and "9.3" in mine.text
    branch = Form((await first.get(f"{DRAFT}/node?code=E-1")).text, "/draft/remove").sent
    await word(second, "E-1", {"source": "민원실"})
    assert "빼지 않았습니다" in said(await first.post(f"{DRAFT}/remove", branch, expect=409))


async def test_a_draft_begun_before_the_contract_changed_starts_again(db: Database, public: Year) -> None:
    officer = public.officers["TR"]
    number = await signed(db, public, TARGET)
    await wish(officer, {"E-1": {"source": "민원실"}})
    await approve(public.office, number)
    await approve(public.second, number)
    assert "이어서 쓸 수 없습니다" in (await officer.get(DRAFT)).text
    await officer.post(f"{DRAFT}/node", {"code": "E-1", "source": "다른 곳"}, expect=409)
    await officer.post(OWN, REASON, expect=409)
    await officer.post(f"{DRAFT}/discard")
    await amended(db, public, {"E-1": {"source": "민원실"}})


async def test_once_experts_score_only_words_change_whenever_it_was_asked_for(
    db: Database, public: Year
) -> None:
    officer, head = public.officers["TR"], public.heads["TR"]
    early, waiting = await signed(db, public, TARGET), await asked(db, public, {"W-1": {"target": "9"}})
    async with db.writing() as session:
        await enter_phase(session, await cycle_of(session, YEAR), Phase.SCORING, "test")
    assert "글만 고칠 수 있습니다" in await approve(public.office, early, 422)
    late = await head.post(f"{OWN}/{waiting}/sign", {"totp": head.totp()}, expect=422)
    assert "글만 고칠 수 있습니다" in late.text
    page = (await officer.get(f"{DRAFT}/node?code=W-1")).text
    assert 'name="definition"' in page and 'name="target"' not in page and "/draft/remove" not in page
    await officer.get(f"{DRAFT}/weights?under=T-1", expect=404)
    place = place_of((await contract_of(db))[2], "E-1")
    assert place
    await officer.post(f"{DRAFT}/remove", {"code": "E-1", "seen": branch_mark(place.node)})
    assert "글만 고칠 수 있습니다" in (await officer.post(OWN, REASON, expect=422)).text
    await officer.post(f"{DRAFT}/discard")
    await amended(db, public, {"W-1": {"definition": "정류소에서 기다린 시간", "target": "1"}})
    _, _, tree = await contract_of(db)
    measure = next(node.measure for node in indicators(tree) if node.code == "W-1")
    assert measure and measure.definition == "정류소에서 기다린 시간" and measure.target == 10


async def test_the_head_consents_with_a_code_before_the_office_decides(db: Database, public: Year) -> None:
    number, head = await asked(db, public, TARGET), public.heads["TR"]
    assert "기관장이 동의하고" in await approve(public.office, number, 409)
    assert "동의를 기다리는 2026년 계약의 변경 요청 1건" in (await head.get("/agency")).text
    assert "동의를 기다리는" not in (await public.heads["CU"].get("/agency")).text
    wrong = await head.post(f"{OWN}/{number}/sign", {"totp": "000000"}, expect=422)
    assert "인증 앱의 번호가 맞지 않거나" in said(wrong)
    assert (await request_of(db)).state is AmendmentState.ASKED
    await head.post(f"{OWN}/{number}/sign", {"totp": head.totp()})
    assert (await request_of(db)).state is AmendmentState.SIGNED
    assert "승인 기다림" in (await public.office.get(DESK)).text
    assert "결정할 계약 변경 요청 1건" in (await public.office.get("/office")).text


async def test_the_same_officer_twice_changes_nothing(db: Database, public: Year) -> None:
    number = await signed(db, public, TARGET)
    await approve(public.office, number)
    desk = (await public.second.get("/office")).text
    assert f"{YEAR}년 계약 변경 승인" in desk and f"{TR}:{number}" not in desk and DESK in desk
    assert len(await told(db, AMENDMENT_SIGNED.purpose, "결정해 주십시오")) == len(
        (public.office, public.second)
    )
    assert "다른 담당자" in await approve(public.office, number, 409)
    wrong = await public.second.post(f"{DESK}/{number}/approve", {"totp": "123"}, expect=422)
    assert "인증 앱의 번호" in said(wrong)
    assert (await request_of(db)).state is AmendmentState.SIGNED
    assert "다른 담당자가 하루 안에 승인하면" in (await public.second.get(DESK)).text


async def test_a_request_made_against_an_older_version_is_refused(db: Database, public: Year) -> None:
    first = await signed(db, public, TARGET)
    second = await signed(db, public, {"W-1": {"target": "9"}})
    for officer in (public.office, public.second):
        await approve(officer, first)
    assert "다른 요청으로 바뀌었습니다" in await approve(public.office, second, 409)
    page = (await public.office.get(DESK)).text
    assert f"{DESK}/{second}/approve" not in page and "다시 요청하라고" in page
    await public.office.post(
        f"{DESK}/{second}/decline", {"reason": "먼저 승인한 변경을 보고 다시 요청해 주십시오."}
    )
    own = (await public.officers["TR"].get(OWN)).text
    assert "먼저 승인한 변경을 보고" in own and "받아들이지 않음" in own
    third = await amended(db, public, {"W-1": {"target": "9"}})
    assert third > second
    text = (await public.officers["TR"].get(PUBLIC)).text
    assert "공개한 뒤에 2번" in text and "3판" in text


async def test_a_declined_or_withdrawn_request_changes_nothing_and_stays_closed(
    db: Database, public: Year
) -> None:
    _, contract, _ = await contract_of(db)
    number = await signed(db, public, TARGET)
    silent = await public.office.post(f"{DESK}/{number}/decline", {"reason": "  "}, expect=422)
    assert "꼭 적어야" in silent.text
    await public.office.post(f"{DESK}/{number}/decline", {"reason": "까닭이 모자랍니다."})
    assert "동의하고 아직 결정하지 않은" in await approve(public.second, number, 409)
    other = await asked(db, public, TARGET)
    await public.officers["TR"].post(f"{OWN}/{other}/withdraw")
    again = await public.officers["TR"].post(f"{OWN}/{other}/withdraw", expect=409)
    assert "이미 닫힌" in said(again)
    head = public.heads["TR"]
    await head.post(f"{OWN}/{other}/sign", {"totp": head.totp()}, expect=409)
    assert (await contract_of(db))[1].fingerprint == contract.fingerprint


async def test_once_the_vote_has_opened_nothing_changes_any_more(db: Database, public: Year) -> None:
    number = await signed(db, public, TARGET)
    await approve(public.office, number)
    async with db.writing() as session:
        cycle = await cycle_of(session, YEAR)
        cycle.phase = Phase.VOTING
        session.add(cycle)
    assert "투표가 열린 뒤" in await approve(public.second, number, 409)
    refused = await public.officers["TR"].post(OWN, REASON, expect=409)
    assert "투표가 열린 뒤" in said(refused) or "지금은 계약을 바꿀 수 없습니다" in refused.text
    page = (await public.officers["TR"].get(f"{DRAFT}/node?code=W-1", expect=409)).text
    assert "&#39;도민 투표&#39; 단계입니다" in page and "새로 고쳐" not in page and f'href="{OWN}"' in page
    late = (await public.officers["TR"].get(f"/agency/contracts/{TR}/edit", expect=409)).text
    assert "평가 의견에 답변하면서" in late and "새로 고쳐" not in late
    await public.officers["TR"].post(f"{DRAFT}/node", {"code": "W-1", "target": "9"}, expect=409)
    assert "투표가 열린 뒤" in (await public.officers["TR"].get(OWN)).text
    assert (await request_of(db)).state is AmendmentState.SIGNED


async def test_a_draft_is_edited_and_not_amended(year: Year) -> None:
    await year.drafted()
    officer = year.officers["TR"]
    refused = await officer.post(OWN, REASON, expect=409)
    assert "계약 공개" in said(refused)
    await officer.get(f"{DRAFT}/node?code=W-1", expect=409)
    assert "아직 공개하지 않은 계약" in (await officer.get(OWN)).text
    await year.second.get(PUBLIC, expect=404)


async def test_a_contract_changed_behind_everybodys_back_cannot_be_amended(
    db: Database, public: Year
) -> None:
    number = await signed(db, public, TARGET)
    await approve(public.office, number)
    async with db.writing() as session:
        contract = next(
            c for c, a in await contracts_of(session, await cycle_of(session, YEAR)) if a.code == "TR"
        )
        contract.fingerprint = "0" * 64
        session.add(contract)
    assert "다른 요청으로 바뀌었습니다" in await approve(public.second, number, 409)


async def test_other_agencies_and_roles_see_and_do_nothing(
    db: Database, public: Year, visitor: Visitor, enter: Enter
) -> None:
    number = await asked(db, public, TARGET)
    stranger, their_head = public.officers["CU"], public.heads["CU"]
    for path in (OWN, DRAFT, f"{DRAFT}/node?code=W-1", f"{DRAFT}/weights"):
        await stranger.get(path, expect=404)
    for path in (OWN, f"{DRAFT}/node", f"{DRAFT}/remove", f"{DRAFT}/discard"):
        await stranger.post(path, {**REASON, "code": "W-1"}, expect=404)
    await stranger.post(f"{OWN}/{number}/withdraw", expect=404)
    await their_head.post(f"{OWN}/{number}/sign", {"totp": their_head.totp()}, expect=404)
    await public.officers["TR"].post(f"{OWN}/{number}/sign", {"totp": "1"}, expect=403)
    await public.officers["TR"].get(DESK, expect=403)
    await (await enter(Role.EVALUATOR)).get(OWN, expect=403)
    await public.officers["CU"].post(f"/agency/contracts/{YEAR}-CU/amendments/{number}/withdraw", expect=404)
    await public.office.post(f"/office/cycles/{YEAR}/amendments/999/approve", {"totp": "1"}, expect=404)
    await visitor.get(f"/contracts/{TR}/versions/9.json", expect=404)
    await visitor.get(f"/contracts/{TR}/versions/1.xml", expect=404)
    assert (await request_of(db)).state is AmendmentState.ASKED


async def test_every_act_is_in_the_journal_under_the_contract(db: Database, public: Year) -> None:
    await amended(db, public, TARGET)
    async with db.reading() as session:
        entries = [e for e in await session.exec(select(JournalEntry)) if e.subject == TR]
        assert await broken_at(session) is None
    assert [e.act for e in entries][-3:] == [
        "contract.amendment-asked",
        "contract.amendment-signed",
        "contract.amended",
    ]
    assert "국비" not in json.dumps([e.details for e in entries], ensure_ascii=False)
