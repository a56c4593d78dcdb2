"""A vote's surroundings for tests: a cycle with published contracts, people, a roll, keys, ballots in the box."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import closing, issuing, opening, roll, setup
from ballots.ceremony import naming
from ballots.ceremony import steps as ceremony
from ballots.model import BoxedBallot, Election, RollEntry
from ballots.projection import board_path, bring_up_to_date
from ballots.protocol.ballot import Picks, encrypt, tracker
from ballots.protocol.credentials import derive
from ballots.protocol.election import ElectionContext, open_election
from ballots.protocol.trustees import make_key, partial_decryption
from ballots.roll_file import parse
from ballots.sequencer import held_open
from contracts.cycles import create_cycle
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import cycle_name, published_trees
from contracts.terms.canonical import set_fingerprint
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from contracts.writing.drafting import store_contracts
from office.carriers import Letter, Undeliverable
from office.clock import now
from office.database import Database
from office.outbox import Outbox
from office.people import Person, Role, enrol
from office.settings import Settings
from reports.rulebook import default_rulebook
from reports.rules import publish_rulebook

ROLL = "번호,이름,휴대전화,전자우편,가중치\n1,김하나,010-1234-5671,,\n2,이두리,01012345672,,\n3,박세나,,three@example.kr,\n"
PASSWORD = "a long enough password"


def panel(*strata: tuple[str, int, int]) -> str:
    """A roll of so many strata: (name, people, weight); numbers run on."""
    lines = ["번호,이름,휴대전화,계층,가중치"]
    for name, people, weight in strata:
        for _ in range(people):
            number = len(lines)
            lines.append(f"{number},평가단 {number},010-1234-{1000 + number},{name},{weight}")
    return "\n".join([*lines, ""])


class Recording:
    """A carrier that keeps what it carried, and takes nothing for some addresses."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.unknown: set[str] = set()

    async def carry(self, letter: Letter) -> str:
        if letter.recipient in self.unknown:
            raise Undeliverable("no such address")
        self.letters.append(letter)
        return "recorded"


