"""The officer's pages of drafting: the contract begun, at a glance, worded item by item, moved about, or taken out again."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import current_cycle, drafting_cycle
from contracts.model import STATE_LABELS, Contract, ContractState
from contracts.reading import tree_of
from contracts.terms.branches import BELOW, walk_places
from contracts.terms.gaps import gaps, sum_below, uneven_gaps, weight_gaps
from contracts.terms.notes import notes
from contracts.terms.tree import KIND_NAMES
from contracts.web.agency import OFFICER, home_page
from contracts.web.item_pages import show_item
from contracts.web.items import Items
from contracts.web.manuscript import Manuscript, Text
from contracts.web.opening import opened
from contracts.web.showing import STATE_TONES
from contracts.writing import arranging, beginning, editing
from contracts.writing.promises import as_last_year
from contracts.writing.rounds import Said, rounds_of
from office.database import Database
from office.errors import Conflict, NotFound, Trouble
from office.i18n import N_
from office.pages import AnyRequest, form_of, page, see
from office.people import Person

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


async def _read(session: AsyncSession, person: Person, public_id: str) -> Text:
    """The draft for its officer, while its wording is open."""
    contract, agency, cycle = await opened(session, public_id, person)
    editing.require_writable(cycle, contract)
    tree = await tree_of(session, contract)
    return Text(
        contract,
        agency,
        cycle,
        tree,
        gaps(tree, cycle.year),
        await _open_comments(session, contract),
        carried=await as_last_year(session, contract, agency, cycle),
    )


async def _open_comments(session: AsyncSession, contract: Contract) -> tuple[Said, ...]:
    """What the office said in the round that came back, and nobody has answered yet."""
    if contract.state is not ContractState.DRAFT:
        return ()
    rounds = await rounds_of(session, contract, by_office=False)
    return tuple(each for each in rounds[0].said if each.open) if rounds else ()


DRAFT = Manuscript(
    below="/edit",
    amending=False,
    done=DONE,
    gone=editing.GONE,
    misplaced=N_("그 자리에는 둘 수 없는 항목입니다. 계약 쓰기 화면에서 다시 골라 주십시오"),
    read=_read,
    take=editing.take,
    change=editing.change,
    add=editing.add,
    change_method=editing.change_method,
    weigh=arranging.weigh,
    remove=arranging.remove,
)


class DraftItems(Items):
    """The items of a draft."""

    path = DRAFT.base
    where = DRAFT


@post("/agency/contracts", guards=OFFICER)
async def begin(request: AnyRequest, db: NamedDependency[Database]) -> Response[Any]:
    """The officer begins the contract of the year being written: `start` is `blank` or `last`, `agency` names a new body."""
    form = await form_of(request)
    try:
        async with db.writing() as session:
            cycle = await drafting_cycle(session) or await current_cycle(session)
            if cycle is None:
                raise Conflict(N_("아직 시작한 평가주기가 없습니다. 성과관리 담당이 시작하면 쓸 수 있습니다"))
            contract = await beginning.begin(
                session,
                cycle,
                request.user,
                name=form.get("agency", ""),
                from_last=form.get("start") == "last",
            )
    except Trouble as problem:
        return await home_page(request, db, problem, form=form)
    return see(DRAFT.address(contract.public_id, done="begun"))


@get(DRAFT.base, guards=OFFICER)
async def outline(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    """The contract at a glance: what stands where, the running sums, and what is still missing."""
    async with db.reading() as session:
        text = await _read(session, request.user, public_id)
        may_abandon = await arranging.may_abandon(session, text.contract)
    return page(
        request,
        "contracts/edit.html",
        contract=text.contract,
        agency=text.agency,
        cycle=text.cycle,
        tree=text.tree,
        top=sum_below(text.tree),
        uneven=uneven_gaps(text.tree),
        weighed=not weight_gaps(text.tree),
        places=list(walk_places(text.tree)),
        below=BELOW,
        kinds=KIND_NAMES,
        gaps=text.gaps,
        remarks=notes(text.tree, text.cycle.year, text.carried),
        said=text.said,
        marks=text.marks,
        may_abandon=may_abandon,
        states=STATE_LABELS,
        tones=STATE_TONES,
        **DRAFT.about(request, public_id),
    )


@post(DRAFT.base + "/move", guards=OFFICER)
async def move(request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]) -> Response[Any]:
    """One place `up` or `down`, or below another node (`to` = `under:CODE`)."""
    form = await form_of(request)
    code = form.get("code", "")
    try:
        async with DRAFT.held(db, public_id, request.user) as (session, desk):
            await arranging.move(session, desk, code, form.get("to", ""))
    except NotFound:
        raise
    except Trouble as problem:
        return await show_item(DRAFT, request, db, public_id, code, problem)
    return see(f"{DRAFT.address(public_id, done='moved')}#node-{quote(code)}")


@post(DRAFT.base + "/abandon", guards=OFFICER)
async def abandon(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """Take the whole draft out, as long as it was never handed in."""
    async with DRAFT.held(db, public_id, request.user) as (session, desk):
        await arranging.abandon(session, desk)
    return see("/agency")


ROUTES: list[Any] = [begin, outline, DraftItems, move, abandon]
