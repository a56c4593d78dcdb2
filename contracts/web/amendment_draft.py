"""The acts of wording a request for an amendment; nobody sees it before it is asked for."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.changes import drafts
from contracts.web.agency import OFFICER
from contracts.web.amendment_pages import WISH, show_wish
from contracts.web.items import Items
from contracts.web.opening import opened
from office.database import Database
from office.errors import NotFound, Trouble
from office.pages import AnyRequest, form_of, see


class WishedItems(Items):
    """The items of a contract as it is wished for."""

    path = WISH.base
    where = WISH
    removed = "#changes"


@get(WISH.base, guards=OFFICER)
async def wish_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """The contract as it would read."""
    return await show_wish(request, db, public_id)


@post(WISH.base + "/restore", guards=OFFICER)
async def restore(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Make an item (`code`) again what the contract in force says."""
    code = (await form_of(request)).get("code", "")
    try:
        async with WISH.held(db, public_id, request.user) as (session, desk):
            await drafts.restore(session, desk, code)
    except NotFound:
        raise
    except Trouble as problem:
        return await show_wish(request, db, public_id, problem)
    return see(f"{WISH.address(public_id, done='restored')}#node-{quote(code)}")


@post(WISH.base + "/discard", guards=OFFICER)
async def discard(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Throw the draft away."""
    async with db.writing() as session:
        contract, _, _ = await opened(session, public_id, request.user)
        await drafts.discard(session, contract)
    return see(WISH.address(public_id, done="discarded"))


ROUTES: list[Any] = [wish_page, WishedItems, restore, discard]
