"""What a resident finds at the door: what was promised, how is it going, what can I do now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import Election, ElectionState
from ballots.results import Tally, result_of
from contracts.cycles import CycleStep, all_cycles, current_cycle, drafting_cycle, steps_of
from contracts.keeping.checks import doubts_of
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import contracts_of, trees_of
from contracts.terms.doubt import Check, doubts_among
from contracts.terms.standing import Standing, Way, lead_indicator, lead_task, standing_of, together, way_of
from contracts.terms.tree import ContractTree
from office.i18n import N_, translate
from reports.model import Run
from reports.runs import newest_published, provisional

PROMISES_SHOWN = 4

ANSWERS = {
    Phase.DRAFTING: N_(
        "기관들이 올해 지킬 약속을 쓰고 있습니다. 기관장과 도지사가 서명하면 원문 그대로 공개합니다."
    ),
    Phase.PUBLISHED: N_("기관 {agencies}곳이 올해의 약속을 공개했습니다. 누구나 원문을 읽을 수 있습니다."),
    Phase.REPORTING: N_("기관 {agencies}곳이 약속을 얼마나 지켰는지 보고하고 있습니다."),
    Phase.SCORING: N_("전문가들이 기관 {agencies}곳의 이행 결과를 평가하고 있습니다."),
    Phase.VOTING: N_("도정평가단이 약속을 가장 잘 지킨 과제에 투표하고 있습니다."),
    Phase.TALLIED: N_("투표가 끝나 개표했습니다. 점수와 순위를 계산하고 있습니다."),
    Phase.PROVISIONAL: N_("잠정 결과를 공개했습니다. 누구나 다시 계산해 볼 수 있습니다."),
    Phase.FINAL: N_("올해의 결과가 확정되었습니다. 누구나 다시 계산해 볼 수 있습니다."),
}


@dataclass(frozen=True, slots=True)
class Act:
    """Something a resident can do now."""

    title: str
    text: str
    href: str
    label: str
    when: str = ""
    tone: str = "primary"


@dataclass(frozen=True, slots=True)
class ShownPromise:
    """A promise with the bar of its leading indicator."""

    agency: str
    title: str
    promise: str
    public_id: str
    way: Way


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the home page says."""

    cycle: Cycle | None
    answer: str
    steps: tuple[CycleStep, ...]
    contracts: int
    standing: Standing
    tally: Tally | None
    acts: tuple[Act, ...]
    promises: tuple[ShownPromise, ...]
    published: tuple[Cycle, Run] | None
    writing: Cycle | None = None
    """A later cycle whose contracts are already being written."""
    newer: Cycle | None = None
    """A later cycle whose contracts are public already."""
    voting: Election | None = None
    """The vote of this cycle, while it is open."""


async def overview(session: AsyncSession) -> Overview:
    """The home page's values, in a fixed number of statements."""
    published = await newest_published(session)
    cycle = await current_cycle(session)
    if cycle is None:
        return Overview(None, "", (), 0, standing_of(()), None, tuple(_result_acts(published)), (), published)
    election, *others = await _elections(session, cycle)
    tally = await result_of(session, election) if election else None
    seen = [
        contract
        for contract, _ in await contracts_of(session, cycle)
        if contract.state is ContractState.PUBLISHED
    ]
    trees = await trees_of(session, cycle) if seen else {}
    checks = await doubts_of(session, col(Contract.cycle_id) == cycle.id) if seen else {}
    shown = [(contract, trees[contract.id]) for contract in seen if contract.id in trees]
    votes = [act for each in (*others, election) for act in _vote_acts(each)]
    acts = [*votes, *_result_acts(published)]
    if published and published[0].id == cycle.id and not others:
        acts = [*_result_acts(published), *votes]
    if shown:
        acts.append(
            Act(
                translate(N_("계약 원문 읽기")),
                translate(N_("기관마다 무엇을 언제까지 얼마나 하기로 했는지 원문 그대로 읽을 수 있습니다.")),
                "/contracts",
                translate(N_("계약 읽기")),
            )
        )
    drafting = await drafting_cycle(session)
    newest = next((each for each in await all_cycles(session) if each.contracts_sha256), None)
    return Overview(
        cycle=cycle,
        answer=translate(ANSWERS[cycle.phase], agencies=len(seen)),
        steps=tuple(await steps_of(session, cycle)),
        contracts=len(seen),
        standing=together(standing_of([tree], checks.get(contract.id or 0, ())) for contract, tree in shown),
        tally=tally,
        acts=tuple(acts),
        promises=tuple(_promises(shown, cycle, checks)),
        published=published,
        writing=drafting if drafting and drafting.year > cycle.year else None,
        newer=newest if newest and newest.year > cycle.year else None,
        voting=election if election and election.state is ElectionState.OPEN else None,
    )


