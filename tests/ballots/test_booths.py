"""Assisted booths: a token says where a ballot was cast, and nothing else."""

import hashlib

import httpx
import pytest
from sqlmodel import col, select

from ballots import booths
from ballots.model import AssistedBooth, BoxedBallot, ElectionState
from office.clock import now
from office.database import Database
from office.errors import Conflict, NotFound, Refused
from office.journal import JournalEntry
from office.people import Person
from rehearsal.visitor import Visitor
from tests.ballots.house import House
from tests.ballots.polls import open_poll
from tests.ballots.votes import Vote


async def _open(vote: Vote, place: str = "도청 민원실") -> str:
    async with vote.db.writing() as session:
        wanted = booths.NewBooth(place=place)
        return await booths.open_booth(session, await vote.held(session), wanted, vote.officers[0])


async def _booths(db: Database) -> list[AssistedBooth]:
    async with db.reading() as session:
        return list(await session.exec(select(AssistedBooth).order_by(col(AssistedBooth.id))))


async def test_only_the_hash_of_the_token_is_kept_and_the_journal_names_the_place(vote: Vote) -> None:
    await vote.begin()
    token = await _open(vote)
    (booth,) = await _booths(vote.db)
    assert booth.token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) >= 22
    async with vote.db.reading() as session:
        acts = list(
            await session.exec(select(JournalEntry).where(col(JournalEntry.act) == "ballots.booth-opened"))
        )
    assert [act.details for act in acts] == [{"place": "도청 민원실"}]


async def test_a_token_is_known_until_its_booth_is_closed(vote: Vote) -> None:
    await vote.begin()
    token = await _open(vote)
    async with vote.db.reading() as session:
        election = await vote.held(session)
        found = await booths.booth_of(session, election, token)
        assert found is not None and found.place == "도청 민원실"
        assert await booths.booth_of(session, election, None) is None
        with pytest.raises(Refused, match="알 수 없는"):
            await booths.booth_of(session, election, token[:-1] + ("A" if token[-1] != "A" else "B"))
    async with vote.db.writing() as session:
        await booths.close_booth(session, await vote.held(session), found.id or 0, vote.officers[1])
    async with vote.db.reading() as session:
        with pytest.raises(Refused, match="닫혔거나"):
            await booths.booth_of(session, await vote.held(session), token)


async def test_a_booth_is_opened_after_the_links_are_sent_and_before_the_close(vote: Vote) -> None:
    await vote.prepare()
    with pytest.raises(Conflict, match="준비 중"):
        await _open(vote)
    await vote.name_trustees()
    await vote.give_keys()
    await vote.list_voters()
    await vote.issue()
    await _open(vote, "체육관")
    await vote.open()
    await _open(vote)
    await vote.close()
    with pytest.raises(Conflict, match="마감"):
        await _open(vote, "복지관")
    assert [booth.place for booth in await _booths(vote.db)] == ["체육관", "도청 민원실"]


async def test_a_place_has_one_open_booth(vote: Vote) -> None:
    await vote.begin()
    await _open(vote)
    with pytest.raises(Conflict, match="이미 열려"):
        await _open(vote)
    (first,) = await _booths(vote.db)
    async with vote.db.writing() as session:
        await booths.close_booth(session, await vote.held(session), first.id or 0, vote.officers[0])
    await _open(vote)
    assert [booth.closed_at is None for booth in await _booths(vote.db)] == [False, True]


async def test_the_booth_of_another_vote_is_not_found(vote: Vote) -> None:
    await vote.begin()
    with pytest.raises(NotFound):
        async with vote.db.writing() as session:
            await booths.close_booth(session, await vote.held(session), 999_999, vote.officers[0])


async def test_a_ballot_cast_with_a_booths_token_is_counted_to_that_booth(
    db: Database, visitor: Visitor
) -> None:
    poll = await open_poll(db)
    token = "a-token-for-the-test"
    async with db.writing() as session:
        somebody = (await session.exec(select(Person.id))).first()
        booth = AssistedBooth(
            election_id=poll.id,
            place="체육관",
            token_sha256=hashlib.sha256(token.encode()).hexdigest(),
            opened_by=somebody or 0,
            opened_at=now(),
        )
        session.add(booth)
    await visitor.get(poll.address)
    answer = await visitor.send(f"{poll.address}/booth", {"token": token}, expect=200)
    assert answer.json() == {"place": "체육관"}

    async def cast(voter: int, booth: str | None, expect: int) -> httpx.Response:
        raw = poll.ballot(voter, 1)
        asked = await poll.ask(visitor, raw)
        code = (await poll.codes(visitor, voter))[0]
        content = {"challenge": asked["challenge"], "code": code, "ballot": raw.decode()}
        if booth is not None:
            content["booth"] = booth
        return await visitor.send(f"{poll.address}/casts", content, expect=expect)

    await cast(0, token, 201)
    await cast(1, None, 201)
    refused = await cast(2, "another-token", 422)
    assert "알 수 없는 기표소" in refused.json()["detail"]
    async with db.reading() as session:
        cast_in = list(await session.exec(select(BoxedBallot.booth_id).order_by(col(BoxedBallot.id))))
    assert cast_in == [(await _booths(db))[0].id, None]


async def test_a_tablet_with_a_wrong_or_missing_token_is_told_so(db: Database, visitor: Visitor) -> None:
    poll = await open_poll(db)
    await visitor.get(poll.address)
    for content in ({"token": "unknown"}, {"token": ""}, {"token": "x" * 61}, {}):
        await visitor.send(f"{poll.address}/booth", content, expect=422)
    closed = await open_poll(db, seed=2, state=ElectionState.CLOSED)
    await visitor.send(f"{closed.address}/booth", {"token": "unknown"}, expect=409)


async def test_the_office_opens_a_booth_and_sees_its_link_once(house: House) -> None:
    await house.opened()
    answer = await house.officers[0].post(f"{house.here}/booths", {"place": "도청 민원실"}, expect=201)
    link = f"/vote/{house.uuid}#booth="
    token = answer.text.split(link)[1].split("<")[0]
    assert len(token) >= 22
    page = await house.officers[0].get(house.here)
    assert "도청 민원실" in page.text and token not in page.text
    (booth,) = await _booths(house.db)
    await house.officers[1].post(f"{house.here}/booths/{booth.id}/close")
    assert (await _booths(house.db))[0].closed_at is not None
    empty = await house.officers[0].post(f"{house.here}/booths", {"place": " "}, expect=422)
    assert "field-place" in empty.text
