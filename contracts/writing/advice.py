"""What an officer is told when choosing a method and filling in its settings."""

from __future__ import annotations

from contracts.terms.tree import Method
from office.i18n import N_

METHOD_NOTES = {
    Method.TARGET_RATIO: N_("올해 목표에 견주어 실적이 몇 퍼센트인지로 점수를 냅니다. 목표가 있어야 합니다."),
    Method.TARGET_RANGE: N_(
        "지난 값에서 최고목표와 최저목표를 정하고 그 사이 어디인지로 점수를 냅니다. 지난 2년의 값이 있어야 합니다."
    ),
    Method.ALL_OR_NOTHING: N_("목표를 다 이루면 만점, 조금이라도 모자라면 0점입니다. 목표가 있어야 합니다."),
    Method.NINE_GRADE: N_("숫자로 재기 어려운 일을 평가위원이 9등급으로 평정합니다."),
    Method.CRITERIA: N_("탁월부터 미흡까지 다섯 값을 미리 정하고 그 사이 어디인지로 점수를 냅니다."),
    Method.LONG_TERM: N_("여러 해에 걸친 목표로 가는 길에서 올해 어디쯤인지로 점수를 냅니다."),
    Method.TARGET_DEVIATION: N_(
        "지난 값이 흩어진 정도로 최고목표와 최저목표를 정합니다. 지난 3년의 값이 있어야 합니다."
    ),
    Method.TREND: N_("지난 값의 추세보다 얼마나 나은지로 점수를 냅니다. 지난 3년의 값이 있어야 합니다."),
    Method.BETA: N_("지난 값의 분포에서 올해 값이 놓인 자리로 점수를 냅니다. 지난 3년의 값이 있어야 합니다."),
    Method.GLOBAL: N_("다른 기관의 가장 좋은 값과 가장 낮은 값 사이 어디인지로 점수를 냅니다."),
    Method.TIERED: N_(
        "값이 든 구간의 기본 점수에서 시작하여 나아진 만큼 더합니다. 지난 2년의 값이 있어야 합니다."
    ),
    Method.BONUS: N_("100점과 따로 더하는 점수입니다. 배점은 0입니다."),
    Method.PENALTY: N_("100점과 따로 빼는 점수입니다. 배점은 0입니다."),
    Method.SHOWN: N_("점수를 매기지 않고 값만 보여 드립니다."),
}
"""One sentence a method, in the order in which they are offered: what most officers need comes first."""

SETTING_HINTS = {
    "main": N_("기관의 주요사업이면 최고목표가 더 높아집니다."),
    "outlier": N_("특별한 사정으로 튄 해를 기준에서 뺍니다. 없으면 비워 두십시오(예: 2023)."),
    "whole": N_("목표를 다 이루지 못하면 0점으로 합니다."),
    "start_year": N_("계획을 시작한 해입니다(예: 2023)."),
    "start": N_("계획을 시작한 해의 값입니다."),
    "goal_year": N_("계획이 끝나는 해입니다(예: 2030)."),
    "goal": N_("계획이 끝나는 해에 이룰 값입니다."),
    "best": N_("비교 기관의 가장 좋은 값입니다."),
    "worst": N_("비교 기관의 가장 낮은 값입니다."),
    "maximum": N_("가장 많이 더하거나 뺄 수 있는 점수입니다."),
    "values": N_("가장 좋은 값부터 차례로 적습니다."),
    "tiers": N_("큰 값부터 차례로, 그 값 이상일 때의 기본 점수를 적습니다. 쓰지 않는 줄은 비워 두십시오."),
}
"""What to write into a setting, by its name."""
