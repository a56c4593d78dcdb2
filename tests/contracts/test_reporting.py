"""Promise texts and figures: an officer's forms keep what was typed, store nothing half, and close with their phase."""

from decimal import Decimal

from contracts.cycles import cycle_of
from contracts.reading import trees_of
from contracts.terms.tree import ContractTree, Node, indicators, tasks
from office.database import Database
from rehearsal.visitor import fields, said
from tests.contracts.conftest import CU, CYCLE, TR, Year
from tests.seeding import TRANSPORT, YEAR

FIGURES = f"/agency/contracts/{TR}/figures"


async def tree(db: Database) -> ContractTree:
    async with db.reading() as session:
        return next(iter((await trees_of(session, await cycle_of(session, YEAR))).values()))


def node(tree: ContractTree, code: str) -> Node:
    return next(each for each in (*tasks(tree), *indicators(tree)) if each.code == code)


async def test_promises_are_worded_until_the_head_signs(db: Database, year: Year) -> None:
    await year.drafted()
    officer, head = year.officers["TR"], year.heads["TR"]
    await officer.post(f"/agency/contracts/{TR}/texts", {"promise-T-1": "10분 안에 버스가 옵니다."})
    assert node(await tree(db), "T-1").promise == "10분 안에 버스가 옵니다."
    assert node(await tree(db), "T-2") == node(TRANSPORT, "T-2")
    unread = await head.post(f"/agency/contracts/{TR}/sign", {"totp": head.totp()}, expect=409)
    assert "아직 검토를 마치지 않은" in said(unread)
    other, its_head = year.officers["CU"], year.heads["CU"]
    await its_head.post(f"/agency/contracts/{CU}/sign", {"totp": its_head.totp()})
    late = await other.post(f"/agency/contracts/{CU}/texts", {"promise-T-1": "늦은 말"}, expect=409)
    assert "이미 서명한 계약" in said(late)


async def test_a_promise_that_is_too_long_or_a_formula_is_kept_on_the_page_and_not_stored(
    db: Database, year: Year
) -> None:
    officer = (await year.drafted()).officers["TR"]
    form = {"promise-T-1": "=HYPERLINK(1)", "promise-T-2": "길" * 301}
    refused = await officer.post(f"/agency/contracts/{TR}/texts", form, expect=422)
    assert "수식으로 읽힐 수" in refused.text and "300자까지" in refused.text
    assert "=HYPERLINK(1)" in refused.text and "길" * 301 in refused.text
    assert await tree(db) == TRANSPORT


async def test_figures_are_read_as_people_write_them(db: Database, year: Year) -> None:
    officer = (await year.reporting()).officers["TR"]
    typed = {"actual-W-1": " 1,234.50 ", "actual-U-1": "", "result-T-2": "도서관을 열었습니다."}
    await officer.post(FIGURES, typed | {"sure": "yes", "sure-W-1": "1234.5"})
    stored = await tree(db)
    assert (measure := node(stored, "W-1").measure) and measure.actual == Decimal("1234.5")
    assert (measure := node(stored, "U-1").measure) and measure.actual is None
    assert node(stored, "T-2").result == "도서관을 열었습니다."
    assert node(stored, "T-1").result == node(TRANSPORT, "T-1").result
    shown = (await officer.get(FIGURES)).text
    assert 'value="1,234.5"' in shown and "도서관을 열었습니다." in shown


async def test_a_bad_number_keeps_what_was_typed_and_stores_nothing(db: Database, year: Year) -> None:
    officer = (await year.reporting()).officers["TR"]
    form = {"actual-W-1": "아홉", "actual-U-1": "104", "result-T-1": "고쳤습니다."}
    refused = await officer.post(FIGURES, form, expect=422)
    assert "버스 평균 대기시간: 숫자가 아닙니다" in said(refused)
    for typed in form.values():
        assert typed in refused.text
    assert await tree(db) == TRANSPORT


