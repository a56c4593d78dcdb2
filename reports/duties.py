"""Who has to do what next in a cycle: the performance office itself, and others it waits for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import closing, issuing, opening
from ballots.model import CertificateSignature, Election, ElectionState, ElectionTrustee, RollEntry
from contracts import publication
from contracts.expecting import not_begun
from contracts.model import ContractState, Cycle, Phase
from contracts.reading import contracts_of, published_trees
from contracts.terms.tree import Method, indicators
from evaluation.experts.assigning import ASSIGNING, panels
from evaluation.experts.challenges import undecided
from evaluation.model import Standing
from office.i18n import N_, translate
from office.outbox import Fate, Message
from reports.model import Run
from reports.rules import BEFORE_THE_VOTE
from reports.runs import COUNTED, PUBLISH
from reports.unsettled import unsettled

CLOSERS = 2
"""Officers who close a vote together, and sign its certificate."""
NAMED = 5
"""So many agencies are named on a line before it says "and others"."""


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the desk: what, why, and the page where it is done."""

    title: str
    text: str
    href: str
    label: str
    act: str = ""
    """The critical act it ends in, as `office.approval` calls it, and in `subject` what it is about."""
    subject: str = ""
    serves: Phase | None = None
    """The phase it begins or prepares: before its planned day the work is for later, and then called `later`."""
    later: str = ""

    def is_asked(self, act: str, subject: str) -> bool:
        """Whether that request of one officer is for this very job, which then waits for a second one alone."""
        return self.act == act and self.subject == subject.split(":")[0]


@dataclass(frozen=True, slots=True)
class Duties:
    """What waits for the performance office, what it waits for, and what is planned for a later day."""

    mine: list[Job] = field(default_factory=list)
    others: list[Job] = field(default_factory=list)
    later: list[Job] = field(default_factory=list)


def _job(title: str, text: str, href: str, label: str, **values: object) -> Job:
    return Job(translate(title, **values), translate(text, **values), href, translate(label))


async def duties(session: AsyncSession, cycle: Cycle) -> Duties:
    """Everything to be done in the present phase of a cycle."""
    found = Duties()
    at = f"/office/cycles/{cycle.year}"
    await _contracts(session, cycle, at, found)
    await _scoring(session, cycle, at, found)
    await _vote(session, cycle, found)
    await _result(session, cycle, at, found)
    return found


async def undelivered(session: AsyncSession) -> list[Job]:
    """Messages that did not arrive, of whatever year."""
    query = select(func.count(col(Message.id))).where(col(Message.fate).in_((Fate.FAILED, Fate.LOST)))
    if not (n := (await session.exec(query)).one()):
        return []
    title = N_("전하지 못한 메시지 {n}통")
    text = N_("받지 못한 분이 있습니다. 연락처를 확인하고 다시 보내 주십시오.")
    return [_job(title, text, "/office/messages", N_("메시지 보기"), n=n)]


