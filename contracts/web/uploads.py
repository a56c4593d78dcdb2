"""Importing contracts: take a form, upload a file, look at what it would do, decide about doubles, then store it."""

import asyncio
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.cycles import cycle_of, require_phase
from contracts.files.columns import COLUMNS, REQUIRED, korean
from contracts.files.exporting import template_csv
from contracts.files.importing import RowProblem
from contracts.files.merging import MOST_PAIRS
from contracts.files.template_xlsx import MEDIA_TYPE, template_xlsx
from contracts.model import ImportDraft, Phase
from contracts.reading import agencies_of, is_its_own, seen_contract, tree_of
from contracts.terms.standing import standing_of
from contracts.terms.tree import tasks
from contracts.web.files import answered
from contracts.writing import uploads
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page, see
from office.people import Role

OFFICE = [only(Role.OFFICE)]
BASE = "/office/cycles/{year:int}/import"


@get("/office/contracts-template.csv", guards=OFFICE)
async def template(request: AnyRequest) -> Response[bytes]:
    """The header row with three example rows, as Excel opens it."""
    return answered(request, template_csv(), "text/csv; charset=utf-8", filename="contracts-template.csv")


@get("/office/cycles/{year:int}/template.xlsx", guards=OFFICE)
async def workbook(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]
) -> Response[bytes]:
    """The empty form for a year, with the bodies known so far to choose from."""
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        bodies = await uploads.known_bodies(session)
    made = await asyncio.to_thread(partial(template_xlsx, year=cycle.year, bodies=bodies))
    return answered(request, made, MEDIA_TYPE, filename=f"contracts-{year}.xlsx", public=False)


@get("/agency/contracts/{public_id:str}/template.xlsx", guards=[only(Role.OFFICER, Role.HEAD, Role.OFFICE)])
async def own_workbook(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[bytes]:
    """An agency's contract in the form, to go on with offline."""
    async with db.reading() as session:
        contract, agency, cycle = await seen_contract(session, public_id, request.user)
        if request.user.role is not Role.OFFICE and not is_its_own(request.user, agency):
            raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
        tree = await tree_of(session, contract)
    bodies = [(agency.code, agency.name, agency.kind)]
    made = await asyncio.to_thread(partial(template_xlsx, [tree], year=cycle.year, bodies=bodies))
    return answered(request, made, MEDIA_TYPE, filename=f"{public_id}.xlsx", public=False)


@get(BASE, guards=OFFICE)
async def upload_form(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]
) -> Response[str]:
    return await _form(request, db, year, None)


@post(BASE, guards=OFFICE)
async def upload(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    """Keep the file and go and look at its dry run."""
    sent = (await request.form()).get("file")
    data, name = (await sent.read(), sent.filename) if isinstance(sent, UploadFile) else (b"", "")
    try:
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            draft = await uploads.keep_upload(session, cycle, data, name, request.user)
    except Trouble as problem:
        return await _form(request, db, year, problem)
    return see(f"/office/cycles/{year}/import/{draft.id}")


async def _form(request: AnyRequest, db: Database, year: int, problem: Trouble | None) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        if problem is None:
            require_phase(cycle, Phase.DRAFTING)
    columns = [(header, name, name in REQUIRED) for name, header in COLUMNS.items()]
    return page(
        request,
        "contracts/import.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        columns=columns,
        required=[korean(name) for name in REQUIRED],
        problem=problem,
    )


@get(BASE + "/{draft_id:int}", guards=OFFICE)
async def dry_run(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], draft_id: FromPath[int]
) -> Response[Any]:
    """What the file would do, as a page or, for programs, as JSON."""
    return await _dry_run(request, db, year, draft_id, None)


async def _dry_run(
    request: AnyRequest,
    db: Database,
    year: int,
    draft_id: int,
    problem: Trouble | None,
) -> Response[Any]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        draft = await uploads.upload_of(session, cycle, draft_id)
        ran = await uploads.dry_run(session, cycle, draft)
        known = {agency.code for agency in await agencies_of(session, cycle)}
    if problem is None and "text/html" not in request.headers.get("accept", ""):
        return Response(_record(draft, ran))
    parsed = ran.parsed
    return page(
        request,
        "contracts/dry_run.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        draft=draft,
        parsed=parsed,
        pairs=[(pair, ran.decisions.get(pair.key)) for pair in ran.pairs],
        undecided=len(ran.undecided),
        most_pairs=MOST_PAIRS,
        known=known,
        standing=standing_of(parsed.contracts),
        on_ballot=sum(task.on_ballot for tree in parsed.contracts for task in tasks(tree)),
        rows=[
            (tree, len(tasks(tree)), standing_of([tree]).indicators, tree.agency_code in known)
            for tree in parsed.contracts
        ],
        translate=translate,
        problem=problem,
    )


def _record(draft: ImportDraft, ran: uploads.DryRun) -> dict[str, Any]:
    parsed = ran.parsed
    return {
        "filename": draft.filename,
        "sha256": draft.sha256,
        "rows_read": parsed.rows_read,
        "contracts": len(parsed.contracts),
        "refused_rows": list(parsed.refused_rows),
        "withheld": list(parsed.withheld),
        "problems": [_problem(each) for each in parsed.problems],
        "notices": [_problem(each) for each in parsed.notices],
        "pairs": [
            {
                "bodies": [{"code": body.code, "name": body.name} for body in (pair.one, pair.other)],
                "message": pair.said(),
                "decision": ran.decisions.get(pair.key),
            }
            for pair in ran.pairs
        ],
        "applied": draft.applied_at is not None,
    }


def _problem(each: RowProblem) -> dict[str, Any]:
    return {"row": each.row, "column": each.column, "message": each.said(), "value": each.value}


@post(BASE + "/{draft_id:int}/merging", guards=OFFICE)
async def merge(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], draft_id: FromPath[int]
) -> Response[Any]:
    """Keep what was decided about two bodies that may be one: their codes `one` and `other`, and `choice-PLACE`."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    field = f"choice-{form.get('place', '')}"
    codes = (form.get("one", ""), form.get("other", ""))
    try:
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await uploads.decide_pair(session, cycle, draft_id, codes, form.get(field, ""), request.user)
    except Trouble as problem:
        if "choice" in problem.fields:
            problem.fields = {field: problem.fields["choice"]}
        return await _dry_run(request, db, year, draft_id, problem)
    return see(f"/office/cycles/{year}/import/{draft_id}#pairs")


@post(BASE + "/{draft_id:int}", guards=OFFICE)
async def apply(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], draft_id: FromPath[int]
) -> Response[Any]:
    """Store the contracts; `without_refused=yes` leaves bad rows out knowingly."""
    form = await request.form()
    try:
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            await uploads.apply_upload(
                session, cycle, draft_id, request.user, without_refused=form.get("without_refused") == "yes"
            )
    except Trouble as problem:
        return await _dry_run(request, db, year, draft_id, problem)
    return see(f"/office/cycles/{year}?done=imported")


ROUTES = [template, workbook, own_workbook, upload_form, upload, dry_run, merge, apply]
