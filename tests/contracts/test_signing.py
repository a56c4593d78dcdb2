"""Signing and publishing over HTTP: each side with a fresh code, publication by two officers, one fingerprint."""

import hashlib

from sqlmodel import col, select, update

from contracts.cycles import cycle_of
from contracts.model import Contract, ContractNode, ContractState, Cycle, Phase
from contracts.reading import ballot_tasks, contracts_of, published_trees
from contracts.terms.canonical import canonical_bytes, contract_record, set_fingerprint
from office.database import Database
from office.journal import JournalEntry, broken_at
from office.people import Role
from rehearsal.visitor import said
from tests.contracts.conftest import CU, CYCLE, TR, TREES, Enter, Year
from tests.seeding import TRANSPORT, YEAR


async def states(db: Database) -> list[ContractState]:
    async with db.reading() as session:
        return [c.state for c, _ in await contracts_of(session, await cycle_of(session, YEAR))]


async def test_a_wrong_code_keeps_everything_and_signs_nothing(db: Database, year: Year) -> None:
    head = (await year.drafted()).heads["TR"]
    answer = await head.post(f"/agency/contracts/{TR}/sign", {"totp": "000000"}, expect=422)
    assert "인증 앱의 번호가 맞지 않거나" in said(answer) and "버스를 기다리는 시간을" in answer.text
    assert "000000" not in answer.text
    assert await states(db) == [ContractState.ACCEPTED, ContractState.ACCEPTED]


async def test_a_used_code_is_refused(db: Database, year: Year) -> None:
    head = (await year.drafted()).heads["TR"]
    code = head.totp()
    await head.post(f"/agency/contracts/{TR}/sign", {"totp": code})
    async with db.writing() as session:
        await session.exec(update(Contract).values(state=ContractState.ACCEPTED))
    again = await head.post(f"/agency/contracts/{TR}/sign", {"totp": code}, expect=422)
    assert "이미 쓴 번호" in said(again)
    assert await states(db) == [ContractState.ACCEPTED, ContractState.ACCEPTED]


async def test_a_contract_is_signed_once(year: Year) -> None:
    head = (await year.drafted()).heads["TR"]
    await head.post(f"/agency/contracts/{TR}/sign", {"totp": head.totp()})
    again = await head.post(f"/agency/contracts/{TR}/sign", {"totp": head.totp()}, expect=409)
    assert "이미 서명한 계약" in said(again)


async def test_one_code_of_the_office_signs_everything_the_heads_have_signed(
    db: Database, year: Year
) -> None:
    await year.drafted()
    nothing = await year.office.post(f"{CYCLE}/sign", {"totp": year.office.totp()}, expect=409)
    assert "기다리는 계약이 없습니다" in said(nothing)
    for code, head in year.heads.items():
        await head.post(f"/agency/contracts/{YEAR}-{code}/sign", {"totp": head.totp()})
    wrong = await year.office.post(f"{CYCLE}/sign", {"totp": "12"}, expect=422)
    assert "인증 앱의 번호" in said(wrong)
    assert await states(db) == [ContractState.HEAD_SIGNED] * 2
    await year.office.post(f"{CYCLE}/sign", {"totp": year.office.totp()})
    assert await states(db) == [ContractState.SIGNED] * 2


async def test_publishing_needs_two_different_officers(db: Database, year: Year) -> None:
    await year.signed()
    assert "계약을 공개할 수 있습니다" in (await year.second.get("/office")).text
    await year.office.post(f"{CYCLE}/publish")
    desk = (await year.second.get("/office")).text
    assert f"{YEAR}년 계약 공개" in desk and "계약을 공개할 수 있습니다" not in desk, "said once"
    assert await states(db) == [ContractState.SIGNED] * 2
    alone = await year.office.post(f"{CYCLE}/publish", expect=409)
    assert "다른 담당자" in said(alone)
    assert await states(db) == [ContractState.SIGNED] * 2
    await year.second.post(f"{CYCLE}/publish")
    assert await states(db) == [ContractState.PUBLISHED] * 2
    async with db.reading() as session:
        assert (await cycle_of(session, YEAR)).phase is Phase.PUBLISHED
        assert await broken_at(session) is None
        acts = list(await session.exec(select(JournalEntry.act).order_by(col(JournalEntry.id))))
    assert acts[-3:] == ["contracts.publish.confirmed", "cycle.entered", "contracts.published"]


async def test_nothing_unsigned_is_published(year: Year) -> None:
    head = (await year.drafted()).heads["TR"]
    await head.post(f"/agency/contracts/{TR}/sign", {"totp": head.totp()})
    refused = await year.office.post(f"{CYCLE}/publish", expect=409)
    assert "교통국" in said(refused) and "문화국" in said(refused)


