"""A year in every state it goes through, with somebody of every kind at the door: what the table of rights is asked of."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

import app as house
from ballots import setup
from ballots.booths import NewBooth, open_booth
from ballots.checking import Checker
from ballots.model import AssistedBooth, RollDraft
from ballots.roll import keep_draft
from ballots.roll_file import parse
from contracts.cycles import cycle_of
from contracts.heads.stored import HeadPromise, HeadTask
from contracts.model import Contract, Cycle, ImportDraft, Phase
from contracts.reading import cycle_name, trees_of
from contracts.terms.canonical import set_fingerprint
from contracts.terms.head import LEADERSHIP
from contracts.terms.tree import Direction
from evaluation.arithmetic.marks import Grade
from evaluation.marking.reconciling import ReconcileChoice, ReconcileRound
from evaluation.model import Assignment
from office.access import cookie_name
from office.clock import now
from office.database import Database
from office.logins import start_login
from office.people import Person, Role, enrol
from office.settings import Settings
from rehearsal.visitor import Visitor
from reports.rulebook import default_rulebook
from reports.rules import publish_rulebook
from reports.runs import make_run, publish_run
from tests.ballots.votes import ROLL, Vote
from tests.conftest import PASSWORD, SECRET, visitor_of
from tests.rights.states import ACTORS, STATES, since
from tests.rights.traces import leave
from tests.seeding import YEAR, seed_cycle, seed_sheet

NO_VOTE = "zzzzzzzzzzzzzz"
FILED = (
    "/evaluation/{assignment_id}/reconcile",
    "/evaluation/{assignment_id}/reconcile/file",
    "/office/cycles/{year}/assignments/{assignment_id}/reopen",
    "/office/cycles/{year}/assignments/{assignment_id}/reopen/agree",
)
"""Addresses of a sheet that was filed: the other evaluator's."""
KEY_FILE = "key.json"
SHOWN = {
    "email": "trustee@example.org",
    "name": "trustee",
    "role": "trustee",
    "agency": "",
    "role_label": "개표관리인",
    "password": PASSWORD,
    "secret": SECRET,
    "key_file": KEY_FILE,
    "key_passphrase": "a passphrase of the tests",
}


@dataclass
class World:
    """One state: the application, who asks, and what the parameters of an address stand for."""

    app: Litestar
    connection: AsyncConnection
    visitors: dict[str, Visitor]
    parameters: dict[str, str]


@asynccontextmanager
async def world_in(state: str, db: Database, settings: Settings, checker: Checker) -> AsyncIterator[World]:
    """The world in this state; the database is left to the caller to roll back."""
    app = house.create_app(settings, db=db, checker=checker)
    settings.demonstration_sign_ins.write_text(json.dumps([SHOWN]))
    settings.demonstration_sign_ins.with_name(KEY_FILE).write_text("{}")
    async with AsyncExitStack() as stack:
        people: dict[str, Person] = {}
        visitors: dict[str, Visitor] = {}
        for actor, kind in ACTORS.items():
            visitor = visitors[actor] = await stack.enter_async_context(_at_the_door(app))
            if kind is not None:
                people[actor] = await _signed_in(db, settings, visitor, actor, *kind)
        reached = STATES.index(state)
        vote = await _history(reached, db, settings, people)
        left = await leave(reached, db, settings, people)
        assert isinstance(db.binding, AsyncConnection)
        yield World(app, db.binding, visitors, await _parameters(db, vote) | left)


@asynccontextmanager
async def _at_the_door(app: Litestar) -> AsyncIterator[Visitor]:
    visitor = visitor_of(app)
    async with visitor.http:
        yield visitor


async def _signed_in(
    db: Database, settings: Settings, visitor: Visitor, actor: str, role: Role, agency: str | None
) -> Person:
    async with db.writing() as session:
        person = await enrol(
            session,
            settings,
            email=f"{actor}@example.org",
            name=actor,
            role=role,
            agency=agency,
            password=PASSWORD,
            totp_secret=SECRET,
        )
        token = await start_login(session, person)
    visitor.http.cookies.set(cookie_name(settings), token, domain="localhost.local")
    return person


async def _history(reached: int, db: Database, settings: Settings, people: dict[str, Person]) -> Vote:
    """Everything that has happened until then, by the services."""
    vote = Vote(db, settings)
    if reached == 0:
        return vote
    phase = Phase(STATES[min(reached, STATES.index("scoring"))])
    async with db.writing() as session:
        cycle = await seed_cycle(session, phase)
        await _head_promises(session, cycle)
        session.add(
            ImportDraft(
                cycle_id=cycle.id or 0,
                filename="contracts.csv",
                data=b"",
                sha256="0" * 64,
                uploaded_by=people["office"].id or 0,
                uploaded_at=now(),
            )
        )
        if since("scoring", reached):
            contract = (
                await session.exec(select(Contract).where(col(Contract.public_id) == f"{YEAR}-TR"))
            ).one()
            await seed_sheet(session, contract, people["evaluator"], {"E-1": Grade.B_PLUS})
            other = (
                await session.exec(select(Contract).where(col(Contract.public_id) == f"{YEAR}-CU"))
            ).one()
            grades = {"E-1": Grade.A_ZERO, "E-2": Grade.A_ZERO, LEADERSHIP: Grade.B_PLUS}
            await seed_sheet(session, other, people["other-evaluator"], grades, filed=True)
            session.add(ReconcileChoice(cycle_id=cycle.id or 0, wanted=True))
            session.add(ReconcileRound(contract_id=other.id or 0, opened_at=now()))
            await publish_rulebook(session, cycle, default_rulebook(), people["office"])
    if since("scoring", reached):
        await _vote(reached, vote, people)
    if since("tallied", reached):
        await make_run(db, YEAR, people["office"])
    if since("provisional", reached):
        for officer in vote.officers:
            async with db.writing() as session:
                await publish_run(session, await cycle_of(session, YEAR), 1, officer)
    return vote


