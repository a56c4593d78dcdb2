"""An open vote in a database with everything its people hold, made in a moment: for tests of what comes after the opening."""

from __future__ import annotations

import hashlib
import os
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any

import httpx
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.closing import finish
from ballots.model import (
    BoxedBallot,
    Election,
    ElectionOption,
    ElectionState,
    ElectionTrustee,
    EventKind,
    RatedAgency,
    RollEntry,
)
from ballots.opening import DESCRIPTION
from ballots.protocol import board
from ballots.protocol.ballot import Picks, encrypt, tracker
from ballots.protocol.credentials import Credential, credentials_record, derive, draw, draw_uuid
from ballots.protocol.election import ElectionContext, election_record, open_election
from ballots.protocol.records import Question
from ballots.protocol.tally import Tally, read_result, result_record
from ballots.protocol.trustees import make_key, partial_decryption, read_trustees, trustees_record
from ballots.ratings import rating_questions
from ballots.roll import digest
from ballots.sequencer import append, publish_waiting
from contracts.model import Agency, Contract, ContractNode, ContractState, Cycle, Phase
from contracts.terms.canonical import set_fingerprint
from contracts.terms.tree import ContractTree, Kind, Node
from office.clock import now
from office.database import Database
from office.people import Person, Role
from rehearsal.visitor import Visitor
from reports.model import RulebookRow
from reports.rulebook import default_rulebook, read_rulebook

TIMESTAMP = 1_795_294_098
TITLE = "2026년 도정평가단 투표"
QUESTION = "약속을 가장 잘 지킨 과제는 무엇입니까?"
TASKS = (
    (
        "교통국",
        "버스 제시간 운행",
        "시내버스가 제시간에 오는 비율을 90%까지 올리겠습니다.",
        "86.4%까지 올렸습니다.",
    ),
    (
        "여성가족국",
        "어린이집 야간 돌봄",
        "밤 10시까지 여는 어린이집을 시·군마다 두 곳 두겠습니다.",
        "15개 시·군에 34곳이 문을 열었습니다.",
    ),
    ("환경국", "하천 되살리기", "도심 하천 여섯 곳의 물을 2급수로 만들겠습니다.", ""),
    (
        "보건국",
        "공공의료원 야간 진료",
        "네 의료원 모두 밤 9시까지 진료하겠습니다.",
        "네 곳 가운데 세 곳이 밤 9시까지 엽니다.",
    ),
    (
        "농정국",
        "로컬푸드 급식",
        "학교 급식에 도내 농산물을 60% 쓰겠습니다.",
        "61.2%를 썼습니다. 배추와 무는 모두 도내 것입니다.",
    ),
)
TRUSTEES = ("감사위원회 김감사", "도민대표 이도민")
KEYS_AT = datetime.fromisoformat("2026-11-20T01:00:00+00:00")
SALT = "5a17" * 16
RULEBOOK = read_rulebook(default_rulebook())
CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


@dataclass(frozen=True)
class Materials:
    """The cryptographic part of a vote; making it costs more than storing it, and a context knows its tables."""

    uuid: str
    titles: tuple[str, ...]
    credentials: list[str]
    keys: list[Credential]
    trustees: list[tuple[int, bytes]]
    trustees_record: bytes
    listed: bytes
    context: ElectionContext
    trees: tuple[ContractTree, ...]
    roll_sha256: str


