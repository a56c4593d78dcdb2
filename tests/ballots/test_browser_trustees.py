"""Three trustees at three browsers: they make the key, one complains of a cheat, two open the tally, one stays away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, expect
from sqlmodel import col, select

from ballots.ceremony.naming import name_trustees
from ballots.checking import Checker
from ballots.model import Election, ElectionState, ElectionTrustee
from ballots.protocol import key_file
from ballots.protocol.seeds import normalise_seed
from ballots.protocol.transcript import check_transcript
from office.access import cookie_name
from office.database import Database
from office.logins import start_login
from office.people import Role, enrol
from office.settings import Settings
from tests import browsers
from tests.ballots.test_ceremony import cheating
from tests.ballots.votes import PASSWORD, Vote
from tests.browser.looking import faults
from tests.serving import Served, served

pytestmark = pytest.mark.browser

PHRASES = ("가을 하늘은 높고 푸르다", "세 사람이 나누어 맡은 열쇠", "another long passphrase")


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browsers.browser() as started:
        yield started


@dataclass
class Trustee:
    """A trustee at a browser, and what is kept at home."""

    page: Page
    address: str
    folder: Path
    phrase: str
    found: list[str]
    file: Path = field(init=False)
    paper: str = ""

    async def open(self, path: str = "") -> None:
        await self.page.goto(self.address + path)
        await self.look()

    async def look(self) -> None:
        where = self.page.url.rsplit("/trustee", 1)[-1]
        self.found += [f"{where}: {fault}" for fault in await faults(self.page)]

    async def press(self, label: str) -> None:
        await self.page.get_by_role("button", name=label, exact=True).click()

    async def see(self, heading: str) -> None:
        await expect(self.page.get_by_role("heading", name=heading).last).to_be_visible(timeout=60_000)
        await self.look()

    async def told(self, sentence: str) -> None:
        """The page complains in these words."""
        await expect(self.page.get_by_role("alert").filter(has_text=sentence)).to_be_visible(timeout=60_000)

    async def draw_key(self) -> None:
        """Choose a passphrase, save the file, copy the characters."""
        await self.page.get_by_label("열쇠 파일의 암호문장").fill(self.phrase)
        await self.page.get_by_label("암호문장 다시 입력").fill(self.phrase)
        await self.press("열쇠 만들기")
        await self.see("열쇠를 두 곳에 보관합니다")
        async with self.page.expect_download() as download:
            await self.page.get_by_role("link", name="열쇠 파일 저장하기").click()
        got = await download.value
        self.file = self.folder / got.suggested_filename
        await got.save_as(self.file)
        await self.page.get_by_text("인쇄기가 없으면").click()
        self.paper = await self.page.locator("p.seed:visible").inner_text()
        await self.look()

    async def make_key(self, button: str = "확인하고 내기", done: str = "열쇠를 만들었습니다") -> None:
        await self.draw_key()
        await self.page.get_by_label("방금 저장한 파일").set_input_files(self.file)
        await self.press(button)
        await self.see(done)

    async def open_key(self, *, paper: bool = False) -> None:
        if paper:
            await self.page.get_by_text("파일 대신 종이에 적힌 글자로 열기").click()
            await self.page.get_by_label("종이에 적힌 비밀 열쇠").fill(self.paper.replace("-", " "))
        else:
            await self.page.get_by_label("열쇠 파일", exact=True).set_input_files(self.file)
            await self.page.get_by_label("암호문장", exact=True).fill(self.phrase)

    async def deal(self, *, paper: bool = False) -> None:
        await self.open()
        await self.open_key(paper=paper)
        await self.press("조각 나누기")
        await self.see("조각을 나누었습니다")

    async def confirm(self, *, paper: bool = False) -> None:
        await self.open()
        await self.open_key(paper=paper)
        await self.press("받은 조각 확인하기")
        await self.see("받은 조각이 모두 맞습니다")


@dataclass
class Ceremony:
    """A vote on the running site with three trustees, of whom two suffice."""

    vote: Vote
    site: Served
    trustees: list[Trustee] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [person.name for person in self.vote.trustees]

    async def rows(self) -> list[ElectionTrustee]:
        async with self.vote.db.reading() as session:
            return list(await session.exec(select(ElectionTrustee).order_by(col(ElectionTrustee.owner))))

    async def transcript(self) -> bytes:
        page = self.trustees[0].page
        address = f"{self.site.address}/trustee/{self.vote.uuid}/ceremony.json"
        return await (await page.context.request.get(address)).body()

    async def opened_vote(self) -> None:
        """Two officers, over the services: roll, links, opening."""
        await self.vote.list_voters()
        await self.vote.issue()
        await self.vote.open()


@pytest.fixture
async def ceremony(
    request: pytest.FixtureRequest,
    own_db: tuple[Database, Settings],
    checker: Checker,
    chromium: Browser,
    tmp_path: Path,
) -> AsyncIterator[Ceremony]:
    """The trustees sit at the devices that the test names, by default at a desktop."""
    devices = getattr(request, "param", (browsers.DESKTOP,) * 3)
    db, settings = own_db
    async with AsyncExitStack() as stack:
        site = stack.enter_context(served(settings, checker))
        vote = Vote(db, settings)
        await vote.prepare()
        async with db.writing() as session:
            third = await enrol(
                session,
                settings,
                email="vote-trustee3@example.kr",
                name="관리3",
                role=Role.TRUSTEE,
                password=PASSWORD,
            )
            vote.trustees.append(third)
            ids = [person.id or 0 for person in vote.trustees]
            await name_trustees(session, await vote.held(session), [], ids, 2, vote.officers[0])
        made = Ceremony(vote, site)
        for person, device, phrase in zip(vote.trustees, devices, PHRASES, strict=True):
            page = await stack.enter_async_context(
                browsers.visit(chromium, device, allow=("status of 4",), accept_downloads=True)
            )
            async with db.writing() as session:
                token = await start_login(session, person)
            cookie = {"name": cookie_name(site.settings), "value": token, "url": site.address}
            await page.context.add_cookies([cookie])  # type: ignore[list-item]  # a cookie of Playwright's is a plain dict
            folder = tmp_path / person.name
            folder.mkdir()
            address = f"{site.address}/trustee/{vote.uuid}"
            made.trustees.append(Trustee(page, address, folder, phrase, made.found))
        yield made
        assert made.found == []


SQLITE = pytest.mark.parametrize("backend", ["sqlite"])


@pytest.mark.parametrize(
    "ceremony", [(browsers.DESKTOP, browsers.TABLET, browsers.PHONE)], indirect=True, ids=["devices"]
)
async def test_three_browsers_make_the_key_and_two_open_the_tally(ceremony: Ceremony) -> None:
    vote = ceremony.vote
    first, second, third = ceremony.trustees
    for trustee in ceremony.trustees:
        await trustee.open()
        await trustee.make_key()
    assert [row.certificate is not None for row in await ceremony.rows()] == [True] * 3
    await first.deal()
    await second.deal(paper=True)
    await first.open()
    await expect(first.page.get_by_text(f"기다리는 사람: {ceremony.names[2]}")).to_be_visible()
    await third.deal()
    for trustee in ceremony.trustees:
        await trustee.confirm(paper=trustee is third)
    checked = check_transcript(await ceremony.transcript())
    assert checked.names == tuple(ceremony.names)
    for trustee in ceremony.trustees:
        seed = key_file.read(trustee.file.read_text(), election=vote.uuid, passphrase=trustee.phrase)
        assert seed == normalise_seed(trustee.paper)
    await ceremony.opened_vote()
    await vote.box([(0, (0, 1)), (1, (1,)), (2, (1,))])
    await vote.close()
    for trustee in (third, first):
        await trustee.open()
        await trustee.open_key(paper=trustee is third)
        await trustee.press("투표지 더해 보기")
        await trustee.see("게시판의 투표지를 직접 더했습니다")
        await expect(trustee.page.get_by_text("3명의 투표지를 이 컴퓨터가 더한 값이")).to_be_visible()
        await trustee.press("합계 열기")
        await trustee.see("합계를 여셨습니다")
    election = await vote.election()
    assert election.state is ElectionState.TALLIED
    assert json.loads(election.result_record or "")["result"] == [[0, 1, 3, 0]]
    assert [row.share_record is not None for row in await ceremony.rows()] == [True, False, True]
    await second.open()
    await second.see("도민 투표 개표관리")
    await second.page.goto(f"{ceremony.site.address}/board/{vote.uuid}/ceremony")
    await second.look()
    await expect(second.page.get_by_text("3명 중 2명")).to_be_visible()


@SQLITE
async def test_a_cheating_share_is_named_and_complained_of_and_the_office_hears_of_it(
    ceremony: Ceremony,
) -> None:
    first, _, third = ceremony.trustees
    for trustee in ceremony.trustees:
        await trustee.open()
        await trustee.make_key()
    for trustee in ceremony.trustees:
        await trustee.deal()
    # The third was cheating: well signed, but the sealed shares are exchanged.
    async with ceremony.vote.db.writing() as session:
        query = select(ElectionTrustee).where(col(ElectionTrustee.owner) == 3)
        row = (await session.exec(query)).one()
        seed = normalise_seed(third.paper)
        row.dealing = cheating((row.dealing or "").encode(), seed, ceremony.vote.uuid).decode()
    await first.open()
    await first.open_key()
    await first.press("받은 조각 확인하기")
    await first.see(f"{ceremony.names[2]} 님이 보낸 조각이 맞지 않습니다")
    assert not any(row.complaint for row in await ceremony.rows())
    await first.press("서명하여 알리기")
    await first.see("알렸습니다")
    assert [row.complaint is not None for row in await ceremony.rows()] == [True, False, False]
    await first.open()
    await expect(first.page.get_by_text("열쇠 만들기를 멈추었습니다")).to_be_visible()


@SQLITE
async def test_a_tampered_record_of_another_member_is_named_and_nothing_is_sent(ceremony: Ceremony) -> None:
    first = ceremony.trustees[0]
    for trustee in ceremony.trustees:
        await trustee.open()
        await trustee.make_key()
    async with ceremony.vote.db.writing() as session:
        query = select(ElectionTrustee).where(col(ElectionTrustee.owner) == 2)
        two = (await session.exec(query)).one()
        two.certificate = (two.certificate or "").replace('"challenge":"', '"challenge":"1')
    await first.open()
    await first.open_key()
    await first.press("조각 나누기")
    await first.told(f"{ceremony.names[1]} 님의 기록이 올바르지 않습니다")
    assert not any(row.dealing for row in await ceremony.rows())


@SQLITE
async def test_nothing_is_sent_before_the_saved_file_was_found_good(ceremony: Ceremony) -> None:
    first, second, _ = ceremony.trustees
    page = first.page
    await first.open()
    await page.get_by_label("열쇠 파일의 암호문장").fill("짧은 암호")
    await first.press("열쇠 만들기")
    await first.told("암호문장은 10자 이상으로")
    await page.get_by_label("열쇠 파일의 암호문장").fill(first.phrase)
    await page.get_by_label("암호문장 다시 입력").fill(first.phrase + "!")
    await first.press("열쇠 만들기")
    await first.told("두 칸의 암호문장이 다릅니다")
    await first.draw_key()
    await first.press("확인하고 내기")
    await first.told("열쇠 파일을 골라 주십시오")
    await second.open()
    await second.draw_key()
    for file, sentence in (
        (second.file, "방금 만든 열쇠의 파일이 아닙니다"),
        (Path(__file__), "열쇠 파일이 아니거나 손상되었습니다"),
    ):
        await page.get_by_label("방금 저장한 파일").set_input_files(file)
        await first.press("확인하고 내기")
        await first.told(sentence)
    assert not any(row.certificate for row in await ceremony.rows())
    await page.get_by_label("방금 저장한 파일").set_input_files(first.file)
    await first.press("확인하고 내기")
    await first.see("열쇠를 만들었습니다")
    assert [row.certificate is not None for row in await ceremony.rows()] == [True, False, False]


@SQLITE
async def test_the_paper_holds_the_key_alone_and_is_empty_afterwards(ceremony: Ceremony) -> None:
    first = ceremony.trustees[0]
    page = first.page
    await first.open()
    await first.draw_key()
    await page.evaluate("() => { window.print = () => { window.printed = document.body.className; }; }")
    await first.press("종이에 인쇄하기")
    assert "paper-copy" in await page.evaluate("() => window.printed")
    await page.evaluate("() => document.body.classList.add('paper-copy')")
    await page.emulate_media(media="print")
    sheet = page.locator(".paper")
    await expect(sheet).to_be_visible()
    await expect(page.locator("main")).to_be_hidden()
    await expect(sheet.locator(".seed")).to_have_text(first.paper)
    await expect(sheet.locator("svg")).to_be_visible()
    await expect(sheet.get_by_text("도민 투표")).to_be_visible()
    await page.screenshot(path=first.folder / "paper.png", full_page=True)
    await page.evaluate("() => document.body.classList.remove('paper-copy')")
    await expect(sheet).to_be_hidden()
    await page.emulate_media(media="screen")
    await page.get_by_label("방금 저장한 파일").set_input_files(first.file)
    await first.press("확인하고 내기")
    await first.see("열쇠를 만들었습니다")
    assert first.paper not in await page.content()
    assert first.paper.replace("-", "") not in await page.content()


@SQLITE
async def test_what_does_not_open_the_key_is_said_in_words(ceremony: Ceremony) -> None:
    first, second, third = ceremony.trustees
    for trustee in ceremony.trustees:
        await trustee.open()
        await trustee.make_key()
    page = first.page
    await first.open()
    await first.press("조각 나누기")
    await first.told("열쇠 파일을 골라 주십시오")
    await first.open_key()
    await page.get_by_label("암호문장", exact=True).fill(second.phrase)
    await first.press("조각 나누기")
    await first.told("암호문장이 맞지 않습니다")
    await page.get_by_label("열쇠 파일", exact=True).set_input_files(second.file)
    await first.press("조각 나누기")
    await first.told("내신 열쇠와 맞지 않습니다")
    await page.get_by_text("파일 대신 종이에 적힌 글자로 열기").click()
    wrong = first.paper[:-1] + ("2" if first.paper[-1] != "2" else "3")
    for typed, sentence in (
        (first.paper[:-2], "영문자와 숫자 23자리입니다"),
        (wrong, "잘못 입력한 글자가 있습니다"),
        (third.paper, "내신 열쇠와 맞지 않습니다"),
    ):
        await page.get_by_label("종이에 적힌 비밀 열쇠").fill(typed)
        await first.press("조각 나누기")
        await first.told(sentence)
    await first.look()
    assert not any(row.dealing for row in await ceremony.rows())


@SQLITE
async def test_a_lost_key_is_made_anew_and_the_page_says_who_deals_again(ceremony: Ceremony) -> None:
    first, second, _ = ceremony.trustees
    for trustee in ceremony.trustees:
        await trustee.open()
        await trustee.make_key()
    await second.deal()
    await first.open()
    await first.page.get_by_text("열쇠 파일과 종이를 모두 잃어버렸습니다").click()
    await first.page.get_by_role("link", name="열쇠 새로 만들기").click()
    await expect(first.page.get_by_text(f"이미 조각을 나눈 {ceremony.names[1]} 님이")).to_be_visible()
    await first.look()
    await first.make_key("확인하고 새 열쇠 내기", "새 열쇠를 만들었습니다")
    assert [row.dealing for row in await ceremony.rows()] == [None, None, None]
    for trustee in ceremony.trustees:
        await trustee.deal()
    for trustee in ceremony.trustees:
        await trustee.confirm()


@SQLITE
@pytest.mark.parametrize("ceremony", [(browsers.PHONE,) * 3], indirect=True, ids=["phone"])
async def test_the_rehearsal_opens_a_toy_tally_and_sends_nothing(ceremony: Ceremony) -> None:
    first = ceremony.trustees[0]
    sent: list[str] = []
    first.page.on("request", lambda r: sent.append(f"{r.method} {r.url}") if r.method != "GET" else None)
    await first.open("/practice")
    await expect(first.page.get_by_text("연습입니다. 아무것도 보내지 않으며")).to_be_visible()
    await first.make_key("확인하기", "함께 열쇠를 만듭니다")
    await first.open_key()
    await first.press("내 열쇠로 나누고 확인하기")
    await first.see("열쇠가 완성되었습니다")
    await first.press("합계 열어 보기")
    await first.see("연습 투표의 합계가 열렸습니다")
    cells = await first.page.locator("td[data-fill^=sum-]").all_inner_texts()
    assert cells == ["5", "3", "2"]
    await expect(first.page.get_by_text("나와 다른 1명의 열쇠로 열었습니다. 오지 않은 1명은")).to_be_visible()
    assert sent == []
    assert not any(row.certificate for row in await ceremony.rows())
    # A practice file is no key of the vote.
    practised = first.file
    for trustee in ceremony.trustees:
        await trustee.open()
        await trustee.make_key()
    await first.open()
    await first.page.get_by_label("열쇠 파일", exact=True).set_input_files(practised)
    await first.page.get_by_label("암호문장", exact=True).fill(first.phrase)
    await first.press("조각 나누기")
    await first.told("다른 투표나 연습의 열쇠 파일입니다")


async def counting(ceremony: Ceremony) -> Election:
    """A closed vote, its key made over HTTP by the trustees' browsers."""
    for trustee in ceremony.trustees:
        await trustee.open()
        await trustee.make_key()
    for trustee in ceremony.trustees:
        await trustee.deal()
    for trustee in ceremony.trustees:
        await trustee.confirm()
    await ceremony.opened_vote()
    await ceremony.vote.box([(0, (0,)), (1, (1,))])
    await ceremony.vote.close()
    return await ceremony.vote.election()


