"""Who scores what: every contract that experts grade gets the same number of evaluators, and the load is even."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.model import Agency, Contract, Cycle, Phase
from contracts.reading import contracts_of, trees_of
from contracts.tree import ContractTree, Method, indicators
from evaluation.marks import MINIMUM_MARKS
from evaluation.model import OWN, Assignment, Mark, Standing
from office import journal
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person, Role, people_with

ASSIGNING = (Phase.PUBLISHED, Phase.REPORTING, Phase.SCORING, Phase.VOTING)
"""From the day the contracts are public until the vote is counted."""


def graded(tree: ContractTree) -> tuple[str, ...]:
    """Codes of the indicators of a contract that experts grade."""
    return tuple(
        node.code for node in indicators(tree) if node.measure and node.measure.method is Method.NINE_GRADE
    )


def balanced(
    contracts: Sequence[int],
    evaluators: Sequence[int],
    each: int,
    serving: Mapping[int, Collection[int]],
    barred: Collection[tuple[int, int]] = (),
) -> list[tuple[int, int]]:
    """The (contract, evaluator) pairs missing until every contract has `each` evaluators, always the least loaded.

    `serving` are the evaluators a contract already has, `barred` the pairs with a declared conflict of interest.
    Loads differ by at most one as long as nothing is barred and nothing was assigned before.
    """
    load = dict.fromkeys(evaluators, 0)
    for people in serving.values():
        for evaluator in people:
            if evaluator in load:
                load[evaluator] += 1
    barred = frozenset(barred)
    pairs: list[tuple[int, int]] = []
    for contract in contracts:
        has = serving.get(contract, ())
        free = [one for one in evaluators if one not in has and (contract, one) not in barred]
        for evaluator in sorted(free, key=load.__getitem__)[: max(each - len(has), 0)]:
            load[evaluator] += 1
            pairs.append((contract, evaluator))
    return pairs


@dataclass(frozen=True, slots=True)
class Seat:
    """One evaluator at one contract, as the performance office sees it: how far, never which grades."""

    assignment: Assignment
    evaluator: str
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Panel:
    """A contract that experts grade, with its evaluators."""

    contract: Contract
    agency: Agency
    indicators: int
    seats: tuple[Seat, ...]

    @property
    def serving(self) -> int:
        """Evaluators without a conflict of interest."""
        return sum(seat.assignment.standing is not Standing.CONFLICT for seat in self.seats)

    @property
    def short(self) -> bool:
        """Fewer evaluators than a result needs."""
        return self.serving < MINIMUM_MARKS


async def panels(session: AsyncSession, cycle: Cycle) -> list[Panel]:
    """Every contract that experts grade, in the order of the agencies; three queries beside the trees."""
    trees = await trees_of(session, cycle)
    query = (
        select(Assignment, Person.name)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Person, col(Person.id) == col(Assignment.evaluator_id))
        .where(col(Contract.cycle_id) == cycle.id)
        .order_by(col(Assignment.id))
    )
    assigned = list(await session.exec(query))
    given = await marks_given(session, [assignment.id for assignment, _ in assigned])
    found = []
    for contract, agency in await contracts_of(session, cycle):
        codes = graded(trees[contract.id]) if contract.id in trees else ()
        if not codes:
            continue
        seats = tuple(
            Seat(assignment, name, given.get(assignment.id or 0, 0), len(codes))
            for assignment, name in assigned
            if assignment.contract_id == contract.id
        )
        found.append(Panel(contract, agency, len(codes), seats))
    return found


async def marks_given(session: AsyncSession, assignments: Collection[int | None]) -> dict[int, int]:
    """How many indicators of each sheet are decided: graded, or left out on purpose."""
    query = select(Mark.assignment_id).where(
        col(Mark.assignment_id).in_(assignments),
        col(Mark.round) == OWN,
        col(Mark.grade).is_not(None) | col(Mark.absent),
    )
    given: dict[int, int] = {}
    for assignment in await session.exec(query):
        given[assignment] = given.get(assignment, 0) + 1
    return given


async def assign(session: AsyncSession, cycle: Cycle, each: int, by: Person) -> int:
    """Bring every graded contract to `each` evaluators, the load even; returns how many seats were added.

    A second press adds only what is missing, so this is also how a conflict of interest is replaced.
    """
    require_phase(cycle, *ASSIGNING)
    await _one_at_a_time(session, cycle)
    people = [person.id for person in await people_with(session, Role.EVALUATOR) if person.id is not None]
    if not 1 <= each <= len(people):
        said = N_("평가위원은 {people}명입니다. 1명에서 {people}명 사이로 적어 주십시오")
        raise Refused(said, fields={"each": translate(said, people=len(people))}, people=len(people))
    serving: dict[int, list[int]] = {}
    barred: list[tuple[int, int]] = []
    contracts: list[int] = []
    for panel in await panels(session, cycle):
        assert panel.contract.id is not None  # noqa: S101 - a stored contract
        contracts.append(panel.contract.id)
        for seat in panel.seats:
            pair = (panel.contract.id, seat.assignment.evaluator_id)
            if seat.assignment.standing is Standing.CONFLICT:
                barred.append(pair)
            else:
                serving.setdefault(pair[0], []).append(pair[1])
    if not contracts:
        raise Refused(N_("9등급으로 평정할 지표가 있는 계약이 없습니다"))
    pairs = balanced(contracts, people, each, serving, barred)
    for contract, evaluator in pairs:
        session.add(Assignment(contract_id=contract, evaluator_id=evaluator, assigned_at=now()))
    await journal.record(
        session, by.actor, "evaluation.assigned", str(cycle.year), each=each, added=len(pairs)
    )
    return len(pairs)


async def add(session: AsyncSession, cycle: Cycle, public_id: str, evaluator_id: int, by: Person) -> None:
    """Give one contract one more evaluator, chosen by hand."""
    require_phase(cycle, *ASSIGNING)
    await _one_at_a_time(session, cycle)
    panel = next((p for p in await panels(session, cycle) if p.contract.public_id == public_id), None)
    evaluator = await session.get(Person, evaluator_id)
    if panel is None or evaluator is None or evaluator.role is not Role.EVALUATOR:
        raise NotFound(N_("그런 계약이나 평가위원이 없습니다. 목록에서 골라 주십시오"))
    if any(seat.assignment.evaluator_id == evaluator_id for seat in panel.seats):
        raise Conflict(N_("이미 이 계약에 배정된 평가위원입니다. 다른 분을 골라 주십시오"))
    assert panel.contract.id is not None  # noqa: S101 - a stored contract
    session.add(Assignment(contract_id=panel.contract.id, evaluator_id=evaluator_id, assigned_at=now()))
    await journal.record(
        session, by.actor, "evaluation.assigned", public_id, evaluator=evaluator.actor, added=1
    )


async def _one_at_a_time(session: AsyncSession, cycle: Cycle) -> None:
    """Two officers pressing together must not both fill the same seats."""
    await session.exec(select(Cycle.id).where(col(Cycle.id) == cycle.id).with_for_update())
