"""Somebody takes over an evaluator's place: the history stays, and a filed sheet is set aside only by two officers."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from contracts.cycles import require_phase
from contracts.model import Agency, Contract, Cycle
from evaluation.experts.assigning import ASSIGNING, situation
from evaluation.experts.balancing import replacement
from evaluation.experts.committee import Member, end, one_at_a_time, today
from evaluation.model import Assignment, Standing
from office import journal
from office.approval import Approval, agreed, pending
from office.clock import now
from office.errors import Conflict, NotFound, Refused
from office.i18n import N_, translate
from office.people import Person

SET_ASIDE = "evaluation.set-aside"
"""The act two officers agree on: a filed sheet counts no longer."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place at a contract, with who has it."""

    assignment: Assignment
    contract: Contract
    agency: Agency
    evaluator: Person


async def place_of(session: AsyncSession, cycle: Cycle, assignment_id: int) -> Place:
    """A place of this cycle (404 where there is none)."""
    found = (await session.exec(_places(cycle).where(col(Assignment.id) == assignment_id))).first()
    if found is None:
        raise NotFound(N_("그런 배정이 없습니다. 배정 화면에서 골라 주십시오"))
    return Place(*found)


def _places(cycle: Cycle) -> Select[Assignment, Contract, Agency, Person]:
    return (
        select(Assignment, Contract, Agency, Person)
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .join(Person, col(Person.id) == col(Assignment.evaluator_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Assignment.calibration).is_(False))
        .order_by(col(Assignment.id))
        .with_for_update(of=Assignment)
    )


async def waiting(session: AsyncSession, place: Place) -> Approval | None:
    """The first officer's wish to set a filed sheet aside, if one waits for the second."""
    return await pending(session, SET_ASIDE, _subject(place))


def _subject(place: Place) -> str:
    return f"{place.contract.public_id}/{place.assignment.id}"


def stated_reason(place: Place) -> str:
    """Why the place must change hands, where it is stated already: the evaluator's own word, or the rule that bars."""
    seat = place.assignment
    return seat.conflict_reason if seat.standing is Standing.CONFLICT else ""


async def successor(session: AsyncSession, cycle: Cycle, place: Place) -> Person | None:
    """Who would take over the place now; `None` where nobody can."""
    return (await _successors(session, cycle, [place]))[0]


async def hand_over(
    session: AsyncSession, cycle: Cycle, assignment_id: int, *, reason: str, by: Person
) -> Person | None:
    """End somebody's place and give it to the least loaded evaluator who is free.

    A filed sheet is set aside with it, which takes two officers: `None` after the first.  Refused where nobody is free.
    """
    require_phase(cycle, *ASSIGNING)
    await one_at_a_time(session, cycle)
    place = await place_of(session, cycle, assignment_id)
    if place.assignment.standing is Standing.ENDED:
        raise Conflict(N_("이미 다른 평가위원이 이어받은 자리입니다"))
    reason = stated_reason(place) or reason.replace("\r\n", "\n").strip()
    if not reason:
        raise Refused(
            N_("바꾸는 까닭을 적어 주십시오"), fields={"reason": translate(N_("한 문장이면 됩니다"))}
        )
    if place.assignment.filed_at is not None:
        content = hashlib.sha256(reason.encode()).hexdigest()
        if not await agreed(session, act=SET_ASIDE, subject=_subject(place), by=by, content=content):
            return None
    chosen = await successor(session, cycle, place)
    if chosen is None:
        raise Refused(
            N_("이어받을 수 있는 평가위원이 없습니다. 모두 이미 맡고 있거나, 이 계약을 맡을 수 없습니다")
        )
    await _take_over(session, place, chosen, reason, by)
    return chosen


async def free_for(session: AsyncSession, cycle: Cycle, public_id: str) -> list[Person]:
    """Who could be added to a contract: in office, not barred, never seated there."""
    stands = await situation(session, cycle)
    panel = next((each for each in stands.panels if each.contract.public_id == public_id), None)
    if panel is None:
        return []
    out = {one for contract, one in stands.wanted.barred if contract == panel.contract.id}
    out |= {seat.assignment.evaluator_id for seat in panel.seats}
    return [person for person in stands.people if person.id not in out]


async def end_appointment(
    session: AsyncSession, cycle: Cycle, member: Member, *, on: date, reason: str, by: Person
) -> tuple[int, int]:
    """End a term; places not filed yet are handed over.  Returns how many were, and how many nobody could take.

    Filed sheets stay and count; setting one aside is an act of its own.
    """
    await one_at_a_time(session, cycle)
    await end(session, cycle, member, on=on, reason=reason, by=by)
    if cycle.phase not in ASSIGNING or on > today():
        return 0, 0
    await session.flush()
    query = _places(cycle).where(
        col(Assignment.evaluator_id) == member.evaluator_id,
        col(Assignment.filed_at).is_(None),
        col(Assignment.ended_at).is_(None),
        col(Assignment.conflict).is_not(True),
    )
    places = [Place(*row) for row in await session.exec(query)]
    successors = await _successors(session, cycle, places)
    for place, chosen in zip(places, successors, strict=True):
        await _take_over(session, place, chosen, reason, by)
    handed = sum(chosen is not None for chosen in successors)
    return handed, len(places) - handed


async def _successors(session: AsyncSession, cycle: Cycle, places: Sequence[Place]) -> list[Person | None]:
    """Who takes over each place, one place after the other; who has taken one has more to do than before."""
    if not places:
        return []
    stands = await situation(session, cycle)
    wanted, by_id = stands.wanted, {person.id: person for person in stands.people}
    loads = Counter(one for panel in stands.panels for one in panel.evaluators)
    own = {(place.assignment.contract_id, place.assignment.evaluator_id) for place in places}
    fair = replace(wanted, barred=wanted.barred | own, seed=str(cycle.year))
    found = []
    for place in places:
        chosen = replacement(place.assignment.contract_id, wanted.evaluators, loads, fair)
        if chosen is not None:
            loads[chosen] += 1
        found.append(by_id.get(chosen))
    return found


async def _take_over(
    session: AsyncSession, place: Place, chosen: Person | None, reason: str, by: Person
) -> None:
    old = place.assignment
    old.ended_at, old.ended_reason, old.set_aside = now(), reason, old.filed_at is not None
    session.add(old)
    if chosen is not None and chosen.id is not None:
        session.add(
            Assignment(
                contract_id=old.contract_id, evaluator_id=chosen.id, assigned_at=now(), replaces_id=old.id
            )
        )
    await journal.record(
        session,
        by.actor,
        "evaluation.replaced",
        place.contract.public_id,
        evaluator=place.evaluator.actor,
        successor=chosen.actor if chosen else None,
        set_aside=old.set_aside,
    )
