"""Calibration: all evaluators mark the same three contracts first, and the office explains where they differ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rehearsal.experts import mark
from rehearsal.material import Marks
from rehearsal.stage import Stage, some_at_once

_SHEET = re.compile(r'href="/evaluation/(\d+)"')
_NOTE = re.compile(r'action="(/office/cycles/\d+/calibration/(\d+)/note)"')
_CONTRACT = re.compile(r'href="/contracts/\d{4}-([^"/#?]+)"')


async def calibrate(
    stage: Stage, year: int, contracts: Sequence[str], marks: Marks, notes: Sequence[str]
) -> None:
    """Choose three contracts (public ids), have everybody mark and file them, and write the office's notes."""
    office, address = stage.of("office")[0].browser, f"/office/cycles/{year}/calibration"
    await office.post(address, {"contract": list(contracts)})
    await office.post(f"{address}/begin")

    async def one(number: int) -> None:
        browser = stage.of("evaluator")[number - 1].browser
        for sheet in dict.fromkeys(_SHEET.findall((await browser.get("/evaluation/calibration")).text)):
            opened = await browser.get(f"/evaluation/{sheet}")
            agency = _CONTRACT.findall(opened.text)[0]
            await browser.post(f"/evaluation/{sheet}/declare", {"conflict": "no", "reason": ""})
            await mark(browser, sheet, agency, number, marks, {})

    await some_at_once(range(1, len(stage.of("evaluator")) + 1), one, at_once=4)
    ended = await office.get(address)
    for (to, number), text in zip(dict.fromkeys(_NOTE.findall(ended.text)), notes, strict=False):
        await office.post(to, {f"note-{number}": text})
