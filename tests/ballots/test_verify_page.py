"""The page that verifies a vote, and the same as one file on a disk: what a person sees, on a phone and on a desk."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect
from sqlmodel import col, select

from ballots.checking import Checker
from ballots.projection import board_path, bring_up_to_date
from ballots.protocol.ballot import tracker
from ballots.protocol.binding import check_board
from ballots.protocol.records import Question
from ballots.protocol.verifier import verify
from contracts.model import ContractNode
from office.database import Database, open_engine
from office.settings import Settings
from tests import browsers
from tests.ballots.boards import Vote, question
from tests.ballots.forging import rewritten
from tests.ballots.polls import Poll, close, open_poll, open_totals, publish, put
from tests.conftest import Templates
from tests.serving import Served, served

pytestmark = pytest.mark.browser

TASKS = (("교통국", "T1", "버스 늘리기"), ("교통국", "T2", "길 고치기"), ("환경국", "T1", "길 고치기"))
RULEBOOK = b'name = "2026"\n'
LONG = 60_000
"""Milliseconds a verification may take on a busy machine."""


@dataclass(frozen=True)
class Place:
    """A site with a counted vote and one in the middle of voting, and some files a person may hold."""

    site: Served
    counted: Poll
    voting: Poll
    folder: Path

    def write(self, name: str, raw: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(raw)
        return path


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browsers.browser() as started:
        yield started


@pytest.fixture(scope="module")
def settings_here(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("verify")
    return Settings(
        database_url=templates.copy("sqlite"),
        server_key="a key of the tests that is long enough",
        board_folder=folder / "boards",
    )


@pytest.fixture(scope="module")
async def polls(settings_here: Settings) -> tuple[Poll, Poll]:
    engine = open_engine(settings_here.database_url)
    db = Database(engine)
    counted = await open_poll(db, voters=4, options=3, rated=("교통국",), seed=1)
    for voter, picks in ((0, (0,)), (1, (0, 2)), (2, (1,)), (0, (2,))):
        await put(db, counted, voter, *picks)
    await close(db, counted)
    await open_totals(db, counted)
    voting = await open_poll(db, voters=2, options=2, maximum=1, seed=2)
    await put(db, voting, 0, 1)
    await publish(db, voting)
    for poll in (counted, voting):
        await bring_up_to_date(db, settings_here, poll.uuid)
    await engine.dispose()
    return counted, voting


@pytest.fixture(scope="module")
def place(
    settings_here: Settings,
    polls: tuple[Poll, Poll],
    checker: Checker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Place]:
    with served(settings_here, checker) as site:
        yield Place(site, *polls, tmp_path_factory.mktemp("files"))


def raw_board(place: Place, poll: Poll) -> bytes:
    return board_path(place.site.settings, poll.uuid).read_bytes()


def contracts_file() -> bytes:
    """A public file of contracts, with tasks at two depths and one that is not on the ballot."""
    nodes = [
        {"kind": "task", "on_ballot": True, "title": title, "code": code, "nodes": []}
        for _, code, title in TASKS
    ]
    hidden = {"kind": "task", "on_ballot": False, "title": "내부 과제", "code": "T9", "nodes": []}
    goal = {"kind": "goal", "on_ballot": False, "title": "목표", "code": "G1", "nodes": [nodes[1], hidden]}
    contracts = [{"agency": "교통국", "nodes": [nodes[0], goal]}, {"agency": "환경국", "nodes": [nodes[2]]}]
    return json.dumps({"contracts": contracts}, ensure_ascii=False).encode()


SHOWN = ("버스 늘리기", "길 고치기 (교통국)", "길 고치기 (환경국)")


def bound_vote(*, titles: Sequence[str] = SHOWN, roll: bytes = b"") -> Vote:
    """A vote whose record names the fingerprints of its files, one ballot cast."""
    roll = roll or roll_file()
    names = {"contracts": contracts_file(), "rulebook": RULEBOOK, "roll": roll}
    lines = [f"{name} sha256:{hashlib.sha256(raw).hexdigest()}" for name, raw in names.items()]
    asked = Question(answers=tuple(titles), min=1, max=1, question="가장 잘 지킨 약속은?")
    vote = Vote((asked,), (1, 2), seed=81, description="\n".join(["투표", *lines]))
    vote.cast(0, (1,))
    return vote


@cache
def roll_file() -> bytes:
    """The roll of `bound_vote`: its credentials do not depend on the question."""
    keys = Vote((question(2, 1, 1),), (1, 2), seed=81).keys
    lines = [json.dumps([str(i), "이름", "", "", "", i, key.public]) for i, key in enumerate(keys, start=1)]
    return "".join(f"{line}\n" for line in ("salt", *lines)).encode()


def with_a_wrong_ballot(raw: bytes, place: int) -> bytes:
    """The board with a digit of one ballot's first proof changed and the chain made to fit again."""
    seen = 0

    def change(_: int, kind: str, body: bytes) -> bytes | None:
        nonlocal seen
        if kind != "Ballot":
            return None
        seen += 1
        at = body.index(b'"response":"') + len(b'"response":"')
        return (
            body[:at] + (b"1" if body[at : at + 1] != b"1" else b"2") + body[at + 1 :]
            if seen == place
            else None
        )

    return rewritten(raw, change)


