"""The body's reply before the vote: its officer writes it, its head hands it in."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import PHASES
from contracts.keeping import replies
from contracts.model import Contract, Cycle, Phase
from contracts.web.acting import acted
from contracts.web.opening import opened
from office.access import only
from office.database import Database
from office.errors import Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page
from office.people import Role

BASE = "/agency/contracts/{public_id:str}/reply"
DONE = {
    "written": N_("저장했습니다. 기관장이 내보내면 평가위원과 도민이 읽습니다."),
    "released": N_("내보냈습니다. 이제 누구나 읽을 수 있습니다."),
}


@get(BASE, guards=[only(Role.OFFICER, Role.HEAD, Role.OFFICE)])
async def reply_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    return await _page(request, db, public_id)


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
        reply = await replies.draft_of(session, contract)
    if request.user.role is Role.OFFICE and reply is not None and reply.released_at is None:
        # Until the head lets it go it is the body's own.
        reply = None
    open_now = cycle.phase in replies.PHASES[replies.Kind.REPLY]
    standing = reply is not None and reply.released_at is not None
    done = DONE.get(request.query_params.get("done", ""))
    return page(
        request,
        "contracts/reply.html",
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        cycle=cycle,
        reply=reply,
        standing=standing,
        early=PHASES.index(cycle.phase) < PHASES.index(Phase.SCORING),
        may_write=request.user.role is Role.OFFICER and open_now and not standing,
        may_release=request.user.role is Role.HEAD and open_now and reply is not None and not standing,
        maximum=replies.LENGTH,
        text=text if text is not None else reply.text if reply else "",
        problem=problem,
        **({"done": translate(done)} if done and problem is None else {}),
    )


@post(BASE, guards=[only(Role.OFFICER)])
async def write(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The officer writes (`text`)."""
    text = (await form_of(request)).get("text", "")

    async def written(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        await replies.write(session, cycle, contract, text, request.user)

    again = partial(_page, request, db, public_id, text=text)
    done = f"/agency/contracts/{public_id}/reply?done=written"
    return await acted(request, db, public_id, written, done=done, again=again)


@post(BASE + "/release", guards=[only(Role.HEAD)])
async def release(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The head hands in what they have read (`mark`)."""
    mark = (await form_of(request)).get("mark", "")

    async def released(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        await replies.release(session, cycle, contract, mark, request.user)

    again = partial(_page, request, db, public_id)
    done = f"/agency/contracts/{public_id}/reply?done=released"
    return await acted(request, db, public_id, released, done=done, again=again)


ROUTES = [reply_page, write, release]
