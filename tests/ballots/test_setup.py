"""Preparing a vote: question, options, trustees and their keys."""

import pytest
from sqlmodel import select

from ballots import setup
from ballots.model import Election, ElectionState
from ballots.trustees import make_key
from contracts.cycles import create_cycle
from office.errors import Conflict, NotFound, Refused, TooLarge
from office.people import Person, Role
from tests.ballots.votes import Vote, scoring_cycle


async def test_the_options_are_the_tasks_on_the_ballot_in_the_order_of_the_contracts(vote: Vote) -> None:
    await vote.prepare(tasks=3)
    async with vote.db.reading() as session:
        options = await setup.options_of(session, await vote.held(session))
    assert [(o.position, o.agency_code, o.task_code, o.title, o.promise, o.result) for o in options] == [
        (n - 1, f"A{n}", f"A{n}-T1", f"과제 {n}", f"약속 {n}", f"결과 {n}") for n in (1, 2, 3)
    ]


async def test_a_cycle_has_one_vote(vote: Vote) -> None:
    await vote.prepare()
    wanted = setup.NewElection(title="또", question="또", max_picks=1)
    with pytest.raises(Conflict, match="이미 있습니다"):
        async with vote.db.writing() as session:
            cycle = await setup.elections(session)
            await setup.create(session, cycle[0][1], wanted, vote.officers[0])


async def test_no_vote_before_contracts_are_published(vote: Vote) -> None:
    wanted = setup.NewElection(title="가", question="나", max_picks=1)
    with pytest.raises(Conflict, match="계약 작성"):
        async with vote.db.writing() as session:
            cycle = await create_cycle(session, year=2027, title="새 주기", by="test")
            await setup.create(session, cycle, wanted, _nobody())


@pytest.mark.parametrize(
    ("least", "most", "field"),
    [(1, 4, "max_picks"), (3, 2, "min_picks")],
    ids=["more than there are", "crossed"],
)
async def test_a_question_nobody_could_answer_is_refused_at_its_field(
    vote: Vote, least: int, most: int, field: str
) -> None:
    wanted = setup.NewElection(title="가", question="나", min_picks=least, max_picks=most)
    with pytest.raises(Refused) as refused:
        async with vote.db.writing() as session:
            await setup.create(session, await scoring_cycle(session, 3), wanted, _nobody())
    assert field in refused.value.fields
    async with vote.db.reading() as session:
        assert (await session.exec(select(Election))).all() == []


async def test_one_trustee_is_not_enough(vote: Vote) -> None:
    await vote.prepare()
    with pytest.raises(Refused, match="2명부터"):
        async with vote.db.writing() as session:
            await setup.name_trustees(
                session, await vote.held(session), [vote.trustees[0].id or 0] * 2, vote.officers[0]
            )


async def test_an_officer_cannot_be_made_a_trustee(vote: Vote) -> None:
    await vote.prepare()
    chosen = [vote.trustees[0].id or 0, vote.officers[1].id or 0]
    with pytest.raises(Refused, match="등록된 사람만"):
        async with vote.db.writing() as session:
            await setup.name_trustees(session, await vote.held(session), chosen, vote.officers[0])


async def test_who_stays_trustee_keeps_the_key(vote: Vote) -> None:
    await vote.prepare()
    await vote.name_trustees()
    await vote.give_keys()
    async with vote.db.writing() as session:
        turned = [person.id or 0 for person in reversed(vote.trustees)]
        await setup.name_trustees(session, await vote.held(session), turned, vote.officers[0])
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
                await setup.store_key(session, vote.uuid, vote.trustees[0], raw)
    async with vote.db.reading() as session:
        assert not any(t.key_record for t, _ in await setup.trustees_of(session, await vote.held(session)))


async def test_a_key_larger_than_any_key_is_refused(vote: Vote) -> None:
    await vote.prepare()
    await vote.name_trustees()
    with pytest.raises(TooLarge):
        async with vote.db.writing() as session:
            await setup.store_key(session, vote.uuid, vote.trustees[0], b"1" * 10_000)


async def test_two_trustees_cannot_hand_in_the_same_key(vote: Vote) -> None:
    await vote.prepare()
    await vote.name_trustees()
    _, key = make_key(rng=vote.rng)
    async with vote.db.writing() as session:
        await setup.store_key(session, vote.uuid, vote.trustees[0], key)
    with pytest.raises(Refused, match="다른 개표관리인"):
        async with vote.db.writing() as session:
            await setup.store_key(session, vote.uuid, vote.trustees[1], key)


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
            await setup.store_key(session, vote.uuid, vote.trustees[0], key)
    with pytest.raises(Conflict):
        await vote.name_trustees()
    assert (await vote.election()).state is ElectionState.OPEN


def _nobody() -> Person:
    return Person(id=1, email="x@example.kr", name="x", role=Role.OFFICE, password_hash="", totp_sealed="")
