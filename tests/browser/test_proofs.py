"""Evidence, the check of figures, the reply and the comments in a real browser, on a phone and on a desktop."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from sqlmodel import col, select

from ballots.checking import Checker
from contracts.cycles import cycle_of, enter_phase
from contracts.model import Phase
from contracts.reading import contracts_of
from evaluation.arithmetic.marks import Grade
from evaluation.model import Mark
from office.access import cookie_name
from office.database import Database
from office.logins import start_login
from office.people import Person, Role, enrol
from office.settings import Settings
from tests import browsers
from tests.browser.walking import Walker
from tests.conftest import PASSWORD, SECRET
from tests.contracts.test_evidence_types import picture, xlsx
from tests.seeding import CULTURE, TRANSPORT, YEAR, seed_cycle, seed_sheet
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

TR = f"{YEAR}-TR"
PEOPLE = (
    ("officer", Role.OFFICER, "TR"),
    ("head", Role.HEAD, "TR"),
    ("office", Role.OFFICE, None),
    ("second", Role.OFFICE, None),
    ("verifier", Role.VERIFIER, None),
    ("evaluator", Role.EVALUATOR, None),
)
REFUSED = ("status of 422",)
SHOTS = os.environ.get("SCREENSHOTS", "")


@dataclass
class House:
    """A served cycle in which figures are being reported, its people, and a hand on its calendar."""

    db: Database
    address: str
    cookie: str
    tokens: dict[str, str]
    people: dict[str, Person]

    async def enter(self, phase: Phase) -> None:
        async with self.db.writing() as session:
            await enter_phase(session, await cycle_of(session, YEAR), phase, "test")

    async def an_expert_files(self) -> None:
        """One sheet with a grade and words, handed in."""
        async with self.db.writing() as session:
            pairs = await contracts_of(session, await cycle_of(session, YEAR))
            contract = next(contract for contract, _ in pairs if contract.public_id == TR)
            grades = {"E-1": Grade.A_ZERO, "E-2": Grade.B_PLUS}
            sheet = await seed_sheet(session, contract, self.people["evaluator"], grades, filed=True)
            for mark in await session.exec(select(Mark).where(col(Mark.assignment_id) == sheet.id)):
                mark.strength = "도민의 말을 듣고 고친 과정이 자료에 잘 드러납니다."
                mark.weakness = (
                    "" if mark.indicator_code == "E-1" else "예산을 줄인 까닭이 적혀 있지 않습니다."
                )
                session.add(mark)


@pytest.fixture
async def house(own_db: tuple[Database, Settings], checker: Checker) -> AsyncIterator[House]:
    db, settings = own_db
    tokens, people = {}, {}
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING, trees=(TRANSPORT, CULTURE))
        for name, role, agency in PEOPLE:
            people[name] = await enrol(
                session, settings, email=f"{name}@example.org", name=name, role=role, agency=agency,
                password=PASSWORD, totp_secret=SECRET,
            )  # fmt: skip
            tokens[name] = await start_login(session, people[name])
    with served(settings.model_copy(update={"demonstration": False}), checker) as running:
        yield House(db, running.address, cookie_name(running.settings), tokens, people)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browsers.browser() as started:
        yield started


Come = Callable[[str], Awaitable[Walker]]


@pytest.mark.parametrize("device", [browsers.PHONE, browsers.DESKTOP], ids=str)
async def test_what_stands_behind_a_result_is_laid_down_checked_answered_and_read(
    chromium: Browser, house: House, device: browsers.Device
) -> None:
    found: list[str] = []
    taken = 0
    async with AsyncExitStack() as windows:

        async def come(name: str = "") -> Walker:
            page = await windows.enter_async_context(browsers.visit(chromium, device, allow=REFUSED))
            if name:
                login = {"name": house.cookie, "value": house.tokens[name], "url": house.address}
                await page.context.add_cookies([login])  # type: ignore[list-item]  # a cookie of Playwright's is a plain dict
            return Walker(page, device, house.address, found)

        async def shoot(walker: Walker, name: str) -> None:
            nonlocal taken
            taken += 1
            if SHOTS:
                path = Path(SHOTS) / f"{device.name}-{taken:02d}-{name}.png"
                await walker.page.screenshot(path=path, full_page=True)

        officer, head, office = await come("officer"), await come("head"), await come("office")
        second, verifier, resident = await come("second"), await come("verifier"), await come()

        evidence = f"/agency/contracts/{TR}/evidence"
        await officer.open(evidence)
        await shoot(officer, "evidence-empty")
        await officer.give("올릴 문서나 사진", "버스 대기시간.xlsx", xlsx())
        await officer.page.get_by_label("어디에 붙일 자료인가요?").select_option("W-1")
        # The browser asks for the forgotten tick before anything is sent, and so does the server.
        await officer.press("올리기")
        tick = officer.page.get_by_label("이 파일에 개인정보가 없음을")
        assert await tick.evaluate("tick => tick.matches(':invalid') && document.activeElement === tick")
        assert (
            await officer.page.get_by_label("올릴 문서나 사진").evaluate("field => field.files.length") == 1
        )
        await officer.page.locator("#evidence").evaluate("form => { form.noValidate = true }")
        await officer.go("올리기")
        await officer.see("개인정보가 없는지 확인하고")
        await officer.see("‘버스 대기시간.xlsx’ 파일은 받아 두었으니")
        await expect(officer.page.get_by_label("어디에 붙일 자료인가요?")).to_have_value("W-1")
        await shoot(officer, "evidence-held")
        await officer.press(officer.page.locator("label").filter(has_text="개인정보가 없음을"))
        await officer.go("올리기")
        await officer.see("올렸습니다")
        await officer.give("올릴 문서나 사진", "정류소 사진.jpg", picture("JPEG", size=(640, 480)))
        await officer.page.get_by_label("어디에 붙일 자료인가요?").select_option("W-1")
        await officer.press(officer.page.locator("label").filter(has_text="개인정보가 없음을"))
        await officer.go("올리기")
        await officer.see("올렸습니다")
        await shoot(officer, "evidence-laid")

        await verifier.open("/checks")
        await shoot(verifier, "checks")
        await verifier.follow("이어서 확인하기")
        await shoot(verifier, "check")
        await verifier.tick("확인 결과: 버스 평균 대기시간", "다름")
        await verifier.page.get_by_label("확인한 값").first.fill("9.8")
        await verifier.page.get_by_label("확인한 값").first.press("Enter")
        await verifier.see("저장했습니다")
        await verifier.look()
        await verifier.see("기관은 9.6분, 실적 확인 담당은 9.8분으로 보았습니다")
        await officer.open(f"/agency/contracts/{TR}/figures")
        await officer.see("확인할 수 없다고 본 실적이 1개")
        await shoot(officer, "figures-differ")

        await office.open(f"/office/cycles/{YEAR}/checks")
        await shoot(office, "checks-office")
        await office.open(f"/office/cycles/{YEAR}")
        await office.go("전문가 평가 시작하기")
        await office.see("교통국 2, 문화국 2")
        await shoot(office, "gate")
        await office.write("확인을 마치지 않고 시작하는 이유", "확인할 자료를 더 기다리지 않기로 했습니다.")
        await office.go("전문가 평가 시작하기")

        reply = f"/agency/contracts/{TR}/reply"
        await officer.open(reply)
        await officer.write("소명", "하반기 값은 8.9분입니다.\n노선 조정은 7월에 끝났습니다.")
        await expect(officer.page.locator("[data-count]")).to_have_text("33")
        await officer.go("저장하기")
        await shoot(officer, "reply")
        await head.open(reply)
        await shoot(head, "reply-head")
        await head.go("내보내기")
        await resident.open(f"/contracts/{TR}")
        await resident.see("하반기 값은 8.9분입니다.")
        await shoot(resident, "contract")
        await resident.open(f"/contracts/{TR}/evidence")
        await resident.see("확인할 자료를 더 기다리지 않기로 했습니다.")
        await shoot(resident, "evidence-public")
        await resident.open(f"/contracts/{TR}/comments")
        await resident.see("아직 공개한 평가 의견이 없습니다")

        await house.an_expert_files()
        await house.enter(Phase.TALLIED)
        await office.open(f"/office/cycles/{YEAR}/comments")
        await shoot(office, "comments-office")
        await office.follow("교통국")
        await office.tick("의견 1을 볼 사람", "기관만")
        await office.go("나머지는 모두 공개로 저장")
        await shoot(office, "comments-desk")
        await office.go("공개 요청하기")
        await second.open(f"/office/cycles/{YEAR}/comments/{TR}")
        await second.go("확인하고 공개하기")
        await officer.open(f"{reply}/comments")
        await officer.see("우리 기관만 봅니다")
        await officer.write("답변", "까닭을 적어 다시 공개하겠습니다.")
        await officer.go("저장하기")
        await shoot(officer, "comments-own")
        await head.open(f"{reply}/comments")
        await head.go("내보내기")
        await resident.open(f"/contracts/{TR}/comments")
        await resident.see("까닭을 적어 다시 공개하겠습니다.")
        await shoot(resident, "comments-public")
    assert found == []