@SQLITE
async def test_a_tally_that_is_not_the_sum_of_the_board_is_not_opened(ceremony: Ceremony) -> None:
    await counting(ceremony)
    first = ceremony.trustees[0]
    await first.open()
    # What a server would have to do to see one ballot: hand it over as "the tally".
    address = f"**/trustee/{ceremony.vote.uuid}/tally.json"
    async with ceremony.vote.db.reading() as session:
        election = await ceremony.vote.held(session)
    rows = json.loads(election.tally_record or "")
    rows[0][0], rows[0][1] = rows[0][1], rows[0][0]
    swapped = json.dumps(rows, separators=(",", ":"))
    await first.page.route(
        address, lambda route: route.fulfill(body=swapped, content_type="application/json")
    )
    await first.open_key()
    await first.press("투표지 더해 보기")
    await first.told("서버가 준 합계가 게시판의 투표지를 더한 값과 다릅니다")
    await first.page.unroute(address)
    board = f"**/board/{ceremony.vote.uuid}/*.bel"
    answer = await first.page.context.request.get(
        f"{ceremony.site.address}/board/{ceremony.vote.uuid}/{ceremony.vote.uuid}.bel"
    )
    raw = await answer.body()
    cut = raw.replace(b'"type":"Ballot"', b'"type":"BALLOT"', 1)
    await first.page.route(
        board, lambda route: route.fulfill(body=cut, content_type="application/octet-stream")
    )
    await first.open_key()
    await first.press("투표지 더해 보기")
    await first.told("게시판 파일이 올바르지 않습니다")
    assert not any(row.share_record for row in await ceremony.rows())


