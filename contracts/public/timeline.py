"""Who did what with a contract and when, from the journal: the acts that are public, in sentences, and nobody by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.keeping.checkpoints import MOMENT_LABELS, Moment
from contracts.model import PHASE_LABELS, Contract, Cycle, Phase
from contracts.reading import tree_of
from contracts.terms.doubt import Verdict
from contracts.terms.head import with_own_tasks
from contracts.terms.tree import Node, indicators
from contracts.timing.duties import TASK_LABELS, Task
from office.acts import actor
from office.clock import SEOUL
from office.decimals import shown
from office.i18n import N_, translate
from office.journal import JournalEntry
from office.people import ROLE_LABELS, Role

ACTS: Final[dict[str, str]] = {
    "contract.begun": N_("계약을 쓰기 시작했습니다."),
    "contract.drafted": N_("계약의 내용을 고쳤습니다."),
    "contract.submitted": N_("계약을 다 쓰고 검토를 요청했습니다."),
    "contract.taken-back": N_("검토를 요청한 계약을 거두어들였습니다."),
    "contract.returned": N_("의견을 붙여 계약을 돌려보냈습니다."),
    "contract.accepted": N_("계약의 검토를 마쳤습니다."),
    "contract.signed-by-head": N_("계약에 서명했습니다."),
    "contract.reported": N_("실적과 이행 결과를 적었습니다."),
    "head.drafted": N_("기관장 성과계약의 내용을 고쳤습니다."),
    "head.reported": N_("기관장 성과계약의 실적을 적었습니다."),
    "contract.evidence-added": N_("증빙자료를 올렸습니다."),
    "contract.evidence-removed": N_("증빙자료를 지웠습니다."),
    "contract.evidence-withdrawn": N_("증빙자료를 까닭을 밝히고 거두어들였습니다."),
    "contract.checked": N_("보고된 실적을 확인했습니다."),
    "contract.figure-answered": N_("확인 결과에 기관의 설명을 적었습니다: {titles}"),
    "contract.unchecked": N_(
        "확인을 마치지 않은 실적 {figures}개가 있는 채로 평가를 시작했습니다. 까닭: {reason}"
    ),
    "contract.replied": N_("평가에 앞서 소명을 냈습니다."),
    "contract.amendment-asked": N_("계약을 바꿔 달라고 요청했습니다."),
    "contract.amendment-signed": N_("계약을 바꾸는 데 동의하고 서명했습니다."),
    "contract.amendment-withdrawn": N_("계약을 바꿔 달라는 요청을 거두어들였습니다."),
    "contract.amendment-declined": N_("계약을 바꿔 달라는 요청을 받아들이지 않았습니다."),
    "contract.amended": N_("담당자 두 명이 승인하여 계약을 {version}판으로 바꾸었습니다."),
    "difficulty.opened": N_("기관 이름을 가리고 난이도 평가를 시작했습니다."),
    "difficulty.released": N_("난이도 평가 결과를 알렸습니다."),
    "difficulty.withdrawn": N_("난이도 평가를 결과 없이 거두었습니다."),
    "evaluation.replaced": N_("평가위원 한 자리를 다른 위원이 이어받았습니다."),
    "evaluation.filed": N_("평가표를 냈습니다."),
    "evaluation.reconciled": N_("다른 위원의 평정을 보고 조율한 평정을 냈습니다."),
    "evaluation.reopened": N_("담당자 두 명이 까닭을 남기고 낸 평가표를 다시 열었습니다."),
    "evaluation.lapsed": N_("다시 연 평가표를 개표 때까지 내지 않아, 마지막으로 낸 평가표로 셉니다."),
    "comments.released": N_("평가 의견을 공개했습니다."),
    "comments.answered": N_("평가 의견에 답했습니다."),
    "deadline.moved": N_("'{task}' 마감을 {day}까지로 옮겼습니다. 까닭: {reason}"),
}
"""What a contract's own entries are called in public; an act that is not here is not shown."""
_FINDINGS: Final[dict[str, str]] = {
    Verdict.DIFFERS: N_("보고된 실적이 다르다고 보았습니다: {titles}, 보고 {reported}"),
    Verdict.UNCLEAR: N_("보고된 실적을 확인할 수 없다고 보았습니다: {titles}, 보고 {reported}"),
}
_ANOTHER = N_("보고된 실적이 다르다고 보았습니다: {titles}, 보고 {reported}, 확인 {found}")
CYCLE_ACTS: Final[dict[str, str]] = {
    "contracts.imported": N_("계약을 파일로 올렸습니다. 파일로 올린 계약은 올릴 때 검토합니다."),
    "contracts.signed-by-office": N_("도지사를 대신하여 계약에 서명했습니다."),
    "contracts.published": N_("담당자 두 명이 확인하여 모든 계약을 공개했습니다."),
    "contracts.checkpoint-taken": N_("{moment} 기록을 굳혔습니다."),
    "cycle.entered": N_("'{phase}' 단계로 넘어갔습니다."),
}
"""Acts on a whole cycle that concern each of its contracts."""
_LINKS: Final[dict[str, str]] = {
    "contract.amended": "/contracts/{public_id}/amendments#version-{version}",
    "contract.evidence-added": "/contracts/{public_id}/evidence",
    "contract.checked": "/contracts/{public_id}/evidence",
    "contract.figure-answered": "/contracts/{public_id}/evidence",
    "contract.unchecked": "/contracts/{public_id}/evidence",
    "comments.released": "/contracts/{public_id}/comments",
    "contracts.checkpoint-taken": "/contracts/{public_id}/checkpoints/{number}",
}
_ONCE = (
    "contract.amended",
    "contract.figure-answered",
    "contract.unchecked",
    "deadline.moved",
    "contracts.checkpoint-taken",
)
"""Acts that are told one by one, however close together."""
_OF_FIGURES = ("contract.checked", "contract.figure-answered")