async def verdict_on(page: Page) -> Locator:
    """The verdict, once it is there."""
    verdict = page.locator('[data-screen="verdict"]')
    await expect(verdict).to_be_visible(timeout=LONG)
    return verdict


async def checks_on(page: Page) -> list[tuple[str, str]]:
    """What the page says of every check: its mark, and title and text put together as the server says them."""
    rows = page.locator('[data-screen="verdict"] [data-checks] > li')
    said = []
    for row in await rows.all():
        title, text = (
            await row.locator("[data-title]").inner_text(),
            await row.locator("[data-text-part]").inner_text(),
        )
        said.append((await row.locator("[data-mark]").inner_text(), f"{title}: {text}"))
    return said


async def sound(page: Page) -> None:
    assert await browsers.axe(page) == []
    assert await browsers.small_targets(page) == []
    await browsers.no_horizontal_scroll(page)


@pytest.mark.parametrize("device", [browsers.PHONE, browsers.DESKTOP], ids=str)
async def test_one_button_loads_the_published_board_and_says_what_was_checked(
    chromium: Browser, place: Place, device: browsers.Device
) -> None:
    async with browsers.visit(chromium, device) as page:
        await page.goto(f"{place.site.address}/verify/{place.counted.uuid}")
        await sound(page)
        await page.get_by_role("button", name="불러와서 확인하기").click()
        verdict = await verdict_on(page)
        await expect(verdict.get_by_role("heading", level=2)).to_have_text("모든 확인을 통과했습니다.")
        await expect(verdict.get_by_role("heading", level=2)).to_be_focused()
        expected = verify(raw_board(place, place.counted), jobs=1)
        assert await checks_on(page) == [("통과", check.text()) for check in expected.checks]
        figures = await verdict.locator("[data-figures] strong").all_inner_texts()
        assert figures == ["4", "4", "3", "3"]
        await expect(verdict.locator('[data-part="pending"]')).to_be_hidden()
        await sound(page)


async def test_the_result_stands_with_names_votes_and_bars(chromium: Browser, place: Place) -> None:
    async with browsers.visit(chromium) as page:
        await page.goto(f"{place.site.address}/verify/{place.counted.uuid}")
        await page.get_by_role("button", name="불러와서 확인하기").click()
        verdict = await verdict_on(page)
        first, second = await verdict.get_by_role("table").all()
        rows = [await row.inner_text() for row in await first.locator("tbody tr").all()]
        titles = ["선택하지 않음", *place.counted.context.election.questions[0].answers]
        assert [row.split() for row in rows] == [
            [*title.split(), votes] for title, votes in zip(titles, ["0표", "1표", "1표", "2표"], strict=True)
        ]
        widths = [await bar.get_attribute("width") for bar in await first.locator("[data-bar]").all()]
        assert widths == ["0%", "33.33%", "33.33%", "66.66%"]
        assert await second.locator("tbody tr").count() == 5


