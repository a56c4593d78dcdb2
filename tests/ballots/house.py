"""Two officers and two trustees at their browsers, and the vote they work on, over HTTP."""

import httpx
from litestar import Litestar
from sqlmodel import col, select

from ballots.model import BoxedBallot, Election, RollEntry
from ballots.protocol.ballot import encrypt, tracker
from ballots.protocol.credentials import derive
from ballots.protocol.election import open_election
from ballots.protocol.trustees import make_key, partial_decryption
from office.clock import now
from office.database import Database
from office.people import Person
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests.ballots.votes import ROLL, scoring_cycle

FORM = {
    "title": "2026년 도민 투표",
    "question": "약속을 가장 잘 지킨 과제를 골라 주십시오.",
    "min_picks": "1",
    "max_picks": "2",
    "blank": "yes",
}


class House:
    """Two officers and two trustees, signed in, and the vote they work on."""

    def __init__(self, db: Database, settings: Settings, app: Litestar) -> None:
        self.db, self.settings, self.app = db, settings, app
        self.officers: list[Visitor] = []
        self.trustees: list[tuple[Person, Visitor]] = []
        self.secrets: list[int] = []
        self.here = ""

    @property
    def uuid(self) -> str:
        return self.here.rsplit("/", 1)[1]

    async def create(self, **change: str) -> None:
        async with self.db.writing() as session:
            await scoring_cycle(session)
        answer = await self.officers[0].post("/office/elections", FORM | change)
        self.here = answer.headers["location"]

    async def upload(self, text: str = ROLL, *, expect: int = 303) -> httpx.Response:
        files = {"file": ("roll.csv", text.encode(), "text/csv")}
        return await self.officers[0].post(f"{self.here}/roll", files=files, expect=expect)

    async def take_roll(self) -> None:
        await self.officers[0].post((await self.upload()).headers["location"])

    async def name_trustees(self) -> None:
        chosen = [str(person.id) for person, _ in self.trustees]
        await self.officers[0].post(f"{self.here}/trustees", {"mandatory": chosen})

    async def give_keys(self) -> None:
        for _, visitor in self.trustees:
            secret, key = make_key()
            self.secrets.append(secret)
            await visitor.send(f"/trustee/{self.uuid}/key", key)

    async def both(self, act: str) -> None:
        for officer in self.officers:
            await officer.post(f"{self.here}/{act}")

    async def opened(self) -> None:
        await self.create()
        await self.name_trustees()
        await self.give_keys()
        await self.take_roll()
        await self.both("issue")
        await self.both("open")

    async def election(self) -> Election:
        async with self.db.reading() as session:
            return (await session.exec(select(Election).where(col(Election.uuid) == self.uuid))).one()

    async def links(self) -> dict[str, str]:
        """Credential by recipient, as the demonstration outbox shows them."""
        answer = await self.officers[0].http.get(
            "/demonstration/outbox", params={"purpose": "voting link"}, headers={"Accept": "application/json"}
        )
        return {message["to"]: message["text"].split("#")[1].split()[0] for message in answer.json()}

    async def vote(self, number: str, *picks: int) -> None:
        """A ballot of one voter, put straight into the box."""
        election = await self.election()
        context = open_election((election.election_record or "").encode(), window=4)
        async with self.db.writing() as session:
            entry = (await session.exec(select(RollEntry).where(col(RollEntry.number) == number))).one()
            secret = derive((await self.links())[entry.phone or entry.mail], self.uuid).secret
            unrated = len(context.election.questions) - 1
            raw = encrypt(context, secret, [picks, *[()] * unrated])
            session.add(
                BoxedBallot(
                    election_id=entry.election_id,
                    roll_entry_id=entry.id or 0,
                    challenge_id=tracker(raw),
                    digest=tracker(raw),
                    body=raw.decode(),
                    accepted_at=now(),
                )
            )

    async def share(self, place: int) -> httpx.Response:
        _, visitor = self.trustees[place]
        tally = (await visitor.http.get(f"/trustee/{self.uuid}/tally.json")).content
        fingerprint = (await self.election()).fingerprint or ""
        share = partial_decryption(fingerprint, tally, self.secrets[place])
        return await visitor.send(f"/trustee/{self.uuid}/share", share)
