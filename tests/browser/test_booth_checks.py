"""What a voter can check alone: opening a ballot, finding it on the board, and that nobody voted in their place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.async_api import Browser, Page, Route, expect
from sqlmodel import col, select

from ballots import booths
from ballots.box import election_of
from ballots.model import AssistedBooth, BoxedBallot, OpenedBallot
from ballots.open_command import open_ballot
from ballots.protocol import ballot
from tests import browsers
from tests.ballots.polls import QUESTION, put
from tests.browser.halls import (
    CODE,
    NARROWEST,
    Hall,
    an_officer,
    finish,
    heading,
    nothing_is_kept,
    pick,
    sound,
    tab_to,
    to_code,
)

pytestmark = pytest.mark.browser

DETAILS = "자세히: 내 선택이 그대로 잠겼는지 확인하고 싶습니다"


async def to_prepared(page: Page, hall: Hall, voter: int, *picks: int) -> str:
    """As far as the code, with the tracker of the prepared ballot unfolded."""
    await to_code(page, hall, voter, *picks)
    await page.get_by_text(DETAILS).click()
    tracker = page.locator("section[data-screen=code] [data-fill=prepared-tracker]")
    await expect(tracker).to_be_visible()
    return (await tracker.inner_text()).strip()


async def open_prepared(page: Page) -> str:
    """Open the prepared ballot; the link that another device would scan."""
    await page.get_by_role("button", name="이 투표지를 열어서 확인하기").click()
    await heading(page, "이 투표지를 열어서 확인할까요?")
    await page.get_by_role("button", name="투표지 열기").click()
    await heading(page, "다른 기기로 스캔해 주십시오")
    link = await page.locator("a[data-audit-link]").get_attribute("href")
    assert link is not None
    return link


async def opened(hall: Hall) -> list[OpenedBallot]:
    async with hall.db.reading() as session:
        query = select(OpenedBallot).where(col(OpenedBallot.election_id) == hall.poll.id)
        return list(await session.exec(query))


@pytest.mark.parametrize("device", [NARROWEST, browsers.DESKTOP], ids=str)
async def test_an_opened_ballot_shows_its_choices_on_another_device_and_cannot_be_cast(
    chromium: Browser, rating_hall: Hall, tmp_path: Path, device: browsers.Device
) -> None:
    hall = rating_hall
    async with browsers.visit(chromium, device) as page:
        await page.goto(hall.link(0))
        await pick(page, 3, 1)
        await page.get_by_role("button", name="다음").click()
        await page.locator("label[for=rating-2-3]").click()
        await page.get_by_role("button", name="다음").click()
        await page.get_by_role("button", name="투표하기", exact=True).click()
        await heading(page, CODE)
        await page.get_by_text(DETAILS).click()
        await sound(page)
        shown = page.locator("section[data-screen=code] [data-fill=prepared-tracker]")
        tracker = (await shown.inner_text()).strip()
        code = await hall.code(page, 0)
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url + (request.post_data or "")))
        link = await open_prepared(page)
        await sound(page)
        assert await page.locator("[data-audit-qr] svg").count() == 1
        (note,) = await opened(hall)
        assert note.digest == tracker
        fragment = link.partition("#")[2]
        assert not any(fragment in request for request in requests)
        await nothing_is_kept(page, hall, 0)

        async with browsers.visit(chromium, browsers.PHONE) as other:
            sent: list[str] = []
            other.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
            await other.goto(link)
            await heading(other, "이 투표지에는 이렇게 들어 있습니다")
            assert "#" not in other.url
            chosen = [
                text.split("\n")[0] for text in await other.locator("[data-chosen] li").all_inner_texts()
            ]
            assert chosen == [
                "어린이집 야간 돌봄",
                "공공의료원 야간 진료",
                "고른 것이 없습니다",
                "고른 것이 없습니다",
                "4점",
            ]
            await expect(other.locator("#tracker")).to_have_text(tracker)
            await other.get_by_role("button", name="다릅니다").click()
            await expect(other.get_by_text("담당 부서에 바로 알려 주십시오")).to_be_visible()
            await other.get_by_role("button", name="같습니다").click()
            await expect(other.get_by_text("고른 그대로 잠갔습니다")).to_be_visible()
            assert await browsers.axe(other) == []
            assert not any(fragment[:40] in request.partition("#")[0] for request in sent)
            assert {request.split("?")[0].rpartition("/")[2] for request in sent if "/vote/" in request} == {
                "election.json",
                "credentials.json",
            }

        # The same on a computer that has nothing but the board's file.
        board = tmp_path / "board.bel"
        board.write_bytes(await hall.board_with(0))
        done = CliRunner().invoke(open_ballot, [str(board), link])
        assert done.exit_code == 0
        assert tracker in done.output
        assert "어린이집 야간 돌봄" in done.output

        # Its code is good for nothing any more, and the way leads back to the choices.
        await page.get_by_role("button", name="다시 골라 투표하기").click()
        await heading(page, QUESTION)
        assert await page.locator("[data-audit-qr] svg").count() == 0
        await expect(page.locator("#choice-choice-3")).to_be_checked()
        await page.get_by_role("button", name="다음").click()
        await page.get_by_role("button", name="다음").click()
        await page.get_by_role("button", name="투표하기", exact=True).click()
        await heading(page, CODE)
        assert await hall.code(page, 0) != code
        cast = await finish(page, hall, 0)
        assert cast != tracker
    assert [ballot.tracker(raw) for raw in await hall.ballots()] == [cast]


async def test_the_keyboard_alone_opens_a_ballot_and_checks_it(chromium: Browser, hall: Hall) -> None:
    async with browsers.visit(chromium) as page:
        await to_code(page, hall, 0, 1)
        await tab_to(page, page.locator("summary", has_text=DETAILS))
        await page.keyboard.press("Enter")
        await tab_to(page, page.get_by_role("button", name="이 투표지를 열어서 확인하기"))
        await page.keyboard.press("Enter")
        await heading(page, "이 투표지를 열어서 확인할까요?")
        await tab_to(page, page.get_by_role("button", name="투표지 열기"))
        await page.keyboard.press("Enter")
        await heading(page, "다른 기기로 스캔해 주십시오")
        link = page.locator("a[data-audit-link]")
        await tab_to(page, link)
        async with page.context.expect_page() as there:
            await page.keyboard.press("Enter")
        other = await there.value
        await heading(other, "이 투표지에는 이렇게 들어 있습니다")
        await tab_to(other, other.get_by_role("button", name="같습니다"))
        await other.keyboard.press("Enter")
        await expect(other.get_by_text("고른 그대로 잠갔습니다")).to_be_visible()
        await tab_to(page, page.get_by_role("button", name="다시 골라 투표하기"))
        await page.keyboard.press("Enter")
        await heading(page, QUESTION)


async def test_a_page_that_came_back_still_votes_and_says_why_it_cannot_open(
    chromium: Browser, hall: Hall
) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        tracker = await to_prepared(page, hall, 0, 1)
        await page.reload()
        await expect(page.get_by_role("heading", name=CODE)).to_be_visible()
        await page.get_by_text(DETAILS).click()
        await expect(page.locator("section[data-screen=code] [data-fill=prepared-tracker]")).to_have_text(
            tracker
        )
        await expect(page.get_by_role("button", name="이 투표지를 열어서 확인하기")).to_be_hidden()
        await expect(page.get_by_text("처음부터 다시 고르십시오")).to_be_visible()
        assert await finish(page, hall, 0) == tracker


async def test_a_cut_or_foreign_code_is_refused_in_words(chromium: Browser, hall: Hall) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await to_prepared(page, hall, 0, 1)
        link = await open_prepared(page)
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await page.goto(link[:-5])
        said = page.locator("#code-error")
        await expect(said).to_contain_text("잘렸거나 잘못되었습니다")
        await sound(page)
        await page.get_by_label("확인 코드 또는 링크 전체").fill("아무것")
        await page.get_by_role("button", name="투표지 확인하기").click()
        await expect(said).to_contain_text("잘렸거나 잘못되었습니다")
        await page.get_by_label("확인 코드 또는 링크 전체").fill(f"  {link}\n")
        await page.get_by_role("button", name="투표지 확인하기").click()
        await heading(page, "이 투표지에는 이렇게 들어 있습니다")
        await page.get_by_text("자세히: 어떻게 확인하나요?").click()
        await sound(page)


async def test_the_end_page_compares_the_board_on_the_device(
    chromium: Browser, hall: Hall, tmp_path: Path
) -> None:
    async with browsers.visit(chromium, browsers.PHONE, accept_downloads=True) as page:
        await to_code(page, hall, 0, 1)
        tracker = await finish(page, hall, 0)
        await sound(page)
        await expect(page.get_by_text("늦어도 투표를 마감할 때 이 번호가 올라갑니다.")).to_be_visible()
        assert await page.locator("[data-board-qr] svg").count() == 1
        await page.get_by_role("button", name="게시판에서 확인하기").click()
        await expect(page.get_by_text("아직 게시판에 없습니다. 정상입니다")).to_be_visible()
        await hall.board_with(1)
        await page.get_by_role("button", name="게시판에서 확인하기").click()
        await expect(page.get_by_text("게시판의 1번째 투표지입니다.")).to_be_visible()
        await sound(page)
        async with page.expect_download() as download:
            await page.get_by_role("button", name="파일로 저장").click()
        saved = tmp_path / (await download.value).suggested_filename
        await (await download.value).save_as(saved)
        text = saved.read_text()
        assert saved.suffix == ".txt"
        assert tracker in text
        assert f"/board/{hall.poll.uuid}?q=" in text
        for title in hall.poll.context.election.questions[0].answers:
            assert title not in text
            assert title not in await page.locator("section[data-screen=done]").inner_text()
        # What was there and is there no longer is an alarm.
        await page.route("**/trackers.txt", lambda route: route.fulfill(status=200, body="A" * 43 + "\n"))
        await page.get_by_role("button", name="게시판에서 확인하기").click()
        await expect(page.get_by_text("있어야 할 투표지가 게시판에 없습니다")).to_be_visible()
        # On paper: the receipt, and no buttons.
        await page.emulate_media(media="print")
        await expect(page.locator("#tracker")).to_be_visible()
        await expect(page.get_by_role("button", name="게시판에서 확인하기")).to_be_hidden()


async def test_a_ballot_still_missing_after_the_planned_close_is_an_alarm(
    chromium: Browser, hall: Hall
) -> None:
    async def planned_in_the_past(route: Route) -> None:
        answer = await route.fetch()
        until = (datetime.now(UTC) - timedelta(minutes=11)).isoformat()
        await route.fulfill(response=answer, json={**(await answer.json()), "recorded_until": until})

    async with browsers.visit(chromium, browsers.PHONE) as page:
        await page.route("**/casts", planned_in_the_past)
        await to_code(page, hall, 0, 1)
        await finish(page, hall, 0)
        await expect(page.get_by_text("늦어도 투표를 마감할 때 이 번호가 올라갑니다.")).to_be_hidden()
        await page.get_by_role("button", name="게시판에서 확인하기").click()
        await expect(page.get_by_text("있어야 할 투표지가 게시판에 없습니다")).to_be_visible()
        await sound(page)


async def test_who_did_not_vote_sees_that_nobody_did_in_their_place(chromium: Browser, hall: Hall) -> None:
    for voter in (1, 1, 2):
        await put(hall.db, hall.poll, voter, 1)
    await hall.board_with(3)
    mine = f"{hall.site.address}/mine/{hall.poll.uuid}"
    credential = hall.poll.credentials
    listed = list(hall.poll.context.weights)
    async with browsers.visit(chromium, NARROWEST) as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
        await page.goto(f"{mine}#{credential[0]}")
        await expect(page.get_by_text("이 자격키로 올라온 투표지가 없습니다")).to_be_visible()
        assert page.url == mine
        async with hall.db.reading() as session:
            election = await election_of(session, hall.poll.uuid)
        state = page.locator("[data-fill=board]:visible")
        await expect(state).to_contain_text(f"게시판의 {election.board_height}번째 사건까지")
        await expect(state).to_contain_text(election.board_parent)
        place = listed.index(hall.poll.keys[0].public) + 1
        await expect(page.get_by_text(f"공개 자격키 목록에 {place}번째로")).to_be_visible()
        await page.get_by_text("자세히: 다른 사람에게 증명하려면").click()
        await expect(page.locator("#public-key")).to_have_text(hall.poll.keys[0].public)
        await sound(page)
        await page.get_by_role("button", name="다른 자격키로 찾기").click()
        await sound(page)
        field = page.get_by_label("투표 자격키 15자리 또는 개인 링크 전체")
        await field.fill(credential[1][:-1])
        await page.get_by_role("button", name="게시판에서 찾기").click()
        await expect(page.locator("#key-error")).to_contain_text("15자리")
        await field.fill(hall.link(1))
        await page.get_by_role("button", name="게시판에서 찾기").click()
        await expect(page.get_by_text("이 자격키로 올라온 투표지가 2개 있습니다.")).to_be_visible()
        rows = page.locator("[data-ballots] li")
        await expect(rows.nth(0)).to_contain_text("나중 투표로 바뀌었습니다")
        await expect(rows.nth(1)).to_contain_text("이 투표지를 셉니다")
        await sound(page)
        await page.get_by_role("button", name="다른 자격키로 찾기").click()
        await field.fill("123-456-789-ABC-DE4")
        await page.get_by_role("button", name="게시판에서 찾기").click()
        await expect(page.get_by_text("이 투표의 자격키 목록에 없습니다")).to_be_visible()
        everything = "".join(sent)
        for secret in (*credential[:2], "123-456-789-ABC-DE4", *(key.public for key in hall.poll.keys[:2])):
            assert secret not in everything


async def in_hall(hall: Hall, place: str) -> str:
    """The address of an assisted booth's tablet."""
    async with hall.db.writing() as session:
        officer = await an_officer(session)
        election = await election_of(session, hall.poll.uuid)
        token = await booths.open_booth(session, election, booths.NewBooth(place=place), officer)
    return f"{hall.site.address}{hall.poll.address}#booth={token}"


