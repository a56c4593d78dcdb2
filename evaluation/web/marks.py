"""The office looks at the filed marks: every rule side by side, agreement, leniency, hints."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from contracts.cycles import cycle_of
from contracts.model import Cycle
from contracts.web.files import answered
from evaluation.arithmetic.combining import Combining
from evaluation.arithmetic.hints import in_ten_thousands
from evaluation.arithmetic.marks import MINIMUM_MARKS
from evaluation.arithmetic.panels import shown_value
from evaluation.figures import marks_strip
from evaluation.marks_report import LATEST, RoundReport, round_report, strips_of, titles_of
from office.access import only
from office.charts import Size
from office.database import Database
from office.errors import NotFound
from office.i18n import N_
from office.pages import AnyRequest, page
from office.people import Role

BASE = "/office/cycles/{year:int}/marks"
OFFICE = [only(Role.OFFICE)]
ROUND_NAMES = {LATEST: N_("계산에 쓰는 평정(마지막 차수)"), 1: N_("1차(각자)"), 2: N_("2차(조정)")}
SHOWN_RULES = (
    (Combining.MEAN, N_("평균")),
    (Combining.TRIMMED, N_("절사평균")),
    (Combining.MEDIAN, N_("중앙값")),
)
NAMES: dict[str, Any] = {
    "rules": SHOWN_RULES,
    "rounds_said": ROUND_NAMES,
    "value": shown_value,
    "minimum": MINIMUM_MARKS,
}


@get(BASE, guards=OFFICE)
async def overview(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    round: FromQuery[int] = LATEST,
) -> Response[str]:
    """Agreement, evaluators, contracts and hints of a round."""
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        report = await round_report(session, cycle, round)
    return page(
        request,
        "evaluation/marks.html",
        cycle=cycle,
        report=report,
        per_ten_thousand=in_ten_thousands,
        **NAMES,
    )


@get(BASE + "/{public_id:str}", guards=OFFICE)
async def of_contract(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    public_id: FromPath[str],
    round: FromQuery[int] = LATEST,
) -> Response[str]:
    """One contract: every indicator's marks as a strip and as a table."""
    cycle, report, code, titles = await _contract(db, year, public_id, round)
    return page(
        request,
        "evaluation/contract_marks.html",
        cycle=cycle,
        report=report,
        code=code,
        titles=titles,
        public_id=public_id,
        **NAMES,
    )


@get(BASE + "/{public_id:str}/strips.svg", guards=OFFICE)
async def strips(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    public_id: FromPath[str],
    round: FromQuery[int] = LATEST,
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    _, report, code, titles = await _contract(db, year, public_id, round)
    drawn = await asyncio.to_thread(marks_strip, strips_of(report.of(code), titles), size=size)
    return answered(request, drawn, "image/svg+xml", public=False)


async def _contract(
    db: Database, year: int, public_id: str, round: int
) -> tuple[Cycle, RoundReport, str, dict[str, str]]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        report = await round_report(session, cycle, round)
        by_id = {contract.public_id: code for code, contract in report.contracts.items()}
        code = by_id.get(public_id, "")
        if not report.of(code):
            raise NotFound(N_("이 계약에 제출한 평정이 없습니다"))
        return cycle, report, code, await titles_of(session, report.contracts[code])


ROUTES: list[Any] = [overview, of_contract, strips]
