"""The sheet in a real browser: it saves by itself and when the page is left, says so, and works without scripts."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect
from sqlmodel import col, select

from ballots.checking import Checker
from contracts.model import Contract
from contracts.reading import contracts_of
from evaluation.arithmetic.marks import Grade
from evaluation.model import Assignment, Mark
from office.access import cookie_name
from office.database import Database
from office.logins import start_login
from office.people import Role, enrol
from office.settings import Settings
from tests import browsers
from tests.conftest import PASSWORD
from tests.seeding import seed_cycle, seed_sheet
from tests.serving import Served, served

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Sheet:
    """An evaluator's open sheet on a running site."""

    site: Served
    db: Database
    id: int
    token: str

    async def open(self, page: Page) -> None:
        await self.sign_in(page.context)
        await page.goto(f"{self.site.address}/evaluation/{self.id}")

    async def sign_in(self, context: BrowserContext) -> None:
        name = cookie_name(self.site.settings)
        await context.add_cookies([{"name": name, "value": self.token, "url": self.site.address}])

    async def marks(self) -> dict[str, tuple[Grade | None, str]]:
        async with self.db.reading() as session:
            query = select(Mark).where(col(Mark.assignment_id) == self.id)
            return {m.indicator_code: (m.grade, m.strength) for m in await session.exec(query)}

    async def become(self, wanted: dict[str, tuple[Grade | None, str]]) -> None:
        """Wait until exactly these marks are stored."""
        for _ in range(100):
            if await self.marks() == wanted:
                return
            await anyio.sleep(0.1)
        assert await self.marks() == wanted


@pytest.fixture
async def sheet(own_db: tuple[Database, Settings], checker: Checker) -> AsyncIterator[Sheet]:
    db, settings = own_db
    settings = settings.model_copy(update={"demonstration": False})
    async with db.writing() as session:
        cycle = await seed_cycle(session)
        contract = (await session.exec(select(Contract).order_by(Contract.id))).first()  # type: ignore[arg-type]  # a column here
        person = await enrol(
            session, settings, email="e@example.org", name="최평정", role=Role.EVALUATOR, password=PASSWORD
        )
        assert contract
        assignment = await seed_sheet(session, contract, person, {})
        other = (await contracts_of(session, cycle))[1][0]
        await seed_sheet(session, other, person, {"E-1": Grade.C})
        token = await start_login(session, person)
    with served(settings, checker) as site:
        yield Sheet(site, db, assignment.id or 0, token)


@asynccontextmanager
async def visited(chromium: Browser, device: browsers.Device = browsers.DESKTOP) -> AsyncIterator[Page]:
    async with browsers.visit(chromium, device) as page:
        yield page


async def test_what_is_typed_is_saved_after_a_pause_and_the_time_is_shown(
    chromium: Browser, sheet: Sheet
) -> None:
    async with visited(chromium) as page:
        await sheet.open(page)
        await expect(page.locator("#saved")).to_have_text("쓰는 대로 저장됩니다")
        await page.get_by_label("잘한 점").first.fill("민원을 빨리 고쳤습니다")
        await page.locator('label[for="field-grade-E-1-2"]').click()
        await expect(page.locator("#saved")).to_have_text(re.compile(r"^저장됨 \d\d:\d\d$"))
        await expect(page.locator("#sheet-count")).to_have_text("2개 중 1개")
        await expect(page.locator("#sheet-rest")).to_contain_text("지표 4개 중 2개 정함")
        await sheet.become({"E-1": (Grade.A_ZERO, "민원을 빨리 고쳤습니다")})


async def test_leaving_the_page_saves_what_was_typed_last(chromium: Browser, sheet: Sheet) -> None:
    async with visited(chromium, browsers.TABLET) as page:
        await sheet.open(page)
        await page.get_by_label("잘한 점").last.fill("마지막 글")
        await page.goto(f"{sheet.site.address}/evaluation")
        await sheet.become({"E-2": (None, "마지막 글")})


async def test_a_lost_connection_is_said_and_the_sheet_is_saved_when_it_is_back(
    chromium: Browser, sheet: Sheet
) -> None:
    lost = ("ERR_INTERNET_DISCONNECTED",)
    async with browsers.visit(chromium, browsers.DESKTOP, allow=lost) as page:
        await sheet.open(page)
        await page.context.set_offline(True)
        await page.get_by_label("잘한 점").first.fill("끊긴 동안 쓴 글")
        await expect(page.locator("#saved")).to_have_text(re.compile("아직 저장하지 못했습니다"))
        await page.context.set_offline(False)
        await expect(page.locator("#saved")).to_have_text(re.compile("^저장됨"), timeout=12_000)
        await sheet.become({"E-1": (None, "끊긴 동안 쓴 글")})


