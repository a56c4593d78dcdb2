"""How one score came about: after a result for everybody who may read the report, before it for the own agency."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.model import Agency, Contract, Cycle
from contracts.reading import is_its_own, seen_contract, tree_of
from contracts.terms.tree import METHOD_NAMES, ContractTree, Node
from contracts.web.files import answered
from evaluation.arithmetic.curve import curve_of
from evaluation.figures import Strip, marks_strip, rating_curve
from office.access import only
from office.charts import Size
from office.database import Database
from office.decimals import number
from office.errors import NotFound
from office.i18n import N_
from office.pages import AnyRequest, page
from office.people import Role
from reports.documents import simulated_notice
from reports.rulebook import Rulebook, default_rulebook, read_rulebook
from reports.rules import rulebook_of
from reports.runs import material_from
from reports.steps import Steps, steps_in, steps_so_far
from reports.web.agencies import Opened, open_report

REPORT = "/reports/{year:int}/{place:str}/steps/{code:str}"
OWN = "/agency/contracts/{public_id:str}/indicators/{code:str}"


@get(REPORT)
async def of_a_result(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    place: FromPath[str],
    code: FromPath[str],
    run: FromQuery[int | None] = None,
    actual: FromQuery[str] = "",
) -> Response[str]:
    """Every step from the figure or the marks to the total, with its rule and its rounding."""
    found, steps = await _in_a_result(db, request, year, place, code, run, actual)
    report = f"/reports/{year}/{place}"
    return page(
        request,
        "reports/steps.html",
        steps=steps,
        methods=METHOD_NAMES,
        expected=False,
        unpublished=found.run.published_at is None,
        cycle=found.cycle,
        agency_name=found.agency.name,
        above=(found.agency.name, report + ("" if run is None else f"?run={run}")),
        base=f"{report}/steps/{code}",
        picture=f"{report}/steps/{code}/figure.svg",
        keep={} if run is None else {"run": str(run)},
        simulated=simulated_notice(found.result),
        doubted=next((each for each in found.agency.doubted if each.code == steps.node.code), None),
        contract=f"/contracts/{year}-{place}",
    )


@get(REPORT + "/figure.svg")
async def figure_of_a_result(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    place: FromPath[str],
    code: FromPath[str],
    run: FromQuery[int | None] = None,
    actual: FromQuery[str] = "",
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    found, steps = await _in_a_result(db, request, year, place, code, run, actual)
    return await _picture(request, steps, found.cycle.year, size, public=found.run.published_at is not None)


async def _in_a_result(
    db: Database, request: AnyRequest, year: int, place: str, code: str, run: int | None, actual: str
) -> tuple[Opened, Steps]:
    found = await open_report(db, request.user, year, place, run)
    rulebook, bundle = await asyncio.to_thread(material_from, found.run.inputs)
    return found, steps_in(rulebook, bundle, found.agency, code, actual)


@get(OWN + "/steps", guards=[only(Role.OFFICER, Role.HEAD, Role.OFFICE)])
async def so_far(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
    code: FromPath[str],
    actual: FromQuery[str] = "",
) -> Response[str]:
    """What the figures reported so far would come to: expected, never a result."""
    cycle, agency, steps = await _so_far(db, request, public_id, code, actual)
    contract = f"/agency/contracts/{public_id}"
    return page(
        request,
        "reports/steps.html",
        steps=steps,
        methods=METHOD_NAMES,
        expected=True,
        unpublished=False,
        cycle=cycle,
        agency_name=agency.name,
        above=(agency.name, contract),
        base=f"{contract}/indicators/{code}/steps",
        picture=f"{contract}/indicators/{code}/figure.svg",
        keep={},
        simulated="",
        doubted=None,
    )


@get(OWN + "/figure.svg", guards=[only(Role.OFFICER, Role.HEAD, Role.OFFICE)])
async def figure_so_far(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
    code: FromPath[str],
    actual: FromQuery[str] = "",
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    cycle, _, steps = await _so_far(db, request, public_id, code, actual)
    return await _picture(request, steps, cycle.year, size, public=False)


async def _so_far(
    db: Database, request: AnyRequest, public_id: str, code: str, actual: str
) -> tuple[Cycle, Agency, Steps]:
    async with db.reading() as session:
        contract: Contract
        contract, agency, cycle = await seen_contract(session, public_id, request.user)
        if request.user.role is not Role.OFFICE and not is_its_own(request.user, agency):
            raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
        tree: ContractTree = await tree_of(session, contract)
        rules: Rulebook | None = await rulebook_of(session, cycle)
    rulebook = rules or read_rulebook(default_rulebook())
    return cycle, agency, steps_so_far(tree, code, year=cycle.year, rulebook=rulebook, typed=actual)


async def _picture(
    request: AnyRequest, steps: Steps, year: int, size: Size, *, public: bool
) -> Response[bytes]:
    """The curve with the figure (or the one tried out), or the experts' marks."""
    typed = steps.tried.typed if steps.tried else ""
    drawn = await asyncio.to_thread(_drawn, steps.node, steps.strip, year, typed, size)
    if drawn is None:
        raise NotFound(N_("그릴 값이 아직 없습니다"))
    return answered(request, drawn, "image/svg+xml", public=public)


def _drawn(node: Node, strip: Strip | None, year: int, typed: str, size: Size) -> bytes | None:
    if strip is not None:
        return marks_strip([strip], names=False, size=size)
    measure = node.measure
    tried = number(typed) if typed else None
    actual = tried if tried is not None or measure is None else measure.actual
    curve = curve_of(node, year=year, actual=actual)
    if curve is None or measure is None:
        return None
    return rating_curve(curve, unit=measure.unit, points=node.is_beside, size=size)


ROUTES: list[Any] = [of_a_result, figure_of_a_result, so_far, figure_so_far]
