"""The scoring desk as somebody meets it who has never seen it: by keyboard alone, and by touch on a tablet and a phone.

Declare, mark, comment, lose the network, file, see the others' marks, reconcile, done.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from sqlmodel import col, select

from ballots.checking import Checker
from contracts.evidence.files import Evidence
from contracts.model import Agency, Contract, Cycle
from evaluation.arithmetic.marks import Grade
from evaluation.marking.reconciling import ReconcileChoice
from evaluation.model import OWN, RECONCILED, Assignment, Mark
from office.access import cookie_name
from office.clock import now
from office.database import Database, open_engine
from office.logins import start_login
from office.people import Person, Role, enrol
from office.settings import Settings
from tests import browsers
from tests.browser.looking import faults
from tests.conftest import PASSWORD, Templates
from tests.seeding import seed_cycle, seed_sheet
from tests.serving import Served, served

pytestmark = pytest.mark.browser

LOST = "ERR_INTERNET_DISCONNECTED"


@dataclass(frozen=True)
class Office:
    """A site on which one evaluator has a sheet to mark, and a colleague has filed theirs."""

    site: Served
    db: Database
    sheet: int
    token: str

    async def enter(self, page: Page) -> None:
        """Sign in and begin where an evaluator begins."""
        name = cookie_name(self.site.settings)
        await page.context.add_cookies([{"name": name, "value": self.token, "url": self.site.address}])
        await page.goto(f"{self.site.address}/evaluation")

    async def marks(self, round: int) -> dict[str, Mark]:
        async with self.db.reading() as session:
            query = select(Mark).where(col(Mark.assignment_id) == self.sheet, col(Mark.round) == round)
            return {mark.indicator_code: mark for mark in await session.exec(query)}

    async def grades(self, round: int) -> dict[str, Grade | None]:
        return {code: mark.grade for code, mark in (await self.marks(round)).items()}

    async def assignment(self) -> Assignment:
        async with self.db.reading() as session:
            found = await session.get(Assignment, self.sheet)
        assert found
        return found


@pytest.fixture
async def office(templates: Templates, settings: Settings, checker: Checker) -> AsyncIterator[Office]:
    settings = settings.model_copy(update={"database_url": templates.copy("sqlite"), "demonstration": False})
    engine = open_engine(settings.database_url)
    db = Database(engine)

    async def person(name: str) -> Person:
        return await enrol(
            session,
            settings,
            email=f"{name}@example.org",
            name=name,
            role=Role.EVALUATOR,
            password=PASSWORD,
        )

    async with db.writing() as session:
        await seed_cycle(session)
        cycle = (await session.exec(select(Cycle))).one()
        query = select(Contract).join(Agency, col(Agency.id) == col(Contract.agency_id))
        contract = (await session.exec(query.where(col(Agency.code) == "TR"))).one()
        newcomer, colleague = await person("새내기"), await person("동료")
        sheet = await seed_sheet(session, contract, newcomer)
        await seed_sheet(session, contract, colleague, {"E-1": Grade.C, "E-2": Grade.B_ZERO}, filed=True)
        for mark in await session.exec(select(Mark)):
            mark.weakness = "농촌 노선의 민원은 답이 늦었습니다."
        session.add(ReconcileChoice(cycle_id=cycle.id or 0, wanted=True))
        session.add(
            Evidence(
                contract_id=contract.id or 0,
                node_code="E-1",
                sha256="e" * 64,
                filename="민원 처리 대장.pdf",
                media_type="application/pdf",
                size=345_678,
                uploaded_by=newcomer.id or 0,
                uploaded_at=now(),
            )
        )
        token = await start_login(session, newcomer)
    with served(settings, checker) as site:
        yield Office(site, db, sheet.id or 0, token)
    await engine.dispose()


async def saved(page: Page) -> None:
    await expect(page.locator("#saved")).to_have_text(re.compile(r"^저장됨 \d\d:\d\d$"), timeout=15_000)


async def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, as somebody without a mouse does."""
    for _ in range(80):
        if await target.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError("Tab does not lead there")


async def touch(page: Page, target: Locator) -> None:
    """Put a finger in the middle of something, whatever lies over it."""
    await target.evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
    box = await target.bounding_box()
    assert box
    await page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


