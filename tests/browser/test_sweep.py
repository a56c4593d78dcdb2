"""Every page of every role of a filled demonstration, on a phone and on a desk, in both contrasts."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page

import app as house
from office.pages import LANGUAGE_COOKIE
from rehearsal.demonstration import OPEN_SHEETS, THIS
from tests import browsers
from tests.browser.crawling import NOT_A_PAGE, Trail, links, template_of, templates_of
from tests.browser.demonstration import Shown, shown
from tests.browser.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Who looks (the beginning of their e-mail address), and the pages no link leads to at this moment of a cycle.
STARTS = {
    "": (
        "/",
        "/verify",
        "/vote/{uuid}",
        "/audit/{uuid}",
        "/mine/{uuid}",
        "/result/{uuid}",
        "/contracts?q=없는 낱말",
    ),
    "officer.1": ("/agency", f"/agency/contracts/{THIS}-D01/figures", f"/agency/contracts/{THIS}-D01"),
    "head.1": ("/agency", "/reports"),
    f"evaluator.{min(OPEN_SHEETS)}": ("/evaluation",),
    "evaluator.1": ("/evaluation", "/evaluation/1"),
    "office.1": (
        "/office",
        f"/office/cycles/{THIS}/import/4",
        f"/office/cycles/{THIS}/assignments/preview?each=5",
    ),
    "verifier.1": ("/checks",),
    "trustee.1": ("/trustee", "/trustee/{uuid}", "/trustee/{uuid}/practice"),
}
FILES = (
    "/demonstration/keys/{name}",
    "/rulebooks/{name}",
    "/board/{uuid}/{name}",
    "/contracts/{public_id}/data/{name}",
    "/contracts/{public_id}/evidence/{sha256}/{filename}",
    "/contracts/past/{agency_code}/files/{sha256}",
    "/contracts/{public_id}/versions/{name}",
)
"""Addresses without a telling end that answer no page."""
SENT_ON = ("/board", "/ranking")
"""They only lead to another page of the list."""
LETTERS = "/demonstration/outbox"
"""What stands in letters is for those they were written to."""
IN_THE_CYCLE = (
    "/office/elections/{uuid}/roll/{draft_id}",
    "/evaluation/{assignment_id}/file",
    "/evaluation/{assignment_id}/reconcile",
    "/evaluation/{assignment_id}/reconcile/file",
    "/trustee/{uuid}/anew",
    "/agency/contracts/{public_id}/amendments/draft",
    "/agency/contracts/{public_id}/amendments/draft/method",
    "/agency/contracts/{public_id}/amendments/draft/new",
    "/agency/contracts/{public_id}/amendments/draft/node",
    "/agency/contracts/{public_id}/amendments/draft/weights",
    "/agency/contracts/{public_id}/edit",
    "/agency/contracts/{public_id}/edit/method",
    "/agency/contracts/{public_id}/edit/new",
    "/agency/contracts/{public_id}/edit/node",
    "/agency/contracts/{public_id}/edit/weights",
    "/agency/contracts/{public_id}/indicators/{code}/steps",
)
"""They need not be linked at this moment of a cycle; the tests of the cycle and of their own part look at them."""
OURS = ".site-menu-panel a, .site-footer-nav a, .krds-btn, .form-tit label, legend:not(.rating *), summary, th[scope=col]:not([data-name])"
"""Words that the program says, not those somebody entered."""
KOREAN = re.compile("[^a-zA-Z]*[가-힣][^a-zA-Z]*")
NARROWEST = 320
SLOW = 3.0
"""Seconds after which a page's visit is printed."""
HUNG = 120.0
"""Seconds after which a page is taken to hang, so that it is named and the others are still looked at."""


@dataclass
class Sweep:
    """A filled demonstration, and what was seen of it so far."""

    site: Shown
    templates: list[str]
    seen: set[str] = field(default_factory=set)
    """What everybody may see and somebody without a role has looked at."""
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)
    """One address, and who looked at it, for each kind of page."""


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browsers.browser() as started:
        yield started


@pytest.fixture(scope="module")
async def sweep(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sweep]:
    async with shown(tmp_path_factory.mktemp("demonstration")) as site:
        yield Sweep(site, templates_of(house.create_app(site.settings)))


async def look(page: Page, address: str, *, axe_on_a_desk: bool) -> list[str]:
    """What is wrong with a page on a phone, on the narrowest phone, and on a desk."""
    found = await faults(page)
    await page.set_viewport_size({"width": NARROWEST, "height": 800})
    try:
        await browsers.no_horizontal_scroll(page)
    except AssertionError as sideways:
        found.append(f"{NARROWEST} px: {sideways}")
    desk = browsers.DESKTOP
    await page.set_viewport_size({"width": desk.width, "height": desk.height})
    found += [f"desk: {fault}" for fault in await faults(page, axe=axe_on_a_desk)]
    phone = browsers.PHONE
    await page.set_viewport_size({"width": phone.width, "height": phone.height})
    return [f"{address}: {fault}" for fault in found]


