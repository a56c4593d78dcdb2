"""Who may not judge whom: a tie an evaluator declares, evaluators a body challenges, and what two officers decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.cycle import own_contract
from rehearsal.stage import Stage

_CHALLENGE = re.compile(r'action="(/office/cycles/\d+/challenges/(\d+))"')


@dataclass(frozen=True)
class Tie:
    """A tie between an evaluator (counted from 1) and a body."""

    evaluator: int
    agency: str
    kind: str
    note: str


@dataclass(frozen=True)
class Challenged:
    """An evaluator (counted from 1) whom a body does not trust, why, and what is decided."""

    agency: str
    evaluator: int
    reason: str
    upheld: bool
    decision: str


async def declare(stage: Stage, tie: Tie) -> None:
    """An evaluator declares a tie; the body's sheets are closed to them."""
    browser = stage.of("evaluator")[tie.evaluator - 1].browser
    await browser.get("/evaluation/profile")
    form = {"kind": tie.kind, "body_code": tie.agency, "note": tie.note}
    await browser.post("/evaluation/profile", form)


async def challenge(stage: Stage, year: int, challenges: Sequence[Challenged]) -> None:
    """Bodies challenge evaluators by their numbers; two officers decide each challenge."""
    for each in challenges:
        officer = stage.of_agency("officer", each.agency)
        address = f"/agency/contracts/{await own_contract(officer, year)}/evaluators"
        await officer.browser.get(address)
        await officer.browser.post(address, {"number": str(each.evaluator), "reason": each.reason})
        listed = await stage.of("office")[0].browser.get(f"/office/cycles/{year}/conflicts")
        decide, number = max(_CHALLENGE.findall(listed.text), key=lambda found: int(found[1]))
        decision = {f"uphold-{number}": "yes" if each.upheld else "no", f"reason-{number}": each.decision}
        await stage.both_send(decide, decision)
