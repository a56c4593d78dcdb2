"""The external check of figures: a verifier's list and one contract's figures, and the office's view of how far it is."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import cycle_in, cycle_of
from contracts.evidence.files import evidence_of
from contracts.files.spreadsheet import checked
from contracts.keeping import checking, checks
from contracts.keeping.backing import figures, grounds, unchecked
from contracts.model import PHASE_LABELS, Contract, ContractState, Phase
from contracts.reading import agency_names, seen_contract, tree_of
from contracts.terms.doubt import VERDICT_LABELS, Check
from contracts.terms.tree import Node
from contracts.web.showing import NAMES
from office.access import only
from office.database import Database
from office.decimals import number
from office.errors import NotFound, Refused, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see
from office.people import Role

VERIFIER = [only(Role.VERIFIER)]


@get("/checks", guards=VERIFIER)
async def my_list(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    """Every contract with figures to check, the one to go on with first."""
    async with db.reading() as session:
        cycle = await cycle_in(session, Phase.REPORTING)
        found = await checks.progress_of(session, cycle) if cycle else []
    lines = [line for line in found if line.reported]
    return page(
        request,
        "contracts/checks.html",
        cycle=cycle,
        phase=translate(PHASE_LABELS[cycle.phase]) if cycle else "",
        open=cycle is not None and cycle.phase is Phase.REPORTING,
        lines=lines,
        following=next((line for line in lines if line.waiting), None),
        labels=VERDICT_LABELS,
        tones=checks.VERDICT_TONES,
    )


@get("/checks/{public_id:str}", guards=VERIFIER)
async def one(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
    saved: FromQuery[str] = "",
    confirmed: FromQuery[int | None] = None,
) -> Response[str]:
    done = translate(N_("저장했습니다. 아래에서 이어서 확인해 주십시오")) if saved else None
    if confirmed is not None:
        done = translate(N_("실적 {n}개를 ‘맞음’으로 저장했습니다"), n=confirmed)
    return await _page(request, db, public_id, done=done, confirmed=confirmed is not None)


FIELDS = ("verdict", "found", "note", "source", "looked")


def _unsaved(form: Mapping[str, str], nodes: Iterable[Node], known: Mapping[str, Check]) -> dict[str, str]:
    """The figures beside which a form that was sent holds something else than is stored, by code with their titles."""
    found = {}
    for node in nodes:
        code, stands = node.code, known.get(node.code)
        if f"note-{code}" not in form:
            continue
        figure = form.get(f"found-{code}", "").strip()
        typed = (form.get(f"verdict-{code}", ""), checked(form.get(f"note-{code}", "")).text)
        stored = (stands.verdict.value, stands.note) if stands else ("", "")
        another = number(figure) != (stands.found if stands else None) if figure else stands and stands.found
        ticked = not stands and any(form.get(f"{name}-{code}") for name in ("source", "looked"))
        if typed != stored or another or ticked or (figure and number(figure) is None):
            found[code] = node.title
    return found


def _without(form: Mapping[str, str], codes: Iterable[str]) -> dict[str, str]:
    """What was sent besides the fields of some figures."""
    gone = {f"{name}-{code}" for code in codes for name in (*FIELDS, "seen")}
    return {name: value for name, value in form.items() if name not in gone}


async def _page(
    request: AnyRequest,
    db: Database,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
    done: str | None = None,
    confirmed: bool = False,
) -> Response[str]:
    async with db.reading() as session:
        contract, agency, cycle = await seen_contract(session, public_id, request.user)
        if contract.state is not ContractState.PUBLISHED:
            raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
        tree = await tree_of(session, contract)
        known, past = await checks.findings_of(session, contract)
        evidence = await evidence_of(session, contract)
        lines = await checks.progress_of(session, cycle)
        bodies = await agency_names(session)
    rest = unchecked(tree, known, evidence)
    nodes = {node.code: node for node, _ in figures(tree)}
    form = form or {}
    unsaved = _unsaved(form, nodes.values(), known)
    seen = {code: node.measure.actual for code, node in nodes.items() if node.measure}
    # What was typed beside a figure was said of the one that page showed; only the verdict being given sees the new one.
    typed = [code for code in unsaved if code != form.get("code") and f"seen-{code}" in form]
    seen |= {code: number(form[f"seen-{code}"]) for code in typed}
    if confirmed and done and rest.bare:
        done += ". " + translate(N_("견줄 증빙자료가 없는 {n}개는 남아 있습니다"), n=len(rest.bare))
    waiting = [line for line in lines if line.waiting and line.contract.id != contract.id]
    return page(
        request,
        "contracts/check.html",
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        cycle=cycle,
        bodies=bodies,
        open=cycle.phase is Phase.REPORTING,
        groups=[(above, list(found)) for above, found in groupby(figures(tree), key=itemgetter(1))],
        rest=rest,
        grounds=grounds(tree, evidence),
        unsaved=unsaved,
        seen=seen,
        known=known,
        past=past,
        evidence=evidence,
        progress=next((line for line in lines if line.contract.id == contract.id), None),
        following=waiting[0] if waiting else None,
        verdicts=[(verdict.value, translate(label)) for verdict, label in VERDICT_LABELS.items()],
        labels=VERDICT_LABELS,
        tones=checks.VERDICT_TONES,
        maximum=checks.NOTE_LENGTH,
        names=NAMES,
        form=form,
        problem=problem,
        done=done,
        confirmed=confirmed,
    )


@post("/checks/{public_id:str}", guards=VERIFIER)
async def save(request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]) -> Response[Any]:
    """One figure's verdict (`code`, `verdict-CODE`, `found-CODE`, `note-CODE`); what is typed beside others is kept."""
    form = await form_of(request)
    try:
        async with db.writing() as session:
            contract, _, cycle = await seen_contract(session, public_id, None)
            if not form.get("code"):
                form |= {"code": await _meant(session, contract, form)}
            await checking.check(session, cycle, contract, form, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _page(request, db, public_id, problem, form=form)
    return await _onward(request, db, public_id, form, [form["code"]], "saved=yes#next")


@post("/checks/{public_id:str}/rest", guards=VERIFIER)
async def rest(request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]) -> Response[Any]:
    """The figures without a verdict that have a file, or were looked up at their source, are right as this page showed them."""
    form = await form_of(request)
    try:
        async with db.writing() as session:
            contract, _, cycle = await seen_contract(session, public_id, None)
            codes = await checking.confirm_rest(session, cycle, contract, form, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _page(request, db, public_id, problem, form=form)
    return await _onward(request, db, public_id, form, codes, f"confirmed={len(codes)}")


async def _meant(session: AsyncSession, contract: Contract, form: Mapping[str, str]) -> str:
    """The one figure beside which something was typed, where Enter sent the form and no button of a figure."""
    nodes = checks.reported(await tree_of(session, contract))
    unsaved = list(_unsaved(form, nodes, await checks.checks_of(session, contract)))
    if len(unsaved) != 1:
        raise Refused(N_("저장하지 않았습니다. 저장할 지표의 ‘저장’ 단추를 눌러 주십시오"))
    return unsaved[0]


async def _onward(
    request: AnyRequest,
    db: Database,
    public_id: str,
    form: Mapping[str, str],
    saved: Iterable[str],
    done: str,
) -> Response[Any]:
    """On to the page, or the page itself where something typed beside other figures is not saved yet."""
    others = _without(form, saved)
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, public_id, request.user)
        nodes = checks.reported(await tree_of(session, contract))
        unsaved = _unsaved(others, nodes, await checks.checks_of(session, contract))
    if unsaved:
        return await _page(request, db, public_id, form=others, done=translate(N_("저장했습니다")))
    return see(f"/checks/{public_id}?{done}")


@get("/office/cycles/{year:int}/checks", guards=[only(Role.OFFICE)])
async def overview(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[str]:
    """How far the check is: contracts, verifiers, and what differs."""
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        lines = await checks.progress_of(session, cycle)
        people = await checks.work_of_verifiers(session, cycle)
    return page(
        request,
        "contracts/checks_office.html",
        cycle=cycle,
        early=cycle.phase in (Phase.DRAFTING, Phase.PUBLISHED),
        open=cycle.phase is Phase.REPORTING,
        lines=[line for line in lines if line.reported],
        people=people,
        labels=VERDICT_LABELS,
        tones=checks.VERDICT_TONES,
    )


ROUTES = [my_list, one, save, rest, overview]
