"""Who scores what: every contract that experts grade gets the same number of evaluators, and the load is even."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.model import Agency, Contract, ContractState, Cycle, Phase
from contracts.reading import contracts_of, trees_of
from contracts.terms.head import judged
from contracts.terms.tree import ContractTree, Method, indicators
from evaluation.arithmetic.marks import MINIMUM_MARKS
from evaluation.experts.balancing import Plan, Wanted, balanced
from evaluation.experts.committee import fitting_of, members, one_at_a_time, serving
from evaluation.experts.conflicts import Barred, barred_pairs
from evaluation.experts.fields import fields_known
from evaluation.experts.seats import Seat, marks_given, seat
from evaluation.model import Assignment
from office import journal
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person, Role

ASSIGNING = (Phase.PUBLISHED, Phase.REPORTING, Phase.SCORING, Phase.VOTING)
"""From the day the contracts are public until the vote is counted."""


def graded(tree: ContractTree) -> tuple[str, ...]:
    """Codes of the indicators of a contract that experts grade, those of its head's own contract last."""
    own = (
        node.code for node in indicators(tree) if node.measure and node.measure.method is Method.NINE_GRADE
    )
    return (*own, *(node.code for node in judged(tree)))


@dataclass(frozen=True, slots=True)
class Panel:
    """A contract that experts grade, with its evaluators."""

    contract: Contract
    agency: Agency
    tree: ContractTree
    indicators: int
    seats: tuple[Seat, ...]

    @property
    def evaluators(self) -> tuple[int, ...]:
        """Those who fill a place: without a conflict of interest, and not replaced."""
        return tuple(seat.assignment.evaluator_id for seat in self.seats if seat.assignment.serves)

    @property
    def serving(self) -> int:
        """How many places are filled."""
        return len(self.evaluators)

    @property
    def vacated(self) -> tuple[Assignment, ...]:
        """Places left for a conflict of interest that nobody has taken over."""
        return tuple(seat.assignment for seat in self.seats if seat.assignment.vacated)

    @property
    def short(self) -> bool:
        """Fewer evaluators than a result needs."""
        return self.serving < MINIMUM_MARKS


async def panels(session: AsyncSession, cycle: Cycle) -> list[Panel]:
    """Every published contract that experts grade, in the order of the agencies; three queries beside the trees."""
    trees = await trees_of(session, cycle)
    query = (
        select(Assignment, Person.name)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Person, col(Person.id) == col(Assignment.evaluator_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Assignment.calibration).is_(False))
        .order_by(col(Assignment.id))
    )
    assigned: dict[int, list[tuple[Assignment, str]]] = {}
    for assignment, name in await session.exec(query):
        assigned.setdefault(assignment.contract_id, []).append((assignment, name))
    given = await marks_given(session, [one.id for seats in assigned.values() for one, _ in seats])
    found = []
    for contract, agency in await contracts_of(session, cycle):
        codes = graded(trees[contract.id]) if contract.id in trees else ()
        if not codes or contract.state is not ContractState.PUBLISHED:
            continue
        seats = tuple(
            Seat(assignment, name, given.get(assignment.id or 0, 0), len(codes))
            for assignment, name in assigned.get(contract.id or 0, ())
        )
        found.append(Panel(contract, agency, trees[contract.id or 0], len(codes), seats))
    return found


@dataclass(frozen=True, slots=True)
class Draft:
    """An assignment before it is applied: what would be added, who could not be, and from which request and seed."""

    each: int
    most: int | None
    seed: str
    plan: Plan
    panels: tuple[Panel, ...]
    people: tuple[Person, ...]
    barred: Mapping[tuple[int, int], Barred]

    @property
    def fingerprint(self) -> str:
        """What exactly would be added; another day's draft of the same request may differ."""
        return sha256(repr(self.plan.pairs).encode()).hexdigest()

    @property
    def new(self) -> frozenset[tuple[int, int]]:
        """The pairs that would be added."""
        return frozenset(self.plan.pairs)


@dataclass(frozen=True, slots=True)
class Situation:
    """Who serves where, who may not, whose field fits; `wanted.each` is still 0."""

    panels: tuple[Panel, ...]
    people: tuple[Person, ...]
    barred: Mapping[tuple[int, int], Barred]
    wanted: Wanted


