"""How an indicator becomes points, said in a sentence or three: its method with the settings it was given.

The numbers of the handbook's ranges are those of evaluation/arithmetic/attainment.py; tests/evaluation holds the two together.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from contracts.terms.methods import is_set, number_of, numbers_of, tiers_of, year_of
from contracts.terms.tree import Direction, Measure, Method
from office.decimals import half_up, plain, shown
from office.i18n import N_, translate

RANGES: dict[tuple[Direction, bool], tuple[int, int]] = {
    (Direction.UP, False): (110, 80),
    (Direction.UP, True): (120, 80),
    (Direction.DOWN, False): (90, 120),
    (Direction.DOWN, True): (80, 120),
}
"""Per cent of the base value for 100 and for 20 points (편람 p. 43), by direction and 주요사업."""

_SENTENCES = {
    Method.TREND: N_(
        "지난 5년의 추세로 올해 값을 내다보고, 실적이 그보다 얼마나 좋은지에 따라 20점부터 100점까지 매깁니다."
    ),
    Method.BETA: N_(
        "지난 실적의 가장 좋은 값, 지난해 값, 가장 낮은 값으로 올해 값을 내다보고, 실적이 그보다 얼마나 좋은지에 따라 20점부터 100점까지 매깁니다."
    ),
    Method.ALL_OR_NOTHING: N_("목표를 다 이루면 100점, 하나라도 모자라면 0점입니다."),
    Method.NINE_GRADE: N_("평가위원이 증빙자료를 보고 A+부터 E0까지 아홉 등급으로 평정합니다."),
    Method.SHOWN: N_("점수를 매기지 않고 보여 드리기만 합니다."),
}


def explained(measure: Measure) -> list[str]:
    """The sentences, in the language of the request."""
    said = [_rule(measure)]
    settings = measure.settings
    if outlier := year_of(settings, "outlier"):
        said.append(translate(N_("{year}년 실적은 이상치로 보아 빼고 셈합니다."), year=outlier))
    if is_set(settings, "whole"):
        said.append(translate(N_("나눌 수 없는 약속이라, 목표를 다 이루지 못하면 0점입니다.")))
    return said


def _rule(measure: Measure) -> str:
    settings = measure.settings
    main = is_set(settings, "main")
    match measure.method:
        case Method.TARGET_RANGE:
            best, worst = RANGES[measure.direction, main]
            sentence = N_(
                "지난 실적으로 정한 기준값의 {best}%가 되면 100점, {worst}%면 20점이고, 그 사이는 비례로 매깁니다."
            )
            return translate(sentence, best=best, worst=worst) + _because_main(main)
        case Method.TARGET_DEVIATION:
            sentence = N_(
                "지난 실적으로 정한 기준값보다 표준편차의 {best}배만큼 좋으면 100점, 2배만큼 나쁘면 20점이고, 그 사이는 비례로 매깁니다."
            )
            return translate(sentence, best=2 if main else 1) + _because_main(main)
        case Method.TARGET_RATIO:
            sentence = (
                N_("목표에 견준 실적의 비율로 20점부터 100점까지 매깁니다. 목표를 이루면 100점입니다.")
                if measure.direction is Direction.UP
                else N_("실적에 견준 목표의 비율로 20점부터 100점까지 매깁니다. 목표까지 줄이면 100점입니다.")
            )
            return translate(sentence)
        case Method.LONG_TERM:
            return _long_term(measure)
        case Method.GLOBAL:
            sentence = N_(
                "다른 기관의 값으로 정한 최고목표({best})면 100점, 최저목표({worst})면 20점이고, 그 사이는 비례로 매깁니다."
            )
            return translate(
                sentence,
                best=_figure(number_of(settings, "best"), measure.unit),
                worst=_figure(number_of(settings, "worst"), measure.unit),
            )
        case Method.TIERED:
            return _tiers(measure)
        case Method.CRITERIA:
            values = [_figure(value, measure.unit) for value in numbers_of(settings, "values")]
            sentence = N_(
                "실적이 {values}이면 차례로 100, 90, 80, 70, 60점이고, 그 사이는 비례로 매깁니다. 마지막 값에 못 미치면 0점입니다."
            )
            return translate(sentence, values=", ".join(values))
        case Method.BONUS:
            sentence = N_("100점과 따로, 이룬 만큼 {maximum}점까지 더합니다.")
            return translate(sentence, maximum=_plain(number_of(settings, "maximum")))
        case Method.PENALTY:
            sentence = N_("100점에서 따로, 어긴 만큼 {maximum}점까지 뺍니다.")
            return translate(sentence, maximum=_plain(number_of(settings, "maximum")))
        case method:
            return translate(_SENTENCES[method])


def _because_main(main: bool) -> str:
    return " " + translate(N_("주요사업이라 더 높은 목표를 씁니다.")) if main else ""


def _long_term(measure: Measure) -> str:
    settings = measure.settings
    first, last = year_of(settings, "start_year"), year_of(settings, "goal_year")
    start, goal = number_of(settings, "start"), number_of(settings, "goal")
    sentence = N_(
        "{first}년 {start}에서 {last}년 {goal}까지 가는 계획에서 올해 있어야 할 자리와 견주어 20점부터 100점까지 매깁니다."
    )
    said = translate(
        sentence, first=first, start=_figure(start, measure.unit), last=last, goal=_figure(goal, measure.unit)
    )
    if first is None or last is None or start is None or goal is None or last <= first:
        return said
    pace = half_up(abs(Fraction(goal) - Fraction(start)) / (last - first), 2)
    yearly = N_("해마다 {pace}씩 나아가는 계획입니다.")
    return f"{said} {translate(yearly, pace=_figure(pace, measure.unit))}"


def _tiers(measure: Measure) -> str:
    tiers = [
        translate(N_("{limit} 이상이면 {base}점"), limit=_figure(limit, measure.unit), base=_plain(base))
        if limit is not None
        else translate(N_("그 아래면 {base}점"), base=_plain(base))
        for limit, base in tiers_of(measure.settings)
    ]
    sentence = N_("기본 점수는 {tiers}이고, 100점까지 남은 점수는 이룬 만큼 더합니다.")
    return translate(sentence, tiers=", ".join(tiers))


def _figure(value: Decimal | None, unit: str) -> str:
    return "–" if value is None else f"{shown(value)}{unit}"


def _plain(value: Decimal | None) -> str:
    return "–" if value is None else plain(value)
