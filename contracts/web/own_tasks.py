"""What waits for an officer or a head in any year of their body, running or past, and where it is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.amendments import Amendment, AmendmentState, amendable
from contracts.keeping.checks import doubts_of
from contracts.keeping.replies import PHASES, ContractReply, Kind
from contracts.model import Agency, Contract, ContractState, Cycle, Phase
from office.i18n import N_, translate
from office.journal import JournalEntry
from office.people import Person, Role


@dataclass(frozen=True, slots=True)
class OwnTask:
    """One thing that waits for the person who looks: in words, with the page where it is done."""

    title: str
    text: str
    label: str
    href: str
    year: int


async def own_tasks(
    session: AsyncSession, person: Person, found: Sequence[tuple[Contract, Agency, Cycle]]
) -> list[OwnTask]:
    """What waits beside the steps of a year, the newest year first: a few queries, however many years there are."""
    published = [(each, cycle) for each, _, cycle in found if each.state is ContractState.PUBLISHED]
    written = await _words(session, [each for each, _ in published])
    if person.role is Role.HEAD:
        asked = await _asked(session, [each for each, _ in published])
        return [task for each, cycle in published for task in _of_head(each, cycle, written, asked)]
    shown = await _shown(session, [each for each, _ in published])
    doubted = await _doubted(session, [each for each, of in published if of.phase is Phase.REPORTING])
    found_otherwise = [
        _task(
            N_("{year}년 실적 {n}개를 실적 확인 담당이 다르게 보았습니다"),
            N_("확인 결과를 읽고 실적을 고치거나, 실적이 맞으면 까닭을 적어 답해 주십시오."),
            N_("확인 결과 보고 답하기"),
            f"/agency/contracts/{each.public_id}/figures",
            year=cycle.year,
            n=doubted[each.id or 0],
        )
        for each, cycle in published
        if doubted.get(each.id or 0)
    ]
    return found_otherwise + [
        _task(
            N_("{year}년 평가 의견에 답변하실 수 있습니다"),
            N_(
                "공개된 의견에 한 번 답변할 수 있습니다. 담당자가 적고 기관장이 내보냅니다. 하지 않아도 됩니다."
            ),
            N_("의견 읽고 답변 쓰기"),
            f"/agency/contracts/{each.public_id}/reply/comments",
            year=cycle.year,
        )
        for each, cycle in published
        if each.public_id in shown
        and cycle.phase in PHASES[Kind.ANSWER]
        and (each.id, Kind.ANSWER) not in written
    ]


def _of_head(
    contract: Contract,
    cycle: Cycle,
    written: dict[tuple[int, Kind], ContractReply],
    asked: dict[int, int],
) -> Iterable[OwnTask]:
    own = f"/agency/contracts/{contract.public_id}"
    if (n := asked.get(contract.id or 0, 0)) and amendable(cycle, contract):
        yield _task(
            N_("동의를 기다리는 {year}년 계약의 변경 요청 {n}건"),
            N_(
                "담당자가 계약을 바꿔 달라고 요청했습니다. 바뀌기 전과 뒤를 보고 동의하거나 거두어들여 주십시오."
            ),
            N_("변경 요청 보기"),
            f"{own}/amendments",
            year=cycle.year,
            n=n,
        )
    for kind, title, end in (
        (Kind.REPLY, N_("{year}년 소명이 내보내기를 기다립니다"), "/reply"),
        (Kind.ANSWER, N_("{year}년 평가 의견에 대한 답변이 내보내기를 기다립니다"), "/reply/comments"),
    ):
        row = written.get((contract.id or 0, kind))
        if row is not None and row.released_at is None and cycle.phase in PHASES[kind]:
            text = N_("담당자가 적은 글을 읽고 내보내 주십시오. 내보내면 누구나 볼 수 있고 고칠 수 없습니다.")
            yield _task(title, text, N_("읽고 내보내기"), own + end, year=cycle.year)


def _task(title: str, text: str, label: str, href: str, *, year: int, n: int = 0) -> OwnTask:
    return OwnTask(translate(title, year=year, n=n), translate(text), translate(label), href, year)


async def _doubted(session: AsyncSession, contracts: Sequence[Contract]) -> dict[int, int]:
    """How many figures were found otherwise and are neither corrected nor answered, by contract."""
    ids = [each.id for each in contracts]
    found = await doubts_of(session, col(Contract.id).in_(ids)) if ids else {}
    return {
        contract: len([check for check in checks.values() if not check.answer])
        for contract, checks in found.items()
    }


async def _words(
    session: AsyncSession, contracts: Sequence[Contract]
) -> dict[tuple[int, Kind], ContractReply]:
    query = select(ContractReply).where(col(ContractReply.contract_id).in_([each.id for each in contracts]))
    return {(row.contract_id, row.kind): row for row in await session.exec(query)}


async def _asked(session: AsyncSession, contracts: Sequence[Contract]) -> dict[int, int]:
    query = (
        select(Amendment.contract_id, func.count(col(Amendment.id)))
        .where(col(Amendment.contract_id).in_([each.id for each in contracts]))
        .where(col(Amendment.state) == AmendmentState.ASKED)
        .group_by(col(Amendment.contract_id))
    )
    return dict((await session.exec(query)).all())


async def _shown(session: AsyncSession, contracts: Sequence[Contract]) -> set[str]:
    """The contracts of which comments are public now; what another department released stands in the journal."""
    query = (
        select(JournalEntry)
        .where(col(JournalEntry.act) == "comments.released")
        .where(col(JournalEntry.subject).in_([each.public_id for each in contracts]))
        .order_by(col(JournalEntry.id))
    )
    newest = {entry.subject: entry.details["public"] for entry in await session.exec(query)}
    return {subject for subject, public in newest.items() if public}
