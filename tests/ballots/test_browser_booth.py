"""The booth's way from choosing to the tracker, in the real browser.

The page here is the smallest that keeps the contract of `booth.js`; the server's side is answered by the test,
which checks every ballot with our own protocol before it says yes.
"""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from ballots.protocol import ballot, credentials, trustees
from ballots.protocol.election import ElectionContext, election_record, open_election
from ballots.protocol.records import Question
from ballots.protocol.tally import encrypted_tally, result_record
from tests import browsers
from tests.ballots.boards import BOTH
from tests.local_site import Answer, Request, Site, local_site

pytestmark = pytest.mark.browser

UUID = "2Koreatest1234"
CREDENTIAL = "123-456-789-ABC-DE4"
ANSWERS = ("청년 일자리 만들기", "공공의료원 야간진료", "도로 먼지 줄이기", "마을버스 늘리기")
CODE = "042917"

SENTENCES = {
    "network": "연결이 끊겼습니다. {seconds}초 뒤에 다시 보냅니다.",
    "busy": "지금 몰리고 있습니다. {seconds}초 뒤에 다시 보냅니다.",
    "no-answer": "연결되지 않습니다.",
    "unexpected": "처리하지 못했습니다.",
    "too-few": "{min}개 이상 골라 주세요.",
    "too-many": "{k}개까지 고를 수 있습니다.",
    "code-form": "숫자 6자리를 넣어 주세요.",
    "sent-again": "인증번호를 다시 보냈습니다.",
    "credential-damaged": "링크가 잘렸습니다.",
    "credential-length": "15자리입니다.",
    "credential-check": "잘못 적힌 곳이 있습니다.",
    "election-differs": "투표지가 게시판과 다릅니다.",
}


def html(title: str, body: str, script: str) -> str:
    texts = "".join(f'<p data-sentence="{name}">{text}</p>' for name, text in SENTENCES.items())
    return f"""<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="csrf-token" content="token-1"></head>
        <body><main><h1>{title}</h1>{body}</main><div hidden>{texts}</div>
        <script type="module" src="/static/ballots/{script}"></script></body></html>"""


def screen(name: str, heading: str, content: str) -> str:
    return f"""<section data-screen="{name}" hidden><h2 data-heading tabindex="-1">{heading}</h2>
        <p data-error role="alert" hidden></p><p data-status role="status"></p>{content}</section>"""


def option(name: str, value: int, title: str) -> str:
    return f"""<div><input type="checkbox" id="{name}-{value}" name="{name}" value="{value}">
        <label for="{name}-{value}"><span class="choice-title">{title}</span></label></div>"""


PROGRESS = """<progress data-progress aria-label="진행"></progress>
    <p data-fill="progress" role="status" data-text="{percent}%"></p>"""