async def stored_in_tab(page: Page) -> dict[str, str]:
    """What the tab keeps of unsaved marks."""
    kept: dict[str, str] = await page.evaluate(
        "Object.fromEntries(Object.entries(sessionStorage).filter(([name]) => name.startsWith('sheet:')))"
    )
    return kept


async def cut(page: Page) -> None:
    """From now on nothing that is saved arrives; pages still open."""

    async def refuse(route: Route) -> None:
        await (route.abort() if route.request.method == "POST" else route.continue_())

    await page.context.route("**/evaluation/**", refuse)


async def mend(page: Page) -> None:
    await page.context.unroute("**/evaluation/**")


async def test_what_could_not_be_saved_survives_a_reload_in_the_middle_of_a_word(
    chromium: Browser, sheet: Sheet
) -> None:
    async with (
        browsers.visit(chromium, browsers.DESKTOP, allow=("ERR_FAILED",)) as page,
    ):
        page.on("dialog", lambda dialog: dialog.accept())
        await sheet.open(page)
        await page.get_by_label("잘한 점").first.fill("먼저 저장된 글")
        await sheet.become({"E-1": (None, "먼저 저장된 글")})
        await cut(page)
        await page.get_by_label("잘한 점").first.press_sequentially(", 그리고 끊긴 뒤에 쓴 그", delay=10)
        await page.reload()
        await expect(page.get_by_label("잘한 점").first).to_have_value(
            "먼저 저장된 글, 그리고 끊긴 뒤에 쓴 그"
        )
        await page.get_by_label("잘한 점").first.press_sequentially("ㄹ")
        await mend(page)
        await sheet.become({"E-1": (None, "먼저 저장된 글, 그리고 끊긴 뒤에 쓴 그ㄹ")})
        await expect(page.locator("#saved")).to_have_text(re.compile("^저장됨"))
        await expect(page.locator(".desk-conflict")).to_have_count(0)
        assert await stored_in_tab(page) == {}


@pytest.mark.parametrize("lost", ["login", "everything"])
async def test_signed_out_in_the_middle_the_text_waits_for_the_next_sign_in(
    chromium: Browser, sheet: Sheet, lost: str
) -> None:
    async with (
        browsers.visit(chromium, browsers.DESKTOP, allow=("status of 401", "status of 403")) as page,
    ):
        page.on("dialog", lambda dialog: dialog.accept())
        await sheet.open(page)
        name = cookie_name(sheet.site.settings) if lost == "login" else None
        await page.context.clear_cookies(name=name)
        await page.get_by_label("아쉬운 점").first.fill("로그인이 끝난 뒤에 쓴 글")
        await page.locator('label[for="field-grade-E-2-5"]').click()
        await page.get_by_role("link", name="다시 로그인하기").click()
        await expect(page).to_have_url(re.compile(r"/sign-in\?next="))
        await sheet.sign_in(page.context)
        await page.goto(f"{sheet.site.address}/evaluation/{sheet.id}")
        await expect(page.get_by_label("아쉬운 점").first).to_have_value("로그인이 끝난 뒤에 쓴 글")
        await sheet.become({"E-1": (None, ""), "E-2": (Grade.C, "")})
        async with sheet.db.reading() as session:
            weakness = [mark.weakness for mark in await session.exec(select(Mark)) if mark.weakness]
        assert weakness == ["로그인이 끝난 뒤에 쓴 글"]


async def test_signing_out_on_purpose_stores_first_and_leaves_nothing_in_the_tab(
    chromium: Browser, sheet: Sheet
) -> None:
    async with visited(chromium) as page:
        await sheet.open(page)
        await page.get_by_label("잘한 점").first.fill("나가기 직전의 글")
        await page.get_by_role("button", name="로그아웃").first.click()
        await expect(page).to_have_url(f"{sheet.site.address}/")
        await sheet.become({"E-1": (None, "나가기 직전의 글")})
        assert await stored_in_tab(page) == {}


async def test_filing_leaves_nothing_in_the_tab(chromium: Browser, sheet: Sheet) -> None:
    async with (
        browsers.visit(chromium, browsers.DESKTOP, allow=("status of 409",)) as page,
    ):
        await sheet.open(page)
        other = await page.context.new_page()
        await other.goto(f"{sheet.site.address}/evaluation/{sheet.id}")
        for place in (1, 2):
            await page.locator(f'label[for="field-grade-E-{place}-3"]').click()
        await page.get_by_role("button", name="저장하고 제출 확인").click()
        await page.get_by_role("button", name="제출하기").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("제출한 평가표")
        await other.get_by_label("권고").first.fill("이미 제출한 뒤에 다른 창에서 쓴 글")
        await expect(other.locator("#saved")).to_contain_text("이미 제출한 평가표")
        await other.goto(f"{sheet.site.address}/evaluation/{sheet.id}")
        assert await stored_in_tab(other) == await stored_in_tab(page) == {}