@pytest.mark.parametrize("who", STARTS, ids=lambda who: who or "everybody")
async def test_every_page_is_sound(chromium: Browser, sweep: Sweep, who: str) -> None:
    site, found = sweep.site, list[str]()
    trail = Trail(sweep.templates, FILES, sweep.examples, seen=sweep.seen if not who else set(sweep.seen))
    trail.add(*(start.replace("{uuid}", site.filled.keys[0].election) for start in STARTS[who]))

    async def walk() -> None:
        try:
            await visits()
        except AssertionError as complaint:
            found.append(str(complaint))

    async def visits() -> None:
        async with browsers.visit(chromium, browsers.PHONE) as page:
            await site.come_in(page, who)
            while address := trail.next():
                begun = time.perf_counter()
                try:
                    async with asyncio.timeout(HUNG):
                        await see(page, address)
                except TimeoutError:
                    found.append(f"{address}: looking at it does not come to an end")
                if (seconds := time.perf_counter() - begun) > SLOW:
                    print(f"{seconds:.1f} s {who} {address}")

    async def see(page: Page, address: str) -> None:
        answer = await page.goto(site.address + address)
        assert answer
        if answer.status != 200:
            found.append(f"{address}: status {answer.status}")
            return
        if page.url.startswith(f"{site.address}/sign-in") and not address.startswith("/sign-in"):
            trail.seen.discard(address)  # not for this visitor: somebody else has to look
            return
        if not address.startswith(LETTERS):
            trail.add(*await links(page))
        kind = template_of(urlsplit(page.url).path, sweep.templates)
        first = sweep.examples.setdefault(kind, (address, who)) == (address, who)
        found.extend(await look(page, address, axe_on_a_desk=first))

    await asyncio.gather(walk(), walk())
    trail.leave()
    print(f"{who or 'everybody'}: {trail.taken} pages")
    assert found == [], "\n".join(found)


async def test_one_page_of_each_kind_is_sound_in_high_contrast(chromium: Browser, sweep: Sweep) -> None:
    found: list[str] = []
    for who in STARTS:
        async with browsers.visit(chromium, browsers.DESKTOP) as page:
            await sweep.site.come_in(page, who, "high-contrast")
            for address in (address for address, looked in sweep.examples.values() if looked == who):
                await page.goto(sweep.site.address + address)
                assert await page.locator("html").get_attribute("data-krds-mode") == "high-contrast"
                found += [f"{address}: {fault}" for fault in await browsers.axe(page)]
    assert found == [], "\n".join(found)


async def test_one_page_of_each_kind_fits_in_english(chromium: Browser, sweep: Sweep) -> None:
    found: list[str] = []
    for who in STARTS:
        async with browsers.visit(chromium, browsers.PHONE) as page:
            await sweep.site.come_in(page, who)
            await page.context.add_cookies(
                [{"name": LANGUAGE_COOKIE, "value": "en", "url": sweep.site.address}]
            )
            for address in (address for address, looked in sweep.examples.values() if looked == who):
                await page.goto(sweep.site.address + address)
                assert await page.locator("html").get_attribute("lang") == "en"
                found += [f"{address}: {fault}" for fault in await faults(page, axe=False)]
                words = await page.locator(OURS).all_inner_texts()
                found += [f"{address}: in Korean: {text}" for text in words if KOREAN.fullmatch(text)]
    assert found == [], "\n".join(found)


async def test_no_page_was_left_out(sweep: Sweep) -> None:
    pages = {path for path in sweep.templates if not NOT_A_PAGE.search(path)} - set(FILES)
    left = pages - set(sweep.examples) - set(SENT_ON) - set(IN_THE_CYCLE)
    assert not left, "\n".join(sorted(left))


async def test_no_page_is_excused_that_was_reached(sweep: Sweep) -> None:
    excused = {*IN_THE_CYCLE, *SENT_ON, *FILES}
    reached, unknown = excused & set(sweep.examples), excused - set(sweep.templates)
    assert not reached | unknown, "\n".join(sorted(reached | unknown))


async def test_a_page_that_is_not_there_says_so_and_reads_well(chromium: Browser, sweep: Sweep) -> None:
    async with browsers.visit(chromium, browsers.PHONE, allow=("status of 404",)) as page:
        answer = await page.goto(sweep.site.address + "/no/such/page")
        assert answer and answer.status == 404
        assert await look(page, "/no/such/page", axe_on_a_desk=True) == []
