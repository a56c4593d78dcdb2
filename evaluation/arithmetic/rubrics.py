"""What each of the nine grades means in words, and what an expert looks at before choosing one.

The questions follow the two lists the national handbook's qualitative evaluation shares with the Baldrige criteria:
approach, deployment, learning, integration for how the work was done, and levels, trends, comparisons, integration for
what came of it.  The wording is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.arithmetic.marks import Grade
from office.i18n import N_


@dataclass(frozen=True, slots=True)
class Rubric:
    """A grade in one word and in one sentence."""

    word: str
    text: str


RUBRICS = {
    Grade.A_PLUS: Rubric(
        N_("탁월"),
        N_("목표를 크게 넘었고 다른 기관이 본받을 만합니다. 잘된 까닭과 다음 개선까지 자료로 보여 줍니다."),
    ),
    Grade.A_ZERO: Rubric(
        N_("매우 우수"), N_("목표를 넘었고 해마다 나아졌습니다. 계획대로 빠짐없이 실행하고 점검했습니다.")
    ),
    Grade.B_PLUS: Rubric(
        N_("우수"), N_("목표를 이루었고 나아지는 흐름이 뚜렷합니다. 점검한 결과를 일에 반영했습니다.")
    ),
    Grade.B_ZERO: Rubric(
        N_("다소 우수"), N_("목표를 거의 이루었습니다. 주요한 곳에서 실행했고 점검한 흔적이 있습니다.")
    ),
    Grade.C: Rubric(N_("보통"), N_("계획한 일을 했습니다. 성과는 지난해와 비슷하고 근거는 일부만 있습니다.")),
    Grade.D_PLUS: Rubric(
        N_("다소 미흡"), N_("일부만 실행했습니다. 성과가 목표에 못 미치고 까닭을 충분히 밝히지 않았습니다.")
    ),
    Grade.D_ZERO: Rubric(
        N_("미흡"), N_("실행이 늦거나 한쪽에 그쳤습니다. 성과가 지난해보다 낮거나 근거가 부족합니다.")
    ),
    Grade.E_PLUS: Rubric(
        N_("매우 미흡"), N_("계획만 있고 실행이 거의 없습니다. 성과를 보여 주는 자료가 드뭅니다.")
    ),
    Grade.E_ZERO: Rubric(N_("아주 미흡"), N_("약속한 일을 하지 않았거나, 했다는 근거를 찾을 수 없습니다.")),
}

PROCESS = (
    (N_("접근"), N_("무엇을 왜 어떻게 할지 체계 있게 계획했나요?")),
    (N_("전개"), N_("계획대로, 필요한 곳 모두에서 실행했나요?")),
    (N_("학습"), N_("중간에 점검하고 배운 것을 반영했나요?")),
    (N_("통합"), N_("기관의 목표와 다른 일에 잘 이어져 있나요?")),
)
RESULTS = (
    (N_("수준"), N_("목표와 견주어 얼마나 이루었나요?")),
    (N_("추세"), N_("지난 몇 해보다 나아지고 있나요?")),
    (N_("비교"), N_("비슷한 기관과 견주면 어떤가요?")),
    (N_("연계"), N_("도민이 느끼는 변화로 이어졌나요?")),
)
