"""Every kind of chart with the values that strain it: long names, many years, equal marks, nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from ballots.pictures import rating_bars, roll_bar
from ballots.ratings import AgencyRating
from contracts.public.figures import history_line, standing_bars
from evaluation.arithmetic.curve import Curve
from evaluation.figures import Strip, marks_strip, rating_curve
from office.bars import horizontal_bars
from office.charts import Size
from reports.figures import Line, stacked

LONG = "교통약자 이동지원 강화와 대기시간 단축으로 누구나 편하게 다니는 고장을 만드는 과제 (농어촌교통지원담당관)"
BODIES = ("시연 교통국", "저출생고령사회정책담당관실과 보건복지국", LONG)


def _d(*values: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(value) for value in values)


def _years(*values: str) -> tuple[tuple[int, Decimal], ...]:
    return tuple((2026 - len(values) + place, Decimal(value)) for place, value in enumerate(values))


def _curve(worst: int | None, best: int | None, target: str, actual: str, rating: str) -> Curve:
    low, high = sorted((Fraction(worst or 0), Fraction(best or 100)))
    ends = (Fraction(20), Fraction(100)) if (best or 100) > (worst or 0) else (Fraction(100), Fraction(20))
    samples = ((low - 5, ends[0]), (low, ends[0]), (high, ends[1]), (high + 5, ends[1]))
    some = [Fraction(each) if each is not None else None for each in (worst, best)]
    return Curve(samples, some[0], some[1], Decimal(target), Decimal(actual), Fraction(rating))


DRAWINGS: dict[str, Callable[[Size], bytes]] = {
    "history": lambda size: history_line(
        history=_years("52", "47", "41"), year=2026, actual=Decimal(28), target=Decimal(30), unit="건", size=size
    ),
    "history-near": lambda size: history_line(
        history=_years("12", "18", "24"), year=2026, actual=Decimal(35), target=Decimal(37), unit="개", size=size
    ),
    "history-many-years": lambda size: history_line(
        history=_years("12048.784", "11050.5", "13044.25", "9800", "15600.125", "14200", "12801", "16000.5"),
        year=2026,
        actual=Decimal("15999.123"),
        target=Decimal("15999.2"),
        unit="백만 원(경상가격 기준)",
        size=size,
    ),
    "history-empty": lambda size: history_line(history=(), year=2026, size=size),
    "standing": lambda size: standing_bars(
        [(BODIES[0], 1, 2, 1, 0), (BODIES[1], 120, 1, 2, 3), (BODIES[2], 0, 0, 0, 0)], size=size
    ),
    "bars": lambda size: horizontal_bars(
        [(LONG, 12048), (BODIES[0], 0), ("$x_1$ <&> 값", 7)], unit="표", marked={0}, size=size
    ),
    "bars-empty": lambda size: horizontal_bars([], size=size),
    "league": lambda size: stacked(
        ("이행 실적 (50점)", "도민 투표 (40점)", "전문가가 본 과제 추진의 충실성 (10점)"),
        tuple(
            Line(name, _d(*points), sum(_d(*points), Decimal()), f"{place}위", own=place == 2)
            for place, (name, points) in enumerate(
                zip(BODIES, (("50", "40", "10"), ("31.25", "20.5", "0"), ("0", "0", "0.01")), strict=True), 1
            )
        ),
        size=size,
    ),
    "league-empty": lambda size: stacked(("이행 실적 (100점)",), (), size=size),
    "curve": lambda size: rating_curve(_curve(56, 42, "39.8", "41", "100"), unit="건", size=size),
    "curve-close": lambda size: rating_curve(
        _curve(82, 84, "84", "84.5", "100"), unit="백만 원(경상가격 기준)", size=size
    ),
    "curve-points": lambda size: rating_curve(
        Curve(((Fraction(0), Fraction(0)), (Fraction(1), Fraction(1))), None, None, None, Decimal("0.5"), Fraction(1, 2)),
        unit="점", points=True, size=size,
    ),
    "marks": lambda size: marks_strip(
        [
            Strip("과제 추진의 충실성", _d("50", "60", "70", "90", "100"), frozenset({0, 4}), Fraction(220, 3)),
            Strip(LONG, _d(*["100"] * 6, "20"), frozenset({0, 6}), Fraction(100), frozenset({6})),
        ],
        size=size,
    ),
    "marks-empty": lambda size: marks_strip([], size=size),
    "ratings": lambda size: rating_bars(
        [
            AgencyRating("D1", BODIES[0], (0, 0, 1, 10, 12), 23, Fraction(448, 100)),
            AgencyRating("D2", BODIES[1], (400, 12, 1, 10, 1200), 1623, Fraction(4)),
            AgencyRating("D3", BODIES[2], None, 2, None),
        ],
        size=size,
    ),
    "roll": lambda size: roll_bar(12_345, 1_234_567, 3, size=size),
}  # fmt: skip
