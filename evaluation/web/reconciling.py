"""Pages of the second round: the evaluator's, with the others' marks beside the own ones, and the office's switch."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, Field

from contracts.cycles import cycle_of
from evaluation.marking import locking, reconciling, reopening, sheets
from evaluation.marking.reading import MARKING, Sheet, over, sheet_of
from evaluation.marking.reconciling import Voice, is_wanted, rounds_of, voices
from evaluation.marking.sheets import COMMENT_LENGTH, REASON_LENGTH
from evaluation.model import RECONCILED
from evaluation.web import desk
from evaluation.web.sheets import GUARDS, answer_of, elsewhere
from office.access import only
from office.database import Database
from office.errors import Trouble
from office.i18n import N_, translate
from office.outbox import Outbox
from office.pages import AnyRequest, page, read_form, see
from office.people import Role
from office.settings import Settings

OFFICE = [only(Role.OFFICE)]


class Choice(BaseModel):
    """Whether the cycle has a second round."""

    wanted: Literal["yes", "no"]


class Opening(BaseModel):
    """The contract whose second round is opened by hand."""

    contract: Annotated[str, Field(min_length=1, max_length=60)]


@get("/evaluation/{assignment_id:int}/reconcile", guards=GUARDS)
async def reconcile_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    assignment_id: FromPath[int],
    done: FromQuery[str] = "",
) -> Response[str]:
    said = translate(N_("저장했습니다")) if done == "saved" else None
    return await _page(request, db, settings, assignment_id, done=said)


@post("/evaluation/{assignment_id:int}/reconcile", guards=GUARDS)
async def reconcile(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    assignment_id: FromPath[int],
) -> Response[Any]:
    """Save from the button (answers a page) or from the autosave script (answers JSON)."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    program = "application/json" in request.headers.get("accept", "")
    try:
        async with db.writing() as session:
            await voices(session, settings, await sheet_of(session, assignment_id, request.user))
            saved = await sheets.save(session, assignment_id, request.user, form, round=RECONCILED)
    except Trouble as problem:
        if program:
            raise
        return await _page(request, db, settings, assignment_id, form=form, problem=problem)
    if program:
        return Response(answer_of(saved))
    if saved.conflicts:
        clash = elsewhere(saved)
        return await _page(
            request, db, settings, assignment_id, form=form, problem=clash, conflicts=saved.conflicts
        )
    to_file = form.get("then") == "file"
    return see(f"/evaluation/{assignment_id}/reconcile" + ("/file" if to_file else "?done=saved"))


@get("/evaluation/{assignment_id:int}/reconcile/file", guards=GUARDS)
async def filing(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    assignment_id: FromPath[int],
) -> Response[Any]:
    return await _filing_page(request, db, settings, assignment_id, None)


@post("/evaluation/{assignment_id:int}/reconcile/file", guards=GUARDS)
async def file(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    assignment_id: FromPath[int],
) -> Response[Any]:
    try:
        async with db.writing() as session:
            await locking.file_reconciled(session, settings, assignment_id, request.user)
    except Trouble as problem:
        return await _filing_page(request, db, settings, assignment_id, problem)
    return see(f"/evaluation/{assignment_id}?done=reconciled")


async def _read(
    request: AnyRequest, db: Database, settings: Settings, assignment_id: int
) -> tuple[Sheet, list[Voice]]:
    async with db.reading() as session:
        sheet = await sheet_of(session, assignment_id, request.user, round=RECONCILED)
        return sheet, await voices(session, settings, sheet)


def spread_of(heard: list[Voice], code: str) -> str:
    """How many gave which grade in the first round, the highest first."""
    given = Counter(desk.chosen(voice.entry(code)) for voice in heard if voice.filed)
    said = translate(N_("{grade} {n}명"))
    return ", ".join(
        said.format(grade=option.label, n=given[option.value])
        for option in desk.grade_options()
        if given[option.value]
    )


