"""What a voter checks alone, in a browser of their own: an opened ballot, and that nobody voted in their place.

These pages know nobody: code and credential stay in the address's fragment, and everything is computed on the device.
"""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ballots import box
from ballots.listing import PRIVATE
from office.database import Database
from office.errors import NotFound
from office.i18n import N_
from office.pages import AnyRequest, page


@get("/audit/{uuid:str}")
async def audit(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    """Makes an opened ballot again and says in words what was chosen in it."""
    return await _shown(request, db, uuid, "ballots/audit.html")


@get("/mine/{uuid:str}")
async def mine(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    """Says which ballots stand on the board under a credential; for whoever did not vote, that there is none."""
    return await _shown(request, db, uuid, "ballots/mine.html")


async def _shown(request: AnyRequest, db: Database, uuid: str, template: str) -> Response[str]:
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
    if election.state in PRIVATE:
        raise NotFound(N_("아직 시작되지 않은 투표입니다. 시작되면 확인하실 수 있습니다"))
    return page(request, template, election=election)


ROUTES: list[Any] = [audit, mine]
