"""Contracts may be amended until the vote opens; what it binds is what stands then, and nothing changes after."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from ballots.model import ElectionOption
from ballots.protocol.election import read_election
from contracts.changes import amending, drafts, requesting
from contracts.model import Agency, Contract, Cycle, Phase
from contracts.reading import contracts_of, cycle_name, tree_of
from contracts.terms.canonical import canonical_bytes, contract_record, sha256_hex
from contracts.terms.tree import tasks
from contracts.writing.wording import seen_of
from office.clock import now
from office.errors import Conflict
from office.people import Person, Role, enrol, totp_of
from tests.ballots.votes import PASSWORD, Vote

REASON = "예산이 바뀌어 약속을 고칩니다."


class Amending:
    """An officer and a head of the first agency, who change its first promise with the vote's two officers."""

    def __init__(self, vote: Vote) -> None:
        self.vote = vote
        self.people: dict[Role, Person] = {}
        self.number = 0

    async def _found(self) -> tuple[Cycle, Contract, Agency]:
        async with self.vote.db.reading() as session:
            cycle = (await session.exec(select(Cycle))).one()
            contract, agency = (await contracts_of(session, cycle))[0]
        return cycle, contract, agency

    def code(self, person: Person) -> str:
        return totp_of(person, self.vote.settings).now()

    async def sign_and_enrol(self) -> None:
        """The contract as if signed before publication, and its people."""
        _, _, agency = await self._found()
        async with self.vote.db.writing() as session:
            cycle = (await session.exec(select(Cycle))).one()
            for contract, _ in await contracts_of(session, cycle):
                tree = await tree_of(session, contract)
                record = canonical_bytes(contract_record(tree, cycle=cycle_name(cycle)))
                contract.record, contract.fingerprint = record.decode(), sha256_hex(record)
                contract.published_at = now()
                session.add(contract)
            for role in (Role.OFFICER, Role.HEAD):
                self.people[role] = await enrol(
                    session,
                    self.vote.settings,
                    email=f"amending-{role.value}@example.kr",
                    name=role.value,
                    role=role,
                    agency=agency.code,
                    password=PASSWORD,
                )

    async def ask_and_consent(self, promise: str) -> None:
        async with self.vote.db.writing() as session:
            cycle = (await session.exec(select(Cycle))).one()
            contract, agency = (await contracts_of(session, cycle))[0]
            task = tasks(await tree_of(session, contract))[0]
            officer = self.people[Role.OFFICER]
            draft = await drafts.take(session, cycle, contract, officer)
            form = {"promise": promise}
            await drafts.change(session, draft, task.code, form, seen_of(task))
            made = await requesting.ask(session, cycle, contract, requesting.Wanted(reason=REASON), officer)
            self.number = made.id or 0
            head = self.people[Role.HEAD]
            settings = self.vote.settings
            await requesting.consent(
                session, settings, cycle, contract, agency, self.number, head, self.code(head)
            )

    async def approve(self, officer: int) -> bool:
        person = self.vote.officers[officer]
        async with self.vote.db.writing() as session:
            cycle = (await session.exec(select(Cycle))).one()
            contract, _ = (await contracts_of(session, cycle))[0]
            settings, code = self.vote.settings, self.code(person)
            return await amending.approve(
                session, settings, cycle, contract, self.number, person, code, bound=None
            )


@pytest.fixture
async def amended(vote: Vote) -> AsyncIterator[Amending]:
    await vote.prepare()
    await vote.name_trustees()
    await vote.give_keys()
    await vote.list_voters()
    await vote.issue()
    amending_ = Amending(vote)
    await amending_.sign_and_enrol()
    yield amending_


async def test_an_amendment_between_the_presses_starts_over_and_the_renewed_contracts_are_bound(
    vote: Vote, amended: Amending
) -> None:
    assert await vote.open(0) is False
    await amended.ask_and_consent("고친 약속을 지키겠습니다.")
    assert await amended.approve(0) is False
    assert await amended.approve(1) is True
    assert await vote.open(1) is False, "what the first officer agreed to is not what stands now"
    assert await vote.open(0) is True
    election = await vote.election()
    async with vote.db.reading() as session:
        cycle = (await session.exec(select(Cycle))).one()
        promises = list(await session.exec(select(ElectionOption.promise)))
    record = read_election((election.election_record or "").encode())
    assert f"contracts sha256:{cycle.contracts_sha256}" in record.description.splitlines()
    assert "고친 약속을 지키겠습니다." in promises


async def test_once_open_not_even_a_request_of_before_is_approved(vote: Vote, amended: Amending) -> None:
    await amended.ask_and_consent("늦은 약속입니다.")
    assert await amended.approve(0) is False
    await vote.open(0)
    assert await vote.open(1) is True
    async with vote.db.reading() as session:
        cycle = (await session.exec(select(Cycle))).one()
        before = cycle.contracts_sha256
        assert cycle.phase is Phase.VOTING
    with pytest.raises(Conflict, match="투표가 열린 뒤"):
        await amended.approve(1)
    with pytest.raises(Conflict, match="투표가 열린 뒤"):
        await amended.ask_and_consent("더 늦은 약속입니다.")
    async with vote.db.reading() as session:
        assert (await session.exec(select(Cycle.contracts_sha256))).one() == before
