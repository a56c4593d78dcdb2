"""The acts of wording a request for an amendment, one item at a time; nobody sees it before it is asked for."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.changes import drafts
from contracts.changes.rewriting import GONE
from contracts.terms.tree import Kind, Method
from contracts.web.agency import OFFICER
from contracts.web.amendment_pages import (
    address,
    address_of,
    opened,
    show_item,
    show_methods,
    show_new,
    show_weights,
    show_wish,
)
from office.database import Database
from office.errors import NotFound, Refused, Trouble
from office.i18n import N_
from office.pages import AnyRequest, form_of, see

BASE = "/agency/contracts/{public_id:str}/amendments/draft"


@get(BASE, guards=OFFICER)
async def wish_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """The contract as it would read."""
    return await show_wish(request, db, public_id)


@get(BASE + "/node", guards=OFFICER)
async def item_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """One item's fields (`?code=`)."""
    return await show_item(request, db, public_id, request.query_params.get("code", ""))


@post(BASE + "/node", guards=OFFICER)
async def reword(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Keep one item's fields in the draft, unless somebody else has changed it since (`seen`)."""
    form = await form_of(request)
    code = form.get("code", "")
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            wish = await drafts.take(session, cycle, contract)
            changed = await drafts.reword(session, wish, code, form, form.get("seen", ""), request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await show_item(request, db, public_id, code, problem, form=form)
    return _onward(public_id, code, form.get("next", ""), "changed" if changed else "same")


def _onward(public_id: str, code: str, wanted: str, done: str) -> Response[Any]:
    """After an item is kept: to what the officer asked for next, else back to the whole."""
    if wanted == "method":
        return see(address_of(public_id, "method", code=code))
    if wanted in set(Kind):
        return see(address_of(public_id, "new", under=code, kind=wanted, done=done))
    return see(f"{address(public_id)}?done={done}#node-{quote(code)}")


@get(BASE + "/new", guards=OFFICER)
async def new_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """The form of a new item (`?under=&kind=`, of an indicator `&method=`)."""
    asked = {name: request.query_params.get(name, "") for name in ("under", "kind", "method")}
    return await show_new(request, db, public_id, form=asked)


@post(BASE + "/new", guards=OFFICER)
async def add(request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]) -> Response[Any]:
    """Put a new item into the draft."""
    form = await form_of(request)
    kind, method = form.get("kind", ""), form.get("method", "")
    chosen = Method(method) if method in set(Method) else None
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            wish = await drafts.take(session, cycle, contract)
            if kind not in set(Kind):
                raise NotFound(GONE)
            under = form.get("under", "")
            code = await drafts.add(session, wish, under, Kind(kind), chosen, form, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await show_new(request, db, public_id, problem, form=form)
    return _onward(public_id, code, form.get("next", ""), "added")


@get(BASE + "/method", guards=OFFICER)
async def method_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """Which other method an indicator (`?code=`) is to be rated by."""
    return await show_methods(request, db, public_id, request.query_params.get("code", ""))


@post(BASE + "/method", guards=OFFICER)
async def change_method(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    form = await form_of(request)
    code, method = form.get("code", ""), form.get("method", "")
    async with db.writing() as session:
        contract, _, cycle = await opened(session, public_id, request.user)
        wish = await drafts.take(session, cycle, contract)
        if method not in set(Method):
            raise Refused(N_("점수 매기는 방법을 골라 주십시오"))
        await drafts.change_method(session, wish, code, Method(method), request.user)
    return see(address_of(public_id, "node", code=code, done="method"))


@get(BASE + "/weights", guards=OFFICER)
async def weights_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """The points of everything right below one item (`?under=`, empty for the whole)."""
    return await show_weights(request, db, public_id, request.query_params.get("under", ""))


@post(BASE + "/weights", guards=OFFICER)
async def weigh(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Keep the points typed (`weight-CODE`); with `share` blank ones get equal parts of what is left."""
    form = await form_of(request)
    under = form.get("under", "")
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            wish = await drafts.take(session, cycle, contract)
            await drafts.weigh(session, wish, under, form, request.user, share="share" in form)
    except NotFound:
        raise
    except Trouble as problem:
        return await show_weights(request, db, public_id, under, problem, form=form)
    return see(address_of(public_id, "weights", under=under, done="weighed"))


@post(BASE + "/remove", guards=OFFICER)
async def remove(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Take an item out of the draft with everything below it, as it was shown (`seen`)."""
    form = await form_of(request)
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            wish = await drafts.take(session, cycle, contract)
            await drafts.remove(session, wish, form.get("code", ""), form.get("seen", ""), request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await show_wish(request, db, public_id, problem)
    return see(f"{address(public_id)}?done=removed#changes")


@post(BASE + "/restore", guards=OFFICER)
async def restore(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Make an item (`code`) again what the contract in force says."""
    code = (await form_of(request)).get("code", "")
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            wish = await drafts.take(session, cycle, contract)
            await drafts.restore(session, wish, code, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await show_wish(request, db, public_id, problem)
    return see(f"{address(public_id)}?done=restored#node-{quote(code)}")


@post(BASE + "/discard", guards=OFFICER)
async def discard(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Throw the draft away."""
    async with db.writing() as session:
        contract, _, _ = await opened(session, public_id, request.user)
        await drafts.discard(session, contract)
    return see(f"{address(public_id)}?done=discarded")


ROUTES: list[Any] = [
    wish_page, item_page, reword, new_page, add, method_page, change_method, weights_page, weigh, remove, restore, discard,
]  # fmt: skip