@dataclass
class Vote:
    """One vote in a database, moved on by calling the services as different people."""

    db: Database
    settings: Settings
    carrier: Recording = field(default_factory=Recording)
    officers: list[Person] = field(default_factory=list)
    trustees: list[Person] = field(default_factory=list)
    secrets: list[int] = field(default_factory=list)
    uuid: str = ""
    rng: random.Random = field(default_factory=lambda: random.Random(7))

    def __post_init__(self) -> None:
        self.outbox = Outbox(self.db, {"sms": self.carrier, "mail": self.carrier})

    async def election(self) -> Election:
        async with self.db.reading() as session:
            return (await session.exec(select(Election).where(col(Election.uuid) == self.uuid))).one()

    async def held(self, session: AsyncSession) -> Election:
        """The election in a session of the caller's."""
        return (await session.exec(select(Election).where(col(Election.uuid) == self.uuid))).one()

    async def board(self) -> bytes:
        """The public file as it stands."""
        await bring_up_to_date(self.db, self.settings, self.uuid)
        return board_path(self.settings, self.uuid).read_bytes()

    async def roll(self) -> list[RollEntry]:
        async with self.db.reading() as session:
            return await roll.roll_of(session, await self.election())

    async def enrol_people(self) -> None:
        """Two officers and two trustees."""
        async with self.db.writing() as session:
            for role, number in ((Role.OFFICE, 1), (Role.OFFICE, 2), (Role.TRUSTEE, 1), (Role.TRUSTEE, 2)):
                person = await enrol(
                    session,
                    self.settings,
                    email=f"vote-{role.value}{number}@example.kr",
                    name=f"{'담당' if role is Role.OFFICE else '관리'}{number}",
                    role=role,
                    password=PASSWORD,
                )
                (self.officers if role is Role.OFFICE else self.trustees).append(person)

    async def prepare(
        self, *, tasks: int = 3, most: int = 2, blank: bool = True, ratings: bool = False
    ) -> None:
        """A cycle in the phase of scoring, two officers, two trustees, and the election."""
        await self.enrol_people()
        async with self.db.writing() as session:
            cycle = await scoring_cycle(session, tasks)
            election = await setup.create(
                session,
                cycle,
                setup.NewElection(
                    title="도민 투표", question="잘 지킨 과제", max_picks=most, blank=blank, ratings=ratings
                ),
                self.officers[0],
            )
            self.uuid = election.uuid

    async def name_trustees(self) -> None:
        async with self.db.writing() as session:
            election = await self.held(session)
            await naming.name_trustees(
                session, election, [p.id for p in self.trustees if p.id], [], None, self.officers[0]
            )

    async def give_keys(self) -> None:
        for person in self.trustees:
            secret, key = make_key(rng=self.rng)
            self.secrets.append(secret)
            async with self.db.writing() as session:
                await ceremony.store_key(session, self.uuid, person, key)

    async def list_voters(self, text: str = ROLL) -> None:
        async with self.db.writing() as session:
            election = await self.held(session)
            draft = await roll.keep_draft(
                session, election, "roll.csv", parse(text.encode(), "roll.csv"), self.officers[0]
            )
            assert draft.id is not None
            await roll.apply_draft(session, election, draft.id, self.officers[0])

    async def issue(self, *by: int) -> bool:
        """The officers of these numbers ask, one after the other; whether it happened."""
        happened = False
        for officer in by or (0, 1):
            async with self.db.writing() as session:
                happened = await issuing.issue(
                    session, self.outbox, self.settings, await self.held(session), self.officers[officer]
                )
        await self.outbox.deliver()
        return happened

    async def open(self, *by: int) -> bool:
        happened = False
        for officer in by or (0, 1):
            async with self.db.writing() as session:
                election = await self.held(session)
                cycle = await session.get_one(Cycle, election.cycle_id)
                happened = await opening.open_vote(session, election, cycle, self.officers[officer])
        return happened

    async def close(self, *by: int) -> bool:
        happened = False
        for officer in by or (0, 1):
            async with self.db.writing() as session:
                happened = await closing.close(session, await self.held(session), self.officers[officer])
        await closing.finish(self.db)
        return happened

    async def begin(
        self,
        *,
        listed: str = ROLL,
        tasks: int = 3,
        most: int = 2,
        blank: bool = True,
        ratings: bool = False,
    ) -> None:
        """Everything up to the open vote."""
        await self.prepare(tasks=tasks, most=most, blank=blank, ratings=ratings)
        await self.name_trustees()
        await self.give_keys()
        await self.list_voters(listed)
        await self.issue()
        await self.open()

    def credentials(self) -> dict[str, str]:
        """What came with the letters: credential by recipient."""
        return {letter.recipient: letter.text.split("#")[1].split()[0] for letter in self.carrier.letters}

    async def context(self) -> ElectionContext:
        election = await self.election()
        assert election.election_record and election.credentials_record
        return open_election(
            election.election_record.encode(), election.credentials_record.encode(), window=4
        )

    async def box(
        self, votes: Sequence[tuple[int, Picks, *tuple[Picks, ...]]], *, held: asyncio.Event | None = None
    ) -> None:
        """Put ballots into the box as casting does: (place on the roll, picks, picks of further questions if any).

        With `held`, say when the vote is held open, and take a while then.
        """
        context, entries = await self.context(), await self.roll()
        credentials = self.credentials()
        for place, *picks in votes:
            entry = entries[place]
            secret = derive(credentials[entry.phone or entry.mail], self.uuid).secret
            unanswered = len(context.election.questions) - len(picks)
            raw = encrypt(context, secret, [*picks, *[()] * unanswered], self.rng)
            async with self.db.writing() as session:
                assert entry.id is not None
                await held_open(session, entry.election_id)
                if held is not None:
                    held.set()
                    await asyncio.sleep(0.3)
                session.add(
                    BoxedBallot(
                        election_id=entry.election_id,
                        roll_entry_id=entry.id,
                        challenge_id=tracker(raw),
                        digest=tracker(raw),
                        body=raw.decode(),
                        accepted_at=now(),
                    )
                )

    async def share(self, place: int, *, secret: int | None = None) -> bytes:
        """A trustee's share of the decryption."""
        election = await self.election()
        assert election.fingerprint and election.tally_record
        return partial_decryption(
            election.fingerprint, election.tally_record.encode(), secret or self.secrets[place], self.rng
        )

    async def count(self) -> None:
        """Every trustee opens the tally."""
        for place, person in enumerate(self.trustees):
            await closing.store_share(self.db, self.uuid, person, await self.share(place))
        await closing.finish(self.db)


async def scoring_cycle(session: AsyncSession, tasks: int = 3, *, year: int = 2026) -> Cycle:
    """A cycle whose contracts are published, one task of weight 0 an agency, with contracts and rulebook fingerprinted."""
    cycle = await create_cycle(session, year=year, title=f"{year}년 성과평가", by="test")
    trees = [
        ContractTree(
            f"A{number}",
            f"기관 {number}",
            "본부",
            (
                Node(
                    f"A{number}-T1",
                    f"과제 {number}",
                    Kind.TASK,
                    Decimal(100),
                    promise=f"약속 {number}",
                    result=f"결과 {number}",
                    on_ballot=True,
                    children=(
                        Node(
                            f"A{number}-T1-I1",
                            "지표",
                            Kind.INDICATOR,
                            Decimal(100),
                            measure=Measure(Direction.UP, Method.SHOWN),
                        ),
                    ),
                ),
            ),
        )
        for number in range(1, tasks + 1)
    ]
    await store_contracts(session, cycle, trees, by="test")
    for contract in await session.exec(select(Contract)):
        contract.state = ContractState.PUBLISHED
    await session.flush()
    cycle.contracts_sha256 = set_fingerprint(await published_trees(session, cycle), cycle=cycle_name(cycle))
    by = (await session.exec(select(Person).order_by(col(Person.id)))).first() or Person(
        email="rules@example.kr", name="규칙", role=Role.OFFICE, password_hash="-", totp_sealed="-"
    )
    session.add(by)
    await session.flush()
    await publish_rulebook(session, cycle, default_rulebook(), by)
    cycle.phase = Phase.SCORING
    await session.flush()
    return cycle