async def test_a_vote_that_goes_on_is_well_so_far_and_says_what_is_not_there_yet(
    chromium: Browser, place: Place
) -> None:
    async with browsers.visit(chromium) as page:
        await page.goto(f"{place.site.address}/verify")
        await page.get_by_role("button", name="불러와서 확인하기").first.click()  # the newest
        verdict = await verdict_on(page)
        await expect(verdict.get_by_role("heading", level=2)).to_have_text(
            "지금까지 올라온 것은 모두 올바릅니다."
        )
        expected = verify(raw_board(place, place.voting), jobs=1)
        assert await verdict.locator("[data-pending] li").all_inner_texts() == list(expected.pending)
        assert len(expected.pending) == 4
        await expect(verdict.locator('[data-part="result"]')).to_be_hidden()


@pytest.mark.parametrize("device", [browsers.PHONE, browsers.DESKTOP], ids=str)
async def test_a_wrong_ballot_is_named_by_its_event_and_its_tracker(
    chromium: Browser, place: Place, device: browsers.Device
) -> None:
    raw = with_a_wrong_ballot(raw_board(place, place.counted), 3)
    wrong: list[bytes] = []
    rewritten(raw, lambda _, kind, body: wrong.append(body) if kind == "Ballot" else None)
    async with browsers.visit(chromium, device) as page:
        await page.goto(f"{place.site.address}/verify")
        await page.get_by_label("가지고 있는 게시판 파일로 확인하기").set_input_files(
            place.write("bad.bel", raw)
        )
        verdict = await verdict_on(page)
        await expect(verdict.get_by_role("heading", level=2)).to_have_text("이 게시판은 올바르지 않습니다.")
        (problem,) = await verdict.locator("[data-problems] li").all_inner_texts()
        assert problem.split("\n")[0] == "투표지의 서명이 맞지 않습니다."
        assert "(사건 3)" in problem
        assert tracker(wrong[2]) in problem
        marks = {text.split(":")[0]: mark for mark, text in await checks_on(page)}
        assert [name for name, mark in marks.items() if mark == "틀림"] == ["투표지의 서명", "암호화된 합계"]
        await expect(verdict.locator('[data-part="result"]')).to_be_hidden()
        await sound(page)


async def test_a_file_that_is_no_board_and_a_broken_one_are_refused_in_words(
    chromium: Browser, place: Place
) -> None:
    async with browsers.visit(chromium) as page:
        await page.goto(f"{place.site.address}/verify")
        field = page.get_by_label("가지고 있는 게시판 파일로 확인하기")
        await field.set_input_files(place.write("cut.bel", raw_board(place, place.counted)[:-700]))
        verdict = await verdict_on(page)
        assert await checks_on(page) == [("틀림", "파일과 사슬: 끝까지 읽지 못했습니다.")]
        await expect(verdict.locator("[data-problems]")).to_contain_text("파일이 중간에서 끝났습니다")
        await page.get_by_role("button", name="다른 게시판 확인하기").click()
        await field.set_input_files(place.write("contracts.json", contracts_file()))
        await expect(page.locator('[data-screen="choose"] [data-error]')).to_have_text(
            "게시판 파일(.bel)을 골라 주십시오."
        )


async def test_a_tracker_is_counted_replaced_or_not_there(chromium: Browser, place: Place) -> None:
    ballots: list[bytes] = []
    rewritten(
        raw_board(place, place.counted),
        lambda _, kind, body: ballots.append(body) if kind == "Ballot" else None,
    )
    keys = [place.counted.keys[voter].public.encode() for voter in (0, 1)]
    of_first = [raw for raw in ballots if keys[0] in raw]
    of_second = [raw for raw in ballots if keys[1] in raw]
    async with browsers.visit(chromium) as page:
        await page.goto(f"{place.site.address}/verify/{place.counted.uuid}")
        await page.get_by_role("button", name="불러와서 확인하기").click()
        verdict = await verdict_on(page)
        for typed, said in (
            (tracker(of_second[0]), "이 투표지를 셉니다"),
            (tracker(of_first[0])[:8], "나중 것을 셉니다"),
            (tracker(of_first[1]), "이 투표지를 셉니다"),
            ("A" * 43, "이 확인번호의 투표지가 없습니다"),
            ("abc", "앞 6자리 이상"),
        ):
            await verdict.get_by_label(re.compile("투표 확인번호")).fill(typed)
            await verdict.get_by_role("button", name="찾기").click()
            await expect(verdict.locator("[data-tracker-answer]")).to_contain_text(said)


