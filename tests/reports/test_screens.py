"""The pages of scores and marks in a real browser at three sizes, light and in high contrast."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlmodel import col, update

from ballots.checking import Checker
from contracts.model import Cycle, Phase
from evaluation.arithmetic.marks import Grade
from evaluation.model import Mark
from office.access import cookie_name
from office.clock import now
from office.database import Database
from office.logins import start_login
from office.people import Role, enrol
from office.settings import Settings
from reports.model import Run
from reports.runs import make_run
from tests import browsers
from tests.conftest import PASSWORD, SECRET
from tests.reports.test_runs import seed_counted
from tests.seeding import YEAR
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]


@dataclass
class Site:
    """A served cycle with a published result, and sign-ins of the office and an officer of 교통국."""

    address: str
    cookie: str
    tokens: dict[str, str]


@pytest.fixture
async def site(own_db: tuple[Database, Settings], checker: Checker) -> AsyncIterator[Site]:
    db, settings = own_db
    tokens = {}
    officer = await seed_counted(db, simulated=("도민 투표",))
    async with db.writing() as session:
        for name, role, agency in (("office", Role.OFFICE, None), ("officer", Role.OFFICER, "TR")):
            person = await enrol(
                session, settings, email=f"{name}@example.org", name=name, role=role, agency=agency,
                password=PASSWORD, totp_secret=SECRET,
            )  # fmt: skip
            tokens[name] = await start_login(session, person)
        await session.exec(update(Mark).where(col(Mark.grade) == Grade.D_PLUS).values(grade=Grade.E_ZERO))
    await make_run(db, YEAR, officer)
    async with db.writing() as session:
        await session.exec(update(Run).values(published_at=now()))
        await session.exec(update(Cycle).values(phase=Phase.PROVISIONAL))
    with served(settings.model_copy(update={"demonstration": False}), checker) as running:
        yield Site(running.address, cookie_name(running.settings), tokens)


PAGES = (
    ("", f"/reports/{YEAR}/TR"),
    ("", f"/reports/{YEAR}/TR/steps/U-1?actual=108"),
    ("", f"/reports/{YEAR}/TR/steps/E-1"),
    ("", f"/reports/{YEAR}/SA/steps/S-1"),
    ("", f"/reports/{YEAR}/SA/steps/S-2"),
    ("officer", f"/agency/contracts/{YEAR}-TR/indicators/W-1/steps?actual=many"),
    ("office", f"/office/cycles/{YEAR}/marks"),
    ("office", f"/office/cycles/{YEAR}/marks/{YEAR}-CU"),
    ("office", f"/office/cycles/{YEAR}/rulebook"),
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


async def test_somebody_tries_another_figure_by_keyboard(site: Site) -> None:
    async with browsers.browser() as chromium, browsers.visit(chromium) as page:
        await page.goto(f"{site.address}/reports/{YEAR}/TR")
        await page.get_by_role("link", name=re.compile("한 단계씩 보기.*공공시설 이용자")).focus()
        await page.keyboard.press("Enter")
        field = page.get_by_label("넣어 볼 실적")
        await field.focus()
        await page.keyboard.type("111.1")
        await page.keyboard.press("Enter")
        await page.get_by_text("평점 100.00점, 득점 25.00점입니다").wait_for()
        assert await field.input_value() == "111.1"
