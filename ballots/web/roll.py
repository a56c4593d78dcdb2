"""The roll's pages: try a file out, take it over, and release a voter who mistyped too often."""

import asyncio
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from ballots import box, issuing, roll
from ballots.roll_file import COLUMNS, parse, template_csv
from ballots.strata import strata_of
from ballots.web.office import OFFICE, address, show
from office.clock import Clock
from office.database import Database
from office.errors import Refused, Trouble
from office.i18n import N_, translate
from office.outbox import Outbox
from office.pages import AnyRequest, page, see
from office.settings import Settings


@get("/office/roll-template.csv", guards=OFFICE)
async def template(request: AnyRequest) -> Response[bytes]:
    """The empty form of a roll."""
    headers = {"Content-Disposition": 'attachment; filename="roll-template.csv"'}
    return Response(template_csv(), media_type="text/csv; charset=utf-8", headers=headers)


@post("/office/elections/{uuid:str}/roll", guards=OFFICE)
async def upload(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[Any]:
    """Read the file and show what it holds; the roll does not change."""
    file = (await request.form()).get("file")
    try:
        data = await file.read() if isinstance(file, UploadFile) else b""
        if not isinstance(file, UploadFile) or not data:
            raise Refused(
                N_("올릴 명부 파일을 골라 주십시오"),
                fields={"file": translate(N_("CSV나 XLSX 파일을 골라 주십시오"))},
            )
        parsed = await asyncio.to_thread(parse, data, file.filename)
        async with db.writing() as session:
            election = await box.election_of(session, uuid)
            draft = await roll.keep_draft(session, election, file.filename, parsed, request.user)
    except Trouble as problem:
        return await show(request, db, uuid, problem)
    return see(f"{address(uuid)}/roll/{draft.id}")


@get("/office/elections/{uuid:str}/roll/{draft_id:int}", guards=OFFICE)
async def draft_page(
    request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str], draft_id: FromPath[int]
) -> Response[Any]:
    """What a file holds and what is wrong with it, as a page or, for programs, as JSON."""
    return await _draft(request, db, uuid, draft_id, None)


@post("/office/elections/{uuid:str}/roll/{draft_id:int}", guards=OFFICE)
async def apply(
    request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str], draft_id: FromPath[int]
) -> Response[Any]:
    """Make the draft the roll."""
    try:
        async with db.writing() as session:
            await roll.apply_draft(session, await box.election_of(session, uuid), draft_id, request.user)
    except Refused as problem:
        return await _draft(request, db, uuid, draft_id, problem)
    except Trouble as problem:
        return await show(request, db, uuid, problem)
    return see(address(uuid))


@get("/office/elections/{uuid:str}/roll.json", guards=OFFICE)
async def record_file(
    request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]
) -> Response[bytes]:
    """The roll with its salt, for whoever checks it against the fingerprint on the board; it names people."""
    address = request.client.host if request.client else ""
    async with db.writing() as session:
        election = await box.election_of(session, uuid)
        content = await roll.take_record(session, election, request.user, address)
    headers = {"Content-Disposition": 'attachment; filename="roll.json"', "Cache-Control": "no-store"}
    return Response(content, media_type=MediaType.JSON, headers=headers)


@post("/office/elections/{uuid:str}/roll/{number:str}/release", guards=OFFICE)
async def release(
    request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str], number: FromPath[str]
) -> Response[Any]:
    """Unlock a voter at once; pressed by a second officer, confirm that it was right."""
    try:
        async with db.writing() as session:
            await roll.release(session, await box.election_of(session, uuid), number, request.user)
    except Trouble as problem:
        return await show(request, db, uuid, problem)
    return see(address(uuid))


@post("/office/elections/{uuid:str}/roll/{number:str}/link", guards=OFFICE)
async def link_again(
    request: AnyRequest,
    db: NamedDependency[Database],
    outbox: NamedDependency[Outbox],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Clock],
    uuid: FromPath[str],
    number: FromPath[str],
) -> Response[Any]:
    """A fresh link for somebody whom the first did not reach."""
    try:
        async with db.writing() as session:
            election = await box.election_of(session, uuid)
            await issuing.issue_again(session, outbox, settings, election, number, request.user)
    except Trouble as problem:
        return await show(request, db, uuid, problem)
    clock.ring()
    return see(address(uuid))


async def _draft(
    request: AnyRequest, db: Database, uuid: str, draft_id: int, problem: Trouble | None
) -> Response[Any]:
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        draft = await roll.draft_of(session, election, draft_id)
    problems = roll.problems_of(draft)
    if "text/html" not in request.headers.get("accept", ""):
        return Response(
            {
                "rows_read": draft.rows_read,
                "problems": roll.said(problems),
                "notices": [],
                "voters": len(draft.entries),
            }
        )
    return page(
        request,
        "ballots/office_roll.html",
        status=problem.status if problem else 200,
        election=election,
        draft=draft,
        problems=problems,
        strata=strata_of((one["stratum"], one["weight"]) for one in draft.entries),
        columns=list(COLUMNS.values()),
        problem=problem,
    )


ROUTES = [template, upload, draft_page, apply, record_file, release, link_again]
