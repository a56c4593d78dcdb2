"""The certificate: every number from its own place, every mismatch refused or flagged, signed by those who closed."""

from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import col, delete, select, update

from ballots import certificate, reconciliation
from ballots.booths import NewBooth, open_booth
from ballots.model import (
    AssistedBooth,
    BoardEvent,
    BoxedBallot,
    Election,
    ElectionState,
    EventKind,
    OpenedBallot,
    RollEntry,
)
from ballots.reconciliation import Opened, Origin, equations, equations_after
from ballots.results import result_of
from ballots.sequencer import publish_waiting
from contracts.model import Cycle
from office.clock import now
from office.errors import Conflict
from office.journal import JournalEntry
from office.outbox import Fate, Message
from office.people import Role
from rehearsal.visitor import Visitor
from tests.ballots.certifying import begun, read
from tests.ballots.votes import Vote, panel
from tests.conftest import SignIn

Plant = Callable[[Vote], Awaitable[None]]


async def test_a_close_counts_roll_ballots_and_board_into_one_record(vote: Vote) -> None:
    await begun(vote)
    assert (await vote.election()).certificate_record is None
    await vote.close()
    election = await vote.election()
    raw, found = certificate.read(election)
    assert raw == reconciliation.encode(found)
    assert found.roll == reconciliation.RollCount(
        listed=12, credentials=12, voted=3, not_voted=9, voided=0, voted_weight=3, changes=0, unchanged=True
    )
    assert found.ballots == reconciliation.BallotCount(
        accepted=4, on_board=4, replaced=1, opened=0, opened_and_cast=0
    )
    assert found.origins == (Origin("link", "", 3),)
    assert found.officers == ("담당1", "담당2")
    # One setup, four ballots, the end: the head is that of the end.
    assert found.board.height == 6
    async with vote.db.reading() as session:
        query = select(BoardEvent.digest).where(col(BoardEvent.kind) == EventKind.END_BALLOTS)
        assert (await session.exec(query)).one() == found.board.head
    assert all(equation.holds for equation in equations(found))


async def test_the_numbers_fit_the_count_and_the_record_stays_as_it_was(vote: Vote) -> None:
    await begun(vote)
    await vote.close()
    before = (await vote.election()).certificate_record
    await vote.count()
    election = await vote.election()
    assert election.certificate_record == before
    async with vote.db.reading() as session:
        tally = await result_of(session, election)
    assert tally is not None
    after = equations_after(await read(vote), certificate.opened_by(tally, election))
    assert {equation.code: equation.sides for equation in after} == {
        "voters": "3 = 3",
        "weight": "3 = 3",
        "blank": "1 ≤ 3",
        "picks": "2 ≤ 4",
        "fewest": "2 ≤ 2",
        "ratings": "2 ≤ 3",
    }
    assert all(equation.holds for equation in after)


async def _voided_after_voting(vote: Vote) -> None:
    async with vote.db.writing() as session:
        await session.exec(update(RollEntry).where(col(RollEntry.number) == "1").values(voided_at=now()))


async def _added_to_the_roll(vote: Vote) -> None:
    async with vote.db.writing() as session:
        election = await vote.held(session)
        session.add(
            RollEntry(election_id=election.id or 0, number="99", name="끼어든 사람", mail="x@example.kr")
        )


async def _taken_from_the_roll(vote: Vote) -> None:
    async with vote.db.writing() as session:
        await session.exec(delete(RollEntry).where(col(RollEntry.number) == "12"))


async def _stuffed_behind_the_board(vote: Vote) -> None:
    """A ballot that claims a place on the board but has none."""
    async with vote.db.writing() as session:
        entry = (await session.exec(select(RollEntry).where(col(RollEntry.number) == "9"))).one()
        session.add(
            BoxedBallot(
                election_id=entry.election_id,
                roll_entry_id=entry.id or 0,
                challenge_id="stuffed",
                digest="s" * 43,
                body="{}",
                accepted_at=now(),
                height=77,
            )
        )


async def _taken_from_the_box(vote: Vote) -> None:
    """A ballot stays on the board and is gone from the box."""
    async with vote.db.writing() as session:
        await publish_waiting(session, await vote.held(session), everything=True)
    async with vote.db.writing() as session:
        second = (await session.exec(select(RollEntry.id).where(col(RollEntry.number) == "2"))).one()
        gone = (await session.exec(select(BoxedBallot.id).where(BoxedBallot.roll_entry_id == second))).one()
        await session.exec(update(BoardEvent).where(col(BoardEvent.ballot_id) == gone).values(ballot_id=None))
        await session.exec(delete(BoxedBallot).where(col(BoxedBallot.id) == gone))


