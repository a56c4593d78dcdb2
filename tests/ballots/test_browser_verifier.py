"""The verifier in the browser says of every board what the server's own says: of honest ones and of spoilt ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, Page

from ballots.board import open_board
from ballots.credentials import credentials_record
from ballots.records import Question
from tests import browsers
from tests.ballots.boards import TIMESTAMP, Vote, counted, question, voted
from tests.ballots.browser_verdicts import differing, judged_in_browser, of_browser, of_server, open_verifier
from tests.ballots.mutations import ballot_mutations, board_mutations, finished, originals, posted
from tests.local_site import Site, local_site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with local_site() as site:
        yield site


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browsers.browser() as chromium:
        yield chromium


@pytest.fixture
async def page(chromium: Browser, site: Site) -> AsyncIterator[Page]:
    async with browsers.visit(chromium) as page:
        await page.goto(site.address)
        yield page


def of_everything() -> bytes:
    """Three questions, one of them with blank; weights, among them one that fills a number; revotes; a group of keys."""
    rating = Question(answers=("1점", "2점", "3점"), min=0, max=1, question="교통국: “잘” 지켰습니까?\n\\ \u2028")
    vote = Vote(
        (question(4, 1, 2, blank=True), rating, rating), (2, 3, 2**30 - 1, 1), seed=71, threshold=2, name="세 문항 \U0001f5f3 투표"
    )
    for voter, first, second in ((0, (1,), (2,)), (1, None, ()), (2, (0, 3), (0,)), (0, None, (1,))):
        vote.cast(voter, first, second, ())
    vote.close()
    vote.open((3, 1))
    return vote.raw


def of_nobody() -> bytes:
    vote = Vote((question(2, 0, 1),), (1, 1), seed=72)
    return vote.finish()


def of_no_list() -> bytes:
    """A vote that has no voters at all and is still open."""
    vote = Vote((question(1, 1, 1),), (1,), seed=73)
    return open_board(TIMESTAMP, vote.context.raw, vote.trustees, credentials_record({})).raw


def of_one_share_of_two() -> bytes:
    vote = Vote((question(2, 1, 1),), (1,), seed=74, threshold=2)
    vote.cast(0, (1,))
    vote.close()
    whole = len(vote.raw)
    vote.open((2, 3))
    shares = vote.raw[whole:]
    # Up to the first share and the event that brings it.
    return vote.raw[:whole] + shares[: shares.index(b".event.json\0") - 64 + 1024]


HONEST = {
    "everything": of_everything,
    "nobody": of_nobody,
    "no-list": of_no_list,
    "voting": lambda: voted().raw,
    "counted": lambda: counted().raw,
    "one-share-of-two": of_one_share_of_two,
    "finished": lambda: finished().raw,
    "three-of-three": lambda: Vote((question(2, 1, 1),), (1,), seed=75, threshold=3).raw,
}


@pytest.mark.parametrize("kind", HONEST)
async def test_honest_boards_pass_with_the_same_verdict_to_the_last_count(page: Page, kind: str) -> None:
    raw = HONEST[kind]()
    await open_verifier(page)
    (found,) = await judged_in_browser(page, [raw])
    assert found["ok"], found["problems"]
    assert of_browser(found) == of_server(raw)


async def test_without_workers_the_verdict_is_the_same(page: Page) -> None:
    assert await open_verifier(page, alone=True) == 1
    boards = [("honest", finished().raw), *list(board_mutations())[::9]]
    assert await differing(page, boards) == []


async def test_every_spoilt_board_is_refused_for_the_same_reason_in_the_same_place(page: Page) -> None:
    await open_verifier(page)
    boards = list(board_mutations())
    assert len(boards) >= 60
    assert await differing(page, boards) == []
    assert not any(of_server(raw).ok for _, raw in boards)


async def test_every_spoilt_ballot_is_refused_for_the_same_reason(page: Page) -> None:
    await open_verifier(page)
    spoilt = [(name, posted(vote, raw)) for name, vote, raw in ballot_mutations()]
    assert len(spoilt) >= 500
    honest = [(name, posted(vote, raw)) for name, vote, raw in originals()]
    assert await differing(page, [*spoilt, *honest]) == []
