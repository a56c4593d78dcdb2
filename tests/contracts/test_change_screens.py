"""Amendments, timeline, checkpoints and deadlines in a real browser: axe, width, targets; an amendment made by keyboard."""

import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.checking import Checker
from contracts.changes import amending, drafts, requesting
from contracts.cycles import advance, plan
from contracts.keeping import checkpoints
from contracts.keeping.reporting import report
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.publication import publish
from contracts.reading import contracts_of
from contracts.signing import sign_as_head, sign_as_office
from contracts.terms.branches import place_of
from contracts.terms.tree import Method
from contracts.timing.duties import Task
from contracts.timing.postponing import Moving, move
from contracts.writing.wording import branch_mark, seen_of
from office.access import cookie_name
from office.clock import SEOUL, now
from office.database import Database
from office.logins import start_login
from office.people import Person, Role, enrol
from office.settings import Settings
from rehearsal.visitor import Authenticator
from tests import browsers
from tests.conftest import PASSWORD, SECRET
from tests.contracts.test_together import joint_trees
from tests.seeding import TRANSPORT, YEAR, seed_cycle
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
TR = f"{YEAR}-TR"
DRAFT = f"/agency/contracts/{TR}/amendments/draft"
LOOK = os.environ.get("YAKSOK_LOOK")
"""A folder for pictures of every page, to be looked at."""


SHARES = {"shares": "TR=50; CU=50"}


@dataclass
class Site:
    """A served cycle with one amendment in force, one that waits, a checkpoint, and a deadline that has passed."""

    address: str
    cookie: str
    tokens: dict[str, str]
    codes: dict[str, Authenticator]


async def _people(db: Database, settings: Settings) -> dict[str, Person]:
    named = (("office", Role.OFFICE, None), ("second", Role.OFFICE, None), ("officer", Role.OFFICER, "TR"), ("head", Role.HEAD, "TR"), ("partner", Role.HEAD, "CU"))  # fmt: skip
    async with db.writing() as session:
        return {
            name: await enrol(
                session, settings, email=f"{name}@example.org", name=name, role=role, agency=agency,
                password=PASSWORD, totp_secret=SECRET,
            )
            for name, role, agency in named
        }  # fmt: skip


async def _transport(session: AsyncSession, cycle: Cycle) -> Contract:
    return next(contract for contract, agency in await contracts_of(session, cycle) if agency.code == "TR")


async def _asked(
    db: Database,
    settings: Settings,
    people: dict[str, Person],
    codes: dict[str, Authenticator],
    wishes: dict[str, dict[str, str]],
) -> int:
    """A request with the head's consent."""
    async with db.writing() as session:
        cycle = (await session.exec(select(Cycle))).one()
        contract, agency = next(each for each in await contracts_of(session, cycle) if each[1].code == "TR")
        for code, form in wishes.items():
            draft = await drafts.take(session, cycle, contract, people["officer"])
            place = place_of(draft.tree, code)
            assert place is not None
            await drafts.change(session, draft, code, form, seen_of(place.node))
        wanted = requesting.Wanted(reason="국비가 깎여 노선을 다 고칠 수 없습니다.")
        made = await requesting.ask(session, cycle, contract, wanted, people["officer"])
        number = made.id or 0
        await requesting.consent(
            session, settings, cycle, contract, agency, number, people["head"], codes["head"].code()
        )
    return number


@pytest.fixture
async def site(own_db: tuple[Database, Settings], checker: Checker) -> AsyncIterator[Site]:
    db, settings = own_db
    people = await _people(db, settings)
    codes = {name: Authenticator(SECRET) for name in people}
    day = now().astimezone(SEOUL).date()
    async with db.writing() as session:
        tokens = {name: await start_login(session, person) for name, person in people.items()}
        cycle = await seed_cycle(session, Phase.DRAFTING, trees=joint_trees())
        contract = await _transport(session, cycle)
        for each, agency in await contracts_of(session, cycle):
            head = "head" if agency.code == "TR" else "partner"
            each.state = ContractState.ACCEPTED
            session.add(each)
            await sign_as_head(session, settings, cycle, each, agency, people[head], codes[head].code())
        await sign_as_office(session, settings, cycle, people["office"], codes["office"].code())
        await publish(session, cycle, people["office"])
        assert await publish(session, cycle, people["second"])
        await advance(session, cycle, Phase.REPORTING, "test")
        planned = {Phase.REPORTING: day - timedelta(days=200), Phase.SCORING: day + timedelta(days=5)}
        await plan(session, cycle, planned, "test")
        await checkpoints.take_midyear(session, cycle, day, people["office"])
        await report(session, cycle, contract, {"actual-W-1": "9.2"}, people["officer"])
        later = Moving(
            agency="TR", task=Task.FIGURES, day=day + timedelta(days=3), reason="전산망이 멈추었습니다."
        )
        for name in ("office", "second"):
            await move(session, cycle, later, people[name])
    promise = {"promise": "버스를 기다리는 시간을 9분 30초 아래로 줄이겠습니다.", "on_ballot": "yes"}
    first = {"W-1": {"target": "9.5"}, "T-1": promise}
    number = await _asked(db, settings, people, codes, first)
    for name in ("office", "second"):
        async with db.writing() as session:
            cycle = (await session.exec(select(Cycle))).one()
            contract = await _transport(session, cycle)
            await amending.approve(
                session, settings, cycle, contract, number, people[name], codes[name].code(), bound=None
            )
    await _asked(
        db, settings, people, codes, {"W-1": {"weight": "35"}, "E-1": {"weight": "25"}, "T-2": SHARES}
    )
    async with db.writing() as session:
        cycle = (await session.exec(select(Cycle))).one()
        contract = await _transport(session, cycle)
        mark = branch_mark(TRANSPORT.children[1].children[1])
        draft = await drafts.take(session, cycle, contract, people["officer"])
        await drafts.remove(session, draft, "E-2", mark)
        draft = await drafts.take(session, cycle, contract, people["officer"])
        await drafts.change_method(session, draft, "U-1", Method.TIERED)
    # A demonstration refuses a database that something else has filled.
    with served(settings.model_copy(update={"demonstration": False}), checker) as running:
        yield Site(running.address, cookie_name(running.settings), tokens, codes)


