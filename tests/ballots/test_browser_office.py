"""The office's pages of a vote in a real browser: ratings asked for, strata shown, a booth, the certificate signed."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

from ballots.checking import Checker
from ballots.protocol.ballot import Picks
from office.access import cookie_name
from office.clock import now
from office.database import Database
from office.logins import start_login
from office.people import totp_of
from office.settings import Settings
from tests import browsers
from tests.ballots.votes import Vote, panel, scoring_cycle
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

STRATA = panel(("청년", 12, 3), ("장년", 14, 1))
VOTES: list[tuple[int, Picks, *tuple[Picks, ...]]] = [
    *((voter, (voter % 3,), ((voter * 7) % 5,), (4 - voter % 2,)) for voter in range(22)),
    (22, None, (), (), (2,)),
]
"""Twenty-three of twenty-six voters; the first two agencies rated by all but one of them, the third by one."""


@dataclass
class Site:
    """A served vote and its officers."""

    address: str
    cookie: str
    vote: Vote
    tokens: list[str]
    chromium: Browser

    @property
    def here(self) -> str:
        return f"{self.address}/office/elections/{self.vote.uuid}"

    def visit(
        self, officer: int | None, device: browsers.Device = browsers.DESKTOP, *, allow: tuple[str, ...] = ()
    ) -> AbstractAsyncContextManager[Page]:
        return self._visit(officer, device, allow)

    @asynccontextmanager
    async def _visit(
        self, officer: int | None, device: browsers.Device, allow: tuple[str, ...]
    ) -> AsyncIterator[Page]:
        async with browsers.visit(self.chromium, device, allow=allow) as page:
            if officer is not None:
                await page.context.add_cookies(
                    [{"name": self.cookie, "value": self.tokens[officer], "url": self.address}]
                )
            yield page


@pytest.fixture
async def site(own_db: tuple[Database, Settings], checker: Checker) -> AsyncIterator[Site]:
    db, settings = own_db
    vote = Vote(db, settings)
    # A demonstration refuses a database that something else has filled.
    with served(settings.model_copy(update={"demonstration": False}), checker) as running:
        async with browsers.browser() as chromium:
            yield Site(running.address, cookie_name(running.settings), vote, [], chromium)


async def signed_in(site: Site) -> None:
    async with site.vote.db.writing() as session:
        site.tokens += [await start_login(session, officer) for officer in site.vote.officers]


async def sound(page: Page) -> None:
    assert await browsers.axe(page) == []
    assert await browsers.small_targets(page) == []
    await browsers.no_horizontal_scroll(page)


async def test_the_office_asks_for_ratings_and_takes_a_roll_with_strata(site: Site) -> None:
    vote = site.vote
    await vote.enrol_people()
    await signed_in(site)
    async with vote.db.writing() as session:
        await scoring_cycle(session, 3)
    async with site.visit(0) as page:
        await page.goto(f"{site.address}/office/elections")
        await sound(page)
        await page.locator("label[for=field-ratings]").click()
        await page.get_by_role("button", name="투표 준비 시작하기").click()
        await expect(page.get_by_text("기관 3곳을 1점부터 5점까지")).to_be_visible()
        vote.uuid = page.url.rsplit("/", 1)[1].partition("?")[0]
        await vote.name_trustees()
        await page.goto(site.here)
        small = panel(("청년", 9, 3), ("장년", 14, 1))
        for text in (small, STRATA):
            await (
                page.get_by_label("선거인명부 파일")
                .or_(page.get_by_label("고친 파일"))
                .set_input_files({"name": "roll.csv", "mimeType": "text/csv", "buffer": text.encode()})
            )
            await page.get_by_role("button", name="파일 확인하기").click()
            await sound(page)
            if text is small:
                await expect(page.get_by_text("가중치 3인 사람이 9명뿐입니다")).to_be_visible()
        await expect(page.get_by_role("table", name="계층별 인원과 가중치")).to_contain_text("36")
        await page.get_by_role("button", name="명부로 저장하기").click()
        await expect(page.get_by_role("table", name="계층별 인원과 가중치")).to_contain_text("청년")
        await sound(page)


async def test_a_booth_is_opened_in_the_browser_and_its_link_shown_once(site: Site) -> None:
    await site.vote.begin()
    await signed_in(site)
    async with site.visit(0, browsers.TABLET) as page:
        await page.goto(site.here)
        await page.get_by_label("기표소가 있는 곳").fill("도청 민원실")
        await page.get_by_role("button", name="기표소 열기").click()
        await expect(page.get_by_role("img", name="QR")).to_be_visible()
        link = await page.locator("#booth-link").inner_text()
        assert link.startswith(f"{site.address}/vote/{site.vote.uuid}#booth=")
        await sound(page)
        await page.get_by_role("link", name="적어 두었습니다").click()
        await expect(page.locator("#booths")).to_contain_text("도청 민원실")
        await page.mouse.move(0, 0)
        await page.locator("#booths summary").press("Enter")
        await sound(page)
        await page.get_by_role("button", name="기표소 닫기").click()
        await expect(page.locator("#booths")).to_contain_text("에 닫음")


async def test_both_officers_sign_the_certificate_in_the_browser(site: Site) -> None:
    vote = site.vote
    await vote.begin()
    await vote.box([(0, (0,)), (1, None)])
    await vote.close()
    await signed_in(site)
    for place, officer in enumerate(vote.officers):
        async with site.visit(place, allow=("status of 422",)) as page:
            await page.goto(site.here)
            await page.get_by_role("link", name="확인서 읽고 서명하기").click()
            await sound(page)
            field = page.get_by_label("인증 앱의 번호")
            await field.fill("000000")
            await page.get_by_role("button", name="서명하기").click()
            await expect(field).to_have_attribute("aria-invalid", "true")
            await sound(page)
            await field.fill(totp_of(officer, vote.settings).at(now()))
            await page.get_by_role("button", name="서명하기").click()
            await expect(page.get_by_text("서명하셨습니다")).to_be_visible()
    async with site.visit(None) as page:
        await page.goto(f"{site.address}/board/{vote.uuid}/certificate")
        await expect(page.get_by_role("heading", level=1)).to_have_text("사람과 투표지의 수가 맞나요?")
        await expect(page.get_by_text("아직 서명하지 않음")).to_have_count(0)


@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)
async def test_result_certificate_and_office_pages_are_sound_on_every_screen(
    site: Site, device: browsers.Device
) -> None:
    vote = site.vote
    await vote.begin(listed=STRATA, ratings=True)
    await vote.box(VOTES)
    await vote.close()
    await vote.count()
    await signed_in(site)
    public = (f"/result/{vote.uuid}", f"/board/{vote.uuid}/certificate")
    offices = (f"/office/elections/{vote.uuid}", f"/office/elections/{vote.uuid}/certificate")
    async with site.visit(0, device) as page:
        for path in (*public, *offices):
            await page.goto(site.address + path)
            await sound(page)
            for summary in await page.locator("main summary").all():
                await summary.press("Enter")
            await sound(page)
