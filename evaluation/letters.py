"""Which acts of the experts' evaluation are told to whom; bodies read of members by number, and raters of no body."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.cycles import cycle_of
from contracts.letters import to_body, to_office
from contracts.model import Agency, Contract, Cycle
from contracts.reading import contract_called
from evaluation.difficulty.rounds import DifficultyRound
from evaluation.experts.calibration import chosen
from evaluation.experts.committee import members, serving
from evaluation.experts.conflicts import barred_pairs
from evaluation.experts.setup import setup_of
from evaluation.marking.reopening import CAUSE_LABELS, Cause
from evaluation.model import Assignment, Standing
from office.i18n import N_, translate
from office.journal import JournalEntry
from office.people import Person
from office.telling import Notice, Teller, Telling, people_called, people_of

_SEAT = "evaluator's place"
RELEASED = Notice(
    "comments released",
    N_("[약속] {year}년 계약에 대한 평가 의견이 나왔습니다"),
    N_(
        "평가위원이 {year}년 계약에 적은 의견을 볼 수 있습니다. 공개된 의견에는 한 번 답변하실 수 있습니다. "
        "답변은 담당자가 적고 기관장이 내보냅니다.\n{link}"
    ),
)
CHALLENGED = Notice(
    "challenge filed",
    N_("[약속] {agency}에서 평가위원 기피를 신청했습니다"),
    N_(
        "{agency}에서 {year}년 계약의 평가위원({number}번)에 대한 기피를 신청했습니다.\n"
        "까닭을 읽고 담당자 두 명이 결정해 주십시오.\n{link}"
    ),
)
DECIDED = {
    upheld: Notice("challenge decided", N_("[약속] 기피 신청의 결과를 알려 드립니다"), text)
    for upheld, text in {
        True: N_(
            "{number}번 평가위원에 대한 기피 신청을 받아들였습니다. 이 위원은 귀 기관의 계약을 평가하지 않습니다.\n"
            "결정한 까닭은 아래에서 보실 수 있습니다.\n{link}"
        ),
        False: N_(
            "{number}번 평가위원에 대한 기피 신청을 받아들이지 않았습니다.\n"
            "결정한 까닭은 아래에서 보실 수 있습니다.\n{link}"
        ),
    }.items()
}
ASSIGNED = Notice(
    _SEAT,
    N_("[약속] 평가하실 계약이 있습니다"),
    N_("새로 맡으신 계약이 있습니다. 먼저 이해관계가 있는지 알려 주시면 평가표가 열립니다.\n{link}"),
)
SEATED = Notice(
    "evaluators of a body",
    N_("[약속] {year}년 계약의 평가위원이 정해지거나 바뀌었습니다"),
    N_(
        "{agency}의 {year}년 계약에 새 평가위원을 배정했습니다. 공정한 평가를 기대하기 어려운 위원이 있으면 "
        "오늘부터 {days}일 안에, 개표하기 전까지 기피를 신청하실 수 있습니다.\n{link}"
    ),
)
WITHDRAWN = Notice(
    "evaluator withdrawn",
    N_("[약속] {agency}의 평가위원 한 자리를 바꿔 주십시오"),
    N_(
        "{agency}의 {year}년 계약을 맡은 평가위원이 이해관계가 있어 물러났습니다.\n"
        "다른 평가위원이 이 자리를 맡게 해 주십시오.\n{link}"
    ),
)
REPLACED = Notice(
    _SEAT,
    N_("[약속] 맡으신 계약 가운데 평가하지 않게 된 것이 있습니다"),
    N_(
        "{agency}의 {year}년 계약은 이제 맡지 않으셔도 됩니다. 맡으신 계약은 아래에서 보실 수 있습니다.\n{link}"
    ),
)
CALIBRATION = Notice(
    "calibration",
    N_("[약속] 기준 맞추기를 시작했습니다"),
    N_(
        "본 평가에 앞서 모든 평가위원이 같은 계약 {contracts}건을 평정합니다. 점수에는 들어가지 않습니다.\n"
        "이 평가표를 제출하시면 맡으신 평가표가 열립니다.\n{link}"
    ),
)
DIFFICULTY = Notice(
    "difficulty",
    N_("[약속] 난이도를 평가할 계약이 있습니다"),
    N_(
        "어느 기관의 계약인지 가린 과제 {tasks}개의 난이도를 골라 주십시오.\n{link}\n"
        "결과를 알릴 때까지 고치실 수 있습니다. 이 계약은 결과가 나온 뒤에 서명합니다."
    ),
)
RECONCILE = Notice(
    "reconcile",
    N_("[약속] 조율 평정이 열렸습니다"),
    N_(
        "{agency}의 평가표가 모였습니다. 다른 평가위원의 평정을 이름 없이 보고, 원하시면 고치실 수 있습니다.\n"
        "{link}\n고치지 않으시면 처음 평정이 그대로 남습니다."
    ),
)
REOPENED = Notice(
    "reopened",
    N_("[약속] 평가표가 다시 열렸습니다"),
    N_(
        "{agency}의 평가표가 다시 열렸습니다. 까닭: {cause}\n{link}\n"
        "고친 뒤 다시 제출해 주십시오. 개표할 때까지 다시 제출하지 않으면 마지막으로 제출하신 평가표로 셉니다."
    ),
)


async def _decided(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    notice = DECIDED[bool(entry.details["upheld"])]
    return await to_body(notice, "/agency/contracts/{public_id}/evaluators")(session, entry)


async def _assigned(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    names = entry.details.get("evaluators", [entry.details.get("evaluator", "")])
    people = await people_called(session, names)
    bodies = await _seated(session, entry.details.get("contracts", [entry.subject]))
    return [Telling(people, ASSIGNED, "/evaluation"), *bodies]


async def _replaced(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    old = await people_called(session, [entry.details["evaluator"]])
    new = await people_called(session, [entry.details["successor"] or ""])
    bodies = await _seated(session, [entry.subject] if new else [])
    return [await _left(session, entry.subject, old), Telling(new, ASSIGNED, "/evaluation"), *bodies]


async def _seated(session: AsyncSession, contracts: Iterable[str]) -> list[Telling]:
    """To the bodies of contracts with a new evaluator, where there is a committee whose members can be challenged."""
    found = []
    for public_id in contracts if await members(session) else ():
        if (called := await contract_called(session, public_id)) is None:
            continue
        _, agency, cycle = called
        days = (await setup_of(session, cycle)).challenge_days
        values = {"agency": agency.name, "year": cycle.year, "days": days}
        people = await people_of(session, agency.code)
        found.append(Telling(people, SEATED, f"/agency/contracts/{public_id}/evaluators", values))
    return found


async def _declared(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    seat = await session.get(Assignment, entry.details["assignment"])
    if seat is None or seat.calibration or not entry.details["conflict"]:
        return []
    return await to_office(WITHDRAWN, "/office/cycles/{year}/assignments")(session, entry)


async def _barred(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    """The evaluator hears that a sheet was closed; the office, too, where it was by the evaluator's own stated tie."""
    seat = await session.get(Assignment, entry.details["assignment"])
    person = await session.get(Person, seat.evaluator_id) if seat else None
    if seat is None or person is None:
        return []
    own = entry.actor == person.actor and not seat.calibration
    office = await to_office(WITHDRAWN, "/office/cycles/{year}/assignments")(session, entry) if own else ()
    return [await _left(session, entry.subject, [person]), *office]


