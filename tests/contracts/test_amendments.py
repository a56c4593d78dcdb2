"""A published contract changes by request, consent and two officers; what it said before stays for everybody to check."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlmodel import select

from contracts.changes.amendments import Amendment, AmendmentState
from contracts.cycles import cycle_of
from contracts.model import Contract, Cycle, Phase
from contracts.reading import contracts_of, published_trees, tree_of
from contracts.signing import still_as_signed
from contracts.terms.canonical import canonical_bytes, contract_record, set_fingerprint
from contracts.terms.tree import indicators
from office.clock import SEOUL, now
from office.database import Database
from office.journal import JournalEntry, broken_at
from office.people import Role
from rehearsal.visitor import Visitor, said
from tests.contracts.conftest import CYCLE, TR, Enter, Year
from tests.seeding import YEAR

OWN = f"/agency/contracts/{TR}/amendments"
DESK = f"{CYCLE}/amendments"
PUBLIC = f"/contracts/{TR}/amendments"


def wish(**fields: str) -> dict[str, str]:
    """A request as the form sends it."""
    today = now().astimezone(SEOUL).date().isoformat()
    why = {"reason": "국비가 깎여 노선을 다 고칠 수 없습니다.", "effective_on": today}
    return why | {name.replace("_", "-", 1).replace("__", "-"): value for name, value in fields.items()}


TARGET = wish() | {"target-W-1": "9.5"}


async def request_of(db: Database, number: int = -1) -> Amendment:
    async with db.reading() as session:
        return list(await session.exec(select(Amendment).order_by(Amendment.id)))[number]  # type: ignore[arg-type]  # a column


async def contract_of(db: Database) -> tuple[Cycle, Contract, Any]:
    async with db.reading() as session:
        cycle = await cycle_of(session, YEAR)
        contract = next(c for c, a in await contracts_of(session, cycle) if a.code == "TR")
        return cycle, contract, await tree_of(session, contract)


async def asked(db: Database, year: Year, form: dict[str, str]) -> int:
    await year.officers["TR"].post(OWN, form)
    return (await request_of(db)).id or 0


async def consented(db: Database, year: Year, form: dict[str, str]) -> int:
    number, head = await asked(db, year, form), year.heads["TR"]
    await head.post(f"{OWN}/{number}/sign", {"totp": head.totp()})
    return number


async def approve(who: Visitor, number: int, expect: int = 303) -> str:
    return said(await who.post(f"{DESK}/{number}/approve", {"totp": who.totp()}, expect=expect))


async def amended(db: Database, year: Year, form: dict[str, str]) -> int:
    number = await consented(db, year, form)
    await approve(year.office, number)
    await approve(year.second, number)
    return number


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
    number = await consented(db, public, TARGET)
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
        db, public, TARGET | {"promise-T-1": "버스를 기다리는 시간을 9분 30초 아래로 줄이겠습니다."}
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


async def test_several_changes_and_a_pair_of_weights_in_one_request(db: Database, public: Year) -> None:
    form = wish() | {
        "weight-W-1": "35",
        "weight-E-1": "25",
        "title-T-2": "시설 두 배로 넓히기",
        "definition-U-1": "해마다 연말에 센 사람 수",
        "settings-U-1": "주요사업",
        "source-W-1": "교통정보센터",
    }
    await amended(db, public, form)
    _, _, tree = await contract_of(db)
    nodes = {node.code: node for node in indicators(tree)}
    assert (str(nodes["W-1"].weight), str(nodes["E-1"].weight)) == ("35", "25")
    assert nodes["U-1"].measure and nodes["U-1"].measure.settings == (("main", "yes"),)
    assert tree.children[1].title == "시설 두 배로 넓히기"
    assert nodes["W-1"].measure and nodes["W-1"].measure.actual is not None, "what was reported stays"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"weight-W-1": "35"}, "아래 항목의 합"),
        ({"weight-W-1": "많이"}, "배점을 숫자로"),
        ({"weight-W-1": "-1"}, "배점을 숫자로"),
        ({"target-W-1": ""}, "지울 수 없습니다"),
        ({"target-W-1": "아홉"}, "숫자가 아닙니다"),
        ({"title-T-1": " "}, "비워 둘 수 없습니다"),
        ({"promise-T-1": "가" * 301}, "300자까지"),
        ({"settings-U-1": "없는설정"}, "없는 설정"),
        ({}, "바뀐 것이 없습니다"),
        ({"target-W-1": "9.5", "reason": " "}, "꼭 적어야"),
        ({"target-W-1": "9.5", "effective_on": "2001-01-01"}, "공개한 날"),
        ({"target-W-1": "9.5", "effective_on": "내일"}, "확인해"),
    ],
)
async def test_a_request_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    db: Database, public: Year, fields: dict[str, str], says: str
) -> None:
    answer = await public.officers["TR"].post(
        OWN, wish() | {"source-W-1": "버스정보시스템"} | fields, expect=422
    )
    assert says in answer.text
    if "reason" not in fields:
        assert "국비가 깎여" in answer.text
    async with db.reading() as session:
        assert list(await session.exec(select(Amendment))) == []


async def test_the_head_consents_with_a_code_before_the_office_decides(db: Database, public: Year) -> None:
    number, head = await asked(db, public, TARGET), public.heads["TR"]
    assert "기관장이 동의하고" in await approve(public.office, number, 409)
    assert "동의를 기다리는 변경 요청 1건" in (await head.get("/agency")).text
    assert "동의를 기다리는 변경 요청" not in (await public.heads["CU"].get("/agency")).text
    wrong = await head.post(f"{OWN}/{number}/sign", {"totp": "000000"}, expect=422)
    assert "인증 앱의 번호가 맞지 않거나" in said(wrong)
    assert (await request_of(db)).state is AmendmentState.ASKED
    await head.post(f"{OWN}/{number}/sign", {"totp": head.totp()})
    assert (await request_of(db)).state is AmendmentState.SIGNED
    assert "승인 기다림" in (await public.office.get(DESK)).text
    assert "결정할 계약 변경 요청 1건" in (await public.office.get("/office")).text


async def test_the_same_officer_twice_changes_nothing(db: Database, public: Year) -> None:
    number = await consented(db, public, TARGET)
    await approve(public.office, number)
    desk = (await public.second.get("/office")).text
    assert f"계약 변경 승인: {TR}:{number}" in desk and DESK in desk
    assert "다른 담당자" in await approve(public.office, number, 409)
    wrong = await public.second.post(f"{DESK}/{number}/approve", {"totp": "123"}, expect=422)
    assert "인증 앱의 번호" in said(wrong)
    assert (await request_of(db)).state is AmendmentState.SIGNED
    assert "다른 담당자가 하루 안에 승인하면" in (await public.second.get(DESK)).text


async def test_a_request_made_against_an_older_version_is_refused(db: Database, public: Year) -> None:
    first = await consented(db, public, TARGET)
    second = await consented(db, public, wish() | {"target-W-1": "9"})
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
    third = await amended(db, public, wish() | {"target-W-1": "9"})
    assert third > second
    text = (await public.officers["TR"].get(PUBLIC)).text
    assert "공개한 뒤에 2번" in text and "3판" in text


async def test_a_declined_or_withdrawn_request_changes_nothing_and_stays_closed(
    db: Database, public: Year
) -> None:
    _, contract, _ = await contract_of(db)
    number = await consented(db, public, TARGET)
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
    number = await consented(db, public, TARGET)
    await approve(public.office, number)
    async with db.writing() as session:
        cycle = await cycle_of(session, YEAR)
        cycle.phase = Phase.VOTING
        session.add(cycle)
    assert "투표가 열린 뒤" in await approve(public.second, number, 409)
    refused = await public.officers["TR"].post(OWN, TARGET, expect=409)
    assert "투표가 열린 뒤" in said(refused) or "지금은 계약을 바꿀 수 없습니다" in refused.text
    assert "투표가 열린 뒤" in (await public.officers["TR"].get(OWN)).text
    assert (await request_of(db)).state is AmendmentState.SIGNED


async def test_a_draft_is_edited_and_not_amended(year: Year) -> None:
    await year.drafted()
    officer = year.officers["TR"]
    refused = await officer.post(OWN, TARGET, expect=409)
    assert "계약 공개" in said(refused)
    assert "아직 공개하지 않은 계약" in (await officer.get(OWN)).text
    await year.second.get(PUBLIC, expect=404)


async def test_a_contract_changed_behind_everybodys_back_cannot_be_amended(
    db: Database, public: Year
) -> None:
    number = await consented(db, public, TARGET)
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
    for path in (OWN, f"{OWN}/new"):
        await stranger.get(path, expect=404)
    await stranger.post(OWN, TARGET, expect=404)
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
