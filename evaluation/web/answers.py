"""A body's page of the experts' comments: read before everybody may, and answered."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.keeping import replies
from contracts.keeping.replies import Kind
from contracts.model import Contract, Cycle
from contracts.reading import tree_of
from contracts.terms.head import titles_of
from contracts.web.acting import acted
from contracts.web.opening import opened
from evaluation.marking import comments, moderating
from evaluation.marking.comments import Scope
from evaluation.web.comments import done_of
from office.access import only
from office.database import Database
from office.errors import Trouble
from office.pages import AnyRequest, form_of, page
from office.people import Role

OWN = "/agency/contracts/{public_id:str}/reply/comments"


@get(OWN, guards=[only(Role.OFFICER, Role.HEAD, Role.OFFICE)])
async def own_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    return await _own(request, db, public_id)


async def _own(
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
        answer = await replies.draft_of(session, contract, Kind.ANSWER)
    if request.user.role is Role.OFFICE and answer is not None and answer.released_at is None:
        answer = None
    standing = answer is not None and answer.released_at is not None
    open_now = (
        cycle.phase in replies.PHASES[Kind.ANSWER]
        and released is not None
        and released.shown
        and not standing
    )
    return page(
        request,
        "evaluation/comments_own.html",
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        cycle=cycle,
        released=released,
        found=found,
        titles=titles_of(tree),
        aspects=comments.ASPECT_LABELS,
        answer=answer,
        standing=standing,
        may_write=request.user.role is Role.OFFICER and open_now,
        may_release=request.user.role is Role.HEAD and open_now and answer is not None,
        length=replies.LENGTH,
        text=text if text is not None else answer.text if answer else "",
        problem=problem,
        **done_of(request, problem),
    )


@post(OWN, guards=[only(Role.OFFICER)])
async def write_answer(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The officer writes the answer (`text`)."""
    text = (await form_of(request)).get("text", "")

    async def written(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        await moderating.answer(session, cycle, contract, text, request.user)

    again = partial(_own, request, db, public_id, text=text)
    done = f"/agency/contracts/{public_id}/reply/comments?done=written"
    return await acted(request, db, public_id, written, done=done, again=again)


@post(OWN + "/release", guards=[only(Role.HEAD)])
async def release_answer(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The head hands the answer in as they have read it (`mark`)."""
    mark = (await form_of(request)).get("mark", "")

    async def released(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        await replies.release(session, cycle, contract, mark, request.user, Kind.ANSWER)

    again = partial(_own, request, db, public_id)
    done = f"/agency/contracts/{public_id}/reply/comments?done=answered"
    return await acted(request, db, public_id, released, done=done, again=again)


ROUTES: list[Any] = [own_page, write_answer, release_answer]