async def _page(
    request: AnyRequest,
    db: Database,
    settings: Settings,
    assignment_id: int,
    *,
    form: Mapping[str, str] | None = None,
    problem: Trouble | None = None,
    conflicts: Mapping[str, Any] | None = None,
    done: str | None = None,
) -> Response[str]:
    sheet, heard = await _read(request, db, settings, assignment_id)
    form = dict(form or {})
    for code, entry in (conflicts or {}).items():
        form[f"version-{code}"] = str(entry.version)
    return page(
        request,
        "evaluation/reconcile.html",
        status=problem.status if problem else 200,
        sheet=sheet,
        sections=desk.parts_of(sheet),
        voices=heard,
        spread={code: spread_of(heard, code) for code in sheet.codes},
        options=desk.grade_options(),
        comment_labels=desk.COMMENT_LABELS,
        fields=desk.typed(sheet, form),
        conflicts=conflicts or {},
        comment_length=COMMENT_LENGTH,
        reason_length=REASON_LENGTH,
        problem=problem,
        done=done,
    )


async def _filing_page(
    request: AnyRequest, db: Database, settings: Settings, assignment_id: int, problem: Trouble | None
) -> Response[Any]:
    sheet, _ = await _read(request, db, settings, assignment_id)
    if problem is None and not sheet.open:
        return see(f"/evaluation/{assignment_id}/reconcile")
    return page(
        request,
        "evaluation/file.html",
        status=problem.status if problem else 200,
        sheet=sheet,
        sections=desk.parts_of(sheet),
        options={option.value: option for option in desk.grade_options()},
        comment_labels=desk.COMMENT_LABELS,
        fields=desk.typed(sheet, {}),
        changed=locking.changed_codes(sheet),
        address=f"/evaluation/{assignment_id}/reconcile",
        problem=problem,
    )


@get("/office/cycles/{year:int}/assignments/rounds", guards=OFFICE)
async def rounds_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    done: FromQuery[str] = "",
) -> Response[str]:
    said = {
        "on": N_("조율 평정을 켰습니다. 모든 평가위원이 제출한 계약부터 열립니다"),
        "off": N_("조율 평정을 껐습니다"),
        "opened": N_("조율 평정을 열고 평가위원에게 알렸습니다"),
    }.get(done)
    return await _rounds(request, db, year, None, translate(said) if said else None)


@post("/office/cycles/{year:int}/assignments/rounds", guards=OFFICE)
async def choose(
    request: AnyRequest,
    db: NamedDependency[Database],
    outbox: NamedDependency[Outbox],
    settings: NamedDependency[Settings],
    year: FromPath[int],
) -> Response[Any]:
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        wanted = read_form(Choice, form).wanted == "yes"
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await reconciling.choose(session, outbox, settings, cycle, wanted, request.user)
    except Trouble as problem:
        return await _rounds(request, db, year, problem, None)
    return see(f"/office/cycles/{year}/assignments/rounds?done={'on' if wanted else 'off'}")


@post("/office/cycles/{year:int}/assignments/rounds/open", guards=OFFICE)
async def open_round(
    request: AnyRequest,
    db: NamedDependency[Database],
    outbox: NamedDependency[Outbox],
    settings: NamedDependency[Settings],
    year: FromPath[int],
) -> Response[Any]:
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        opening = read_form(Opening, form)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await reconciling.open_by_hand(session, outbox, settings, cycle, opening.contract, request.user)
    except Trouble as problem:
        return await _rounds(request, db, year, problem, None)
    return see(f"/office/cycles/{year}/assignments/rounds?done=opened")


async def _rounds(
    request: AnyRequest, db: Database, year: int, problem: Trouble | None, done: str | None
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        wanted = await is_wanted(session, cycle)
        found = await rounds_of(session, cycle)
        locked = await reopening.locked_sheets(session, cycle)
        waiting = await reopening.waiting_in(session, locked)
    return page(
        request,
        "evaluation/rounds.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        wanted=wanted,
        rounds=found,
        locked=locked,
        waiting=waiting,
        marking=cycle.phase in MARKING,
        over=over(cycle),
        problem=problem,
        done=done,
    )


ROUTES: list[Any] = [reconcile_page, reconcile, filing, file, rounds_page, choose, open_round]
