"""Is my vote secret?  The page for a panel member, made from the settings and the state of the election."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ballots import box
from ballots.secrecy import assurances, dangers, keeping
from ballots.secrecy.facts import facts_of
from office.database import Database
from office.pages import AnyRequest, day, page
from office.settings import Settings


@get("/vote/{uuid:str}/secrecy")
async def secrecy(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    uuid: FromPath[str],
) -> Response[str]:
    """Who holds keys, what is stored and logged, when it is deleted, who could break it, what one can check."""
    async with db.reading() as session:
        election = await box.election_of(session, uuid)
        facts = await facts_of(session, settings, election)
    return page(
        request,
        "ballots/secrecy.html",
        election=election,
        facts=facts,
        lead=assurances.lead(facts),
        way=assurances.way(facts),
        questions=[
            assurances.keys(facts),
            keeping.stored(facts),
            keeping.logged(),
            keeping.kept(facts, day),
            dangers.broken(facts),
            dangers.check(),
        ],
    )


ROUTES = [secrecy]
