"""What the form for contracts says about its columns, methods and settings."""

from __future__ import annotations

from typing import Final

from contracts.terms.methods import Takes
from contracts.terms.tree import Method
from office.i18n import N_

COLUMN_HELP: Final[dict[str, str]] = {
    "agency_code": N_("기관의 코드입니다. 해가 바뀌어도 같은 코드를 씁니다."),
    "agency": N_("기관의 이름입니다. 한 기관의 모든 행에 같은 이름을 적습니다."),
    "kind": N_("기관의 유형입니다. 목록에 없으면 그대로 적습니다."),
    "goal_code": N_("전략목표의 코드입니다. 비우면 번호를 붙입니다."),
    "goal": N_("과제 위에 두는 전략목표입니다. 없으면 비웁니다."),
    "task_code": N_("과제의 코드입니다. 비우면 번호를 붙입니다."),
    "task": N_("과제의 이름입니다. 지표마다 한 행을 쓰고 과제 이름은 되풀이해 적습니다."),
    "promise": N_("도민에게 하는 약속 한 문장입니다. 투표지에 그대로 실립니다."),
    "result": N_("약속을 어떻게 지켰는지 한두 문장으로 적습니다. 실적을 낼 때 적어도 됩니다."),
    "on_ballot": N_("투표지에 올릴 과제이면 예, 아니면 아니오를 적습니다."),
    "task_weight": N_("과제의 배점입니다. 아래 지표의 배점을 더한 값과 같아야 하며, 비우면 더해서 채웁니다."),
    "shares": N_("여러 기관이 함께하는 과제이면 '기관코드=몫'을 세미콜론으로 이어 적습니다. 주관 기관을 앞에 두고 더해서 100이 되게 합니다."),
    "indicator_code": N_("지표의 코드입니다. 비우면 번호를 붙입니다."),
    "indicator": N_("지표의 이름입니다. 지표가 없는 과제는 이 칸부터 오른쪽을 모두 비웁니다."),
    "weight": N_("지표의 배점입니다. 한 기관의 배점을 모두 더하면 100점입니다. 모두 비우면 똑같이 나눕니다."),
    "direction": N_("값이 클수록 좋으면 상향, 작을수록 좋으면 하향을 적습니다. 지표를 적은 행에는 꼭 적고, 방법이 9등급, 가점, 감점, 참고이면 비워도 됩니다."),
    "unit": N_("건, %, 분처럼 재는 단위입니다."),
    "method": N_("점수를 매기는 방법입니다. 지표를 적은 행에는 꼭 적고, 아래 표에서 고릅니다."),
    "settings": N_("방법에 따라 정할 것을 '이름=값'으로 적고 세미콜론으로 잇습니다. 아래 표를 보십시오."),
    "baseline": N_("견주어 볼 지금까지의 값입니다. 단위 없이 숫자만 적습니다."),
    "target": N_("올해의 목표입니다. 단위 없이 숫자만 적습니다."),
    "actual": N_("올해의 실적입니다. 계약할 때는 비웁니다."),
    "definition": N_("무엇을 재는지 한 문장으로 적습니다."),
    "formula": N_("어떻게 셈하는지 적습니다. 예: 이용자 수 ÷ 대상자 수 × 100"),
    "source": N_("값을 어디에서 가져오는지 적습니다."),
    "supplied_by": N_("실적을 내는 부서입니다."),
    "checked_by": N_("실적을 확인하는 곳입니다."),
}  # fmt: skip
"""By the English name of the column."""

LEVEL_HELP: Final = N_(
    "전략목표 위에 목표가 더 있으면 열을 만들어 바깥 목표부터 적습니다. 코드는 상위목표1코드, 상위목표2코드 열에 적습니다."
)
YEAR_HELP: Final = N_("지난 해의 값입니다. 연도를 열 이름으로 하고, 필요하면 열을 더 만들어도 됩니다.")

METHOD_HELP: Final[dict[Method, str]] = {
    Method.TARGET_RANGE: N_("지난 3년의 값으로 최고·최저 목표를 정하고 그 사이의 어디에 있는지로 매깁니다. 지난 값이 필요합니다."),
    Method.TARGET_DEVIATION: N_("지난 값의 표준편차로 최고·최저 목표를 정합니다. 지난 3년 이상의 값이 필요합니다."),
    Method.LONG_TERM: N_("몇 해에 걸친 목표를 향해 얼마나 나아갔는지로 매깁니다."),
    Method.TREND: N_("지난 값의 추세가 가리키는 값과 견줍니다. 지난 3년 이상의 값이 필요합니다."),
    Method.BETA: N_("지난 값 가운데 가장 좋은 값, 가장 나쁜 값, 지난해 값으로 내다본 값과 견줍니다."),
    Method.TARGET_RATIO: N_("목표에 견준 실적의 비율로 매깁니다. 목표가 필요합니다."),
    Method.GLOBAL: N_("비교 대상 기관의 가장 좋은 값과 가장 나쁜 값 사이의 어디에 있는지로 매깁니다."),
    Method.TIERED: N_("값이 놓인 구간의 기본점수에 구간 안에서 이룬 만큼을 더합니다."),
    Method.CRITERIA: N_("탁월부터 미흡까지 다섯 기준값 사이의 어디에 있는지로 매깁니다."),
    Method.ALL_OR_NOTHING: N_("목표를 모두 이루어야 점수를 얻습니다. 목표가 필요합니다."),
    Method.NINE_GRADE: N_("평가위원이 A+부터 E0까지 아홉 등급으로 평정합니다."),
    Method.BONUS: N_("총점에 더하는 점수입니다. 배점은 0점으로 둡니다."),
    Method.PENALTY: N_("총점에서 빼는 점수입니다. 배점은 0점으로 둡니다."),
    Method.SHOWN: N_("보여 주기만 하고 점수를 매기지 않습니다."),
}  # fmt: skip

SETTING_HELP: Final[dict[Takes, str]] = {
    Takes.YES: N_("해당하면 이름만 적습니다. 값은 없습니다."),
    Takes.YEAR: N_("네 자리 연도를 적습니다. 예: 2023"),
    Takes.NUMBER: N_("숫자를 적습니다. 예: 92.5"),
    Takes.POINTS: N_("점수를 적습니다. 예: 2.5"),
    Takes.NUMBERS: N_("탁월부터 미흡까지 다섯 값을 빈칸으로 떼어 적습니다. 예: 30 25 20 10 5"),
    Takes.TIERS: N_("구간의 한계와 기본점수를 적습니다. 마지막 구간은 한계가 없습니다. 예: 200:20 150:40 100:60 :80"),
}  # fmt: skip
