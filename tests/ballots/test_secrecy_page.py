"""The page "내 투표는 비밀인가요?": made from the election's own facts, and no sentence on it without something behind it."""

from __future__ import annotations

import os
import re
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from litestar import Litestar
from sqlmodel import col, select, update

from ballots.checking import Checker
from ballots.model import AssistedBooth, Election, ElectionState, ElectionTrustee
from ballots.retention import KEPT_AFTER_CLOSE
from ballots.secrecy.facts import Facts
from office.clock import now
from office.database import Database
from office.people import Person, Role
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests import browsers
from tests.ballots.polls import TRUSTEES, Poll, close, open_poll, open_totals
from tests.ballots.protocol import CLAIMS, LIMITS
from tests.serving import served

SENTENCE = re.compile(r'<(p|dd) data-backed="([^"]*)"[^>]*>(.*?)</\1>', re.DOTALL)
FACTS = {field.name for field in fields(Facts)}


async def opened(visitor: Visitor, poll: Poll) -> str:
    return (await visitor.get(f"{poll.address}/secrecy")).text


def said(html: str) -> str:
    """All sentences of the page."""
    return " ".join(unescape(text) for _, _, text in SENTENCE.findall(html))


def unbacked(html: str) -> list[str]:
    """What the page says in whole sentences without naming what is behind it."""
    content = html.split('<div class="content stack">')[1].split("</main>")[0]
    rest = SENTENCE.sub("", content)
    texts = [unescape(text).strip() for text in re.findall(r">([^<]+)<", rest)]
    return [text for text in texts if re.search(r"(다|요|오)\.", text)]


@pytest.mark.parametrize("state", ["setup", "issued", "open", "closed", "tallied", "deleted"])
async def test_every_sentence_is_backed_by_a_claim_a_fact_or_an_admitted_limit(
    visitor: Visitor, db: Database, app: Litestar, state: str
) -> None:
    early = ElectionState(state) if state in ("setup", "issued") else ElectionState.OPEN
    poll = await open_poll(db, state=early)
    if state in ("closed", "tallied", "deleted"):
        await close(db, poll)
    if state in ("tallied", "deleted"):
        await open_totals(db, poll)
    if state == "deleted":
        with time_machine.travel(now() + KEPT_AFTER_CLOSE + timedelta(hours=1)):
            await app.state.clock.tick()
    html = await opened(visitor, poll)
    found = SENTENCE.findall(html)
    assert len(found) >= 25
    for _, backing, text in found:
        assert backing.split(), text
        for one in backing.split():
            kind, _, name = one.rpartition(":")
            known = {"": CLAIMS, "fact": FACTS, "limit": LIMITS}[kind]
            assert name in known, (one, text)
    assert unbacked(html) == []


async def test_the_short_answer_comes_first_and_says_how_many_must_come_together(
    visitor: Visitor, db: Database
) -> None:
    poll = await open_poll(db)
    html = await opened(visitor, poll)
    assert html.index("예. 내가 무엇을 골랐는지는 비밀입니다") < html.index('class="ballot-way"')
    assert "합계를 여는 열쇠는 2명이 나누어 가졌고, 2명이 모두 모여야 열 수 있습니다." in said(html)
    assert all(f"<dt>{name}</dt>" in html for name in TRUSTEES)


async def test_a_group_of_trustees_is_told_with_its_threshold(visitor: Visitor, db: Database) -> None:
    poll = await open_poll(db)
    async with db.writing() as session:
        third = Person(email="third@example.org", name="도의회 박삼", role=Role.TRUSTEE)
        session.add(third)
        await session.flush()
        key = (await session.exec(select(ElectionTrustee.key_record).limit(1))).one()
        session.add(ElectionTrustee(election_id=poll.id, person_id=third.id or 0, owner=3, key_record=key))
        await session.exec(update(ElectionTrustee).values(mandatory=False))
        await session.exec(update(Election).where(col(Election.id) == poll.id).values(threshold=2))
    text = said(await opened(visitor, poll))
    assert "3명이 나누어 가졌고, 그 가운데 2명이 모여야 열 수 있습니다." in text
    assert "2명보다 적게 모이면 아무것도 열 수 없습니다." in text
    assert "1명이 못 오더라도 개표할 수 있습니다." in text