@cache
def _materials(
    voters: int, options: int, minimum: int, maximum: int, blank: bool, rated: tuple[str, ...], seed: int
) -> Materials:
    rng = random.Random(f"{voters} {options} {minimum} {maximum} {blank} {seed}")
    uuid = draw_uuid(rng)
    credentials = [draw(rng) for _ in range(voters)]
    keys = [derive(credential, uuid) for credential in credentials]
    trustees = [make_key(None, rng) for _ in range(2)]
    both = trustees_record([record for _, record in trustees])
    titles = tuple(
        TASKS[i % len(TASKS)][1] + (f" {i // len(TASKS) + 1}" if i >= len(TASKS) else "")
        for i in range(options)
    )
    trees = _trees(titles)
    roll_sha256 = digest(_entries(0, keys), SALT)
    record = election_record(
        uuid=uuid,
        name=TITLE,
        questions=[
            Question(answers=titles, min=minimum, max=maximum, question=QUESTION, blank=blank),
            *rating_questions(_rated(0, rated)),
        ],
        public_key=read_trustees(both).public_key,
        description=DESCRIPTION.format(
            title=TITLE,
            contracts=set_fingerprint(trees, cycle=str(2025 + seed)),
            rulebook=RULEBOOK.sha256,
            roll=roll_sha256,
        ),
    )
    listed = credentials_record({key.public: 1 for key in keys})
    context = open_election(record, listed, window=6)
    return Materials(uuid, titles, credentials, keys, trustees, both, listed, context, trees, roll_sha256)


def _trees(titles: Sequence[str]) -> tuple[ContractTree, ...]:
    """A contract of one task for every option."""
    return tuple(
        ContractTree(
            f"A{i}",
            agency,
            "",
            (
                Node(
                    f"T{i}",
                    titles[i],
                    Kind.TASK,
                    Decimal(100),
                    promise=promise,
                    result=result,
                    on_ballot=True,
                ),
            ),
        )
        for i, (agency, _, promise, result) in enumerate(TASKS[i % len(TASKS)] for i in range(len(titles)))
    )


def _entries(election_id: int, keys: Sequence[Credential]) -> list[RollEntry]:
    return [
        RollEntry(
            election_id=election_id,
            number=str(voter + 1),
            name=f"평가단 {voter + 1}",
            phone=phone(voter),
            credential=key.public,
            credential_sha256=hashlib.sha256(key.public.encode()).hexdigest(),
        )
        for voter, key in enumerate(keys)
    ]


async def _publish_contracts(session: AsyncSession, cycle: Cycle, made: Materials, by: Person) -> None:
    """Contracts and rulebook as the vote was bound to them."""
    assert cycle.id is not None and by.id is not None
    known = {agency.code: agency for agency in await session.exec(select(Agency))}
    for tree in made.trees:
        (task,) = tree.children
        agency = known.get(tree.agency_code) or Agency(code=tree.agency_code, name=tree.agency)
        session.add(agency)
        await session.flush()
        contract = Contract(
            cycle_id=cycle.id,
            agency_id=agency.id or 0,
            public_id=f"{cycle.year}-{tree.agency_code}",
            state=ContractState.PUBLISHED,
        )
        session.add(contract)
        await session.flush()
        session.add(
            ContractNode(
                contract_id=contract.id or 0,
                position=0,
                kind=task.kind,
                code=task.code,
                title=task.title,
                weight=Decimal(100),
                promise=task.promise,
                result=task.result,
                on_ballot=True,
            )
        )
    cycle.contracts_sha256 = set_fingerprint(made.trees, cycle=str(cycle.year))
    cycle.rulebook_sha256 = RULEBOOK.sha256
    published = select(RulebookRow.id).where(col(RulebookRow.sha256) == RULEBOOK.sha256)
    if (await session.exec(published)).first() is None:
        session.add(
            RulebookRow(
                sha256=RULEBOOK.sha256,
                name=RULEBOOK.name,
                version=RULEBOOK.version,
                text=RULEBOOK.text,
                published_at=KEYS_AT,
                published_by=by.id,
            )
        )


def _rated(election_id: int, agencies: tuple[str, ...]) -> list[RatedAgency]:
    return [
        RatedAgency(election_id=election_id, position=i, agency_code=name, agency=name)
        for i, name in enumerate(agencies)
    ]