async def _left(session: AsyncSession, public_id: str, people: list[Person]) -> Telling:
    found = await contract_called(session, public_id)
    values = {"agency": found[1].name, "year": found[2].year} if found else {}
    return Telling(people if found else [], REPLACED, "/evaluation", values)


async def _calibration(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    contracts = [
        each.contract.id for each in await chosen(session, await cycle_of(session, int(entry.subject)))
    ]
    query = (
        select(Person)
        .join(Assignment, col(Assignment.evaluator_id) == col(Person.id))
        .where(col(Assignment.calibration), col(Assignment.contract_id).in_(contracts))
        .order_by(col(Person.id))
        .distinct()
    )
    people = list(await session.exec(query))
    return [Telling(people, CALIBRATION, "/evaluation", {"contracts": len(contracts)})]


async def _difficulty(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    opened = await session.get(DifficultyRound, entry.details["round"])
    contract = await session.get(Contract, opened.contract_id) if opened else None
    cycle = await session.get(Cycle, contract.cycle_id) if contract else None
    if opened is None or cycle is None:
        return []
    barred = await barred_pairs(session, cycle)
    people = [each for each in await serving(session) if (opened.contract_id, each.id or 0) not in barred]
    return [Telling(people, DIFFICULTY, f"/evaluation/difficulty/{opened.id}", {"tasks": len(opened.tasks)})]


async def _reconcile(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    query = (
        select(Assignment, Person, Agency.name)
        .join(Person, col(Person.id) == col(Assignment.evaluator_id))
        .join(Contract, col(Contract.id) == col(Assignment.contract_id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(Contract.public_id) == entry.subject, col(Assignment.calibration).is_(False))
        .order_by(col(Assignment.id))
    )
    return [
        Telling([person], RECONCILE, f"/evaluation/{seat.id}/reconcile", {"agency": agency})
        for seat, person, agency in list(await session.exec(query))
        if seat.standing is Standing.FILED
    ]


async def _reopened(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    found = await contract_called(session, entry.subject)
    seat = await session.get(Assignment, entry.details["assignment"])
    person = await session.get(Person, seat.evaluator_id) if seat else None
    if found is None or seat is None or person is None:
        return []
    values = {"agency": found[1].name, "cause": translate(CAUSE_LABELS[Cause(entry.details["cause"])])}
    return [Telling([person], REOPENED, f"/evaluation/{seat.id}", values)]


TELLERS: dict[str, Teller] = {
    "comments.released": to_body(RELEASED, "/agency/contracts/{public_id}/reply/comments"),
    "evaluation.challenged": to_office(CHALLENGED, "/office/cycles/{year}/conflicts"),
    "evaluation.challenge-decided": _decided,
    "evaluation.assigned": _assigned,
    "evaluation.declared": _declared,
    "evaluation.replaced": _replaced,
    "evaluation.barred": _barred,
    "calibration.opened": _calibration,
    "difficulty.opened": _difficulty,
    "evaluation.reconcile-opened": _reconcile,
    "evaluation.reopened": _reopened,
}
