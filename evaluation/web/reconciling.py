"""The evaluator's pages of the second round, with the others' marks beside the own ones."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from evaluation.marking import locking, sheets
from evaluation.marking.reading import Sheet, sheet_of
from evaluation.marking.sheets import COMMENT_LENGTH, REASON_LENGTH
from evaluation.marking.voices import Voice, voices
from evaluation.model import RECONCILED
from evaluation.web import desk, saving
from evaluation.web.sheets import GUARDS
from office.database import Database
from office.errors import Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page, see
from office.settings import Settings


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

    async def store(form: Mapping[str, str]) -> sheets.Saved:
        async with db.writing() as session:
            await voices(session, settings, await sheet_of(session, assignment_id, request.user))
            return await sheets.save(session, assignment_id, request.user, form, round=RECONCILED)

    show = partial(_page, request, db, settings, assignment_id)
    return await saving.saved(request, store, show, f"/evaluation/{assignment_id}/reconcile")


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
    return ", ".join(
        translate(N_("{grade} {n}명"), grade=option.label, n=given[option.value])
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
    form = saving.going_on(form, conflicts)
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
    address, changed = f"/evaluation/{assignment_id}/reconcile", locking.changed_codes(sheet)
    return saving.filing_page(request, sheet, address, problem, changed=changed)


ROUTES: list[Any] = [reconcile_page, reconcile, filing, file]
