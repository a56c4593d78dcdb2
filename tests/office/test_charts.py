"""A chart that many look at is drawn once for a desk and once for a phone, and on both it can be read."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from office import charts
from office.charts import Size, text_width
from office.i18n import language
from tests.drawings import DRAWINGS

WORDS = re.compile(
    r"<!-- (?P<said>.*?) -->\s*<g[^>]*translate\((?P<x>[-\d.]+) (?P<y>[-\d.]+)\) scale\((?P<scale>[\d.]+)",
    re.S,
)
READABLE = 12.0
"""CSS pixels (9 pt on paper) of the smallest letters, also where the picture is shown smaller than it was drawn."""
SHOWN = {Size.DESK: 552, Size.PHONE: 288, Size.PAPER: 170 / 25.4 * 96}
"""How wide a picture is shown on the narrowest screen that gets it, and in the column of an A4 page."""


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


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("kind", DRAWINGS)
def test_every_letter_is_large_enough_and_inside_the_picture(kind: str, size: Size) -> None:
    drawing = DRAWINGS[kind](size)
    root = ElementTree.fromstring(drawing)  # noqa: S314 - our own drawing
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    assert (left, top, width) == (0, 0, size.width)
    assert (float(root.attrib["width"]), float(root.attrib["height"])) == (width, height)
    assert b"<text" not in drawing  # outlines: no font of the reader's machine is needed
    found = [match.groupdict() for match in WORDS.finditer(drawing.decode())]
    assert len(found) == drawing.count(b'id="text_')
    for word in found:
        letters = float(word["scale"]) * 100
        x, base = float(word["x"]), float(word["y"])
        assert letters * SHOWN[size] / width >= READABLE, word
        assert x >= 2 and x + text_width(word["said"], letters, bold=True) <= width + 1, word
        assert base - letters * charts.CAPITAL >= 2 and base + letters * 0.2 <= height, word


def test_charts_of_a_phone_are_other_drawings_of_the_same_values() -> None:
    def said(size: Size) -> set[str]:
        return {match["said"] for match in WORDS.finditer(DRAWINGS["league"](size).decode())}

    figures = {"100", "51.75", "0.01", "1위", "2위", "3위"}
    assert said(Size.DESK) & said(Size.PHONE) >= figures
    assert DRAWINGS["league"](Size.DESK) == DRAWINGS["league"](Size.DESK) != DRAWINGS["league"](Size.PHONE)