BOOTH = html(
    "기표소",
    '<a data-theme-link data-other="기본 화면" href="/display?theme=high-contrast&amp;next=%2Fbooth">고대비</a>'
    '<div data-booth data-election-url="/election" data-ballot-url="/ballots" data-resend-url="/resend"'
    ' data-cast-url="/cast"></div>'
    + screen(
        "key",
        "투표 자격키",
        """<form data-key><label>투표 자격키 <input name="credential" autocomplete="off"></label>
        <button>계속</button></form>""",
    )
    + screen(
        "choose",
        "고르기",
        '<form data-choices data-min="1" data-max="2" autocomplete="off">'
        + "".join(option("choice", i, title) for i, title in enumerate(ANSWERS))
        + option("blank", 1, "선택하지 않고 투표하기")
        + "</form>",
    )
    + """<div data-screen="choose" hidden><p data-count aria-live="polite" data-text="{n}/{k}" data-text-blank="없음"></p>
        <button type="button" data-step="next">다음</button></div>"""
    + screen(
        "review",
        "확인",
        """<ul data-review-list></ul><template data-review-item><li><span data-title></span></li></template>
        <p data-review-blank hidden>선택하지 않고 투표합니다</p><p data-review-none hidden>고른 것이 없습니다</p>
        <p><button type="button" data-step="back">이전</button></p><button type="button" data-step="cast">투표하기</button>""",
    )
    + screen("encrypting", "준비", PROGRESS)
    + screen(
        "code",
        "인증번호",
        """<p data-fill="sent-to" data-text="{sent_to}(으)로 보냈습니다"></p>
        <p data-fill="time-left" role="timer" data-text="유효 시간 {time}"></p>
        <p data-expired role="status" hidden>시간이 지났습니다</p>
        <form data-code novalidate><label>인증번호 <input name="code" inputmode="numeric" maxlength="12"
          autocomplete="one-time-code"></label><button>투표 마치기</button></form>
        <p><button type="button" data-resend data-text="다시 받기" data-text-wait="{seconds}초 뒤 다시 받기"></button></p>
        <p><button type="button" data-step="back">이전</button></p>""",
    )
    + screen(
        "done",
        "투표했습니다",
        """<p data-calm>기록했습니다</p>
        <div data-alarm role="alert" hidden>서버의 번호가 다릅니다: <span data-fill="server-tracker"
          data-text="{tracker}"></span></div><p id="tracker" data-fill="tracker" data-text="{tracker}"></p>
        <p data-recorded-until><span data-fill="recorded-until" data-text="{time}까지"></span></p>""",
    ),
    "booth.js",
)


def make_election() -> tuple[ElectionContext, list[int], list[bytes]]:
    made = [trustees.make_key(rng=random.Random(seed)) for seed in (1, 2)]
    joint = trustees.read_trustees(trustees.trustees_record([key for _, key in made])).public_key
    question = Question(answers=ANSWERS, blank=True, min=1, max=2, question="잘 지킨 약속")
    record = election_record(uuid=UUID, name="시험", questions=[question], public_key=joint)
    roll = credentials.credentials_record({credentials.derive(CREDENTIAL, UUID).public: 1})
    return open_election(record, roll), [secret for secret, _ in made], [key for _, key in made]


@dataclass
class Box:
    """The server's side of casting: it checks each ballot in full, and can be told what to answer first."""

    site: Site
    context: ElectionContext
    cast: list[bytes] = field(default_factory=list)
    first: dict[str, list[Answer]] = field(default_factory=dict)
    tracker: str | None = None
    valid_for: float = 600
    resend_after: int = 60

    def __post_init__(self) -> None:
        self.site.pages |= {"/booth": BOOTH, "/election": self.context.raw}
        self.site.requests.clear()
        for path, answer in (("/ballots", self.receive), ("/resend", self.challenge), ("/cast", self.finish)):
            self.site.answers[path] = partial(self.answer, path, answer)

    def answer(self, path: str, usual: Callable[[Request], Answer], request: Request) -> Answer:
        return self.first[path].pop(0) if self.first.get(path) else usual(request)

    def receive(self, request: Request) -> Answer:
        ballot.check_form(self.context, request.body.encode())
        return self.challenge(request)

    def challenge(self, _: Request) -> Answer:
        expires = datetime.now(UTC) + timedelta(seconds=self.valid_for)
        content = {"challenge": "c1", "sent_to": "010-****-1234", "resend_after": self.resend_after}
        return Answer(201, {**content, "expires_at": expires.isoformat()})

    def finish(self, request: Request) -> Answer:
        sent = json.loads(request.body)
        if sent["code"] != CODE or sent["challenge"] != "c1":
            return problem(422, "인증번호가 맞지 않습니다. 다시 확인해 주세요.")
        raw = sent["ballot"].encode()
        ballot.check_form(self.context, raw)
        ballot.check_proofs(self.context, raw)
        self.cast.append(raw)
        until = "2026-05-01T09:30:00+00:00"
        return Answer(201, {"tracker": self.tracker or ballot.tracker(raw), "recorded_until": until})

    def bodies(self, path: str) -> list[str]:
        return [request.body for request in self.site.requests if request.path == path]


