"""Comments of the experts: the office's pages to moderate them, and everybody's to read them."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import cycle_of
from contracts.keeping import replies
from contracts.keeping.replies import Kind
from contracts.model import ContractState, Cycle
from contracts.reading import seen_contract, tree_of
from contracts.terms.head import titles_of
from evaluation.marking import comments, moderating
from evaluation.marking.comments import Desk, Scope
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see
from office.people import Role

OFFICE = [only(Role.OFFICE)]
DESK = "/office/cycles/{year:int}/comments"
DONE = {
    "saved": N_("저장했습니다. 아직 아무에게도 보이지 않습니다."),
    "asked": N_("공개를 요청했습니다. 다른 담당자가 하루 안에 확인하면 공개됩니다."),
    "released": N_("평가 의견을 공개했습니다."),
}


def done_of(request: AnyRequest, problem: Trouble | None) -> dict[str, str]:
    """What has just been done, in a sentence, unless something went wrong since."""
    said = DONE.get(request.query_params.get("done", ""))
    return {"done": translate(said)} if said and problem is None else {}


@get(DESK, guards=OFFICE)
async def overview(request: AnyRequest, db: NamedDependency[Database], year: FromPath[int]) -> Response[str]:
    """How far the comments of every contract are."""
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        desks = await comments.desks_of(session, cycle)
    return page(
        request,
        "evaluation/comments_office.html",
        cycle=cycle,
        desks=[desk for desk in desks if desk.comments],
        releasing=cycle.phase in moderating.RELEASING,
    )


@get(DESK + "/{public_id:str}", guards=OFFICE)
async def one(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], public_id: FromPath[str]
) -> Response[str]:
    return await _one(request, db, year, public_id)


async def _desk(session: AsyncSession, year: int, public_id: str) -> tuple[Cycle, Desk]:
    cycle = await cycle_of(session, year)
    found = await comments.desks_of(session, cycle, public_id)
    if not found:
        raise NotFound(N_("이 평가주기에 그런 계약이 없습니다"))
    return cycle, found[0]


async def _one(
    request: AnyRequest,
    db: Database,
    year: int,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
) -> Response[str]:
    async with db.reading() as session:
        cycle, desk = await _desk(session, year, public_id)
        tree = await tree_of(session, desk.contract)
    return page(
        request,
        "evaluation/comments_desk.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        desk=desk,
        titles=titles_of(tree),
        scopes=[(scope.value, translate(label)) for scope, label in comments.SCOPE_LABELS.items()],
        aspects=comments.ASPECT_LABELS,
        moderating=cycle.phase in moderating.MODERATING,
        releasing=cycle.phase in moderating.RELEASING,
        maximum=comments.REASON_LENGTH,
        form=form or {},
        problem=problem,
        **done_of(request, problem),
    )


@post(DESK + "/{public_id:str}", guards=OFFICE)
async def moderate(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], public_id: FromPath[str]
) -> Response[Any]:
    """Who may read each comment (`scope-KEY`, `reason-KEY`, `rest`)."""
    form = await form_of(request)
    try:
        async with db.writing() as session:
            cycle, desk = await _desk(session, year, public_id)
            await moderating.moderate(session, cycle, desk, form, request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _one(request, db, year, public_id, problem, form=form)
    return see(f"/office/cycles/{year}/comments/{public_id}?done=saved")


@post(DESK + "/{public_id:str}/release", guards=OFFICE)
async def release(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], public_id: FromPath[str]
) -> Response[Any]:
    """The first officer's press asks, the second one's makes the decisions count."""
    form = await form_of(request)
    try:
        async with db.writing() as session:
            cycle, desk = await _desk(session, year, public_id)
            done = await moderating.release(session, cycle, desk, form.get("content", ""), request.user)
    except NotFound:
        raise
    except Trouble as problem:
        return await _one(request, db, year, public_id, problem)
    return see(f"/office/cycles/{year}/comments/{public_id}?done={'released' if done else 'asked'}")


@get("/contracts/{public_id:str}/comments")
async def public_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """What the experts said, as far as it was released, and what the body answers."""
    async with db.reading() as session:
        contract, agency, cycle = await seen_contract(session, public_id, request.user)
        if contract.state is not ContractState.PUBLISHED:
            return see(f"/agency/contracts/{public_id}")
        tree = await tree_of(session, contract)
        released, found = await comments.released_of(session, contract, Scope.PUBLIC)
        answer = await replies.reply_of(session, contract, Kind.ANSWER)
    return page(
        request,
        "evaluation/comments.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        released=released,
        found=found,
        titles=titles_of(tree),
        aspects=comments.ASPECT_LABELS,
        answer=answer,
        length=replies.LENGTH,
    )


ROUTES: list[Any] = [overview, one, moderate, release, public_page]