async def test_a_contract_changed_behind_the_signatures_is_not_published(db: Database, year: Year) -> None:
    await year.signed()
    async with db.writing() as session:
        await session.exec(
            update(ContractNode).where(col(ContractNode.code) == "T-1").values(title="다른 과제")
        )
    refused = await year.office.post(f"{CYCLE}/publish", expect=409)
    assert TR in said(refused) and CU in said(refused) and "달라진 계약" in said(refused)


async def test_the_fingerprint_is_that_of_the_canonical_record_and_of_the_public_files(
    db: Database, year: Year
) -> None:
    await year.published()
    async with db.reading() as session:
        cycle: Cycle = await cycle_of(session, YEAR)
        contract = next(c for c, agency in await contracts_of(session, cycle) if agency.code == "TR")
    record = canonical_bytes(contract_record(TRANSPORT, cycle=str(YEAR)))
    assert contract.fingerprint == hashlib.sha256(record).hexdigest()
    visitor = year.second
    own = await visitor.get(f"/contracts/{TR}/contract.json")
    assert own.content == record
    everything = await visitor.get(f"/contracts/{YEAR}/contracts.json")
    assert hashlib.sha256(everything.content).hexdigest() == cycle.contracts_sha256
    assert cycle.contracts_sha256 == set_fingerprint(TREES, cycle=str(YEAR))
    page = (await visitor.get(f"/contracts/{TR}")).text
    assert contract.fingerprint in page and "그대로입니다" in page


async def test_figures_and_results_leave_the_fingerprint_as_it_is(db: Database, year: Year) -> None:
    await year.reporting()
    before = await year.office.get(f"/contracts/{YEAR}/contracts.json")
    form = {"actual-W-1": "9.1", "result-T-1": "노선 스무 개를 고쳤습니다."}
    await year.officers["TR"].post(f"/agency/contracts/{TR}/figures", form)
    after = await year.office.get(f"/contracts/{YEAR}/contracts.json")
    assert after.content == before.content and after.headers["etag"] == before.headers["etag"]
    page = (await year.office.get(f"/contracts/{TR}")).text
    assert "그대로입니다" in page and "노선 스무 개를" in page and "9.1" in page
    async with db.reading() as session:
        cycle = await cycle_of(session, YEAR)
        assert (
            set_fingerprint(await published_trees(session, cycle), cycle=str(YEAR)) == cycle.contracts_sha256
        )


async def test_a_page_that_no_longer_shows_what_was_signed_says_so(db: Database, year: Year) -> None:
    await year.published()
    async with db.writing() as session:
        await session.exec(
            update(ContractNode).where(col(ContractNode.code) == "T-1").values(promise="다른 약속")
        )
    assert "서명한 내용과 다릅니다" in (await year.office.get(f"/contracts/{TR}")).text


async def test_who_is_missing_is_named_and_two_officers_may_publish_without_them(
    db: Database, year: Year, enter: Enter
) -> None:
    await enter(Role.OFFICER, "NEW")
    await year.drafted()
    await year.heads["TR"].post(f"/agency/contracts/{TR}/sign", {"totp": year.heads["TR"].totp()})
    await year.office.post(f"{CYCLE}/sign", {"totp": year.office.totp()})
    page = (await year.office.get(CYCLE)).text
    assert "계약을 쓰기 시작하지 않은 기관이 1곳 있습니다" in page and "NEW" in page
    assert "양쪽이 서명하지 않은 계약이 1건 있습니다" in page and f'name="without" value="{CU}"' in page
    await year.office.post(f"{CYCLE}/publish", expect=409)
    await year.office.post(f"{CYCLE}/publish", {"without": CU})
    assert "기관 2곳을 빼고 계약 1건만 공개할까요?" in (await year.second.get(CYCLE)).text
    await year.second.post(f"{CYCLE}/publish", {"without": CU})
    assert sorted(await states(db)) == [ContractState.ACCEPTED, ContractState.PUBLISHED]
    async with db.reading() as session:
        cycle = await cycle_of(session, YEAR)
        assert {task.agency_code for task in await ballot_tasks(session, cycle)} == {"TR"}
        assert cycle.contracts_sha256 == set_fingerprint(
            await published_trees(session, cycle), cycle=str(YEAR)
        )
    await year.office.get(f"/contracts/{TR}")
    assert "평가에는 들어가지 않습니다" in (await year.officers["CU"].get("/agency")).text
