"""Conflicts of interest: ties that evaluators state, challenges by judged bodies, and the pairs that are barred by them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.model import Agency, Contract, Cycle, Phase
from contracts.reading import contracts_of, is_its_own
from evaluation.barring import RULE_NAMES, Body, Rule, Stated, TieKind, first_rules
from evaluation.committee import members, numbers, one_at_a_time, parents_of, setup_of, today
from evaluation.model import Assignment, Standing
from office import journal
from office.approval import agreed
from office.clock import now
from office.database import choice
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person, Role

CHALLENGING = (Phase.PUBLISHED, Phase.REPORTING, Phase.SCORING)
"""A body may challenge from the publication of its contract until the vote."""
DECIDE = "evaluation.challenge"
"""The act two officers agree on."""


class DeclaredTie(SQLModel, table=True):
    """What ties an evaluator to a body, as they stated it; withdrawn ones stay for the office to see."""

    __tablename__ = "declared_tie"

    id: int | None = Field(default=None, primary_key=True)
    evaluator_id: int = Field(foreign_key="person.id", index=True)
    kind: TieKind = Field(sa_type=choice(TieKind))
    body_code: str = Field(default="", max_length=40)
    body_name: str = Field(default="", max_length=120)
    since: date | None = None
    until: date | None = None
    note: str = Field(default="", max_length=500)
    stated_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def stated(self) -> Stated:
        """The tie as a plain value for the rules."""
        return Stated(self.kind, self.body_code, self.body_name, self.since, self.until)


class Challenge(SQLModel, table=True):
    """A body's challenge (기피) of a member in its own contract, and how two officers decided it.

    `upheld` is `None` until decided; `proposed` is the first officer's decision that waits for the second.
    """

    __tablename__ = "evaluator_challenge"

    id: int | None = Field(default=None, primary_key=True)
    contract_id: int = Field(foreign_key="contract.id", index=True)
    evaluator_id: int = Field(foreign_key="person.id", index=True)
    number: int
    reason: str = Field(max_length=1000)
    raised_by: int = Field(foreign_key="person.id")
    raised_at: datetime
    proposed: bool | None = None
    proposed_reason: str = Field(default="", max_length=1000)
    upheld: bool | None = None
    decision_reason: str = Field(default="", max_length=1000)
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Barred:
    """A pair that never meets, with the rule."""

    contract: Contract
    agency: Agency
    evaluator_id: int
    rule: Rule

    def said(self) -> str:
        """The rule in the language of the request."""
        return translate(RULE_NAMES[self.rule])


async def ties_of(session: AsyncSession, person: Person) -> list[DeclaredTie]:
    """What one evaluator has stated, the newest first, withdrawn ones included."""
    query = select(DeclaredTie).where(col(DeclaredTie.evaluator_id) == person.id)
    return list(await session.exec(query.order_by(col(DeclaredTie.id).desc())))


async def all_ties(session: AsyncSession) -> list[DeclaredTie]:
    """Everybody's ties, for the office."""
    return list(await session.exec(select(DeclaredTie).order_by(col(DeclaredTie.id))))


async def state_tie(
    session: AsyncSession,
    cycle: Cycle | None,
    person: Person,
    *,
    kind: TieKind,
    body_code: str,
    body_name: str,
    since: date | None,
    until: date | None,
    note: str,
) -> DeclaredTie:
    """An evaluator states a tie; sheets it bars are closed at once.  The journal keeps the kind and no text."""
    if not body_code and not body_name.strip():
        raise Refused(
            N_("어느 기관인지 적어 주십시오"),
            fields={"body_name": translate(N_("목록에서 고르거나 이름을 적어 주십시오"))},
        )
    if since is not None and until is not None and until < since:
        raise Refused(
            N_("끝난 날이 시작한 날보다 빠릅니다"),
            fields={"until": translate(N_("시작한 날과 같거나 뒤의 날을 적어 주십시오"))},
        )
    if cycle is not None:
        await one_at_a_time(session, cycle)
    tie = DeclaredTie(
        evaluator_id=person.id or 0,
        kind=kind,
        body_code=body_code,
        body_name=body_name.strip(),
        since=since,
        until=until,
        note=note.strip(),
        stated_at=now(),
    )
    session.add(tie)
    await session.flush()
    await journal.record(
        session, person.actor, "committee.tie-stated", person.actor, kind=kind.value, tie=tie.id
    )
    if cycle is not None:
        await close_barred(session, cycle, by=person.actor)
    return tie


