"""The panel votes: each member opens the link of their letter, encrypts, asks for a code, and casts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ballots.protocol.ballot import Picks, encrypt, tracker
from ballots.protocol.credentials import derive
from ballots.protocol.election import ElectionContext, open_election
from rehearsal.stage import Stage, code_in, link_in, some_at_once
from rehearsal.visitor import Unexpected

LINK_LETTER, CODE_LETTER = "voting link", "one-time code"


@dataclass(frozen=True, slots=True)
class Member:
    """A panel member of the play: number, address and, where there are any, stratum and weight on the roll."""

    number: str
    name: str
    phone: str
    mail: str
    stratum: str = ""
    weight: int = 1

    @property
    def address(self) -> str:
        """Where their letters go."""
        return self.phone or self.mail


def roll_csv(members: list[Member]) -> bytes:
    """The roll in the format of its import."""
    lines = ["번호,이름,휴대전화,전자우편,계층,가중치"]
    lines += [f"{m.number},{m.name},{m.phone},{m.mail},{m.stratum},{m.weight}" for m in members]
    return "\r\n".join(lines).encode("utf-8-sig")


async def open_booth(stage: Stage, uuid: str) -> ElectionContext:
    """The election as every booth receives it."""
    visitor = stage.newcomer()
    record = await visitor.get(f"/vote/{uuid}/election.json")
    return open_election(record.content)


async def vote(
    stage: Stage, context: ElectionContext, member: Member, picks: Picks, ratings: Sequence[Picks] = ()
) -> str:
    """One member's whole way from the link to the tracker; agencies without a rating stay unrated."""
    letter = (await stage.letters(member.address, LINK_LETTER))[0]
    link = urlsplit(link_in(letter))
    browser = stage.newcomer()
    await browser.get(link.path)
    credential = derive(link.fragment, context.election.uuid)
    unrated = len(context.election.questions) - 1 - len(ratings)
    raw = encrypt(context, credential.secret, [picks, *ratings, *[()] * unrated])
    asked = (await browser.send(f"{link.path}/ballots", raw)).json()
    code = code_in((await stage.letters(member.address, CODE_LETTER))[0])
    casting = {"challenge": asked["challenge"], "code": code, "ballot": raw.decode()}
    receipt = (await browser.send(f"{link.path}/casts", casting)).json()
    await browser.http.aclose()
    if receipt["tracker"] != tracker(raw):
        raise Unexpected("the receipt names another ballot than was cast")
    return str(receipt["tracker"])


async def everybody_votes(
    stage: Stage,
    uuid: str,
    choices: Sequence[tuple[Member, Picks]],
    ratings: Sequence[tuple[Picks, ...]] = (),
) -> list[str]:
    """Everybody votes, eight at a time; returns the trackers.

    `ratings` are those of the members in the order of `choices`; without them nobody rates an agency.
    """
    context = await open_booth(stage, uuid)
    done = 0

    rated = ratings or [()] * len(choices)

    async def one(place: int) -> str:
        nonlocal done
        cast = await vote(stage, context, *choices[place], rated[place])
        done += 1
        stage.progress.count("ballots", done, len(choices))
        return cast

    return await some_at_once(range(len(choices)), one)


def made_up_ratings(
    voters: int, agencies: int, rng: random.Random, *, share: float = 0.8
) -> list[tuple[Picks, ...]]:
    """Ratings nobody gave: agencies differ, voters scatter around them, and a part of the questions stays open."""
    liked = [1.2 + 2.2 * rng.random() for _ in range(agencies)]

    def rating(agency: int) -> Picks:
        if rng.random() > share:
            return ()
        return (min(4, max(0, int(liked[agency] + rng.gauss(0.5, 1)))),)

    return [tuple(rating(agency) for agency in range(agencies)) for _ in range(voters)]