async def test_by_keyboard_alone_from_the_list_to_the_reconciled_sheet(
    chromium: Browser, office: Office
) -> None:
    async with browsers.visit(chromium, browsers.DESKTOP, allow=(LOST,)) as page:
        await office.enter(page)
        assert await faults(page) == []
        await tab_to(page, page.get_by_role("link", name="이어서 평가하기: 교통국"))
        await page.keyboard.press("Enter")

        await expect(page.get_by_role("heading", level=1)).to_contain_text("공정하게 평가하실 수 있나요")
        assert await faults(page) == []
        await tab_to(page, page.get_by_label("없습니다"))
        await page.keyboard.press("Space")
        await tab_to(page, page.get_by_role("button", name="확인"))
        await page.keyboard.press("Enter")

        await expect(page.locator("#saved")).to_have_text("쓰는 대로 저장됩니다")
        assert await faults(page) == []
        await expect(page.get_by_role("link", name=re.compile("민원 처리 대장.pdf"))).to_be_visible()
        await expect(
            page.get_by_role("img", name=re.compile("공공시설 이용자의 연도별 변화"))
        ).to_be_visible()

        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await browsers.axe(page) == []
        await page.keyboard.press("2")
        await page.keyboard.press("Escape")
        await expect(page.locator("input:checked")).to_have_count(0)

        await page.keyboard.press("2")
        await saved(page)
        assert await office.grades(OWN) == {"E-1": Grade.A_ZERO}
        await page.keyboard.press("c")
        await expect(page.get_by_label("잘한 점").first).to_be_focused()
        await page.keyboard.type("3월 2일에 접수한 민원을 J노선까지 9일 만에 고쳤습니다?")
        await page.context.set_offline(True)
        await page.keyboard.type(" 끊긴 줄에서도 썼습니다.")
        await expect(page.locator("#saved")).to_contain_text("아직 저장하지 못했습니다", timeout=15_000)
        assert await faults(page) == []
        await page.context.set_offline(False)
        await saved(page)
        assert await office.grades(OWN) == {"E-1": Grade.A_ZERO}
        kept = (await office.marks(OWN))["E-1"].strength
        assert kept == "3월 2일에 접수한 민원을 J노선까지 9일 만에 고쳤습니다? 끊긴 줄에서도 썼습니다."

        await page.keyboard.press("Escape")
        await page.keyboard.press("j")
        await page.keyboard.press("0")
        await expect(page.locator("#sheet-count")).to_have_text("2개 중 2개")
        await page.keyboard.press("Digit5")
        await saved(page)
        await page.keyboard.press("k")
        await expect(page.locator("#field-grade-E-1-2")).to_be_focused()

        await tab_to(page, page.get_by_role("button", name="저장하고 제출 확인"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("제출하시겠습니까")
        assert await faults(page) == []
        await tab_to(page, page.get_by_role("button", name="제출하기"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("제출한 평가표")
        assert await faults(page) == []
        assert await office.grades(OWN) == {"E-1": Grade.A_ZERO, "E-2": Grade.C}

        await tab_to(page, page.get_by_role("link", name="다른 평가위원의 평정 보기"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("농촌 노선의 민원은 답이 늦었습니다.").first).to_be_visible()
        await expect(page.get_by_text("동료", exact=True)).to_have_count(0)
        assert await faults(page) == []
        await page.keyboard.press("3")
        await tab_to(page, page.get_by_label("바꾼 까닭").first)
        await page.keyboard.type("농촌 노선의 답이 늦었다는 지적이 옳습니다.")
        await saved(page)
        await tab_to(page, page.get_by_role("button", name="저장하고 제출 확인"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("A0 → B+")).to_be_visible()
        assert await faults(page) == []
        await tab_to(page, page.get_by_role("button", name="제출하기"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("조율 평정을 제출했습니다")).to_be_visible()
        assert await faults(page) == []
    assert await office.grades(OWN) == {"E-1": Grade.A_ZERO, "E-2": Grade.C}
    assert await office.grades(RECONCILED) == {"E-1": Grade.B_PLUS, "E-2": Grade.C}
    assert (await office.assignment()).reconciled_at


@pytest.mark.parametrize("device", [browsers.TABLET, browsers.PHONE], ids=str)
async def test_by_touch_from_the_list_to_the_end(
    chromium: Browser, office: Office, device: browsers.Device
) -> None:
    async with browsers.visit(chromium, device, allow=(LOST,)) as page:
        await office.enter(page)
        assert await faults(page) == []
        await page.get_by_role("link", name="이어서 평가하기: 교통국").tap()
        await page.locator("label", has_text=re.compile("^없습니다$")).tap()
        await page.get_by_role("button", name="확인").tap()
        await expect(page.locator("#saved")).to_have_text("쓰는 대로 저장됩니다")
        assert await faults(page) == []

        await touch(page, page.locator(".rubric-row:has(#field-grade-E-1-2) .rubric-text"))
        await expect(page.locator("#field-grade-E-1-2")).to_be_checked()
        await saved(page)
        await page.get_by_role("button", name="다음 지표").tap()
        await expect(page.locator('[data-indicator="E-2"]')).to_be_in_viewport()
        await expect(page.locator("#sheet-count")).to_be_in_viewport()
        await page.locator('label[for="field-grade-E-2-4"]').tap()
        await page.get_by_label("권고").last.fill("내년에는 이용이 적은 시간도 재어 보십시오.")
        await page.context.set_offline(True)
        await page.get_by_label("아쉬운 점").last.fill("한 곳에 몰렸습니다.")
        await expect(page.locator("#saved")).to_contain_text("아직 저장하지 못했습니다", timeout=15_000)
        await page.context.set_offline(False)
        await saved(page)
        second = (await office.marks(OWN))["E-2"]
        assert (second.weakness, second.recommendation) == (
            "한 곳에 몰렸습니다.",
            "내년에는 이용이 적은 시간도 재어 보십시오.",
        )
        await page.get_by_role("button", name="저장하고 제출 확인").tap()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("제출하시겠습니까")
        assert await faults(page) == []
        await page.get_by_role("button", name="제출하기").tap()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("제출한 평가표")
        assert await faults(page) == []
        await page.get_by_role("link", name="다른 평가위원의 평정 보기").tap()
        await expect(page.get_by_text("농촌 노선의 민원은 답이 늦었습니다.").first).to_be_visible()
        assert await faults(page) == []
        await page.get_by_role("button", name="저장하고 제출 확인").tap()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("제출하시겠습니까")
        await page.get_by_role("button", name="제출하기").tap()
        await expect(page.get_by_text("조율 평정을 제출했습니다")).to_be_visible()
        await page.goto(f"{office.site.address}/evaluation")
        await expect(page.get_by_text("모두 제출하셨습니다")).to_be_visible()
        assert await faults(page) == []
    assert await office.grades(RECONCILED) == {"E-1": Grade.A_ZERO, "E-2": Grade.B_ZERO}


async def test_the_keys_can_be_switched_off_and_stay_off(chromium: Browser, office: Office) -> None:
    async with office.db.writing() as session:
        assignment = await session.get(Assignment, office.sheet)
        assert assignment
        assignment.conflict, assignment.declared_at = False, now()
    async with browsers.visit(chromium, browsers.DESKTOP) as page:
        await office.enter(page)
        await page.goto(f"{office.site.address}/evaluation/{office.sheet}")
        await page.get_by_role("button", name="단축키").click()
        await page.get_by_role("button", name="단축키 끄기").click()
        await page.get_by_role("button", name="닫기").click()
        for key in ("2", "j", "?"):
            await page.keyboard.press(key)
        await expect(page.locator("input:checked")).to_have_count(0)
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.reload()
        await page.keyboard.press("2")
        await expect(page.locator("input:checked")).to_have_count(0)
        await page.get_by_role("button", name="단축키").click()
        await page.get_by_role("button", name="단축키 켜기").click()
        await page.get_by_role("button", name="닫기").click()
        await page.keyboard.press("Digit2")
        await expect(page.locator("#field-grade-E-1-2")).to_be_checked()


async def test_the_filed_sheet_prints_without_its_buttons(chromium: Browser, office: Office) -> None:
    async with office.db.writing() as session:
        assignment = await session.get(Assignment, office.sheet)
        assert assignment
        assignment.conflict, assignment.declared_at, assignment.filed_at = False, now(), now()
        session.add(
            Mark(assignment_id=office.sheet, indicator_code="E-1", grade=Grade.A_PLUS, strength="빠른 답")
        )
    async with browsers.visit(chromium, browsers.DESKTOP) as page:
        await office.enter(page)
        await page.goto(f"{office.site.address}/evaluation/{office.sheet}")
        await expect(page.get_by_role("button", name="인쇄하기")).to_be_visible()
        await page.emulate_media(media="print")
        await expect(page.get_by_role("button", name="인쇄하기")).to_be_hidden()
        await expect(page.get_by_text("빠른 답")).to_be_visible()
        assert (await page.pdf()).startswith(b"%PDF-")
