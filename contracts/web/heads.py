"""The head's own contract: everybody's page, and the agency's page where its officer words it and reports."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.cycles import PHASES
from contracts.heads import promising, reporting
from contracts.model import UNSIGNED, ContractState, Phase
from contracts.reading import seen_contract, tree_of
from contracts.signing import still_as_signed
from contracts.terms import head as terms
from contracts.terms.tree import HeadContract, Node
from contracts.web.agency import opened
from contracts.web.showing import signatures_of
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
    "worded": N_("저장했습니다. 기관 계약과 함께 검토하고 서명합니다."),
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
        signatures = await signatures_of(session, contract)
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
        months=terms.months_in_office(tree.head.since, cycle.year),
        signatures=signatures,
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
) -> Response[str]:
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, request.user)
        tree = await tree_of(session, contract)
    officer = request.user.role is Role.OFFICER
    fields = form if form is not None else promising.fields_of(tree.head)
    done = DONE.get(request.query_params.get("done", ""))
    return page(
        request,
        "contracts/head_own.html",
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        cycle=cycle,
        head=tree.head,
        ways=ways_of(tree.head),
        graded=terms.graded(tree.head) if tree.head else (),
        may_write=officer
        and cycle.phase is Phase.DRAFTING
        and contract.state in UNSIGNED
        and contract.state is not ContractState.SUBMITTED,
        may_report=officer
        and tree.head is not None
        and cycle.phase is Phase.REPORTING
        and contract.state is ContractState.PUBLISHED,
        rows=promising.ROWS,
        longest=promising.LONGEST_OF,
        maximum=reporting.MAXIMUM,
        asked=translate(terms.LEADERSHIP_ASKED),
        fields=fields,
        shown=rows_shown(fields, problem),
        typed=form or {},
        problem=problem,
        **({"done": translate(done)} if done and problem is None else {}),
    )


@post(BASE, guards=[only(Role.OFFICER)])
async def write(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The officer words the head's tasks (`title-Q1`, …, `title-G1`, …, `since`); every row blank takes them away."""
    form = await form_of(request)
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            await promising.promise(session, cycle, contract, form, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _page(request, db, public_id, problem, form=form)
    return see(f"/agency/contracts/{public_id}/head?done=worded")


@post(BASE + "/figures", guards=[only(Role.OFFICER)])
async def report(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The officer reports (`actual-CODE`, `result-CODE`, `leadership`, `since`)."""
    form = await form_of(request)
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            await reporting.report(session, cycle, contract, form, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _page(request, db, public_id, problem, form=form)
    return see(f"/agency/contracts/{public_id}/head?done=reported")


ROUTES = [public_page, own_page, write, report]
