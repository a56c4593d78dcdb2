"""The booth and what its scripts talk to; none of these pages knows who is voting."""

from typing import Annotated, Any

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel, StringConstraints, ValidationError

from ballots import box, casting, opened
from ballots.checking import Checker
from ballots.model import ElectionState
from ballots.protocol.workers import opened_election
from ballots.setup import options_of
from contracts.cycles import calendar_of
from contracts.model import Cycle, Phase
from contracts.reading import contracts_of
from office.clock import Clock
from office.database import Database
from office.errors import Conflict, Refused
from office.i18n import N_
from office.outbox import Outbox
from office.pages import AnyRequest, page
from office.settings import Settings

LARGEST = 2 * 1024 * 1024
"""Bytes of a request; a ballot of 200 options has about half a megabyte."""

NOT_YET = N_("아직 투표가 시작되지 않았습니다. 시작되면 같은 링크로 투표하실 수 있습니다")

Short = Annotated[str, StringConstraints(max_length=60)]


class Resend(BaseModel):
    """The booth asks for its code once more."""

    challenge: Short


class Casting(BaseModel):
    """Code and ballot, back together."""

    challenge: Short
    code: Short
    ballot: str
    booth: Short | None = None


@get("/vote/{uuid:str}")
async def booth(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    """The booth, the same page for everybody: the credential stays in the address's fragment."""
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        options = await options_of(session, election)
        cycle = await session.get_one(Cycle, election.cycle_id)
        start = (await calendar_of(session, cycle)).get(Phase.VOTING)
        contracts = {
            agency.code: f"/contracts/{contract.public_id}"
            for contract, agency in await contracts_of(session, cycle)
            if contract.published_at
        }
    if election.state is not ElectionState.OPEN or election.election_record is None:
        opens_at = start.planned_at if start else None
        return page(request, "ballots/booth_closed.html", election=election, opens_at=opens_at)
    # What is shown is what the record says; the script compares the two before it encrypts anything.
    question, *ratings = opened_election(election.election_record.encode()).election.questions
    return page(
        request,
        "ballots/booth.html",
        election=election,
        question=question,
        ratings=ratings,
        options=list(zip(question.answers, options, strict=True)),
        contracts=contracts,
    )


@get("/vote/{uuid:str}/election.json")
async def election_record(db: NamedDependency[Database], uuid: FromPath[str]) -> Response[bytes]:
    """The election record, byte for byte as it stands on the board."""
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
    if election.election_record is None:
        raise Conflict(NOT_YET)
    return Response(election.election_record.encode(), media_type=MediaType.JSON)


@get("/vote/{uuid:str}/credentials.json")
async def credentials_record(db: NamedDependency[Database], uuid: FromPath[str]) -> Response[bytes]:
    """The public credentials of everybody who may vote, byte for byte as they stand on the board."""
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
    if election.credentials_record is None:
        raise Conflict(NOT_YET)
    return Response(election.credentials_record.encode(), media_type=MediaType.JSON)


@post("/vote/{uuid:str}/ballots", status_code=201, request_max_body_size=LARGEST)
async def show_ballot(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    outbox: NamedDependency[Outbox],
    clock: NamedDependency[Clock],
    uuid: FromPath[str],
) -> dict[str, Any]:
    """Take the form of an encrypted ballot and send a one-time code; nothing of the ballot is kept."""
    raw = await request.body()
    async with db.writing() as session:
        election = await box.election_of(session, uuid)
        asked = await casting.ask(session, settings, outbox, election, raw)
    clock.ring()
    return _asked(asked)


@post("/vote/{uuid:str}/opened", status_code=201, request_max_body_size=LARGEST)
async def open_ballot(
    request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]
) -> dict[str, Any]:
    """Note that a ballot is opened to be checked instead of cast; the answer is its tracker."""
    raw = await request.body()
    async with db.writing() as session:
        election = await box.election_of(session, uuid)
        return {"tracker": await opened.record(session, election, raw)}


@post("/vote/{uuid:str}/codes", status_code=201, request_max_body_size=LARGEST)
async def resend_code(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    outbox: NamedDependency[Outbox],
    clock: NamedDependency[Clock],
    uuid: FromPath[str],
) -> dict[str, Any]:
    """The same code once more."""
    asking = _read(Resend, await request.body())
    async with db.writing() as session:
        election = await box.election_of(session, uuid)
        asked = await casting.ask_again(session, settings, outbox, election, asking.challenge)
    clock.ring()
    return _asked(asked)


@post("/vote/{uuid:str}/casts", status_code=201, request_max_body_size=LARGEST)
async def cast(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    outbox: NamedDependency[Outbox],
    checker: NamedDependency[Checker],
    clock: NamedDependency[Clock],
    uuid: FromPath[str],
) -> dict[str, Any]:
    """Put the ballot into the box; the answer is the tracker, and when the ballot will be on the board."""
    asked = _read(Casting, await request.body())
    receipt = await casting.cast(
        db,
        settings,
        outbox,
        checker,
        uuid,
        challenge_id=asked.challenge,
        code=asked.code,
        raw=asked.ballot.encode(),
        booth=asked.booth,
    )
    clock.ring()
    until = receipt.recorded_until
    return {
        "tracker": receipt.tracker,
        "recorded_until": until.isoformat() if until else None,
        "batch": receipt.batch,
    }


def _read(model: type[Any], body: bytes) -> Any:
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError:
        raise Refused(N_("보낸 내용의 형식이 맞지 않습니다. 화면을 새로 고쳐 다시 해 주십시오")) from None


def _asked(asked: casting.Asked) -> dict[str, Any]:
    return {
        "challenge": asked.challenge,
        "expires_at": asked.expires_at.isoformat(),
        "resend_after": asked.resend_after,
    }


ROUTES: list[Any] = [
    booth,
    election_record,
    credentials_record,
    show_ballot,
    open_ballot,
    resend_code,
    cast,
]