async def end_tie(
    session: AsyncSession, person: Person, tie_id: int, *, until: date | None, withdraw: bool
) -> None:
    """Say since when a tie is over, or take back one that was stated by mistake (it stays visible to the office)."""
    tie = await session.get(DeclaredTie, tie_id)
    if tie is None or tie.evaluator_id != person.id:
        raise NotFound(N_("적으신 내용 가운데 그런 것이 없습니다"))
    if tie.withdrawn_at is not None:
        raise Conflict(N_("이미 거두신 내용입니다"))
    if withdraw:
        tie.withdrawn_at = now()
    elif until is None or (tie.since is not None and until < tie.since):
        raise Refused(
            N_("끝난 날을 확인해 주십시오"),
            fields={f"until-{tie_id}": translate(N_("시작한 날과 같거나 뒤의 날을 적어 주십시오"))},
        )
    else:
        tie.until = until
    session.add(tie)
    await journal.record(
        session,
        person.actor,
        "committee.tie-withdrawn" if withdraw else "committee.tie-ended",
        person.actor,
        tie=tie.id,
    )


async def barred_pairs(session: AsyncSession, cycle: Cycle) -> dict[tuple[int, int], Barred]:
    """Every barred (contract, evaluator) pair of a cycle with its rule: by ties, then challenges, then recusals."""
    pairs = await contracts_of(session, cycle)
    by_id = {contract.id: (contract, agency) for contract, agency in pairs}
    by_code = {agency.code: (contract, agency) for contract, agency in pairs}
    parents = await parents_of(session)
    bodies = [
        Body(agency.code, agency.name, parents.get(agency.code, ""))
        for agency in await session.exec(select(Agency))
    ]
    stated: dict[int, list[Stated]] = {}
    for tie in await session.exec(select(DeclaredTie).where(col(DeclaredTie.withdrawn_at).is_(None))):
        stated.setdefault(tie.evaluator_id, []).append(tie.stated)
    found: dict[tuple[int, int], Barred] = {}

    def bar(contract: Contract, agency: Agency, evaluator: int, rule: Rule) -> None:
        found.setdefault((contract.id or 0, evaluator), Barred(contract, agency, evaluator, rule))

    for evaluator, ties in stated.items():
        for code, rule in first_rules(ties, bodies, today()).items():
            if code in by_code:
                bar(*by_code[code], evaluator, rule)
    upheld = select(Challenge.contract_id, Challenge.evaluator_id).where(col(Challenge.upheld).is_(True))
    for contract_id, evaluator in await session.exec(upheld):
        if contract_id in by_id:
            bar(*by_id[contract_id], evaluator, Rule.CHALLENGED)
    recused = (
        select(Assignment.contract_id, Assignment.evaluator_id)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Assignment.conflict).is_(True))
    )
    for contract_id, evaluator in await session.exec(recused):
        bar(*by_id[contract_id], evaluator, Rule.RECUSED)
    return found


async def close_barred(session: AsyncSession, cycle: Cycle, *, by: str) -> int:
    """Close the sheets of barred pairs that are not filed yet, as if recused; filed ones are for the office to decide."""
    await session.flush()
    barred = await barred_pairs(session, cycle)
    query = (
        select(Assignment, Contract.public_id)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .where(col(Contract.cycle_id) == cycle.id)
    )
    closed = 0
    for assignment, public_id in await session.exec(query):
        pair = barred.get((assignment.contract_id, assignment.evaluator_id))
        if pair is None or assignment.standing not in (Standing.DECLARE, Standing.OPEN):
            continue
        assignment.conflict, assignment.declared_at = True, now()
        assignment.conflict_reason = RULE_NAMES[pair.rule]
        session.add(assignment)
        closed += 1
        await journal.record(
            session, by, "evaluation.barred", public_id, rule=pair.rule.value, assignment=assignment.id
        )
    return closed


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
) -> bool:
    """Decide a challenge with two officers; True once the second has agreed to the same decision and reason."""
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
        return False
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
    return True
