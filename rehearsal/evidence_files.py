"""Evidence files of the demonstration, made when it is filled: a table, a picture and a paper of one indicator's figures."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import typst
from PIL import Image, ImageDraw, ImageFont

from contracts.terms.tree import Node
from office.charts import FONTS
from office.decimals import plain

Make = Callable[[Node, int], bytes]
"""A file about an indicator in a year."""
NOTICE = "시연용으로 만든 자료입니다"
WIDE, HIGH, EDGE = 720, 420, 60
_INK, _BAR, _THIS = "#1e2124", "#8a949e", "#256ef4"
_PAPER = """
#set page(paper: "a5", margin: 18mm)
#set text(font: "Pretendard GOV", lang: "ko", size: 11pt)
#set document(title: sys.inputs.title)
#text(size: 9pt)[#sys.inputs.notice]

= #sys.inputs.title
#sys.inputs.formula

#sys.inputs.figures.split("\\n").map(each => [- #each]).join()

출처: #sys.inputs.source
"""


def figures_of(node: Node, year: int) -> list[tuple[int, float]]:
    """The figures of an indicator with this year's last."""
    measure = node.measure
    assert measure is not None  # noqa: S101 - an indicator
    now = [] if measure.actual is None else [(year, measure.actual)]
    return [(each, float(value)) for each, value in (*measure.history, *now)]


def table(node: Node, year: int) -> bytes:
    """The figures as a spreadsheet (XLSX)."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None and node.measure is not None  # noqa: S101 - a new workbook has one
    sheet.append(["연도", f"{node.title} ({node.measure.unit})"])
    for row in figures_of(node, year):
        sheet.append(row)
    sheet.append([NOTICE])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def picture(node: Node, year: int) -> bytes:
    """The figures as bars (PNG), this year's in colour."""
    image = Image.new("RGB", (WIDE, HIGH), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(FONTS / "PretendardGOV-Regular.otf"), 20)
    figures = figures_of(node, year)
    most = max((value for _, value in figures), default=1.0) or 1.0
    step = (WIDE - 2 * EDGE) / max(1, len(figures))
    floor = HIGH - EDGE
    for place, (each, value) in enumerate(figures):
        left = EDGE + place * step
        top = floor - (HIGH - 3 * EDGE) * value / most
        draw.rectangle((left + 8, top, left + step - 8, floor), fill=_THIS if each == year else _BAR)
        draw.text((left + step / 2, floor + 8), str(each), fill=_INK, font=font, anchor="mt")
        draw.text((left + step / 2, top - 6), f"{value:g}", fill=_INK, font=font, anchor="mb")
    draw.text((EDGE, 16), f"{node.title} · {NOTICE}", fill=_INK, font=font)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def paper(node: Node, year: int) -> bytes:
    """The figures as a page of text (PDF)."""
    measure = node.measure
    assert measure is not None  # noqa: S101 - an indicator
    said = [f"{each}년 {value:g} {measure.unit}" for each, value in figures_of(node, year)]
    if measure.target is not None:
        said.append(f"{year}년 목표 {plain(measure.target)} {measure.unit}")
    inputs = {
        "title": f"{node.title} 실적 확인서",
        "notice": NOTICE,
        "formula": measure.formula,
        "figures": "\n".join(said),
        "source": measure.source,
    }
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return bytes(typst.compile(_PAPER.encode(), font_paths=fonts, format="pdf", sys_inputs=inputs))