@pytest.mark.parametrize("kept", ["theirs", "mine"])
async def test_of_two_tabs_the_later_overwrites_nothing_until_one_has_chosen(
    chromium: Browser, sheet: Sheet, kept: str
) -> None:
    async with visited(chromium) as page:
        await sheet.open(page)
        other = await page.context.new_page()
        await other.goto(f"{sheet.site.address}/evaluation/{sheet.id}")
        await page.get_by_label("잘한 점").first.fill("첫째 창의 글")
        await sheet.become({"E-1": (None, "첫째 창의 글")})
        await other.get_by_label("잘한 점").last.fill("둘째 창의 다른 지표")
        await sheet.become({"E-1": (None, "첫째 창의 글"), "E-2": (None, "둘째 창의 다른 지표")})
        await other.get_by_label("잘한 점").first.fill("둘째 창의 글")
        box = other.locator(".desk-conflict")
        await expect(box).to_contain_text("첫째 창의 글")
        await expect(box).to_contain_text("둘째 창의 글")
        assert await browsers.axe(other) == []
        await other.get_by_label("잘한 점").first.fill("둘째 창의 글, 더 길게")
        await other.get_by_role("button", name="저장하고 제출 확인").click()
        await expect(other).to_have_url(f"{sheet.site.address}/evaluation/{sheet.id}")
        assert (await sheet.marks())["E-1"] == (None, "첫째 창의 글")
        await box.locator(f"[data-keep={kept}]").click()
        expected = "첫째 창의 글" if kept == "theirs" else "둘째 창의 글, 더 길게"
        await expect(other.get_by_label("잘한 점").first).to_have_value(expected)
        await sheet.become({"E-1": (None, expected), "E-2": (None, "둘째 창의 다른 지표")})
        await expect(box).to_have_count(0)


async def test_hundreds_of_keystrokes_over_a_line_that_comes_and_goes_are_all_there(
    chromium: Browser, sheet: Sheet
) -> None:
    lost = ("ERR_INTERNET_DISCONNECTED",)
    async with (
        browsers.visit(chromium, browsers.TABLET, allow=lost) as page,
    ):
        await sheet.open(page)
        field = page.get_by_label("권고").last
        text = ""
        for n in range(12):
            await page.context.set_offline(n % 3 == 1)
            piece = f"{n}번째로 쓴 긴 문장입니다. "
            await field.press_sequentially(piece, delay=15)
            text += piece
        await page.context.set_offline(False)
        await expect(page.locator("#saved")).to_have_text(re.compile("^저장됨"), timeout=15_000)
        stored: list[str] = []
        for _ in range(100):  # what the page says may still be of the save before the last
            async with sheet.db.reading() as session:
                query = select(Mark).where(col(Mark.assignment_id) == sheet.id)
                stored = [mark.recommendation for mark in await session.exec(query)]
            if stored == [text.strip()]:
                break
            await anyio.sleep(0.2)
        assert stored == [text.strip()]


async def test_without_scripts_the_button_saves_and_files(chromium: Browser, sheet: Sheet) -> None:
    async with (
        browsers.visit(chromium, browsers.PHONE, java_script_enabled=False) as page,
    ):
        await sheet.open(page)
        await page.locator('label[for="field-grade-E-1"]').click()
        await page.locator('label[for="field-grade-E-2-10"]').click()
        await page.get_by_role("button", name="저장하고 제출 확인").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("제출하시겠습니까")
        await page.get_by_role("button", name="제출하기").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("제출한 평가표")
        await sheet.become({"E-1": (Grade.A_PLUS, ""), "E-2": (None, "")})
        async with sheet.db.reading() as session:
            assignment = await session.get(Assignment, sheet.id)
        assert assignment and assignment.filed_at


@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)
async def test_the_sheet_is_readable_and_touchable(
    chromium: Browser, sheet: Sheet, device: browsers.Device
) -> None:
    async with visited(chromium, device) as page:
        await sheet.open(page)
        await browsers.no_horizontal_scroll(page)
        assert await browsers.axe(page) == []
        assert await browsers.small_targets(page) == []
        evidence = await page.locator(".sheet-pair > :first-child").first.bounding_box()
        form = await page.locator(".sheet-form").first.bounding_box()
        assert evidence and form
        if device is browsers.DESKTOP:
            assert form["x"] > evidence["x"] + evidence["width"]
        else:
            assert form["y"] > evidence["y"] + evidence["height"]
