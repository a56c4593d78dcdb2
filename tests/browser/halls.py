"""A hall with an open vote on the running site, and a panel member's way through the booth in it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import anyio
import httpx
from playwright.async_api import Locator, Page, expect
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.model import BoxedBallot
from ballots.protocol.tally import encrypted_tally
from office.database import Database
from office.people import Person, Role
from rehearsal.visitor import Visitor
from tests import browsers
from tests.ballots.polls import Poll, publish
from tests.serving import Served

CODE = "인증번호를 입력해 주십시오"
NARROWEST = browsers.Device("narrowest", 320, 640, touch=True)


@dataclass
class Hall:
    """The running site with one open vote in it."""

    site: Served
    db: Database
    poll: Poll

    def link(self, voter: int) -> str:
        """What the voter has received."""
        return f"{self.site.address}{self.poll.address}#{self.poll.credentials[voter]}"

    async def code(self, page: Page, voter: int) -> str:
        """The newest code of a voter, read from the demonstration's outbox once the page says that it was sent."""
        await expect(page.get_by_role("heading", name=CODE)).to_be_visible(timeout=30_000)
        async with httpx.AsyncClient(base_url=self.site.address) as http:
            return (await self.poll.codes(Visitor(http), voter))[0]

    async def ballots(self) -> list[bytes]:
        async with self.db.reading() as session:
            query = select(BoxedBallot.body).where(col(BoxedBallot.election_id) == self.poll.id)
            return [body.encode() for body in await session.exec(query.order_by(col(BoxedBallot.id)))]

    async def counted(self) -> list[list[int]]:
        """The totals of what has been cast so far, blank first, opened with the trustees' keys."""
        return self.poll.counted(encrypted_tally(self.poll.context, await self.ballots()))

    async def board_with(self, ballots: int) -> bytes:
        """The public file, once so many ballots are in it; what waits for its batch is let on the board."""
        await publish(self.db, self.poll)
        address = f"{self.site.address}/board/{self.poll.uuid}/{self.poll.uuid}.bel"
        async with httpx.AsyncClient() as http:
            for _ in range(100):
                raw = (await http.get(address)).content
                if raw.count(b'"type":"Ballot"') == ballots:
                    return raw
                await anyio.sleep(0.1)
        raise AssertionError(f"the board does not show {ballots} ballots")


def option(page: Page, position: int) -> Locator:
    return page.locator(f"label[for=choice-choice-{position}]")


async def pick(page: Page, *positions: int) -> None:
    for position in positions:
        await option(page, position).click()


async def heading(page: Page, words: str) -> None:
    """Wait for a screen, and see that a reader's focus is at its beginning."""
    await expect(page.get_by_role("heading", name=words)).to_be_focused(timeout=30_000)


async def to_review(page: Page, hall: Hall, voter: int, *picks: int) -> None:
    await page.goto(hall.link(voter))
    await pick(page, *picks)
    await page.get_by_role("button", name="다음").click()
    await heading(page, "이대로 투표할까요?")


async def to_code(page: Page, hall: Hall, voter: int, *picks: int) -> None:
    await to_review(page, hall, voter, *picks)
    await page.get_by_role("button", name="투표하기", exact=True).click()
    await heading(page, CODE)


async def type_code(page: Page, code: str) -> None:
    await page.get_by_label("인증번호 6자리").fill(code)
    await page.get_by_role("button", name="투표 마치기").click()


async def finish(page: Page, hall: Hall, voter: int) -> str:
    """Type the code that came; the tracker that is shown."""
    await type_code(page, await hall.code(page, voter))
    await heading(page, "기록되었습니다")
    return (await page.locator("#tracker").inner_text()).strip()


async def nothing_is_kept(page: Page, hall: Hall, voter: int) -> None:
    """Neither the address nor the browser's storage knows the credential or what was chosen."""
    credential = hall.poll.credentials[voter]
    kept: str = await page.evaluate(
        "JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie, history.state])"
    )
    for form in (credential, credential.replace("-", "")):
        assert form not in kept
        assert form not in page.url
    for title in hall.poll.context.election.questions[0].answers:
        assert title not in kept
    sealed = json.loads(kept)[0].get("yaksok-sealed-ballot", "{}")
    assert set(json.loads(sealed)) <= {"castUrl", "ballot", "tracker", "challenge"}


async def sound(page: Page) -> None:
    """Readable by everyone, nothing too small, nothing beside the screen."""
    assert await browsers.axe(page) == []
    small = await browsers.small_targets(page, 48)
    assert not small, small
    await browsers.no_horizontal_scroll(page)


async def an_officer(session: AsyncSession) -> Person:
    """Somebody of the performance office; nobody signs in as them."""
    query = select(Person).where(col(Person.email) == "hall@example.org")
    officer = (await session.exec(query)).first()
    if officer is None:
        officer = Person(
            email="hall@example.org", name="현장 담당", role=Role.OFFICE, password_hash="-", totp_sealed="-"
        )
        session.add(officer)
        await session.flush()
    return officer


async def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(40):
        if await target.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not get there")