async def test_a_figure_far_from_all_that_is_known_is_stored_only_when_it_is_said_to_be_right(
    db: Database, year: Year
) -> None:
    officer = (await year.reporting()).officers["TR"]
    form = {"actual-W-1": "-5", "actual-U-1": "10300", "result-T-1": "고쳤습니다."}
    asked = await officer.post(FIGURES, form, expect=422)
    assert "버스 평균 대기시간: 0보다 작습니다" in asked.text and "10배가 넘습니다" in asked.text
    assert all(typed in asked.text for typed in form.values())
    assert [fields(asked, f"sure-{code}")[0] for code in ("W-1", "U-1")] == ["-5", "10300"]
    sure = {"sure-W-1": "-5", "sure-U-1": "10300"}
    await officer.post(FIGURES, form | sure, expect=422)
    # Another figure than the one asked about is asked about anew.
    await officer.post(FIGURES, form | sure | {"sure": "yes", "actual-W-1": "-50"}, expect=422)
    assert await tree(db) == TRANSPORT
    await officer.post(FIGURES, form | sure | {"sure": "yes", "actual-W-1": "9"})
    assert (measure := node(await tree(db), "U-1").measure) and measure.actual == 10300


async def test_the_result_is_to_be_looked_at_when_a_figure_is_corrected_after_it(year: Year) -> None:
    officer = (await year.reporting()).officers["TR"]
    hint = "이행 결과는 그대로입니다"
    await officer.post(FIGURES, {"actual-W-1": "9.4", "result-T-1": "9.4분이 되었습니다."})
    assert hint not in (await officer.get(FIGURES)).text
    await officer.post(FIGURES, {"actual-W-1": "9.9", "result-T-1": "9.4분이 되었습니다."})
    assert hint in (await officer.get(FIGURES)).text
    await officer.post(FIGURES, {"actual-W-1": "9.9", "result-T-1": "9.9분이 되었습니다."})
    assert hint not in (await officer.get(FIGURES)).text


async def test_figures_wait_for_reporting_and_close_with_it(db: Database, year: Year) -> None:
    officer = (await year.published()).officers["TR"]
    early = await officer.post(FIGURES, {"actual-W-1": "9"}, expect=409)
    assert "이행·실적 보고" in said(early)
    await year.office.post(f"{CYCLE}/advance", {"to": "scoring", "reason": "연습입니다"})
    await officer.post(FIGURES, {"actual-W-1": "9"}, expect=409)
    assert await tree(db) == TRANSPORT
    back = await year.office.post(f"{CYCLE}/advance", {"to": "reporting"}, expect=409)
    assert "단계입니다" in said(back)


async def test_a_grade_cannot_be_reported_as_a_figure(db: Database, year: Year) -> None:
    officer = (await year.reporting()).officers["TR"]
    await officer.post(FIGURES, {"actual-E-1": "100"})
    assert await tree(db) == TRANSPORT


async def test_phases_that_follow_from_their_acts_are_not_begun_by_a_press(year: Year) -> None:
    await year.reporting()
    for phase in ("voting", "tallied", "provisional", "final", "drafting"):
        await year.office.post(f"{CYCLE}/advance", {"to": phase}, expect=422)
    await year.office.post(f"{CYCLE}/advance", {"to": "nowhere"}, expect=422)


async def test_the_calendar_is_kept_in_order(year: Year) -> None:
    await year.drafted()
    days = {"planned-published": "2026-03-02", "planned-reporting": "2026-02-01"}
    refused = await year.office.post(f"{CYCLE}/calendar", days, expect=422)
    assert "순서대로" in said(refused) and "2026-02-01" in refused.text
    wrong = await year.office.post(f"{CYCLE}/calendar", {"planned-voting": "11월"}, expect=422)
    assert "날짜를" in wrong.text
    await year.office.post(
        f"{CYCLE}/calendar", {"planned-published": "2026-03-02", "planned-final": "2026-12-20"}
    )
    assert "2026년 12월 20일" in (await year.office.get(CYCLE)).text
