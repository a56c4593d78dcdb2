"""The vote around the ballots: prepared and opened by the office, counted by the trustees, certified by two officers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.keys import Key, enough_open_the_tally, make_keys
from rehearsal.panel import Member, roll_csv
from rehearsal.stage import Actor, Stage
from rehearsal.visitor import fields


@dataclass(frozen=True)
class Vote:
    """How the panel votes: the question, how many picks, whether an empty vote is a choice of its own, and ratings."""

    title: str
    question: str
    minimum: int
    maximum: int
    blank: bool
    ratings: bool = False


async def prepare_vote(stage: Stage, vote: Vote, members: list[Member]) -> tuple[str, list[Key]]:
    """Make the election, its keys and its roll, send the links and open it; returns its identifier and the keys."""
    office = stage.of("office")[0].browser
    await office.get("/office/elections")
    form = {
        "title": vote.title,
        "question": vote.question,
        "min_picks": str(vote.minimum),
        "max_picks": str(vote.maximum),
    }
    form |= {name: "yes" for name, asked in (("blank", vote.blank), ("ratings", vote.ratings)) if asked}
    address = (await office.post("/office/elections", form)).headers["location"].partition("?")[0]
    uuid = address.rsplit("/", 1)[1]
    persons = fields(await office.get(address), "person")
    await office.post(f"{address}/trustees", {"person": persons, "threshold": str(len(persons) // 2 + 1)})
    keys = await make_keys(stage, uuid)
    uploaded = await office.post(f"{address}/roll", files={"file": ("roll.csv", roll_csv(members))})
    draft = uploaded.headers["location"].partition("?")[0]
    await office.get(draft)
    await office.post(draft)
    await stage.together(lambda officer: officer.browser.post(f"{address}/issue"))
    await stage.together(lambda officer: officer.browser.post(f"{address}/open"))
    return uuid, keys


async def count(stage: Stage, uuid: str, keys: Sequence[Key]) -> None:
    """Two officers close the vote; as few trustees as suffice open the tally."""
    await stage.together(lambda officer: officer.browser.post(f"/office/elections/{uuid}/close"))
    away = await enough_open_the_tally(stage, uuid, keys)
    stage.progress.say(f"  trustees: {len(keys) - away} of {len(keys)} opened the tally")
    await sign_certificate(stage, uuid)


async def sign_certificate(stage: Stage, uuid: str) -> None:
    """The two officers who closed the vote sign what was counted at the close."""

    async def signs(officer: Actor) -> None:
        address = f"/office/elections/{uuid}/certificate"
        await officer.browser.get(address)
        await officer.browser.post(address, {"totp": officer.browser.totp()})

    await stage.together(signs)
