"""The panel votes: each member opens the link of their letter, encrypts, asks for a code, and casts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from ballots.ballot import Picks, encrypt, tracker
from ballots.credentials import derive
from ballots.election import ElectionContext, open_election
from rehearsal.stage import Stage, code_in, link_in, some_at_once
from rehearsal.visitor import Unexpected

LINK_LETTER, CODE_LETTER = "voting link", "one-time code"


@dataclass(frozen=True, slots=True)
class Member:
    """A panel member of the play: number and address on the roll."""

    number: str
    name: str
    phone: str
    mail: str

    @property
    def address(self) -> str:
        """Where their letters go."""
        return self.phone or self.mail


def roll_csv(members: list[Member]) -> bytes:
    """The roll in the format of its import."""
    lines = ["번호,이름,휴대전화,전자우편,가중치"]
    lines += [f"{m.number},{m.name},{m.phone},{m.mail},1" for m in members]
    return "\r\n".join(lines).encode("utf-8-sig")


async def open_booth(stage: Stage, uuid: str) -> ElectionContext:
    """The election as every booth receives it."""
    visitor = stage.newcomer()
    record = await visitor.get(f"/vote/{uuid}/election.json")
    return open_election(record.content)


async def vote(stage: Stage, context: ElectionContext, member: Member, picks: Picks) -> str:
    """One member's whole way from the link to the tracker."""
    letter = (await stage.letters(member.address, LINK_LETTER))[0]
    link = urlsplit(link_in(letter))
    browser = stage.newcomer()
    await browser.get(link.path)
    credential = derive(link.fragment, context.election.uuid)
    raw = encrypt(context, credential.secret, [picks])
    asked = (await browser.send(f"{link.path}/ballots", raw)).json()
    code = code_in((await stage.letters(member.address, CODE_LETTER))[0])
    casting = {"challenge": asked["challenge"], "code": code, "ballot": raw.decode()}
    receipt = (await browser.send(f"{link.path}/casts", casting)).json()
    await browser.http.aclose()
    if receipt["tracker"] != tracker(raw):
        raise Unexpected("the receipt names another ballot than was cast")
    return str(receipt["tracker"])


async def everybody_votes(stage: Stage, uuid: str, choices: list[tuple[Member, Picks]]) -> list[str]:
    """Everybody votes, eight at a time; returns the trackers."""
    context = await open_booth(stage, uuid)
    done = 0

    async def one(choice: tuple[Member, Picks]) -> str:
        nonlocal done
        cast = await vote(stage, context, *choice)
        done += 1
        stage.progress.count("ballots", done, len(choices))
        return cast

    return await some_at_once(choices, one)
