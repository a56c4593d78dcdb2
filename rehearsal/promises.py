"""The demonstration's contracts: six invented bodies with promises of the usual kinds; no real body is meant."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node

UP, DOWN = Direction.UP, Direction.DOWN
RANGE, RATIO, GRADE = Method.TARGET_RANGE, Method.TARGET_RATIO, Method.NINE_GRADE

Row = tuple[str, int, Direction, Method, str, tuple[str, str, str] | None, str, str, str]
"""title, points, direction, method, unit, three past years, target, actual, definition"""

_JUDGED = (
    "과제 추진의 충실성",
    10,
    UP,
    GRADE,
    "",
    None,
    "",
    "",
    "계획·소통·문제 해결의 수준을 평가위원이 봅니다",
)

_BODIES: tuple[tuple[str, str, tuple[tuple[str, str, str, tuple[Row, ...]], ...]], ...] = (
    (
        "시연 교통국",
        "본청",
        (
            (
                "농어촌 버스 늘리기",
                "하루 네 번 다니던 마을버스를 여덟 번 다니게 합니다.",
                "37개 노선 가운데 35개가 하루 여덟 번 다닙니다.",
                (
                    (
                        "하루 8회 이상 노선",
                        30,
                        UP,
                        RATIO,
                        "개",
                        ("12", "18", "24"),
                        "37",
                        "35",
                        "하루 여덟 번 이상 운행하는 노선의 수",
                    ),
                    _JUDGED,
                ),
            ),
            (
                "교통사고 줄이기",
                "어린이 보호구역 사고를 한 해 30건 아래로 줄입니다.",
                "지난해 41건에서 28건으로 줄었습니다.",
                (
                    (
                        "보호구역 사고",
                        40,
                        DOWN,
                        RANGE,
                        "건",
                        ("52", "47", "41"),
                        "30",
                        "28",
                        "어린이 보호구역 안 인적 피해 사고 건수",
                    ),
                    (
                        "단속 장비 설치율",
                        20,
                        UP,
                        RATIO,
                        "%",
                        ("61", "74", "83"),
                        "100",
                        "96",
                        "설치 대상 가운데 설치를 마친 비율",
                    ),
                ),
            ),
        ),
    ),
    (
        "시연 보건복지국",
        "본청",
        (
            (
                "밤에도 여는 소아 진료",
                "밤 11시까지 여는 소아과를 모든 시·군에 둡니다.",
                "15개 시·군 가운데 14곳에 문을 열었습니다.",
                (
                    (
                        "야간 소아 진료 시·군",
                        35,
                        UP,
                        RATIO,
                        "곳",
                        ("5", "8", "11"),
                        "15",
                        "14",
                        "밤 11시까지 진료하는 소아과가 있는 시·군",
                    ),
                    _JUDGED,
                ),
            ),
            (
                "홀로 사는 어르신 돌봄",
                "홀로 사는 어르신께 이틀에 한 번 안부를 확인합니다.",
                "2만 1천 명께 이틀에 한 번 전화나 방문을 합니다.",
                (
                    (
                        "안부 확인 대상",
                        30,
                        UP,
                        RANGE,
                        "천 명",
                        ("14.2", "16.8", "18.9"),
                        "20",
                        "21",
                        "이틀에 한 번 안부를 확인하는 어르신 수",
                    ),
                    (
                        "응급 연결 시간",
                        25,
                        DOWN,
                        RATIO,
                        "분",
                        ("14", "12", "11"),
                        "9",
                        "10",
                        "이상 신호부터 119 연결까지 걸린 평균 시간",
                    ),
                ),
            ),
        ),
    ),
    (
        "시연 경제진흥국",
        "본청",
        (
            (
                "청년 일자리",
                "청년이 한 해 넘게 다니는 새 일자리 2천 개를 만듭니다.",
                "1,840개를 만들었고 그 가운데 1,610개가 이어지고 있습니다.",
                (
                    (
                        "1년 유지 일자리",
                        50,
                        UP,
                        RANGE,
                        "개",
                        ("980", "1240", "1430"),
                        "2000",
                        "1610",
                        "만든 뒤 한 해 넘게 이어진 일자리 수",
                    ),
                    _JUDGED,
                ),
            ),
            (
                "전통시장 살리기",
                "전통시장 주차장을 스무 곳 늘립니다.",
                "스무 곳을 모두 열었습니다.",
                (
                    (
                        "새 주차장",
                        40,
                        UP,
                        RATIO,
                        "곳",
                        ("6", "9", "13"),
                        "20",
                        "20",
                        "새로 연 전통시장 주차장의 수",
                    ),
                ),
            ),
        ),
    ),
    (
        "시연 환경녹지국",
        "본청",
        (
            (
                "걸어서 15분 공원",
                "집에서 걸어서 15분 안에 공원이 있게 합니다.",
                "도민 가운데 82 %가 15분 안에 공원에 닿습니다.",
                (
                    (
                        "15분 공원 도달률",
                        45,
                        UP,
                        RATIO,
                        "%",
                        ("68", "73", "78"),
                        "85",
                        "82",
                        "걸어서 15분 안에 공원이 있는 도민의 비율",
                    ),
                    _JUDGED,
                ),
            ),
            (
                "미세먼지 줄이기",
                "초미세먼지 농도를 18 ㎍/㎥ 아래로 낮춥니다.",
                "한 해 평균 17.6 ㎍/㎥를 기록했습니다.",
                (
                    (
                        "초미세먼지 농도",
                        45,
                        DOWN,
                        RANGE,
                        "㎍/㎥",
                        ("22.4", "20.9", "19.3"),
                        "18",
                        "17.6",
                        "도 안 측정소의 연평균 농도",
                    ),
                ),
            ),
        ),
    ),
    (
        "시연 도립의료원",
        "공공기관",
        (
            (
                "응급실 기다림 줄이기",
                "응급실에서 의사를 만나기까지 20분을 넘지 않게 합니다.",
                "평균 18분으로 줄었습니다.",
                (
                    (
                        "응급실 대기 시간",
                        50,
                        DOWN,
                        RANGE,
                        "분",
                        ("31", "27", "24"),
                        "20",
                        "18",
                        "접수부터 첫 진료까지 걸린 평균 시간",
                    ),
                    _JUDGED,
                ),
            ),
            (
                "이동 진료",
                "병원이 먼 마을 120곳을 달마다 찾아갑니다.",
                "97곳을 달마다 찾아갔습니다.",
                (
                    (
                        "이동 진료 마을",
                        40,
                        UP,
                        RATIO,
                        "곳",
                        ("60", "72", "88"),
                        "120",
                        "97",
                        "달마다 한 번 넘게 찾아간 마을의 수",
                    ),
                ),
            ),
        ),
    ),
    (
        "시연 문화관광재단",
        "공공기관",
        (
            (
                "찾아가는 공연",
                "면 단위 마을에서 한 해 150번 공연합니다.",
                "163번 공연해 2만 4천 명이 보았습니다.",
                (
                    (
                        "찾아가는 공연",
                        45,
                        UP,
                        RATIO,
                        "번",
                        ("88", "104", "126"),
                        "150",
                        "163",
                        "읍·면 마을에서 연 공연의 횟수",
                    ),
                    _JUDGED,
                ),
            ),
            (
                "도서관 여는 시간",
                "작은도서관 절반을 밤 9시까지 엽니다.",
                "64곳 가운데 29곳을 밤 9시까지 엽니다.",
                (
                    (
                        "야간 개관 도서관",
                        45,
                        UP,
                        RANGE,
                        "곳",
                        ("11", "17", "22"),
                        "32",
                        "29",
                        "밤 9시까지 여는 작은도서관의 수",
                    ),
                ),
            ),
        ),
    ),
)


def demonstration_contracts() -> tuple[ContractTree, ...]:
    """Six contracts with twelve tasks, all of them on the ballot; one is kept by two bodies, and one body has a bonus."""
    first, second, *others = (_tree(number, *body) for number, body in enumerate(_BODIES, start=1))
    return (_with_bonus(_led(first)), _joined(second, first.children[0]), *others)


SHARES = (("D01", Decimal(60)), ("D02", Decimal(40)))
"""Buses in the country also bring patients to the doctor: who has which part in them."""


def _led(tree: ContractTree) -> ContractTree:
    """The contract that leads its first task for both."""
    return replace(tree, children=(replace(tree.children[0], shares=SHARES), *tree.children[1:]))


def _joined(tree: ContractTree, task: Node) -> ContractTree:
    """The partner's contract: the task stands in it too, measured where it is led."""
    linked = replace(task, weight=Decimal(), on_ballot=False, children=(), shares=SHARES)
    return replace(tree, children=(*tree.children, linked))