async def _contracts(session: AsyncSession, cycle: Cycle, at: str, to: Duties) -> None:
    if cycle.phase is Phase.DRAFTING:
        states = Counter(contract.state for contract, _ in await contracts_of(session, cycle))
        if not states:
            text = N_("CSV나 엑셀 파일을 올리면 먼저 검사만 하고, 문제가 없을 때 저장합니다.")
            to.mine.append(_job(N_("계약을 올려 주십시오"), text, f"{at}/import", N_("계약 올리기")))
        if n := states[ContractState.SUBMITTED]:
            text = N_("기관이 쓴 계약을 읽고 의견을 적어 돌려보내거나 검토를 마칩니다.")
            to.mine.append(_job(N_("검토할 계약 {n}건"), text, at, N_("검토하기"), n=n))
        if n := states[ContractState.DRAFT]:
            text = N_("담당자가 다 쓰고 제출하면 검토할 차례가 됩니다.")
            to.others.append(_job(N_("기관이 쓰고 있는 계약 {n}건"), text, at, N_("계약 보기"), n=n))
        if silent := await not_begun(session, cycle):
            text = ", ".join(body.name for body in silent[:NAMED]) + (" …" if len(silent) > NAMED else "")
            title = translate(N_("계약을 쓰기 시작하지 않은 기관 {n}곳"), n=len(silent))
            to.others.append(Job(title, text, at, translate(N_("계약 보기"))))
        if n := states[ContractState.ACCEPTED]:
            text = N_("기관장이 로그인해 서명하면 도지사 서명 차례가 됩니다.")
            to.others.append(_job(N_("기관장 서명을 기다리는 계약 {n}건"), text, at, N_("계약 보기"), n=n))
        if n := states[ContractState.HEAD_SIGNED]:
            text = N_("기관장이 서명했습니다. 인증번호 하나로 한꺼번에 서명합니다.")
            to.mine.append(_job(N_("도지사를 대신해 서명할 계약 {n}건"), text, at, N_("서명하기"), n=n))
        if set(states) == {ContractState.SIGNED}:
            text = N_("양쪽이 모두 서명했습니다. 두 담당자가 누르면 모두에게 공개됩니다.")
            job = _job(N_("계약을 공개할 수 있습니다"), text, at, N_("공개하기"))
            to.mine.append(replace(job, act=publication.ACT, subject=str(cycle.year)))
    elif cycle.phase is Phase.PUBLISHED:
        text = N_("계약이 공개되었습니다. 실적 보고를 시작하면 기관이 실적을 적습니다.")
        job = _job(N_("실적 보고를 시작할 수 있습니다"), text, at, N_("단계 넘기기"))
        to.mine.append(replace(job, serves=Phase.REPORTING, later=N_("이행·실적 보고 시작")))
    elif cycle.phase is Phase.REPORTING:
        if missing := await _without_figures(session, cycle):
            text = ", ".join(missing[:NAMED]) + (" …" if len(missing) > NAMED else "")
            title = translate(N_("실적을 다 적지 않은 기관 {n}곳"), n=len(missing))
            to.others.append(Job(title, text, at, translate(N_("보고 현황 보기"))))
        text = N_("전문가 평가를 시작하면 실적을 더 고칠 수 없습니다.")
        job = _job(N_("전문가 평가를 시작할 수 있습니다"), text, at, N_("단계 넘기기"))
        to.mine.append(replace(job, serves=Phase.SCORING, later=N_("전문가 평가 시작")))
    if cycle.rulebook_sha256 is None and cycle.phase in BEFORE_THE_VOTE:
        text = N_("점수 계산 방법을 투표 전에 공개해야 투표를 열 수 있습니다.")
        to.mine.append(_job(N_("평가규칙을 공개해 주십시오"), text, f"{at}/rulebook", N_("평가규칙 공개")))


async def _without_figures(session: AsyncSession, cycle: Cycle) -> list[str]:
    """Agencies that have not reported the actual figure of every indicator that takes one."""
    return sorted(
        {
            tree.agency
            for tree in await published_trees(session, cycle)
            for node in indicators(tree)
            if node.measure and node.measure.method is not Method.NINE_GRADE and node.measure.actual is None
        }
    )


async def _scoring(session: AsyncSession, cycle: Cycle, at: str, to: Duties) -> None:
    if cycle.phase not in ASSIGNING:
        return
    found = await panels(session, cycle)
    standings = Counter(seat.assignment.standing for panel in found for seat in panel.seats)
    href, label = f"{at}/assignments", N_("평가위원 배정")
    if n := sum(panel.short for panel in found):
        text = N_("세 명이 안 되면 점수를 내지 않습니다. 이해관계를 신고한 평가위원은 {conflicts}명입니다.")
        conflicts = standings[Standing.CONFLICT]
        to.mine.append(_job(N_("평가위원이 모자란 계약 {n}건"), text, href, label, n=n, conflicts=conflicts))
    if n := sum(len(panel.vacated) for panel in found):
        text = N_("이해관계가 있어 물러난 분의 자리입니다. 다른 평가위원이 이어받게 합니다.")
        at_once = f"{href}#conflicts"
        to.mine.append(_job(N_("바꿔야 하는 평가위원 {n}자리"), text, at_once, N_("바꾸기"), n=n))
    if n := await undecided(session, cycle):
        text = N_("두 담당자가 까닭을 적고 결정합니다. 받아들이면 그 위원은 이 계약을 평가하지 않습니다.")
        to.mine.append(_job(N_("결정할 기피 신청 {n}건"), text, f"{at}/conflicts", N_("결정하기"), n=n))
    waiting = standings[Standing.DECLARE] + standings[Standing.OPEN]
    if waiting and cycle.phase in (Phase.SCORING, Phase.VOTING):
        text = N_("개표 전까지 제출되지 않은 평가표는 점수에 들어가지 않습니다.")
        to.others.append(_job(N_("제출되지 않은 평가표 {n}개"), text, href, N_("진행 보기"), n=waiting))


