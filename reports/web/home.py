"""The public home page."""

from dataclasses import asdict
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from contracts.model import Phase
from office.clock import now
from office.database import Database
from office.decimals import plain
from office.i18n import N_, translate
from office.pages import AnyRequest, day, number, page, when
from reports.overview import Overview, ShownPromise, overview
from reports.runs import opened, provisional
from reports.web.line import line_of

WRITING = N_("{year}년에 지킬 약속은 기관들이 지금 쓰고 있습니다. 서명을 마치면 여기에서 공개합니다.")


@get("/")
async def home(request: AnyRequest, db: NamedDependency[Database]) -> Response[str]:
    async with db.reading() as session:
        found = await overview(session)
    cycle = found.cycle
    return page(
        request,
        "home.html",
        cycle=cycle
        and {
            "title": cycle.title,
            "year": cycle.year,
            "question": translate(N_("무엇을 약속했고, 어떻게 지키고 있나요?")),
            "answer": " ".join(filter(None, (found.answer, _until(found)))),
        },
        steps=line_of(found.steps),
        figures=_figures(found),
        acts=[asdict(act) for act in found.acts],
        promises=[_promise(promise) for promise in found.promises],
        result=await _result(found),
        writing=translate(WRITING, year=found.writing.year) if found.writing else None,
        newer=found.newer.year if found.newer else None,
    )


def _until(found: Overview) -> str:
    """Until when people can vote: the hour that was set, else before the day the count is planned for."""
    if found.voting is None:
        return ""
    if found.voting.planned_close_at:
        return translate(N_("투표는 {when}까지 할 수 있습니다."), when=when(found.voting.planned_close_at))
    count = next((step.planned_at for step in found.steps if step.phase is Phase.TALLIED), None)
    said = N_("{day}에 개표할 예정이며, 그 전까지 투표할 수 있습니다.")
    return translate(said, day=day(count)) if count and count > now() else ""


def _figures(found: Overview) -> list[tuple[str, str, str, str]]:
    if not found.contracts:
        return []
    said = [
        (translate(N_("공개한 계약")), number(found.contracts), translate(N_("건")), ""),
        (translate(N_("약속한 과제")), number(found.standing.promised), translate(N_("개")), ""),
    ]
    if found.standing.judged:
        judged = translate(N_("목표가 있는 지표 {n}개 중"), n=number(found.standing.with_target))
        if found.standing.doubted:
            doubted = N_("확인 결과와 다르거나 확인할 수 없는 {n}개는 따로 셉니다")
            judged += ". " + translate(doubted, n=number(found.standing.doubted))
        said.append(
            (translate(N_("목표를 이룬 지표")), number(found.standing.met), translate(N_("개")), judged)
        )
    else:
        said.append((translate(N_("지표")), number(found.standing.indicators), translate(N_("개")), ""))
    if found.tally:
        listed = translate(N_("투표할 수 있는 도민 {n}명 중"), n=number(found.tally.listed))
        said.append((translate(N_("투표한 도민")), number(found.tally.voters), translate(N_("명")), listed))
    return said


def _promise(promise: ShownPromise) -> dict[str, Any]:
    way = promise.way
    return {
        "title": promise.title,
        "agency": promise.agency,
        "promise": promise.promise,
        "href": f"/contracts/{promise.public_id}",
        "baseline": None if way.start is None else plain(way.start),
        "target": None if way.target is None else plain(way.target),
        "actual": None if way.actual is None else plain(way.actual),
        "unit": way.unit,
        "direction": way.direction,
        "baseline_label": way.start_label,
        "target_label": way.target_label,
        "actual_label": way.actual_label,
        "outcome": way.outcome,
        "differs": way.differs,
    }


async def _result(found: Overview) -> dict[str, str] | None:
    if found.published is None:
        return None
    cycle, run = found.published
    ranked = (await opened(run)).ranked
    if not ranked:
        return None
    first = ranked[0]
    headline = N_("{year}년 1위는 {agency}입니다. 100점 만점에 {total}점을 받았습니다.")
    if said := provisional(cycle, run):
        headline = N_("{year}년 잠정 1위는 {agency}입니다. 100점 만점에 {total}점을 받았습니다.")
    text = N_("순위를 매긴 기관은 {n}곳입니다. 계산에 쓴 자료와 방법을 모두 공개합니다.")
    return {
        "headline": translate(headline, year=cycle.year, agency=first.name, total=first.total),
        "text": " ".join(filter(None, (said, translate(text, n=len(ranked))))),
        "href": f"/ranking/{cycle.year}",
        "label": translate(N_("순위 모두 보기")),
    }


ROUTES: list[Any] = [home]
