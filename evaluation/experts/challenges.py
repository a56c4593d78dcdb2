"""Challenges (기피): a judged body asks for an evaluator to be left out, by number and with a reason; two officers decide."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.model import Agency, Contract, Cycle
from contracts.reading import is_its_own
from evaluation.experts.assigning import ASSIGNING
from evaluation.experts.committee import members, numbers, one_at_a_time
from evaluation.experts.conflicts import Challenge, close_barred
from evaluation.experts.setup import setup_of
from evaluation.model import Assignment
from office import journal
from office.approval import agreed
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person, Role

CHALLENGING = ASSIGNING
"""A body may challenge whenever evaluators may be given to its contract, so that a late one can be challenged, too."""
DECIDE = "evaluation.challenge"
"""The act two officers agree on."""


@dataclass(frozen=True, slots=True)
class Window:
    """Until when a body may challenge, and whether it may now; `closes_at` is `None` before anybody is assigned."""

    open: bool
    closes_at: datetime | None


async def window_of(session: AsyncSession, cycle: Cycle, contract: Contract) -> Window:
    """The time for challenges of a contract: so many days after its newest assignment, in the phases that allow it."""
    setup = await setup_of(session, cycle)
    newest = select(Assignment.assigned_at).where(
        col(Assignment.contract_id) == contract.id, col(Assignment.calibration).is_(False)
    )
    last = (await session.exec(newest.order_by(col(Assignment.assigned_at).desc()).limit(1))).first()
    closes = None if last is None else last + timedelta(days=setup.challenge_days)
    return Window(cycle.phase in CHALLENGING and (closes is None or now() < closes), closes)


async def challenges_of(session: AsyncSession, contracts: Sequence[int | None]) -> list[Challenge]:
    """The challenges in these contracts, the newest first."""
    query = select(Challenge).where(col(Challenge.contract_id).in_(contracts))
    return list(await session.exec(query.order_by(col(Challenge.id).desc())))


async def undecided(session: AsyncSession, cycle: Cycle) -> int:
    """How many challenges of a cycle wait for a decision."""
    query = (
        select(func.count(col(Challenge.id)))
        .join(Contract, col(Contract.id) == col(Challenge.contract_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Challenge.upheld).is_(None))
    )
    return (await session.exec(query)).one()


async def challenge(
    session: AsyncSession,
    cycle: Cycle,
    contract: Contract,
    agency: Agency,
    person: Person,
    *,
    number: int,
    reason: str,
) -> Challenge:
    """The body challenges a member by number, with the reason."""
    if person.role not in (Role.OFFICER, Role.HEAD) or not is_its_own(person, agency):
        raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
    await journal.hold(session)
    require_phase(cycle, *CHALLENGING)
    if not (await window_of(session, cycle, contract)).open:
        raise Conflict(N_("기피를 신청할 수 있는 기간이 끝났습니다. 성과관리 담당에게 문의해 주십시오"))
    evaluator = next((who for who, its in numbers(await members(session)).items() if its == number), None)
    if evaluator is None:
        raise Refused(
            N_("그런 번호의 평가위원이 없습니다"),
            fields={"number": translate(N_("목록에서 골라 주십시오"))},
        )
    if not reason.strip():
        raise Refused(
            N_("공정한 평가를 기대하기 어려운 까닭을 적어 주십시오"),
            fields={"reason": translate(N_("무엇을 알고 계시는지 적어 주십시오"))},
        )
    before = await challenges_of(session, [contract.id])
    if any(each.evaluator_id == evaluator and each.upheld is not False for each in before):
        raise Conflict(N_("이 평가위원에 대한 기피를 이미 신청하셨습니다"))
    made = Challenge(
        contract_id=contract.id or 0,
        evaluator_id=evaluator,
        number=number,
        reason=reason.strip(),
        raised_by=person.id or 0,
        raised_at=now(),
    )
    session.add(made)
    await session.flush()
    await journal.record(
        session,
        person.actor,
        "evaluation.challenged",
        contract.public_id,
        challenge=made.id,
        number=number,
    )
    return made


async def decide(
    session: AsyncSession, cycle: Cycle, challenge_id: int, *, uphold: bool, reason: str, by: Person
) -> Challenge:
    """Decide a challenge with two officers: `upheld` once the second has agreed to the same decision and reason."""
    await one_at_a_time(session, cycle)
    found = await session.get(Challenge, challenge_id, with_for_update=True)
    contract = await session.get(Contract, found.contract_id) if found else None
    if found is None or contract is None or contract.cycle_id != cycle.id:
        raise NotFound(N_("그런 기피 신청이 없습니다"))
    if found.upheld is not None:
        raise Conflict(N_("이미 결정한 기피 신청입니다"))
    reason = reason.replace("\r\n", "\n").strip()
    if not reason:
        raise Refused(
            N_("결정한 까닭을 적어 주십시오. 신청한 기관이 함께 봅니다"),
            fields={f"reason-{challenge_id}": translate(N_("까닭을 적어 주십시오"))},
        )
    content = hashlib.sha256(f"{uphold}\n{reason}".encode()).hexdigest()
    done = await agreed(
        session, act=DECIDE, subject=f"{contract.public_id}/{challenge_id}", by=by, content=content
    )
    session.add(found)
    if not done:
        found.proposed, found.proposed_reason = uphold, reason
        return found
    found.upheld, found.decision_reason, found.decided_at = uphold, reason, now()
    await journal.record(
        session,
        by.actor,
        "evaluation.challenge-decided",
        contract.public_id,
        challenge=found.id,
        number=found.number,
        upheld=uphold,
    )
    if uphold:
        await close_barred(session, cycle, by=by.actor)
    return found
