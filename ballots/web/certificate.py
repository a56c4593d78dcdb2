"""The certificate of reconciliation: everybody's page, record and paper, and the place where the officers sign it."""

import asyncio
from datetime import datetime
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import box, certificate, reconciliation
from ballots.certificate_paper import certificate_paper
from ballots.closing import ACT
from ballots.letters import letters_of
from ballots.model import Election
from ballots.pictures import roll_bar
from ballots.protocol.records import sha256_hex
from ballots.results import result_of
from ballots.web.office import OFFICE, address
from contracts.web.files import answered
from office.charts import Size
from office.database import Database
from office.errors import Trouble
from office.pages import AnyRequest, page, see
from office.settings import Settings


@get("/board/{uuid:str}/certificate")
async def public(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    """The certificate as everybody sees it, completed by the count once there is one."""
    async with db.reading() as session:
        shown = await _facts(session, await box.election_of(session, uuid))
    return page(request, "ballots/certificate.html", **shown)


@get("/board/{uuid:str}/certificate.json", media_type=MediaType.JSON)
async def record(db: NamedDependency[Database], uuid: FromPath[str]) -> Response[bytes]:
    """The record, byte for byte as it was written at the close."""
    async with db.reading() as session:
        raw, _ = certificate.read(await box.election_of(session, uuid))
    return Response(raw, media_type=MediaType.JSON)


@get("/board/{uuid:str}/certificate.svg", media_type="image/svg+xml")
async def chart(
    request: AnyRequest,
    db: NamedDependency[Database],
    uuid: FromPath[str],
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    """The roll as one bar."""
    async with db.reading() as session:
        _, found = certificate.read(await box.election_of(session, uuid))
    roll = found.roll
    drawn = await asyncio.to_thread(roll_bar, roll.voted, roll.not_voted, roll.voided, size=size)
    return answered(request, drawn, "image/svg+xml")


@get("/board/{uuid:str}/certificate.pdf", media_type="application/pdf")
async def paper(
    db: NamedDependency[Database], settings: NamedDependency[Settings], uuid: FromPath[str]
) -> Response[bytes]:
    """The certificate on paper."""
    async with db.reading() as session:
        shown = await _facts(session, await box.election_of(session, uuid))
    pdf = await asyncio.to_thread(
        certificate_paper,
        shown["certificate"],
        sha256=shown["sha256"],
        equations=shown["equations"],
        after=shown["after"],
        margin=shown["margin"],
        signatures=[(person.name, signature.signed_at) for signature, person in shown["signatures"]],
        address=f"{settings.base_url}/board/{uuid}/certificate.json",
    )
    headers = {"Content-Disposition": f'inline; filename="certificate-{uuid}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@get("/office/elections/{uuid:str}/certificate", guards=OFFICE)
async def signing(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    """What the two officers sign, and who has signed."""
    return await _signing(request, db, uuid, None)


@post("/office/elections/{uuid:str}/certificate", guards=OFFICE)
async def sign(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    uuid: FromPath[str],
) -> Response[Any]:
    """Sign with the authenticator's code."""
    code = str((await request.form()).get("totp", ""))
    try:
        async with db.writing() as session:
            election = await box.election_of(session, uuid)
            await certificate.sign(session, settings, election, request.user, code, act=ACT)
    except Trouble as problem:
        return await _signing(request, db, uuid, problem)
    return see(f"{address(uuid)}/certificate")


async def _signing(request: AnyRequest, db: Database, uuid: str, problem: Trouble | None) -> Response[str]:
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        shown = await _facts(session, election)
        closers = await certificate.closers(session, election, ACT)
        unreached = (await letters_of(session, election)).unreached
    signed = {person.id for _, person in shown["signatures"]}
    me = request.user.id
    return page(
        request,
        "ballots/office_certificate.html",
        status=problem.status if problem else 200,
        **shown,
        closers=closers,
        unreached=unreached,
        may_sign=me in [person.id for person in closers] and me not in signed,
        has_signed=me in signed,
        problem=problem,
    )


async def _facts(session: AsyncSession, election: Election) -> dict[str, Any]:
    """Everything both pages show: the record, the equations at the close and after the count, signatures."""
    raw, found = certificate.read(election)
    tally = await result_of(session, election)
    opened = certificate.opened_by(tally, election) if tally else None
    equations = reconciliation.equations(found)
    after = reconciliation.equations_after(found, opened) if opened else []
    return {
        "election": election,
        "certificate": found,
        "sha256": sha256_hex(raw),
        "closed_at": datetime.fromisoformat(found.closed_at),
        "equations": equations,
        "after": after,
        "margin": reconciliation.margin(opened.votes) if opened else None,
        "well": found.roll.unchanged and all(one.holds for one in (*equations, *after)),
        "signatures": await certificate.signatures_of(session, election),
    }


ROUTES: list[Any] = [public, record, chart, paper, signing, sign]
