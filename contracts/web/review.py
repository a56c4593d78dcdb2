"""The review of a contract before it is signed: the page both sides work on."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import STATE_LABELS, Agency, Contract, ContractState, Cycle, Phase
from contracts.reading import agency_names, is_its_own, tree_of
from contracts.terms.gaps import gaps
from contracts.terms.notes import notes
from contracts.terms.tree import KIND_NAMES, walk
from contracts.web import review_list
from contracts.web.agency import OFFICER
from contracts.web.differing import differences
from contracts.web.opening import opened
from contracts.web.showing import NAMES, STATE_TONES
from contracts.writing import review
from contracts.writing.rounds import rounds_of
from office.access import only
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see
from office.people import Person, Role

BASE = "/agency/contracts/{public_id:str}/review"
BOTH = [only(Role.OFFICER, Role.HEAD, Role.OFFICE)]
OFFICE = [only(Role.OFFICE)]
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
    return await _review(request, db, public_id)


async def _review(
    request: AnyRequest,
    db: Database,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
) -> Response[str]:
    person: Person = request.user
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, person)
        tree = await tree_of(session, contract)
        rounds = await rounds_of(session, contract, by_office=person.role is Role.OFFICE)
        bodies = await agency_names(session)
    drafting = cycle.phase is Phase.DRAFTING
    own = is_its_own(person, agency) and person.role is Role.OFFICER
    may_answer = drafting and own and contract.state in (ContractState.DRAFT, ContractState.ACCEPTED)
    done = DONE.get(request.query_params.get("done", ""))
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
        changed={
            each.review.number: differences(each.before, each.record, bodies)
            for each in rounds
            if each.before
        },
        gaps=gaps(tree, cycle.year) if drafting and own and contract.state is ContractState.DRAFT else (),
        remarks=notes(tree, cycle.year) if drafting else (),
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
        **_said(done, problem),
    )


def _said(done: str | None, problem: Trouble | None) -> dict[str, Any]:
    return {"done": translate(done)} if done and problem is None else {}


Act = Callable[[AsyncSession, Cycle, Contract, Agency], Awaitable[None]]


async def _do(
    request: AnyRequest, db: Database, public_id: str, act: Act, done: str, form: dict[str, str]
) -> Response[Any]:
    """Carry out one act of the review and show the page again, with what went wrong or what was done."""
    try:
        async with db.writing() as session:
            contract, agency, cycle = await opened(session, public_id, request.user)
            await act(session, cycle, contract, agency)
    except NotFound:
        raise
    except Trouble as problem:
        return await _review(request, db, public_id, problem, form=form)
    return see(f"/agency/contracts/{public_id}/review?done={done}")


@post(BASE + "/submit", guards=OFFICER)
async def submit(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
) -> Response[Any]:
    """The officer hands the contract in; the office is written to."""

    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, agency: Agency) -> None:
        await review.submit(session, cycle, contract, request.user)

    return await _do(request, db, public_id, act, "submitted", {})


@post(BASE + "/withdraw", guards=OFFICER)
async def withdraw(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
) -> Response[Any]:
    """The officer takes the submission back before the office has decided; the office is written to."""

    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, agency: Agency) -> None:
        await review.withdraw(session, cycle, contract, request.user)

    return await _do(request, db, public_id, act, "withdrawn", {})


@post(BASE + "/comments", guards=OFFICE)
async def comment(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """The office comments on a node (`node`, empty for the whole)."""
    form = await form_of(request)

    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, _: Agency) -> None:
        code, text = form.get("node", ""), form.get("text", "")
        await review.comment(session, cycle, contract, code, text, request.user)

    return await _do(request, db, public_id, act, "commented", form)


@post(BASE + "/comments/{comment_id:int}/remove", guards=OFFICE)
async def take_back(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
    comment_id: FromPath[int],
) -> Response[Any]:
    """The office takes back a comment the agency has not seen."""

    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, _: Agency) -> None:
        await review.take_back(session, cycle, contract, comment_id)

    return await _do(request, db, public_id, act, "taken-back", {})


@post(BASE + "/comments/{comment_id:int}/answer", guards=OFFICER)
async def answer(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
    comment_id: FromPath[int],
) -> Response[Any]:
    """The officer answers a comment (`answer-ID`), or says that it has been mended (`done-ID`)."""
    form = await form_of(request)

    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, _: Agency) -> None:
        text, done = form.get(f"answer-{comment_id}", ""), form.get(f"done-{comment_id}") == "yes"
        await review.answer(session, cycle, contract, comment_id, text, request.user, done=done)

    return await _do(request, db, public_id, act, "answered", form)


@post(BASE + "/return", guards=OFFICE)
async def send_back(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
) -> Response[Any]:
    """The office returns the contract with its comments; the agency's officers are written to."""
    return await _decide(request, db, public_id, accept=False)


@post(BASE + "/accept", guards=OFFICE)
async def accept(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
) -> Response[Any]:
    """The office accepts the contract; officers and head are written to."""
    return await _decide(request, db, public_id, accept=True)


async def _decide(request: AnyRequest, db: Database, public_id: str, *, accept: bool) -> Response[Any]:
    async def act(session: AsyncSession, cycle: Cycle, contract: Contract, agency: Agency) -> None:
        await review.decide(session, cycle, contract, request.user, accept=accept)

    return await _do(request, db, public_id, act, "accepted" if accept else "returned", {})


ROUTES = [review_page, submit, withdraw, comment, take_back, answer, send_back, accept, *review_list.ROUTES]
