"""Conflicts of interest: the ties evaluators state, the challenges of judged bodies, and the pairs that are barred by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Field, SQLModel, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, Cycle
from contracts.reading import contracts_of
from evaluation.experts.barring import RULE_NAMES, Body, Rule, Stated, TieKind, first_rules
from evaluation.experts.committee import one_at_a_time, today
from evaluation.experts.parents import parents_of
from evaluation.model import Assignment, Standing
from office import journal
from office.clock import now
from office.database import choice
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person


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
    """Every barred (contract, evaluator) pair of a cycle with its rule."""
    return await barred_among(session, await contracts_of(session, cycle))


async def barred_among(
    session: AsyncSession, pairs: Sequence[tuple[Contract, Agency]]
) -> dict[tuple[int, int], Barred]:
    """Every barred (contract, evaluator) pair of these contracts with its rule: by ties, then challenges, then recusals."""
    by_id = {contract.id: (contract, agency) for contract, agency in pairs}
    by_code: dict[str, list[tuple[Contract, Agency]]] = {}
    for contract, agency in pairs:
        by_code.setdefault(agency.code, []).append((contract, agency))
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
            for contract, agency in by_code.get(code, ()):
                bar(contract, agency, evaluator, rule)
    upheld = select(Challenge.contract_id, Challenge.evaluator_id).where(col(Challenge.upheld).is_(True))
    for contract_id, evaluator in await session.exec(upheld):
        if contract_id in by_id:
            bar(*by_id[contract_id], evaluator, Rule.CHALLENGED)
    recused = select(Assignment.contract_id, Assignment.evaluator_id).where(
        col(Assignment.contract_id).in_(by_id), col(Assignment.conflict).is_(True)
    )
    for contract_id, evaluator in await session.exec(recused):
        bar(*by_id[contract_id], evaluator, Rule.RECUSED)
    return found


async def close_barred(session: AsyncSession, cycle: Cycle, *, by: str) -> int:
    """Close the sheets of barred pairs that are not filed yet, as if recused; filed ones are for the office to decide.

    Calibration sheets are closed with those of the cycle, whatever year their contract is of.
    """
    await session.flush()
    query = (
        select(Assignment, Contract, Agency)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(or_(col(Contract.cycle_id) == cycle.id, col(Assignment.calibration)))
        .where(col(Assignment.filed_at).is_(None))
        .order_by(col(Assignment.id))
    )
    rows = [row for row in await session.exec(query) if row[0].standing in (Standing.DECLARE, Standing.OPEN)]
    contracts = {contract.id: (contract, agency) for _, contract, agency in rows}
    barred = await barred_among(session, list(contracts.values()))
    closed = 0
    for assignment, contract, _ in rows:
        pair = barred.get((assignment.contract_id, assignment.evaluator_id))
        if pair is None:
            continue
        assignment.conflict, assignment.declared_at = True, now()
        assignment.conflict_reason = RULE_NAMES[pair.rule]
        session.add(assignment)
        closed += 1
        await journal.record(
            session,
            by,
            "evaluation.barred",
            contract.public_id,
            rule=pair.rule.value,
            assignment=assignment.id,
        )
    return closed
