"""An agency's own pages: its contract and what to do, the officer's promises and figures, the head's signature."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts import signing
from contracts.cycles import steps_of
from contracts.keeping import reporting
from contracts.keeping.checks import checks_of
from contracts.model import STATE_LABELS, Agency, Contract, ContractState, Cycle, Phase
from contracts.reading import (
    agency_called,
    agency_names,
    contracts_of_agency,
    is_its_own,
    seen_contract,
    tree_of,
)
from contracts.terms.gaps import weight_gaps
from contracts.terms.standing import standing_of
from contracts.terms.tree import tasks
from contracts.timing.duties import TASK_LABELS
from contracts.web.own_tasks import own_tasks
from contracts.web.own_years import own_years
from contracts.web.showing import NAMES, STATE_TONES, line_of, promises_of, signatures_of
from contracts.writing import promises
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page, see
from office.people import Person, Role
from office.settings import Settings

OWN = [only(Role.OFFICER, Role.HEAD)]
OFFICER = [only(Role.OFFICER)]
BASE = "/agency/contracts/{public_id:str}"
DONE = {
    "written": N_("약속 문장을 저장했습니다."),
    "signed": N_("서명했습니다. 성과관리 담당이 도지사를 대신하여 서명하면 공개됩니다."),
    "reported": N_("실적과 이행 결과를 저장했습니다. 공개된 계약 화면에 바로 보입니다."),
}


@get("/agency", guards=OWN)
async def home(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    """Where an agency stands this year and what is to do."""
    return await home_page(request, db)


async def home_page(
    request: AnyRequest, db: Database, problem: Trouble | None = None, *, form: dict[str, str] | None = None
) -> Response[str]:
    """The page; `problem` is one of beginning a contract, `form` what was typed there."""
    person: Person = request.user
    async with db.reading() as session:
        found = await contracts_of_agency(session, person.agency or "")
        years = await own_years(session, person, found)
        waiting = await own_tasks(session, person, found)
        steps = await steps_of(session, years[0].cycle) if years else []
        agency = await agency_called(session, person.agency or "")
    shown = [year.contract for year in years]
    return page(
        request,
        "contracts/agency.html",
        status=problem.status if problem else 200,
        years=years,
        waiting=waiting,
        steps=line_of(steps),
        agency=agency,
        tasks=TASK_LABELS,
        earlier=[each for each in found if each[0] not in shown],
        states=STATE_LABELS,
        tones=STATE_TONES,
        form=form or {},
        problem=problem,
    )


@get(BASE, guards=[only(Role.OFFICER, Role.HEAD, Role.OFFICE)])
async def draft_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    return await _draft(request, db, public_id)


async def _draft(
    request: AnyRequest,
    db: Database,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
) -> Response[str]:
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, request.user)
        tree = await tree_of(session, contract)
        signatures = await signatures_of(session, contract)
        bodies = await agency_names(session)
    drafting_now = cycle.phase is Phase.DRAFTING
    own = is_its_own(request.user, agency)
    done = DONE.get(request.query_params.get("done", ""))
    return page(
        request,
        "contracts/draft.html",
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        cycle=cycle,
        tree=tree,
        all_tasks=tasks(tree),
        bodies=bodies,
        names=NAMES,
        standing=standing_of([tree]),
        promises=promises_of(tree, cycle.year),
        imbalances=[(each.title, each.said()) for each in weight_gaps(tree)],
        signatures=signatures,
        may_write=drafting_now
        and contract.state in (ContractState.DRAFT, ContractState.ACCEPTED)
        and own
        and request.user.role is Role.OFFICER,
        may_sign=drafting_now
        and contract.state is ContractState.ACCEPTED
        and own
        and request.user.role is Role.HEAD,
        maximum=promises.MAXIMUM_PROMISE,
        states=STATE_LABELS,
        tones=STATE_TONES,
        form=form or {},
        problem=problem,
        **({"done": translate(done)} if done and problem is None else {}),
    )


async def opened(session: Any, public_id: str, person: Person) -> tuple[Contract, Agency, Cycle]:
    """The contract for those who work on it: the own agency and the office, published or not."""
    contract, agency, cycle = await seen_contract(session, public_id, person)
    if person.role is not Role.OFFICE and not is_its_own(person, agency):
        raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
    return contract, agency, cycle


@post(BASE + "/texts", guards=[only(Role.OFFICER)])
async def write(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The officer words the promises (`promise-CODE`)."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            await promises.write_promises(session, cycle, contract, form, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _draft(request, db, public_id, problem, form=form)
    return see(f"/agency/contracts/{public_id}?done=written")


@post(BASE + "/sign", guards=[only(Role.HEAD)])
async def sign(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[Any]:
    """The head signs with a fresh authenticator code."""
    form = await request.form()
    try:
        async with db.writing() as session:
            contract, agency, cycle = await opened(session, public_id, request.user)
            await signing.sign_as_head(
                session, settings, cycle, contract, agency, request.user, str(form.get("totp", ""))
            )
    except NotFound:
        raise
    except Trouble as problem:
        return await _draft(request, db, public_id, problem)
    return see(f"/agency/contracts/{public_id}?done=signed")


@get(BASE + "/figures", guards=[only(Role.OFFICER, Role.HEAD, Role.OFFICE)])
async def figures_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    return await _figures(request, db, public_id)


@post(BASE + "/figures", guards=[only(Role.OFFICER)])
async def report(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The officer reports figures and results (`actual-CODE`, `result-CODE`)."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            await reporting.report(session, cycle, contract, form, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _figures(request, db, public_id, problem, form=form)
    return see(f"/agency/contracts/{public_id}/figures?done=reported")


async def _figures(
    request: AnyRequest,
    db: Database,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
) -> Response[str]:
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, request.user)
        tree = await tree_of(session, contract)
        checks = await checks_of(session, contract)
        bodies = await agency_names(session)
    done = DONE.get(request.query_params.get("done", ""))
    return page(
        request,
        "contracts/figures.html",
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        cycle=cycle,
        tree=tree,
        all_tasks=tasks(tree),
        bodies=bodies,
        names=NAMES,
        standing=standing_of([tree]),
        open=request.user.role is Role.OFFICER
        and cycle.phase is Phase.REPORTING
        and contract.state is ContractState.PUBLISHED,
        maximum=reporting.MAXIMUM_RESULT,
        checks=checks,
        form=form or {},
        problem=problem,
        **({"done": translate(done)} if done and problem is None else {}),
    )


ROUTES = [home, draft_page, write, sign, figures_page, report]
