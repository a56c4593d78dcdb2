"""Every component and every page of the office: readable by everyone, on every screen, in both contrasts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import PurePosixPath

import pytest
from playwright.async_api import Browser, expect

from office.vendoring import VENDOR, named_urls
from tests import browsers
from tests.browser import gallery

THEMES = ("light", "high-contrast")
WIDTHS = (320, 390, 820, 1280)
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browsers.browser() as started:
        yield started


@pytest.mark.browser
@pytest.mark.parametrize("path", gallery.SAMPLES)
async def test_a_page_reads_and_fits_on_every_screen_in_both_contrasts(chromium: Browser, path: str) -> None:
    for theme in THEMES:
        async with browsers.visit(chromium, browsers.PHONE) as page:
            await gallery.serve(page, theme)
            await page.goto(gallery.HOST + path)
            assert await browsers.axe(page) == []
            assert await browsers.small_targets(page) == []
            for width in WIDTHS:
                await page.set_viewport_size({"width": width, "height": 900})
                await browsers.no_horizontal_scroll(page)
            assert await browsers.axe(page) == []


@pytest.mark.browser
async def test_the_menu_of_a_phone_opens_without_scripts(chromium: Browser) -> None:
    async with browsers.visit(chromium, browsers.PHONE, java_script_enabled=False) as page:
        await gallery.serve(page)
        await page.goto(gallery.HOST + "/home")
        link = page.locator(".site-menu-panel").get_by_role("link", name="투표", exact=True)
        await expect(link).to_be_hidden()
        await page.get_by_text("메뉴", exact=True).click()
        await expect(link).to_be_visible()


@pytest.mark.browser
async def test_a_page_with_a_problem_begins_at_the_problem_and_leads_to_the_field(chromium: Browser) -> None:
    async with browsers.visit(chromium) as page:
        await gallery.serve(page)
        await page.goto(gallery.HOST + "/sign-in-refused")
        assert await page.evaluate("document.activeElement.id") == "problem"
        await page.get_by_role("link", name="한 번 쓴 인증번호는 다시 쓸 수 없습니다").click()
        assert await page.evaluate("document.activeElement.id") == "field-code"


@pytest.mark.parametrize("path", gallery.SAMPLES)
def test_no_page_has_inline_style_or_script(path: str) -> None:
    html = gallery.draw(gallery.environment(), path, "light")
    assert INLINE.findall(html) == []


def test_what_was_typed_stays_but_no_secret_does() -> None:
    html = gallery.draw(gallery.environment(), "/sign-in-refused", "light")
    assert 'value="office1@example.org"' in html
    for name in ("password", "code"):
        assert f'name="{name}" class="krds-input" value=""' in html


def test_every_picture_a_stylesheet_names_is_there() -> None:
    for path in ("krds/css/component/output.css", "krds/css/token/krds_tokens.css"):
        css = (VENDOR / path).read_text("utf-8")
        assert "http" not in css
        assert [
            url for url in named_urls(css, PurePosixPath(path).parent) if not (VENDOR / url).is_file()
        ] == []
    for sheet in gallery.STATIC.glob("*.css"):
        named = named_urls(sheet.read_text("utf-8"), PurePosixPath())
        assert [url for url in named if not (gallery.STATIC / url).is_file()] == []


EDGE = "element => getComputedStyle(element).borderBottomColor"


@pytest.mark.browser
async def test_in_the_colours_of_the_system_one_still_sees_where_one_is_and_what_to_press(
    chromium: Browser,
) -> None:
    async with browsers.visit(chromium, forced_colors="active") as page:
        await gallery.serve(page)
        await page.goto(gallery.HOST + "/data")
        ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        for one, here in (
            (".tabs .btn-tab", "[...document.querySelectorAll('.tabs .active .btn-tab')]"),
            (".site-nav a", "[...document.querySelectorAll('.site-nav a[aria-current]')]"),
        ):
            edges = await page.locator(one).evaluate_all(f"all => all.map({EDGE})")
            current = await page.evaluate(f"{here}.map({EDGE})")
            assert len(current) == 1 and current[0] != ground
            assert sorted(edges) == sorted([*current, *[ground] * (len(edges) - 1)])
        frames = await page.locator(".progress-line progress").evaluate_all(f"all => all.map({EDGE})")
        assert frames and ground not in frames
        await page.goto(gallery.HOST + "/forms")
        fills = "all => all.map(each => getComputedStyle(each).backgroundColor)"
        first = set(await page.locator(".krds-btn.primary:not(:disabled)").evaluate_all(fills))
        other = set(await page.locator(".krds-btn.secondary").evaluate_all(fills))
        assert first and other and not first & other
        box = page.locator(".grade-scale .krds-form-check:has(:checked) label").first
        rest = page.locator(".grade-scale .krds-form-check:not(:has(:checked)) label").first
        fill = "element => getComputedStyle(element).backgroundColor"
        assert await box.evaluate(fill) != await rest.evaluate(fill)
