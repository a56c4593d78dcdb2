"""An agency asks for a change of its published contract: the officer words it, the head consents with a signature."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import col, select

from contracts.changes import amendments, requesting
from contracts.changes.amendments import AMENDMENT_LABELS, AMENDMENT_TONES, OPEN, Amendment
from contracts.changes.drafts import wish_of
from contracts.changes.effects import effects
from contracts.changes.together import companions_of
from contracts.keeping.checks import checks_of
from contracts.model import ContractState
from contracts.reading import agency_names, is_its_own, tree_of
from contracts.terms.doubt import doubts_among
from contracts.web.amendment_pages import show_wish
from contracts.web.differing import differences
from contracts.web.opening import opened
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import Role
from office.settings import Settings

BASE = "/agency/contracts/{public_id:str}/amendments"
DONE = {
    "asked": N_("변경을 요청했습니다. 기관장이 동의하면 성과관리 담당이 결정합니다."),
    "signed": N_("변경에 동의하고 서명했습니다. 성과관리 담당 두 명이 승인하면 계약이 바뀝니다."),
    "withdrawn": N_("변경 요청을 거두어들였습니다. 계약은 그대로입니다."),
}


def _done(request: AnyRequest, problem: Trouble | None) -> dict[str, str]:
    done = DONE.get(request.query_params.get("done", ""))
    return {"done": translate(done)} if done and problem is None else {}


@get(BASE, guards=[only(Role.OFFICER, Role.HEAD, Role.OFFICE)])
async def requests_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    return await _requests(request, db, public_id)


async def _requests(
    request: AnyRequest, db: Database, public_id: str, problem: Trouble | None = None, at: int = 0
) -> Response[str]:
    """An agency's requests; `at` is the one a problem belongs to."""
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, request.user)
        query = select(Amendment).where(col(Amendment.contract_id) == contract.id)
        found = list(await session.exec(query.order_by(col(Amendment.id).desc())))
        companions = await companions_of(session, found)
        bodies = await agency_names(session)
        begun = (await wish_of(session, cycle, contract)).changed
        tree, doubts = await tree_of(session, contract), doubts_among(await checks_of(session, contract))
    own = is_its_own(request.user, agency)
    may = amendments.amendable(cycle, contract)
    return page(
        request,
        "contracts/amendment_requests.html",
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        cycle=cycle,
        requests=[
            (
                each,
                differences(each.before, each.after, bodies),
                effects(each.before, each.after, tree, doubts) if each.state in OPEN else [],
            )
            for each in found
        ],
        companions=companions,
        outdated={each.id for each in found if each.base_fingerprint != contract.fingerprint},
        labels=AMENDMENT_LABELS,
        tones=AMENDMENT_TONES,
        begun=begun,
        may_ask=may and own and request.user.role is Role.OFFICER,
        may_sign=may and own and request.user.role is Role.HEAD,
        may_withdraw=own,
        amendable=may,
        published=contract.state is ContractState.PUBLISHED,
        problem=problem,
        at=at,
        **_done(request, problem),
    )


@post(BASE, guards=[only(Role.OFFICER)])
async def ask(request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]) -> Response[Any]:
    """The officer asks for what the draft says, with a `reason`."""
    form = await form_of(request)
    try:
        wanted = read_form(requesting.Wanted, form)
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            await requesting.ask(session, cycle, contract, wanted, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await show_wish(request, db, public_id, problem, reason=form.get("reason", ""))
    return see(f"/agency/contracts/{public_id}/amendments?done=asked")


@post(BASE + "/{number:int}/sign", guards=[only(Role.HEAD)])
async def sign(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
    number: FromPath[int],
) -> Response[Any]:
    """The head consents with a fresh authenticator code."""
    code = (await form_of(request)).get("totp", "")
    try:
        async with db.writing() as session:
            contract, agency, cycle = await opened(session, public_id, request.user)
            await requesting.consent(session, settings, cycle, contract, agency, number, request.user, code)
    except NotFound:
        raise
    except Trouble as problem:
        return await _requests(request, db, public_id, problem, number)
    return see(f"/agency/contracts/{public_id}/amendments?done=signed")


@post(BASE + "/{number:int}/withdraw", guards=[only(Role.OFFICER, Role.HEAD)])
async def withdraw(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str], number: FromPath[int]
) -> Response[Any]:
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            await requesting.withdraw(session, cycle, contract, number, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _requests(request, db, public_id, problem, number)
    return see(f"/agency/contracts/{public_id}/amendments?done=withdrawn")


ROUTES = [requests_page, ask, sign, withdraw]
