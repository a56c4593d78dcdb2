"""Bringing in past results and deciding about doubled names, in a real browser at three sizes, by mouse and by keyboard."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from ballots.checking import Checker
from contracts.cycles import create_cycle
from contracts.writing.drafting import store_contracts
from contracts.writing.uploads import keep_upload
from evaluation import past_uploads
from office.access import cookie_name
from office.database import Database
from office.logins import start_login
from office.people import Person, Role, enrol
from office.settings import Settings
from tests import browsers
from tests.conftest import PASSWORD, SECRET
from tests.seeding import TRANSPORT, YEAR
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

SHEET = """연도,대분류,지표,평가방법,배점,평점,득점
2024,Ⅰ. 경영관리(60점),1.조직관리,절대평가,40,84.25,33.70
2024,Ⅰ. 경영관리(60점),2.인사관리,절대평가,20,80.00,16.00
2024,Ⅱ. 경영성과(30점),1.고객만족도,목표부여,40,90.26,36.10
2024,종합점수,종합점수,,100,86.80,85.80
2024,2024 사업연도 경영평가보고서,2024 사업연도 경영평가보고서,,,,
"""
TARGETS = """구 분,2024년도 목표,구성비(%),2023년도 목표,구성비(%),증 감,비 고
합계,"3,500",100%,"3,100",100%,400,
국민생활관팀,"1,500",43%,"1,600",52%,△100,
문화시설팀,"2,000",57%,"1,500",48%,510,
테니스장,"1,200",34%,"1,000",32%,200,
청소년센터,800,23%,500,16%,300,
"""
CONTRACTS = """기관코드,기관명,과제,지표,방향,방법,목표
B1,박람회기획단,박람회,관람객,상향,목표 대 실적,10
B2,박람회지원단,박람회,참가국,상향,목표 대 실적,20
C1,보건소(건강증진과),건강,검진,상향,목표 대 실적,10
C2,보건소(보건행정과),행정,진료,상향,목표 대 실적,10
"""


@dataclass
class Site:
    """A served cycle in drafting: its address, an officer's login, the file with doubles and the sheet to look at."""

    address: str
    cookie: str
    token: str
    draft: int
    sheet: int


@pytest.fixture
async def site(own_db: tuple[Database, Settings], checker: Checker) -> AsyncIterator[Site]:
    db, settings = own_db
    async with db.writing() as session:
        office = await enrol(
            session, settings, email="office@example.org", name="office", role=Role.OFFICE, password=PASSWORD,
            totp_secret=SECRET,
        )  # fmt: skip
        second = Person(email="second@example.org", name="second", role=Role.OFFICE)
        session.add(second)
        await session.flush()
        token = await start_login(session, office)
        cycle = await create_cycle(session, year=YEAR, title="올해의 성과평가", by="test")
        await store_contracts(session, cycle, [TRANSPORT], "test")
        draft = await keep_upload(session, cycle, CONTRACTS.encode(), "contracts.csv", office)
        files = (("2024_평가.csv", SHEET), ("2024_목표.csv", TARGETS))
        for name, text in files:
            kept = await past_uploads.try_file(session, cycle, "TR", 2024, text.encode(), name, office)
            for officer in (office, second):
                await past_uploads.keep(session, kept.id or 0, officer)
        sheet = await past_uploads.try_file(session, cycle, "TR", 2024, SHEET.encode(), "다시.csv", office)
        ids = (draft.id or 0, sheet.id or 0)
    with served(settings.model_copy(update={"demonstration": False}), checker) as running:
        yield Site(running.address, cookie_name(running.settings), token, *ids)


@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)
async def test_every_page_fits_the_screen_and_passes_axe(site: Site, device: browsers.Device) -> None:
    past = f"/office/cycles/{YEAR}/past"
    pages = (
        past,
        f"{past}/{site.sheet}",
        "/contracts/past/TR",
        f"/office/cycles/{YEAR}/import/{site.draft}",
        f"/office/cycles/{YEAR}/import",
    )
    async with browsers.browser() as chromium, browsers.visit(chromium, device) as page:
        for theme in ("light", "high-contrast"):
            cookies = {"yaksok_theme": theme, site.cookie: site.token}
            await page.context.add_cookies(
                [{"name": name, "value": value, "url": site.address} for name, value in cookies.items()]
            )
            for path in pages:
                await page.goto(site.address + path)
                await browsers.no_horizontal_scroll(page)
                assert await browsers.axe(page) == [], (path, theme)
                if device.touch:
                    assert await browsers.small_targets(page) == [], path


async def test_an_officer_decides_that_two_names_are_one_body_by_keyboard_alone(site: Site) -> None:
    async with browsers.browser() as chromium, browsers.visit(chromium, allow=("status of 422",)) as page:
        await page.context.add_cookies([{"name": site.cookie, "value": site.token, "url": site.address}])
        await page.goto(f"{site.address}/office/cycles/{YEAR}/import/{site.draft}")
        await page.get_by_text("정하지 않은 이름이 2쌍").wait_for()
        decide = page.get_by_role("button", name="정하기")
        await decide.first.focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("alert").get_by_text("하나를 골라 주십시오").wait_for()
        first = page.get_by_role("group", name="박람회기획단").get_by_role("radio")
        await first.first.focus()
        await page.keyboard.press("Space")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.get_by_text("‘박람회지원단’(코드 B2)으로 합쳐서 읽었습니다").wait_for()
        await page.get_by_role("group", name="보건소(건강증진과)").get_by_text("다른 기관입니다").click()
        await decide.nth(1).click()
        await page.get_by_text("정하지 않은 이름이").wait_for(state="detached")
        await page.get_by_role("button", name="저장하기").click()
        await page.get_by_text("계약을 저장했습니다").first.wait_for()
        await expect(page.get_by_role("link", name="박람회지원단").first).to_be_attached()
        await expect(page.get_by_text("박람회기획단")).to_have_count(0)
