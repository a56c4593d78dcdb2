"""What is looked at on every page: readable by everyone, nothing cut off, nothing too small to touch."""

from __future__ import annotations

from playwright.async_api import Page

from tests import browsers

TARGET, BOOTH_TARGET = 44, 48
"""CSS pixels a control measures at least; voters may be old or in a hurry."""


async def faults(page: Page, *, target: int | None = None, axe: bool = True) -> list[str]:
    """Everything wrong with the page as it stands, one line each; empty when all is well."""
    found: list[str] = []
    title, headings = await page.title(), await page.locator("h1").count()
    if not title.strip() or headings != 1:
        found.append(f"title {title!r}, {headings} h1")
    minimum = target or (BOOTH_TARGET if await page.locator("[data-booth]").count() else TARGET)
    found += [
        f"smaller than {minimum} px: {control}" for control in await browsers.small_targets(page, minimum)
    ]
    try:
        await browsers.no_horizontal_scroll(page)
    except AssertionError as sideways:
        found.append(str(sideways))
    if axe:
        found += await browsers.axe(page)
    return found
