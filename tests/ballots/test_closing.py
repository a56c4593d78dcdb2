"""Closing and counting: the whole small vote, verified by us and by the reference; and everything that is refused."""

import asyncio
import random
from pathlib import Path

import pytest
from sqlmodel import col, select

from ballots import closing
from ballots.model import BoardEvent, ElectionState, ElectionTrustee, EventKind
from ballots.protocol.ballot import Picks
from ballots.protocol.trustees import make_key, partial_decryption
from ballots.protocol.verifier import verify
from ballots.results import tally_of
from ballots.sequencer import held_open, publish_waiting
from contracts.model import Cycle, Phase
from office.database import Database
from office.errors import Conflict, NotFound, Refused, TooLarge
from office.settings import Settings
from tests.ballots.boards import reference_accepts
from tests.ballots.reference import TOOL
from tests.ballots.votes import Vote, panel

VOTES: list[tuple[int, Picks]] = [(0, (0, 2)), (1, (1,)), (2, None), (0, (2,))]
"""Three voters, one blank, one revote."""


async def kinds(vote: Vote) -> list[EventKind]:
    async with vote.db.reading() as session:
        events = await session.exec(select(BoardEvent).order_by(col(BoardEvent.height)))
        return [event.kind for event in events]


async def shares(vote: Vote) -> list[str | None]:
    async with vote.db.reading() as session:
        return list(
            await session.exec(select(ElectionTrustee.share_record).order_by(col(ElectionTrustee.owner)))
        )


async def test_a_whole_vote_verifies_with_our_verifier_and_with_the_reference(
    vote: Vote, tmp_path: Path
) -> None:
    await vote.begin()
    await vote.box(VOTES)
    assert await vote.close() is True
    await vote.count()
    async with vote.db.reading() as session:
        cycle = (await session.exec(select(Cycle))).one()
        tally = await tally_of(session, cycle)
    assert cycle.phase is Phase.TALLIED
    assert tally is not None
    assert [(o.agency_code, o.task_code, o.votes) for o in tally.options] == [
        ("A1", "A1-T1", 0),
        ("A2", "A2-T1", 1),
        ("A3", "A3-T1", 1),
    ]
    assert (tally.voters, tally.blank, tally.listed) == (3, 1, 3)
    raw = await vote.board()
    verdict = verify(raw, jobs=1)
    assert verdict.ok, verdict.problems
    assert verdict.pending == ()
    assert verdict.result == ((1, 0, 1, 1),)
    if TOOL:
        assert reference_accepts(tmp_path / "reference", raw)


async def test_weights_count(vote: Vote, tmp_path: Path) -> None:
    await vote.begin(listed=panel(("청년", 10, 5), ("중년", 10, 1), ("장년", 10, 2)), blank=False)
    await vote.box([(0, (0,)), (10, (0, 1)), (20, (2,))])
    await vote.close()
    await vote.count()
    raw = await vote.board()
    verdict = verify(raw, jobs=1)
    assert verdict.ok and verdict.result == ((6, 1, 2),)
    if TOOL:
        assert reference_accepts(tmp_path / "reference", raw)


async def test_blank_votes_of_every_weight_are_counted_from_the_roll_to_the_result(vote: Vote) -> None:
    await vote.begin(listed=panel(("청년", 10, 3), ("장년", 10, 1)))
    await vote.box([(0, None), (1, (0,)), (10, None), (11, (0, 2)), (12, (1,)), (12, None)])
    await vote.close()
    await vote.count()
    async with vote.db.reading() as session:
        tally = await tally_of(session, (await session.exec(select(Cycle))).one())
    assert tally is not None
    assert (tally.voters, tally.weight, tally.blank, tally.listed) == (5, 9, 5, 20)
    assert [option.votes for option in tally.options] == [4, 0, 1]
    assert verify(await vote.board(), jobs=1).result == ((5, 4, 0, 1),)


async def test_a_vote_nobody_took_part_in_is_counted_too(vote: Vote, tmp_path: Path) -> None:
    await vote.begin()
    await vote.close()
    await vote.count()
    assert await kinds(vote) == [
        EventKind.SETUP,
        EventKind.END_BALLOTS,
        EventKind.ENCRYPTED_TALLY,
        EventKind.PARTIAL_DECRYPTION,
        EventKind.PARTIAL_DECRYPTION,
        EventKind.RESULT,
    ]
    async with vote.db.reading() as session:
        tally = await tally_of(session, (await session.exec(select(Cycle))).one())
    assert tally is not None and tally.voters == tally.blank == 0
    assert {option.votes for option in tally.options} == {0}
    raw = await vote.board()
    assert verify(raw, jobs=1).ok
    if TOOL:
        assert reference_accepts(tmp_path / "reference", raw)


async def test_one_officer_alone_closes_nothing(vote: Vote) -> None:
    await vote.begin()
    assert await vote.close(0) is False
    with pytest.raises(Conflict, match="다른 담당자"):
        await vote.close(0)
    assert (await vote.election()).state is ElectionState.OPEN
    assert await kinds(vote) == [EventKind.SETUP]


async def test_a_vote_that_is_not_open_is_not_closed(vote: Vote) -> None:
    await vote.prepare()
    with pytest.raises(Conflict, match="준비 중"):
        await vote.close(0)


async def test_every_ballot_in_the_box_is_on_the_board_before_the_end(vote: Vote) -> None:
    await vote.begin()
    await vote.box(VOTES[:2])
    async with vote.db.writing() as session:
        assert await publish_waiting(session, await vote.held(session)) == 0
        assert await publish_waiting(session, await vote.held(session), everything=True) == 2
    await vote.box(VOTES[2:])
    await vote.close()
    assert await kinds(vote) == [
        EventKind.SETUP,
        *[EventKind.BALLOT] * 4,
        EventKind.END_BALLOTS,
        EventKind.ENCRYPTED_TALLY,
    ]


