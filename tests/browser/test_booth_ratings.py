"""The agencies are rated in the booth: a screen of its own, by touch and by keyboard, on every size of screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from ballots.protocol.verifier import verify
from tests import browsers
from tests.ballots.boards import reference_accepts
from tests.browser.halls import NARROWEST, Hall, finish, heading, pick, sound

pytestmark = pytest.mark.browser


def point(page: Page, agency: int, points: int) -> str:
    return f"label[for=rating-{agency}-{points - 1}]"


async def to_ratings(page: Page, hall: Hall, voter: int, *picks: int) -> None:
    await page.goto(hall.link(voter))
    await pick(page, *picks)
    await page.get_by_role("button", name="다음").click()
    await heading(page, "기관별 평가")


@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)
async def test_tasks_and_ratings_go_into_one_ballot(
    chromium: Browser, rating_hall: Hall, tmp_path: Path, device: browsers.Device
) -> None:
    hall = rating_hall
    async with browsers.visit(chromium, device) as page:
        await to_ratings(page, hall, 0, 2)
        await expect(page.get_by_text("4단계 중 2단계").locator("visible=true")).to_be_visible()
        for agency in ("교통국", "여성가족국", "농정국"):
            shown = await page.locator(".rating-agency", has_text=agency).bounding_box()
            assert shown is not None
            assert shown["width"] > 40
            assert shown["height"] > 20
        rated = page.locator("p[data-rated]")
        await expect(rated).to_have_text("3개 기관 중 0개 평가")
        for place, points in ((0, 5), (1, 2), (2, 3)):
            await page.locator(point(page, place, points)).click()
        await expect(rated).to_have_text("3개 기관 중 3개 평가")
        await page.get_by_role("button", name="여성가족국 평가 지우기").click()
        await expect(rated).to_have_text("3개 기관 중 2개 평가")
        await expect(page.get_by_role("button", name="여성가족국 평가 지우기")).to_be_hidden()
        await page.get_by_role("button", name="다음").click()
        await heading(page, "이대로 투표할까요?")
        given = await page.locator("[data-review-rating-list] li").all_inner_texts()
        assert [" ".join(text.split()) for text in given] == ["교통국 5점 매우 우수", "농정국 3점 보통"]
        await expect(page.get_by_text("평가하지 않은 기관이 1개 있습니다.")).to_be_visible()
        # Back and forth loses nothing.
        await page.get_by_role("button", name="이전").click()
        await heading(page, "기관별 평가")
        await page.get_by_role("button", name="이전").click()
        await expect(page.locator("#choice-choice-2")).to_be_checked()
        await page.go_back()
        await heading(page, "기관별 평가")
        await expect(rated).to_have_text("3개 기관 중 2개 평가")
        await page.get_by_role("button", name="다음").click()
        await page.get_by_role("button", name="투표하기", exact=True).click()
        await finish(page, hall, 0)
        assert await page.locator("input:checked").count() == 0
        assert await page.locator("[data-review-rating-list] li").count() == 0
    assert await hall.counted() == [[0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1], [0] * 5, [0, 0, 1, 0, 0]]
    raw = await hall.board_with(1)
    assert verify(raw, jobs=1).ok
    assert reference_accepts(tmp_path / "board", raw)


async def test_every_agency_may_be_skipped(chromium: Browser, rating_hall: Hall) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await to_ratings(page, rating_hall, 0, 1)
        await page.get_by_role("button", name="다음").click()
        await expect(page.get_by_text("어느 기관도 평가하지 않았습니다.")).to_be_visible()
        await page.get_by_role("button", name="투표하기", exact=True).click()
        await finish(page, rating_hall, 0)
    assert await rating_hall.counted() == [[0, 0, 1, 0, 0, 0], [0] * 5, [0] * 5, [0] * 5]


async def test_the_keyboard_alone_rates_and_clears(chromium: Browser, rating_hall: Hall) -> None:
    async with browsers.visit(chromium) as page:
        await page.goto(rating_hall.link(0))
        await page.locator("#choice-choice-0").focus()
        await page.keyboard.press("Space")
        await page.get_by_role("button", name="다음").focus()
        await page.keyboard.press("Enter")
        await heading(page, "기관별 평가")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.keyboard.press("ArrowRight")
        await expect(page.locator("#rating-0-1")).to_be_checked()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="교통국 평가 지우기")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("#rating-0-1")).to_be_focused()
        await expect(page.locator("#rating-0-1")).not_to_be_checked()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await expect(page.locator("#rating-1-0")).to_be_checked()
        await expect(page.locator("p[data-rated]")).to_have_text("3개 기관 중 1개 평가")


async def test_a_page_that_shows_another_agency_than_the_record_encrypts_nothing(
    chromium: Browser, rating_hall: Hall
) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await to_ratings(page, rating_hall, 0, 1)
        await page.evaluate("document.querySelector('.rating-agency').textContent = '환경국'")
        await page.get_by_role("button", name="다음").click()
        await page.get_by_role("button", name="투표하기", exact=True).click()
        said = page.locator("section[data-screen=review] [data-error]")
        await expect(said).to_contain_text("투표 기록과 다릅니다")
    assert await rating_hall.ballots() == []


@pytest.mark.parametrize("theme", ["light", "high-contrast"])
@pytest.mark.parametrize("device", [NARROWEST, browsers.TABLET, browsers.DESKTOP], ids=str)
async def test_the_ratings_can_be_read_and_touched_by_everyone(
    chromium: Browser, rating_hall: Hall, device: browsers.Device, theme: str
) -> None:
    hall = rating_hall
    async with browsers.visit(chromium, device, allow=("status of 422",)) as page:
        await page.goto(f"{hall.site.address}/display?theme={theme}&next={hall.poll.address}")
        await page.goto("about:blank")
        await to_ratings(page, hall, 0, 1)
        await sound(page)
        await page.locator(point(page, 1, 4)).click()
        await sound(page)
        await page.get_by_role("button", name="다음").click()
        await heading(page, "이대로 투표할까요?")
        await sound(page)