async def _elections(session: AsyncSession, cycle: Cycle) -> list[Election | None]:
    """The vote of a cycle, if there is one, and any other that is open: an open vote never leaves this page."""
    mine = col(Election.cycle_id) == cycle.id
    found = list(
        await session.exec(select(Election).where(or_(mine, col(Election.state) == ElectionState.OPEN)))
    )
    own = next((each for each in found if each.cycle_id == cycle.id), None)
    return [own, *(each for each in found if each is not own)]


def _vote_acts(election: Election | None) -> list[Act]:
    if election is None or election.state in (ElectionState.SETUP, ElectionState.ISSUED):
        return []
    board = Act(
        translate(N_("내 표가 들어갔는지 확인하기")),
        translate(N_("투표를 마치고 받은 투표 확인번호를 공개 게시판에서 찾아보십시오. 무엇을 골랐는지는 아무도 알 수 없습니다.")),
        f"/board/{election.uuid}",
        translate(N_("공개 게시판 보기")),
    )  # fmt: skip
    if election.state is ElectionState.OPEN:
        vote = Act(
            translate(N_("도정평가단이면 투표하기")),
            translate(N_("휴대전화 문자로 받은 투표 링크를 열면 됩니다. 링크가 없으면 성과관리 담당에게 알려 주십시오.")),
            f"/board/{election.uuid}",
            translate(N_("투표 안내 보기")),
            translate(N_("투표 중")),
            "success",
        )  # fmt: skip
        return [vote, board]
    if election.state is ElectionState.CLOSED:
        return [board]
    result = Act(
        translate(N_("투표 결과 보기")),
        translate(N_("과제마다 몇 표를 받았는지, 개표가 맞는지 어떻게 확인하는지 볼 수 있습니다.")),
        f"/result/{election.uuid}",
        translate(N_("투표 결과 보기")),
        translate(N_("개표 완료")),
        "success",
    )
    return [result, board]


def _result_acts(published: tuple[Cycle, Run] | None) -> list[Act]:
    if published is None:
        return []
    cycle, run = published
    return [
        Act(
            translate(N_("기관 순위 보기")),
            translate(
                N_(
                    "전문가와 도민의 평가를 합한 점수와 순위입니다. 계산에 쓴 자료를 모두 내려받을 수 있습니다."
                )
            ),
            f"/ranking/{cycle.year}",
            translate(N_("순위 보기")),
            translate(
                N_("{year}년 잠정 결과") if provisional(cycle, run) else N_("{year}년 결과"), year=cycle.year
            ),
        )
    ]


def _promises(
    shown: list[tuple[Contract, ContractTree]], cycle: Cycle, checks: Mapping[int, Mapping[str, Check]]
) -> list[ShownPromise]:
    found = []
    for contract, tree in shown:
        task = lead_task(tree)
        lead = lead_indicator(task) if task else None
        doubts = doubts_among(checks.get(contract.id or 0, {}))
        way = way_of(lead, cycle.year, doubts.get(lead.code), over=cycle.over) if lead else None
        if task is None or way is None or way.target is None or way.start is None:
            continue
        found.append(
            ShownPromise(tree.agency, task.title, task.promise or way.title, contract.public_id, way)
        )
        if len(found) == PROMISES_SHOWN:
            break
    return found
