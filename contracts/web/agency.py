"""An agency's own pages: its contract and what to do, the officer's promises and figures, the head's signature."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts import signing
from contracts.cycles import steps_of
from contracts.keeping import reporting
from contracts.keeping.checks import ANSWER_LENGTH, findings_of
from contracts.keeping.unlikely import Unlikely
from contracts.model import PHASE_LABELS, STATE_LABELS, Contract, ContractState, Cycle, Phase
from contracts.reading import (
    agency_called,
    agency_names,
    contracts_of_agency,
    is_its_own,
)
from contracts.sharing import loose_around, unled_tasks
from contracts.terms.doubt import doubts_among
from contracts.terms.gaps import weight_gaps
from contracts.terms.standing import standing_of
from contracts.terms.tree import tasks
from contracts.timing.duties import TASK_LABELS
from contracts.web.acting import acted
from contracts.web.opening import Own, opened, shown
from contracts.web.own_tasks import own_tasks
from contracts.web.own_years import own_years
from contracts.web.showing import NAMES, STATE_TONES, line_of, promises_of, signatures_of
from contracts.writing import promises
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_
from office.pages import AnyRequest, form_of, page, see
from office.people import Person, Role
from office.settings import Settings

OWN = [only(Role.OFFICER, Role.HEAD)]
OFFICER = [only(Role.OFFICER)]
BASE = "/agency/contracts/{public_id:str}"
DONE = {
    "written": N_("약속 문장을 저장했습니다."),
    "signed": N_(
        "서명했습니다. 성과관리 담당이 도지사를 대신하여 서명하고, 담당자 두 명이 확인하면 공개합니다."
    ),
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
    ours = [year.contract for year in years]
    return page(
        request,
        "contracts/agency.html",
        status=problem.status if problem else 200,
        years=years,
        waiting=waiting,
        busy=[year for year in years if not year.idle(person.role)],
        steps=line_of(steps),
        agency=agency,
        tasks=TASK_LABELS,
        earlier=[each for each in found if each[0] not in ours],
        states=STATE_LABELS,
        phases=PHASE_LABELS,
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
    async def about(session: AsyncSession, own: Own) -> dict[str, Any]:
        checks, past = await findings_of(session, own.contract)
        drafting_now = own.cycle.phase is Phase.DRAFTING and is_its_own(request.user, own.agency)
        state, role = own.contract.state, request.user.role
        return {
            "all_tasks": tasks(own.tree),
            "bodies": await agency_names(session),
            "names": NAMES,
            "standing": standing_of([own.tree], doubts_among(checks)),
            "promises": promises_of(own.tree, own.cycle, checks),
            "checks": checks,
            "past": past,
            "loose": await loose_around(session, own.cycle, own.agency.code) if drafting_now else [],
            "unled": await unled_tasks(session, own.cycle, own.tree),
            "imbalances": [(each.title, each.said()) for each in weight_gaps(own.tree)],
            "signatures": await signatures_of(session, own.contract),
            "may_write": drafting_now
            and state in (ContractState.DRAFT, ContractState.ACCEPTED)
            and role is Role.OFFICER,
            "may_sign": drafting_now and state is ContractState.ACCEPTED and role is Role.HEAD,
            "maximum": promises.MAXIMUM_PROMISE,
            "states": STATE_LABELS,
            "tones": STATE_TONES,
        }

    return await shown(
        request, db, public_id, "contracts/draft.html", about, done=DONE, problem=problem, form=form
    )


@post(BASE + "/texts", guards=[only(Role.OFFICER)])
async def write(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The officer words the promises (`promise-CODE`)."""
    form = await form_of(request)

    async def write_them(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        await promises.write_promises(session, cycle, contract, form, request.user)

    again = partial(_draft, request, db, public_id, form=form)
    done = f"/agency/contracts/{public_id}?done=written"
    return await acted(request, db, public_id, write_them, done=done, again=again)


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
    """The officer reports figures and results (`actual-CODE`, `result-CODE`), and answers the check (`answer-CODE`)."""
    form = await form_of(request)

    async def store(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        await reporting.report(session, cycle, contract, form, request.user)

    again = partial(_figures, request, db, public_id, form=form)
    done = f"/agency/contracts/{public_id}/figures?done=reported"
    return await acted(request, db, public_id, store, done=done, again=again)


async def _figures(
    request: AnyRequest,
    db: Database,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
) -> Response[str]:
    async def about(session: AsyncSession, own: Own) -> dict[str, Any]:
        checks, past = await findings_of(session, own.contract)
        return {
            "all_tasks": tasks(own.tree),
            "bodies": await agency_names(session),
            "names": NAMES,
            "standing": standing_of([own.tree], doubts_among(checks)),
            "open": request.user.role is Role.OFFICER
            and own.cycle.phase is Phase.REPORTING
            and own.contract.state is ContractState.PUBLISHED,
            "maximum": reporting.MAXIMUM_RESULT,
            "checks": checks,
            "past": past,
            "outdated": await reporting.outdated_results(session, own.contract, own.tree),
            "answer_length": ANSWER_LENGTH,
            "unlikely": problem if isinstance(problem, Unlikely) else None,
        }

    return await shown(
        request, db, public_id, "contracts/figures.html", about, done=DONE, problem=problem, form=form
    )


ROUTES = [home, draft_page, write, sign, figures_page, report]