@dataclass
class Poll:
    """What the office, the trustees and the voters of one vote hold between them."""

    id: int
    uuid: str
    context: ElectionContext
    credentials: list[str]
    keys: list[Credential]
    secrets: list[int]
    entries: list[int]
    trustees: bytes
    rng: random.Random = field(repr=False)

    @property
    def address(self) -> str:
        return f"/vote/{self.uuid}"

    def phone(self, voter: int) -> str:
        return phone(voter)

    def ballot(self, voter: int, *picks: int, blank: bool = False) -> bytes:
        """A voter's encrypted ballot; agencies are left without a rating."""
        others: list[Picks] = [()] * (len(self.context.election.questions) - 1)
        votes = [self._picks(picks, blank), *others]
        return encrypt(self.context, self.keys[voter].secret, votes, self.rng)

    def credential_of(self, ballot: BoxedBallot) -> str:
        """The public credential of whoever cast a ballot."""
        return self.keys[self.entries.index(ballot.roll_entry_id)].public

    def stranger_ballot(self, *picks: int) -> bytes:
        """A well-formed ballot of a credential that is on no roll."""
        return encrypt(self.context, derive(draw(self.rng), self.uuid).secret, [picks], self.rng)

    def _picks(self, picks: tuple[int, ...], blank: bool) -> Picks:
        return None if blank else picks

    def share(self, owner: int, tally: bytes) -> bytes:
        """A trustee's share of the decryption, counted from 1."""
        return partial_decryption(self.context.fingerprint, tally, self.secrets[owner - 1], self.rng)

    def counted(self, tally: Tally) -> list[list[int]]:
        """What both trustees together find in encrypted totals."""
        shares = {owner: self.share(owner, tally.raw) for owner in (1, 2)}
        raw = result_record(tally.raw, read_trustees(self.trustees), shares, tally.total_weight)
        return read_result(raw)

    async def ask(self, visitor: Visitor, raw: bytes) -> dict[str, Any]:
        """Show a ballot; what the booth is told."""
        answer: dict[str, Any] = (await visitor.send(f"{self.address}/ballots", raw)).json()
        return answer

    async def give(
        self, visitor: Visitor, challenge: str, code: str, raw: bytes, expect: int | tuple[int, ...] = 201
    ) -> httpx.Response:
        """Hand in code and ballot."""
        content = {"challenge": challenge, "code": code, "ballot": raw.decode()}
        return await visitor.send(f"{self.address}/casts", content, expect=expect)

    async def codes(self, visitor: Visitor, voter: int) -> list[str]:
        """The codes a voter has been sent, newest first, as the demonstration's outbox shows them."""
        query = {"recipient": self.phone(voter), "purpose": "one-time code"}
        answer = await visitor.get(
            "/demonstration/outbox", params=query, headers={"Accept": "application/json"}
        )
        return [found[1] for message in answer.json() if (found := CODE.search(message["text"]))]

    async def cast(self, visitor: Visitor, voter: int, *picks: int, blank: bool = False) -> bytes:
        """A whole vote over HTTP."""
        raw = self.ballot(voter, *picks, blank=blank)
        asked = await self.ask(visitor, raw)
        code = (await self.codes(visitor, voter))[0]
        await self.give(visitor, asked["challenge"], code, raw)
        return raw


def phone(voter: int) -> str:
    return f"010-0000-{1000 + voter}"


