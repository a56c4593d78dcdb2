"""Printed documents: a Typst template and its data become a tagged PDF (PDF/UA-1), the same bytes each time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import typst

from office.charts import FONTS
from office.i18n import SOURCE, language

ROOT = Path(__file__).parent.parent
"""Templates name each other from here: `/office/paper.typ` is the shared look."""
SEOUL = ZoneInfo("Asia/Seoul")
WEEKDAYS = "월화수목금토일"
KEPT = 64
"""Documents kept as they were made: the same facts make the same bytes, and many read the same contract."""


@cache
def _fonts() -> typst.Fonts:
    """Only the product's own fonts, so that a document looks and weighs the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def compile_pdf(template: Path, data: Mapping[str, object]) -> bytes:
    """The document as PDF/UA-1; `data` is JSON-like (decimals as strings, SVG as text) and is `data` in the template.

    Takes some tenths of a second of one core: call it off the event loop.
    """
    return _compiled(template, json.dumps(data, ensure_ascii=False))


@lru_cache(maxsize=KEPT)
def _compiled(template: Path, data: str) -> bytes:
    compiler = typst.Compiler(
        input=str(template),
        root=str(ROOT),
        font_paths=_fonts(),
        sys_inputs={"data": data},
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise RuntimeError("typst returned no document")
    return made


@contextmanager
def in_korean() -> Iterator[None]:
    """What is printed is an official paper and speaks Korean, whatever the language of the request."""
    before = language.set(SOURCE)
    try:
        yield
    finally:
        language.reset(before)


def moment(at: datetime) -> str:
    """A time as it stands on paper: Korean date with weekday, 24 hours, and the zone said."""
    here = at.astimezone(SEOUL)
    day = f"{here.year}년 {here.month}월 {here.day}일({WEEKDAYS[here.weekday()]})"
    return f"{day} {here:%H:%M} (한국 시각)"
