"""The review of a contract before it is signed: the page both sides work on."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import STATE_LABELS, Agency, Contract, ContractState, Cycle, Phase
from contracts.reading import agency_names, is_its_own, tree_of
from contracts.sharing import loose_around, unled_tasks
from contracts.terms.gaps import gaps
from contracts.terms.notes import notes
from contracts.terms.tree import KIND_NAMES, walk
from contracts.web import review_list
from contracts.web.agency import OFFICER
from contracts.web.differing import differences
from contracts.web.opening import opened
from contracts.web.showing import NAMES, STATE_TONES
from contracts.writing import answering, review
from contracts.writing.promises import as_last_year
from contracts.writing.rounds import rounds_of
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see
from office.people import Person, Role

BASE = "/agency/contracts/{public_id:str}/review"
BOTH = [only(Role.OFFICER, Role.HEAD, Role.OFFICE)]
SEE_OTHER = 303
DONE = {
    "submitted": N_("제출했습니다. 성과관리 담당에게 알렸고, 검토가 끝나면 전자우편으로 알려 드립니다."),
    "withdrawn": N_("제출을 거두어들였습니다. 이제 고칠 수 있고, 다 고치면 다시 제출해 주십시오."),
    "commented": N_("의견을 적었습니다. 돌려보내거나 검토를 마치면 기관이 봅니다."),
    "taken-back": N_("의견을 지웠습니다."),
    "returned": N_("계약을 돌려보냈습니다. 기관 담당자에게 알렸습니다."),
    "accepted": N_("검토를 마쳤습니다. 기관 담당자와 기관장에게 알렸습니다."),
    "answered": N_("답을 저장했습니다."),
}


@get(BASE, guards=BOTH)
async def review_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[str]:
    return await show_review(request, db, public_id)


async def show_review(
    request: AnyRequest,
    db: Database,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
    done: str = "",
) -> Response[str]:
    person: Person = request.user
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, person)
        tree = await tree_of(session, contract)
        rounds = await rounds_of(session, contract, by_office=person.role is Role.OFFICE)
        bodies = await agency_names(session)
        carried = await as_last_year(session, contract, agency, cycle)
        loose = await loose_around(session, cycle, agency.code) if cycle.phase is Phase.DRAFTING else []
        unled = await unled_tasks(session, cycle, tree)
    drafting = cycle.phase is Phase.DRAFTING
    own = is_its_own(person, agency) and person.role is Role.OFFICER
    may_answer = drafting and own and contract.state in (ContractState.DRAFT, ContractState.ACCEPTED)
    said = DONE.get(done or request.query_params.get("done", ""))
    return page(
        request,
        "contracts/review.html",
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        cycle=cycle,
        tree=tree,
        nodes=[(node, len(titles) - 1) for titles, node in walk(tree)],
        rounds=rounds,
        bodies=bodies,
        loose=loose,
        unled=unled,
        changed={
            each.review.number: differences(each.before, each.record, bodies)
            for each in rounds
            if each.before
        },
        gaps=gaps(tree, cycle.year) if drafting and own and contract.state is ContractState.DRAFT else (),
        remarks=notes(tree, cycle.year, carried) if drafting else (),
        may_submit=drafting and own and contract.state is ContractState.DRAFT,
        may_review=drafting and person.role is Role.OFFICE and contract.state is ContractState.SUBMITTED,
        may_withdraw=drafting and own and contract.state is ContractState.SUBMITTED,
        may_answer=may_answer,
        kinds=KIND_NAMES,
        names=NAMES,
        states=STATE_LABELS,
        tones=STATE_TONES,
        maximum=review.LONGEST_COMMENT,
        about=request.query_params.get("node", ""),
        form=form or {},
        problem=problem,
        **_said(said, problem),
    )


def _said(done: str | None, problem: Trouble | None) -> dict[str, Any]:
    return {"done": translate(done)} if done and problem is None else {}


Act = Callable[[AsyncSession, Cycle, Contract, Agency], Awaitable[None]]


async def carry_out(
    request: AnyRequest,
    db: Database,
    public_id: str,
    act: Act,
    done: str,
    form: dict[str, str],
    *,
    stay: bool = False,
) -> Response[Any]:
    """Carry out one act of the review and show the page again, with what went wrong or what was done.

    With `stay` the page keeps what is typed in its boxes.
    """
    try:
        async with db.writing() as session:
            contract, agency, cycle = await opened(session, public_id, request.user)
            await act(session, cycle, contract, agency)
    except NotFound:
        raise
    except Trouble as problem:
        return await show_review(request, db, public_id, problem, form=form)
    if stay:
        return await show_review(request, db, public_id, form=form, done=done)
    return see(f"/agency/contracts/{public_id}/review?done={done}")


@post(BASE + "/submit", guards=OFFICER)
async def submit(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
) -> Response[Any]:
    """The officer hands the contract in, with the answers typed beside it; the office is written to."""
    form = await form_of(request)

    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, agency: Agency) -> None:
        if any(name.startswith("answer-") for name in form):
            await answering.answer(session, cycle, contract, form, request.user)
        await review.submit(session, cycle, contract, request.user)

    return await carry_out(request, db, public_id, act, "submitted", form)


@post(BASE + "/withdraw", guards=OFFICER)
async def withdraw(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
) -> Response[Any]:
    """The officer takes the submission back before the office has decided; the office is written to."""

    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, agency: Agency) -> None:
        await review.withdraw(session, cycle, contract, request.user)

    return await carry_out(request, db, public_id, act, "withdrawn", {})


@post(BASE + "/comments/{comment_id:int}/answer", guards=OFFICER)
async def answer(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
    comment_id: FromPath[int],
) -> Response[Any]:
    """The officer answers comments (`answer-ID`), or says that they have been mended (`done-ID`).

    This one must get a word, unless the officer is on the way to the item (`to`) it is about.
    """
    form = await form_of(request)
    asked = None if form.keys() & {"to", "all"} else comment_id

    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, _: Agency) -> None:
        await answering.answer(session, cycle, contract, form, request.user, asked=asked)

    answered = await carry_out(request, db, public_id, act, "answered", form)
    if "to" in form and answered.status_code == SEE_OTHER:
        return see(f"/agency/contracts/{public_id}/edit/node?{urlencode({'code': form['to']})}")
    return answered


ROUTES: list[Any] = [review_page, submit, withdraw, answer, *review_list.ROUTES]
