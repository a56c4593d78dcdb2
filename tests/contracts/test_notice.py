"""Sheets for the notice board: one page each, with the promise, the address in words, and a code that leads to it."""

import io

import pytest
from pypdf import PdfReader

from contracts.model import Phase
from contracts.public.notice import Notice, notice_pdf, qr_svg
from office.database import Database
from rehearsal.visitor import Visitor
from tests.seeding import YEAR, seed_cycle

SHORT = Notice(
    "교통국 2026년 약속",
    "10분 안에 오겠습니다.",
    "대기시간으로 잽니다.",
    "https://y.kr/contracts/2026-TR",
    "보십시오",
)


@pytest.mark.parametrize(
    "notice",
    [
        SHORT,
        Notice("긴 이름 " * 8, "아주 긴 약속 문장입니다. " * 22, "긴 지표 " * 20, "https://y.kr/contracts/" + "X" * 45,
               "보십시오", facts=(("기준", "1분"), ("목표", "2분")), simulated=True),
        Notice("모두", "보십시오", "300곳", "https://y.kr/contracts?year=2026", "보십시오",
               bodies=tuple(f"아주 긴 이름의 기관 {n}" for n in range(300)), simulated=True),
    ],
    ids=["short", "long", "many bodies"],
)  # fmt: skip
def test_a_notice_is_one_page_however_much_it_has_to_say(notice: Notice) -> None:
    document = notice_pdf(notice)
    assert document == notice_pdf(notice)
    assert len(PdfReader(io.BytesIO(document)).pages) == 1


def test_the_code_is_drawn_with_its_quiet_zone_and_says_nothing_else() -> None:
    assert qr_svg("https://y.kr/a") != qr_svg("https://y.kr/b")
    assert "<svg" in qr_svg("https://y.kr/a") and "script" not in qr_svg("https://y.kr/a")


async def test_the_sheets_of_a_contract_and_of_the_year(db: Database, visitor: Visitor) -> None:
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING)
    for path, says, leads in (
        (f"/contracts/{YEAR}-TR", "버스를 기다리는 시간을 10분 아래로", f"/contracts/{YEAR}-TR"),
        (f"/contracts/{YEAR}", "기관 3곳이 도민에게 과제 5개", f"/contracts?year={YEAR}"),
    ):
        text = (await visitor.get(f"{path}/notice")).text
        assert says in text and f"http://localhost:8000{leads}" in text
        answer = await visitor.get(f"{path}/notice.pdf")
        printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
        assert says[:6] in printed and leads in printed.replace("\u200b", "").replace("\n", "")
        assert (await visitor.get(f"{path}/notice.svg")).headers["content-type"].startswith("image/svg+xml")
    await visitor.get(f"/contracts/{YEAR + 1}/notice", expect=404)
    await visitor.get(f"/contracts/{YEAR}-XX/notice.pdf", expect=404)