async def test_the_bound_files_are_compared_and_one_letter_is_enough(chromium: Browser, place: Place) -> None:
    board = place.write("bound.bel", bound_vote().raw)
    same = place.write("contracts.json", contracts_file())
    other = place.write("rulebook.toml", RULEBOOK.replace(b"2026", b"2025"))
    async with browsers.visit(chromium) as page:
        await page.goto(f"{place.site.address}/verify")
        await page.get_by_label("가지고 있는 게시판 파일로 확인하기").set_input_files([board, same])
        verdict = await verdict_on(page)
        rows = verdict.locator("[data-bound] > li")
        await expect(rows.nth(0)).to_contain_text("contracts.json의 지문이 투표 기록의 지문과 같습니다.")
        await expect(rows.nth(0)).to_contain_text("과제 3개가 성과계약에서 투표에 올린 과제와 같습니다.")
        await expect(rows.nth(1)).to_contain_text("아직 견줄 파일이 없습니다.")
        await expect(rows.nth(2)).to_contain_text("공개하지 않습니다")
        await verdict.get_by_label("내려받은 파일과 대조하기").set_input_files(other)
        await expect(rows.nth(1)).to_contain_text("rulebook.toml의 지문이 투표 기록의 지문과 다릅니다.")
        await expect(rows.nth(1).locator("[data-mark]")).to_have_text("틀림")
        await sound(page)


@pytest.mark.parametrize(
    ("titles", "weight", "wrong"),
    [
        (SHOWN, "2", set()),
        (("버스 늘리기!", *SHOWN[1:]), "2", {"contracts"}),
        (("버스 늘리기", "길 고치기", "길 고치기"), "2", {"contracts"}),
        (SHOWN, "1", {"roll"}),
    ],
)
async def test_what_stands_in_the_bound_files_is_held_against_the_board(
    chromium: Browser, place: Place, titles: Sequence[str], weight: str, wrong: set[str]
) -> None:
    roll = roll_file().replace(b", 2, ", f", {weight}, ".encode())
    raw = bound_vote(titles=titles, roll=roll).raw
    files = {"contracts.json": contracts_file(), "rulebook.toml": RULEBOOK, "roll.json": roll}
    async with browsers.visit(chromium) as page:
        await page.goto(f"{place.site.address}/verify")
        held = [place.write(name, content) for name, content in {"bound.bel": raw, **files}.items()]
        await page.get_by_label("가지고 있는 게시판 파일로 확인하기").set_input_files(held)
        rows = (await verdict_on(page)).locator("[data-bound] > li")
        marks = await rows.locator("[data-mark]").all_inner_texts()
    names = ("contracts", "rulebook", "roll")
    assert {name for name, mark in zip(names, marks, strict=True) if mark == "틀림"} == wrong
    checks = check_board(raw, **{name.split(".")[0]: content for name, content in files.items()})
    belongs = {"tasks": "contracts", "voters": "roll"}
    failed = {check.name.removeprefix("binding-") for check in checks if not check.ok}
    assert {belongs.get(name, name) for name in failed} == wrong