async def _vote(reached: int, vote: Vote, people: dict[str, Person]) -> None:
    """The vote as far as it is: prepared while experts score, open while residents vote, then counted."""
    await vote.enrol_people()
    vote.trustees = [people["trustee"], vote.trustees[0]]
    vote.officers[0] = people["office"]
    async with vote.db.writing() as session:
        cycle = await cycle_of(session, YEAR)
        wanted = setup.NewElection(title="도민 투표", question="잘 지킨 과제", max_picks=2, ratings=True)
        vote.uuid = (await setup.create(session, cycle, wanted, vote.officers[0])).uuid
    await vote.name_trustees()
    await vote.list_voters(ROLL)
    async with vote.db.writing() as session:
        again = parse(ROLL.encode(), "roll.csv")
        await keep_draft(session, await vote.held(session), "roll.csv", again, vote.officers[0])
    if since("voting", reached):
        await vote.give_keys()
        await vote.issue()
        await vote.open()
        async with vote.db.writing() as session:
            await open_booth(session, await vote.held(session), NewBooth(place="민원실"), vote.officers[0])
        await vote.box([(0, (0, 1)), (1, (1,))])
        await vote.board()
    if since("tallied", reached):
        await vote.close()
        await vote.count()
        await vote.board()


async def _head_promises(session: AsyncSession, cycle: Cycle) -> None:
    """One of the heads has a contract of their own, under the same fingerprint."""
    contract = (await session.exec(select(Contract.id).where(col(Contract.public_id) == f"{YEAR}-CU"))).one()
    session.add(HeadPromise(contract_id=contract or 0, since=date(YEAR, 1, 1)))
    session.add(
        HeadTask(
            contract_id=contract or 0,
            position=0,
            code="HEAD-Q1",
            title="도민 만족도",
            weight=Decimal(1),
            graded=False,
            direction=Direction.UP,
            unit="점",
            target=Decimal(80),
        )
    )
    await session.flush()
    if cycle.contracts_sha256:
        trees = list((await trees_of(session, cycle)).values())
        cycle.contracts_sha256 = set_fingerprint(trees, cycle=cycle_name(cycle))


async def _parameters(db: Database, vote: Vote) -> dict[str, str]:
    """What stands in an address for each of its parameters; those that differ by address come with it."""
    async with db.reading() as session:
        contract = (
            await session.exec(select(Contract.id).where(col(Contract.public_id) == f"{YEAR}-TR"))
        ).first()
        sheet = (await session.exec(select(Assignment.id))).first()
        filed = (
            await session.exec(select(Assignment.id).where(col(Assignment.filed_at).is_not(None)))
        ).first()
        draft = (await session.exec(select(ImportDraft.id))).first()
        rulebook = (await session.exec(select(Cycle.rulebook_sha256))).first()
        booth = (await session.exec(select(AssistedBooth.id))).first()
        roll = (await session.exec(select(RollDraft.id))).first()
    uuid = vote.uuid or NO_VOTE
    return {
        "year": str(YEAR),
        "public_id": f"{YEAR}-TR",
        "place": "TR",
        "code": "W-1",
        "picture": "W-1.svg",
        "uuid": uuid,
        "assignment_id": str(sheet or 1),
        "draft_id": str(draft or 1),
        "number": "1",
        "run": "1",
        "step": "key",
        "path": "site.css",
        "agency_code": "TR",
        "contract_id": str(contract or 1),
        "filename": "none.pdf",
        "sha256": "0" * 64,
        **dict.fromkeys(
            ("challenge_id", "comment_id", "field_id", "member_id", "round_id", "sheet_id", "tie_id"), "1"
        ),
        "/contracts/{public_id}/head public_id": f"{YEAR}-CU",
        "/contracts/{public_id}/checkpoints/{name} name": "1",
        "/contracts/{public_id}/data/{name} name": "contract.csv",
        "/contracts/{public_id}/versions/{name} name": "1.json",
        **dict.fromkeys((f"{path} assignment_id" for path in FILED), str(filed or 1)),
        "/office/cycles/{year}/marks/{public_id} public_id": f"{YEAR}-CU",
        "/office/cycles/{year}/marks/{public_id}/strips.svg public_id": f"{YEAR}-CU",
        "/board/{uuid}/{name} name": f"{uuid}.bel",
        "/rulebooks/{name} name": f"{rulebook or '0' * 64}.toml",
        "/demonstration/keys/{name} name": KEY_FILE,
        "/office/elections/{uuid}/booths/{number}/close number": str(booth or 1),
        "/office/elections/{uuid}/roll/{draft_id} draft_id": str(roll or 1),
    }
