"""A published contract changed, or not: an agency asks, its head consents, two officers approve or one declines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal.cycle import own_contract
from rehearsal.stage import Actor, Stage
from rehearsal.wording import word

_NUMBER = re.compile(r"/amendments/(\d+)/")


@dataclass(frozen=True)
class Wish:
    """What an agency wants changed: the fields of some nodes by their codes, and why."""

    agency: str
    changes: Mapping[str, Mapping[str, str]]
    reason: str


async def ask(stage: Stage, year: int, wish: Wish) -> str:
    """The officer asks; returns the number of the request."""
    officer = stage.of_agency("officer", wish.agency)
    address = f"/agency/contracts/{await own_contract(officer, year)}/amendments"
    for code, typed in wish.changes.items():
        await word(officer.browser, f"{address}/draft", code, typed)
    await officer.browser.post(address, {"reason": wish.reason})
    listed = await officer.browser.get(address)
    return str(max(map(int, _NUMBER.findall(listed.text))))


async def approve(stage: Stage, year: int, wish: Wish) -> None:
    """Ask, have the head consent and two officers approve."""
    number = await ask(stage, year, wish)
    head = stage.of_agency("head", wish.agency)
    own = f"/agency/contracts/{await own_contract(head, year)}/amendments/{number}/sign"
    await head.browser.post(own, {"totp": head.browser.totp()})

    async def approves(officer: Actor) -> None:
        to = f"/office/cycles/{year}/amendments/{number}/approve"
        await officer.browser.post(to, {"totp": officer.browser.totp()})

    for officer in stage.rested("office", 2):
        await approves(officer)


async def decline(stage: Stage, year: int, wish: Wish, why: str) -> None:
    """Ask, and have an officer say why not."""
    number = await ask(stage, year, wish)
    office = stage.of("office")[0].browser
    await office.post(f"/office/cycles/{year}/amendments/{number}/decline", {"reason": why})
