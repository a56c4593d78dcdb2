"""The public pages of a vote: what they say at which moment, and that the file for programs is the board."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

import pytest
from litestar import Litestar
from sqlmodel import col, select

from ballots import projection
from ballots.due import publish_all, sequence
from ballots.model import BoxedBallot, Election, ElectionState, RollEntry
from ballots.protocol.ballot import tracker
from ballots.protocol.batches import BATCH
from ballots.protocol.binding import bound
from ballots.protocol.verifier import verify
from office.clock import now
from office.database import Database
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests.ballots.polls import TRUSTEES, Poll, close, open_poll, open_totals, publish, put

CLOSE = datetime(2030, 11, 27, 9, 0, tzinfo=UTC)


@pytest.fixture
async def poll(db: Database) -> Poll:
    return await open_poll(db, close_at=CLOSE)


def text_of(html: str) -> str:
    """What a page says, without its markup."""
    main = re.sub(r"<script.*?</script>|<template.*?</template>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


async def see(visitor: Visitor, path: str, **query: str) -> str:
    return text_of((await visitor.get(path, params=query)).text)


async def test_before_any_vote_the_board_says_what_will_be_here(visitor: Visitor, db: Database) -> None:
    said = await see(visitor, "/board")
    assert "아직 시작한 투표가 없습니다" in said
    poll = await open_poll(db, state=ElectionState.ISSUED)
    assert "아직 시작한 투표가 없습니다" in await see(visitor, f"/board/{poll.uuid}")
    assert "아직 투표가 시작되지 않았습니다" in await see(visitor, f"/result/{poll.uuid}")
    assert "아직 투표가 시작되지 않았습니다" in await see(visitor, poll.address)
    await visitor.get(f"/board/{poll.uuid}/{poll.uuid}.bel", expect=404)
    await visitor.get("/board/nothing", expect=404)
    await visitor.get("/result/nothing", expect=404)


async def test_the_address_of_the_board_leads_to_the_newest_vote(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    newer = await open_poll(db, seed=2)
    answer = await visitor.get("/board", expect=303)
    assert answer.headers["location"] == f"/board/{newer.uuid}"


async def test_the_booth_shows_the_record_with_agency_promise_and_result(
    visitor: Visitor, poll: Poll
) -> None:
    answer = await visitor.get(poll.address)
    said = text_of(answer.text)
    question = poll.context.election.questions[0]
    titles = re.findall(r'class="choice-title">([^<]*)<', answer.text)
    assert titles == [*question.answers, "선택하지 않고 투표하기"]
    for words in (
        question.question,
        "교통국",
        "시내버스가 제시간에",
        "86.4%까지 올렸습니다.",
        "1개부터 3개까지",
    ):
        assert words in said
    assert "자바스크립트" in answer.text


async def test_the_booth_is_the_same_page_for_everybody(visitor: Visitor, poll: Poll) -> None:
    first, second = [
        re.sub(r'(csrf-token" content=")[^"]*', r"\1", (await visitor.get(poll.address)).text) for _ in "12"
    ]
    assert first == second
    assert not any(credential in first for credential in poll.credentials)
    assert "평가단 1" not in first
    assert poll.phone(0) not in first


async def test_the_record_is_served_to_the_byte(visitor: Visitor, poll: Poll) -> None:
    assert (await visitor.get(f"{poll.address}/election.json")).content == poll.context.raw


async def test_a_tracker_is_found_as_waiting_counted_or_replaced(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    address = f"/board/{poll.uuid}"
    first = tracker(await poll.cast(visitor, 0, 1))
    said = await see(visitor, address, q=first)
    assert "접수되었고, 게시를 기다립니다" in said
    assert "서로 다른 5명의 투표지가 모이면" in said
    assert first not in (await visitor.get(f"{address}/trackers.txt")).text
    await publish(db, poll)
    counted = "있습니다. 이 투표지를 셉니다"
    for q in (first, first[:6], f" {first[:20]} {first[20:]}\n"):
        said = await see(visitor, address, q=q)
        assert counted in said
        assert "다시 투표하지 않았다면 합계에 들어갑니다" in said
    second = tracker(await poll.cast(visitor, 0, 2))
    assert counted in await see(visitor, address, q=first), (
        "when somebody voted again is told with the batch only"
    )
    assert "게시를 기다립니다" in await see(visitor, address, q=second)
    await publish(db, poll)
    assert "나중 투표로 바뀌었습니다" in await see(visitor, address, q=first)
    assert counted in await see(visitor, address, q=second)
    await close(db, poll)
    said = await see(visitor, address, q=second)
    assert counted in said
    assert "다시 투표하지 않았다면" not in said
    assert "이 확인번호의 투표지가 없습니다" in await see(visitor, address, q="A" * 43)
    assert "이 확인번호의 투표지가 없습니다" in await see(visitor, address, q=first.swapcase())
    assert "이 확인번호의 투표지가 없습니다" in await see(visitor, address, q="%" * 10)
    assert "조금 더 적어 주십시오" in await see(visitor, address, q=first[:5])


async def test_the_board_says_how_many_ballots_wait_and_by_which_rule(visitor: Visitor, db: Database) -> None:
    poll = await open_poll(db, voters=BATCH, close_at=CLOSE)
    address = f"/board/{poll.uuid}"
    assert "아직 접수한 투표지가 없습니다" in await see(visitor, address)
    for voter in (0, 1, 2, 3, 0, 0):
        await put(db, poll, voter, 1)
    assert await sequence(db, poll.uuid) == 0
    said = await see(visitor, address)
    for words in (
        "투표지 접수 6장, 게시 0장",
        "6장은 다른 사람의 투표지와 섞어 올리려고 기다립니다",
        "서로 다른 5명 이상의 투표지를 모아 차례를 섞어서 올립니다",
        "한 사람이 다시 투표하면 그 사람의 투표지끼리는 차례를 지킵니다",
        "마감할 때 모두 섞어서 올립니다",
    ):
        assert words in said
    await put(db, poll, 4, 1)
    assert await sequence(db, poll.uuid) == 7
    await put(db, poll, 2, 2)
    said = await see(visitor, address)
    assert "투표지 접수 8장, 게시 7장" in said
    assert "게시한 투표지는 5명의 것으로, 투표할 수 있는 5명 가운데 100.0%입니다" in said
    await close(db, poll)
    said = await see(visitor, address)
    assert "투표가 마감되었습니다. 5명이 투표했습니다" in said
    assert "기다립니다" not in said


async def test_programs_read_trackers_and_ballots_in_the_order_of_the_board(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    address = f"/board/{poll.uuid}"
    empty = await visitor.get(f"{address}/trackers.txt")
    assert empty.text == ""
    assert empty.headers["content-type"].startswith("text/plain")
    for voter in (0, 1, 2, 0):
        await put(db, poll, voter, voter)
    await publish(db, poll)
    await put(db, poll, 1, 3)
    async with db.reading() as session:
        election = await session.get_one(Election, poll.id)
        boxed = select(BoxedBallot).where(col(BoxedBallot.height).is_not(None))
        stored = list(await session.exec(boxed.order_by(col(BoxedBallot.height))))
    answer = await visitor.get(f"{address}/trackers.txt")
    assert answer.text.split("\n") == [*(ballot.digest for ballot in stored), ""]
    listed = (await visitor.get(f"{address}/ballots.json")).json()
    assert (listed["head"], listed["height"]) == (election.board_parent, 5)
    assert listed["ballots"] == [
        [
            height,
            tracker(ballot.body.encode()),
            hashlib.sha256(poll.credential_of(ballot).encode()).hexdigest(),
        ]
        for height, ballot in enumerate(stored, start=1)
    ]


async def test_the_lists_for_programs_are_sent_again_only_when_the_board_has_grown(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    for name in ("trackers.txt", "ballots.json"):
        address = f"/board/{poll.uuid}/{name}"
        mark = (await visitor.get(address)).headers["etag"]
        known = {"If-None-Match": mark}
        assert (await visitor.get(address, headers=known, expect=304)).content == b""
        await put(db, poll, 0, 1)
        await visitor.get(address, headers=known, expect=304)
        await publish(db, poll)
        grown = await visitor.get(address, headers=known)
        assert grown.headers["etag"] != mark
    for name in ("trackers.txt", "ballots.json"):
        hidden = await open_poll(db, seed=3 if name == "ballots.json" else 4, state=ElectionState.ISSUED)
        await visitor.get(f"/board/{hidden.uuid}/{name}", expect=404)
        await visitor.get(f"/board/nothing/{name}", expect=404)


async def test_a_search_is_shown_as_text_and_nothing_else(visitor: Visitor, poll: Poll) -> None:
    answer = await visitor.get(f"/board/{poll.uuid}", params={"q": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text


async def test_the_board_shows_no_name_no_address_and_no_time_of_a_ballot(
    visitor: Visitor, db: Database, poll: Poll, settings: Settings
) -> None:
    await poll.cast(visitor, 0, 1)
    await publish(db, poll)
    await publish_all(db, settings, set())
    page = (await visitor.get(f"/board/{poll.uuid}")).text
    file = (await visitor.get(f"/board/{poll.uuid}/{poll.uuid}.bel")).text
    async with db.reading() as session:
        names = list(await session.exec(select(RollEntry.name).where(col(RollEntry.election_id) == poll.id)))
    for secret in (*names, poll.phone(0), *poll.credentials):
        assert secret not in page
        assert secret not in file
    today = f"{now():%Y-%m-%d}"
    assert today not in file
    assert file.count('"timestamp"') == 1


async def test_no_public_page_or_file_shows_the_time_of_a_ballot(
    visitor: Visitor, db: Database, poll: Poll, settings: Settings
) -> None:
    """The ballots come in at a moment that nothing else has."""
    for voter in range(3):
        await put(db, poll, voter, voter)
    moment = datetime(2037, 7, 5, 3, 33, 44, tzinfo=UTC)
    async with db.writing() as session:
        ballots = list(await session.exec(select(BoxedBallot)))
        for ballot in ballots:
            ballot.accepted_at = moment
        trackers = [ballot.digest for ballot in ballots]
    await publish(db, poll)
    await publish_all(db, settings, {poll.uuid})
    times = re.compile(rf"2037[-년. /]|7월 5일|05 Jul|03:33|12:33|{int(moment.timestamp())}")
    board = f"/board/{poll.uuid}"
    paths = [board, f"{board}?q={trackers[0]}", f"{board}/trackers.txt", f"{board}/ballots.json"]
    paths += [f"{board}/{poll.uuid}.bel", f"/result/{poll.uuid}"]

    async def look() -> None:
        for path in paths:
            answer = await visitor.get(path)
            said = f"{answer.headers} {answer.text}"
            assert times.findall(said) == [], path
            assert "last-modified" not in answer.headers

    await look()
    await close(db, poll)
    await open_totals(db, poll)
    await publish_all(db, settings, {poll.uuid})
    await look()


async def test_the_file_is_the_board_and_verifies(
    visitor: Visitor, db: Database, poll: Poll, settings: Settings
) -> None:
    await poll.cast(visitor, 0, 1)
    await publish(db, poll)
    await publish_all(db, settings, set())
    answer = await visitor.get(f"/board/{poll.uuid}/{poll.uuid}.bel")
    assert answer.content == projection.board_path(settings, poll.uuid).read_bytes()
    assert answer.headers["content-disposition"] == f'attachment; filename="{poll.uuid}.bel"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert verify(answer.content, jobs=1).ok
    await visitor.get(f"/board/{poll.uuid}/other.bel", expect=404)
    await visitor.get(f"/board/{poll.uuid}/..%2f..%2fsettings.py", expect=404)


async def test_a_half_written_event_is_never_handed_out(
    visitor: Visitor, db: Database, poll: Poll, settings: Settings
) -> None:
    await publish_all(db, settings, set())
    file = projection.board_path(settings, poll.uuid)
    before = file.read_bytes()
    await poll.cast(visitor, 0, 1)
    await publish(db, poll)
    await publish_all(db, settings, {poll.uuid})
    file.write_bytes(file.read_bytes()[:-500])
    assert (await visitor.get(f"/board/{poll.uuid}/{poll.uuid}.bel")).content == before


async def test_the_board_names_the_trustees_and_how_to_check(visitor: Visitor, poll: Poll) -> None:
    said = await see(visitor, f"/board/{poll.uuid}")
    for words in (
        *TRUSTEES,
        f".venv/bin/yaksok verify {poll.uuid}.bel",
        "belenios-tool election verify --dir board",
        "2030년 11월 27일 (수) 18:00 (한국 시각)",
        *bound(poll.context.election.description).values(),
        poll.context.fingerprint,
        "투표를 열 때 그대로입니다",
        "아직 올라온 투표지가 없습니다",
        "아직 접수한 투표지가 없습니다",
    ):
        assert words in said


async def test_many_trackers_are_turned_by_pages(
    visitor: Visitor, db: Database, poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ballots.web.board.PAGE", 2)
    for voter in range(3):
        await put(db, poll, voter, voter)
    await publish(db, poll)
    cast = (await visitor.get(f"/board/{poll.uuid}/trackers.txt")).text.split()
    first = await see(visitor, f"/board/{poll.uuid}")
    assert cast[0] in first
    assert cast[1] in first
    assert cast[2] not in first
    assert cast[2] in await see(visitor, f"/board/{poll.uuid}", page="2")
    assert cast[2] in await see(visitor, f"/board/{poll.uuid}", page="999")
    assert cast[0] in await see(visitor, f"/board/{poll.uuid}", page="-1")


async def test_the_result_says_who_won_how_many_voted_and_what_adds_up(
    visitor: Visitor, app: Litestar, db: Database, poll: Poll, settings: Settings
) -> None:
    await poll.cast(visitor, 0, 1, 3)
    await poll.cast(visitor, 0, 1)
    await poll.cast(visitor, 1, 1, 4)
    await publish(db, poll)
    assert "지금은 투표 중입니다" in await see(visitor, f"/result/{poll.uuid}")
    await visitor.get(f"/result/{poll.uuid}/chart.svg", expect=404)
    await close(db, poll)
    said = await see(visitor, f"/result/{poll.uuid}")
    assert "개표하고 있습니다" in said
    assert "2명 가운데 0명이 마쳤습니다" in said
    assert "마감되었습니다" in await see(visitor, poll.address)
    await open_totals(db, poll)
    said = await see(visitor, f"/result/{poll.uuid}")
    for words in (
        "어린이집 야간 돌봄 여성가족국의 과제로, 2표를 얻었습니다.",
        "투표한 사람의 100.0%가 골랐습니다. 다음 과제와 1표 차이입니다.",
        "66.7",
        "3명 = 2명 + 1명",
        "2 = 2 + 0",
        "3 ≤ 6",
        *TRUSTEES,
    ):
        assert words in said
    rows = re.findall(r'<td role="cell" data-label="표" class="num">(\d+)</td>', (
        await visitor.get(f"/result/{poll.uuid}")
    ).text)  # fmt: skip
    assert rows == ["2", "1", "0", "0", "0"]
    chart = await visitor.get(f"/result/{poll.uuid}/chart.svg")
    assert chart.headers["content-type"].startswith("image/svg+xml")
    await publish_all(db, settings, set())
    verdict = verify((await visitor.get(f"/board/{poll.uuid}/{poll.uuid}.bel")).content, jobs=1)
    assert verdict.ok
    assert not verdict.pending
    assert "개표가 끝났습니다" in await see(visitor, f"/board/{poll.uuid}")


async def test_equal_votes_share_the_first_place(visitor: Visitor, db: Database, poll: Poll) -> None:
    await poll.cast(visitor, 0, 0, 2)
    await close(db, poll)
    await open_totals(db, poll)
    said = await see(visitor, f"/result/{poll.uuid}")
    assert "2개 과제가 같은 표로 가장 많습니다" in said
    ranks = re.findall(r'data-label="순위"[^>]*>(\d+)<', (await visitor.get(f"/result/{poll.uuid}")).text)
    assert ranks == ["1", "1", "3", "3", "3"]


async def test_a_vote_of_blank_ballots_alone_names_no_winner(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    await poll.cast(visitor, 0, blank=True)
    await close(db, poll)
    await open_totals(db, poll)
    assert "표를 얻은 과제가 없습니다" in await see(visitor, f"/result/{poll.uuid}")


async def test_a_vote_without_ballots_says_so(visitor: Visitor, db: Database, poll: Poll) -> None:
    await close(db, poll)
    await open_totals(db, poll)
    assert "투표한 사람이 없어" in await see(visitor, f"/result/{poll.uuid}")


async def test_no_page_of_the_vote_has_inline_style_or_script(
    visitor: Visitor, db: Database, poll: Poll
) -> None:
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)
    for path in (poll.address, f"/board/{poll.uuid}", f"/result/{poll.uuid}"):
        assert inline.findall((await visitor.get(path)).text) == []


async def test_the_board_leads_to_other_public_votes_only(visitor: Visitor, db: Database, poll: Poll) -> None:
    assert "다른 투표의 게시판" not in await see(visitor, f"/board/{poll.uuid}")
    earlier = await open_poll(db, seed=2)
    hidden = await open_poll(db, seed=3, state=ElectionState.ISSUED)
    page = (await visitor.get(f"/board/{poll.uuid}")).text
    assert f'href="/board/{earlier.uuid}"' in page
    assert f'href="/result/{earlier.uuid}"' not in page
    assert hidden.uuid not in page
    async with db.writing() as session:
        election = await session.get_one(Election, earlier.id)
        election.state = ElectionState.TALLIED
    assert f'href="/result/{earlier.uuid}"' in (await visitor.get(f"/board/{poll.uuid}")).text