def problem(status: int, detail: str, **headers: str) -> Answer:
    return Answer(status, {"status": status, "detail": detail}, headers, "application/problem+json")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with local_site() as site:
        yield site


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browsers.browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def election() -> tuple[ElectionContext, list[int], list[bytes]]:
    return make_election()


@pytest.fixture
def box(site: Site, election: tuple[ElectionContext, list[int], list[bytes]]) -> Box:
    return Box(site, election[0])


def address(box: Box, fragment: str = f"#{CREDENTIAL}") -> str:
    return f"{box.site.address}/booth{fragment}"


async def choose(page: Page, *titles: str) -> None:
    for title in titles:
        await page.get_by_label(title).click()


async def to_the_code(page: Page, box: Box, *titles: str) -> None:
    await page.goto(address(box))
    await choose(page, *titles)
    await page.get_by_role("button", name="다음").click()
    await page.get_by_role("button", name="투표하기").click()
    await expect(page.get_by_role("heading", name="인증번호")).to_be_visible()


def said(page: Page, text: str) -> Locator:
    """The text on the screen in sight (the sentences' own store is hidden)."""
    return page.locator("[data-screen]:not([hidden])").get_by_text(text)


async def type_code(page: Page, code: str = CODE) -> None:
    await page.get_by_label("인증번호").fill(code)
    await page.get_by_role("button", name="투표 마치기").click()


@pytest.mark.parametrize("device", browsers.DEVICES, ids=str)
async def test_a_vote_goes_from_choosing_to_its_tracker(
    chromium: Browser, box: Box, device: browsers.Device
) -> None:
    async with browsers.visit(chromium, device) as page:
        await page.goto(address(box))
        await expect(page.get_by_role("heading", name="고르기")).to_be_visible()
        assert page.url == address(box, "")  # the credential is out of the address
        await choose(page, ANSWERS[2], ANSWERS[0])
        await expect(page.locator("[data-count]")).to_have_text("2/2")
        await page.get_by_role("button", name="다음").click()
        await expect(page.get_by_role("heading", name="확인")).to_be_focused()
        assert await page.locator("[data-review-list] li").all_text_contents() == [ANSWERS[0], ANSWERS[2]]
        await page.get_by_role("button", name="투표하기").click()
        await expect(page.get_by_role("heading", name="인증번호")).to_be_focused()
        await expect(said(page, "010-****-1234(으)로 보냈습니다")).to_be_visible()
        await type_code(page, " 042-917")
        await expect(page.get_by_role("heading", name="투표했습니다")).to_be_focused()
        (raw,) = box.cast
        await expect(page.locator("#tracker")).to_have_text(ballot.tracker(raw))
        await expect(said(page, "2026년 5월 1일 오후 6:30까지")).to_be_visible()
        await expect(page.locator("[data-alarm]")).to_be_hidden()
        assert box.site.requests[0].headers["x-csrftoken"] == "token-1"
        # What was voted, and with what, is nowhere on the device any more.
        assert await page.evaluate("sessionStorage.length + localStorage.length") == 0
        assert await page.locator("input:checked").count() == 0
        assert await page.evaluate("document.body.textContent.includes('123-456')") is False
        await page.go_back()
        await expect(page.get_by_role("heading", name="투표했습니다")).to_be_visible()


async def test_the_credential_reaches_no_server(chromium: Browser, box: Box) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        seen: list[str] = []
        page.on("request", lambda request: seen.append(request.url + str(request.headers)))
        await to_the_code(page, box, ANSWERS[1])
        await type_code(page)
        await expect(page.get_by_role("heading", name="투표했습니다")).to_be_visible()
    sent = "".join(seen) + "".join(str(request) for request in box.site.requests)
    assert "123-456-789" not in sent
    assert "123456789ABCDE4" not in sent


