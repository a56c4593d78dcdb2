"""The difficulty of what is promised, rated by the evaluators before the signature without knowing whose it is."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from rehearsal.stage import Actor, Stage, some_at_once

_ROUND = re.compile(r'href="/evaluation/difficulty/(\d+)"')
_LEVEL = re.compile(r'name="(level-\d+)"')
MIDDLE = (2, 3, 3, 4, 4, 5)
"""Levels as a panel gives them: seldom very easy."""


async def open_rounds(stage: Stage, year: int, contracts: Sequence[str]) -> None:
    """Lay contracts before the committee without the names of their bodies."""
    office = stage.of("office")[0].browser
    for contract in contracts:
        await office.post(f"/office/cycles/{year}/difficulty/{contract}", {"then": "open", "hidden": ""})


async def rate(stage: Stage, rng: random.Random, raters: int | None = None) -> list[str]:
    """The first `raters` (else all) evaluators rate every task laid before them; returns the rounds."""
    people = stage.of("evaluator")[:raters]
    levels = {evaluator.email: random.Random(rng.random()) for evaluator in people}  # noqa: S311

    async def one(evaluator: Actor) -> list[str]:
        browser, own = evaluator.browser, levels[evaluator.email]
        rounds = list(dict.fromkeys(_ROUND.findall((await browser.get("/evaluation/difficulty")).text)))
        for number in rounds:
            asked = await browser.get(f"/evaluation/difficulty/{number}")
            given = {name: str(own.choice(MIDDLE)) for name in dict.fromkeys(_LEVEL.findall(asked.text))}
            await browser.post(f"/evaluation/difficulty/{number}", given)
        return rounds

    found = await some_at_once(people, one, at_once=4)
    return sorted({number for rounds in found for number in rounds}, key=int)


async def release(stage: Stage, year: int, rounds: Sequence[str]) -> None:
    """Tell the bodies the results; now the contracts may be signed."""
    office = stage.of("office")[0].browser
    for number in rounds:
        await office.post(f"/office/cycles/{year}/difficulty/rounds/{number}/release")