async def test_a_promise_reworded_after_the_opening_is_shown_by_the_published_files(
    chromium: Browser, place: Place
) -> None:
    async with browsers.visit(chromium) as page:
        await page.goto(f"{place.site.address}/verify/{place.voting.uuid}")
        await page.get_by_role("button", name="불러와서 확인하기").click()
        verdict = await verdict_on(page)
        rows, compare = (
            verdict.locator("[data-bound] > li"),
            verdict.get_by_role("button", name="이 누리집에"),
        )
        await compare.click()
        await expect(rows.nth(0)).to_contain_text("과제 2개가 성과계약에서 투표에 올린 과제와 같습니다.")
        await expect(rows.locator("[data-mark]")).to_have_text(["통과", "통과", "아직"])
        engine = open_engine(place.site.settings.database_url)
        async with Database(engine).writing() as session:
            node = (await session.exec(select(ContractNode).where(col(ContractNode.on_ballot)))).all()[-1]
            node.promise += "."
        await engine.dispose()
        await compare.click()
        await expect(rows.locator("[data-mark]")).to_have_text(["틀림", "통과", "아직"])
        await expect(rows.nth(0)).to_contain_text("투표를 연 뒤에 바뀐 것입니다.")


async def test_a_file_may_be_dropped(chromium: Browser, place: Place) -> None:
    async with browsers.visit(chromium) as page:
        await page.goto(f"{place.site.address}/verify")
        data = await page.evaluate_handle(
            """(bytes) => {
                const data = new DataTransfer();
                data.items.add(new File([Uint8Array.from(bytes)], "vote.bel"));
                return data;
            }""",
            list(raw_board(place, place.voting)),
        )
        await page.locator('[data-screen="choose"] [data-drop]').dispatch_event(
            "drop", {"dataTransfer": data}
        )
        await verdict_on(page)


async def test_nothing_is_sent_while_a_file_of_one_s_own_is_checked(chromium: Browser, place: Place) -> None:
    board = place.write("own.bel", bound_vote().raw)
    async with browsers.visit(chromium) as page:
        await page.goto(f"{place.site.address}/verify")
        await page.wait_for_load_state("networkidle")
        asked: list[str] = []
        page.context.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
        await page.get_by_label("가지고 있는 게시판 파일로 확인하기").set_input_files(board)
        await verdict_on(page)
        # Workers load their modules, and that is all.
        scripts = f"GET {place.site.address}/static/ballots/"
        assert [each for each in asked if not each.startswith(scripts)] == []


async def test_the_keyboard_alone_is_enough(chromium: Browser, place: Place) -> None:
    async with browsers.visit(chromium) as page:
        await page.goto(f"{place.site.address}/verify/{place.counted.uuid}")
        button = page.get_by_role("button", name="불러와서 확인하기")
        for _ in range(30):
            await page.keyboard.press("Tab")
            if await button.evaluate("(element) => element === document.activeElement"):
                break
        await page.keyboard.press("Enter")
        verdict = await verdict_on(page)
        await expect(verdict.get_by_role("heading", level=2)).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="다른 게시판 확인하기")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(button).to_be_visible()


@pytest.mark.parametrize("contrast", ["light", "high-contrast"])
async def test_a_narrow_screen_and_high_contrast_lose_nothing(
    chromium: Browser, place: Place, contrast: str
) -> None:
    narrow = browsers.Device("narrow", 320, 640, touch=True)
    raw = with_a_wrong_ballot(raw_board(place, place.counted), 1)
    async with browsers.visit(chromium, narrow) as page:
        await page.goto(f"{place.site.address}/display?theme={contrast}&next=/verify")
        await sound(page)
        await page.get_by_label("가지고 있는 게시판 파일로 확인하기").set_input_files(
            place.write("bad.bel", raw)
        )
        await verdict_on(page)
        await sound(page)
        await page.get_by_role("button", name="다른 게시판 확인하기").click()
        await page.get_by_role("button", name="불러와서 확인하기").last.click()
        await verdict_on(page)
        await sound(page)


async def test_it_can_be_stopped_and_started_anew(chromium: Browser, place: Place) -> None:
    vote = Vote((question(20, 1, 1),), (1,) * 6, seed=82)
    for voter in range(6):
        vote.cast(voter, (voter,))
    async with browsers.visit(chromium) as page:
        await page.goto(f"{place.site.address}/verify/{place.counted.uuid}")
        field = page.get_by_label("가지고 있는 게시판 파일로 확인하기")
        await field.set_input_files(place.write("long.bel", vote.raw))
        await page.get_by_role("button", name="그만두기").click()
        await expect(field).to_be_visible()
        await page.get_by_role("button", name="불러와서 확인하기").click()
        verdict = await verdict_on(page)
        await expect(verdict).to_contain_text("모든 확인을 통과했습니다.")
        assert len(await checks_on(page)) == 11


