"""The pages on which an officer words what should change in a published contract: those of drafting, about a wish."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.amendments import amendable, words_only
from contracts.changes.drafts import Wish, limits_of, wish_of
from contracts.changes.limits import new_gaps
from contracts.changes.rewriting import GONE, removed
from contracts.model import Agency, Contract, Cycle
from contracts.reading import is_its_own, seen_contract
from contracts.terms.branches import BELOW, Place, may_stand, place_of, walk_places
from contracts.terms.gaps import sum_below
from contracts.terms.tree import KIND_NAMES, Kind, Method, Node
from contracts.web.differing import differences
from contracts.web.nodeform import around, choose_method, differing
from contracts.writing.editing import Overtaken, blank
from contracts.writing.wording import branch_mark, form_of_node, seen_of
from office.database import Database
from office.decimals import plain
from office.errors import Conflict, NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page
from office.people import Person, Role

DONE = {
    "added": N_("요청에 새 항목을 더했습니다."),
    "changed": N_("요청에 저장했습니다. 다 고친 뒤 아래에서 까닭을 적고 요청하십시오."),
    "same": N_("바뀐 내용이 없어 그대로 두었습니다."),
    "removed": N_("요청에서 항목을 뺐습니다."),
    "restored": N_("지금 계약대로 되돌렸습니다."),
    "weighed": N_("요청에 배점을 저장했습니다."),
    "method": N_("점수 매기는 방법을 바꾸었습니다. 새 방법의 칸을 채워 주십시오."),
    "discarded": N_("쓰던 요청을 지웠습니다. 계약은 그대로입니다."),
}
NOT_NOW = N_("지금은 계약을 바꿀 수 없습니다. 공개한 때부터 투표가 열리기 전까지 바꿀 수 있습니다")


def address(public_id: str) -> str:
    """Where the request for an amendment is written."""
    return f"/agency/contracts/{public_id}/amendments/draft"


def address_of(public_id: str, page_: str, **query: str) -> str:
    """One of its pages."""
    return f"{address(public_id)}/{page_}?{urlencode(query)}"


def _done(request: AnyRequest, problem: Trouble | None) -> dict[str, str]:
    done = DONE.get(request.query_params.get("done", ""))
    return {"done": translate(done)} if done and problem is None else {}


async def opened(session: AsyncSession, public_id: str, person: Person) -> tuple[Contract, Agency, Cycle]:
    """A contract for its own agency and the office."""
    contract, agency, cycle = await seen_contract(session, public_id, person)
    if person.role is not Role.OFFICE and not is_its_own(person, agency):
        raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
    return contract, agency, cycle


async def _opened_wish(session: AsyncSession, request: AnyRequest, public_id: str) -> tuple[Agency, Wish]:
    contract, agency, cycle = await opened(session, public_id, request.user)
    if not amendable(cycle, contract):
        raise Conflict(NOT_NOW)
    return agency, await wish_of(session, cycle, contract)


def _about(agency: Agency, wish: Wish) -> dict[str, Any]:
    """What every one of these pages is told; the templates of drafting ask for the same names."""
    return {
        "contract": wish.contract,
        "agency": agency,
        "cycle": wish.cycle,
        "here": address(wish.contract.public_id),
        "amending": True,
        "words_only": words_only(wish.cycle),
        "kinds": KIND_NAMES,
        "changed": _marks(wish),
    }


def _marks(wish: Wish) -> dict[str, tuple[str, str]]:
    """By code, what is new about an item: words and the tone of a badge."""
    before = {place.node.code: seen_of(place.node) for place in walk_places(wish.stands)}
    marks = {}
    for place in walk_places(wish.tree):
        if place.node.code not in before:
            marks[place.node.code] = (translate(N_("더해짐")), "success")
        elif seen_of(place.node) != before[place.node.code]:
            marks[place.node.code] = (translate(N_("바뀜")), "information")
    return marks


async def show_wish(
    request: AnyRequest, db: Database, public_id: str, problem: Trouble | None = None, *, reason: str = ""
) -> Response[str]:
    """The contract as it would read, what would change, what stands in the way, and the form that asks for it."""
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, request.user)
        may = amendable(cycle, contract)
        wish = await wish_of(session, cycle, contract)
        found = await limits_of(session, wish) if may and wish.changed else ()
    return page(
        request,
        "contracts/amendment_draft.html",
        status=problem.status if problem else 200,
        **_about(agency, wish),
        wish=wish,
        tree=wish.tree,
        top=sum_below(wish.tree),
        places=list(walk_places(wish.tree)),
        below=BELOW,
        gaps=found,
        said=[],
        marks=_marks(wish),
        lines=differences(wish.before, wish.after),
        removed=removed(wish.stands, wish.tree),
        amendable=may,
        reason=reason,
        problem=problem,
        **_done(request, problem),
    )


async def show_item(
    request: AnyRequest,
    db: Database,
    public_id: str,
    code: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
) -> Response[str]:
    """One item's fields as the request has them."""
    async with db.reading() as session:
        agency, wish = await _opened_wish(session, request, public_id)
    place = _place(wish, code)
    stored = form_of_node(place.node, wish.cycle.year)
    above = wish.tree if place.above is None else place.above
    return page(
        request,
        "contracts/node.html",
        status=problem.status if problem else 200,
        place=place,
        rooms=[],
        gaps=[gap for gap in new_gaps(wish.stands, wish.tree, wish.cycle.year) if gap.code == code],
        said=[],
        seen=seen_of(place.node),
        branch=branch_mark(place.node),
        differing=differing(stored, form or {}) if isinstance(problem, Overtaken) else [],
        **around(wish.contract, agency, wish.cycle, place.node, above) | _about(agency, wish),
        form=form if form is not None else stored,
        problem=problem,
        **_done(request, problem),
    )