async def test_a_tablet_in_a_hall_serves_one_person_after_the_other(chromium: Browser, hall: Hall) -> None:
    async with browsers.visit(chromium, browsers.TABLET) as page:
        await page.goto(await in_hall(hall, "중앙동 주민센터"))
        await expect(page.get_by_text("도움 기표소: 중앙동 주민센터")).to_be_visible()
        assert "#" not in page.url
        for voter in (0, 1):
            await page.get_by_label("투표 자격키 15자리").fill(hall.poll.credentials[voter])
            await page.get_by_role("button", name="계속").click()
            await heading(page, QUESTION)
            await pick(page, voter)
            await page.get_by_role("button", name="다음").click()
            await page.get_by_role("button", name="투표하기", exact=True).click()
            await finish(page, hall, voter)
            await sound(page)
            await page.get_by_role("button", name="모두 지우고 다음 분 시작하기").click()
            await expect(page.get_by_label("투표 자격키 15자리")).to_be_visible()
            await expect(page.get_by_text("도움 기표소: 중앙동 주민센터")).to_be_visible()
            await nothing_is_kept(page, hall, voter)
            assert await page.locator("input:checked").count() == 0
            await page.go_back()
            await expect(page.get_by_label("투표 자격키 15자리")).to_be_visible()
    async with hall.db.reading() as session:
        query = select(BoxedBallot.booth_id, AssistedBooth.place).join(
            AssistedBooth, col(AssistedBooth.id) == col(BoxedBallot.booth_id)
        )
        query = query.where(col(BoxedBallot.election_id) == hall.poll.id)
        assert [place for _, place in await session.exec(query)] == ["중앙동 주민센터"] * 2


