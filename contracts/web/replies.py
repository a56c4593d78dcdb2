"""The body's reply before the vote: its officer writes it, its head hands it in."""

from litestar import Response

from contracts.cycles import PHASES
from contracts.keeping import replies
from contracts.keeping.replies import Kind
from contracts.model import Phase
from contracts.web.opening import opened
from contracts.web.own_words import own_of, routes_of
from office.database import Database
from office.errors import Trouble
from office.i18n import N_
from office.pages import AnyRequest, page

BASE = "/agency/contracts/{public_id:str}/reply"
DONE = {
    "written": N_("저장했습니다. 기관장이 내보내면 평가위원과 도민이 읽습니다."),
    "released": N_("내보냈습니다. 이제 누구나 읽을 수 있습니다."),
}


async def _page(
    request: AnyRequest,
    db: Database,
    public_id: str,
    problem: Trouble | None = None,
    *,
    text: str | None = None,
) -> Response[str]:
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, request.user)
        draft = await replies.draft_of(session, contract)
    own = own_of(draft, request.user, open_now=cycle.phase in replies.PHASES[Kind.REPLY])
    return page(
        request,
        "contracts/reply.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        early=PHASES.index(cycle.phase) < PHASES.index(Phase.SCORING),
        **own.shown(request, DONE, problem, text),
    )


ROUTES = routes_of(BASE, Kind.REPLY, _page, replies.write)
