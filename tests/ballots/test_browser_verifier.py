"""The verifier in the browser says of every board what the server's own says: of honest ones and of spoilt ones."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from playwright.async_api import Browser, Page

from ballots.protocol.board import open_board
from ballots.protocol.credentials import credentials_record
from ballots.protocol.records import Election, Event, Question, SizedTally, decode, encode
from ballots.protocol.refusals import Invalid
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
    rating = Question(
        answers=("1점", "2점", "3점"), min=0, max=1, question="교통국: “잘” 지켰습니까?\n\\ \u2028"
    )
    vote = Vote(
        (question(4, 1, 2, blank=True), rating, rating),
        (2, 3, 2**30 - 1, 1),
        seed=71,
        threshold=2,
        name="세 문항 \U0001f5f3 투표",
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


HONEST: dict[str, Callable[[], bytes]] = {
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


@pytest.mark.slow
async def test_every_spoilt_board_is_refused_for_the_same_reason_in_the_same_place(page: Page) -> None:
    await open_verifier(page)
    boards = list(board_mutations())
    assert len(boards) >= 60
    assert await differing(page, boards) == []
    assert not any(of_server(raw).ok for _, raw in boards)


@pytest.mark.slow
async def test_every_spoilt_ballot_is_refused_for_the_same_reason(page: Page) -> None:
    await open_verifier(page)
    spoilt = [(name, posted(vote, raw)) for name, vote, raw in ballot_mutations()]
    assert len(spoilt) >= 500
    honest = [(name, posted(vote, raw)) for name, vote, raw in originals()]
    assert await differing(page, [*spoilt, *honest]) == []


STRINGS = (
    *(f'"{chr(code)}"' for code in range(0x20)),
    *(f'"\\u{code:04x}"' for code in range(0x80)),
    *(f'"\\{chr(code)}"' for code in range(0x20, 0x7F)),
    *(f'"{character}"' for character in "\x7f\x80\xa0가\u2028\u2029\ufeff\ufffd\U0001f5f3"),
    *(f'"\\u{code:04X}"' for code in (0x1F, 0xD800, 0xDC00, 0xD83D, 0xAC00)),
    *(
        '"\\ud83d\\uddf3"',
        '"\\udc00\\ud800"',
        '"\\\\ud800"',
        '"\\\\"',
        '"\\\\\\""',
        '"',
        '"\\"',
        "''",
        '""',
        "null",
        "1",
    ),
)
NUMBERS = (
    *(
        "0",
        "1",
        "-0",
        "-1",
        "00",
        "01",
        "1.0",
        "1e0",
        "1E1",
        "+1",
        " 1",
        "1 ",
        "",
        "true",
        "null",
        '"1"',
        "NaN",
        "١",
    ),
    *("9" * digits for digits in (15, 16, 17, 19, 20, 21, 30, 4300, 4301)),
    *(str(2**bits + more) for bits in (30, 31, 53, 63, 64) for more in (-1, 0, 1)),
)
DECODE = """async ([kind, texts]) => {
    const records = await import("/static/ballots/verify/records.js");
    return texts.map((text) => {
        const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        try { records.decode(bytes, records[kind]); return true; }
        catch (error) { if (error.name !== "Finding") throw error; return false; }
    });
}"""


def is_read(raw: bytes, kind: type) -> bool:
    try:
        decode(raw, kind)
    except Invalid:
        return False
    return True


async def test_both_programs_read_the_same_texts_and_numbers_and_no_others(page: Page) -> None:
    election = finished().context.raw
    name = f'"name":{encode(finished().context.election.name).decode()}'.encode()
    assert name in election
    hexes = "ab" * 32
    forms: dict[str, tuple[type, list[bytes]]] = {
        "ELECTION": (
            Election,
            [
                *(election.replace(name, b'"name":' + text.encode()) for text in STRINGS),
                *(election.replace(b'"min":1', b'"min":' + number.encode()) for number in NUMBERS),
                *(
                    election.replace(name, b'"name":"' + raw + b'"')
                    for raw in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80")
                ),
                *(election.replace(name, name + more) for more in (b"", b",", b',"name":""', b',"x":1')),
                *(
                    election[:-1] + more
                    for more in (
                        b"}",
                        b"",
                        b"}}",
                        b"} ",
                        b"}\n",
                        b"},",
                        b'"}',
                        b',"administrator":"a"}',
                        b',"administrator":null}',
                        b',"administrator":"a","credential_authority":"b"}',
                        b',"credential_authority":"b","administrator":"a"}',
                    )
                ),
                *(prefix + election for prefix in (b"\xef\xbb\xbf", b" ", b"[")),
                *(election.replace(b'"blank"', flag) for flag in (b"", b"x")),
                *(
                    election.replace(b'"min"', b'"blank":' + flag + b',"min"')
                    for flag in (b"true", b"false", b"null", b"1")
                ),
            ],
        ),
        "EVENT": (
            Event,
            [
                *(f'{{"height":{number},"type":"EndBallots"}}'.encode() for number in NUMBERS),
                *(
                    f'{{"parent":{parent},"height":1,"type":"EndBallots"}}'.encode()
                    for parent in (f'"{hexes}"', f'"{hexes.upper()}"', '""', "null", f'"{hexes}0"')
                ),
                b'{"type":"EndBallots","height":1}',
                b'{"height":1,"type":"EndBallots","type":"EndBallots"}',
                b'{"height":1,"type":"End\\u0042allots"}',
                b'{"height":1,"type":"Other"}',
                b"[]",
                b"{}",
                b"null",
                b"",
            ],
        ),
        "SIZED": (
            SizedTally,
            [
                f'{{"num_tallied":{number},"total_weight":{weight},"encrypted_tally":"{hexes}"}}'.encode()
                for number, weight in [
                    *((n, "1") for n in NUMBERS),
                    *(("1", n) for n in NUMBERS),
                    *(("1", f'"{n}"') for n in NUMBERS),
                ]
            ],
        ),
    }
    for kind, (record, raws) in forms.items():
        texts = [base64.b64encode(raw).decode() for raw in raws]
        ours = await page.evaluate(DECODE, [kind, texts])
        theirs = [is_read(raw, record) for raw in raws]
        assert [raw for raw, one, other in zip(raws, ours, theirs, strict=True) if one != other] == []
        assert True in theirs
        assert False in theirs
