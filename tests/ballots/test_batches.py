"""Batches: of five voters at least, in an order that says nothing of when who voted, and nothing lost on the way."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from ballots import box, projection, sequencer
from ballots.due import project, publish_all, sequence
from ballots.model import BoardEvent, BoxedBallot, Election, EventKind, RollEntry
from ballots.protocol import batches
from ballots.protocol.batches import BATCH, LARGEST, next_batch
from office.clock import now
from office.database import Database
from office.settings import Settings
from tests.ballots.polls import Poll, close, open_poll, publish, put

Ballot = tuple[int, int]
"""Voter and place in the order of acceptance."""
History = list[tuple[list[int], bool]]
"""Voters in the order in which their ballots come in, with a try to publish after each stretch or none."""

Item = TypeVar("Item")
histories: st.SearchStrategy[History] = st.lists(
    st.tuples(st.lists(st.integers(0, 9), max_size=12), st.booleans()), max_size=12
)
CHI_SQUARE = {16: 60.0, 119: 205.0, 359: 520.0}
"""Degrees of freedom → what chi square exceeds by chance less than once in a million times."""


def played(history: History, rng: random.Random) -> tuple[list[Ballot], list[list[Ballot]]]:
    """What was accepted, and the batches that came of it; the last one at the close."""
    accepted: list[Ballot] = []
    waiting: list[tuple[int, Ballot]] = []
    made: list[list[Ballot]] = []
    for voters, tried in history:
        for voter in voters:
            accepted.append((voter, len(accepted)))
            waiting.append((voter, accepted[-1]))
        if tried:
            made.append(next_batch(waiting, rng=rng))
            waiting = [(voter, ballot) for voter, ballot in waiting if ballot not in made[-1]]
    made.append(next_batch(waiting, everything=True, rng=rng))
    return accepted, made


@given(histories, st.randoms(use_true_random=False))
def test_every_batch_is_of_five_voters_at_least_but_the_last(history: History, rng: random.Random) -> None:
    _, made = played(history, rng)
    for batch in made[:-1]:
        assert not batch or len({voter for voter, _ in batch}) >= BATCH


@given(histories, st.randoms(use_true_random=False))
def test_no_ballot_is_lost_or_doubled(history: History, rng: random.Random) -> None:
    accepted, made = played(history, rng)
    assert sorted(itertools.chain(*made)) == sorted(accepted)


@given(histories, st.randoms(use_true_random=False))
def test_one_voters_ballots_keep_their_order_and_so_the_last_one_counts(
    history: History, rng: random.Random
) -> None:
    accepted, made = played(history, rng)
    board = list(itertools.chain(*made))
    for voter in range(10):
        assert [b for b in board if b[0] == voter] == [b for b in accepted if b[0] == voter]
    assert dict(board) == dict(accepted)


@given(histories, st.randoms(use_true_random=False))
def test_whoever_waits_waits_for_fewer_than_five(history: History, rng: random.Random) -> None:
    _, made = played([*history, ([], True)], rng)
    assert len({voter for voter, _ in made[-1]}) < BATCH


def test_four_voters_wait_however_often_they_vote_and_the_fifth_ends_it() -> None:
    waiting = [(n % 4, n) for n in range(40)]
    assert next_batch(waiting) == []
    assert sorted(next_batch([*waiting, (4, 40)])) == list(range(41))


def test_a_long_queue_is_taken_from_its_front_and_never_below_five_voters() -> None:
    assert sorted(next_batch([(n, n) for n in range(LARGEST + 4)])) == list(range(LARGEST))
    one_votes_on = [(max(0, n - 2 * LARGEST), n) for n in range(2 * LARGEST + 30)]
    assert sorted(next_batch(one_votes_on)) == list(range(2 * LARGEST + 5))
    assert len(next_batch([(n, n) for n in range(1000)], everything=True)) == 1000


def chi_square(seen: Counter[Item], cells: int) -> float:
    expected = seen.total() / cells
    return sum((count - expected) ** 2 / expected for count in seen.values()) + expected * (cells - len(seen))


def test_the_place_in_a_batch_is_independent_of_the_arrival() -> None:
    waiting = [(voter, voter) for voter in range(5)]
    drawn = [next_batch(waiting) for _ in range(6000)]
    places = Counter((ballot, place) for batch in drawn for place, ballot in enumerate(batch))
    assert chi_square(places, 25) < CHI_SQUARE[16]
    assert chi_square(Counter(tuple(batch) for batch in drawn), 120) < CHI_SQUARE[119]
    unshuffled = Counter((ballot, ballot) for ballot in range(5) for _ in drawn)
    assert chi_square(unshuffled, 25) > CHI_SQUARE[16], "the measure tells an order that follows the arrival"


def test_with_a_revote_every_order_that_keeps_it_is_equally_likely() -> None:
    waiting = [(0, 0), (1, 1), (2, 2), (0, 3), (3, 4), (4, 5)]
    drawn = Counter(tuple(next_batch(waiting)) for _ in range(36_000))
    assert all(order.index(0) < order.index(3) for order in drawn)
    assert chi_square(drawn, 360) < CHI_SQUARE[359]


def test_the_order_comes_from_the_systems_own_randomness() -> None:
    """A seeded generator would let whoever knows the seed undo the shuffle."""
    random.seed(7)
    first = [next_batch([(n, n) for n in range(40)]) for _ in range(3)]
    random.seed(7)
    assert first != [next_batch([(n, n) for n in range(40)]) for _ in range(3)]
    assert vars(batches)["SystemRandom"] is random.SystemRandom


# On the database


@pytest.fixture
async def poll(db: Database) -> Poll:
    return await open_poll(db, voters=8)


async def box_in(db: Database, poll: Poll, voters: list[int], tag: str = "") -> None:
    """Ballots as the sequencer sees them: it does not read what it places."""
    async with db.writing() as session:
        for number, voter in enumerate(voters):
            name = f"{tag}{number}-{voter}".ljust(43, "_")
            session.add(
                BoxedBallot(
                    election_id=poll.id,
                    roll_entry_id=poll.entries[voter],
                    challenge_id=name,
                    digest=name,
                    body=f'{{"tag":"{name}"}}',
                    accepted_at=now(),
                )
            )
            await session.flush()


async def on_board(db: Database, poll: Poll) -> list[BoxedBallot]:
    async with db.reading() as session:
        query = (
            select(BoxedBallot)
            .join(BoardEvent, col(BoardEvent.ballot_id) == col(BoxedBallot.id))
            .where(col(BoardEvent.election_id) == poll.id)
            .order_by(col(BoardEvent.height))
        )
        return list(await session.exec(query))


async def test_the_fifth_voter_brings_all_that_wait_to_the_board(db: Database, poll: Poll) -> None:
    await box_in(db, poll, [0, 1, 2, 3, 3, 0], "a")
    assert await sequence(db, poll.uuid) == 0
    assert await on_board(db, poll) == []
    await box_in(db, poll, [4], "b")
    assert await sequence(db, poll.uuid) == 7
    assert await sequence(db, poll.uuid) == 0
    assert [ballot.height for ballot in await on_board(db, poll)] == list(range(1, 8))


async def test_a_closed_vote_is_not_added_to(db: Database, poll: Poll) -> None:
    await box_in(db, poll, [0, 1, 2])
    await close(db, poll)
    assert len(await on_board(db, poll)) == 3
    await box_in(db, poll, [3, 4, 5, 6, 7], "late")
    assert await sequence(db, poll.uuid) == 0
    assert len(await on_board(db, poll)) == 3


async def test_what_is_published_is_in_an_order_independent_of_the_arrival(db: Database, poll: Poll) -> None:
    rounds = 80
    for number in range(rounds):
        await box_in(db, poll, [0, 1, 2, 3, 4], f"{number}-")
        assert await sequence(db, poll.uuid) == 5
    ids = [ballot.id or 0 for ballot in await on_board(db, poll)]
    places: Counter[tuple[int, int]] = Counter()
    for start in range(0, 5 * rounds, 5):
        batch = ids[start : start + 5]
        places.update((sorted(batch).index(ballot), place) for place, ballot in enumerate(batch))
    assert chi_square(places, 25) < CHI_SQUARE[16]
    async with db.reading() as session:
        events = select(BoardEvent.height).where(col(BoardEvent.kind) == EventKind.BALLOT)
        heights = list(await session.exec(events.order_by(col(BoardEvent.id))))
    assert heights == sorted(heights), "rows of the board follow the board and no other order"


async def test_of_many_who_publish_at_once_while_people_vote_none_loses_or_mixes_up_a_ballot(
    own_db: tuple[Database, Settings],
) -> None:
    db, settings = own_db
    poll = await open_poll(db, voters=8)
    rng = random.Random(11)

    async def vote(voter: int, times: int) -> None:
        for number in range(times):
            async with db.writing() as session:
                await sequencer.held_open(session, poll.id)
                entry = select(RollEntry).where(col(RollEntry.id) == poll.entries[voter]).with_for_update()
                (await session.exec(entry)).one()
                name = f"{number:03d}-{voter}".ljust(43, "_")
                session.add(
                    BoxedBallot(
                        election_id=poll.id,
                        roll_entry_id=poll.entries[voter],
                        challenge_id=name,
                        digest=name,
                        body=f'{{"a":"{name}"}}',
                        accepted_at=now(),
                    )
                )
            await asyncio.sleep(rng.random() / 200)

    async def keep_publishing(voting: asyncio.Future[list[None]]) -> None:
        while not voting.done():
            await publish_all(db, settings, {poll.uuid})
            await asyncio.sleep(0.001)

    voting = asyncio.gather(*(vote(voter, 6) for voter in range(8)))
    await asyncio.gather(voting, *(keep_publishing(voting) for _ in range(3)))
    left = await publish(db, poll)
    board = await on_board(db, poll)
    assert sorted(ballot.digest for ballot in board) == sorted(
        f"{number:03d}-{voter}".ljust(43, "_") for number in range(6) for voter in range(8)
    )
    assert [ballot.height for ballot in board] == list(range(1, 49))
    by_voter: dict[int, list[str]] = defaultdict(list)
    for ballot in board:
        by_voter[ballot.roll_entry_id].append(ballot.digest)
    assert all(digests == sorted(digests) for digests in by_voter.values())
    assert len({ballot.roll_entry_id for ballot in board[len(board) - left :]}) < BATCH if left else True
    await project(db, settings, poll.uuid)
    file = projection.board_path(settings, poll.uuid).read_text()
    assert [file.index(ballot.body) for ballot in board] == sorted(file.index(b.body) for b in board)


async def test_the_public_file_knows_neither_when_nor_in_which_order_ballots_came(
    db: Database, settings: Settings, poll: Poll
) -> None:
    for voter in (0, 1, 2, 3, 4, 0):
        await put(db, poll, voter, 1)
    await publish_all(db, settings, {poll.uuid})
    await close(db, poll)
    await project(db, settings, poll.uuid)
    file = projection.board_path(settings, poll.uuid)
    before = file.read_bytes()
    # The same board once more, of ballots that came in the opposite order, each a day later than the one before.
    async with db.writing() as session:
        rows = list(await session.exec(select(BoxedBallot).order_by(col(BoxedBallot.id).desc())))
        copies = [BoxedBallot(**row.model_dump(exclude={"id"})) for row in rows]
        await session.exec(sa.update(BoardEvent).values(ballot_id=None))
        await session.exec(sa.delete(BoxedBallot))
        for days, copy in enumerate(copies):
            copy.accepted_at = now() + timedelta(days=days)
            session.add(copy)
            await session.flush()
            placed = sa.update(BoardEvent).where(col(BoardEvent.height) == copy.height)
            await session.exec(placed.values(ballot_id=copy.id))
    file.unlink()
    await project(db, settings, poll.uuid)
    assert file.read_bytes() == before


async def test_the_count_for_the_public_tells_nothing_of_revotes_that_wait(db: Database, poll: Poll) -> None:
    async def stock() -> tuple[int, int, int, int]:
        async with db.reading() as session:
            found = await box.stock(session, await session.get_one(Election, poll.id))
            return found.accepted, found.on_board, found.voters, found.waiting

    assert await stock() == (0, 0, 0, 0)
    await box_in(db, poll, [0, 1, 2, 3, 4, 0], "a")
    assert await stock() == (6, 0, 0, 6)
    await sequence(db, poll.uuid)
    assert await stock() == (6, 6, 5, 0)
    await box_in(db, poll, [0, 5], "b")
    assert await stock() == (8, 6, 5, 2)
