"""The performance office decides on requests to change a contract: before and after side by side, two officers, one refusal."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes import amending, amendments, requesting
from contracts.changes.amendments import AMENDMENT_LABELS, AMENDMENT_TONES, OPEN, Amendment
from contracts.changes.effects import effects
from contracts.changes.together import companions_of
from contracts.cycles import cycle_of
from contracts.keeping.checks import doubts_of
from contracts.model import Agency, Contract, Cycle
from contracts.reading import agency_names, trees_by_id
from contracts.rereading import Rereading
from contracts.terms.doubt import doubts_among
from contracts.web.differing import differences
from office.access import only
from office.approval import all_pending
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import Person, Role
from office.settings import Settings

DESK = "/office/cycles/{year:int}/amendments"
DONE = {
    "first": N_("승인을 기록했습니다. 다른 담당자가 하루 안에 승인하면 계약이 바뀝니다."),
    "approved": N_("계약을 바꾸었습니다. 바뀌기 전의 계약도 그대로 남아 누구나 볼 수 있습니다."),
    "declined": N_("요청을 받아들이지 않고 그 까닭을 남겼습니다. 계약은 그대로입니다."),
}


@get(DESK, guards=[only(Role.OFFICE)])
async def desk_page(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[str]:
    return await _desk(request, db, year)


async def _desk(
    request: AnyRequest,
    db: Database,
    year: int,
    problem: Trouble | None = None,
    at: int = 0,
    form: dict[str, str] | None = None,
) -> Response[str]:
    """Requests of all agencies; `at` is the one a problem belongs to, `form` what was typed there."""
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        found = await _all(session, cycle)
        bodies = await agency_names(session)
        companions = await companions_of(session, [each for each, _, _ in found])
        open_presses = {each.subject: each for each in await all_pending(session) if each.act == amending.ACT}
        waiting = {
            amendment.id: press
            for amendment, contract, _ in found
            if (press := open_presses.get(amending.subject_of(contract, amendment)))
        }
        first = {press.first_by for press in waiting.values()}
        query = select(Person.id, Person.name).where(col(Person.id).in_(first))
        names = dict((await session.exec(query)).all()) if first else {}
        ids = [contract.id for each, contract, _ in found if each.state in OPEN and contract.id is not None]
        trees, checks = await trees_by_id(session, ids), await doubts_of(session, col(Contract.id).in_(ids))
    shown = [
        (
            each,
            contract,
            agency,
            differences(each.before, each.after, bodies),
            effects(each.before, each.after, trees[contract.id], doubts_among(checks.get(contract.id, {})))
            if contract.id in trees
            else [],
        )
        for each, contract, agency in found
    ]
    done = DONE.get(request.query_params.get("done", ""))
    return page(
        request,
        "contracts/amendment_desk.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        waiting=[each for each in shown if each[0].state in OPEN],
        closed=[each for each in shown if each[0].state not in OPEN],
        presses=waiting,
        companions=companions,
        names=names,
        outdated={each.id for each, contract, _ in found if each.base_fingerprint != contract.fingerprint},
        labels=AMENDMENT_LABELS,
        tones=AMENDMENT_TONES,
        amendable=cycle.phase in amendments.AMENDABLE,
        form=form or {},
        problem=problem,
        at=at,
        **({"done": translate(done)} if done and problem is None else {}),
    )


async def _all(session: AsyncSession, cycle: Cycle) -> list[tuple[Amendment, Contract, Agency]]:
    query = (
        select(Amendment, Contract, Agency)
        .join(Contract, col(Contract.id) == col(Amendment.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(Contract.cycle_id) == cycle.id)
        .order_by(col(Amendment.id).desc())
    )
    return list(await session.exec(query))


async def _one(session: AsyncSession, year: int, number: int) -> tuple[Cycle, Contract]:
    """The cycle, and the contract that a request is about."""
    cycle = await cycle_of(session, year)
    query = (
        select(Contract)
        .join(Amendment, col(Amendment.contract_id) == col(Contract.id))
        .where(col(Contract.cycle_id) == cycle.id, col(Amendment.id) == number)
    )
    contract = (await session.exec(query)).first()
    if contract is None:
        raise NotFound(N_("그런 변경 요청이 없습니다"))
    return cycle, contract


@post(DESK + "/{number:int}/approve", guards=[only(Role.OFFICE)])
async def approve(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    rereading: NamedDependency[Rereading],
    year: FromPath[int],
    number: FromPath[int],
) -> Response[Any]:
    """The first officer's press waits, the second one's changes the contract; each with a fresh code."""
    code = (await form_of(request)).get("totp", "")
    try:
        async with db.writing() as session:
            cycle, contract = await _one(session, year, number)
            bound = await rereading.bound_to(session, cycle)
            changed = await amending.approve(
                session, settings, cycle, contract, number, request.user, code, bound=bound
            )
    except NotFound:
        raise
    except Trouble as problem:
        return await _desk(request, db, year, problem, number)
    return see(f"/office/cycles/{year}/amendments?done={'approved' if changed else 'first'}")


@post(DESK + "/{number:int}/decline", guards=[only(Role.OFFICE)])
async def decline(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], number: FromPath[int]
) -> Response[Any]:
    form = await form_of(request)
    try:
        why = read_form(requesting.Declining, form)
        async with db.writing() as session:
            cycle, contract = await _one(session, year, number)
            await requesting.decline(session, cycle, contract, number, why.reason, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _desk(request, db, year, problem, number, form)
    return see(f"/office/cycles/{year}/amendments?done=declined")


ROUTES = [desk_page, approve, decline]
