"""One whole cycle in a real browser: contract, score, vote, tally, report, each person at a browser of their own."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from pypdf import PdfReader

from ballots.checking import Checker
from ballots.protocol.verifier import verify
from office.commands import first_officers
from office.database import Database
from office.settings import Settings
from rehearsal.cycle import DOMAIN
from rehearsal.outcome import independent_verdict
from tests import browsers
from tests.browser import scenes
from tests.browser.walking import Play, play
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Every device and both databases; one of the three in high contrast.
SETTINGS = (
    (browsers.PHONE, "light", "sqlite"),
    (browsers.TABLET, "high-contrast", "postgresql"),
    (browsers.DESKTOP, "light", "sqlite"),
)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browsers.browser() as started:
        yield started


@pytest.mark.parametrize(("device", "theme", "backend"), SETTINGS, ids=lambda value: str(value))
async def test_a_whole_cycle_from_the_contract_to_the_report(
    chromium: Browser,
    own_db: tuple[Database, Settings],
    checker: Checker,
    tmp_path: Path,
    device: browsers.Device,
    theme: str,
) -> None:
    _, settings = own_db
    with served(settings, checker) as site:
        numbers = await first_officers(site.settings, [f"office.{n}@{DOMAIN}" for n in (1, 2)])
        async with play(site.address, chromium, device, theme) as stage:
            scene = stage.stage.progress.scene
            async with scene("people come in"):
                company = await scenes.people_come_in(stage, numbers)
            async with scene("contracts"):
                await scenes.contracts_are_imported(company)
                await scenes.contracts_are_signed_and_published(stage, company)
                await scenes.a_resident_finds_the_contract(stage)
            async with scene("figures"):
                await scenes.figures_are_reported(stage, company)
                await scenes.figures_are_checked(stage)
            async with scene("marks"):
                await scenes.an_evaluator_marks(stage, company)
            async with scene("the vote is prepared"):
                await scenes.the_vote_is_prepared(stage, company)
            async with scene("the vote"):
                await scenes.the_panel_votes(stage, company)
            async with scene("the tally"):
                await scenes.the_vote_is_counted(company)
                await the_result_page_has_the_right_votes(stage, company.election, tmp_path)
            async with scene("the result"):
                await scenes.the_result_is_published(company)
                await the_head_reads_the_report(stage)


async def the_result_page_has_the_right_votes(stage: Play, election: str, folder: Path) -> None:
    """Every option's votes stand in the table, and both verifiers pass the board that is downloaded beside it."""
    resident = await stage.somebody()
    await resident.open(f"/result/{election}")
    await resident.reload_until("과제별 표")
    for task, votes in scenes.VOTES.items():
        row = resident.page.get_by_role("row").filter(has=resident.page.get_by_role("rowheader", name=task))
        await expect(row.locator("[data-label='표']")).to_have_text(str(votes))
    await resident.see("6명 = 6명 + 0명")
    board = folder / "downloaded" / f"{election}.bel"
    board.parent.mkdir()
    shutil.copyfile(await resident.take(resident.page.get_by_text("게시판 파일 내려받기")), board)
    verdict = verify(board.read_bytes())
    assert verdict.ok and verdict.result == ((1, *scenes.VOTES.values()),), verdict
    assert await asyncio.to_thread(independent_verdict, board.parent, print) is True
    await resident.open(f"/board/{election}")


async def the_head_reads_the_report(stage: Play) -> None:
    """The agency's head signs in, reads grade and rank, and takes the paper along."""
    head = await stage.signed_in(stage.stage.of_agency("head", "TR"))
    await head.follow("우리 기관 보고서")
    await head.see("교통국은 몇 위인가요?")
    await head.see(re.compile(r"^[12]위, \d+\.\d\d점$"))
    pdf = await head.take(head.page.get_by_text("보고서 내려받기"))
    assert pdf.read_bytes().startswith(b"%PDF-")
    text = "".join(sheet.extract_text() for sheet in PdfReader(pdf).pages)
    assert "교통국" in text and "순위" in text
    resident = await stage.somebody()
    await resident.open("/")
    await resident.open(f"/ranking/{scenes.YEAR}")
    await resident.see("안전공사")