@dataclass(frozen=True, slots=True)
class Event:
    """One act, or the same act of the same role several times on a day: `times`, `at` being the last."""

    act: str
    at: datetime
    who: str
    said: str
    href: str = ""
    times: int = 1
    told_alone: bool = False
    """However close to another of its kind."""

    @property
    def day(self) -> date:
        """The day in Seoul."""
        return self.at.astimezone(SEOUL).date()


async def timeline_of(session: AsyncSession, cycle: Cycle, contract: Contract) -> list[Event]:
    """The public acts of a contract's life, the newest first, in one statement."""
    query = (
        select(JournalEntry)
        .where(
            or_(
                (col(JournalEntry.subject) == contract.public_id) & col(JournalEntry.act).in_(ACTS),
                (col(JournalEntry.subject) == str(cycle.year)) & col(JournalEntry.act).in_(CYCLE_ACTS),
            )
        )
        .order_by(col(JournalEntry.id).desc())
    )
    entries = [each for each in await session.exec(query) if _concerns(each, contract)]
    sheets: dict[str, Node] = {}
    if any(each.act in _OF_FIGURES for each in entries):
        whole = with_own_tasks(await tree_of(session, contract))
        sheets = {node.code: node for node in indicators(whole)}
    return gathered(event_of(each, contract, sheets) for each in entries)


def _concerns(entry: JournalEntry, contract: Contract) -> bool:
    """Whether an act on the whole cycle was one on this contract, too."""
    if entry.act == "contracts.signed-by-office":
        return contract.public_id in entry.details.get("sha256", {})
    if entry.act == "contracts.imported":
        return contract.public_id in entry.details.get("named", ())
    return True


def event_of(entry: JournalEntry, contract: Contract, sheets: Mapping[str, Node]) -> Event:
    """An entry of the journal as everybody may read it, in the language of the request."""
    values = _values(entry.details) | _figures(entry.details, sheets)
    sentence = ACTS.get(entry.act) or CYCLE_ACTS[entry.act]
    doubts = _FINDINGS.get(entry.details.get("verdict", "")) if entry.act == "contract.checked" else None
    if doubts:
        sentence = _ANOTHER if values["found"] else doubts
    link = _LINKS.get(entry.act, "").format(public_id=contract.public_id, **values)
    said = translate(sentence, **values)
    return Event(entry.act, entry.at, role_of(entry.actor), said, link, told_alone=doubts is not None)


def role_of(name: str) -> str:
    """The role behind an entry, never the person."""
    role = name.partition(":")[0]
    return translate(ROLE_LABELS[Role(role)] if role in list(Role) else actor(role))


def _values(details: Mapping[str, Any]) -> dict[str, str]:
    """What sentences and links may say of an entry; nothing else in it is shown."""
    values = {name: str(details.get(name, "")) for name in ("version", "number", "reason", "figures")}
    values["day"] = _day(str(details.get("day", "")))
    named: tuple[tuple[str, Any, Mapping[Any, str]], ...] = (
        ("phase", Phase, PHASE_LABELS),
        ("moment", Moment, MOMENT_LABELS),
        ("task", Task, TASK_LABELS),
    )
    for name, kind, labels in named:
        value = str(details.get(name, ""))
        values[name] = translate(labels[kind(value)]) if value in list(kind) else value
    return values


def _figures(details: Mapping[str, Any], sheets: Mapping[str, Node]) -> dict[str, str]:
    """The indicators an act on figures names, and what was reported and found of the one it doubts."""
    codes = details.get("indicators") or ()
    known = [sheets[code] for code in codes if code in sheets]
    unit = known[0].measure.unit if known and known[0].measure else ""
    figures = details.get("figures")
    reported = next(iter(figures.values()), "") if isinstance(figures, Mapping) else ""
    found = details.get("found") or ""
    return {
        "titles": ", ".join(node.title for node in known) or ", ".join(codes),
        "reported": f"{shown(Decimal(reported))}{unit}" if reported else "",
        "found": f"{shown(Decimal(found))}{unit}" if found else "",
    }


def _day(written: str) -> str:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return written
    return translate(N_("{year}년 {month}월 {day}일"), year=day.year, month=day.month, day=day.day)


def gathered(events: Iterable[Event]) -> list[Event]:
    """The same act of the same role following itself on one day told once, with how many times it was."""
    told: list[Event] = []
    for event in events:
        last = told[-1] if told else None
        if (
            last is not None
            and event.act not in _ONCE
            and not (event.told_alone or last.told_alone)
            and (last.act, last.who, last.day) == (event.act, event.who, event.day)
        ):
            told[-1] = replace(last, times=last.times + 1)
        else:
            told.append(event)
    return told
