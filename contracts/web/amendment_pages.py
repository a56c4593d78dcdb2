"""What an officer would change in a published contract: the text its items are worded in, and the page that shows it whole."""

from litestar import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes import drafts
from contracts.changes.amendments import amendable, require_open, words_only
from contracts.changes.drafts import Wish, limits_of, wish_of
from contracts.changes.effects import effects
from contracts.changes.limits import new_gaps
from contracts.changes.rewriting import GONE, removed
from contracts.changes.together import partners_of
from contracts.keeping.checks import checks_of
from contracts.reading import agency_names, tree_of
from contracts.terms.branches import BELOW, walk_places
from contracts.terms.doubt import doubts_among
from contracts.terms.gaps import sum_below
from contracts.terms.tree import KIND_NAMES
from contracts.web.differing import differences
from contracts.web.manuscript import Manuscript, Text
from contracts.web.opening import opened
from contracts.writing.wording import seen_of
from office.database import Database
from office.errors import Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page
from office.people import Person

DONE = {
    "added": N_("요청에 새 항목을 더했습니다."),
    "changed": N_("요청에 저장했습니다. 다 고친 뒤 아래에서 까닭을 적고 요청하십시오."),
    "same": N_("바뀐 내용이 없어 그대로 두었습니다."),
    "removed": N_("요청에서 항목을 뺐습니다."),
    "restored": N_("지금 계약대로 되돌렸습니다."),
    "weighed": N_("요청에 배점을 저장했습니다."),
    "shared": N_("빈 배점을 똑같이 나누었습니다."),
    "method": N_("점수 매기는 방법을 바꾸었습니다. 새 방법의 칸을 채워 주십시오."),
    "discarded": N_("쓰던 요청을 지웠습니다. 계약은 그대로입니다."),
}


async def _read(session: AsyncSession, person: Person, public_id: str) -> Text:
    """The contract as it is wished for, while it may change."""
    contract, agency, cycle = await opened(session, public_id, person)
    require_open(cycle, contract)
    wish = await wish_of(session, cycle, contract)
    gaps = new_gaps(wish.stands, wish.tree, cycle.year)
    return Text(contract, agency, cycle, wish.tree, gaps, words_only=words_only(cycle), marks=_marks(wish))


def _marks(wish: Wish) -> dict[str, tuple[str, str]]:
    """By code, what is new about an item."""
    before = {place.node.code: seen_of(place.node) for place in walk_places(wish.stands)}
    marks = {}
    for place in walk_places(wish.tree):
        if place.node.code not in before:
            marks[place.node.code] = (translate(N_("더해짐")), "success")
        elif seen_of(place.node) != before[place.node.code]:
            marks[place.node.code] = (translate(N_("바뀜")), "information")
    return marks


WISH = Manuscript(
    below="/amendments/draft",
    amending=True,
    done=DONE,
    gone=GONE,
    misplaced=N_("그 자리에는 둘 수 없는 항목입니다. 변경 요청 화면에서 다시 골라 주십시오"),
    read=_read,
    take=drafts.take,
    change=drafts.change,
    add=drafts.add,
    change_method=drafts.change_method,
    weigh=drafts.weigh,
    remove=drafts.remove,
)


async def show_wish(
    request: AnyRequest, db: Database, public_id: str, problem: Trouble | None = None, *, reason: str = ""
) -> Response[str]:
    """The contract as it would read, what would change, what stands in the way, and the form that asks for it."""
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, request.user)
        may = amendable(cycle, contract)
        wish = await wish_of(session, cycle, contract)
        partners = await partners_of(session, wish)
        together = [each.tree for each in partners]
        bodies = await agency_names(session)
        found = await limits_of(session, wish, together) if may and wish.changed else ()
        tree, doubts = await tree_of(session, contract), doubts_among(await checks_of(session, contract))
    return page(
        request,
        "contracts/amendment_draft.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        wish=wish,
        tree=wish.tree,
        top=sum_below(wish.tree),
        places=list(walk_places(wish.tree)),
        below=BELOW,
        kinds=KIND_NAMES,
        gaps=found,
        said=[],
        marks=_marks(wish),
        lines=differences(wish.before, wish.after, bodies),
        turns=effects(wish.before, wish.after, tree, doubts),
        removed=removed(wish.stands, wish.tree),
        amendable=may,
        partners=[tree.agency for tree in together],
        reason=reason,
        **WISH.about(request, public_id, problem, words_only=words_only(cycle)),
    )
