"""The list of published contracts: search with excerpts, filters, by body or by field, progress at a glance."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import all_cycles, calendar_of, current_cycle, cycle_of
from contracts.keeping.checks import doubts_of
from contracts.model import Contract, Cycle, Phase
from contracts.public import figures
from contracts.public.excerpts import Part, excerpt, marked
from contracts.public.finding import SORTS, WITHOUT_GOAL, Question, answers, kinds_of, page_of
from contracts.public.searching import Passage, passages_of, speaking_of, words_of
from contracts.public.survey import FieldLine, Line, Survey, survey_of
from contracts.reading import trees_by_id
from contracts.terms.standing import STATE_NAMES, Standing, lead_task, together
from contracts.terms.tree import KIND_NAMES
from contracts.web.files import answered
from contracts.web.showing import Promise, promise_of
from office.charts import Size
from office.database import Database
from office.errors import NotFound
from office.i18n import N_, translate
from office.pages import AnyRequest, page

PAGE = 12
MOST_FIELDS = 60
"""More fields than this are not offered as a filter: nobody reads such a list."""
VIEWS = {"": N_("기관별"), "field": N_("분야별")}
PARTS = {"promise": N_("약속 문장"), "result": N_("결과"), "definition": N_("지표 설명")}
STATE_TONES = {"waiting": "gray", "reported": "primary", "met": "success"}


@dataclass(frozen=True, slots=True)
class Found:
    """Where a word stands, as the page shows it."""

    code: str
    kind: str
    where: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A contract of the page: its line, its leading promise, and where the words stand in it."""

    line: Line
    name: tuple[Part, ...]
    lead: Promise | None
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """What answers a question: all counts, the lines that fit, and those of one page of one view."""

    survey: Survey
    lines: tuple[Line, ...]
    shown: Sequence[Line | FieldLine]
    total: int
    number: int
    pages: int


async def listed(
    session: AsyncSession, cycle: Cycle, question: Question, view: str, number: int, size: int = PAGE
) -> Listed:
    """The answer to a question, and the page of it that was asked for."""
    survey = await survey_of(session, cycle)
    words = words_of(question.q)
    lines = answers(survey, question, await speaking_of(session, cycle, words) if words else None)
    everything: Sequence[Line | FieldLine] = lines
    if view == "field":
        everything = survey.fields({line.contract_id for line in lines})
    shown, number, pages = page_of(everything, number, size)
    return Listed(survey, tuple(lines), shown, len(everything), number, pages)


def named(line: Line | FieldLine) -> str:
    """What a bar or a row is called."""
    if isinstance(line, Line):
        return line.agency
    return line.title or translate(N_("전략목표 없이 약속한 과제"))


def address(path: str, asked: Mapping[str, object], **changes: object) -> str:
    """The page with its query, blank fields left out."""
    query = {name: value for name, value in {**asked, **changes}.items() if value}
    return f"{path}?{urlencode(query)}" if query else path


