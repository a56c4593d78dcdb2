"""Contracts for a rehearsal whose folder holds none: invented agencies with figures of the usual kinds."""

from __future__ import annotations

import random
from decimal import Decimal

from contracts.terms.points import equal_shares
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node


def made_up_contracts(count: int, rng: random.Random) -> tuple[ContractTree, ...]:
    """Contracts of invented agencies: two tasks each, with figures of the usual kinds."""
    return tuple(_made_up_contract(number, rng) for number in range(1, count + 1))


def _made_up_contract(number: int, rng: random.Random) -> ContractTree:
    code = f"A{number:02d}"
    weights = equal_shares(Decimal(100), 4)
    base = rng.randrange(60, 90)
    grown = tuple((year, Decimal(base + rng.randrange(-4, 5))) for year in (2023, 2024, 2025))
    goal = Decimal(base + rng.randrange(2, 8))
    falling = Decimal(rng.randrange(20, 40))
    services = Measure(
        direction=Direction.UP, method=Method.TARGET_RANGE, unit="점", history=grown, target=goal,
        actual=goal + rng.randrange(-3, 4), definition="이용자 설문의 평균 점수",
    )  # fmt: skip
    waiting = Measure(
        direction=Direction.DOWN, method=Method.TARGET_RATIO, unit="일", baseline=falling,
        target=falling - 4, actual=falling - rng.randrange(0, 8), definition="신청부터 처리까지 걸린 평균 일수",
    )  # fmt: skip
    finished = Measure(
        direction=Direction.UP, method=Method.TARGET_RATIO, unit="건", target=Decimal(12),
        actual=Decimal(rng.randrange(9, 15)), definition="약속한 사업 가운데 마친 건수",
    )  # fmt: skip
    judged = Measure(
        direction=Direction.UP, method=Method.NINE_GRADE, definition="과제를 이끈 노력과 성과의 수준"
    )
    rows = (
        ("서비스 만족도", services),
        ("민원 처리 기간", waiting),
        ("마친 사업", finished),
        ("과제 추진의 충실성", judged),
    )
    leaves = [
        Node(f"{code}-{i}", title, Kind.INDICATOR, weight, measure=measure)
        for i, ((title, measure), weight) in enumerate(zip(rows, weights, strict=True), start=1)
    ]
    made = tuple(
        Node(
            code=f"{code}-T{i}",
            title=title,
            kind=Kind.TASK,
            weight=sum((leaf.weight or Decimal(0) for leaf in pair), Decimal(0)),
            promise=promise,
            children=tuple(pair),
        )
        for i, (title, promise, pair) in enumerate(
            (
                ("도민 서비스 개선", "기다리는 시간을 줄이고 만족도를 높입니다.", leaves[:2]),
                ("약속 사업 완수", "올해 약속한 사업 열두 건을 마칩니다.", leaves[2:]),
            ),
            start=1,
        )
    )
    return ContractTree(code, f"시연기관 {number}", "시연", made)
