"""Who may not judge whom: the office's page of barred pairs and challenges, and the judged body's page of its evaluators."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from pydantic import BaseModel, Field
from sqlmodel import col, select

from contracts.cycles import cycle_of
from contracts.model import Agency, Contract, Cycle
from contracts.reading import contracts_of, is_its_own, seen_contract
from evaluation.experts import challenges, conflicts
from evaluation.experts.committee import members
from evaluation.experts.conflicts import Challenge
from evaluation.experts.setup import setup_of
from evaluation.model import Assignment
from office.access import only
from office.approval import all_pending
from office.clock import now
from office.database import Database
from office.errors import NotFound, Refused, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import Person, Role, everybody

OWN = [only(Role.OFFICER, Role.HEAD)]
OFFICE = [only(Role.OFFICE)]
AGENCY_PAGE = "/agency/contracts/{public_id:str}/evaluators"
DONE = {
    "asked": N_("첫 번째 담당자로 결정했습니다. 다른 담당자가 동의하면 정해집니다"),
    "decided": N_("결정했습니다"),
    "challenged": N_("신청했습니다. 결정되면 이 화면에 까닭과 함께 나옵니다"),
}


class ChallengeForm(BaseModel):
    """A body's challenge."""

    number: int
    reason: Annotated[str, Field(max_length=1000)] = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A challenge as the office sees it; `waiting` once one officer has decided and the second has not."""

    challenge: Challenge
    agency: Agency
    evaluator: str
    waiting: bool


@get("/office/cycles/{year:int}/conflicts", guards=OFFICE)
async def overview(
    request: AnyRequest, db: NamedDependency[Database], year: FromPath[int], done: FromQuery[str] = ""
) -> Response[str]:
    said = DONE.get(done)
    return await _office(request, db, year, {}, None, translate(said) if said else None)


@post("/office/cycles/{year:int}/challenges/{challenge_id:int}", guards=OFFICE)
async def decide(
    request: AnyRequest,
    db: NamedDependency[Database],
    year: FromPath[int],
    challenge_id: FromPath[int],
) -> Response[Any]:
    form = await form_of(request)
    said, reason = form.get(f"uphold-{challenge_id}", ""), form.get(f"reason-{challenge_id}", "")
    try:
        if said not in ("yes", "no"):
            fields = {f"uphold-{challenge_id}": translate(N_("둘 가운데 하나를 골라 주십시오"))}
            raise Refused(N_("받아들일지 골라 주십시오"), fields=fields)
        if len(reason) > 1000:
            fields = {f"reason-{challenge_id}": translate(N_("너무 깁니다. 줄여 주십시오"))}
            raise Refused(N_("결정한 까닭이 너무 깁니다"), fields=fields)
        async with db.writing() as session:
            cycle = await cycle_of(session, year)
            found = await challenges.decide(
                session, cycle, challenge_id, uphold=said == "yes", reason=reason, by=request.user
            )
            decided = found.upheld is not None
    except NotFound:
        raise
    except Trouble as problem:
        return await _office(request, db, year, form, problem)
    return see(f"/office/cycles/{year}/conflicts?done={'decided' if decided else 'asked'}")


async def _office(
    request: AnyRequest,
    db: Database,
    year: int,
    form: Mapping[str, str],
    problem: Trouble | None,
    done: str | None = None,
) -> Response[str]:
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        names = {person.id: person.name for person in await everybody(session)}
        barred = await conflicts.barred_pairs(session, cycle)
        by_id = {contract.id: (contract, agency) for contract, agency in await contracts_of(session, cycle)}
        found = await challenges.challenges_of(session, list(by_id))
        waiting = {each.subject for each in await all_pending(session) if each.act == challenges.DECIDE}
        shown = [
            Shown(
                each,
                by_id[each.contract_id][1],
                names.get(each.evaluator_id, ""),
                each.upheld is None and f"{by_id[each.contract_id][0].public_id}/{each.id}" in waiting,
            )
            for each in found
        ]
        filed = await session.exec(
            select(Assignment)
            .join(Contract, col(Contract.id) == col(Assignment.contract_id))
            .where(col(Contract.cycle_id) == cycle.id, col(Assignment.filed_at).is_not(None))
            .where(col(Assignment.calibration).is_(False), col(Assignment.set_aside).is_(False))
        )
        after = [each for each in filed if (each.contract_id, each.evaluator_id) in barred]
    return page(
        request,
        "evaluation/conflicts.html",
        status=problem.status if problem else 200,
        cycle=cycle,
        challenges=shown,
        barred=sorted(
            ((pair, names.get(pair.evaluator_id, "")) for pair in barred.values()),
            key=lambda each: (each[1], each[0].agency.name),
        ),
        filed_barred=[
            (barred[each.contract_id, each.evaluator_id], names.get(each.evaluator_id, ""), each.id)
            for each in after
        ],
        form=form,
        problem=problem,
        done=done,
    )


@get(AGENCY_PAGE, guards=OWN)
async def own_evaluators(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
    done: FromQuery[str] = "",
) -> Response[str]:
    said = DONE.get(done)
    return await _agency(request, db, public_id, {}, None, translate(said) if said else None)


@post(AGENCY_PAGE, guards=OWN)
async def challenge(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    form = await form_of(request)
    try:
        wanted = read_form(ChallengeForm, form)
        async with db.writing() as session:
            contract, agency, cycle = await _opened(session, public_id, request.user)
            await challenges.challenge(
                session,
                cycle,
                contract,
                agency,
                request.user,
                number=wanted.number,
                reason=wanted.reason,
            )
    except NotFound:
        raise
    except Trouble as problem:
        return await _agency(request, db, public_id, form, problem)
    return see(f"/agency/contracts/{public_id}/evaluators?done=challenged")


async def _opened(session: Any, public_id: str, person: Person) -> tuple[Contract, Agency, Cycle]:
    """The own agency's contract; for others there is nothing here."""
    contract, agency, cycle = await seen_contract(session, public_id, person)
    if not is_its_own(person, agency):
        raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
    return contract, agency, cycle


async def _agency(
    request: AnyRequest,
    db: Database,
    public_id: str,
    form: Mapping[str, str],
    problem: Trouble | None,
    done: str | None = None,
) -> Response[str]:
    async with db.reading() as session:
        contract, agency, cycle = await _opened(session, public_id, request.user)
        seated = [each for each in await members(session) if each.now]
        setup = await setup_of(session, cycle)
        window = await challenges.window_of(session, cycle, contract)
        found = await challenges.challenges_of(session, [contract.id])
        query = select(Assignment).where(
            col(Assignment.contract_id) == contract.id, col(Assignment.calibration).is_(False)
        )
        assigned = {each.evaluator_id for each in await session.exec(query) if each.serves}
    return page(
        request,
        "evaluation/challenge.html",
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        seated=seated,
        shows_assigned=setup.shows_assigned,
        assigned=assigned,
        days=setup.challenge_days,
        window=window,
        now=now(),
        challenges=found,
        form=form,
        problem=problem,
        done=done,
    )


ROUTES: list[Any] = [overview, decide, own_evaluators, challenge]
