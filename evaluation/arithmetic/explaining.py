"""How one score came about, for somebody who never saw the formula: meaning, steps, stages, and what to do where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.terms.methods import SETTINGS, year_of
from contracts.terms.tree import Direction, Measure, Method, Node
from evaluation.arithmetic.outcomes import NO_ACTUAL, NO_TARGET, NotRated, Outcome, Points, Rating, short
from evaluation.arithmetic.past import outlier_candidates
from evaluation.arithmetic.scoring import Rounding, ScoredNode, Source
from office.decimals import half_up, plain, shown
from office.i18n import N_, translate

HANDBOOK = N_("2026년도 공공기관 경영평가편람 {pages}쪽")
MEANINGS: dict[Method, str] = {
    Method.TARGET_RANGE: N_(
        "지난 실적으로 최저목표(20점)와 최고목표(100점)를 정하고, 올해 실적이 그 사이 어디에 있는지에 비례하여 평점을 냅니다."
    ),
    Method.TARGET_DEVIATION: N_(
        "지난 실적이 흩어진 정도(표준편차)로 최저목표(20점)와 최고목표(100점)를 정하고, 올해 실적이 그 사이 어디에 있는지 봅니다."
    ),
    Method.LONG_TERM: N_(
        "몇 해에 걸친 목표까지 해마다 나아가야 할 폭을 정하고, 올해와 최근 3년이 그 길을 얼마나 따라갔는지 봅니다."
    ),
    Method.TREND: N_(
        "지난 실적의 추세대로라면 올해 얼마였을지 셈하고, 실제 실적이 그보다 얼마나 나은지 봅니다."
    ),
    Method.BETA: N_(
        "지난 실적의 가장 좋은 값, 나쁜 값, 지난해 값으로 올해 기대값을 정하고, 실적이 그보다 얼마나 나은지 봅니다."
    ),
    Method.TARGET_RATIO: N_("올해 실적을 목표로 나눈 비율로 평점을 냅니다. 목표를 이루면 100점입니다."),
    Method.GLOBAL: N_(
        "견줄 기관의 가장 좋은 값(100점)과 낮은 값(20점) 사이 어디에 올해 실적이 있는지 봅니다."
    ),
    Method.TIERED: N_(
        "실적이 어느 구간에 드는지로 기본 점수를 정하고, 나머지 점수는 지난 실적보다 나아진 만큼 더합니다."
    ),
    Method.CRITERIA: N_(
        "탁월(100점)부터 미흡(60점)까지 정해 둔 다섯 값 사이에서 비례로 평점을 냅니다. 미흡에 못 미치면 0점입니다."
    ),
    Method.ALL_OR_NOTHING: N_("목표를 다 이루면 100점, 하나라도 모자라면 0점입니다."),
    Method.NINE_GRADE: N_("평가위원들이 A+(100점)부터 E0(20점)까지 9등급으로 매긴 평정을 하나로 모읍니다."),
    Method.BONUS: N_("100점과 따로 총점에 더하는 점수입니다. 지표의 평점과 등급은 바뀌지 않습니다."),
    Method.PENALTY: N_("총점에서 빼는 점수입니다. 지표의 평점과 등급은 바뀌지 않습니다."),
    Method.SHOWN: N_("점수를 매기지 않고 값만 보여 드리는 지표입니다."),
}
PAGES: dict[Method, str] = {
    Method.TARGET_RANGE: "43",
    Method.TARGET_DEVIATION: "43~44",
    Method.LONG_TERM: "46~48",
    Method.TREND: "48~51",
    Method.BETA: "51",
    Method.TARGET_RATIO: "52",
    Method.GLOBAL: "111~113",
    Method.TIERED: "52~54",
    Method.NINE_GRADE: "41",
}
"""Printed pages of the handbook."""
OTHER_SOURCES: dict[Method, str] = {
    Method.CRITERIA: N_("인도 정부 성과협약(RFD) 지침의 기준값 방식"),
    Method.ALL_OR_NOTHING: N_("르완다 성과계약(imihigo)의 나눌 수 없는 약속"),
    Method.BONUS: N_("이 평가주기의 평가규칙"),
    Method.PENALTY: N_("이 평가주기의 평가규칙"),
    Method.SHOWN: N_("이 계약"),
}
ADVICE: dict[str, str] = {
    NO_ACTUAL: N_("기관 담당자가 실적 보고 기간에 실적을 적으면 계산합니다."),
    NO_TARGET: N_("계약에 목표가 적혀 있지 않습니다. 계약 변경으로 목표를 정해야 계산할 수 있습니다."),
}
GENERAL_ADVICE = N_("평가방법이나 방법설정을 바꾸려면 계약 변경을 신청해 주십시오.")
MARKS_ADVICE = N_(
    "평정을 낸 평가위원이 3명보다 적으면 점수를 내지 않습니다. 성과관리 담당이 평가위원을 더 배정합니다."
)

STANDS_OUT = N_(
    "{year}년 실적은 다른 해와 뚜렷이 다릅니다. 이 해를 빼면 최근 5년의 표준편차가 {percent}%로 줄어듭니다. "
    "특별한 사정이 있었는지 살펴 기준에서 뺄지 사람이 정합니다."
)
SET_ASIDE = N_("{year}년 실적은 다른 해와 뚜렷이 다릅니다. 이 계약은 이 해를 이상치로 보아 기준에서 뺍니다.")


def source_of(method: Method) -> str:
    """Where the rule of a method is written, in the language of the request."""
    if pages := PAGES.get(method):
        return translate(HANDBOOK, pages=pages)
    return translate(OTHER_SOURCES[method])


def advice_for(method: Method, refused: NotRated) -> str:
    """What to do where there is no rating, in the language of the request."""
    if method is Method.NINE_GRADE:
        return translate(MARKS_ADVICE)
    return translate(ADVICE.get(refused.reason, GENERAL_ADVICE))


@dataclass(frozen=True, slots=True)
class Stage:
    """One step up the contract: what it is, the sum, its value, how it was rounded (Korean source text with values)."""

    title: str
    expression: str
    value: Decimal
    rule: str
    values: dict[str, str]

    def said_rule(self) -> str:
        """How the stage was rounded, in the language of the request."""
        return translate(self.rule, **self.values)


EXACT = N_("평점은 반올림하지 않은 값을 쓰고, 득점을 소수 {n}자리로 사사오입합니다")
ROUNDED = N_("평점을 소수 {m}자리로 먼저 사사오입하고, 득점을 소수 {n}자리로 사사오입합니다")
SUMMED = N_("아래 득점을 그대로 더합니다")
PARENT = N_("점수를 낼 수 있는 배점으로 나누어 소수 {n}자리로 사사오입합니다")


def stages_of(way: Sequence[ScoredNode], rounding: Rounding) -> tuple[Stage, ...]:
    """From the score of an indicator (the last of `way`) up to the whole contract (the first), each with its rounding."""
    leaf = way[-1]
    if leaf.score is None or not isinstance(leaf.outcome, Rating):
        return ()
    used = leaf.outcome.exact if rounding.rating is None else half_up(leaf.outcome.exact, rounding.rating)
    rule = EXACT if rounding.rating is None else ROUNDED
    stages = [
        Stage(
            translate(N_("득점: 배점 × 평점 ÷ 100")),
            f"{plain(leaf.weight)} × {short(used)} ÷ 100",
            leaf.score,
            rule,
            {"n": str(rounding.score), "m": str(rounding.rating)},
        )
    ]
    for node in reversed(way[:-1]):
        if node.score is None or node.rating is None:
            continue
        scores = [f"{child.score}" for child in node.children if child.score is not None]
        name = node.title if node.code else translate(N_("계약 전체"))
        summed = " + ".join(scores)
        stages.append(Stage(translate(N_("{name}의 득점"), name=name), summed, node.score, SUMMED, {}))
        divided = f"{node.score} ÷ {plain(node.available)} × 100"
        title = translate(N_("{name}의 평점"), name=name)
        stages.append(Stage(title, divided, node.rating, PARENT, {"n": str(rounding.parent)}))
    return tuple(stages)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything a page says about how one indicator is scored."""

    node: Node
    measure: Measure
    meaning: str
    source: str
    outcome: Outcome | Points
    advice: str
    better: str
    standing_out: tuple[str, ...]

    @property
    def refused(self) -> NotRated | None:
        """Why there is nothing, where there is nothing."""
        return self.outcome if isinstance(self.outcome, NotRated) else None

    @property
    def graded(self) -> bool:
        """Whether experts' marks make the rating."""
        return self.measure.method is Method.NINE_GRADE