async def ended_board(address: str) -> bytes:
    """The board once the end of the vote has reached its file."""
    async with httpx.AsyncClient() as http:
        for _ in range(150):
            raw = (await http.get(address)).content
            if b'"type":"EndBallots"' in raw:
                return raw
            await asyncio.sleep(0.2)
    raise AssertionError("the end of the vote did not reach the board")


@SQLITE
async def test_a_board_whose_end_is_still_being_written_is_waited_for(ceremony: Ceremony) -> None:
    await counting(ceremony)
    first, address = ceremony.trustees[0], f"/board/{ceremony.vote.uuid}/{ceremony.vote.uuid}.bel"
    await first.open()
    raw = await ended_board(ceremony.site.address + address)
    end = raw.index(b'"type":"EndBallots"') // 512 * 512 - 512
    early: list[dict[str, Any]] = [
        {"status": 404},
        {"body": raw[:end], "content_type": "application/octet-stream"},
    ]
    await first.page.route(f"**{address}", lambda route: route.fulfill(**early.pop(0)), times=len(early))
    await first.open_key()
    await first.press("투표지 더해 보기")
    await first.see("게시판의 투표지를 직접 더했습니다")


@SQLITE
async def test_all_of_it_can_be_done_with_the_keyboard(ceremony: Ceremony) -> None:
    first = ceremony.trustees[0]
    page = first.page
    await first.open()

    async def tab_to(name: str) -> None:
        for _ in range(60):
            await page.keyboard.press("Tab")
            at = await page.evaluate(
                "() => document.activeElement.id + ' ' + document.activeElement.textContent.trim()"
            )
            if name in at:
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    await tab_to("field-passphrase")
    await page.keyboard.type("a long passphrase")
    await tab_to("field-again")
    await page.keyboard.type("a long passphrase")
    await page.keyboard.press("Enter")
    await first.see("열쇠를 두 곳에 보관합니다")
    assert await page.evaluate("() => document.activeElement.hasAttribute('data-heading')")
    async with page.expect_download() as download:
        await tab_to("열쇠 파일 저장하기")
        await page.keyboard.press("Enter")
    saved = await (await download.value).path()
    await tab_to("field-saved")
    await page.get_by_label("방금 저장한 파일").set_input_files(saved)
    await tab_to("확인하고 내기")
    await page.keyboard.press("Enter")
    await first.see("열쇠를 만들었습니다")