async def test_a_blank_vote_excludes_the_others_and_gives_them_back(chromium: Browser, box: Box) -> None:
    async with browsers.visit(chromium) as page:
        await page.goto(address(box))
        await choose(page, ANSWERS[0], ANSWERS[3], "선택하지 않고 투표하기")
        assert await page.locator("input:checked").count() == 1
        await expect(page.locator("[data-count]")).to_have_text("없음")
        await choose(page, "선택하지 않고 투표하기")
        await expect(page.locator("[data-count]")).to_have_text("2/2")
        await choose(page, "선택하지 않고 투표하기")
        await page.get_by_role("button", name="다음").click()
        await expect(said(page, "선택하지 않고 투표합니다")).to_be_visible()
        await page.get_by_role("button", name="투표하기").click()
        await type_code(page)
        await expect(page.get_by_role("heading", name="투표했습니다")).to_be_visible()
    assert counted(box)[0] == 1


def counted(box: Box) -> list[int]:
    """The result of the ballots cast so far, opened with both keys."""
    _, secrets, _ = make_election()
    tally = encrypted_tally(box.context, box.cast)
    shares = [trustees.partial_decryption(box.context.fingerprint, tally.raw, secret) for secret in secrets]
    opened: list[list[int]] = json.loads(
        result_record(tally.raw, BOTH, dict(enumerate(shares, start=1)), tally.total_weight)
    )["result"]
    return opened[0]


async def test_too_many_and_too_few_are_said_and_nothing_is_lost(chromium: Browser, box: Box) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await page.goto(address(box))
        await page.get_by_role("button", name="다음").click()
        await expect(said(page, "1개 이상 골라 주세요.")).to_be_visible()
        await choose(page, *ANSWERS[:2])
        # `force`: it says it is disabled, and a person presses it all the same.
        await page.get_by_label(ANSWERS[2]).click(force=True)
        await expect(said(page, "2개까지 고를 수 있습니다.")).to_be_visible()
        assert await page.locator("input:checked").count() == 2
        await choose(page, ANSWERS[0])
        await choose(page, ANSWERS[2])
        await expect(page.locator("[data-count]")).to_have_text("2/2")
        await expect(page.locator("[data-screen=choose] [data-error]")).to_be_hidden()


async def test_the_keyboard_alone_casts_a_vote(chromium: Browser, box: Box) -> None:
    async with browsers.visit(chromium) as page:
        await page.goto(address(box))
        await page.get_by_role("link", name="고대비").focus()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        for _ in range(5):
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="확인")).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="인증번호")).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.type(CODE)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="투표했습니다")).to_be_focused()
    assert counted(box) == [0, 1, 0, 0, 0]


async def test_back_keeps_choices_and_an_unchanged_ballot_keeps_its_challenge(
    chromium: Browser, box: Box
) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await to_the_code(page, box, ANSWERS[1])
        await page.go_back()
        await expect(page.get_by_role("heading", name="확인")).to_be_visible()
        await page.go_back()
        await expect(page.get_by_label(ANSWERS[1])).to_be_checked()
        await page.get_by_role("button", name="다음").click()
        await page.get_by_role("button", name="투표하기").click()
        await expect(page.get_by_role("heading", name="인증번호")).to_be_visible()
        assert len(box.bodies("/ballots")) == 1
        await page.get_by_role("button", name="이전").click()
        await page.get_by_role("button", name="이전").click()
        await choose(page, ANSWERS[0])
        await page.get_by_role("button", name="다음").click()
        await page.get_by_role("button", name="투표하기").click()
        await type_code(page)
        await expect(page.get_by_role("heading", name="투표했습니다")).to_be_visible()
    assert len(set(box.bodies("/ballots"))) == 2
    assert counted(box) == [0, 1, 1, 0, 0]