async def test_before_the_opening_it_says_what_is_not_decided_yet(visitor: Visitor, db: Database) -> None:
    poll = await open_poll(db, state=ElectionState.SETUP)
    async with db.writing() as session:
        await session.exec(update(ElectionTrustee).values(key_record=None))
    text = said(await opened(visitor, poll))
    assert "아직 투표를 시작하지 않았습니다." in text
    assert "나누어 가질 예정이고" in text
    assert "아직 열쇠를 만들지 않았습니다." in text
    async with db.writing() as session:
        for trustee in await session.exec(select(ElectionTrustee)):
            await session.delete(trustee)
    text = said(await opened(visitor, poll))
    assert "개표관리인은 아직 정하지 않았습니다." in text
    await visitor.get("/vote/nothing/secrecy", expect=404)


async def test_it_says_when_personal_data_go_and_once_they_are_gone(
    visitor: Visitor, db: Database, app: Litestar
) -> None:
    poll = await open_poll(db)
    assert "최종 결과가 나오고 30일이 지나면 지웁니다. 늦어도 마감하고 180일이 지나면" in said(
        await opened(visitor, poll)
    )
    with time_machine.travel(datetime(2026, 11, 27, 9, 0, tzinfo=UTC), tick=False):
        await close(db, poll)
        assert "이 투표에서는 늦어도 2027년 5월 26일 (수)에 지웁니다." in said(await opened(visitor, poll))
    with time_machine.travel(datetime(2027, 5, 26, 10, 0, tzinfo=UTC)):
        await app.state.clock.tick()
        text = said(await opened(visitor, poll))
    assert "2027년 5월 26일 (수)에 이름, 휴대전화 번호, 전자우편 주소" in text
    assert "번호만 남았습니다." in text


async def test_the_demonstration_and_assisted_booths_are_said(visitor: Visitor, db: Database) -> None:
    poll = await open_poll(db)
    text = said(await opened(visitor, poll))
    assert "지금은 시연이라 내용까지 저장해 보여 줍니다." in text
    assert "현장 기표소에서 낸" not in text
    async with db.writing() as session:
        by = (await session.exec(select(Person.id).limit(1))).one() or 0
        session.add(
            AssistedBooth(
                election_id=poll.id, place="도청", token_sha256="0" * 64, opened_by=by, opened_at=now()
            )
        )
    assert "현장 기표소에서 낸 투표지는" in said(await opened(visitor, poll))


async def test_in_operation_it_says_that_no_text_of_a_message_is_kept(
    visitor: Visitor, db: Database, app: Litestar
) -> None:
    poll = await open_poll(db)
    app.state.settings = app.state.settings.model_copy(update={"demonstration": False})
    text = said(await opened(visitor, poll))
    assert "내용은 저장하지 않습니다." in text and "시연" not in text


@pytest.mark.browser
@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)
async def test_the_page_reads_well_on_every_screen(
    own_db: tuple[Database, Settings], checker: Checker, device: browsers.Device
) -> None:
    db, settings = own_db
    poll = await open_poll(db)
    with served(settings, checker) as site:
        async with browsers.browser() as chromium, browsers.visit(chromium, device) as page:
            await page.goto(f"{site.address}{poll.address}/secrecy")
            await page.evaluate(
                "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"
            )
            await browsers.no_horizontal_scroll(page)
            assert await browsers.axe(page) == []
            assert await browsers.small_targets(page) == []
            if folder := os.environ.get("SCREENSHOTS"):
                await page.screenshot(path=f"{folder}/secrecy-{device}.png", full_page=True)
