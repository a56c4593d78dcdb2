"""People at browser windows of one device, playing their part of a cycle, and everything they find wrong on the way."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from playwright.async_api import Browser, FilePayload, Locator, Page, expect

from office.pages import THEME_COOKIE
from rehearsal.stage import Actor, Progress, Stage
from tests import browsers
from tests.browser.looking import faults

PATIENCE = 60
"""Seconds for what the server does by itself: board, tally, letters."""


@dataclass
class Walker:
    """One window: presses with a finger where the device has a touch screen, and looks at every page."""

    page: Page
    device: browsers.Device
    address: str
    found: list[str]
    actor: Actor | None = None

    async def open(self, path: str) -> None:
        """Go to a page of the site, and look at it."""
        await self.page.goto(self.address + path)
        await self.look()

    async def look(self) -> None:
        """Note everything wrong with the page as it stands."""
        where = self.page.url.removeprefix(self.address)
        self.found += [f"{self.device} {where}: {fault}" for fault in await faults(self.page)]

    async def press(self, what: str | Locator, role: str = "button") -> None:
        """Press a button (or what else is named) that changes the page in place."""
        control = self.named(what, role)
        # Says what the page shows instead, where the control is missing.
        await expect(control).to_be_visible(timeout=20_000)
        await (control.tap() if self.device.touch else control.click())

    async def go(self, what: str | Locator, role: str = "button") -> None:
        """Press what leads to another page, and look at that page."""
        async with self.page.expect_navigation():
            await self.press(what, role)
        await self.look()

    async def follow(self, what: str) -> None:
        """Follow a link."""
        await self.go(what, "link")

    def named(self, what: str | Locator, role: str = "button") -> Locator:
        """The one control in sight of that role and exact name."""
        if isinstance(what, Locator):
            return what
        return self.page.get_by_role("link" if role == "link" else "button", name=what, exact=True)

    async def tick(self, group: str, label: str) -> None:
        """Choose a radio button or check box of a group by the words beside it."""
        fieldset = self.page.get_by_role("group", name=group)
        await self.press(
            fieldset.locator("label").filter(has_text=re.compile(rf"^\s*{re.escape(label)}\s*$")).first
        )

    async def write(self, label: str, text: str) -> None:
        """Type into the field of that label."""
        await self.page.get_by_label(label).fill(text)

    async def give(self, label: str, name: str, data: bytes) -> None:
        """Choose a file for the field of that label."""
        files: list[FilePayload] = [{"name": name, "mimeType": "application/octet-stream", "buffer": data}]
        await self.page.get_by_label(label).set_input_files(files)

    async def take(self, what: str | Locator, role: str = "link") -> Path:
        """Download what a link leads to."""
        async with self.page.expect_download() as download:
            await self.press(what, role)
        return Path(await (await download.value).path())

    async def see(self, text: str | re.Pattern[str], seconds: float = 20) -> None:
        """Wait until a text is in sight."""
        sought = self.page.get_by_text(text).locator("visible=true").first
        await expect(sought).to_be_visible(timeout=seconds * 1000)

    async def reload_until(self, text: str) -> None:
        """Open the page again and again until it says so; the server is at work meanwhile."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not await self.page.get_by_text(text).locator("visible=true").count():
            assert asyncio.get_running_loop().time() < deadline, f"{self.page.url} does not say: {text}"
            await asyncio.sleep(0.5)
            await self.page.reload()
        await self.look()


@dataclass
class Play:
    """One cycle on one device: the stage for those who come over HTTP, the windows of those who come in person."""

    stage: Stage
    chromium: Browser
    device: browsers.Device
    theme: str
    found: list[str] = field(default_factory=list)
    windows: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def somebody(self, allow: Sequence[str] = ()) -> Walker:
        """A resident at a browser of their own; `allow`: complaints of the browser that are provoked."""
        visit = browsers.visit(self.chromium, self.device, allow=allow)
        page = await self.windows.enter_async_context(visit)
        theme = {"name": THEME_COOKIE, "value": self.theme, "url": self.stage.base_url}
        await page.context.add_cookies([theme])  # type: ignore[list-item]  # a cookie of Playwright's is a plain dict
        return Walker(page, self.device, self.stage.base_url, self.found)

    async def signed_in(self, actor: Actor, allow: Sequence[str] = ()) -> Walker:
        """Somebody with a role, signed in on the page for it."""
        walker = await self.somebody(allow)
        walker.actor = actor
        await walker.open("/sign-in")
        await walker.write("전자우편", actor.email)
        await walker.write("비밀번호", actor.password)
        await walker.write("인증번호", actor.browser.totp())
        await walker.go("로그인")
        return walker

    async def outbox(self, window: Walker, recipient: str, purpose: str) -> Walker:
        """A second window of the same browser, with somebody's letters of a kind."""
        letters = Walker(await window.page.context.new_page(), self.device, window.address, self.found)
        await self.stage.letters(recipient, purpose)
        await letters.open(f"/demonstration/outbox?{urlencode({'recipient': recipient, 'purpose': purpose})}")
        return letters


@asynccontextmanager
async def play(address: str, chromium: Browser, device: browsers.Device, theme: str) -> AsyncIterator[Play]:
    """A play at an address; whatever a browser complained of or was found wrong on a page fails it at the end."""
    stage = Stage(address, Progress(print))
    made = Play(stage, chromium, device, theme)
    try:
        async with made.windows:
            yield made
    finally:
        await stage.close()
    assert made.found == [], "\n".join(made.found)
