"""The evaluator's pages: the list, the declaration, the sheet with the evidence beside it, and filing."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.cycles import cycle_in
from contracts.evidence.files import evidence_of
from contracts.keeping.checks import checks_of
from contracts.keeping.replies import reply_of
from contracts.model import PHASE_LABELS, Phase
from evaluation.marking import locking, sheets
from evaluation.marking.reading import MARKING, sheet_of
from evaluation.marking.reconciling import is_wanted, open_rounds, round_open
from evaluation.marking.sheets import COMMENT_LENGTH, REASON_LENGTH
from evaluation.marking.tasks import tasks_of
from evaluation.model import RECONCILED, STANDING_LABELS, STANDING_TONES, Standing
from evaluation.web import desk, saving
from office.access import only
from office.database import Database
from office.errors import Refused, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see
from office.people import Role

GUARDS = [only(Role.EVALUATOR)]


@get("/evaluation", guards=GUARDS)
async def my_list(
    request: AnyRequest, db: NamedDependency[Database], show: FromQuery[str] = ""
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_in(session, *MARKING)
        tasks = await tasks_of(session, cycle, request.user) if cycle else []
        contracts = [task.contract.id or 0 for task in tasks]
        opened = await open_rounds(session, cycle, contracts) if cycle else frozenset()
    own = [task for task in tasks if task.assignment.standing not in desk.OUT]
    real = [task for task in own if not task.assignment.calibration]
    filed = [task for task in real if task.assignment.standing is Standing.FILED]
    left = [task for task in real if task.assignment.standing is not Standing.FILED]
    marking = cycle is not None and cycle.phase in MARKING
    return page(
        request,
        "evaluation/list.html",
        cycle=cycle,
        phase=translate(PHASE_LABELS[cycle.phase]) if cycle else "",
        marking=marking,
        early=cycle is not None and cycle.phase in (Phase.DRAFTING, Phase.PUBLISHED, Phase.REPORTING),
        show=show if show in ("left", "filed") else "",
        tasks={"left": left, "filed": filed}.get(show, real),
        counts=(len(real), len(left), len(filed)),
        practice=[task for task in own if task.assignment.calibration],
        out=[task for task in tasks if task.assignment.standing in desk.OUT],
        progress=desk.progress_of(tasks),
        to_reconcile=[
            task
            for task in filed
            if marking and task.contract.id in opened and task.assignment.reconciled_at is None
        ],
        labels=STANDING_LABELS,
        tones=STANDING_TONES,
    )


@get("/evaluation/{assignment_id:int}", guards=GUARDS)
async def sheet_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    assignment_id: FromPath[int],
    done: FromQuery[str] = "",
) -> Response[str]:
    said = {
        "saved": N_("저장했습니다"),
        "filed": N_("제출했습니다. 이 평가표는 잠겼습니다"),
        "reconciled": N_("조율 평정을 제출했습니다. 이 평가표는 이제 고칠 수 없습니다"),
        "conflict": N_("알려 주셔서 고맙습니다. 성과관리 담당이 다른 평가위원을 배정합니다"),
    }.get(done)
    return await _page(request, db, assignment_id, done=translate(said) if said else None)


@post("/evaluation/{assignment_id:int}/declare", guards=GUARDS)
async def declare(
    request: AnyRequest, db: NamedDependency[Database], assignment_id: FromPath[int]
) -> Response[Any]:
    form = await form_of(request)
    said, reason = form.get("conflict", ""), form.get("reason", "")
    try:
        if said not in ("yes", "no"):
            fields = {"conflict": translate(N_("둘 가운데 하나를 골라 주십시오"))}
            raise Refused(N_("이해관계가 있는지 없는지 골라 주십시오"), fields=fields)
        if len(reason) > REASON_LENGTH:
            fields = {"reason": translate(N_("500자까지 적을 수 있습니다"))}
            raise Refused(N_("이해관계 설명이 너무 깁니다"), fields=fields)
        async with db.writing() as session:
            await sheets.declare(session, assignment_id, request.user, conflict=said == "yes", reason=reason)
    except Trouble as problem:
        return await _page(request, db, assignment_id, form=form, problem=problem)
    return see(f"/evaluation/{assignment_id}" + ("?done=conflict" if said == "yes" else ""))


@post("/evaluation/{assignment_id:int}", guards=GUARDS)
async def save(
    request: AnyRequest, db: NamedDependency[Database], assignment_id: FromPath[int]
) -> Response[Any]:
    """Save from the button (answers a page) or from the autosave script (answers JSON)."""

    async def store(form: Mapping[str, str]) -> sheets.Saved:
        async with db.writing() as session:
            return await sheets.save(session, assignment_id, request.user, form)

    return await saving.saved(
        request, store, partial(_page, request, db, assignment_id), f"/evaluation/{assignment_id}"
    )


@get("/evaluation/{assignment_id:int}/file", guards=GUARDS)
async def filing(
    request: AnyRequest, db: NamedDependency[Database], assignment_id: FromPath[int]
) -> Response[str]:
    return await _filing_page(request, db, assignment_id, None)


@post("/evaluation/{assignment_id:int}/file", guards=GUARDS)
async def file(
    request: AnyRequest,
    db: NamedDependency[Database],
    assignment_id: FromPath[int],
) -> Response[Any]:
    try:
        async with db.writing() as session:
            await locking.file(session, assignment_id, request.user)
    except Trouble as problem:
        return await _filing_page(request, db, assignment_id, problem)
    return see(f"/evaluation/{assignment_id}?done=filed")


async def _page(
    request: AnyRequest,
    db: Database,
    assignment_id: int,
    *,
    form: Mapping[str, str] | None = None,
    problem: Trouble | None = None,
    conflicts: Mapping[str, Any] | None = None,
    done: str | None = None,
) -> Response[str]:
    form = saving.going_on(form, conflicts)
    async with db.reading() as session:
        sheet = await sheet_of(session, assignment_id, request.user)
        if sheet.assignment.reconciled_at is not None:
            sheet = await sheet_of(session, assignment_id, request.user, round=RECONCILED)
        tasks = await tasks_of(session, sheet.cycle, request.user)
        files = await evidence_of(session, sheet.contract)
        checks = await checks_of(session, sheet.contract)
        reply = await reply_of(session, sheet.contract)
        reconciling = await round_open(session, sheet)
        reconciles = not sheet.assignment.calibration and await is_wanted(session, sheet.cycle)
        versions = await locking.filed_versions(session, assignment_id)
    standing = sheet.assignment.standing
    if standing is Standing.DECLARE and sheet.over:
        # Nothing is left to declare: the sheet is shown as any other that time has closed.
        standing = Standing.OPEN
    mine = [
        task for task in tasks if task.assignment.standing not in desk.OUT and not task.assignment.calibration
    ]
    parts = desk.parts_of(sheet)
    return page(
        request,
        "evaluation/sheet.html",
        status=problem.status if problem else 200,
        sheet=sheet,
        standing=standing,
        sections=parts,
        files=[desk.files_of(part, files) for part in parts],
        whole=files.get("", []),
        checks=checks,
        reply=reply,
        options=desk.grade_options(),
        questions=desk.questions(),
        comment_labels=desk.COMMENT_LABELS,
        fields=desk.typed(sheet, form),
        conflicts=conflicts or {},
        comment_length=COMMENT_LENGTH,
        reason_length=REASON_LENGTH,
        place=next((n for n, task in enumerate(mine, 1) if task.assignment.id == assignment_id), None),
        progress=desk.progress_of(tasks, assignment_id),
        contract_year=next((task.year for task in tasks if task.assignment.id == assignment_id), None),
        reconciling=reconciling and sheet.assignment.reconciled_at is None and not sheet.over,
        reconciles=reconciles and sheet.assignment.reconciled_at is None and not sheet.over,
        versions=versions,
        early=sheet.cycle.phase in (Phase.PUBLISHED, Phase.REPORTING),
        form=form,
        problem=problem,
        done=done,
    )


async def _filing_page(
    request: AnyRequest, db: Database, assignment_id: int, problem: Trouble | None
) -> Response[Any]:
    async with db.reading() as session:
        sheet = await sheet_of(session, assignment_id, request.user)
        reconciles = not sheet.assignment.calibration and await is_wanted(session, sheet.cycle)
    if problem is None and not sheet.open:
        return see(f"/evaluation/{assignment_id}")
    return saving.filing_page(request, sheet, f"/evaluation/{assignment_id}", problem, reconciles=reconciles)


ROUTES: list[Any] = [my_list, sheet_page, declare, save, filing, file]
