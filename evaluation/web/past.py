"""Results published in past years: the performance office brings them in, everybody may look at them."""

from typing import Annotated, Any

from anyio import to_thread
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, Field

from contracts.cycles import cycle_of
from contracts.files.spreadsheet import RowProblem
from contracts.web.files import answered
from contracts.writing.uploads import known_bodies
from evaluation import past_results, past_uploads
from evaluation.published.flags import Unusable
from evaluation.published.reading import SHEET_NAMES, Published
from evaluation.published.scores import Item
from office.access import only
from office.bars import horizontal_bars
from office.charts import Size
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page, read_form, see
from office.people import Role

OFFICE = [only(Role.OFFICE)]
BASE = "/office/cycles/{year:int}/past"
PUBLIC = "/contracts/past/{agency_code:str}"


class Uploaded(BaseModel):
    """Which body and year a published file is about."""

    agency: Annotated[str, Field(max_length=40)] = ""
    year: int


@get(BASE, guards=OFFICE)
async def overview(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[str]:
    return await _overview(request, db, year, {}, None, ())


async def _overview(
    request: AnyRequest,
    db: Database,
    year: int,
    form: dict[str, str],
    problem: Trouble | None,
    refused: tuple[RowProblem, ...],
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        sheets = await past_results.kept_sheets(session)
        bodies = await known_bodies(session)
    done = N_("보관했습니다. 이제 누구나 볼 수 있습니다.") if request.query_params.get("done") else ""
    return page(
        request,
        "evaluation/past.html",
        status=problem.status if problem else 422 if refused else 200,
        cycle=cycle,
        bodies=[(code, f"{name} ({code})") for code, name, _ in bodies],
        names={code: name for code, name, _ in bodies},
        sheets=sheets,
        kinds=SHEET_NAMES,
        form=form,
        problem=problem,
        refused=refused,
        **({"done": translate(done)} if done else {}),
    )


@post(BASE, guards=OFFICE)
async def upload(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[Any]:
    """Read a published file and go and look at what was read; a file that cannot be read is named row by row."""
    sent = await request.form()
    file = sent.get("file")
    data, name = (await file.read(), file.filename) if isinstance(file, UploadFile) else (b"", "")
    form = {key: str(sent.get(key, "")) for key in ("agency", "year")}
    try:
        wanted = read_form(Uploaded, form)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            sheet = await past_uploads.try_file(
                session, cycle, wanted.agency, wanted.year, data, name, request.user
            )
    except Unusable as unusable:
        return await _overview(request, db, year, form, None, unusable.problems)
    except Trouble as problem:
        return await _overview(request, db, year, form, problem, ())
    return see(f"/office/cycles/{year}/past/{sheet.id}")


@get(BASE + "/{sheet_id:int}", guards=OFFICE)
async def look(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], sheet_id: FromPath[int]
) -> Response[str]:
    """What was read of a file, and everything it contradicts itself in."""
    return await _look(request, db, year, sheet_id, None)


async def _look(
    request: AnyRequest, db: Database, year: int, sheet_id: int, problem: Trouble | None
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        sheet = await past_uploads.sheet_of(session, sheet_id)
        asked = await past_uploads.asked_for(session, sheet)
        agency = await past_results.agency_called(session, sheet.agency_code)
        others = [
            each
            for each in await past_results.kept_sheets(session, sheet.agency_code)
            if (each.year, each.kind) == (sheet.year, sheet.kind) and each.id != sheet.id
        ]
    read = await past_uploads.read_again(sheet)
    return page(
        request,
        "evaluation/past_sheet.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        sheet=sheet,
        agency=agency or sheet.agency_code,
        kind=SHEET_NAMES[sheet.kind],
        read=read,
        lines=lines_of(read),
        flags=sheet.found(),
        replaces=bool(others),
        asked=asked,
        mine=asked is not None and asked.first_by == request.user.id,
        problem=problem,
    )


@post(BASE + "/{sheet_id:int}", guards=OFFICE)
async def keep(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], sheet_id: FromPath[int]
) -> Response[Any]:
    """The first officer's press asks, the second one's lets the file count."""
    try:
        async with db.writing() as session:
            await cycle_of(session, year)
            kept = await past_uploads.keep(session, sheet_id, request.user)
    except Trouble as problem:
        return await _look(request, db, year, sheet_id, problem)
    if not kept:
        return see(f"/office/cycles/{year}/past/{sheet_id}")
    return see(f"/office/cycles/{year}/past?done=kept")


@get(PUBLIC)
async def public(
    request: AnyRequest, db: NamedDependency[Database], agency_code: FromPath[str]
) -> Response[str]:
    """A body's published results of past years, what is wrong in them beside the figures."""
    async with db.reading() as session:
        sheets = await past_results.kept_sheets(session, agency_code, with_data=True)
        agency = await past_results.agency_called(session, agency_code)
        results = await past_results.past_results_of(session, agency_code)
        if not await past_results.has_page(session, agency_code):
            raise NotFound(N_("이 기관의 지난 평가가 없습니다"))
    shown = []
    for sheet in sorted(sheets, key=lambda each: (-each.year, list(SHEET_NAMES).index(each.kind))):
        read = await past_uploads.read_again(sheet)
        shown.append((sheet, SHEET_NAMES[sheet.kind], read, lines_of(read), sheet.found()))
    return page(
        request,
        "evaluation/past_public.html",
        agency=agency or agency_code,
        agency_code=agency_code,
        results=results,
        sheets=shown,
    )


@get(PUBLIC + "/totals.svg")
async def totals(
    request: AnyRequest,
    db: NamedDependency[Database],
    agency_code: FromPath[str],
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    """The printed totals, year by year."""
    async with db.reading() as session:
        results = await past_results.past_results_of(session, agency_code)
    bars = [(f"{result.year}", result.total) for result in results if result.total is not None]
    if not bars:
        raise NotFound(N_("이 기관의 지난 평가가 없습니다"))
    unit = translate(N_("점"))
    drawn = await to_thread.run_sync(lambda: horizontal_bars(bars, unit=unit, size=size))
    return answered(request, drawn, "image/svg+xml")


@get(PUBLIC + "/files/{sha256:str}")
async def original(
    request: AnyRequest, db: NamedDependency[Database], agency_code: FromPath[str], sha256: FromPath[str]
) -> Response[bytes]:
    """The published file itself, byte for byte."""
    async with db.reading() as session:
        sheet = await past_results.past_file(session, agency_code, sha256)
    return answered(request, sheet.data, "application/octet-stream", filename=sheet.filename or sha256)


def lines_of(read: Published) -> list[tuple[int, Item]]:
    """The items of an evaluation in the order of the sheet, each with how deep it stands."""
    if read.scores is None:
        return []
    found: list[tuple[int, Item]] = []

    def down(items: tuple[Item, ...], depth: int) -> None:
        for item in items:
            found.append((depth, item))
            down(item.children, depth + 1)

    down(read.scores.items, 0)
    return found


ROUTES: list[Any] = [overview, upload, look, keep, public, totals, original]
