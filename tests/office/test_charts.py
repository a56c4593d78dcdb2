"""A chart that many look at is drawn once."""

from decimal import Decimal

import pytest

from office import charts
from office.i18n import language


def test_the_same_values_in_the_same_language_are_drawn_once() -> None:
    drawn = []

    @charts.drawn_once
    def chart(figure: Decimal, *, unit: str) -> bytes:
        drawn.append((figure, unit, language.get()))
        return f"{figure} {unit} {language.get()}".encode()

    assert chart(Decimal("9.6"), unit="분") == chart(Decimal("9.6"), unit="분") == "9.6 분 ko".encode()
    chart(Decimal("9.60"), unit="분")
    before = language.set("en")
    assert chart(Decimal("9.6"), unit="분") == "9.6 분 en".encode()
    language.reset(before)
    assert [str(figure) for figure, _, _ in drawn] == ["9.6", "9.60", "9.6"]


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "KEPT", 2)
    drawn = []

    @charts.drawn_once
    def chart(number: int) -> bytes:
        drawn.append(number)
        return b"."

    for number in (1, 2, 3, 3, 2, 1):
        chart(number)
    assert drawn == [1, 2, 3, 1]
