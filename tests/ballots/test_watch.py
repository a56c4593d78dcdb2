"""A vote is bound to contracts, rulebook, roll and booth: one letter changed in the database is seen everywhere."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import AsyncExitStack
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar
from sqlmodel import col, select

from ballots.due import publish_all
from ballots.model import Election, ElectionOption, ElectionState, RatedAgency, RollEntry
from ballots.protocol.binding import check_board
from ballots.protocol.verifier import verify
from ballots.watch import BROKEN, MENDED, Kept, Watch
from contracts.model import Agency, Contract, ContractNode, ContractState, Cycle, IndicatorMeasure
from contracts.reading import cycle_name, published_trees
from contracts.rereading import Rereading
from contracts.terms.canonical import set_fingerprint
from office.clock import now
from office.database import Database
from office.journal import JournalEntry
from office.people import Role
from office.settings import Settings
from rehearsal.visitor import Visitor
from reports.model import RulebookRow
from tests.ballots.house import House
from tests.ballots.test_board_pages import text_of
from tests.conftest import SignIn

ALARM = "투표를 연 뒤에 바뀐 것이 있습니다"
CALM = "투표를 열 때 그대로입니다"
CONTRACT_ALARM = "공개한 뒤에 바뀐 내용이 있습니다"


@pytest.fixture
async def opened(house: House) -> House:
    """A vote that has been opened; every page looks afresh."""
    house.app.state.watch.fresh = house.app.state.rereading.fresh = 0.0
    await house.opened()
    return house


async def change(house: House, statement: Any) -> None:
    """Past the product, as somebody with access to the database would."""
    async with house.db.writing() as session:
        assert (await session.exec(statement, execution_options={"synchronize_session": False})).rowcount == 1


async def pages(house: House, visitor: Visitor) -> dict[str, str]:
    """What everybody reads of the vote, and the office on its desk."""
    async with house.db.reading() as session:
        public_id = (await session.exec(select(Contract.public_id).order_by(col(Contract.id)))).first()
    return {
        "board": text_of((await visitor.get(f"/board/{house.uuid}")).text),
        "result": text_of((await visitor.get(f"/result/{house.uuid}")).text),
        "contract": text_of((await visitor.get(f"/contracts/{public_id}")).text),
        "desk": text_of((await house.officers[0].get("/office")).text),
    }


async def kept(house: House) -> Kept:
    async with house.db.reading() as session:
        found: Kept = await house.app.state.watch.over(session, await house.election())
        return found


async def broken(house: House) -> list[str]:
    return [check.name for check in (await kept(house)).broken]


async def test_untouched_everything_is_calm(opened: House, visitor: Visitor) -> None:
    seen = await pages(opened, visitor)
    assert CALM in seen["board"]
    assert "2026년 계약 전체의 지문도 공개할 때와 같습니다" in seen["contract"]
    assert not any(ALARM in page or CONTRACT_ALARM in page for page in seen.values())
    assert [(check.name, check.ok) for check in (await kept(opened)).checks] == [
        ("binding-record", True),
        ("binding-contracts", True),
        ("binding-rulebook", True),
        ("binding-roll", True),
        ("binding-booth", True),
    ]


async def test_one_letter_of_a_promise_changed_after_the_opening_is_seen_everywhere(
    opened: House, visitor: Visitor
) -> None:
    first = sa.select(sa.func.min(col(ContractNode.id))).where(col(ContractNode.promise) != "")
    await change(
        opened,
        sa.update(ContractNode)
        .where(col(ContractNode.id) == first.scalar_subquery())
        .values(promise=sa.func.replace(col(ContractNode.promise), "약속", "약소")),
    )
    seen = await pages(opened, visitor)
    for name in ("board", "result", "desk"):
        assert ALARM in seen[name], name
        assert "성과계약: 투표를 열 때 기록한 지문과 다릅니다" in seen[name], name
    assert CALM not in seen["board"]
    async with opened.db.reading() as session:
        cycle = (await session.exec(select(Cycle))).one()
        now_reads = set_fingerprint(await published_trees(session, cycle), cycle=cycle_name(cycle))
    assert (cycle.contracts_sha256 or "absent") in seen["board"]
    assert now_reads in seen["board"]
    assert CONTRACT_ALARM in seen["contract"]
    assert "2026년 계약 전체가 공개할 때와 다릅니다" in seen["contract"]
    assert await broken(opened) == ["binding-contracts"]


async def test_whoever_changes_the_stored_fingerprints_as_well_is_found_by_the_board(
    opened: House, visitor: Visitor
) -> None:
    await change(
        opened,
        sa.update(ContractNode).where(col(ContractNode.code) == "A2-T1").values(promise="더 쉬운 약속"),
    )
    async with opened.db.writing() as session:
        cycle = (await session.exec(select(Cycle))).one()
        cycle.contracts_sha256 = set_fingerprint(
            await published_trees(session, cycle), cycle=cycle_name(cycle)
        )
    seen = await pages(opened, visitor)
    assert ALARM in seen["board"] and ALARM in seen["result"] and ALARM in seen["desk"]
    assert CONTRACT_ALARM in seen["contract"]


async def test_a_contract_that_no_longer_says_what_was_signed_says_so_above_everything(
    opened: House, visitor: Visitor
) -> None:
    async with opened.db.writing() as session:
        contract = (await session.exec(select(Contract).order_by(col(Contract.id)))).first()
        assert contract is not None
        contract.fingerprint = "0" * 64
    assert "이 계약의 내용이 서명할 때와 다릅니다" in (await pages(opened, visitor))["contract"]


@pytest.mark.parametrize(
    ("statement", "name", "words"),
    [
        (
            sa.update(ContractNode).where(col(ContractNode.code) == "A1-T1").values(title="과제 1 "),
            "binding-contracts",
            "성과계약",
        ),
        (
            sa.update(ContractNode).where(col(ContractNode.code) == "A1-T1").values(on_ballot=False),
            "binding-contracts",
            "성과계약",
        ),
        (
            sa.update(Agency).where(col(Agency.code) == "A3").values(name="기관 셋"),
            "binding-contracts",
            "성과",
        ),
        (
            sa.update(RulebookRow).values(text=sa.func.replace(col(RulebookRow.text), "50", "51")),
            "binding-rulebook",
            "평가규칙: 투표를 열 때 기록한 지문과 다릅니다",
        ),
        (sa.update(Cycle).values(rulebook_sha256="e" * 64), "binding-rulebook", "더는 없습니다"),
        (
            sa.update(RollEntry).where(col(RollEntry.number) == "1").values(phone="01099999999"),
            "binding-roll",
            "선거인명부",
        ),
        (
            sa.update(RollEntry).where(col(RollEntry.number) == "1").values(weight=2),
            "binding-roll",
            "선거인명부",
        ),
        (sa.delete(RollEntry).where(col(RollEntry.number) == "3"), "binding-roll", "선거인명부"),
        (
            sa.update(ElectionOption).where(col(ElectionOption.position) == 1).values(title="과제 둘"),
            "binding-booth",
            "과제 2",
        ),
        (
            sa.update(ElectionOption).where(col(ElectionOption.position) == 0).values(promise="쉬운 약속"),
            "binding-booth",
            "과제 1",
        ),
        (sa.delete(ElectionOption).where(col(ElectionOption.position) == 2), "binding-booth", "과제 3"),
    ],
)
async def test_whatever_is_changed_is_named(
    opened: House, visitor: Visitor, statement: Any, name: str, words: str
) -> None:
    await change(opened, statement)
    assert await broken(opened) == [name]
    page = text_of((await visitor.get(f"/board/{opened.uuid}")).text)
    assert ALARM in page
    assert words in page.partition(ALARM)[2]


async def test_whoever_changes_the_record_in_the_database_is_found_by_the_first_event_of_the_board(
    opened: House, visitor: Visitor
) -> None:
    """A promise reworded, every stored fingerprint made to fit, the one in the election record, too."""
    await change(
        opened,
        sa.update(ContractNode).where(col(ContractNode.code) == "A2-T1").values(promise="더 쉬운 약속"),
    )
    await change(
        opened,
        sa.update(ElectionOption).where(col(ElectionOption.position) == 1).values(promise="더 쉬운 약속"),
    )
    async with opened.db.writing() as session:
        cycle = (await session.exec(select(Cycle))).one()
        election = (await session.exec(select(Election))).one()
        before = cycle.contracts_sha256 or ""
        after = set_fingerprint(await published_trees(session, cycle), cycle=cycle_name(cycle))
        cycle.contracts_sha256 = after
        election.election_record = (election.election_record or "").replace(before, after)
    assert await broken(opened) == ["binding-record"]
    page = text_of((await visitor.get(f"/board/{opened.uuid}")).text)
    assert ALARM in page
    assert "투표 기록: 게시판에 처음 적은 것과 다릅니다" in page


@pytest.mark.parametrize("spoilt", ["", "{}", "no record"])
async def test_a_spoilt_record_is_an_alarm_and_no_error(opened: House, visitor: Visitor, spoilt: str) -> None:
    await change(opened, sa.update(Election).values(election_record=spoilt))
    assert await broken(opened) == ["binding-record"]
    assert ALARM in (await visitor.get(f"/board/{opened.uuid}")).text


@pytest.mark.parametrize("column", ["trustees_record", "credentials_record"])
async def test_keys_and_credentials_are_the_boards(opened: House, column: str) -> None:
    election = await opened.election()
    changed = getattr(election, column).replace("1", "2", 1)
    await change(opened, sa.update(Election).values({column: changed}))
    assert await broken(opened) == ["binding-record"]


async def test_what_comes_after_the_opening_is_no_change_of_a_promise(opened: House) -> None:
    await change(
        opened,
        sa.update(ContractNode).where(col(ContractNode.code) == "A1-T1").values(result="끝까지 해냈습니다."),
    )
    async with opened.db.writing() as session:
        await session.exec(sa.update(Election).values(planned_close_at=now()))
    assert await broken(opened) == []


async def test_a_swapped_rating_question_is_found(house: House) -> None:
    house.app.state.watch.fresh = house.app.state.rereading.fresh = 0.0
    await house.create(ratings="yes")
    await house.name_trustees()
    await house.give_keys()
    await house.take_roll()
    await house.both("issue")
    await house.both("open")
    assert await broken(house) == []
    await change(
        house, sa.update(RatedAgency).where(col(RatedAgency.position) == 0).values(agency="다른 기관")
    )
    assert await broken(house) == ["binding-booth"]


async def test_before_the_opening_nothing_is_bound(house: House) -> None:
    await house.create()
    async with house.db.reading() as session:
        assert await house.app.state.watch.over(session, await house.election()) is None
    assert ALARM not in (await house.officers[0].get("/office")).text


async def test_after_the_deletion_of_personal_data_the_roll_is_no_alarm(
    opened: House, visitor: Visitor
) -> None:
    async with opened.db.writing() as session:
        await session.exec(sa.update(RollEntry).values(name="", phone="", mail=""))
        await session.exec(sa.update(Election).values(personal_data_deleted_at=now()))
    assert await broken(opened) == []
    assert "지문만 남아 있습니다" in text_of((await visitor.get(f"/board/{opened.uuid}")).text)


async def test_a_look_costs_the_same_few_statements_however_many_contracts_there_are(
    opened: House, db: Database
) -> None:
    async def statements() -> int:
        seen: list[str] = []

        def count(*arguments: Any) -> None:
            seen.append(arguments[2])

        async with opened.db.reading() as session:
            election = (await session.exec(select(Election))).one()
            engine = session.get_bind().engine
            sa.event.listen(engine, "before_cursor_execute", count)
            try:
                await opened.app.state.watch.over(session, election)
            finally:
                sa.event.remove(engine, "before_cursor_execute", count)
        return len(seen)

    few = await statements()
    async with db.writing() as session:
        cycle = (await session.exec(select(Cycle))).one()
        for number in range(20):
            agency = Agency(code=f"X{number}", name=f"더한 기관 {number}")
            session.add(agency)
            await session.flush()
            session.add(
                Contract(
                    cycle_id=cycle.id or 0,
                    agency_id=agency.id or 0,
                    public_id=f"x-{number}",
                    state=ContractState.PUBLISHED,
                )
            )
    assert await statements() == few <= 14


async def test_what_was_seen_a_moment_ago_is_not_looked_up_again(opened: House) -> None:
    opened.app.state.watch.fresh = opened.app.state.rereading.fresh = 3600.0
    before = await kept(opened)
    await change(opened, sa.update(RollEntry).where(col(RollEntry.number) == "1").values(name="다른 이름"))
    assert await kept(opened) is before
    opened.app.state.watch.fresh = 0.0
    assert await broken(opened) == ["binding-roll"]


async def test_while_one_reads_the_contracts_again_the_others_are_told_what_was_known(opened: House) -> None:
    """A crowd that comes when ten seconds are over asks the database once."""
    rereading = opened.app.state.rereading
    rereading.fresh = 0.0
    async with opened.db.reading() as session:
        before = await rereading.of(session, (await session.exec(select(Cycle))).one())
    await change(
        opened, sa.update(ContractNode).where(col(ContractNode.code) == "A1-T1").values(promise="다른 약속")
    )
    async with AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(opened.db.reading()) for _ in range(3)]
        asked = [(session, (await session.exec(select(Cycle))).one()) for session in crowd]
        told = await asyncio.gather(*(rereading.of(session, cycle) for session, cycle in asked))
        assert [each is before for each in told] == [False, True, True]
        assert (await rereading.of(*asked[1])).sha256 != before.sha256


async def test_the_journal_keeps_what_was_found_changed_and_that_it_was_changed_back(
    opened: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def told() -> list[tuple[str, Any]]:
        async with opened.db.reading() as session:
            query = select(JournalEntry).where(col(JournalEntry.act).in_((BROKEN, MENDED)))
            return [
                (entry.act, entry.details["what"])
                for entry in await session.exec(query.order_by(col(JournalEntry.id)))
            ]

    async def look() -> None:
        """By a process of its own each time: what was told is known from the journal."""
        rereading = Rereading(opened.app.state.rereading._bound, fresh=0.0)
        await Watch(rereading, opened.app.state.watch._rulebook, fresh=0.0).patrol(opened.db)

    await look()
    assert await told() == []
    text = sa.update(ContractNode).where(col(ContractNode.code) == "A1-T1")
    await change(opened, text.values(promise="약소 1"))
    await look()
    await look()
    assert await told() == [(BROKEN, ["binding-contracts"])]
    await change(opened, text.values(promise="약속 1"))
    await look()
    await look()
    assert await told() == [(BROKEN, ["binding-contracts"]), (MENDED, [])]


async def test_the_clock_looks_by_itself(opened: House) -> None:
    await change(opened, sa.update(RollEntry).where(col(RollEntry.number) == "1").values(name="다른 이름"))
    opened.app.state.watch._patrolled = 0.0
    await opened.app.state.clock.tick()
    async with opened.db.reading() as session:
        entry = (await session.exec(select(JournalEntry).where(col(JournalEntry.act) == BROKEN))).one()
    assert (entry.subject, entry.details) == (opened.uuid, {"what": ["binding-roll"]})


# The files for an auditor


async def test_an_auditor_verifies_the_board_with_the_files_as_they_are_served(
    opened: House, visitor: Visitor, settings: Settings
) -> None:
    await publish_all(opened.db, settings, set())
    board = (await visitor.get(f"/board/{opened.uuid}/{opened.uuid}.bel")).content
    page = (await visitor.get(f"/board/{opened.uuid}")).text
    election = await opened.election()
    async with opened.db.reading() as session:
        cycle = (await session.exec(select(Cycle))).one()
    addresses = ("/contracts/2026/contracts.json", f"/rulebooks/{cycle.rulebook_sha256}.toml")
    assert all(f'href="{address}"' in page for address in addresses)
    contracts, rulebook = [(await visitor.get(address)).content for address in addresses]
    roll = (await opened.officers[1].get(f"{opened.here}/roll.json")).content
    assert hashlib.sha256(roll).hexdigest() == election.roll_sha256
    found = check_board(board, contracts=contracts, rulebook=rulebook, roll=roll)
    assert len(found) == 5
    assert all(check.ok for check in found), [check.text() for check in found]
    assert verify(board, jobs=1).ok


async def test_the_roll_is_taken_by_officers_only_and_the_journal_says_by_whom(
    opened: House, visitor: Visitor, signed_in: SignIn
) -> None:
    address = f"{opened.here}/roll.json"
    await visitor.get(address, expect=303)
    for role in (Role.TRUSTEE, Role.HEAD, Role.OFFICER, Role.EVALUATOR):
        async with signed_in(role, agency="A1") as (_, other):
            await other.get(address, expect=403)
    answer = await opened.officers[0].get(address)
    assert answer.headers["cache-control"] == "no-store"
    assert "김하나" in answer.text
    async with opened.db.reading() as session:
        (entry,) = list(
            await session.exec(select(JournalEntry).where(col(JournalEntry.act) == "ballots.roll-taken"))
        )
    assert entry.actor.startswith("office:")
    assert entry.subject == opened.uuid
    assert entry.details["voters"] == 3
    assert set(entry.details) == {"voters", "address"}


async def test_there_is_no_roll_to_take_before_the_opening_or_after_the_deletion(
    house: House, app: Litestar
) -> None:
    await house.create()
    await house.take_roll()
    await house.officers[0].get(f"{house.here}/roll.json", expect=404)
    async with house.db.writing() as session:
        await session.exec(
            sa.update(Election).values(
                roll_salt="5a17", state=ElectionState.CLOSED, personal_data_deleted_at=now()
            )
        )
    await house.officers[0].get(f"{house.here}/roll.json", expect=410)


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(ContractNode).where(col(ContractNode.code) == "A1-T1").values(weight="99.99"),
        sa.update(ContractNode).where(col(ContractNode.code) == "A1-T1").values(position=3, code="A1-T9"),
        sa.update(IndicatorMeasure)
        .where(
            col(IndicatorMeasure.node_id)
            == sa.select(sa.func.min(col(IndicatorMeasure.node_id))).scalar_subquery()
        )
        .values(target="1"),
        sa.update(IndicatorMeasure)
        .where(
            col(IndicatorMeasure.node_id)
            == sa.select(sa.func.max(col(IndicatorMeasure.node_id))).scalar_subquery()
        )
        .values(history={"2025": "3"}),
        sa.update(Contract).where(col(Contract.public_id).ilike("%a2%")).values(state="signed"),
    ],
)
async def test_contracts_are_put_together_again_whatever_of_them_changes(
    opened: House, statement: Any
) -> None:
    assert await broken(opened) == []
    await change(opened, statement)
    assert "binding-contracts" in await broken(opened)
