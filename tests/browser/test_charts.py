"""A chart in a real browser: a phone gets a drawing of its own, in which no letter is smaller than 12 pixels."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import Browser

from ballots.checking import Checker
from contracts.model import Phase
from office.charts import SMALL
from office.database import Database
from office.settings import Settings
from tests import browsers
from tests.seeding import TRANSPORT, YEAR, seed_cycle
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

SMALLEST = 320


async def test_letters_of_a_chart_can_be_read_on_every_screen(
    own_db: tuple[Database, Settings], checker: Checker, chromium: Browser
) -> None:
    db, settings = own_db
    long = replace(
        TRANSPORT, agency_code="LO", agency="저출생고령사회정책과 교통약자이동지원을 맡은 담당관실"
    )
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING, trees=[TRANSPORT, long])
    with served(settings.model_copy(update={"demonstration": False}), checker) as site:
        for width in (SMALLEST, browsers.PHONE.width, browsers.TABLET.width, 1024, browsers.DESKTOP.width):
            device = browsers.Device(f"{width}", width, 900, touch=width < 600)
            async with browsers.visit(chromium, device, java_script_enabled=False) as page:
                for path in (f"/contracts/{YEAR}-TR", f"/contracts/{YEAR}-TR/comparison", "/contracts"):
                    await page.goto(f"{site.address}{path}")
                    await browsers.no_horizontal_scroll(page)
                    for image in await page.locator(".chart img:visible").all():
                        await image.scroll_into_view_if_needed()
                        source, natural, shown, whole = await image.evaluate(
                            "img => [img.currentSrc, img.naturalWidth, img.getBoundingClientRect().width, img.complete]"
                        )
                        assert whole and natural, source
                        assert source.endswith("size=phone") == (width < 600), (width, source)
                        assert SMALL * shown / natural >= 12, (width, path, shown, natural)