async def _no_longer_replaced(vote: Vote) -> None:
    """Both ballots of the voter who voted twice claim the same place, so that neither is the later one."""
    async with vote.db.writing() as session:
        await publish_waiting(session, await vote.held(session), everything=True)
    async with vote.db.writing() as session:
        first = (await session.exec(select(RollEntry.id).where(col(RollEntry.number) == "1"))).one()
        await session.exec(
            update(BoxedBallot).where(col(BoxedBallot.roll_entry_id) == first).values(height=3)
        )


async def _booth_of_nobody(vote: Vote) -> None:
    """A ballot is booked on a booth that is not one of this vote."""
    async with vote.db.writing() as session:
        election = await vote.held(session)
        other = Election(
            uuid="other", cycle_id=election.cycle_id + 1, title="-", question="-", min_picks=0, max_picks=1
        )
        session.add(Cycle(id=election.cycle_id + 1, year=2031, title="-"))
        await session.flush()
        session.add(other)
        await session.flush()
        booth = AssistedBooth(
            election_id=other.id or 0,
            place="-",
            token_sha256="0" * 64,
            opened_by=vote.officers[0].id or 0,
            opened_at=now(),
        )
        session.add(booth)
        await session.flush()
        second = (await session.exec(select(RollEntry.id).where(col(RollEntry.number) == "2"))).one()
        await session.exec(
            update(BoxedBallot).where(col(BoxedBallot.roll_entry_id) == second).values(booth_id=booth.id)
        )


async def _opened_and_cast(vote: Vote) -> None:
    async with vote.db.writing() as session:
        cast = (await session.exec(select(BoxedBallot).limit(1))).one()
        session.add(
            OpenedBallot(election_id=cast.election_id, digest=cast.digest, credential_sha256="0" * 64)
        )


