"""What the performance office's desk says of deadlines that have passed, and of contracts that are to be changed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.amendments import Amendment, AmendmentState
from contracts.cycles import CycleStep
from contracts.model import Contract, Cycle
from contracts.timing.deadlines import Deadlines
from evaluation.deadlines import sheets_to_file
from office.clock import now
from office.i18n import N_, translate
from reports.duties import NAMED, Job


def late_steps(cycle: Cycle, steps: Iterable[CycleStep]) -> list[Job]:
    """Phases of a cycle whose planned day has passed."""
    return [
        Job(
            translate(N_("‘{step}’ 단계가 늦었습니다"), step=step.label),
            translate(N_("예정일이 지났는데 아직 시작하지 않았습니다.")),
            f"/office/cycles/{cycle.year}",
            translate(N_("일정 보기")),
        )
        for step in steps
        if step.late
    ]


async def late_duties(session: AsyncSession, cycle: Cycle) -> list[Job]:
    """One line for everything that is open although its time is over, with the first names."""
    at = now()
    duties = await Deadlines(sheets_to_file).of(session, cycle)
    late = [each for each in duties if each.late(at) and not each.closed]
    if not late:
        return []
    names = list(dict.fromkeys(each.name for each in late))
    return [
        Job(
            translate(N_("마감이 지난 일 {n}건"), n=len(late)),
            ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else ""),
            f"/office/cycles/{cycle.year}/deadlines",
            translate(N_("마감 보기")),
        )
    ]


async def waiting_amendments(session: AsyncSession, cycle: Cycle) -> list[Job]:
    """Requests to change a contract that have their head's consent and wait for a decision."""
    query = (
        select(func.count(col(Amendment.id)))
        .join(Contract, col(Contract.id) == col(Amendment.contract_id))
        .where(col(Contract.cycle_id) == cycle.id, col(Amendment.state) == AmendmentState.SIGNED)
    )
    if not (n := (await session.exec(query)).one()):
        return []
    return [
        Job(
            translate(N_("결정할 계약 변경 요청 {n}건"), n=n),
            translate(N_("기관장이 동의했습니다. 바뀌기 전과 뒤를 보고 담당자 두 명이 결정합니다.")),
            f"/office/cycles/{cycle.year}/amendments",
            translate(N_("결정하기")),
        )
    ]
