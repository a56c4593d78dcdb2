"""Remarks on an agency's paper, in Korean: bonus and penalty, what could not be scored, whose votes are shared."""

from __future__ import annotations

from contracts.terms.methods import is_set
from contracts.terms.tree import Method
from evaluation.arithmetic.branches import left_out
from evaluation.arithmetic.explaining import missing_of
from evaluation.arithmetic.outcomes import NotRated, Rating
from evaluation.arithmetic.scoring import ScoredNode
from office.decimals import plain
from office.i18n import N_, translate
from reports.heads import HeadResult
from reports.ranking import AgencyResult

BEST_BAND = 1
BY_PAST = N_("평점은 목표가 아니라 지난 값에서 정한 기준으로 냅니다.")
BY_PEERS = N_("평점은 목표가 아니라 견줄 기관의 값에서 정한 기준으로 냅니다.")
BY_STEPS = N_("평점은 목표가 아니라 계약에 정해 둔 구간과 기준값으로 냅니다.")
BY_ROAD = N_("평점은 올해 목표가 아니라 몇 해에 걸친 길을 얼마나 따라갔는지로 냅니다.")
COUNTS_AS_REPORTED = N_(
    "점수는 기관이 보고한 실적으로 냈습니다. 아래 지표는 목표를 이룬 것에도 못 이룬 것에도 넣지 않았습니다."
)
BESIDE_THE_TARGET = {
    Method.TARGET_RANGE: N_("평점은 목표가 아니라 지난 값에서 정한 최고·최저목표로 냅니다."),
    Method.TARGET_DEVIATION: N_("평점은 목표가 아니라 지난 값에서 정한 최고·최저목표로 냅니다."),
    Method.LONG_TERM: BY_ROAD,
    Method.TREND: BY_PAST,
    Method.BETA: BY_PAST,
    Method.GLOBAL: BY_PEERS,
    Method.TIERED: BY_STEPS,
    Method.CRITERIA: BY_STEPS,
    Method.NINE_GRADE: N_("평점은 목표가 아니라 평가위원의 평정으로 냅니다."),
}
"""Methods that do not ask whether the target was reached, and what they ask instead."""


def beside_the_target(node: ScoredNode) -> str:
    """Why a missed target has a rating of the best band, or a reached one has not; empty where nobody would wonder."""
    if node.measure is None or node.met is None or not isinstance(node.outcome, Rating):
        return ""
    if node.met == (node.band == BEST_BAND) or is_set(node.measure.settings, "whole"):
        return ""
    return BESIDE_THE_TARGET.get(node.measure.method, "")


def beside_notes(agency: AgencyResult) -> list[str]:
    """Bonus and penalty as a line of their own: what was given, what counts."""
    beside = agency.beside
    if beside is None:
        return []
    given = f"가점 {beside.bonus}점 가운데 {beside.bonus_counted}점, 감점 {beside.penalty}점 가운데 {beside.penalty_counted}점 인정"
    return [f"{given}: 총점에 {beside.counted:+}점. 평점과 등급은 바뀌지 않습니다."]


def head_notes(agency: AgencyResult) -> list[str]:
    """What the result is worth for the agency's head, where the head has no contract of their own."""
    if agency.head_points is None or agency.head is not None:
        return []
    return [f"기관장 성과계약에 반영되는 기관 성과: {agency.head_points}점"]


def head_facts(head: HeadResult | None) -> dict[str, object] | None:
    """The result of the agency's head, part by part, and what was left out."""
    if head is None:
        return None
    left_out = [
        f"{line.title}: {line.outcome.said_in_korean()}. 0점으로 세지 않고 평균에서 뺐습니다."
        for part in head.parts
        for line in part.lines
        if isinstance(line.outcome, NotRated)
    ]
    scaled = f"점수가 없는 부문을 빼고 100점으로 환산했습니다: {head.expression}" if head.expression else ""
    return {
        "answer": head.said_in_korean() if head.total is None else f"{head.total}점 · {head.grade}",
        "parts": [
            {
                "name": part.name,
                "weight": plain(part.weight),
                "expression": part.expression or "–",
                "points": "–" if part.points is None else str(part.points),
            }
            for part in head.parts
        ],
        "notes": [f"재임 기간: 연말까지 꽉 찬 {head.months}개월", *left_out, *([scaled] if scaled else [])],
    }


def missing_note(agency: AgencyResult) -> str:
    """F15: what was left out, with how much, and the division; nothing where all was scored."""
    missing = missing_of(agency.tree, left_out(agency.tree))
    if missing is None:
        return ""
    named = ", ".join(f"{node.title}({plain(node.weight)}점)" for node in missing.nodes)
    return (
        f"점수를 낼 수 없어 뺀 지표: {named}. 배점 {plain(missing.weight)}점을 0점으로 치지 않고 나머지를 100점으로 "
        f"환산했습니다: {missing.expression} = {missing.rating}"
    )


def doubt_notes(agency: AgencyResult) -> list[str]:
    """Every doubted figure with what the check found, and how it counts; nothing where there is none."""
    if not agency.doubted:
        return []
    return [translate(COUNTS_AS_REPORTED), *(each.in_full() for each in agency.doubted)]


def joint_notes(agency: AgencyResult) -> str:
    """Whose votes are counted with which share."""
    return "".join(
        f" 협업과제 ‘{credit.option.title}’는 표도 과제 수도 {plain(credit.percent)}%만 이 기관의 몫으로 셈했습니다."
        for credit in agency.joint
    )
