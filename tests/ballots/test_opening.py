"""Opening: what is missing is said, two officers agree on the same facts, and the records bind what they should."""

import hashlib
import json

import pytest
from sqlmodel import col, select, update

from ballots import setup
from ballots.model import BoardEvent, ElectionState, EventKind
from ballots.protocol.binding import answers
from ballots.protocol.board import read_board
from ballots.protocol.election import read_election
from ballots.protocol.verifier import verify
from contracts.model import ContractNode, Cycle, Phase
from contracts.publication import published_set
from office.errors import Conflict
from reports.rules import rulebook_bytes
from tests.ballots.votes import Vote, panel


async def ready(vote: Vote) -> None:
    """Everything but the opening."""
    await vote.prepare()
    await vote.name_trustees()
    await vote.give_keys()
    await vote.list_voters()
    await vote.issue()


async def test_an_unprepared_vote_names_everything_that_is_missing(vote: Vote) -> None:
    await vote.prepare()
    async with vote.db.writing() as session:
        await session.exec(
            update(Cycle).values(rulebook_sha256=None, contracts_sha256=None, phase=Phase.REPORTING)
        )
    with pytest.raises(Conflict) as refused:
        await vote.open(0)
    said = refused.value.said()
    for missing in ("개표관리인을 두 명", "선거인명부", "성과계약을 먼저", "평가규칙을 먼저", "전문가 평가"):
        assert missing in said


async def test_a_missing_key_names_its_trustee(vote: Vote) -> None:
    await vote.prepare()
    await vote.name_trustees()
    await vote.list_voters()
    await vote.issue()
    with pytest.raises(Conflict, match="열쇠가 아직 없습니다: 관리1, 관리2"):
        await vote.open(0)


async def test_a_roll_without_links_does_not_open(vote: Vote) -> None:
    await vote.prepare()
    await vote.name_trustees()
    await vote.give_keys()
    await vote.list_voters()
    with pytest.raises(Conflict, match="투표 링크를 아직"):
        await vote.open(0)


async def test_without_a_published_rulebook_it_does_not_open(vote: Vote) -> None:
    await ready(vote)
    async with vote.db.writing() as session:
        await session.exec(update(Cycle).values(rulebook_sha256=None))
    with pytest.raises(Conflict, match="평가규칙을 먼저"):
        await vote.open(0)
    async with vote.db.reading() as session:
        assert (await session.exec(select(BoardEvent))).all() == []


async def test_one_officer_alone_opens_nothing(vote: Vote) -> None:
    await ready(vote)
    assert await vote.open(0) is False
    with pytest.raises(Conflict, match="다른 담당자"):
        await vote.open(0)
    election = await vote.election()
    assert election.state is ElectionState.ISSUED
    assert election.election_record is None


async def test_a_rulebook_changed_between_the_two_presses_starts_over(vote: Vote) -> None:
    await ready(vote)
    await vote.open(0)
    async with vote.db.writing() as session:
        await session.exec(update(Cycle).values(rulebook_sha256="e" * 64))
    assert await vote.open(1) is False
    assert await vote.open(0) is True


async def test_an_open_vote_does_not_open_again(vote: Vote) -> None:
    await vote.begin()
    with pytest.raises(Conflict, match="투표 중"):
        await vote.open(0)


async def test_opening_begins_the_board_and_the_phase_of_voting(vote: Vote) -> None:
    await vote.begin()
    election = await vote.election()
    async with vote.db.reading() as session:
        events = (await session.exec(select(BoardEvent))).all()
        assert (await session.exec(select(Cycle.phase))).one() is Phase.VOTING
    assert [(event.height, event.kind) for event in events] == [(0, EventKind.SETUP)]
    raw = await vote.board()
    assert len(raw) == election.board_bytes
    verdict = verify(raw, jobs=1)
    assert verdict.ok
    assert verdict.credentials == 3


async def test_the_record_carries_the_fingerprints_of_contracts_rulebook_and_roll(vote: Vote) -> None:
    await vote.begin()
    election = await vote.election()
    record = read_election((election.election_record or "").encode())
    lines = record.description.splitlines()
    async with vote.db.reading() as session:
        cycle = await session.get_one(Cycle, election.cycle_id)
        contracts, rulebook = await published_set(session, cycle), await rulebook_bytes(session, cycle)
    assert f"contracts sha256:{hashlib.sha256(contracts).hexdigest()}" in lines
    assert f"rulebook sha256:{hashlib.sha256(rulebook or b'').hexdigest()}" in lines
    assert f"roll sha256:{election.roll_sha256}" in lines
    assert [q.answers for q in record.questions] == [("과제 1", "과제 2", "과제 3")]
    assert (record.questions[0].min, record.questions[0].max, record.questions[0].blank) == (1, 2, True)


async def test_the_board_lists_credentials_by_number_and_without_names(vote: Vote) -> None:
    await vote.begin()
    board = read_board(await vote.board())
    listed = json.loads(board.credentials)
    assert listed == sorted(listed, key=int)
    assert set(listed) == {entry.credential for entry in await vote.roll()}


async def test_weights_stand_on_the_board_for_all_once_one_differs(vote: Vote) -> None:
    await vote.begin(listed=panel(("청년", 11, 1), ("장년", 10, 3)))
    listed = json.loads(read_board(await vote.board()).credentials)
    assert sorted(entry.split(",")[1] for entry in listed) == ["1"] * 11 + ["3"] * 10


async def test_results_reported_after_the_vote_was_prepared_are_on_the_ballot(vote: Vote) -> None:
    await ready(vote)
    async with vote.db.writing() as session:
        await session.exec(
            update(ContractNode).where(col(ContractNode.code) == "A2-T1").values(result="새 결과")
        )
    await vote.open()
    async with vote.db.reading() as session:
        options = await setup.options_of(session, await vote.held(session))
    assert [option.result for option in options] == ["결과 1", "새 결과", "결과 3"]


async def test_tasks_of_the_same_title_are_told_apart_by_their_agency(vote: Vote) -> None:
    await vote.prepare()
    async with vote.db.reading() as session:
        options = await setup.options_of(session, await vote.held(session))
    options[0].title = options[2].title = "청렴도 올리기"
    assert answers(options) == ("청렴도 올리기 (기관 1)", "과제 2", "청렴도 올리기 (기관 3)")