@pytest.mark.parametrize(
    ("plant", "code"),
    [
        (_voided_after_voting, "roll"),
        (_added_to_the_roll, "credentials"),
        (_taken_from_the_roll, "credentials"),
        (_stuffed_behind_the_board, "board"),
        (_taken_from_the_box, "board"),
        (_no_longer_replaced, "replaced"),
        (_booth_of_nobody, "origins"),
        (_opened_and_cast, "opened"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else value,
)
async def test_a_planted_mismatch_stops_the_close_and_is_in_the_journal(
    vote: Vote, plant: Plant, code: str
) -> None:
    await begun(vote)
    await plant(vote)
    await vote.close(0)
    with pytest.raises(Conflict, match="수가 맞지 않습니다"):
        await vote.close(1)
    election = await vote.election()
    assert election.state is ElectionState.OPEN
    assert election.certificate_record is None and election.closed_at is None
    async with vote.db.reading() as session:
        events = list(await session.exec(select(BoardEvent.kind)))
        query = select(JournalEntry).where(col(JournalEntry.act) == certificate.REFUSED)
        (alarm,) = await session.exec(query)
    assert EventKind.END_BALLOTS not in events
    assert code in alarm.details and "≠" in alarm.details[code]


async def test_without_anything_planted_the_same_vote_closes(vote: Vote) -> None:
    await begun(vote)
    assert await vote.close() is True
    async with vote.db.reading() as session:
        query = select(JournalEntry).where(col(JournalEntry.act) == certificate.REFUSED)
        assert (await session.exec(query)).all() == []


async def test_a_roll_changed_after_the_opening_is_flagged(vote: Vote, visitor: Visitor) -> None:
    await begun(vote)
    async with vote.db.writing() as session:
        await session.exec(update(RollEntry).where(col(RollEntry.number) == "5").values(name="다른 사람"))
    await vote.close()
    found = (await read(vote)).roll
    assert (found.unchanged, found.changes) == (False, 0)
    page = (await visitor.get(f"/board/{vote.uuid}/certificate")).text
    assert "명부가 투표를 열 때와 다릅니다" in page and "예, 모두 맞습니다" not in page


async def test_a_voter_voided_after_the_opening_is_counted_as_such_and_as_a_change(vote: Vote) -> None:
    await begun(vote)
    async with vote.db.writing() as session:
        await session.exec(update(RollEntry).where(col(RollEntry.number) == "12").values(voided_at=now()))
    await vote.close()
    found = (await read(vote)).roll
    assert (found.listed, found.voted, found.not_voted, found.voided, found.changes) == (12, 3, 8, 1, 1)


async def test_a_weight_changed_after_the_opening_is_counted_as_a_change(vote: Vote) -> None:
    await begun(vote)
    async with vote.db.writing() as session:
        await session.exec(update(RollEntry).where(col(RollEntry.number) == "12").values(weight=7))
    await vote.close()
    found = (await read(vote)).roll
    assert (found.changes, found.unchanged) == (1, False)


async def test_messages_that_did_not_arrive_are_counted_for_this_roll_only(vote: Vote) -> None:
    vote.carrier.unknown.add("010-1234-1004")
    await begun(vote)
    async with vote.db.writing() as session:
        for recipient in ("010-1234-1005", "somebody@example.kr"):
            session.add(
                Message(
                    channel="sms",
                    recipient=recipient,
                    purpose="one-time code",
                    fate=Fate.LOST,
                    created_at=now(),
                )
            )
    await vote.close()
    found = (await read(vote)).messages
    assert (found.undelivered, found.without_link, found.without_link_weight) == (2, 1, 1)


async def test_a_margin_that_those_without_a_link_could_have_turned_is_said_in_public_and_names_to_staff(
    vote: Vote, visitor: Visitor, signed_in: SignIn
) -> None:
    vote.carrier.unknown.add("010-1234-1012")
    await vote.begin(listed=panel(("청년", 10, 1), ("장년", 10, 3)))
    await vote.box([(0, (0,)), (1, (0,)), (2, (0,)), (3, (0,)), (4, (1,))])
    await vote.close()
    await vote.count()
    page = (await visitor.get(f"/board/{vote.uuid}/certificate")).text
    assert "링크를 받지 못한 1명의 표(3표)가 가장 많은 과제와 다음 과제의 차이(3표)보다 적지 않습니다" in page
    assert "평가단 12" not in page and "010-1234-1012" not in page
    async with signed_in(Role.OFFICE) as (_, officer):
        staff = (await officer.get(f"/office/elections/{vote.uuid}/certificate")).text
    assert "평가단 12" in staff and "010-1234-1012" in staff


SOUND = Opened(
    voters=3, weight=3, blank=1, votes=(0, 1, 1), ratings=(("기관 1", 2),), min_picks=1, max_picks=2
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"voters": 4}, "voters"),
        ({"weight": 4}, "weight"),
        ({"blank": 4}, "blank"),
        ({"votes": (2, 2, 1)}, "picks"),
        ({"votes": (0, 1, 0)}, "fewest"),
        ({"ratings": (("기관 1", 2), ("기관 2", 4))}, "ratings"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_tally_that_does_not_fit_is_flagged(vote: Vote, change: dict[str, object], code: str) -> None:
    await begun(vote)
    await vote.close()
    found = await read(vote)
    assert all(equation.holds for equation in equations_after(found, SOUND))
    after = equations_after(
        found, Opened(**({name: getattr(SOUND, name) for name in Opened.__slots__} | change))
    )
    assert code in [equation.code for equation in after if not equation.holds]


@pytest.mark.parametrize(
    ("booths", "shown"),
    [
        ({}, []),
        ({"도청": 12, "체육관": 30}, [("booth", "도청", 12), ("booth", "체육관", 30)]),
        ({"도청": 3}, [("booths", "", 3)]),
        ({"도청": 9, "체육관": 4, "복지관": 10}, [("booth", "복지관", 10), ("booths", "", 13)]),
        ({"도청": 3, "체육관": 11, "복지관": 40}, [("booth", "복지관", 40), ("booths", "", 14)]),
    ],
)
def test_booths_with_few_voters_are_counted_together(
    booths: dict[str, int], shown: list[tuple[str, str, int]]
) -> None:
    links, *rest = reconciliation.origins(5, booths)
    assert links == Origin("link", "", 5)
    assert [(origin.kind, origin.place, origin.voters) for origin in rest] == shown


async def test_the_booth_of_the_ballot_that_counts_is_the_voters_origin(vote: Vote) -> None:
    await vote.begin(listed=panel(("", 12, 1)))
    async with vote.db.writing() as session:
        await open_booth(session, await vote.held(session), NewBooth(place="체육관"), vote.officers[0])
    await vote.box([(voter, (0,)) for voter in range(12)])
    async with vote.db.writing() as session:
        booth = (await session.exec(select(AssistedBooth.id))).one()
        await session.exec(update(BoxedBallot).values(booth_id=booth))
    await vote.box([(0, (1,))])  # the first voter votes again at home
    await vote.close()
    assert (await read(vote)).origins == (Origin("link", "", 1), Origin("booth", "체육관", 11))


def test_a_margin_is_between_the_first_and_the_next() -> None:
    assert reconciliation.margin([3, 9, 5]) == 4
    assert reconciliation.margin([5, 5]) == 0
    assert reconciliation.margin([5]) is None


def test_a_record_is_read_in_its_canonical_form_only() -> None:
    with pytest.raises(ValueError, match=r".+"):
        reconciliation.decode(b'{"format": "yaksok-reconciliation-1"}')