PAGES = (
    ("", f"/contracts/{TR}/amendments"),
    ("", f"/contracts/{TR}/timeline"),
    ("", f"/contracts/{TR}/checkpoints/1"),
    ("officer", "/agency"),
    ("officer", f"/agency/contracts/{TR}/amendments"),
    ("officer", f"{DRAFT}"),
    ("officer", f"{DRAFT}/node?code=U-1"),
    ("officer", f"{DRAFT}/node?code=T-2"),
    ("officer", f"{DRAFT}/new?under=T-1&kind=indicator&method=target_range"),
    ("officer", f"{DRAFT}/method?code=U-1"),
    ("officer", f"{DRAFT}/weights?under=T-2"),
    ("partner", f"/agency/contracts/{YEAR}-CU/amendments"),
    ("office", f"/office/cycles/{YEAR}/amendments"),
    ("office", f"/office/cycles/{YEAR}/deadlines"),
)


async def enter(page: Page, site: Site, who: str, theme: str = "light") -> None:
    cookies = {"yaksok_theme": theme} | ({site.cookie: site.tokens[who]} if who else {})
    await page.context.add_cookies(
        [{"name": name, "value": value, "url": site.address} for name, value in cookies.items()]
    )


@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)
async def test_every_page_fits_the_screen_and_passes_axe(site: Site, device: browsers.Device) -> None:
    async with browsers.browser() as chromium:
        for who, path in PAGES:
            async with browsers.visit(chromium, device) as page:
                for theme in ("high-contrast", "light"):
                    await enter(page, site, who, theme)
                    answer = await page.goto(site.address + path)
                    assert answer is not None and answer.status == 200, path
                    await browsers.no_horizontal_scroll(page)
                    assert await browsers.axe(page) == [], (path, theme)
                if device.touch:
                    assert await browsers.small_targets(page) == [], path
                if LOOK:
                    name = f"{device}-{re.sub(r'[/?&=]', '_', path.strip('/'))}.png"
                    await page.screenshot(path=Path(LOOK) / name, full_page=True)


async def test_an_officer_words_a_change_by_keyboard_without_scripts_and_asks_for_it(site: Site) -> None:
    async with (
        browsers.browser() as chromium,
        browsers.visit(chromium, allow=("status of 422",), java_script_enabled=False) as page,
    ):
        await enter(page, site, "officer")
        await page.goto(f"{site.address}{DRAFT}")
        await page.get_by_text("쓰던 요청 지우기").first.press("Enter")
        await page.get_by_role("button", name="지우기", exact=True).click()
        await page.get_by_text("아직 바꾼 것이 없습니다").wait_for()
        await page.get_by_role("link", name="공공시설 이용자").press("Enter")
        await page.get_by_label("배점").fill("많이")
        await page.get_by_label(f"{YEAR}년 목표").fill("106")
        await page.get_by_label("배점").press("Enter")
        await page.get_by_role("alert").get_by_text("숫자가 아닙니다").first.wait_for()
        assert await page.get_by_label(f"{YEAR}년 목표").input_value() == "106"
        await page.get_by_label("배점").fill("25")
        await page.get_by_role("button", name="저장하기", exact=True).last.click()
        await page.get_by_label("바꾸는 까닭").fill("센 방법이 바뀌었습니다.")
        await page.get_by_role("button", name="변경 요청하기").click()
        await page.get_by_text("변경을 요청했습니다").wait_for()
        await expect(page.locator("ins", has_text="106")).to_have_count(1)
