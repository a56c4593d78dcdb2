"""The office's acts in the review of a contract: comments, returned, accepted."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, Cycle
from contracts.web.review import BASE, carry_out, show_review
from contracts.writing import review
from office.access import only
from office.database import Database
from office.errors import Refused
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of
from office.people import Role

OFFICE = [only(Role.OFFICE)]


@post(BASE + "/comments", guards=OFFICE)
async def comment(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The office comments on a node (`node`, empty for the whole), or turns to another one (`about`) with what it typed."""
    form = await form_of(request)
    if "about" in form:
        return await show_review(request, db, public_id, form=form | {"node": form["about"]})

    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, _: Agency) -> None:
        code, text = form.get("node", ""), form.get("text", "")
        await review.comment(session, cycle, contract, code, text, request.user)

    return await carry_out(request, db, public_id, act, "commented", form)


@post(BASE + "/comments/{comment_id:int}/remove", guards=OFFICE)
async def take_back(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
    comment_id: FromPath[int],
) -> Response[Any]:
    """The office takes back a comment the agency has not seen; one it is still writing stays in its box."""
    form = await form_of(request)

    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, _: Agency) -> None:
        await review.take_back(session, cycle, contract, comment_id)

    return await carry_out(
        request, db, public_id, act, "taken-back", form, stay=bool(form.get("text", "").strip())
    )


@post(BASE + "/return", guards=OFFICE)
async def send_back(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
) -> Response[Any]:
    """The office returns the contract with its comments; the agency's officers are written to."""
    return await _decide(request, db, public_id, accept=False)


@post(BASE + "/accept", guards=OFFICE)
async def accept(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
) -> Response[Any]:
    """The office accepts the contract; officers and head are written to."""
    return await _decide(request, db, public_id, accept=True)


async def _decide(request: AnyRequest, db: Database, public_id: str, *, accept: bool) -> Response[Any]:
    """Decide, unless a comment is still being written: nobody would read it."""
    form = await form_of(request)

    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, agency: Agency) -> None:
        if form.get("text", "").strip():
            waiting = N_("'의견 적기'로 저장하거나 지워 주십시오")
            raise Refused(
                N_("정하지 않았습니다. 적고 있던 의견이 아직 저장되지 않았습니다"),
                fields={"text": translate(waiting)},
            )
        await review.decide(session, cycle, contract, request.user, accept=accept)

    return await carry_out(request, db, public_id, act, "accepted" if accept else "returned", form)


ROUTES: list[Any] = [comment, take_back, send_back, accept]
