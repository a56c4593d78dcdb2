"""Assisted booths on the web: the office opens and closes them, a tablet asks what its token means."""

from typing import Annotated, Any

import segno
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel, StringConstraints, ValidationError

from ballots import booths, box
from ballots.web.office import OFFICE, address, show
from office.database import Database
from office.errors import Refused, Trouble
from office.i18n import N_
from office.pages import AnyRequest, page, read_form, see
from office.settings import Settings

LARGEST = 1024
"""Bytes of a tablet's question."""


class Asking(BaseModel):
    """A tablet shows its token."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=booths.LONGEST_TOKEN)]


@post("/office/elections/{uuid:str}/booths", guards=OFFICE)
async def open_booth(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    uuid: FromPath[str],
) -> Response[Any]:
    """Open a booth and show its link, this once."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        wanted = read_form(booths.NewBooth, form)
        async with db.writing() as session:
            election = await box.election_of(session, uuid)
            token = await booths.open_booth(session, election, wanted, request.user)
    except Trouble as problem:
        return await show(request, db, uuid, problem)
    link = f"{settings.base_url}/vote/{uuid}#booth={token}"
    return page(
        request,
        "ballots/office_booth.html",
        status=201,
        election=election,
        place=wanted.place,
        link=link,
        qr=segno.make(link, error="m").svg_data_uri(scale=5, border=3),
    )


@post("/office/elections/{uuid:str}/booths/{number:int}/close", guards=OFFICE)
async def close_booth(
    request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str], number: FromPath[int]
) -> Response[Any]:
    """Close a booth."""
    try:
        async with db.writing() as session:
            election = await box.election_of(session, uuid)
            await booths.close_booth(session, election, number, request.user)
    except Trouble as problem:
        return await show(request, db, uuid, problem)
    return see(f"{address(uuid)}#booths")


@post("/vote/{uuid:str}/booth", status_code=200, request_max_body_size=LARGEST)
async def place_of_booth(
    request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]
) -> dict[str, str]:
    """Where the booth with this token stands; the tablet shows it beside the ballot."""
    try:
        asked = Asking.model_validate_json(await request.body(), strict=True)
    except ValidationError:
        raise Refused(N_("보낸 내용의 형식이 맞지 않습니다. 화면을 새로 고쳐 다시 해 주십시오")) from None
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        box.require_open(election)
        booth = await booths.booth_of(session, election, asked.token)
    return {"place": booth.place if booth else ""}


ROUTES: list[Any] = [open_booth, close_booth, place_of_booth]