def _with_bonus(tree: ContractTree) -> ContractTree:
    measure = Measure(
        UP, Method.BONUS, unit="점", definition="도지사가 뽑은 적극행정 우수사례에 들면 0.5점",
        actual=Decimal("0.5"), settings=(("maximum", "1"),),
    )  # fmt: skip
    last = tree.children[-1]
    bonus = Node(f"{last.code}-9", "적극행정 우수사례", Kind.INDICATOR, Decimal(), measure=measure)
    return replace(tree, children=(*tree.children[:-1], replace(last, children=(*last.children, bonus))))


def _tree(
    number: int, name: str, kind: str, made: tuple[tuple[str, str, str, tuple[Row, ...]], ...]
) -> ContractTree:
    code = f"D{number:02d}"
    children = []
    for place, (title, promise, result, rows) in enumerate(made, start=1):
        leaves = tuple(_leaf(f"{code}-{place}-{at}", row) for at, row in enumerate(rows, start=1))
        children.append(
            Node(
                code=f"{code}-{place}",
                title=title,
                kind=Kind.TASK,
                weight=sum((leaf.weight or Decimal(0) for leaf in leaves), Decimal(0)),
                promise=promise,
                result=result,
                on_ballot=True,
                children=leaves,
            )
        )
    return ContractTree(code, name, kind, tuple(children))


def _leaf(code: str, row: Row) -> Node:
    title, points, direction, method, unit, past, target, actual, definition = row
    measure = Measure(
        direction=direction,
        method=method,
        unit=unit,
        definition=definition,
        baseline=Decimal(past[-1]) if past else None,
        history=tuple(zip((2023, 2024, 2025), (Decimal(value) for value in past), strict=True))
        if past
        else (),
        target=Decimal(target) if target else None,
        actual=Decimal(actual) if actual else None,
    )
    return Node(code=code, title=title, kind=Kind.INDICATOR, weight=Decimal(points), measure=measure)
