"""The public board as people see it: readable on a phone and on a desk, calm or alarmed, while ballots wait and after."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from playwright.async_api import Browser, ViewportSize, expect
from sqlmodel import col

from ballots.checking import Checker
from ballots.protocol.ballot import tracker
from contracts.model import ContractNode
from office.database import Database
from office.settings import Settings
from tests.ballots.polls import open_poll, publish, put
from tests.browser.looking import faults
from tests.serving import served

pytestmark = pytest.mark.browser
CLOSE = datetime(2030, 11, 27, 9, 0, tzinfo=UTC)
SIZES = (
    ViewportSize(width=320, height=700),
    ViewportSize(width=390, height=844),
    ViewportSize(width=1280, height=900),
)


async def test_the_board_is_readable_at_every_size_and_in_every_state(
    own_db: tuple[Database, Settings], checker: Checker, chromium: Browser
) -> None:
    db, settings = own_db
    poll = await open_poll(db, voters=8, close_at=CLOSE)
    found = [await put(db, poll, voter, 1) for voter in range(6)]
    await publish(db, poll)
    waiting = await put(db, poll, 7, 2)
    with served(settings, checker) as site:
        site.app.state.watch.fresh = site.app.state.rereading.fresh = 0.0
        board = f"{site.address}/board/{poll.uuid}"

        async def look(query: str, words: str) -> None:
            for size in SIZES:
                context = await chromium.new_context(locale="ko-KR", viewport=size)
                page = await context.new_page()
                await page.goto(board + query)
                await expect(page.get_by_text(words).first).to_be_visible()
                assert await faults(page) == []
                await context.close()

        await look("", "투표지 접수 7장, 게시 6장")
        await look(f"?q={quote(tracker(found[0]))}", "있습니다. 이 투표지를 셉니다")
        await look(f"?q={quote(tracker(waiting))}", "접수되었고, 게시를 기다립니다")
        async with db.writing() as session:
            reworded = sa.update(ContractNode).where(col(ContractNode.code) == "T1")
            await session.exec(reworded.values(promise="밤 9시까지 여는 어린이집"))
        await look("", "투표를 연 뒤에 바뀐 것이 있습니다")