async def test_a_wrong_code_is_said_in_the_servers_words_and_can_be_corrected(
    chromium: Browser, box: Box
) -> None:
    async with browsers.visit(chromium, allow=("status of 422",)) as page:
        await to_the_code(page, box, ANSWERS[1])
        await type_code(page, "12345")
        await expect(said(page, "숫자 6자리를 넣어 주세요.")).to_be_visible()
        await type_code(page, "111111")
        await expect(said(page, "인증번호가 맞지 않습니다. 다시 확인해 주세요.")).to_be_visible()
        await expect(page.get_by_label("인증번호")).to_be_focused()
        await type_code(page)
        await expect(page.get_by_role("heading", name="투표했습니다")).to_be_visible()
    assert len(box.cast) == 1


async def test_after_five_wrong_codes_the_same_ballot_asks_for_a_new_one(chromium: Browser, box: Box) -> None:
    box.resend_after = 0
    async with browsers.visit(chromium, allow=("status of 422",)) as page:
        await to_the_code(page, box, ANSWERS[1])
        for _ in range(5):
            await type_code(page, "111111")
            await expect(page.get_by_label("인증번호")).to_have_attribute("aria-invalid", "true")
        await page.get_by_role("button", name="다시 받기", exact=True).click()
        await expect(said(page, "인증번호를 다시 보냈습니다.")).to_be_visible()
        assert box.bodies("/resend") == []
        assert len(box.bodies("/ballots")) == 2
        await type_code(page)
        await expect(page.get_by_role("heading", name="투표했습니다")).to_be_visible()


async def test_a_busy_server_and_a_cut_line_are_waited_out_with_the_same_bytes(
    chromium: Browser, box: Box
) -> None:
    busy = problem(503, "잠시 뒤에 다시 시도해 주세요.", **{"Retry-After": "1"})
    box.first = {"/ballots": [busy], "/cast": [busy, Answer(0)]}
    async with browsers.visit(chromium, allow=("status of 503", "ERR_EMPTY_RESPONSE")) as page:
        await to_the_code(page, box, ANSWERS[1])
        await type_code(page)
        await expect(said(page, "지금 몰리고 있습니다. 1초 뒤에 다시 보냅니다.")).to_be_visible()
        await expect(page.get_by_role("heading", name="투표했습니다")).to_be_visible(timeout=15_000)
    assert len(box.bodies("/cast")) >= 3
    assert len(set(box.bodies("/cast"))) == len(set(box.bodies("/ballots"))) == 1


async def test_a_refused_ballot_brings_the_voter_back_with_all_choices(chromium: Browser, box: Box) -> None:
    box.first = {"/ballots": [problem(409, "투표가 마감되었습니다.")]}
    async with browsers.visit(chromium, allow=("status of 409",)) as page:
        await page.goto(address(box))
        await choose(page, ANSWERS[3])
        await page.get_by_role("button", name="다음").click()
        await page.get_by_role("button", name="투표하기").click()
        await expect(said(page, "투표가 마감되었습니다.")).to_be_visible()
        assert await page.locator("[data-review-list] li").all_text_contents() == [ANSWERS[3]]


async def test_a_page_thrown_away_while_reading_the_message_comes_back_at_the_code(
    chromium: Browser, box: Box
) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await to_the_code(page, box, ANSWERS[1])
        kept = await page.evaluate("JSON.stringify(sessionStorage)")
        assert CREDENTIAL not in kept
        await page.reload()
        await expect(page.get_by_role("heading", name="인증번호")).to_be_visible()
        await type_code(page)
        await expect(page.get_by_role("heading", name="투표했습니다")).to_be_visible()
    assert counted(box) == [0, 0, 1, 0, 0]