def _place(wish: Wish, code: str) -> Place:
    place = place_of(wish.tree, code)
    if place is None:
        raise NotFound(GONE)
    return place


async def show_new(
    request: AnyRequest,
    db: Database,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str],
) -> Response[str]:
    """The form of an item that is not there yet: `under` a code, of a `kind`, an indicator with its `method`."""
    async with db.reading() as session:
        agency, wish = await _opened_wish(session, request, public_id)
    kind, method = form.get("kind", ""), form.get("method", "")
    above = place_of(wish.tree, form.get("under", ""))
    under = above.node if above else None
    if words_only(wish.cycle) or kind not in set(Kind) or not may_stand(Kind(kind), under):
        raise NotFound(N_("그 자리에는 둘 수 없는 항목입니다. 변경 요청 화면에서 다시 골라 주십시오"))
    about = _about(agency, wish)
    if kind == Kind.INDICATOR and method not in set(Method):
        return _methods(request, about, under=under, chosen=method)
    node = blank(Kind(kind), Method(method) if kind == Kind.INDICATOR else None)
    return page(
        request,
        "contracts/node.html",
        status=problem.status if problem else 200,
        place=None,
        gaps=[],
        said=[],
        differing=[],
        **around(wish.contract, agency, wish.cycle, node, under or wish.tree) | about,
        form=form_of_node(node, wish.cycle.year) | form,
        problem=problem,
        **_done(request, problem),
    )


async def show_methods(request: AnyRequest, db: Database, public_id: str, code: str) -> Response[str]:
    """Which other method an indicator is to be rated by."""
    async with db.reading() as session:
        agency, wish = await _opened_wish(session, request, public_id)
    node = _place(wish, code).node
    if node.measure is None or words_only(wish.cycle):
        raise NotFound(GONE)
    return _methods(request, _about(agency, wish), node=node, chosen=node.measure.method.value)


def _methods(request: AnyRequest, about: dict[str, Any], **which: Any) -> Response[str]:
    where = {name: about[name] for name in ("here", "amending")}
    return choose_method(request, about["contract"], about["cycle"], **which, **where)


async def show_weights(
    request: AnyRequest,
    db: Database,
    public_id: str,
    under: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
) -> Response[str]:
    """The points of everything right below one item (empty for the whole) on one page."""
    async with db.reading() as session:
        agency, wish = await _opened_wish(session, request, public_id)
    place = _place(wish, under) if under else None
    children: tuple[Node, ...] = place.node.children if place else wish.tree.children
    if not children or words_only(wish.cycle):
        raise NotFound(GONE)
    return page(
        request,
        "contracts/weights.html",
        status=problem.status if problem else 200,
        **_about(agency, wish),
        place=place,
        children=children,
        sum=sum_below(place.node if place else wish.tree),
        stored={child.code: "" if child.weight is None else plain(child.weight) for child in children},
        form=form or {},
        problem=problem,
        **_done(request, problem),
    )
