"""The form of one goal, task or indicator, stored or new: what it shows, and what differs from somebody else's version."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.files.columns import LONGEST
from contracts.model import Agency, Contract, ContractState, Cycle, Phase
from contracts.reading import agency_names, tree_of
from contracts.terms.branches import may_stand, place_of, room_for
from contracts.terms.gaps import gaps, sum_below
from contracts.terms.methods import SETTINGS
from contracts.terms.notes import note_of
from contracts.terms.tree import DIRECTION_NAMES, KIND_NAMES, METHOD_NAMES, ContractTree, Kind, Method, Node
from contracts.web.agency import opened
from contracts.writing import editing
from contracts.writing.advice import CRITERIA_LABELS, METHOD_NOTES, SETTING_HINTS
from contracts.writing.drafting import require_open
from contracts.writing.rounds import Said, rounds_of
from contracts.writing.setting_fields import tier_rows
from contracts.writing.wording import (
    branch_mark,
    form_of_node,
    seen_of,
    takes_figures,
    years_before,
)
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page

DONE = {
    "begun": N_("계약을 시작했습니다. 위에서부터 하나씩 적어 주십시오."),
    "added": N_("새 항목을 더했습니다."),
    "changed": N_("저장했습니다."),
    "same": N_("바뀐 내용이 없어 그대로 두었습니다."),
    "moved": N_("자리를 옮겼습니다."),
    "removed": N_("항목을 지웠습니다."),
    "weighed": N_("배점을 저장했습니다."),
    "shared": N_("빈 배점을 똑같이 나누었습니다."),
    "method": N_("점수 매기는 방법을 바꾸었습니다. 새 방법의 칸을 채워 주십시오."),
}


def address(public_id: str) -> str:
    """Where a contract is drafted."""
    return f"/agency/contracts/{public_id}/edit"


def of_drafting(public_id: str) -> dict[str, Any]:
    """What tells the pages of an item that a draft is written, and where; a request has other answers to the same names."""
    return {"here": address(public_id), "amending": False, "words_only": False}


def address_of(public_id: str, page_: str, **query: str) -> str:
    """One of the pages of drafting."""
    return f"{address(public_id)}/{page_}?{urlencode(query)}"


def said_done(request: AnyRequest, problem: Trouble | None = None) -> dict[str, Any]:
    """What has just been done, for the page after a save."""
    done = DONE.get(request.query_params.get("done", ""))
    return {"done": translate(done)} if done and problem is None else {}


async def open_draft(
    session: AsyncSession, request: AnyRequest, public_id: str
) -> tuple[Contract, Agency, Cycle, ContractTree]:
    """The contract for its officer, while its wording is open."""
    contract, agency, cycle = await opened(session, public_id, request.user)
    require_phase(cycle, Phase.DRAFTING)
    require_open(contract)
    return contract, agency, cycle, await tree_of(session, contract)


async def open_comments(session: AsyncSession, contract: Contract) -> tuple[Said, ...]:
    """What the office said in the round that came back, and nobody has answered yet."""
    if contract.state is not ContractState.DRAFT:
        return ()
    rounds = await rounds_of(session, contract, by_office=False)
    return tuple(each for each in rounds[0].said if each.open) if rounds else ()


async def show_node(
    request: AnyRequest,
    db: Database,
    public_id: str,
    code: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
) -> Response[str]:
    async with db.reading() as session:
        contract, agency, cycle, tree = await open_draft(session, request, public_id)
        said = await open_comments(session, contract)
        bodies = await agency_names(session)
    place = place_of(tree, code)
    if place is None:
        raise NotFound(N_("이 항목은 없거나 지워졌습니다. 계약 쓰기 화면에서 다시 골라 주십시오"))
    stored = form_of_node(place.node, cycle.year)
    return page(
        request,
        "contracts/node.html",
        status=problem.status if problem else 200,
        place=place,
        bodies=bodies,
        rooms=room_for(tree, place),
        gaps=[each for each in gaps(tree, cycle.year) if each.code == code],
        said=[each for each in said if each.comment.node_code == code],
        seen=seen_of(place.node),
        branch=branch_mark(place.node),
        differing=differing(stored, form or {}) if isinstance(problem, editing.Overtaken) else [],
        **around(contract, agency, cycle, place.node, tree if place.above is None else place.above),
        **of_drafting(public_id),
        form=form if form is not None else stored,
        problem=problem,
        **said_done(request, problem),
    )


async def show_new(
    request: AnyRequest,
    db: Database,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str],
) -> Response[str]:
    """The form of a node that is not there yet: `under` a code, of a `kind`, an indicator with its `method`."""
    async with db.reading() as session:
        contract, agency, cycle, tree = await open_draft(session, request, public_id)
        bodies = await agency_names(session)
    kind = form.get("kind", "")
    above = place_of(tree, form.get("under", ""))
    if kind not in set(Kind) or not may_stand(Kind(kind), above.node if above else None):
        raise NotFound(N_("그 자리에는 둘 수 없는 항목입니다. 계약 쓰기 화면에서 다시 골라 주십시오"))
    method = form.get("method", "")
    if kind == Kind.INDICATOR and method not in set(Method):
        under = above.node if above else None
        return choose_method(request, contract, cycle, under=under, chosen=method, **of_drafting(public_id))
    node = editing.blank(Kind(kind), Method(method) if kind == Kind.INDICATOR else None)
    return page(
        request,
        "contracts/node.html",
        status=problem.status if problem else 200,
        place=None,
        bodies=bodies,
        gaps=[],
        said=[],
        differing=[],
        **around(contract, agency, cycle, node, above.node if above else tree),
        **of_drafting(public_id),
        form=form_of_node(node, cycle.year) | form,
        problem=problem,
        **said_done(request, problem),
    )


def choose_method(
    request: AnyRequest,
    contract: Contract,
    cycle: Cycle,
    *,
    under: Node | None = None,
    node: Node | None = None,
    chosen: str = "",
    **where: Any,
) -> Response[str]:
    """Which method a new indicator (below `under`) or a stored one (`node`) is to be rated by."""
    return page(
        request,
        "contracts/method.html",
        contract=contract,
        cycle=cycle,
        under=under,
        node=node,
        chosen=chosen,
        options=[(method.value, METHOD_NAMES[method], note) for method, note in METHOD_NOTES.items()],
        **where,
    )


def around(
    contract: Contract, agency: Agency, cycle: Cycle, node: Node, above: Node | ContractTree
) -> dict[str, Any]:
    """What the form of a node needs, a stored or a new one."""
    measure = node.measure
    return {
        "contract": contract,
        "agency": agency,
        "cycle": cycle,
        "node": node,
        "beside": sum_below(above),
        "above": above if isinstance(above, Node) else None,
        "kinds": KIND_NAMES,
        "directions": DIRECTION_NAMES,
        "methods": METHOD_NAMES,
        "notes": METHOD_NOTES,
        "settings": SETTINGS[measure.method] if measure else (),
        "hints": SETTING_HINTS,
        "criteria": CRITERIA_LABELS,
        "tier_rows": tier_rows(measure) if measure else 0,
        "years": years_before(cycle.year),
        "figures": takes_figures(measure) if measure else False,
        "longest": LONGEST,
        "remark": note_of(node, cycle.year),
    }


def differing(stored: dict[str, str], typed: dict[str, str]) -> list[tuple[str, str, str]]:
    """Fields that stand otherwise than they were typed: name, what stands, what was typed."""
    names = [
        name for name in {**stored, **typed} if name in LABELS or name.startswith(("history-", "setting-"))
    ]
    pairs = [(name, stored.get(name, ""), typed.get(name, "")) for name in names]
    return [(_label(name), now, mine) for name, now, mine in pairs if now != mine]


LABELS = {
    "title": N_("이름"),
    "weight": N_("배점"),
    "promise": N_("약속 문장"),
    "on_ballot": N_("도민투표 대상"),
    "shares": N_("함께 하는 기관"),
    "definition": N_("정의"),
    "formula": N_("산식"),
    "unit": N_("단위"),
    "direction": N_("좋아지는 방향"),
    "source": N_("자료 출처"),
    "baseline": N_("기준값"),
    "target": N_("올해 목표"),
    "method": N_("점수 매기는 방법"),
    "supplied_by": N_("자료를 내는 곳"),
    "checked_by": N_("자료를 확인하는 곳"),
}


def _label(name: str) -> str:
    if name.startswith("history-"):
        return translate(N_("{year}년"), year=name.removeprefix("history-"))
    if name.startswith("setting-"):
        first = name.removeprefix("setting-").split("-")[0]
        label = next((each.label for per in SETTINGS.values() for each in per if each.name == first), first)
        return translate(label)
    return translate(LABELS[name])
