"""The pages of contracts in a real browser at three sizes, light and in high contrast: axe, width, size of targets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from ballots.checking import Checker
from contracts.cycles import advance, create_cycle
from contracts.model import Phase
from contracts.publication import publish
from contracts.reading import contracts_of
from contracts.signing import sign_as_head, sign_as_office
from contracts.writing.drafting import store_contracts
from office.access import cookie_name
from office.database import Database
from office.logins import start_login
from office.people import Role, enrol
from office.settings import Settings
from rehearsal.visitor import Authenticator
from tests import browsers
from tests.conftest import PASSWORD, SECRET
from tests.seeding import CULTURE, TRANSPORT, YEAR, seed_cycle
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


@dataclass
class Site:
    """A served cycle: one contract published in `YEAR`, one drafted in the year after; login tokens by role."""

    address: str
    cookie: str
    tokens: dict[str, str]


@pytest.fixture
async def site(own_db: tuple[Database, Settings], checker: Checker) -> AsyncIterator[Site]:
    db, settings = own_db
    tokens = {}
    codes = Authenticator(SECRET)
    async with db.writing() as session:
        people = {}
        for name, role, agency in (
            ("office", Role.OFFICE, None),
            ("second", Role.OFFICE, None),
            ("officer", Role.OFFICER, "TR"),
            ("head", Role.HEAD, "TR"),
        ):
            people[name] = await enrol(
                session, settings, email=f"{name}@example.org", name=name, role=role, agency=agency,
                password=PASSWORD, totp_secret=SECRET,
            )  # fmt: skip
            tokens[name] = await start_login(session, people[name])
        cycle = await seed_cycle(session, Phase.DRAFTING, trees=[TRANSPORT], simulated=["성과계약"])
        contract, agency_ = (await contracts_of(session, cycle))[0]
        await sign_as_head(session, settings, cycle, contract, agency_, people["head"], codes.code())
        await sign_as_office(session, settings, cycle, people["office"], codes.code())
        await publish(session, cycle, people["office"])
        assert await publish(session, cycle, people["second"])
        await advance(session, cycle, Phase.REPORTING, "test")
    async with db.writing() as session:
        draft = await create_cycle(session, year=YEAR + 1, title="다음 해", by="test")
        await store_contracts(session, draft, [TRANSPORT, CULTURE], "test")
    # A demonstration refuses a database that something else has filled.
    with served(settings.model_copy(update={"demonstration": False}), checker) as running:
        yield Site(running.address, cookie_name(running.settings), tokens)


PAGES = (
    ("", "/contracts"),
    ("", f"/contracts/{YEAR}-TR"),
    ("officer", "/agency"),
    ("officer", f"/agency/contracts/{YEAR + 1}-TR"),
    ("officer", f"/agency/contracts/{YEAR + 1}-TR/edit"),
    ("officer", f"/agency/contracts/{YEAR + 1}-TR/edit/node?code=U-1"),
    ("officer", f"/agency/contracts/{YEAR + 1}-TR/edit/new?kind=indicator&under=T-1&method=tiered"),
    ("officer", f"/agency/contracts/{YEAR + 1}-TR/edit/method?code=W-1"),
    ("officer", f"/agency/contracts/{YEAR + 1}-TR/edit/weights?under=T-1"),
    ("officer", f"/agency/contracts/{YEAR + 1}-TR/review"),
    ("officer", f"/agency/contracts/{YEAR}-TR/figures"),
    ("head", f"/agency/contracts/{YEAR + 1}-TR"),
    ("office", "/office/cycles"),
    ("office", f"/office/cycles/{YEAR}"),
    ("office", f"/office/cycles/{YEAR + 1}/import"),
    ("office", f"/office/cycles/{YEAR + 1}/reviews"),
)


@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)
async def test_every_page_fits_the_screen_and_passes_axe(site: Site, device: browsers.Device) -> None:
    async with browsers.browser() as chromium:
        for who, path in PAGES:
            async with browsers.visit(chromium, device) as page:
                for theme in ("light", "high-contrast"):
                    cookies = {"yaksok_theme": theme} | ({site.cookie: site.tokens[who]} if who else {})
                    await page.context.add_cookies(
                        [
                            {"name": name, "value": value, "url": site.address}
                            for name, value in cookies.items()
                        ]
                    )
                    await page.goto(site.address + path)
                    await browsers.no_horizontal_scroll(page)
                    assert await browsers.axe(page) == [], (path, theme)
                if device.touch:
                    assert await browsers.small_targets(page) == [], path


async def test_an_officer_reports_and_a_resident_reads_it(site: Site) -> None:
    async with browsers.browser() as chromium:
        async with browsers.visit(chromium, allow=("status of 422",)) as page:
            await page.context.add_cookies(
                [{"name": site.cookie, "value": site.tokens["officer"], "url": site.address}]
            )
            await page.goto(f"{site.address}/agency")
            await page.get_by_role("link", name="실적과 결과 적기").click()
            figure = page.get_by_label("버스 평균 대기시간")
            await figure.fill("아홉 분")
            await page.get_by_role("button", name="저장하기").click()
            await page.get_by_role("alert").get_by_text("숫자가 아닙니다").first.wait_for()
            assert await figure.input_value() == "아홉 분"
            await figure.fill("9.2")
            await page.get_by_label("이행 결과").first.fill("노선 스무 개를 고쳤습니다.")
            await page.get_by_role("button", name="저장하기").click()
            await page.get_by_text("실적과 이행 결과를 저장했습니다").wait_for()
        async with browsers.visit(chromium, browsers.PHONE) as page:
            await page.goto(f"{site.address}/contracts")
            await page.get_by_role("link", name="교통국").click()
            await page.get_by_text("노선 스무 개를 고쳤습니다.").first.wait_for()
            assert "9.2" in await page.locator(".promise-today").first.inner_text()
