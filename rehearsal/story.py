"""What happens to whom in the demonstration, beside promises and figures: all of it invented, people by their roles."""

from __future__ import annotations

from decimal import Decimal

from rehearsal.amending import Wish
from rehearsal.checking import Doubt
from rehearsal.fairness import Challenged, Tie
from rehearsal.past_years import PastSheet

LAST_REPLIES = {
    "D01": (
        "보호구역 사고가 목표보다 한 건 많았습니다.\n"
        "사고가 두 번 난 학교 앞 두 곳에 단속 장비를 먼저 놓고, 등하교 시간에 지킴이를 늘렸습니다."
    ),
}
REPLIES = {
    "D01": (
        "목표에 이르지 못한 노선 두 개는 기사를 구하지 못해 늦어졌습니다.\n"
        "지난달에 기사 여섯 명을 새로 뽑았고, 내년 2월부터 두 노선도 여덟 번 다닙니다."
    ),
    "D05": (
        "이동 진료 차량 한 대가 고장 나 넉 달 동안 스물세 마을에 가지 못했습니다.\n"
        "차량을 새로 들여 지금은 밀린 마을부터 찾아가고 있습니다."
    ),
}
"""By agency, before the vote, last year and this year."""
ANSWER = "지적하신 기록 방법은 다음 해부터 바꾸겠습니다."
COMMENTS = {
    "strength": "도민의 의견을 듣고 고친 과정이 자료에 잘 드러납니다.",
    "weakness": "월별 기록이 빠진 달이 있어 변화를 따라가기 어렵습니다.",
    "recommendation": "자료를 내는 날을 정해 두고 먼저 공개하기를 권합니다.",
}
"""What an evaluator writes beside a grade."""

TIE = Tie(4, "D06", "advice", "지난해 이 기관의 공연 사업에 자문하고 자문료를 받았습니다.")
RECUSED = {(2, "D03"): "가까운 친족이 이 기관의 일자리 사업에 참여하고 있습니다."}
CHALLENGES = (
    Challenged(
        "D05",
        5,
        "이 위원이 일하는 병원이 저희 응급실과 환자를 두고 다툰 적이 있습니다.",
        upheld=True,
        decision="다툰 기록을 확인했습니다. 이 기관의 평가에서 빠집니다.",
    ),
    Challenged(
        "D02",
        1,
        "지난해 평정이 다른 위원보다 낮았습니다.",
        upheld=False,
        decision="평정이 낮았다는 것만으로는 공정하지 않다고 볼 수 없습니다.",
    ),
)
CALIBRATED = ("D02", "D04", "D06")
"""Whose contracts of last year all evaluators mark first."""
CALIBRATION_NOTES = (
    "주민 설명회를 연 횟수만 보지 말고 의견이 계획에 들어갔는지 보아 주십시오.",
    "목표를 넘긴 것은 실적 지표에서 이미 봅니다. 이 지표에서는 과정만 보아 주십시오.",
    "자료가 모자라면 낮은 등급을 주기보다 무엇이 없는지 의견에 적어 주십시오.",
)
DOUBTS = (
    Doubt("D04", "D04-1-1", "인구 격자와 공원 대장을 겹쳐 다시 세면 82 %입니다.", mistaken=Decimal(84)),
    Doubt("D06", "D06-1-1", "공연 결과 보고서 다섯 건에 관객 수가 없어 30명이 넘었는지 알 수 없습니다."),
)

APPROVED = Wish(
    "D02",
    {
        "D02-2-1": {
            "target": "20.5",
            "formula": "12월에 15번 이상 안부를 확인한 어르신의 수(오래 입원한 분은 뺌) ÷ 1,000",
        }
    },
    "오래 입원한 분까지 세면 실제로 안부를 확인한 분보다 많아집니다. 빼고 세는 대신 목표를 500명 올립니다.",
)
DECLINED = Wish(
    "D05",
    {"D05-2-1": {"target": "100"}},
    "이동 진료 차량이 고장 나 목표에 이르기 어렵습니다. 목표를 120곳에서 100곳으로 낮추고 싶습니다.",
)
WHY_DECLINED = "이루기 어렵다는 것만으로는 약속을 낮추지 않습니다. 고장 난 사정은 소명에 적어 주십시오."

_ROWS_D01 = ("교통", "농어촌 버스", 40), ("교통", "보호구역 사고", 40), ("행정", "도민 만족도", 20)
_ROWS_D05 = ("진료", "응급실 대기", 50), ("진료", "이동 진료", 30), ("경영", "재정 건전성", 20)


def _sheet(
    agency: str, name: str, year: int, rows: tuple[tuple[str, str, int], ...], ratings: str, slip: str = "0"
) -> PastSheet:
    rated = tuple((*row, rating) for row, rating in zip(rows, ratings.split(), strict=True))
    return PastSheet(agency, name, year, rated, Decimal(slip))


PAST_SHEETS = (
    _sheet("D01", "교통국", 2023, _ROWS_D01, "71.5 78 82"),
    _sheet("D01", "교통국", 2024, _ROWS_D01, "76 80.5 83"),
    _sheet("D05", "도립의료원", 2023, _ROWS_D05, "74 69.5 88", "0.5"),
    _sheet("D05", "도립의료원", 2024, _ROWS_D05, "79.5 72 86"),
)
"""Two past years of two bodies; one total is misprinted, as real ones are."""
