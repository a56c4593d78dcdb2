"""An agency's report on paper: headline, one figure, three sentences, tables, and the hashes to check it by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from ballots.ratings import AgencyRating
from contracts.terms.doubt import Doubt, Verdict
from contracts.terms.tree import Kind
from evaluation.arithmetic.outcomes import NotRated, Rating
from evaluation.arithmetic.scoring import ScoredNode
from office.charts import Size
from office.decimals import half_up, plain, shown
from office.i18n import N_, translate
from office.paper import compile_pdf, in_korean, moment
from reports.figures import comparison, mean_points
from reports.ranking import AgencyResult, PartPoints, Result
from reports.ratings import rating_facts
from reports.remarks import (
    beside_notes,
    beside_the_target,
    doubt_notes,
    head_facts,
    head_notes,
    joint_notes,
    missing_note,
)
from reports.sentences import three_sentences

TEMPLATE = Path(__file__).with_name("agency.typ")
Status = Literal["unpublished", "provisional", "final"]
STATUS: dict[Status, str] = {
    "unpublished": N_("아직 공개하지 않은 결과"),
    "provisional": N_("잠정 결과(확정 전)"),
    "final": N_("확정 결과"),
}
RECOMPUTED = {
    False: "산출 회차의 입력과 결과는 공개할 때 함께 공개되어 누구나 다시 계산할 수 있게 됩니다. 그때 아래 값이 공개된 파일의 SHA-256과 같은지 보십시오.",
    True: "산출 회차의 입력과 결과는 모두 공개되어 누구나 다시 계산할 수 있습니다. 아래 값이 공개된 파일의 SHA-256과 같은지 보십시오.",
}
"""What is said above the fingerprints, by whether the run is published."""
NOTHING = "–"
DOUBTED = {Verdict.DIFFERS: "다름", Verdict.UNCLEAR: "확인 불가"}

Record = dict[str, object]


def agency_report(
    result: Result,
    code: str,
    *,
    run_sha256: str,
    rulebook_sha256: str,
    made_at: datetime,
    status: Status = "provisional",
    contracts_sha256: str = "",
    rating: AgencyRating | None = None,
) -> bytes:
    """The report of one agency as PDF/UA-1.  `KeyError` for an agency that is not in the result."""
    with in_korean():
        facts = report_facts(
            result,
            code,
            run_sha256=run_sha256,
            rulebook_sha256=rulebook_sha256,
            made_at=made_at,
            status=status,
            contracts_sha256=contracts_sha256,
            rating=rating,
        )
    return compile_pdf(TEMPLATE, facts)


def report_facts(
    result: Result,
    code: str,
    *,
    run_sha256: str,
    rulebook_sha256: str,
    made_at: datetime,
    status: Status,
    contracts_sha256: str = "",
    rating: AgencyRating | None = None,
) -> Record:
    """Everything the template prints, as text."""
    agency = result.agency(code)
    doubts = {each.code: each.doubt for each in agency.doubted}
    over = f"{result.cycle} 성과평가 · {translate(STATUS[status])} · {moment(made_at)} 산출"
    hashes = [
        {"label": "산출 회차", "value": run_sha256},
        {"label": "평가규칙", "value": rulebook_sha256},
        {"label": "공개된 계약 전체", "value": contracts_sha256},
    ]
    return {
        "title": f"{agency.name} {result.cycle} 성과평가 보고서",
        "over": over,
        "foot": f"산출 회차 {run_sha256[:16]}… · 평가규칙 {rulebook_sha256[:16]}…",
        "simulated": simulated_notice(result),
        "agency": agency.name,
        "headline": _headline(result, agency),
        "sentences": list(three_sentences(result, code)),
        "figure": comparison(result, code, size=Size.PAPER).decode(),
        "figure_alt": f"{agency.name}의 부문별 점수를 전체 평균, 최고 점수 기관과 견준 막대그림. 값은 아래 표에 있습니다.",
        "parts": [_part(result, place, part) for place, part in enumerate(agency.parts)],
        "part_notes": [
            *(f"{part.name}: {translate(part.reason)}" for part in agency.parts if part.reason),
            *beside_notes(agency),
            *head_notes(agency),
        ],
        "head": head_facts(agency.head),
        "missing": missing_note(agency),
        "doubts": doubt_notes(agency),
        "rows": [_row(depth, node, doubts.get(node.code)) for depth, node in _below(agency.tree)],
        "votes": [_votes(result, option.title, option.votes) for option in agency.options],
        "share_head": "투표자 대비" if result.people is None else "가중치 반영 비율",
        "votes_note": f"투표한 사람 {shown(result.turned_out)}명{_weighed(result)}. 기관의 표는 과제들이 받은 표의 평균"
        f"({_text(agency.mean_votes)}표)입니다.{joint_notes(agency)}",
        "rating": rating_facts(result, rating),
        "steps": list(_steps(agency.tree)),
        "recomputed": RECOMPUTED[status != "unpublished"],
        "hashes": [each for each in hashes if each["value"]],
    }


def simulated_notice(result: Result) -> str:
    """The warning where inputs were made up, else nothing."""
    if not result.simulated:
        return ""
    made_up = ", ".join(translate(each) for each in result.simulated)
    return translate(N_("모의 자료가 들어 있습니다: {made_up}. 실제 평가 결과가 아닙니다."), made_up=made_up)


def _headline(result: Result, agency: AgencyResult) -> list[Record]:
    def entry(label: str, value: str, unit: str, *, main: bool = False) -> Record:
        return {"label": label, "value": value, "unit": unit, "main": main}

    others = [
        entry("평균", _text(result.mean_total), "점"),
        entry("최고", _text(result.best_total), "점"),
    ]
    if agency.rank is None:
        return [entry("순위", "없음", "", main=True), *others]
    rank = f"{'공동 ' if agency.tied else ''}{agency.rank}"
    return [
        entry("순위", rank, f"위 / {len(result.ranked)}개 기관", main=True),
        entry("총점", _text(agency.total), "점 / 100점", main=True),
        *others,
    ]


def _part(result: Result, place: int, part: PartPoints) -> Record:
    best = max((each.parts[place].points or Decimal() for each in result.ranked), default=None)
    return {
        "name": part.name,
        "weight": plain(part.weight),
        "rating": _text(part.rating),
        "points": _text(part.points),
        "mean": _text(mean_points(result, place)),
        "best": _text(best),
    }


def _below(node: ScoredNode, depth: int = 0) -> Iterator[tuple[int, ScoredNode]]:
    for child in node.children:
        yield depth, child
        yield from _below(child, depth + 1)


def _row(depth: int, node: ScoredNode, doubt: Doubt | None) -> Record:
    measure = node.measure
    reason = node.outcome.said() if isinstance(node.outcome, NotRated) else ""
    joint = f"협업과제: 주관 기관({node.led_by})의 계약에서 잽니다" if node.led_by else ""
    unit = measure.unit if measure else ""
    verdict = {True: "달성", False: "미달", None: NOTHING}[node.met] if node.kind is Kind.INDICATOR else ""
    verdict = DOUBTED[doubt.verdict] if doubt else verdict
    return {
        "depth": depth,
        "kind": node.kind.value if node.kind else "",
        "title": node.title,
        "note": " · ".join(
            filter(None, (joint, f"점수 없음: {reason}" if reason else "", beside_the_target(node)))
        ),
        "target": f"{shown(measure.target)}{unit}" if measure and measure.target is not None else "",
        "actual": f"{shown(measure.actual)}{unit}" if measure and measure.actual is not None else "",
        "met": verdict,
        "weight": plain(node.weight),
        "rating": _text(node.rating),
        "score": _text(node.score) if node.points is None else f"{node.points:+}",
    }


def _votes(result: Result, title: str, votes: int) -> Record:
    share = f"{half_up(Fraction(votes, result.voters) * 100, 1)}%" if result.voters else NOTHING
    return {"title": title, "votes": f"{shown(votes)}표", "share": share}


def _weighed(result: Result) -> str:
    return (
        ""
        if result.people is None
        else f"(가중치를 모두 더하면 {shown(result.voters)}, 비율은 이 수로 나눈 것)"
    )


def _steps(root: ScoredNode) -> Iterator[Record]:
    """How each score came about, one line per step."""
    for _, node in _below(root):
        if not isinstance(node.outcome, Rating) or node.score is None:
            continue
        lines = [
            f"{translate(step.label)}: {step.expression} = {plain(step.value)}" for step in node.outcome.steps
        ]
        score = N_("득점: 배점 {weight} × 평점 ÷ 100 = {score}")
        lines.append(translate(score, weight=plain(node.weight), score=node.score))
        yield {"title": node.title, "lines": lines}


def _text(value: Decimal | None) -> str:
    return NOTHING if value is None else f"{value:,}"