async def _vote(session: AsyncSession, cycle: Cycle, to: Duties) -> None:
    election = (await session.exec(select(Election).where(col(Election.cycle_id) == cycle.id))).first()
    if election is None:
        if cycle.phase in (Phase.REPORTING, Phase.SCORING):
            text = N_("투표에 오를 과제, 선거인명부, 개표관리인을 정합니다.")
            job = _job(N_("도민 투표를 준비해 주십시오"), text, "/office/elections", N_("투표 만들기"))
            to.mine.append(replace(job, serves=Phase.SCORING, later=N_("도민 투표 준비")))
        return
    href = f"/office/elections/{election.uuid}"
    query = select(ElectionTrustee).where(col(ElectionTrustee.election_id) == election.id)
    trustees = list(await session.exec(query))
    counting = select(func.count(col(RollEntry.id))).where(col(RollEntry.election_id) == election.id)
    listed = (await session.exec(counting)).one()
    match election.state:
        case ElectionState.SETUP if not listed or not trustees:
            text = N_("선거인명부와 개표관리인이 있어야 투표 링크를 보낼 수 있습니다.")
            to.mine.append(_job(N_("투표 준비를 이어서 해 주십시오"), text, href, N_("투표 준비")))
        case ElectionState.SETUP:
            title = N_("선거인 {n}명에게 투표 링크를 보낼 수 있습니다")
            text = N_("두 담당자가 누르면 사람마다 다른 링크를 보냅니다.")
            job = _job(title, text, href, N_("투표 링크 보내기"), n=listed)
            to.mine.append(replace(job, act=issuing.ACT, subject=election.uuid))
        case ElectionState.ISSUED:
            text = N_("두 담당자가 누르면 투표가 열립니다. 그 뒤에는 계약도 평가규칙도 바꿀 수 없습니다.")
            job = _job(N_("투표를 열 수 있습니다"), text, href, N_("투표 열기"))
            job = replace(job, serves=Phase.VOTING, later=N_("도민 투표 열기"))
            to.mine.append(replace(job, act=opening.ACT, subject=election.uuid))
        case ElectionState.OPEN:
            text = N_("마감할 때 두 담당자가 누르면 개표관리인이 개표를 시작합니다.")
            job = _job(N_("투표가 진행되고 있습니다"), text, href, N_("진행 보기"))
            to.mine.append(replace(job, act=closing.ACT, subject=election.uuid))
        case ElectionState.CLOSED:
            n = sum(trustee.share_record is None for trustee in trustees)
            text = N_("개표관리인이 필요한 수만큼 열면 결과가 나옵니다.")
            to.others.append(
                _job(N_("개표를 마치지 않은 개표관리인 {n}명"), text, href, N_("개표 현황 보기"), n=n)
            )
        case ElectionState.TALLIED:
            pass
    if election.certificate_record is not None:
        await _certificate(session, election, href, to)
    keyless = sum(trustee.key_record is None for trustee in trustees)
    if keyless and election.state in (ElectionState.SETUP, ElectionState.ISSUED):
        text = N_("모든 개표관리인이 열쇠를 만들어야 투표를 열 수 있습니다.")
        title = N_("열쇠를 만들지 않은 개표관리인 {n}명")
        to.others.append(_job(title, text, href, N_("투표 준비 보기"), n=keyless))


async def _certificate(session: AsyncSession, election: Election, href: str, to: Duties) -> None:
    query = select(func.count(col(CertificateSignature.id))).where(
        col(CertificateSignature.election_id) == election.id
    )
    missing = CLOSERS - (await session.exec(query)).one()
    if missing > 0:
        text = N_(
            "투표를 마감한 담당자가 사람과 투표지의 수를 확인하고 서명합니다. 서명은 누구나 볼 수 있습니다."
        )
        title = N_("투표 확인서에 남은 서명 {n}개")
        to.mine.append(_job(title, text, f"{href}/certificate", N_("확인서 읽고 서명하기"), n=missing))


async def _result(session: AsyncSession, cycle: Cycle, at: str, to: Duties) -> None:
    if cycle.phase not in COUNTED:
        return
    query = select(Run.number, Run.published_at).where(col(Run.cycle_id) == cycle.id)
    newest = (await session.exec(query.order_by(col(Run.number).desc()).limit(1))).first()
    doubted = ""
    if n := sum(len(each.figures) for each in await unsettled(session, cycle)):
        said = N_("확인 결과와 다르거나 확인할 수 없는 실적 {n}개가 보고한 값으로 계산됩니다.")
        doubted = translate(said, n=n)
    if newest is None:
        text = N_("개표가 끝났습니다. 계약·평정·투표를 모아 점수와 순위를 계산합니다.")
        job = _job(N_("결과를 산출해 주십시오"), text, f"{at}/runs", N_("결과 산출"))
        to.mine.append(replace(job, text=" ".join(filter(None, (job.text, doubted)))))
    elif newest[1] is None:
        text = N_("두 담당자가 누르면 순위와 기관별 보고서가 모두에게 공개됩니다.")
        title = N_("제{n}회 산출 결과를 공개할 수 있습니다")
        job = _job(title, text, f"{at}/runs", N_("결과 보기"), n=newest[0])
        text = " ".join(filter(None, (job.text, doubted)))
        to.mine.append(replace(job, text=text, act=PUBLISH, subject=f"{cycle.year}/{newest[0]}"))
