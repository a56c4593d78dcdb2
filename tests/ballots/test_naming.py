"""Naming the trustees, and the keys of those who are mandatory."""

import pytest

from ballots import setup
from ballots.ceremony import steps as ceremony
from ballots.ceremony.naming import name_trustees
from ballots.model import ElectionState
from ballots.protocol.trustees import make_key
from office.errors import Conflict, NotFound, Refused, TooLarge
from tests.ballots.votes import Vote


async def test_one_trustee_is_not_enough(vote: Vote) -> None:
    await vote.prepare()
    with pytest.raises(Refused, match="2명부터"):
        async with vote.db.writing() as session:
            chosen = [vote.trustees[0].id or 0] * 2
            await name_trustees(session, await vote.held(session), chosen, [], None, vote.officers[0])


async def test_an_officer_cannot_be_made_a_trustee(vote: Vote) -> None:
    await vote.prepare()
    chosen = [vote.trustees[0].id or 0, vote.officers[1].id or 0]
    with pytest.raises(Refused, match="등록된 사람만"):
        async with vote.db.writing() as session:
            await name_trustees(session, await vote.held(session), chosen, [], None, vote.officers[0])


async def test_who_stays_trustee_keeps_the_key(vote: Vote) -> None:
    await vote.prepare()
    await vote.name_trustees()
    await vote.give_keys()
    async with vote.db.writing() as session:
        turned = [person.id or 0 for person in reversed(vote.trustees)]
        await name_trustees(session, await vote.held(session), turned, [], None, vote.officers[0])
    async with vote.db.reading() as session:
        places = await setup.trustees_of(session, await vote.held(session))
    assert [(t.owner, p.name, t.key_record is not None) for t, p in places] == [
        (1, "관리2", True),
        (2, "관리1", True),
    ]


async def test_a_key_is_taken_only_with_the_proof_that_its_maker_holds_the_secret(vote: Vote) -> None:
    await vote.prepare()
    await vote.name_trustees()
    _, one = make_key(rng=vote.rng)
    _, other = make_key(rng=vote.rng)
    mixed = one[: one.index(b'"public_key"')] + other[other.index(b'"public_key"') :]
    for raw in (mixed, b"{}", b"", b"\xff", one + b" ", one.replace(b'"}', b'","name":"other"}')):
        with pytest.raises(Refused, match=r"관리1 님"):
            async with vote.db.writing() as session:
                await ceremony.store_key(session, vote.uuid, vote.trustees[0], raw)
    async with vote.db.reading() as session:
        assert not any(t.key_record for t, _ in await setup.trustees_of(session, await vote.held(session)))


async def test_a_key_larger_than_any_key_is_refused(vote: Vote) -> None:
    await vote.prepare()
    await vote.name_trustees()
    with pytest.raises(TooLarge):
        async with vote.db.writing() as session:
            await ceremony.store_key(session, vote.uuid, vote.trustees[0], b"1" * 10_000)


async def test_two_trustees_cannot_hand_in_the_same_key(vote: Vote) -> None:
    await vote.prepare()
    await vote.name_trustees()
    _, key = make_key(rng=vote.rng)
    async with vote.db.writing() as session:
        await ceremony.store_key(session, vote.uuid, vote.trustees[0], key)
    with pytest.raises(Refused, match="다른 개표관리인"):
        async with vote.db.writing() as session:
            await ceremony.store_key(session, vote.uuid, vote.trustees[1], key)


async def test_somebody_else_has_no_place_in_the_vote(vote: Vote) -> None:
    await vote.prepare()
    await vote.name_trustees()
    with pytest.raises(NotFound):
        async with vote.db.reading() as session:
            await setup.place_of(session, vote.uuid, vote.officers[0])


async def test_after_the_opening_no_key_and_no_trustee_changes(vote: Vote) -> None:
    await vote.begin()
    _, key = make_key(rng=vote.rng)
    with pytest.raises(Conflict):
        async with vote.db.writing() as session:
            await ceremony.store_key(session, vote.uuid, vote.trustees[0], key)
    with pytest.raises(Conflict):
        await vote.name_trustees()
    assert (await vote.election()).state is ElectionState.OPEN
