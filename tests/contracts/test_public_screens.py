"""What residents read of contracts, in a real browser: four widths, both contrasts, enlarged, by keyboard, on paper."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Page, expect
from pypdf import PdfReader

from ballots.checking import Checker
from contracts.model import Phase
from office.database import Database
from office.settings import Settings
from tests import browsers
from tests.browser.looking import faults
from tests.seeding import CULTURE, TREES, YEAR, seed_cycle
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

PAGES = (
    "/contracts?q=버스",
    "/contracts?view=field",
    f"/contracts/{YEAR}-TR",
    f"/contracts/{YEAR}-TR/indicators/U-1",
    f"/contracts/{YEAR}-TR/indicators/E-1",
    f"/contracts/{YEAR}-TR/comparison",
    f"/contracts/{YEAR}-TR/data",
    f"/contracts/{YEAR}/data",
    f"/contracts/{YEAR}-TR/notice",
    f"/contracts/{YEAR}/notice",
    "/api",
)
NARROW = browsers.Device("narrow", 320, 640, touch=True)


@pytest.fixture
async def site(own_db: tuple[Database, Settings], checker: Checker) -> AsyncIterator[str]:
    db, settings = own_db
    others = [replace(CULTURE, agency_code=f"X{n:02}", agency=f"다른 국 {n}") for n in range(20)]
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING, trees=[*TREES, *others], simulated=["성과계약"])
    # A demonstration refuses a database that something else has filled.
    with served(settings.model_copy(update={"demonstration": False}), checker) as running:
        yield running.address


@pytest.mark.parametrize("device", [NARROW, *browsers.DEVICES], ids=str)
async def test_every_page_fits_and_passes_axe(site: str, device: browsers.Device) -> None:
    found = {}
    async with browsers.browser() as chromium, browsers.visit(chromium, device) as page:
        for path in PAGES:
            await page.goto(site + path)
            await _all_open(page)
            found[path] = await faults(page, target=44 if device.touch else 24)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


async def test_high_contrast_passes_axe(site: str) -> None:
    async with browsers.browser() as chromium, browsers.visit(chromium) as page:
        await page.context.add_cookies([{"name": "yaksok_theme", "value": "high-contrast", "url": site}])
        for path in PAGES:
            await page.goto(site + path)
            assert await browsers.axe(page) == [], path


async def test_a_search_by_keyboard_leads_to_the_indicator(site: str) -> None:
    async with browsers.browser() as chromium, browsers.visit(chromium) as page:
        await page.goto(f"{site}/contracts")
        await page.get_by_label("기관, 과제, 지표 찾기").focus()
        await page.keyboard.type("공공시설")
        await page.keyboard.press("Enter")
        await expect(page.locator("mark").first).to_have_text("공공시설")
        await _tab_to(page, "a:has-text('교통국')")
        await page.keyboard.press("Enter")
        await page.wait_for_url(f"**/contracts/{YEAR}-TR")
        await _tab_to(page, "a:has-text('지표 정의서: 공공시설 이용자')")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("공공시설 이용자")
        await expect(page.get_by_role("img", name="연도별 변화")).to_be_visible()


async def test_a_definition_sheet_prints_on_one_page(site: str) -> None:
    async with browsers.browser() as chromium, browsers.visit(chromium) as page:
        for code in ("W-1", "U-1", "E-1"):
            await page.goto(f"{site}/contracts/{YEAR}-TR/indicators/{code}")
            printed = await page.pdf(format="A4", prefer_css_page_size=True)
            assert len(PdfReader(io.BytesIO(printed)).pages) == 1, code


async def _all_open(page: Page) -> None:
    await page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")


async def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, as somebody without a mouse would."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        if await page.evaluate(
            "(wanted) => wanted.includes(document.activeElement)", await page.query_selector_all(selector)
        ):
            return
    raise AssertionError(f"Tab does not lead to {selector}")