async def test_a_code_can_be_sent_again_after_the_wait(chromium: Browser, box: Box) -> None:
    box.resend_after, box.valid_for = 2, 4
    async with browsers.visit(chromium) as page:
        await to_the_code(page, box, ANSWERS[1])
        await expect(page.locator("[data-resend]")).to_have_attribute("aria-disabled", "true")
        await expect(said(page, "시간이 지났습니다")).to_be_visible(timeout=8000)
        # The challenge is over by now: the same ballot asks for another.
        await page.get_by_role("button", name="다시 받기", exact=True).click()
        await expect(said(page, "인증번호를 다시 보냈습니다.")).to_be_visible()
        assert len(box.bodies("/ballots")) == 2
        assert len(set(box.bodies("/ballots"))) == 1
        box.valid_for = 600
        await page.get_by_role("button", name="다시 받기", exact=True).click()
        await expect(page.locator("[data-fill=time-left]")).to_contain_text("4:5")
        assert [json.loads(body) for body in box.bodies("/resend")] == [{"challenge": "c1"}]


async def test_another_tracker_from_the_server_raises_an_alarm(chromium: Browser, box: Box) -> None:
    box.tracker = "A" * 43
    async with browsers.visit(chromium) as page:
        await to_the_code(page, box, ANSWERS[1])
        await type_code(page)
        await expect(page.get_by_role("alert").filter(has_text="A" * 43)).to_be_visible()
        await expect(page.locator("[data-calm]")).to_be_hidden()
        await expect(page.locator("#tracker")).to_have_text(ballot.tracker(box.cast[0]))


async def test_a_page_that_shows_other_options_than_the_record_encrypts_nothing(
    chromium: Browser, box: Box
) -> None:
    swapped = BOOTH.replace(ANSWERS[0], "@").replace(ANSWERS[1], ANSWERS[0]).replace("@", ANSWERS[1])
    box.site.pages["/booth"] = swapped
    async with browsers.visit(chromium) as page:
        await page.goto(address(box))
        await choose(page, ANSWERS[0])
        await page.get_by_role("button", name="다음").click()
        await page.get_by_role("button", name="투표하기").click()
        await expect(said(page, "투표지가 게시판과 다릅니다.")).to_be_visible()
    assert box.bodies("/ballots") == []


@pytest.mark.parametrize("fragment", ["", "#123-456-789"])
async def test_without_a_whole_link_the_credential_can_be_typed(
    chromium: Browser, box: Box, fragment: str
) -> None:
    async with browsers.visit(chromium) as page:
        await page.goto(address(box, fragment))
        assert page.url == address(box, "")
        if fragment:
            await expect(said(page, "링크가 잘렸습니다.")).to_be_visible()
        await page.get_by_label("투표 자격키").fill("123 456 789 ABC DE5")
        await page.get_by_role("button", name="계속").click()
        await expect(said(page, "잘못 적힌 곳이 있습니다.")).to_be_visible()
        await page.get_by_label("투표 자격키").fill("123 456 789 ABC DE4")
        await page.get_by_role("button", name="계속").click()
        await expect(page.get_by_role("heading", name="고르기")).to_be_focused()


async def test_high_contrast_is_switched_without_losing_anything(chromium: Browser, box: Box) -> None:
    box.site.pages["/display"] = "<!doctype html>"
    async with browsers.visit(chromium) as page:
        await page.goto(address(box))
        await choose(page, ANSWERS[1])
        async with page.expect_request("**/display?theme=high-contrast&next=%2Fbooth"):
            await page.get_by_role("link", name="고대비").click()
        assert await page.evaluate("document.documentElement.dataset.krdsMode") == "high-contrast"
        async with page.expect_request("**/display?theme=light&next=%2Fbooth"):
            await page.get_by_role("link", name="기본 화면").click()
        assert await page.evaluate("document.documentElement.dataset.krdsMode") == "light"
        await expect(page.get_by_role("link", name="고대비")).to_be_visible()
        await expect(page.get_by_label(ANSWERS[1])).to_be_checked()


async def test_axe_finds_nothing_on_any_screen(chromium: Browser, box: Box) -> None:
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await page.goto(address(box, ""))
        assert await browsers.axe(page) == []
        await to_the_code(page, box, ANSWERS[1])
        assert await browsers.axe(page) == []
        await type_code(page)
        await expect(page.get_by_role("heading", name="투표했습니다")).to_be_visible()
        assert await browsers.axe(page) == []
