"""The evaluator's pages: the list, the declaration, the sheet with the evidence beside it, and filing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.cycles import current_cycle
from contracts.model import PHASE_LABELS, Phase
from contracts.tree import Kind, Node
from evaluation import sheets
from evaluation.marks import POINTS, Grade
from evaluation.model import STANDING_LABELS, STANDING_TONES, Standing
from evaluation.reading import MARKING, Entry, Sheet, sheet_of, tasks_of
from evaluation.sheets import ABSENT, COMMENT_LENGTH, COMMENTS, REASON_LENGTH
from office.access import only
from office.database import Database
from office.errors import Refused, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page, see
from office.people import Role

GUARDS = [only(Role.EVALUATOR)]


@get("/evaluation", guards=GUARDS)
async def my_list(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    async with db.reading() as session:
        cycle = await current_cycle(session)
        tasks = await tasks_of(session, cycle, request.user) if cycle else []
    mine = [task for task in tasks if task.assignment.standing is not Standing.CONFLICT]
    waiting = [task for task in mine if task.assignment.standing is not Standing.FILED]
    return page(
        request,
        "evaluation/list.html",
        cycle=cycle,
        phase=translate(PHASE_LABELS[cycle.phase]) if cycle else "",
        marking=cycle is not None and cycle.phase in MARKING,
        early=cycle is not None and cycle.phase in (Phase.DRAFTING, Phase.PUBLISHED, Phase.REPORTING),
        tasks=tasks,
        filed=len(mine) - len(waiting),
        of=len(mine),
        following=waiting[0] if waiting else None,
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
        "filed": N_("제출했습니다. 이 평가표는 이제 고칠 수 없습니다"),
        "conflict": N_("알려 주셔서 고맙습니다. 성과관리 담당이 다른 평가위원을 배정합니다"),
    }.get(done)
    return await _page(request, db, assignment_id, done=translate(said) if said else None)


@post("/evaluation/{assignment_id:int}/declare", guards=GUARDS)
async def declare(
    request: AnyRequest, db: NamedDependency[Database], assignment_id: FromPath[int]
) -> Response[Any]:
    form = {name: str(value) for name, value in (await request.form()).items()}
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
    form = {name: str(value) for name, value in (await request.form()).items()}
    program = "application/json" in request.headers.get("accept", "")
    try:
        async with db.writing() as session:
            saved = await sheets.save(session, assignment_id, request.user, form)
    except Trouble as problem:
        if program:
            raise
        return await _page(request, db, assignment_id, form=form, problem=problem)
    if program:
        return Response({"saved_at": saved.at.isoformat(), "versions": saved.versions})
    to_file = form.get("then") == "file"
    return see(f"/evaluation/{assignment_id}" + ("/file" if to_file else "?done=saved"))


@get("/evaluation/{assignment_id:int}/file", guards=GUARDS)
async def filing(
    request: AnyRequest, db: NamedDependency[Database], assignment_id: FromPath[int]
) -> Response[str]:
    return await _filing_page(request, db, assignment_id, None)


@post("/evaluation/{assignment_id:int}/file", guards=GUARDS)
async def file(
    request: AnyRequest, db: NamedDependency[Database], assignment_id: FromPath[int]
) -> Response[Any]:
    try:
        async with db.writing() as session:
            await sheets.file(session, assignment_id, request.user)
    except Trouble as problem:
        return await _filing_page(request, db, assignment_id, problem)
    return see(f"/evaluation/{assignment_id}?done=filed")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One task of the contract as the sheet shows it: what was promised and reported, and what is to be graded."""

    goal: str
    task: Node
    graded: tuple[Node, ...]
    measured: tuple[Node, ...]


def evidence_of(sheet: Sheet) -> list[Evidence]:
    """The parts of the contract that hold an indicator to be graded, in its order."""
    found: list[Evidence] = []

    def below(goal: str, node: Node) -> None:
        own = tuple(child for child in node.children if child.kind is Kind.INDICATOR)
        graded = tuple(child for child in own if child.code in sheet.codes)
        if graded:
            found.append(Evidence(goal, node, graded, tuple(child for child in own if child not in graded)))
        for child in node.children:
            below(node.title if node.kind is Kind.GOAL else goal, child)

    for top in sheet.tree.children:
        below("", top)
    return found


def grade_options() -> list[tuple[str, str, str]]:
    """The nine grades with their points, and leaving the indicator out on purpose."""
    points = translate(N_("{points}점"))
    nine = [(grade.value, grade.value, points.format(points=POINTS[grade])) for grade in Grade]
    return [*nine, (ABSENT, translate(N_("평정하지 않음")), translate(N_("점수 없음")))]


def _chosen(entry: Entry) -> str:
    return ABSENT if entry.absent else entry.grade.value if entry.grade else ""


async def _page(
    request: AnyRequest,
    db: Database,
    assignment_id: int,
    *,
    form: Mapping[str, str] | None = None,
    problem: Trouble | None = None,
    done: str | None = None,
) -> Response[str]:
    form = form or {}
    async with db.reading() as session:
        sheet = await sheet_of(session, assignment_id, request.user)
        tasks = await tasks_of(session, sheet.cycle, request.user)
    mine = [task for task in tasks if task.assignment.standing is not Standing.CONFLICT]
    place = next((n for n, task in enumerate(mine, 1) if task.assignment.id == assignment_id), None)
    following = next(
        (t for t in mine if t.assignment.standing is not Standing.FILED and t.assignment.id != assignment_id),
        None,
    )
    standing = sheet.assignment.standing
    if standing is Standing.DECLARE and sheet.over:
        # Nothing is left to declare: the sheet is shown as any other that time has closed.
        standing = Standing.OPEN
    return page(
        request,
        "evaluation/sheet.html",
        status=problem.status if problem else 200,
        sheet=sheet,
        standing=standing,
        evidence=evidence_of(sheet),
        options=grade_options(),
        chosen={code: form.get(f"grade-{code}", _chosen(sheet.entry(code))) for code in sheet.codes},
        comments={
            code: {name: form.get(f"{name}-{code}", getattr(sheet.entry(code), name)) for name in COMMENTS}
            for code in sheet.codes
        },
        comment_length=COMMENT_LENGTH,
        reason_length=REASON_LENGTH,
        place=place,
        of=len(mine),
        following=following,
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
    if problem is None and not sheet.open:
        return see(f"/evaluation/{assignment_id}")
    return page(
        request,
        "evaluation/file.html",
        status=problem.status if problem else 200,
        sheet=sheet,
        evidence=evidence_of(sheet),
        options={value: (label, points) for value, label, points in grade_options()},
        chosen={code: _chosen(sheet.entry(code)) for code in sheet.codes},
        entries={code: sheet.entry(code) for code in sheet.codes},
        problem=problem,
    )


ROUTES: list[Any] = [my_list, sheet_page, declare, save, filing, file]