@get("/contracts")
async def listing(
    request: AnyRequest,
    db: NamedDependency[Database],
    q: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    standing: Annotated[str, QueryParameter(name="state")] = "",
    field: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    view: FromQuery[str] = "",
    year: FromQuery[str] = "",
    number: Annotated[int, QueryParameter(name="page")] = 1,
) -> Response[str]:
    """Search and filters over the published contracts of a year: the running one, else the newest published."""
    question = Question(q, kind, standing, field, sort)
    view = view if view in VIEWS else ""
    async with db.reading() as session:
        cycles = [cycle for cycle in await all_cycles(session) if cycle.contracts_sha256]
        current = await current_cycle(session)
        running = [each for each in cycles if current and each.id == current.id]
        cycle = next((each for each in cycles if str(each.year) == year), next(iter(running + cycles), None))
        if cycle is None:
            planned = (await calendar_of(session, current)).get(Phase.PUBLISHED) if current else None
            return page(
                request, "contracts/list.html", cycle=None, planned=planned.planned_at if planned else None
            )
        found = await listed(session, cycle, question, view, number)
        cards = await _cards(session, cycle, found, words_of(q))
    asked = {
        "q": q,
        "kind": kind,
        "state": standing,
        "field": field,
        "sort": sort,
        "view": view,
        "year": year,
    }
    fields = [line.title for line in found.survey.fields() if line.title]
    return page(
        request,
        "contracts/list.html",
        cycle=cycle,
        cycles=cycles,
        newer=cycles[0] if not year and cycles[0].year > cycle.year else None,
        found=found,
        cards=cards,
        standing=found.survey.standing,
        narrowed=together(line.standing for line in found.lines),
        kinds=kinds_of(found.survey.lines),
        fields=sorted(fields) if len(fields) <= MOST_FIELDS else [],
        has_goals=bool(fields),
        states=[(name, translate(label)) for name, label in STATE_NAMES.items()],
        tones=STATE_TONES,
        sorts=[(name, translate(label)) for name, label in SORTS.items()],
        views=[
            (translate(label), address("/contracts", asked, view=name), name == view)
            for name, label in VIEWS.items()
        ],
        view=view,
        asked=asked,
        narrows=question.narrows,
        named=named,
        reached=reached,
        base=address("/contracts", asked),
        clear=address("/contracts", {"view": view, "year": year}),
        of_field=lambda title: address("/contracts", asked, field=title or WITHOUT_GOAL, view=""),
        without_goal=WITHOUT_GOAL,
        picture=address(f"/contracts/{cycle.year}/progress.svg", {**asked, "year": ""}, page=found.number),
        planned=None,
    )


async def _cards(session: AsyncSession, cycle: Cycle, found: Listed, words: Sequence[str]) -> list[Card]:
    """The cards of the lines shown: the only trees of the year that are read."""
    lines = [line for line in found.shown if isinstance(line, Line)]
    ids = [line.contract_id for line in lines]
    trees = await trees_by_id(session, ids)
    passages = await passages_of(session, ids, words)
    doubts = await doubts_of(session, col(Contract.id).in_(ids))
    cards = []
    for line in lines:
        task = lead_task(trees[line.contract_id])
        places = tuple(_found(each, words) for each in passages.get(line.contract_id, ()))
        lead = promise_of(task, cycle, doubts.get(line.contract_id)) if task else None
        cards.append(Card(line, marked(line.agency, words), lead, places))
    return cards


def _found(passage: Passage, words: Sequence[str]) -> Found:
    kind = translate(KIND_NAMES[passage.kind])
    part = translate(PARTS[passage.part]) if passage.part else ""
    where = f"{kind} '{passage.title}' · {part}" if part else kind
    return Found(passage.code, passage.kind, where, excerpt(passage.text, words))


@get("/contracts/{year:int}/progress.svg")
async def progress(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    q: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    standing: Annotated[str, QueryParameter(name="state")] = "",
    field: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    view: FromQuery[str] = "",
    number: Annotated[int, QueryParameter(name="page")] = 1,
    size: FromQuery[Size] = Size.DESK,
) -> Response[bytes]:
    """Targets reached, not reached, doubted and not known yet, of the bodies or fields on that page of the list."""
    question = Question(q, kind, standing, field, sort)
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        if cycle.contracts_sha256 is None:
            raise NotFound(N_("{year}년 계약은 아직 공개되지 않았습니다"), year=year)
        found = await listed(session, cycle, question, view, number)
    items = [(named(line), *reached(line.standing)) for line in found.shown]
    drawn = await asyncio.to_thread(figures.standing_bars, items, size=size)
    return answered(request, drawn, "image/svg+xml")


def reached(standing: Standing) -> tuple[int, int, int, int]:
    """Targets reached, not reached, with a figure the check doubts, and without a figure yet."""
    return standing.met, standing.missed, standing.doubted, standing.unknown


ROUTES: list[Any] = [listing, progress]
