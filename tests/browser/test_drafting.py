"""A contract in a real browser, from the first word to the head's signature, as people do who see it for the first time."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, expect

from ballots.checking import Checker
from contracts.cycles import create_cycle
from office.access import cookie_name
from office.database import Database
from office.logins import start_login
from office.people import Role, enrol
from office.settings import Settings
from rehearsal.visitor import Authenticator
from tests import browsers
from tests.browser.hands import Hand, Keys
from tests.conftest import PASSWORD, SECRET
from tests.serving import served

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]

YEAR = 2026
PEOPLE = (("officer", Role.OFFICER, "TR"), ("head", Role.HEAD, "TR"), ("office", Role.OFFICE, None))
REFUSED = ("status of 422",)
"""What a browser notes when a form comes back with a problem."""
FACTS = {
    "정의": "정류소에서 버스를 기다린 시간의 평균",
    "자료 출처": "버스정보시스템",
    "자료를 내는 곳": "교통국 버스과",
    "자료를 확인하는 곳": "감사위원회",
}


@dataclass
class House:
    """A served cycle in which nothing has been written, and the login tokens of its people."""

    address: str
    cookie: str
    tokens: dict[str, str]


@pytest.fixture
async def house(own_db: tuple[Database, Settings], checker: Checker) -> AsyncIterator[House]:
    db, settings = own_db
    tokens = {}
    async with db.writing() as session:
        for name, role, agency in PEOPLE:
            person = await enrol(
                session, settings, email=f"{name}@example.org", name=name, role=role, agency=agency,
                password=PASSWORD, totp_secret=SECRET,
            )  # fmt: skip
            tokens[name] = await start_login(session, person)
        await create_cycle(session, year=YEAR, title=f"{YEAR}년 도민이 함께 하는 성과평가", by="test")
    # A demonstration refuses a database that something else has filled.
    with served(settings.model_copy(update={"demonstration": False}), checker) as running:
        yield House(running.address, cookie_name(running.settings), tokens)


@asynccontextmanager
async def at_work(
    chromium: Browser, house: House, device: browsers.Device, hand: type[Hand], found: list[str]
) -> AsyncIterator[dict[str, Hand]]:
    """Everybody at a window of their own."""
    async with AsyncExitStack() as windows:
        people = {}
        for name, _, _ in PEOPLE:
            page = await windows.enter_async_context(browsers.visit(chromium, device, allow=REFUSED))
            login = {"name": house.cookie, "value": house.tokens[name], "url": house.address}
            await page.context.add_cookies([login])  # type: ignore[list-item]  # a cookie of Playwright's is a plain dict
            people[name] = hand(page, device, house.address, found)
        yield people


@pytest.mark.parametrize(
    ("device", "hand"),
    [(browsers.DESKTOP, Keys), (browsers.TABLET, Hand)],
    ids=["desktop by keyboard alone", "tablet"],
)
async def test_a_contract_from_the_first_word_to_the_signature(
    house: House, device: browsers.Device, hand: type[Hand]
) -> None:
    found: list[str] = []
    async with browsers.browser() as chromium, at_work(chromium, house, device, hand, found) as people:
        officer, office, head = people["officer"], people["office"], people["head"]
        await an_officer_writes(officer)
        await the_points_are_shared(officer)
        await it_is_handed_in(officer)
        await it_comes_back_with_a_comment(office)
        await it_is_mended_and_handed_in_again(officer)
        await it_is_accepted(office)
        await it_is_signed(head)
        await officer.open("/agency")
        await officer.see("도지사 쪽의 서명을 기다립니다")
    assert found == [], "\n".join(found)


async def an_officer_writes(officer: Hand) -> None:
    """From nothing: one goal, two tasks, three indicators of three methods; one figure is mistyped."""
    await officer.open("/agency")
    await officer.write("기관 이름", "교통국")
    await officer.go("계약 쓰기 시작")
    await officer.follow("전략목표 더하기")
    await officer.write("목표 이름", "도민이 편한 이동")
    await officer.write("배점", "백")
    await officer.go("저장하고 과제 더하기")
    await officer.see("숫자가 아닙니다")
    await officer.write("배점", "100")
    await officer.go("저장하고 과제 더하기")
    await officer.write("과제 이름", "버스 기다림 줄이기")
    await officer.write("배점", "60")
    await officer.write("약속 문장", "버스를 기다리는 시간을 10분 아래로 줄이겠습니다.")
    await officer.check("도민투표에 올립니다")
    await officer.go("저장하고 지표 더하기")
    await officer.tick("점수 매기는 방법", "목표 대 실적")
    await officer.go("다음")
    await a_sheet_is_filled(
        officer, "버스 평균 대기시간", {"단위": "분", "산식": "기다린 시간의 합 ÷ 탄 사람 수"}
    )
    await officer.tick("좋아지는 방향", "작을수록 좋습니다")
    await officer.write(f"{YEAR}년 목표", "10")
    await officer.go("저장하기")
    await officer.see("새 항목을 더했습니다")
    await officer.follow_for("지표 더하기", "버스 기다림 줄이기")
    await officer.tick("점수 매기는 방법", "9등급 평정")
    await officer.go("다음")
    await a_sheet_is_filled(officer, "불편 해소 노력", {})
    await officer.go("저장하기")
    await officer.follow_for("과제 더하기", "도민이 편한 이동")
    await officer.write("과제 이름", "시설 넓히기")
    await officer.write("배점", "40")
    await officer.go("저장하고 지표 더하기")
    await officer.tick("점수 매기는 방법", "목표부여")
    await officer.go("다음")
    await a_sheet_is_filled(
        officer, "공공시설 이용자", {"단위": "천 명", "산식": "시설마다 이용한 사람의 합"}
    )
    await officer.write("배점", "40")
    for year, value in ((YEAR - 3, "90"), (YEAR - 2, "95"), (YEAR - 1, "101")):
        await officer.write(f"{year}년", value)
    await officer.tick("좋아지는 방향", "클수록 좋습니다")
    await officer.write(f"{YEAR}년 목표", "110")
    await officer.check("주요사업")
    await officer.go("저장하기")


async def a_sheet_is_filled(officer: Hand, title: str, more: dict[str, str]) -> None:
    """What every definition sheet asks for; the points are left for later."""
    await officer.write("지표 이름", title)
    for label, text in (FACTS | more).items():
        await officer.write(label, text)


async def the_points_are_shared(officer: Hand) -> None:
    """Two indicators were left without points; the page says how many are left, and shares them when asked."""
    await officer.see("아래 항목의 합 0 / 60점, 60점이 남았습니다")
    await officer.follow_for("배점 나누기", "버스 기다림 줄이기")
    await officer.go("저장하고 빈칸에 똑같이 나누기")
    await officer.see("아래 항목의 합 60 / 60점, 꼭 맞습니다")
    await officer.follow("계약 쓰기로")


async def it_is_handed_in(officer: Hand) -> None:
    """Ready: one question, and it goes to the office."""
    await officer.see("이제 제출할 수 있습니다")
    await officer.follow("제출하러 가기")
    await officer.go("제출하기")
    await officer.see("제출했습니다.")


async def it_comes_back_with_a_comment(office: Hand) -> None:
    """The office reads, says what is to be mended, and returns it."""
    await office.open(f"/office/cycles/{YEAR}")
    await office.follow("검토하러 가기")
    await office.follow("교통국")
    await office.pick("어느 항목에 대한 의견인가요?", "버스 평균 대기시간")
    await office.write("의견", "지난해에 이미 9분이었습니다. 목표를 더 낮추어 주십시오.")
    await office.go("의견 적기")
    await office.go("돌려보내기")
    await office.see("계약을 돌려보냈습니다")


async def it_is_mended_and_handed_in_again(officer: Hand) -> None:
    """The officer finds the comment beside what it is about, mends it, says so and hands it in again."""
    await officer.open("/agency")
    await officer.see("성과관리 담당이 계약을 돌려보냈습니다")
    await officer.follow("의견 읽고 답하기")
    await officer.go(officer.page.get_by_role("button", name=re.compile("고치러 가기.*버스 평균 대기시간")))
    await officer.see("지난해에 이미 9분이었습니다")
    await officer.write(f"{YEAR}년 목표", "8")
    await officer.go("저장하기")
    await officer.follow("의견 읽고 답하기")
    await officer.write("답", "8분으로 낮추었습니다.")
    await officer.check("고쳤습니다")
    await officer.go("답 저장하기")
    await officer.go("제출하기")
    await officer.see("제출했습니다.")


async def it_is_accepted(office: Hand) -> None:
    """The office sees what has changed and accepts."""
    await office.open(f"/office/cycles/{YEAR}/reviews")
    await office.follow("교통국")
    await office.see("지난번에 낸 것과 다른 곳 1군데")
    await office.see("8분으로 낮추었습니다.")
    await office.go("검토 마치기")
    await office.see("검토를 마쳤습니다.")


async def it_is_signed(head: Hand) -> None:
    """The head reads it and signs with a fresh code."""
    await head.open("/agency")
    await head.follow("계약 읽고 서명하기")
    await expect(head.page.get_by_text("목표 8분").first).to_be_visible()
    await head.write("인증 앱의 번호", Authenticator(SECRET).code())
    await head.go("서명하기")
    await head.see("서명했습니다.")
