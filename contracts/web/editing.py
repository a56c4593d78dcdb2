"""The officer's pages of drafting: the contract at a glance, and one page a node with only its fields."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.cycles import current_cycle, drafting_cycle
from contracts.model import STATE_LABELS
from contracts.terms.branches import BELOW, place_of, walk_places
from contracts.terms.gaps import gaps, sum_below
from contracts.terms.notes import notes
from contracts.terms.tree import KIND_NAMES, Kind, Method
from contracts.web.agency import OFFICER, home_page, opened
from contracts.web.nodeform import (
    address,
    address_of,
    choose_method,
    of_drafting,
    open_comments,
    open_draft,
    said_done,
    show_new,
    show_node,
)
from contracts.web.showing import STATE_TONES
from contracts.writing import arranging, beginning, editing
from office.database import Database
from office.errors import Conflict, NotFound, Refused, Trouble
from office.i18n import N_
from office.pages import AnyRequest, form_of, page, see

BASE = "/agency/contracts/{public_id:str}/edit"


@post("/agency/contracts", guards=OFFICER)
async def begin(request: AnyRequest, db: NamedDependency[Database]) -> Response[Any]:
    """The officer begins the contract of the year being written: `start` is `blank` or `last`, `agency` names a new body."""
    form = await form_of(request)
    try:
        async with db.writing() as session:
            cycle = await drafting_cycle(session) or await current_cycle(session)
            if cycle is None:
                raise Conflict(N_("아직 시작한 평가주기가 없습니다. 성과관리 담당이 시작하면 쓸 수 있습니다"))
            contract = await beginning.begin(
                session,
                cycle,
                request.user,
                name=form.get("agency", ""),
                from_last=form.get("start") == "last",
            )
    except Trouble as problem:
        return await home_page(request, db, problem, form=form)
    return see(f"{address(contract.public_id)}?done=begun")


@get(BASE, guards=OFFICER)
async def outline(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """The contract at a glance: what stands where, the running sums, and what is still missing."""
    async with db.reading() as session:
        contract, agency, cycle, tree = await open_draft(session, request, public_id)
        said = await open_comments(session, contract)
        may_abandon = await arranging.may_abandon(session, contract)
    return page(
        request,
        "contracts/edit.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        tree=tree,
        top=sum_below(tree),
        places=list(walk_places(tree)),
        below=BELOW,
        kinds=KIND_NAMES,
        gaps=gaps(tree, cycle.year),
        remarks=notes(tree, cycle.year),
        said=said,
        marks={},
        may_abandon=may_abandon,
        states=STATE_LABELS,
        tones=STATE_TONES,
        **of_drafting(public_id),
        **said_done(request),
    )


@get(BASE + "/node", guards=OFFICER)
async def node_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """One node's fields (`?code=`)."""
    return await show_node(request, db, public_id, request.query_params.get("code", ""))


@post(BASE + "/node", guards=OFFICER)
async def write_node(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Store one node's fields, unless somebody else has changed it since (`seen`)."""
    form = await form_of(request)
    code = form.get("code", "")
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            desk = await editing.take(session, cycle, contract, request.user)
            changed = await editing.change(session, desk, code, form, form.get("seen", ""))
    except editing.Vanished as problem:
        return await show_new(request, db, public_id, problem, form=form)
    except NotFound:
        raise
    except Trouble as problem:
        return await show_node(request, db, public_id, code, problem, form=form)
    return _onward(public_id, code, form.get("next", ""), "changed" if changed else "same")


def _onward(public_id: str, code: str, wanted: str, done: str) -> Response[Any]:
    """After a save: to what the officer asked for next, else back to the whole."""
    if wanted == "method":
        return see(address_of(public_id, "method", code=code))
    if wanted in set(Kind):
        return see(address_of(public_id, "new", under=code, kind=wanted, done=done))
    return see(f"{address(public_id)}?done={done}#node-{quote(code)}")


@get(BASE + "/new", guards=OFFICER)
async def new_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """The form of a new node (`?under=&kind=`, of an indicator `&method=`)."""
    asked = {name: request.query_params.get(name, "") for name in ("under", "kind", "method")}
    return await show_new(request, db, public_id, form=asked)


@post(BASE + "/new", guards=OFFICER)
async def add(request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]) -> Response[Any]:
    form = await form_of(request)
    kind, method = form.get("kind", ""), form.get("method", "")
    if kind not in set(Kind):
        raise NotFound(N_("그 자리에는 둘 수 없는 항목입니다. 계약 쓰기 화면에서 다시 골라 주십시오"))
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            desk = await editing.take(session, cycle, contract, request.user)
            chosen = Method(method) if method in set(Method) else None
            code = await editing.add(session, desk, form.get("under", ""), Kind(kind), chosen, form)
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
    async with db.reading() as session:
        contract, _, cycle, tree = await open_draft(session, request, public_id)
    place = place_of(tree, request.query_params.get("code", ""))
    if place is None or place.node.measure is None:
        raise NotFound(N_("이 항목은 없거나 지워졌습니다. 계약 쓰기 화면에서 다시 골라 주십시오"))
    chosen = place.node.measure.method.value
    return choose_method(request, contract, cycle, node=place.node, chosen=chosen, **of_drafting(public_id))


@post(BASE + "/method", guards=OFFICER)
async def change_method(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    form = await form_of(request)
    code, method = form.get("code", ""), form.get("method", "")
    async with db.writing() as session:
        contract, _, cycle = await opened(session, public_id, request.user)
        desk = await editing.take(session, cycle, contract, request.user)
        if method not in set(Method):
            raise Refused(N_("점수 매기는 방법을 골라 주십시오"))
        await editing.change_method(session, desk, code, Method(method))
    return see(address_of(public_id, "node", code=code, done="method"))


ROUTES = [begin, outline, node_page, write_node, new_page, add, method_page, change_method]
