"""A body's page of the experts' comments: read before everybody may, and answered."""

from typing import Any

from litestar import Response

from contracts.keeping import replies
from contracts.keeping.replies import Kind
from contracts.reading import tree_of
from contracts.terms.head import titles_of
from contracts.web.opening import opened
from contracts.web.own_words import own_of, routes_of
from evaluation.marking import comments, moderating
from evaluation.marking.comments import Scope
from office.database import Database
from office.errors import Trouble
from office.i18n import N_
from office.pages import AnyRequest, page

OWN = "/agency/contracts/{public_id:str}/reply/comments"
DONE = {
    "written": N_("저장했습니다. 기관장이 내보내면 의견 옆에 공개됩니다."),
    "released": N_("답변을 내보냈습니다. 이제 누구나 읽을 수 있습니다."),
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
        tree = await tree_of(session, contract)
        released, found = await comments.released_of(session, contract, Scope.PUBLIC, Scope.AGENCY)
        draft = await replies.draft_of(session, contract, Kind.ANSWER)
    something = released is not None and released.shown > 0
    own = own_of(draft, request.user, open_now=something and cycle.phase in replies.PHASES[Kind.ANSWER])
    return page(
        request,
        "evaluation/comments_own.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        released=released,
        found=found,
        titles=titles_of(tree),
        aspects=comments.ASPECT_LABELS,
        **own.shown(request, DONE, problem, text),
    )


ROUTES: list[Any] = routes_of(OWN, Kind.ANSWER, _page, moderating.answer)