def standing_out(measure: Measure, year: int) -> tuple[str, ...]:
    """The past years that stand out under F7, each in a sentence, where the method knows outliers; people decide."""
    if "outlier" not in {setting.name for setting in SETTINGS[measure.method]}:
        return ()
    aside = year_of(measure.settings, "outlier")
    return tuple(
        translate(SET_ASIDE if each == aside else STANDS_OUT, year=each, percent=half_up(100 * ratio, 0))
        for each, ratio in sorted(outlier_candidates(measure.history, year=year).items())
    )


def explained(node: Node, outcome: Outcome | Points, year: int) -> Explanation:
    """The explanation of an indicator in a cycle's year, in the language of the request."""
    measure = _measure(node)
    refused = isinstance(outcome, NotRated)
    directed = measure.method not in (Method.NINE_GRADE, Method.SHOWN, Method.BONUS, Method.PENALTY)
    better = N_("클수록 좋습니다") if measure.direction is Direction.UP else N_("작을수록 좋습니다")
    return Explanation(
        node,
        measure,
        translate(MEANINGS[measure.method]),
        source_of(measure.method),
        outcome,
        advice_for(measure.method, outcome) if refused and isinstance(outcome, NotRated) else "",
        translate(better) if directed else "",
        standing_out(measure, year),
    )


@dataclass(frozen=True, slots=True)
class Missing:
    """F15 in figures: which points could not be scored, and the division that leaves them out."""

    nodes: tuple[ScoredNode, ...]
    weight: Decimal
    expression: str
    rating: Decimal


def missing_of(root: ScoredNode, nodes: tuple[ScoredNode, ...]) -> Missing | None:
    """What was left out of a contract's rating; `None` where nothing was, or nothing could be rated at all."""
    nodes = tuple(node for node in nodes if node.source is not Source.BESIDE)
    if not nodes or root.score is None or root.rating is None:
        return None
    weight = sum((node.weight for node in nodes), Decimal())
    return Missing(nodes, weight, f"{root.score} ÷ {shown(root.available, 4)} × 100", root.rating)


def _measure(node: Node) -> Measure:
    if node.measure is None:
        raise ValueError(f"{node.code} is no indicator")
    return node.measure
