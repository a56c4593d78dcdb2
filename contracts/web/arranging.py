"""The officer's acts on the shape of a contract: moving and removing what stands there, and sharing out the points."""

from functools import partial
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Contract, Cycle
from contracts.terms.branches import place_of
from contracts.terms.gaps import sum_below
from contracts.terms.tree import KIND_NAMES, Node
from contracts.web.acting import acted
from contracts.web.agency import OFFICER, opened
from contracts.web.nodeform import address, address_of, of_drafting, open_draft, said_done, show_node
from contracts.writing import arranging, editing
from office.database import Database
from office.decimals import plain
from office.errors import NotFound, Trouble
from office.i18n import N_
from office.pages import AnyRequest, form_of, page, see

BASE = "/agency/contracts/{public_id:str}/edit"


@post(BASE + "/move", guards=OFFICER)
async def move(request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]) -> Response[Any]:
    """One place `up` or `down`, or below another node (`to` = `under:CODE`)."""
    form = await form_of(request)
    code = form.get("code", "")

    async def moved(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        desk = await editing.take(session, cycle, contract, request.user)
        await arranging.move(session, desk, code, form.get("to", ""))

    again = partial(show_node, request, db, public_id, code)
    done = f"{address(public_id)}?done=moved#node-{quote(code)}"
    return await acted(request, db, public_id, moved, done=done, again=again)


@post(BASE + "/remove", guards=OFFICER)
async def remove(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Take a node out with everything below it, as it was shown (`seen`)."""
    form = await form_of(request)
    code = form.get("code", "")

    async def removed(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        desk = await editing.take(session, cycle, contract, request.user)
        await arranging.remove(session, desk, code, form.get("seen", ""))

    again = partial(show_node, request, db, public_id, code)
    done = f"{address(public_id)}?done=removed"
    return await acted(request, db, public_id, removed, done=done, again=again)


@post(BASE + "/abandon", guards=OFFICER)
async def abandon(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Take the whole draft out, as long as it was never handed in."""
    async with db.writing() as session:
        contract, _, cycle = await opened(session, public_id, request.user)
        desk = await editing.take(session, cycle, contract, request.user)
        await arranging.abandon(session, desk)
    return see("/agency")


@get(BASE + "/weights", guards=OFFICER)
async def weights_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """The points of everything right below one node (`?under=`, empty for the whole) on one page."""
    return await _weights(request, db, public_id, request.query_params.get("under", ""))


async def _weights(
    request: AnyRequest,
    db: Database,
    public_id: str,
    under: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
) -> Response[str]:
    async with db.reading() as session:
        contract, agency, cycle, tree = await open_draft(session, request, public_id)
    place = place_of(tree, under)
    if under and (place is None or not place.node.children):
        raise NotFound(N_("이 항목은 없거나 지워졌습니다. 계약 쓰기 화면에서 다시 골라 주십시오"))
    children = place.node.children if place else tree.children
    return page(
        request,
        "contracts/weights.html",
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        cycle=cycle,
        place=place,
        children=children,
        sum=sum_below(place.node if place else tree),
        kinds=KIND_NAMES,
        stored={child.code: _said(child) for child in children},
        form=form or {},
        problem=problem,
        **of_drafting(public_id),
        **said_done(request, problem),
    )


def _said(child: Node) -> str:
    return "" if child.weight is None else plain(child.weight)


@post(BASE + "/weights", guards=OFFICER)
async def weigh(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Store the points typed (`weight-CODE`); with `share` give the blank ones equal parts of what is left."""
    form = await form_of(request)
    under, sharing = form.get("under", ""), "share" in form

    async def weighed(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        desk = await editing.take(session, cycle, contract, request.user)
        await arranging.weigh(session, desk, under, form)
        if sharing:
            desk = await editing.take(session, cycle, contract, request.user)
            await arranging.share(session, desk, under)

    again = partial(_weights, request, db, public_id, under, form=form)
    done = address_of(public_id, "weights", under=under, done="shared" if sharing else "weighed")
    return await acted(request, db, public_id, weighed, done=done, again=again)


ROUTES = [move, remove, abandon, weights_page, weigh]