async def test_after_the_close_no_ballot_may_be_put_in_the_box(vote: Vote) -> None:
    await vote.begin()
    election = await vote.election()
    async with vote.db.writing() as session:
        await held_open(session, election.id or 0)
    await vote.close()
    with pytest.raises(Conflict, match="투표 기간이 아닙니다"):
        async with vote.db.writing() as session:
            await held_open(session, election.id or 0)


async def test_a_close_waits_for_the_ballot_that_is_being_cast(own_db: tuple[Database, Settings]) -> None:
    vote = Vote(*own_db)
    await vote.begin()
    await vote.close(0)
    held = asyncio.Event()
    casting = asyncio.create_task(vote.box([(0, (1,))], held=held))
    await held.wait()
    await vote.close(1)
    await casting
    assert await kinds(vote) == [
        EventKind.SETUP,
        EventKind.BALLOT,
        EventKind.END_BALLOTS,
        EventKind.ENCRYPTED_TALLY,
    ]


async def test_finishing_again_and_again_adds_nothing(vote: Vote) -> None:
    await vote.begin()
    await vote.close()
    before = await kinds(vote)
    await closing.finish(vote.db)
    await closing.finish(vote.db)
    assert await kinds(vote) == before
    await vote.count()
    done = await kinds(vote)
    await closing.finish(vote.db)
    assert await kinds(vote) == done


async def test_a_close_whose_process_died_is_finished_by_the_clock(vote: Vote) -> None:
    await vote.begin()
    await vote.box(VOTES)
    for officer in vote.officers:
        async with vote.db.writing() as session:
            await closing.close(session, await vote.held(session), officer)
    assert (await kinds(vote))[-1] is EventKind.END_BALLOTS
    await closing.finish(vote.db)
    assert (await kinds(vote))[-1] is EventKind.ENCRYPTED_TALLY


async def test_a_share_made_with_another_key_is_refused_by_name_and_not_stored(vote: Vote) -> None:
    await vote.begin()
    await vote.close()
    secret, _ = make_key(rng=random.Random(99))
    wrong = [
        await vote.share(0, secret=secret),
        await vote.share(1),
        (await vote.share(0)).replace(b'"challenge":"', b'"challenge":"1', 1),
        b"{}",
        b"\xff\x00",
        b"",
    ]
    for raw in wrong:
        with pytest.raises(Refused, match="관리1 님의 부분 개표"):
            await closing.store_share(vote.db, vote.uuid, vote.trustees[0], raw)
    assert await shares(vote) == [None, None]
    assert (await kinds(vote))[-1] is EventKind.ENCRYPTED_TALLY


async def test_a_share_that_is_larger_than_any_share_is_refused(vote: Vote) -> None:
    await vote.begin()
    await vote.close()
    with pytest.raises(TooLarge):
        await closing.store_share(vote.db, vote.uuid, vote.trustees[0], b"1" * 2_000_000)


async def test_a_share_of_another_vote_is_refused(vote: Vote) -> None:
    await vote.begin()
    await vote.close()
    election = await vote.election()
    other = partial_decryption(
        "A" * 43, (election.tally_record or "").encode(), vote.secrets[0], random.Random(1)
    )
    with pytest.raises(Refused, match="이 투표에서 내려받은"):
        await closing.store_share(vote.db, vote.uuid, vote.trustees[0], other)
    assert await shares(vote) == [None, None]


async def test_a_share_before_the_close_is_refused(vote: Vote) -> None:
    await vote.begin()
    with pytest.raises(Conflict, match="투표 중"):
        await closing.store_share(vote.db, vote.uuid, vote.trustees[0], b"{}")
    with pytest.raises(NotFound):
        async with vote.db.reading() as session:
            await closing.tally_bytes(session, vote.uuid, vote.trustees[0])


async def test_the_same_share_twice_is_taken_once_and_another_is_a_conflict(vote: Vote) -> None:
    await vote.begin()
    await vote.close()
    share = await vote.share(0)
    await closing.store_share(vote.db, vote.uuid, vote.trustees[0], share)
    await closing.store_share(vote.db, vote.uuid, vote.trustees[0], share)
    assert (await kinds(vote)).count(EventKind.PARTIAL_DECRYPTION) == 1
    with pytest.raises(Conflict, match="이미 개표를"):
        await closing.store_share(vote.db, vote.uuid, vote.trustees[0], await vote.share(0))


async def test_one_trustee_of_two_opens_nothing(vote: Vote) -> None:
    await vote.begin()
    await vote.box(VOTES)
    await vote.close()
    await closing.store_share(vote.db, vote.uuid, vote.trustees[1], await vote.share(1))
    await closing.finish(vote.db)
    election = await vote.election()
    assert election.state is ElectionState.CLOSED
    assert election.result_record is None
    async with vote.db.reading() as session:
        assert await tally_of(session, (await session.exec(select(Cycle))).one()) is None
    await closing.store_share(vote.db, vote.uuid, vote.trustees[0], await vote.share(0))
    await closing.finish(vote.db)
    assert verify(await vote.board(), jobs=1).ok


async def test_somebody_who_is_no_trustee_gives_no_share(vote: Vote) -> None:
    await vote.begin()
    await vote.close()
    with pytest.raises(NotFound):
        await closing.store_share(vote.db, vote.uuid, vote.officers[0], await vote.share(0))
