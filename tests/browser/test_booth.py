"""A panel member votes in a real browser on the running site: from the personal link to the tracker on the board."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from ballots.model import Election, ElectionState
from ballots.protocol import ballot
from ballots.protocol.verifier import verify
from rehearsal.visitor import Visitor
from tests import browsers
from tests.ballots.boards import reference_accepts
from tests.ballots.polls import QUESTION, close, open_totals
from tests.browser.halls import (
    CODE,
    NARROWEST,
    Hall,
    finish,
    heading,
    nothing_is_kept,
    option,
    pick,
    sound,
    tab_to,
    to_code,
    to_review,
    type_code,
)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)
async def test_a_panel_member_votes_and_finds_the_ballot_on_the_board(
    chromium: Browser, hall: Hall, device: browsers.Device
) -> None:
    async with browsers.visit(chromium, device) as page:
        await page.goto(hall.link(0))
        await expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
        assert page.url == f"{hall.site.address}{hall.poll.address}"
        for words in (
            "교통국",
            "시내버스가 제시간에 오는 비율을 90%까지 올리겠습니다.",
            "86.4%까지 올렸습니다.",
        ):
            await expect(page.get_by_text(words).first).to_be_visible()
        await expect(page.locator("p[data-count]")).to_have_text("0개 선택 (최대 3개)")
        await pick(page, 3, 0)
        await expect(page.locator("p[data-count]")).to_have_text("2개 선택 (최대 3개)")
        await nothing_is_kept(page, hall, 0)
        await page.get_by_role("button", name="다음").click()
        await heading(page, "이대로 투표할까요?")
        chosen = await page.locator("[data-review-list] li").all_inner_texts()
        assert [text.strip() for text in chosen] == ["버스 제시간 운행", "공공의료원 야간 진료"]
        await page.get_by_role("button", name="투표하기", exact=True).click()
        await heading(page, CODE)
        await nothing_is_kept(page, hall, 0)
        shown = await finish(page, hall, 0)
        (raw,) = await hall.ballots()
        assert shown == ballot.tracker(raw)
        await nothing_is_kept(page, hall, 0)
        assert await page.evaluate("sessionStorage.length + localStorage.length") == 0
        await hall.board_with(1)
        await page.get_by_role("link", name="공개 게시판 보기").click()
        await expect(page.get_by_text("있습니다. 이 투표지를 셉니다")).to_be_visible()
        await expect(page.locator("#mine").get_by_text(shown)).to_be_visible()
    assert await hall.counted() == [[0, 1, 0, 0, 1, 0]]


async def test_what_browsers_cast_verifies_with_ours_and_with_an_independent_program(
    chromium: Browser, hall: Hall, tmp_path: Path
) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await to_code(page, hall, 0, 1, 2, 4)
        await finish(page, hall, 0)
    async with browsers.visit(chromium, browsers.DESKTOP) as page:
        await page.goto(hall.link(1))
        await page.get_by_text("선택하지 않고 투표하기", exact=True).click()
        await expect(page.locator("p[data-count]")).to_have_text("선택하지 않고 투표")
        await page.get_by_role("button", name="다음").click()
        await expect(page.get_by_text("어느 과제도 선택하지 않고 투표합니다.")).to_be_visible()
        await page.get_by_role("button", name="투표하기", exact=True).click()
        await finish(page, hall, 1)
    raw = await hall.board_with(2)
    assert verify(raw, jobs=1).ok
    assert reference_accepts(tmp_path / "board", raw)
    assert await hall.counted() == [[1, 0, 1, 1, 0, 1]]


async def test_a_later_vote_with_the_same_link_counts(chromium: Browser, hall: Hall) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await to_code(page, hall, 0, 1)
        first = await finish(page, hall, 0)
        await page.goto("about:blank")
        await to_code(page, hall, 0, 2)
        second = await finish(page, hall, 0)
        await hall.board_with(2)
        board = f"{hall.site.address}/board/{hall.poll.uuid}"
        await page.goto(board)
        for tracker, words in ((first, "나중 투표로 바뀌었습니다"), (second, "이 투표지를 셉니다")):
            await page.get_by_role("searchbox").fill(tracker)
            await page.get_by_role("button", name="찾기").click()
            await expect(page.locator("#mine").get_by_text(words)).to_be_visible()
    assert await hall.counted() == [[0, 0, 0, 1, 0, 0]]


async def test_a_wrong_code_is_said_where_it_was_typed_and_can_be_corrected(
    chromium: Browser, hall: Hall
) -> None:
    async with browsers.visit(chromium, browsers.PHONE, allow=("status of 422",)) as page:
        await to_code(page, hall, 0, 1)
        await type_code(page, "12 34")
        said = page.locator("#code-error")
        await expect(said).to_contain_text("숫자 6자리")
        right = await hall.code(page, 0)
        await type_code(page, "999999" if right != "999999" else "000000")
        await expect(said).to_contain_text("앞으로 4번 더")
        await expect(page.get_by_label("인증번호 6자리")).to_be_focused()
        assert await hall.ballots() == []
        await finish(page, hall, 0)


async def test_after_five_wrong_codes_a_new_one_is_asked_for_and_nothing_is_lost(
    chromium: Browser, hall: Hall
) -> None:
    async with browsers.visit(chromium, allow=("status of 422", "status of 410")) as page:
        await page.clock.install()
        await to_code(page, hall, 0, 1)
        right = await hall.code(page, 0)
        for _ in range(5):
            await type_code(page, "999999" if right != "999999" else "000000")
            await expect(page.locator("#code-error")).to_be_visible()
            await expect(page.get_by_label("인증번호 6자리")).to_be_focused()
        await expect(page.locator("#code-error")).to_contain_text("새로 받아")
        await page.clock.fast_forward(61_000)
        await page.get_by_role("button", name="인증번호 다시 받기").click()
        told = page.locator("section[data-screen=code] [data-status]")
        await expect(told).to_have_text("인증번호를 다시 보냈습니다.")
        await finish(page, hall, 0)
    assert await hall.counted() == [[0, 0, 1, 0, 0, 0]]


async def test_one_pick_too_many_is_said_beside_the_button_and_changes_nothing(
    chromium: Browser, hall: Hall
) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await page.goto(hall.link(0))
        await page.get_by_role("button", name="다음").click()
        bar = page.locator(".booth-bar[data-screen=choose]")
        await expect(bar.get_by_role("alert")).to_have_text("1개 이상 골라 주십시오.")
        await pick(page, 0, 1, 2)
        await option(page, 4).click(force=True)
        await expect(bar.get_by_role("alert")).to_contain_text("3개까지만")
        await expect(bar.get_by_role("alert")).to_be_in_viewport()
        assert await page.locator("input:checked").count() == 3
        await pick(page, 0)
        await expect(bar.get_by_role("alert")).to_be_hidden()
        await pick(page, 4)
        await page.get_by_role("button", name="다음").click()
        await expect(page.locator("[data-review-list] li")).to_have_count(3)


async def test_going_back_loses_nothing(chromium: Browser, hall: Hall) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await to_code(page, hall, 0, 1, 3)
        await page.go_back()
        await expect(page.get_by_role("heading", name="이대로 투표할까요?")).to_be_visible()
        await page.get_by_role("button", name="이전").click()
        await expect(page.locator("p[data-count]")).to_have_text("2개 선택 (최대 3개)")
        await pick(page, 4)
        await page.get_by_role("button", name="다음").click()
        await page.get_by_role("button", name="투표하기", exact=True).click()
        await finish(page, hall, 0)
    assert await hall.counted() == [[0, 0, 1, 0, 1, 1]]


async def test_the_keyboard_alone_casts_a_vote(chromium: Browser, hall: Hall) -> None:
    async with browsers.visit(chromium) as page:
        await page.goto(hall.link(0))
        await expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()

        await tab_to(page, page.locator("#choice-choice-2"))
        await page.keyboard.press("Space")
        await tab_to(page, page.get_by_role("button", name="다음"))
        await page.keyboard.press("Enter")
        await heading(page, "이대로 투표할까요?")
        await tab_to(page, page.get_by_role("button", name="투표하기", exact=True))
        await page.keyboard.press("Enter")
        await heading(page, CODE)
        await tab_to(page, page.get_by_label("인증번호 6자리"))
        await page.keyboard.type(await hall.code(page, 0))
        await page.keyboard.press("Enter")
        await heading(page, "기록되었습니다")
    assert await hall.counted() == [[0, 0, 0, 1, 0, 0]]


async def test_without_scripts_the_booth_explains_itself(chromium: Browser, hall: Hall) -> None:
    async with browsers.visit(chromium, browsers.PHONE, java_script_enabled=False) as page:
        await page.goto(hall.link(0))
        await expect(page.get_by_text("이 브라우저에서는 투표할 수 없습니다")).to_be_visible()
        await expect(page.get_by_text("자바스크립트를 켜고")).to_be_visible()
        assert await page.locator("button:visible, input:visible, .booth-bar:visible").count() == 0
        await browsers.no_horizontal_scroll(page)


async def test_a_link_cut_short_leads_to_typing_the_credential(chromium: Browser, hall: Hall) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await page.goto(hall.link(0)[:-4])
        await expect(page.locator("#key-error")).to_contain_text("링크가 잘렸거나")
        await page.get_by_label("투표 자격키 15자리").fill(hall.poll.credentials[0].lower()[:-1])
        await page.get_by_role("button", name="계속").click()
        await expect(page.locator("#key-error")).to_be_visible()
        await page.get_by_label("투표 자격키 15자리").fill(hall.poll.credentials[0].replace("-", " "))
        await page.get_by_role("button", name="계속").click()
        await heading(page, QUESTION)
        await nothing_is_kept(page, hall, 0)


async def test_contrast_is_switched_without_losing_anything(chromium: Browser, hall: Hall) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await page.goto(hall.link(0))
        await pick(page, 1)
        await page.get_by_role("link", name="고대비").click()
        await expect(page.locator("html")).to_have_attribute("data-krds-mode", "high-contrast")
        await expect(page.get_by_role("link", name="기본 화면")).to_be_visible()
        await expect(page.locator("p[data-count]")).to_have_text("1개 선택 (최대 3개)")
        await page.get_by_role("button", name="다음").click()
        await heading(page, "이대로 투표할까요?")


async def test_a_vote_that_closes_meanwhile_says_so_and_keeps_what_was_chosen(
    chromium: Browser, hall: Hall
) -> None:
    async with browsers.visit(chromium, browsers.PHONE, allow=("status of 409",)) as page:
        await to_review(page, hall, 0, 1)
        async with hall.db.writing() as session:
            (await session.get_one(Election, hall.poll.id)).state = ElectionState.CLOSED
        await page.get_by_role("button", name="투표하기", exact=True).click()
        said = page.locator("section[data-screen=review] [data-error]")
        await expect(said).to_contain_text("투표가 마감되었습니다")
        assert await page.locator("[data-review-list] li").count() == 1
        await page.reload()
        await expect(page.get_by_role("heading", name="투표가 마감되었습니다")).to_be_visible()
    assert await hall.ballots() == []


@pytest.mark.parametrize("theme", ["light", "high-contrast"])
@pytest.mark.parametrize("device", [NARROWEST, browsers.DESKTOP], ids=str)
async def test_every_screen_of_the_booth_can_be_read_and_touched_by_everyone(
    chromium: Browser, hall: Hall, device: browsers.Device, theme: str
) -> None:
    async with browsers.visit(chromium, device, allow=("status of 422",)) as page:
        await page.goto(f"{hall.site.address}/display?theme={theme}&next={hall.poll.address}")
        await expect(page.get_by_label("투표 자격키 15자리")).to_be_visible()
        await sound(page)
        await page.get_by_role("button", name="계속").click()
        await expect(page.locator("#key-error")).to_be_visible()
        await sound(page)
        await page.goto("about:blank")
        await page.goto(hall.link(0))
        await expect(page.locator("html")).to_have_attribute("data-krds-mode", theme)
        await sound(page)
        await page.get_by_text("자세히: 내 선택은").click()
        await pick(page, 0, 1, 2)
        await option(page, 3).click(force=True)
        await sound(page)
        await page.get_by_role("button", name="다음").click()
        await heading(page, "이대로 투표할까요?")
        await sound(page)
        await page.get_by_role("button", name="투표하기", exact=True).click()
        await heading(page, CODE)
        await sound(page)
        await page.get_by_text("인증번호가 오지 않나요?").click()
        await type_code(page, "000000")
        await expect(page.locator("#code-error")).to_be_visible()
        await sound(page)
        await finish(page, hall, 0)
        await sound(page)


@pytest.mark.parametrize("theme", ["light", "high-contrast"])
@pytest.mark.parametrize("device", [NARROWEST, browsers.DESKTOP], ids=str)
async def test_the_public_pages_of_a_vote_can_be_read_by_everyone(
    chromium: Browser, hall: Hall, device: browsers.Device, theme: str
) -> None:
    async with browsers.visit(chromium, device) as page:
        await page.goto(f"{hall.site.address}/display?theme={theme}&next={hall.poll.address}")
        async with httpx.AsyncClient(base_url=hall.site.address) as http:
            cast = await hall.poll.cast(Visitor(http), 0, 1)
        await hall.board_with(1)
        board = f"{hall.site.address}/board/{hall.poll.uuid}"
        for query in ("", "?q=abc", "?q=abcdefgh", f"?q={ballot.tracker(cast)[:8].replace('+', '%2B')}"):
            await page.goto(board + query)
            for more in await page.locator("main details.more > summary").all():
                await more.click()
            assert await browsers.axe(page) == []
            assert await browsers.small_targets(page) == []
            await browsers.no_horizontal_scroll(page)
        for state in (ElectionState.OPEN, ElectionState.CLOSED, ElectionState.ISSUED):
            async with hall.db.writing() as session:
                (await session.get_one(Election, hall.poll.id)).state = state
            addresses = [f"{hall.site.address}/result/{hall.poll.uuid}"]
            if state is not ElectionState.OPEN:
                addresses.append(f"{hall.site.address}{hall.poll.address}")
            for address in addresses:
                await page.goto(address)
                assert await browsers.axe(page) == []
                await browsers.no_horizontal_scroll(page)


@pytest.mark.parametrize("theme", ["light", "high-contrast"])
async def test_the_result_can_be_read_by_everyone_on_every_screen(
    chromium: Browser, hall: Hall, theme: str
) -> None:
    async with httpx.AsyncClient(base_url=hall.site.address) as http:
        visitor = Visitor(http)
        await hall.poll.cast(visitor, 0, 1, 3)
        await hall.poll.cast(visitor, 1, 1)
        await hall.poll.cast(visitor, 2, blank=True)
    await hall.board_with(3)
    await close(hall.db, hall.poll)
    await open_totals(hall.db, hall.poll)
    for device in (NARROWEST, *browsers.DEVICES):
        async with browsers.visit(chromium, device) as page:
            await page.goto(f"{hall.site.address}/display?theme={theme}&next=/result/{hall.poll.uuid}")
            await expect(page.get_by_text("여성가족국의 과제로, 2표를 얻었습니다.")).to_be_visible()
            drawn = page.get_by_role("img", name="과제별 득표 막대그래프")
            assert await drawn.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
            assert await browsers.axe(page) == []
            assert await browsers.small_targets(page) == []
            await browsers.no_horizontal_scroll(page)