async def test_a_tablet_nobody_touches_warns_and_then_forgets(chromium: Browser, hall: Hall) -> None:
    async with browsers.visit(chromium, browsers.TABLET) as page:
        await page.clock.install()
        await page.goto(await in_hall(hall, "노인복지관"))
        await page.get_by_label("투표 자격키 15자리").fill(hall.poll.credentials[0])
        await page.get_by_role("button", name="계속").click()
        await pick(page, 2)
        await page.clock.run_for(91_000)
        warning = page.get_by_role("dialog", name="아직 투표하고 계십니까?")
        await expect(warning).to_be_visible()
        await sound(page)
        await page.get_by_role("button", name="계속 투표하기").click()
        await expect(warning).to_be_hidden()
        await expect(page.locator("#choice-choice-2")).to_be_checked()
        await page.clock.run_for(91_000)
        await expect(warning).to_be_visible()
        await page.clock.run_for(31_000)
        await expect(page.get_by_label("투표 자격키 15자리")).to_be_visible()
        await expect(warning).to_be_hidden()
        assert await page.locator("input:checked").count() == 0
        await nothing_is_kept(page, hall, 0)


async def test_a_closed_or_unknown_booth_says_so_and_is_forgotten(chromium: Browser, hall: Hall) -> None:
    async with browsers.visit(chromium, browsers.TABLET, allow=("status of 422",)) as page:
        await page.goto(f"{hall.site.address}{hall.poll.address}#booth=unknown-token-of-a-booth")
        await expect(page.locator("#key-error")).to_contain_text("닫혔거나 알 수 없는 기표소")
        assert await page.evaluate("sessionStorage.length") == 0
        await expect(page.get_by_text("도움 기표소:")).to_be_hidden()
