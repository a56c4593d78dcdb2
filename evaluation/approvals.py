"""What two officers agree on about the experts' evaluation, in words."""

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.approvals import of_contract
from contracts.cycles import current_cycle, cycle_of
from evaluation import past_uploads
from evaluation.experts import challenges, replacing
from evaluation.experts.conflicts import Challenge
from evaluation.marking import comments, reconciling, reopening
from evaluation.marking.reconciling import is_wanted
from evaluation.model import Assignment
from evaluation.past_results import agency_called
from evaluation.published.reading import SHEET_NAMES
from office.approval import Naming, Wanted
from office.errors import NotFound
from office.i18n import N_, translate
from office.people import Person


async def _comments(session: AsyncSession, public_id: str) -> Wanted:
    said = N_("{agency}의 {year}년 평가 의견 공개")
    return await of_contract(session, public_id, said, f"comments/{public_id}")


async def _challenge(session: AsyncSession, subject: str) -> Wanted:
    public_id, _, number = subject.rpartition("/")
    found = await session.get(Challenge, int(number))
    if found is None:
        raise NotFound
    said = N_("{agency}의 {year}년 기피 신청 결정({number}번 평가위원)")
    return await of_contract(session, public_id, said, "conflicts", number=found.number)


async def _sheet(session: AsyncSession, subject: str, said: str, page: str) -> Wanted:
    public_id, _, number = subject.rpartition("/")
    assignment = await session.get(Assignment, int(number))
    evaluator = await session.get(Person, assignment.evaluator_id) if assignment else None
    if evaluator is None:
        raise NotFound
    return await of_contract(session, public_id, said, f"assignments/{number}/{page}", name=evaluator.name)


async def _reopen(session: AsyncSession, subject: str) -> Wanted:
    said = N_("{agency}의 {year}년 계약: 제출한 평가표 다시 열기({name} 평가위원)")
    return await _sheet(session, subject, said, "reopen")


async def _set_aside(session: AsyncSession, subject: str) -> Wanted:
    said = N_("{agency}의 {year}년 계약: 제출한 평가표 세지 않기({name} 평가위원)")
    return await _sheet(session, subject, said, "replace")


async def _keep_past(session: AsyncSession, subject: str) -> Wanted:
    sheet = await past_uploads.sheet_of(session, int(subject.rpartition("/")[2]))
    cycle = await current_cycle(session)
    if cycle is None:
        raise NotFound
    title = translate(
        N_("{agency}의 {year}년 {kind} 보관과 공개"),
        agency=await agency_called(session, sheet.agency_code) or sheet.agency_code,
        year=sheet.year,
        kind=translate(SHEET_NAMES[sheet.kind]),
    )
    return Wanted(title, f"/office/cycles/{cycle.year}/past/{sheet.id}")


async def _reconcile(session: AsyncSession, year: str) -> Wanted:
    cycle = await cycle_of(session, int(year))
    said = N_("{year}년 조율 평정 끄기") if await is_wanted(session, cycle) else N_("{year}년 조율 평정 켜기")
    return Wanted(translate(said, year=year), f"/office/cycles/{year}/assignments/rounds")


NAMINGS: dict[str, Naming] = {
    comments.ACT: _comments,
    challenges.DECIDE: _challenge,
    reconciling.CHOOSE: _reconcile,
    reopening.ACT: _reopen,
    replacing.SET_ASIDE: _set_aside,
    past_uploads.ACT: _keep_past,
}
