"""The committee's pages in a real browser on three screens: readable, nothing cut off, nothing too small to touch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from sqlmodel import update

from ballots.checking import Checker
from contracts.cycles import create_cycle
from contracts.model import Contract, ContractState, Phase
from contracts.reading import contracts_of
from contracts.writing.drafting import store_contracts
from evaluation.arithmetic.marks import Grade
from evaluation.difficulty.ratings import rate
from evaluation.difficulty.results import release
from evaluation.difficulty.rounds import open_round
from evaluation.experts import calibration
from evaluation.experts.assigning import assign
from evaluation.experts.barring import TieKind
from evaluation.experts.challenges import challenge
from evaluation.experts.committee import appoint, today
from evaluation.experts.conflicts import state_tie
from evaluation.experts.fields import fields_known, save_field
from evaluation.experts.parents import put_under
from evaluation.model import Mark
from office.access import cookie_name
from office.clock import now
from office.database import Database
from office.logins import start_login
from office.people import Person, Role, enrol
from office.settings import Settings
from tests import browsers
from tests.browser.looking import faults
from tests.conftest import PASSWORD, SECRET
from tests.seeding import TRANSPORT, TREES, YEAR, seed_cycle
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

AT = f"/office/cycles/{YEAR}"
MANY = (
    *TREES,
    *(
        replace(TRANSPORT, agency_code=f"D{n}", agency=f"{name}국")
        for n, name in enumerate(("경제", "농정", "복지보건"), 1)
    ),
)
NAMES = ("강하늘", "구본승", "나은혜", "남궁민서", "도현우", "류다인", "문가온", "박서준")


@dataclass
class Site:
    """A served cycle, and the login tokens of those who look at it."""

    address: str
    cookie: str
    tokens: dict[str, str]


async def people_of(db: Database, settings: Settings) -> tuple[dict[str, Person], dict[str, str]]:
    people, tokens = {}, {}
    kinds = [("office", Role.OFFICE, None), ("head", Role.HEAD, "TR")]
    kinds += [(name, Role.EVALUATOR, None) for name in NAMES]
    async with db.writing() as session:
        for number, (name, role, agency) in enumerate(kinds):
            people[name] = await enrol(
                session, settings, email=f"p{number}@example.org", name=name, role=role, agency=agency,
                password=PASSWORD, totp_secret=SECRET,
            )  # fmt: skip
            if name in ("office", "head", NAMES[0]):
                tokens[name] = await start_login(session, people[name])
    return people, tokens


@pytest.fixture
async def scoring(own_db: tuple[Database, Settings], checker: Checker) -> AsyncIterator[Site]:
    """A committee at work: appointed, tied, challenged, assigned, calibrated."""
    db, settings = own_db
    people, tokens = await people_of(db, settings)
    office, evaluators = people["office"], [people[name] for name in NAMES]
    async with db.writing() as session:
        last = await create_cycle(session, year=YEAR - 1, title="지난해", by="test")
        await store_contracts(session, last, MANY, "test")
        last.phase = Phase.FINAL
        session.add(last)
        cycle = await seed_cycle(session, Phase.SCORING, trees=MANY)
        await save_field(session, cycle, None, name="교통·안전", kinds=["실·국"], goals=["이동"], by=office)
        await save_field(session, cycle, None, name="농정", kinds=[], goals=["농정"], by=office)
        fields = [field.id or 0 for field in await fields_known(session)]
        for number, member in enumerate(evaluators):
            await appoint(
                session, cycle, member.id or 0, since=today(), until=today() + timedelta(days=400),
                fields=fields[: number % 3], by=office,
            )  # fmt: skip
        await put_under(session, cycle, "TR", "충청남도", office)
        for place, kind, name in ((0, TieKind.AFFILIATION, "충청남도"), (1, TieKind.LECTURE, "문화국")):
            await state_tie(
                session, cycle, evaluators[place], kind=kind, body_code="", body_name=name,
                since=None, until=None, note="3년 동안 자문위원으로 일했습니다",
            )  # fmt: skip
        found = {agency.code: (contract, agency) for contract, agency in await contracts_of(session, cycle)}
        await challenge(
            session, cycle, *found["TR"], people["head"], number=3, reason="지난해 감사에서 다툰 분입니다"
        )
        await assign(session, cycle, 3, office)
        codes = [f"{YEAR - 1}-{code}" for code in ("CU", "D1", "D2")]
        await calibration.choose(session, cycle, codes, office)
        await calibration.begin(session, cycle, office)
        for number, one in enumerate(evaluators):
            for sheet in await calibration.own_sheets(session, cycle, one):
                sheet.conflict, sheet.filed_at = False, now()
                session.add(sheet)
                for code in ("E-1", "E-2"):
                    grade = tuple(Grade)[number % 5]
                    session.add(Mark(assignment_id=sheet.id or 0, indicator_code=code, grade=grade))
    with served(settings.model_copy(update={"demonstration": False}), checker) as running:
        yield Site(running.address, cookie_name(running.settings), tokens)


@pytest.fixture
async def drafting(own_db: tuple[Database, Settings], checker: Checker) -> AsyncIterator[Site]:
    """Contracts before the signature: one difficulty released, one being rated."""
    db, settings = own_db
    people, tokens = await people_of(db, settings)
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.DRAFTING, trees=MANY)
        await session.exec(update(Contract).values(state=ContractState.ACCEPTED))
        for code in ("TR", "CU"):
            made = await open_round(session, cycle, f"{YEAR}-{code}", [], people["office"])
            for number, name in enumerate(NAMES[1:]):
                levels = {"level-1": str(number % 4 + 1), "level-2": "4"}
                await rate(session, cycle, people[name], made.id or 0, levels)
            if code == "TR":
                await release(session, cycle, made.id or 0, people["office"])
    with served(settings.model_copy(update={"demonstration": False}), checker) as running:
        yield Site(running.address, cookie_name(running.settings), tokens)


async def look(
    chromium: Browser, site: Site, who: str, addresses: tuple[str, ...], folder: Path, device: browsers.Device
) -> list[str]:
    found = []
    async with browsers.visit(chromium, device) as page:
        if who:
            cookie = {"name": site.cookie, "value": site.tokens[who], "url": site.address}
            await page.context.add_cookies([cookie])  # type: ignore[list-item]  # a plain dict will do
        for address in addresses:
            answer = await page.goto(site.address + address)
            assert answer is not None
            assert answer.status == 200, address
            name = f"{device}-{who}{address.split('?')[0].replace('/', '-')}.png"
            await page.screenshot(path=folder / name, full_page=True)
            found += [f"{device} {address}: {fault}" for fault in await faults(page)]
    return found


@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)
async def test_the_committees_pages_are_sound(
    chromium: Browser, scoring: Site, tmp_path: Path, device: browsers.Device
) -> None:
    office = tuple(
        AT + page
        for page in (
            "/committee", "/committee/2", "/committee/fields/1", "/conflicts", "/calibration", "/assignments",
            "/assignments/preview?each=5", "/assignments/1/replace", "/difficulty",
        )
    )  # fmt: skip
    evaluator = ("/evaluation", "/evaluation/profile", "/evaluation/calibration", "/evaluation/difficulty")
    found = await look(chromium, scoring, "office", office, tmp_path, device)
    found += await look(chromium, scoring, NAMES[0], evaluator, tmp_path, device)
    found += await look(
        chromium, scoring, "head", (f"/agency/contracts/{YEAR}-TR/evaluators",), tmp_path, device
    )
    found += await look(
        chromium, scoring, "", ("/evaluation/committee", f"/contracts/{YEAR}-TR/difficulty"), tmp_path, device
    )
    assert not found, "\n".join(found)


@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)
async def test_the_pages_of_difficulty_are_sound(
    chromium: Browser, drafting: Site, tmp_path: Path, device: browsers.Device
) -> None:
    found = await look(
        chromium, drafting, "office", (AT + "/difficulty", f"{AT}/difficulty/{YEAR}-D1"), tmp_path, device
    )
    evaluator = ("/evaluation/difficulty", "/evaluation/difficulty/2")
    found += await look(chromium, drafting, NAMES[0], evaluator, tmp_path, device)
    agency = (f"/agency/contracts/{YEAR}-TR/difficulty",)
    found += await look(chromium, drafting, "head", agency, tmp_path, device)
    assert not found, "\n".join(found)


async def test_an_office_previews_and_applies_by_keyboard(chromium: Browser, scoring: Site) -> None:
    async with browsers.visit(chromium, browsers.DESKTOP) as page:
        cookie = {"name": scoring.cookie, "value": scoring.tokens["office"], "url": scoring.address}
        await page.context.add_cookies([cookie])  # type: ignore[list-item]  # a plain dict will do
        await page.goto(f"{scoring.address}{AT}/assignments")
        await page.get_by_label("계약마다 평가위원 수").fill("4")
        await page.get_by_role("button", name="미리 보기").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("이대로 배정하면 어떻게 되나요?")
        await page.get_by_role("button", name="이대로 배정하기").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("평가위원 5명을 배정했습니다")).to_be_visible()
