"""Links: two officers, a credential each, and nothing of it left behind."""

import hashlib
import logging

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from ballots.issuing import draw_many, issue_again
from ballots.model import ElectionState
from ballots.protocol.credentials import derive
from ballots.standing import standing_of
from office.database import Database
from office.errors import Conflict, NotFound
from office.outbox import Fate, Message
from office.settings import Settings
from tests.ballots.votes import Vote


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An installation in earnest: no demonstration, no bodies kept."""
    return settings.model_copy(update={"demonstration": False, "base_url": "https://yaksok.example.kr"})


async def test_one_officer_alone_issues_nothing(vote: Vote) -> None:
    await vote.prepare()
    await vote.list_voters()
    assert await vote.issue(0) is False
    assert vote.carrier.letters == []
    assert all(entry.credential is None for entry in await vote.roll())
    with pytest.raises(Conflict, match="다른 담당자"):
        await vote.issue(0)
    assert (await vote.election()).state is ElectionState.SETUP


async def test_the_second_officer_must_have_seen_the_same_roll(vote: Vote) -> None:
    await vote.prepare()
    await vote.list_voters()
    await vote.issue(0)
    await vote.list_voters("번호,이름,휴대전화\n7,다른 사람,010-7777-7777\n")
    assert await vote.issue(1) is False
    assert vote.carrier.letters == []
    assert await vote.issue(0) is True


async def test_an_empty_roll_is_not_issued(vote: Vote) -> None:
    await vote.prepare()
    with pytest.raises(Conflict, match="명부가 비어"):
        await vote.issue(0)


async def test_everybody_gets_a_link_of_their_own_by_phone_or_else_by_mail(vote: Vote) -> None:
    await vote.prepare()
    await vote.list_voters()
    assert await vote.issue() is True
    letters = vote.carrier.letters
    assert [(letter.channel, letter.recipient) for letter in letters] == [
        ("sms", "010-1234-5671"),
        ("sms", "010-1234-5672"),
        ("mail", "three@example.kr"),
    ]
    assert all(f"https://yaksok.example.kr/vote/{vote.uuid}#" in letter.text for letter in letters)
    assert len(set(vote.credentials().values())) == 3
    for entry in await vote.roll():
        public = derive(vote.credentials()[entry.phone or entry.mail], vote.uuid).public
        assert entry.credential == public
        assert entry.credential_sha256 == hashlib.sha256(public.encode()).hexdigest()
    assert (await vote.election()).state is ElectionState.ISSUED


async def test_links_are_issued_once(vote: Vote) -> None:
    await vote.prepare()
    await vote.list_voters()
    await vote.issue()
    with pytest.raises(Conflict, match="투표 링크 발송"):
        await vote.issue(0)
    assert len(vote.carrier.letters) == 3


async def test_a_link_that_did_not_arrive_is_shown_and_replaced_before_the_opening(vote: Vote) -> None:
    await vote.prepare()
    await vote.list_voters()
    vote.carrier.unknown = {"010-1234-5672"}
    await vote.issue()
    assert await _unreached(vote) == ["2"]
    first = (await vote.roll())[1].credential
    vote.carrier.unknown = set()
    async with vote.db.writing() as session:
        election = await vote.held(session)
        await issue_again(session, vote.outbox, vote.settings, election, "2", vote.officers[0])
    await vote.outbox.deliver()
    assert await _unreached(vote) == []
    entry = (await vote.roll())[1]
    assert entry.credential != first
    assert derive(vote.credentials()["010-1234-5672"], vote.uuid).public == entry.credential


async def test_a_new_link_undoes_the_first_press_of_the_opening(vote: Vote) -> None:
    await vote.prepare()
    await vote.name_trustees()
    await vote.give_keys()
    await vote.list_voters()
    await vote.issue()
    await vote.open(0)
    async with vote.db.writing() as session:
        election = await vote.held(session)
        await issue_again(session, vote.outbox, vote.settings, election, "1", vote.officers[0])
    assert await vote.open(1) is False


async def test_once_the_vote_is_open_no_link_is_replaced(vote: Vote) -> None:
    await vote.begin()
    before = [entry.credential for entry in await vote.roll()]
    with pytest.raises(Conflict, match="투표 중"):
        async with vote.db.writing() as session:
            election = await vote.held(session)
            await issue_again(session, vote.outbox, vote.settings, election, "1", vote.officers[0])
    assert [entry.credential for entry in await vote.roll()] == before


async def test_nobody_outside_the_roll_gets_a_link(vote: Vote) -> None:
    await vote.prepare()
    await vote.list_voters()
    await vote.issue()
    with pytest.raises(NotFound):
        async with vote.db.writing() as session:
            election = await vote.held(session)
            await issue_again(session, vote.outbox, vote.settings, election, "99", vote.officers[0])


async def test_no_credential_is_found_in_any_table_nor_in_the_log(
    vote: Vote, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await vote.begin()
    credentials = [*vote.credentials().values()]
    secrets = [str(derive(credential, vote.uuid).secret) for credential in credentials]
    dump = await _dump(vote.db)
    assert vote.uuid in dump
    written = dump + caplog.text
    for credential, secret in zip(credentials, secrets, strict=True):
        for form in (credential, credential.replace("-", ""), secret, f"{int(secret):x}"):
            assert form not in written
    async with vote.db.reading() as session:
        messages = (await session.exec(select(Message))).all()
    assert [(m.body, m.fate) for m in messages] == [(None, Fate.SENT)] * 3


async def test_the_scan_finds_a_credential_that_was_kept(vote: Vote) -> None:
    await vote.prepare()
    await vote.list_voters()
    vote.outbox._keep_bodies = True
    await vote.issue()
    assert next(iter(vote.credentials().values())) in await _dump(vote.db)


def test_a_drawn_credential_does_not_show_in_its_representation() -> None:
    (drawn,) = draw_many("2Koreatest1234", 1)
    assert drawn.credential not in repr(drawn)
    assert derive(drawn.credential, "2Koreatest1234").public == drawn.public


async def _unreached(vote: Vote) -> list[str]:
    async with vote.db.reading() as session:
        standing = await standing_of(session, vote.uuid, vote.officers[0])
    return [entry.number for entry in standing.letters.unreached]


async def _dump(db: Database) -> str:
    """Every value of every table, as text."""
    parts = []
    async with db.reading() as session:
        connection = await session.connection()
        for table in SQLModel.metadata.sorted_tables:
            parts += [repr(tuple(row)) for row in await connection.execute(sa.select(table))]
    return "\n".join(parts)
