"""A result in a few sentences: what came out for an agency, where from, and what residents and figures say."""

from __future__ import annotations

from office.decimals import plain
from office.i18n import N_, translate
from reports.ranking import AgencyResult, Result


def three_sentences(result: Result, code: str) -> tuple[str, str, str]:
    """What came out, where from, and what residents and figures say, in the language of the request."""
    agency = result.agency(code)
    return (_standing(result, agency), _by_part(agency), _kept(agency))


def _standing(result: Result, agency: AgencyResult) -> str:
    if agency.rank is None:
        return translate(N_("순위를 매기지 않았습니다: {reason}."), reason=agency.said())
    template = (
        N_(
            "총점은 {total}점으로, 순위를 매긴 {count}개 기관 가운데 공동 {rank}위입니다(평균 {mean}점, 최고 {best}점)."
        )
        if agency.tied
        else N_(
            "총점은 {total}점으로, 순위를 매긴 {count}개 기관 가운데 {rank}위입니다(평균 {mean}점, 최고 {best}점)."
        )
    )
    return translate(
        template,
        total=agency.total,
        count=len(result.ranked),
        rank=agency.rank,
        mean=result.mean_total,
        best=result.best_total,
    )


def _by_part(agency: AgencyResult) -> str:
    each = N_("{part} {points}점({weight}점 만점)")
    none = N_("{part} 점수 없음")
    said = [
        translate(
            none if part.points is None else each,
            part=translate(part.name),
            points=part.points,
            weight=plain(part.weight),
        )
        for part in agency.parts
    ]
    return translate(N_("부문별로는 {parts}입니다."), parts=", ".join(said))


def _kept(agency: AgencyResult) -> str:
    targets = agency.with_target
    mean = "–" if agency.mean_votes is None else f"{agency.mean_votes:,}"
    figures = N_("목표가 있는 지표 {targets}개 가운데 {met}개가 목표를 이루었습니다.")
    votes = N_("투표에 오른 과제 {tasks}건은 평균 {votes}표를 받았습니다.")
    both = N_(
        "목표가 있는 지표 {targets}개 가운데 {met}개가 목표를 이루었고, 투표에 오른 과제 {tasks}건은 평균 {votes}표를 받았습니다."
    )
    template = figures if not agency.options else both if targets else votes
    said = translate(template, targets=targets, met=agency.met, tasks=len(agency.options), votes=mean)
    if agency.apart:
        apart = N_("실적이 확인 결과와 다르거나 확인할 수 없는 지표 {n}개는 따로 셉니다.")
        said += " " + translate(apart, n=agency.apart)
    return said