async def open_poll(
    db: Database,
    *,
    voters: int = 3,
    options: int = 5,
    minimum: int = 1,
    maximum: int = 3,
    blank: bool = True,
    rated: tuple[str, ...] = (),
    state: ElectionState = ElectionState.OPEN,
    close_at: datetime | None = None,
    seed: int = 1,
) -> Poll:
    """Store a vote that is open (or, with `state`, about to be)."""
    made = _materials(voters, options, minimum, maximum, blank, rated, seed)
    rng, context, record = random.Random(seed), made.context, made.context.raw
    begun = state not in (ElectionState.SETUP, ElectionState.ISSUED)
    async with db.writing() as session:
        cycle = Cycle(year=2025 + seed, title=f"{2025 + seed}년 성과평가", phase=Phase.VOTING)
        session.add(cycle)
        # They do not sign in here, so they need no password.
        people = [
            Person(
                email=f"trustee{seed}-{owner}@example.org",
                name=name,
                role=Role.TRUSTEE,
                password_hash="-",
                totp_sealed="-",
            )
            for owner, name in enumerate(TRUSTEES, start=1)
        ]
        session.add_all(people)
        await session.flush()
        assert cycle.id is not None
        await _publish_contracts(session, cycle, made, people[0])
        election = Election(
            uuid=made.uuid,
            cycle_id=cycle.id,
            title=TITLE,
            question=QUESTION,
            min_picks=minimum,
            max_picks=maximum,
            blank=blank,
            ratings=bool(rated),
            state=state,
            planned_close_at=close_at,
            election_record=record.decode() if begun else None,
            trustees_record=made.trustees_record.decode() if begun else None,
            credentials_record=made.listed.decode() if begun else None,
            fingerprint=context.fingerprint if begun else None,
            roll_salt=SALT if begun else None,
            roll_sha256=made.roll_sha256 if begun else None,
            board_timestamp=TIMESTAMP,
        )
        session.add(election)
        await session.flush()
        assert election.id is not None
        session.add_all(
            ElectionOption(
                election_id=election.id,
                position=i,
                agency_code=f"A{i}",
                agency=agency,
                task_code=f"T{i}",
                title=made.titles[i],
                promise=promise,
                result=result,
            )
            for i, (agency, _, promise, result) in enumerate(TASKS[i % len(TASKS)] for i in range(options))
        )
        session.add_all(_rated(election.id, rated))
        session.add_all(
            ElectionTrustee(
                election_id=election.id,
                person_id=person.id or 0,
                owner=owner,
                key_record=record_of_key.decode(),
                key_at=KEYS_AT,
            )
            for owner, (person, (_, record_of_key)) in enumerate(
                zip(people, made.trustees, strict=True), start=1
            )
        )
        entries = _entries(election.id, made.keys)
        session.add_all(entries)
        await session.flush()
        if begun:
            await append(
                session,
                election,
                EventKind.SETUP,
                lambda head: board.open_board(head.timestamp, record, made.trustees_record, made.listed),
            )
        return Poll(
            id=election.id,
            uuid=made.uuid,
            context=context,
            credentials=made.credentials,
            keys=made.keys,
            secrets=[secret for secret, _ in made.trustees],
            entries=[entry.id or 0 for entry in entries],
            trustees=made.trustees_record,
            rng=rng,
        )


async def put(db: Database, poll: Poll, voter: int, *picks: int, blank: bool = False) -> bytes:
    """A ballot into the box, past casting."""
    raw = poll.ballot(voter, *picks, blank=blank)
    async with db.writing() as session:
        session.add(
            BoxedBallot(
                election_id=poll.id,
                roll_entry_id=poll.entries[voter],
                challenge_id=os.urandom(16).hex(),
                digest=tracker(raw),
                body=raw.decode(),
                accepted_at=now(),
            )
        )
    return raw


async def publish(db: Database, poll: Poll) -> int:
    """Put on the board what waits, of however few voters: as the close does, while the vote goes on."""
    async with db.writing() as session:
        election = await session.get_one(Election, poll.id)
        return await publish_waiting(session, election, everything=True)


async def close(db: Database, poll: Poll) -> None:
    """End the vote, past its two officers, and let the ballots be added up."""
    await publish(db, poll)
    async with db.writing() as session:
        election = await session.get_one(Election, poll.id)
        await append(session, election, EventKind.END_BALLOTS, board.end_ballots)
        election.state, election.closed_at = ElectionState.CLOSED, now()
    await finish(db)


async def open_totals(db: Database, poll: Poll) -> None:
    """Both trustees hand in their shares, and the result is announced."""
    async with db.writing() as session:
        election = await session.get_one(Election, poll.id)
        places = select(ElectionTrustee).where(col(ElectionTrustee.election_id) == poll.id)
        for trustee in list(await session.exec(places.order_by(col(ElectionTrustee.owner)))):
            share = poll.share(trustee.owner, (election.tally_record or "").encode())
            trustee.share_record, trustee.share_at = share.decode(), now()
            await session.flush()
            given = partial(board.add_partial_decryption, owner=trustee.owner, share=share)
            await append(session, election, EventKind.PARTIAL_DECRYPTION, given, owner=trustee.owner)
    await finish(db)
