"""A real browser for tests: three screens, and nothing that goes wrong in it passes unseen.

How to use it, in an async test (anyio on asyncio):

    from tests import browsers

    async with browsers.browser() as chromium:
        async with browsers.visit(chromium, browsers.PHONE) as page:      # or TABLET, DESKTOP
            await page.goto("http://localhost:8000/")
            await browsers.no_horizontal_scroll(page)                     # fails, naming what is too wide
            assert await browsers.axe(page) == []                         # WCAG 2.2 A and AA
            assert await browsers.small_targets(page) == []               # controls under 44 x 44 px

`visit` gives a fresh context (no cookies, Korean, Asia/Seoul) and fails the test when it ends if the page
wrote an error to the console, threw an exception that nobody caught, or asked another host for anything.
A test that provokes an error on purpose names it: `visit(chromium, PHONE, allow=("status of 503",))`.
Further keyword arguments go to Playwright's `new_context`, e.g. `java_script_enabled=False`,
`forced_colors="active"`, `reduced_motion="reduce"`.

To run over all screens: `@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)`.
Mark such tests `@pytest.mark.browser`.  Starting Chromium takes about a second: share `browser()` through a
module-scoped fixture and open one `visit` per test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)
OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@dataclass(frozen=True)
class Device:
    """A screen in CSS pixels, and whether it is touched."""

    name: str
    width: int
    height: int
    touch: bool

    def __str__(self) -> str:
        return self.name


PHONE = Device("phone", 390, 844, touch=True)
TABLET = Device("tablet", 820, 1180, touch=True)
DESKTOP = Device("desktop", 1280, 900, touch=False)
DEVICES = (PHONE, TABLET, DESKTOP)


@dataclass
class Findings:
    """What went wrong in a browser context, in the order it happened."""

    allow: Sequence[str]
    errors: list[str] = field(default_factory=list)

    def error(self, text: str) -> None:
        if not any(part in text for part in self.allow):
            self.errors.append(text)

    def request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in OWN_HOSTS:
            self.error(f"request to another host: {url}")

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self.request(request.url))
        context.on("weberror", lambda failure: self.error(f"uncaught: {failure.error}"))
        context.on(
            "console",
            lambda message: (
                self.error(f"console: {message.text} ({message.location.get('url', '')})")
                if message.type == "error"
                else None
            ),
        )


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, headless, closed at the end."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield chromium
        finally:
            await chromium.close()


@asynccontextmanager
async def visit(
    chromium: Browser, device: Device = DESKTOP, *, allow: Sequence[str] = (), **options: Any
) -> AsyncIterator[Page]:
    """A fresh visitor's page on that screen; any finding not in `allow` fails the test at the end."""
    findings = Findings(allow)
    context = await chromium.new_context(
        **{
            "viewport": {"width": device.width, "height": device.height},
            "has_touch": device.touch,
            "is_mobile": device.touch,
            "locale": "ko-KR",
            "timezone_id": "Asia/Seoul",
            **options,
        }
    )
    try:
        findings.watch(context)
        yield await context.new_page()
    finally:
        await context.close()
    assert not findings.errors, "the browser complained:\n" + "\n".join(findings.errors)


async def axe(page: Page, tags: Sequence[str] = AXE_TAGS) -> list[str]:
    """What axe finds on the page as it stands: one line per rule and element, empty when all is well."""
    # Evaluated through the debugger, so that the page's content security policy stays as it is;
    # without `preload: false` axe would fetch style sheets a second time and trip that policy.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    lines: list[str] = await page.evaluate(
        """async (tags) => {
            const result = await axe.run(document, {
                runOnly: {type: "tag", values: tags}, preload: false, resultTypes: ["violations"],
            });
            return result.violations.flatMap((rule) => rule.nodes.map((node) =>
                `${rule.id} (${rule.impact}): ${node.target.join(" ")}: ${node.failureSummary}`));
        }""",
        list(tags),
    )
    return lines


async def no_horizontal_scroll(page: Page) -> None:
    """Fail, naming the elements that stick out, when the page is wider than the screen."""
    culprits: list[str] = await page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            const outside = [...document.body.querySelectorAll("*")]
                .filter((element) => element.getBoundingClientRect().right > width + 0.5)
                .map((element) => `${element.tagName.toLowerCase()}.${element.className} ends at `
                    + Math.round(element.getBoundingClientRect().right));
            return [`page ${document.documentElement.scrollWidth} px, screen ${width} px`,
                    ...outside.slice(-8)];
        }"""
    )
    assert not culprits, "the page scrolls sideways:\n" + "\n".join(culprits)


async def small_targets(page: Page, minimum: int = 44) -> list[str]:
    """Visible controls smaller than `minimum` CSS pixels in either direction.

    A check box or radio button counts together with its label.  Links inside a sentence are left out
    (WCAG 2.2, 2.5.8, exception "inline"), so are links that show only when focused (skip links).
    """
    found: list[str] = await page.evaluate(
        """(minimum) => {
            const selector = "a[href], button, input:not([type=hidden]), select, textarea, summary, "
                + "[role=button], [role=link], [role=checkbox], [role=radio], [role=tab], [role=switch]";
            const inSentence = (link) => getComputedStyle(link).display === "inline"
                && [...link.parentElement.childNodes].some((node) =>
                    node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "");
            const small = [];
            for (const control of document.querySelectorAll(selector)) {
                if (!control.checkVisibility({visibilityProperty: true})) continue;
                if (control.matches("a") && inSentence(control)) continue;
                const boxes = [control, ...(control.matches("[type=checkbox], [type=radio]")
                    ? control.labels : [])].map((element) => element.getBoundingClientRect());
                const left = Math.min(...boxes.map((box) => box.left));
                const top = Math.min(...boxes.map((box) => box.top));
                const right = Math.max(...boxes.map((box) => box.right));
                const bottom = Math.max(...boxes.map((box) => box.bottom));
                const [width, height] = [right - left, bottom - top];
                if (width <= 2 || height <= 2 || bottom + scrollY <= 0 || right + scrollX <= 0) continue;
                if (width < minimum - 0.5 || height < minimum - 0.5) {
                    const name = control.getAttribute("aria-label") || control.textContent.trim()
                        || control.name || control.id;
                    small.push(`${control.tagName.toLowerCase()} "${name.slice(0, 40)}" `
                        + `${Math.round(width)}x${Math.round(height)}`);
                }
            }
            return small;
        }""",
        minimum,
    )
    return found
