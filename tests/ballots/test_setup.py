"""Preparing a vote: question, options, trustees and their keys."""

import pytest
from sqlmodel import select

from ballots import setup
from ballots.model import Election
from contracts.cycles import create_cycle
from office.errors import Conflict, Refused
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


def _nobody() -> Person:
    return Person(id=1, email="x@example.kr", name="x", role=Role.OFFICE, password_hash="", totp_sealed="")
