"""The reconcile round: own marks filed, each evaluator sees the others' without names and may change their mind."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import require_phase
from contracts.model import Agency, Contract, Cycle
from evaluation.marking.reading import MARKING, Sheet, over
from evaluation.model import Assignment, Standing
from office import journal
from office.approval import Approval, agreed, pending
from office.clock import now
from office.errors import Conflict, NotFound
from office.i18n import N_
from office.people import Person

CHOOSE = "evaluation.reconcile-choose"
"""The act two officers agree on."""
ENOUGH_TO_COMPARE = 2
"""Filed sheets of a contract; with fewer there is nobody to compare with."""


class ReconcileChoice(SQLModel, table=True):
    """Whether a cycle has a second round; without a row it has none."""

    __tablename__ = "reconcile_choice"

    cycle_id: int = Field(foreign_key="cycle.id", primary_key=True)
    wanted: bool = False


class ReconcileRound(SQLModel, table=True):
    """The second round of one contract, open from then on; `opened_by` is empty when the last sheet opened it."""

    __tablename__ = "reconcile_round"

    contract_id: int = Field(foreign_key="contract.id", primary_key=True)
    opened_at: datetime
    opened_by: int | None = Field(default=None, foreign_key="person.id")


@dataclass(frozen=True, slots=True)
class ContractRound:
    """How far the two rounds of one contract are, as the office sees it."""

    contract: Contract
    agency: Agency
    serving: int
    filed: int
    reconciled: int
    opened_at: datetime | None

    @property
    def can_open(self) -> bool:
        """Whether there is something to compare, and the round is not open yet."""
        return self.opened_at is None and self.filed >= ENOUGH_TO_COMPARE


async def is_wanted(session: AsyncSession, cycle: Cycle) -> bool:
    """Whether this cycle has a second round."""
    choice = await session.get(ReconcileChoice, cycle.id)
    return choice is not None and choice.wanted


async def asked(session: AsyncSession, cycle: Cycle) -> Approval | None:
    """One officer's wish to turn the switch the other way, while it waits for a second officer."""
    first = await pending(session, CHOOSE, str(cycle.year))
    turned = _content(not await is_wanted(session, cycle))
    return first if first and first.content == turned else None


def _content(wanted: bool) -> str:
    return "on" if wanted else "off"


async def choose(session: AsyncSession, cycle: Cycle, wanted: bool, by: Person) -> bool:
    """Give a cycle its second round, or take it away as long as nobody has filed one: whether the switch stands so now.

    Two officers turn it: after the first the answer is no.  Contracts all of whose sheets are filed are opened at once.
    """
    assert cycle.id is not None  # noqa: S101 - a stored cycle
    if wanted == await is_wanted(session, cycle):
        return True
    if over(cycle):
        raise Conflict(N_("평가 기간이 끝나 조율 평정을 켜거나 끌 수 없습니다"))
    rounds = await rounds_of(session, cycle)
    if not wanted and any(each.reconciled for each in rounds):
        raise Conflict(N_("이미 조율 평정을 낸 평가위원이 있어 끌 수 없습니다"))
    if not await agreed(session, act=CHOOSE, subject=str(cycle.year), by=by, content=_content(wanted)):
        return False
    choice = await session.get(ReconcileChoice, cycle.id) or ReconcileChoice(cycle_id=cycle.id)
    choice.wanted = wanted
    session.add(choice)
    await journal.record(session, by.actor, "evaluation.reconcile-chosen", str(cycle.year), wanted=wanted)
    if wanted and cycle.phase in MARKING:
        for each in rounds:
            if each.can_open and each.filed == each.serving:
                await _open(session, each.contract, None)
    return True


async def rounds_of(session: AsyncSession, cycle: Cycle) -> list[ContractRound]:
    """Every contract that somebody marks, with its two rounds, in the order of the contracts."""
    query = (
        select(Contract, Agency, Assignment)
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .join(Assignment, col(Assignment.contract_id) == col(Contract.id))
        .where(col(Contract.cycle_id) == cycle.id, col(Assignment.calibration).is_(False))
        .order_by(col(Contract.id), col(Assignment.id))
    )
    seats: dict[int, list[Assignment]] = {}
    of: dict[int, tuple[Contract, Agency]] = {}
    for contract, agency, assignment in await session.exec(query):
        assert contract.id is not None  # noqa: S101 - a stored contract
        of[contract.id] = contract, agency
        seats.setdefault(contract.id, []).append(assignment)
    opened = {
        row.contract_id: row.opened_at
        for row in await session.exec(
            select(ReconcileRound).where(col(ReconcileRound.contract_id).in_(list(of)))
        )
    }
    found = []
    for number, (contract, agency) in of.items():
        serving = [seat for seat in seats[number] if seat.standing not in (Standing.CONFLICT, Standing.ENDED)]
        filed = [seat for seat in serving if seat.standing is Standing.FILED]
        reconciled = sum(seat.reconciled_at is not None for seat in filed)
        found.append(
            ContractRound(contract, agency, len(serving), len(filed), reconciled, opened.get(number))
        )
    return found


async def open_by_hand(session: AsyncSession, cycle: Cycle, public_id: str, by: Person) -> None:
    """Open a contract's second round although not every sheet is filed; those who filed see one another's marks."""
    require_phase(cycle, *MARKING)
    if not await is_wanted(session, cycle):
        raise Conflict(N_("이 평가주기에는 조율 평정이 꺼져 있습니다. 먼저 켜 주십시오"))
    await journal.hold(session)
    found = next((r for r in await rounds_of(session, cycle) if r.contract.public_id == public_id), None)
    if found is None:
        raise NotFound(N_("그런 계약이 없습니다. 목록에서 골라 주십시오"))
    if found.opened_at is not None:
        raise Conflict(N_("이미 열린 조율 평정입니다"))
    if not found.can_open:
        raise Conflict(N_("제출한 평가표가 {n}개가 되어야 서로 견주어 볼 수 있습니다"), n=ENOUGH_TO_COMPARE)
    await _open(session, found.contract, by)


async def open_when_complete(session: AsyncSession, sheet: Sheet) -> None:
    """After a filing that the journal has recorded (it has one writer at a time): the last sheet opens the round."""
    if sheet.assignment.calibration or not await is_wanted(session, sheet.cycle):
        return
    found = next(
        (r for r in await rounds_of(session, sheet.cycle) if r.contract.id == sheet.contract.id), None
    )
    if found and found.can_open and found.filed == found.serving:
        await _open(session, found.contract, None)


async def _open(session: AsyncSession, contract: Contract, by: Person | None) -> None:
    assert contract.id is not None  # noqa: S101 - a stored contract
    session.add(ReconcileRound(contract_id=contract.id, opened_at=now(), opened_by=by.id if by else None))
    await journal.record(
        session, by.actor if by else "clock", "evaluation.reconcile-opened", contract.public_id
    )


async def round_open(session: AsyncSession, sheet: Sheet) -> bool:
    """Whether this evaluator may see the others' marks: their own are filed and the contract's round is open."""
    if sheet.assignment.standing is not Standing.FILED or sheet.assignment.calibration:
        return False
    if not await is_wanted(session, sheet.cycle):
        return False
    return await session.get(ReconcileRound, sheet.contract.id) is not None


async def open_rounds(session: AsyncSession, cycle: Cycle, contracts: Collection[int]) -> frozenset[int]:
    """Which of these contracts have an open second round."""
    if not await is_wanted(session, cycle):
        return frozenset()
    query = select(ReconcileRound.contract_id).where(col(ReconcileRound.contract_id).in_(list(contracts)))
    return frozenset(await session.exec(query))