async def situation(session: AsyncSession, cycle: Cycle) -> Situation:
    """How a cycle's places stand before anybody is added."""
    found = await panels(session, cycle)
    barred = await barred_pairs(session, cycle)
    seated = await members(session)
    people = await serving(session, seated)
    trees = {panel.contract.id or 0: panel.tree for panel in found}
    gone = {
        (panel.contract.id or 0, seat.assignment.evaluator_id)
        for panel in found
        for seat in panel.seats
        if not seat.assignment.serves
    }
    wanted = Wanted(
        contracts=tuple(trees),
        evaluators=tuple(person.id for person in people if person.id is not None),
        each=0,
        serving={panel.contract.id or 0: panel.evaluators for panel in found},
        barred=frozenset(barred) | gone,
        fitting=fitting_of(seated, await fields_known(session), trees),
    )
    return Situation(tuple(found), tuple(people), barred, wanted)


async def draft(
    session: AsyncSession, cycle: Cycle, each: int, *, most: int | None = None, seed: str = ""
) -> Draft:
    """Work out how every graded contract comes to `each` evaluators; nothing is stored."""
    require_phase(cycle, *ASSIGNING)
    stands = await situation(session, cycle)
    people = len(stands.people)
    if not 1 <= each <= people:
        said = N_("평가위원은 {people}명입니다. 1명에서 {people}명 사이로 적어 주십시오")
        raise Refused(said, fields={"each": translate(said, people=people)}, people=people)
    if not stands.panels:
        raise Refused(N_("9등급으로 평정할 지표가 있는 계약이 없습니다"))
    seed = seed or str(cycle.year)
    plan = await to_thread(balanced, replace(stands.wanted, each=each, most=most, seed=seed))
    return Draft(each, most, seed, plan, stands.panels, stands.people, stands.barred)


async def assign(
    session: AsyncSession,
    cycle: Cycle,
    each: int,
    by: Person,
    *,
    most: int | None = None,
    seed: str = "",
    expected: str = "",
) -> int:
    """Bring every graded contract to `each` evaluators, the load even; returns how many seats were added.

    A second press adds only what is missing, so this is also how a conflict of interest is replaced.  With `expected`,
    the fingerprint of a draft somebody looked at, anything else is refused.
    """
    await one_at_a_time(session, cycle)
    made = await draft(session, cycle, each, most=most, seed=seed)
    if expected and expected != made.fingerprint:
        raise Conflict(N_("미리 보신 뒤에 사정이 달라졌습니다. 다시 미리 보고 배정해 주십시오"))
    by_id = {panel.contract.id or 0: panel for panel in made.panels}
    for contract, evaluator in made.plan.pairs:
        seat(session, contract, evaluator, by_id[contract].vacated)
    await journal.record(
        session,
        by.actor,
        "evaluation.assigned",
        str(cycle.year),
        each=each,
        most=most,
        seed=made.seed,
        added=len(made.plan.pairs),
        evaluators=[f"{Role.EVALUATOR}:{number}" for number in sorted({who for _, who in made.plan.pairs})],
        contracts=sorted({by_id[contract].contract.public_id for contract, _ in made.plan.pairs}),
        short=len(made.plan.short),
    )
    return len(made.plan.pairs)


async def add(session: AsyncSession, cycle: Cycle, public_id: str, evaluator_id: int, by: Person) -> None:
    """Give one contract one more evaluator, chosen by hand; a barred one is refused with the rule."""
    require_phase(cycle, *ASSIGNING)
    await one_at_a_time(session, cycle)
    panel = next((p for p in await panels(session, cycle) if p.contract.public_id == public_id), None)
    evaluator = await session.get(Person, evaluator_id)
    if panel is None or evaluator is None or evaluator.role is not Role.EVALUATOR:
        raise NotFound(N_("그런 계약이나 평가위원이 없습니다. 목록에서 골라 주십시오"))
    if any(seat.assignment.evaluator_id == evaluator_id for seat in panel.seats):
        raise Conflict(N_("이미 이 계약에 배정된 평가위원입니다. 다른 분을 골라 주십시오"))
    if evaluator_id not in [person.id for person in await serving(session)]:
        raise Conflict(N_("지금 임기 중인 평가위원이 아닙니다. 평가위원회 화면에서 위촉을 확인해 주십시오"))
    contract_id = panel.contract.id or 0
    barred = (await barred_pairs(session, cycle)).get((contract_id, evaluator_id))
    if barred is not None:
        raise Conflict(N_("이 계약에 배정할 수 없는 평가위원입니다({rule})"), rule=barred.said())
    seat(session, contract_id, evaluator_id, panel.vacated)
    await journal.record(
        session, by.actor, "evaluation.assigned", public_id, evaluator=evaluator.actor, added=1
    )