# --- one file on a disk


@pytest.fixture
def offline_file(place: Place) -> Path:
    answer = httpx.get(f"{place.site.address}/verify/yaksok-verifier.html")
    assert answer.headers["content-disposition"] == 'attachment; filename="yaksok-verifier.html"'
    return place.write("yaksok-verifier.html", answer.content)


def test_the_file_s_fingerprint_stands_on_the_page_and_is_the_same_for_everybody(
    place: Place, offline_file: Path
) -> None:
    digest = hashlib.sha256(offline_file.read_bytes()).hexdigest()
    for language in ("ko", "en"):
        page = httpx.get(f"{place.site.address}/verify", headers={"Accept-Language": language})
        assert digest in page.text


def test_the_file_names_nothing_it_could_fetch(offline_file: Path) -> None:
    text = offline_file.read_text()
    assert (
        re.findall(
            r"""\b(?:src|href|action|srcset)\s*=""", re.sub(r"<script.*</script>", "", text, flags=re.S)
        )
        == []
    )
    assert set(re.findall(r"url\(.{11}", text)) == {'url("data:image'}
    assert "@import" not in text
    assert re.findall(r"https?://[^ \"')]*", text.replace("http://www.w3.org/2000/svg", "")) == []
    assert "default-src 'none'" in html.unescape(text)


@pytest.mark.parametrize("workers", [True, False], ids=["workers", "no-workers"])
async def test_the_file_verifies_from_a_disk_without_any_network(
    chromium: Browser, place: Place, offline_file: Path, workers: bool
) -> None:
    board = place.write("counted.bel", raw_board(place, place.counted))
    async with browsers.visit(chromium, offline=True) as page:
        asked: list[str] = []
        page.context.on("request", lambda request: asked.append(request.url))
        if not workers:
            await page.add_init_script(
                "window.Worker = class { constructor() { throw new Error('none here'); } };"
            )
        await page.goto(offline_file.as_uri())
        await page.get_by_label("게시판 파일 고르기").set_input_files(board)
        verdict = await verdict_on(page)
        await expect(verdict.get_by_role("heading", level=2)).to_have_text("모든 확인을 통과했습니다.")
        expected = verify(board.read_bytes(), jobs=1)
        assert await checks_on(page) == [("통과", check.text()) for check in expected.checks]
        threads = await page.evaluate("navigator.hardwareConcurrency") if workers else 1
        await expect(verdict.locator('[data-fill="file"]')).to_contain_text(f"{min(threads, 8)}갈래로")
        assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
        await sound(page)


async def test_the_file_cannot_send_anything_even_with_a_network(
    chromium: Browser, place: Place, offline_file: Path
) -> None:
    async with browsers.visit(chromium, allow=("Content Security Policy", "Refused to connect")) as page:
        await page.goto(offline_file.as_uri())
        sent = await page.evaluate(
            f"fetch('{place.site.address}/health/live').then(() => 'sent', (error) => error.name)"
        )
        assert sent == "TypeError"


async def test_the_file_speaks_two_languages_and_keeps_its_verdict(
    chromium: Browser, place: Place, offline_file: Path
) -> None:
    board = place.write("bound.bel", bound_vote().raw)
    async with browsers.visit(chromium, browsers.PHONE, offline=True) as page:
        await page.goto(offline_file.as_uri())
        await sound(page)
        await page.get_by_label("게시판 파일 고르기").set_input_files(board)
        await verdict_on(page)
        shown = len(await checks_on(page))
        await page.get_by_role("button", name="English").click()
        assert await page.evaluate("document.documentElement.lang") == "en"
        verdict = await verdict_on(page)
        assert len(await checks_on(page)) == shown
        assert not re.search("[가-힣]", await verdict.locator("[data-answer] [data-heading]").inner_text())
        await page.locator("[data-contrast]").click()
        await sound(page)
