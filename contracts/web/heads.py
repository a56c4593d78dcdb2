"""The head's own contract: everybody's page, and the agency's page where its officer words it and reports."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import PHASES
from contracts.evidence.files import evidence_of
from contracts.heads import promising, reporting
from contracts.keeping.checks import ANSWER_LENGTH, findings_of
from contracts.keeping.unlikely import Unlikely
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import seen_contract, tree_of
from contracts.signing import still_as_signed
from contracts.terms import head as terms
from contracts.terms.tree import HeadContract, Node
from contracts.web.acting import acted
from contracts.web.editions import editions_of
from contracts.web.opening import Own, shown
from office.access import only
from office.database import Database
from office.decimals import half_up
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see
from office.people import Role

BASE = "/agency/contracts/{public_id:str}/head"
FEW = {promising.MEASURED: 2, promising.GRADED: 1}
"""Empty rows that stand open before anything is written."""
DONE = {
    "worded": N_("저장했습니다. 다 쓰면 계약을 제출해 주십시오. 기관 계약과 함께 검토하고 서명합니다."),
    "reported": N_("실적과 이행 결과를 저장했습니다. 공개된 계약 화면에 바로 보입니다."),
}


def ways_of(head: HeadContract | None) -> list[tuple[Node, Decimal | None]]:
    """The measured tasks with how far each is, in per cent."""
    ways: list[tuple[Node, Decimal | None]] = []
    for task in terms.measured(head) if head else ():
        said = task.measure
        far = terms.attained(said.direction, said.target, said.actual) if said else None
        ways.append((task, None if far is None else half_up(far, 1)))
    return ways


def rows_shown(fields: Mapping[str, str], problem: Trouble | None) -> dict[str, int]:
    """How many rows of each kind stand open: those with something in them, a few more to begin with, all with a problem."""
    open_rows = {}
    for letter, few in FEW.items():
        filled = [
            n for n in range(1, promising.ROWS[letter] + 1) if fields.get(f"title-{letter}{n}", "").strip()
        ]
        open_rows[letter] = promising.ROWS[letter] if problem else max([few, *filled])
    return open_rows


@get("/contracts/{public_id:str}/head")
async def public_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """What the head promised, how far it is, and how it is judged."""
    async with db.reading() as session:
        contract, agency, cycle = await seen_contract(session, public_id, request.user)
        if contract.state is not ContractState.PUBLISHED:
            return see(f"/agency/contracts/{public_id}/head")
        tree = await tree_of(session, contract)
        editions = await editions_of(session, cycle, contract)
        files = await evidence_of(session, contract)
        checks, past = await findings_of(session, contract)
    if tree.head is None:
        raise NotFound(N_("이 계약에는 기관장 성과계약이 없습니다"))
    return page(
        request,
        "contracts/head.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        head=tree.head,
        ways=ways_of(tree.head),
        graded=terms.graded(tree.head),
        asked=translate(terms.LEADERSHIP_ASKED),
        leadership_code=terms.LEADERSHIP,
        months=terms.months_in_office(tree.head.since, cycle.year),
        editions=editions,
        files=files,
        checks=checks,
        past=past,
        sound=still_as_signed(tree, cycle, contract),
        judged=PHASES.index(cycle.phase) >= PHASES.index(Phase.PROVISIONAL),
    )


@get(BASE, guards=[only(Role.OFFICER, Role.HEAD, Role.OFFICE)])
async def own_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    return await _page(request, db, public_id)


async def _page(
    request: AnyRequest,
    db: Database,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
    reported: bool = False,
) -> Response[str]:
    """The page; `form` is what was sent with a `problem`, the figures where it was `reported` and else the wording."""

    async def about(session: AsyncSession, own: Own) -> dict[str, Any]:
        head, state, phase = own.tree.head, own.contract.state, own.cycle.phase
        officer = request.user.role is Role.OFFICER
        worded = None if reported else form
        fields = promising.fields_of(head) if worded is None else worded
        asks = isinstance(problem, promising.Reviewed)
        checks, past = await findings_of(session, own.contract)
        return {
            "head": head,
            "ways": ways_of(head),
            "graded": terms.graded(head) if head else (),
            # Whoever was overtaken by a new state keeps the form with what they typed.
            "may_write": worded is not None
            or (
                officer and phase is Phase.DRAFTING and state in (ContractState.DRAFT, ContractState.ACCEPTED)
            ),
            "may_report": head is not None
            and (reported or (officer and phase is Phase.REPORTING and state is ContractState.PUBLISHED)),
            "asks": asks,
            "rows": promising.ROWS,
            "longest": promising.LONGEST_OF,
            "maximum": reporting.MAXIMUM,
            "asked": translate(terms.LEADERSHIP_ASKED),
            "leadership_code": terms.LEADERSHIP,
            "fields": fields,
            "shown": rows_shown(fields, None if asks else problem),
            "typed": (form or {}) if reported else {},
            "files": await evidence_of(session, own.contract),
            "checks": checks,
            "past": past,
            "answer_length": ANSWER_LENGTH,
            "unlikely": problem if isinstance(problem, Unlikely) else None,
        }

    return await shown(
        request, db, public_id, "contracts/head_own.html", about, done=DONE, problem=problem, form=form
    )


@post(BASE, guards=[only(Role.OFFICER)])
async def write(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The officer words the head's tasks (`title-Q1`, …, `title-G1`, …, `since`); every row blank takes them away.

    Where the contract was reviewed already, the page asks first (`again`).
    """
    form = await form_of(request)

    async def store(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        await promising.promise(session, cycle, contract, form, request.user)

    again = partial(_page, request, db, public_id, form=form)
    done = f"/agency/contracts/{public_id}/head?done=worded"
    return await acted(request, db, public_id, store, done=done, again=again)


@post(BASE + "/figures", guards=[only(Role.OFFICER)])
async def report(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The officer reports (`actual-CODE`, `result-CODE`, `answer-CODE`, `leadership`, `since`)."""
    form = await form_of(request)

    async def store(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        await reporting.report(session, cycle, contract, form, request.user)

    again = partial(_page, request, db, public_id, form=form, reported=True)
    done = f"/agency/contracts/{public_id}/head?done=reported"
    return await acted(request, db, public_id, store, done=done, again=again)


ROUTES = [public_page, own_page, write, report]
