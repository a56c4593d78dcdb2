"""The review over HTTP: handed in when complete, returned with comments, answered, accepted, signed; every round kept."""

import re

from sqlmodel import col, select

from contracts.cycles import cycle_of
from contracts.model import ContractState
from contracts.public.timeline import timeline_of
from contracts.reading import contracts_of
from office.database import Database
from office.journal import JournalEntry
from office.outbox import Message
from office.people import Role
from rehearsal.visitor import Visitor, said
from tests.contracts.conftest import CYCLE, TR, Enter, Year
from tests.contracts.test_editing import EDIT, SHEET, grown, officer, state_in, tree_in, write
from tests.seeding import YEAR

__all__ = ["officer"]
HERE = f"/agency/contracts/{TR}/review"
REVIEWS = f"/office/cycles/{YEAR}/reviews"


def comment_id(text: str) -> str:
    """The newest comment of a page that can be answered or taken back."""
    return str(re.findall(r'/comments/(\d+)/(?:answer|remove)"', text)[-1])


async def acts(db: Database) -> list[str]:
    async with db.reading() as session:
        query = select(JournalEntry.act).where(col(JournalEntry.subject) == TR).order_by(col(JournalEntry.id))
        return list(await session.exec(query))


async def letters(db: Database) -> list[tuple[str, str]]:
    """Recipient and subject of every letter about a review."""
    async with db.reading() as session:
        query = select(Message.recipient, Message.subject).where(col(Message.purpose) == "contract review")
        return list(await session.exec(query.order_by(col(Message.id))))


async def test_every_gap_is_named_with_a_link_to_its_node(db: Database, officer: Visitor) -> None:
    await grown(officer)
    await write(officer, "I-1", SHEET | {"weight": "59", "target": "", "source": "", "title": "대기시간"})
    refused = await officer.post(f"{HERE}/submit", expect=422)
    assert "고칠 곳이 3군데 있습니다" in said(refused)
    link = f'<a href="{EDIT}/node?code=I-1">대기시간</a>'
    assert f"{link}<span>목표를 적어 주십시오</span>" in refused.text
    assert f"{link}<span>자료 출처를 적어 주십시오</span>" in refused.text
    assert "배점은 100점인데 아래 항목의 합은 99점입니다" in refused.text
    assert await state_in(db) is ContractState.DRAFT and await letters(db) == []


async def test_from_the_draft_to_the_signature_with_one_return(
    db: Database, year: Year, officer: Visitor
) -> None:
    office, head = year.office, year.heads["TR"]
    await grown(officer)
    early = await head.post(f"/agency/contracts/{TR}/sign", {"totp": head.totp()}, expect=409)
    assert "아직 검토를 마치지 않은" in said(early)
    await officer.post(f"{HERE}/submit")
    assert await state_in(db) is ContractState.SUBMITTED
    closed = await officer.get(EDIT, expect=409)
    assert "검토하고 있어" in closed.text and "제출을 거두어들여 고친 뒤" in closed.text
    assert f'href="/agency/contracts/{TR}"' in closed.text and f'href="{HERE}#withdraw"' in closed.text
    assert "새로 고쳐" not in closed.text
    await officer.post(f"{HERE}/submit", expect=409)
    assert "검토할 계약이 1건" in (await office.get(CYCLE)).text

    empty = await office.post(f"{HERE}/return", expect=422)
    assert "의견을 하나 이상" in said(empty)
    await office.post(f"{HERE}/comments", {"node": "I-1", "text": " "}, expect=422)
    await office.post(f"{HERE}/comments", {"node": "I-1", "text": "목표가 너무 낮습니다."})
    await office.post(f"{HERE}/comments", {"node": "", "text": "잘못 적은 의견"})
    wrong = comment_id((await office.get(HERE)).text)
    await office.post(f"{HERE}/comments/{wrong}/remove")
    assert "목표가 너무 낮습니다" not in (await officer.get(HERE)).text
    await office.post(f"{HERE}/return")

    assert await state_in(db) is ContractState.DRAFT
    home = (await officer.get("/agency")).text
    assert "돌려보냈습니다" in home and "의견 1개" in home
    assert "목표가 너무 낮습니다." in (await officer.get(f"{EDIT}/node?code=I-1")).text
    unanswered = await officer.post(f"{HERE}/submit", expect=422)
    assert "답하지 않은 의견이 1개" in said(unanswered)
    await write(officer, "I-1", SHEET | {"target": "8"})
    number = comment_id((await officer.get(HERE)).text)
    await officer.post(f"{HERE}/comments/{number}/answer", {f"answer-{number}": ""}, expect=422)
    answered = {f"answer-{number}": "8분으로 낮추었습니다.", f"done-{number}": "yes"}
    await officer.post(f"{HERE}/comments/{number}/answer", answered)
    await officer.post(f"{HERE}/submit")

    second = (await office.get(HERE)).text
    assert (
        "2번째 검토" in second
        and "8분으로 낮추었습니다." in second
        and second.count("지난번에 낸 것과 다른 곳 1군데") == 1
        and second.index("지난번에 낸 것과 다른 곳 1군데") < second.index('id="tree"')
    )
    await office.post(f"{HERE}/accept")
    assert await state_in(db) is ContractState.ACCEPTED
    await officer.post(f"{HERE}/comments/{number}/answer", answered, expect=404)
    assert "서명을 기다리는 계약" in (await head.get("/agency")).text
    await head.post(f"/agency/contracts/{TR}/sign", {"totp": head.totp()})
    assert [act for act in await acts(db) if act != "contract.drafted"] == [
        "contract.begun", "contract.submitted", "contract.returned", "contract.submitted", "contract.accepted",
        "contract.signed-by-head",
    ]  # fmt: skip
    kept = (await officer.get(HERE)).text
    assert "목표가 너무 낮습니다." in kept and "1번째 검토" in kept and "돌려보냄" in kept


async def test_what_is_typed_in_one_box_outlives_every_other_button_of_the_page(
    year: Year, officer: Visitor
) -> None:
    office = year.office
    await grown(officer)
    await officer.post(f"{HERE}/submit")
    typed = {"node": "", "text": "전체로 보아 좋습니다."}
    turned = (await office.post(f"{HERE}/comments", typed | {"about": "I-2"}, expect=200)).text
    assert "전체로 보아 좋습니다.</textarea>" in turned and '<option value="I-2" selected>' in turned
    for node in ("I-1", "I-2"):
        await office.post(f"{HERE}/comments", {"node": node, "text": f"{node} 살펴 주십시오."})
    kept = await office.post(f"{HERE}/return", typed, expect=422)
    assert "아직 저장되지 않았습니다" in said(kept) and "전체로 보아 좋습니다.</textarea>" in kept.text
    last = comment_id(kept.text)
    gone = await office.post(f"{HERE}/comments/{last}/remove", typed, expect=200)
    assert "I-2 살펴" not in gone.text and "전체로 보아 좋습니다.</textarea>" in gone.text
    await office.post(f"{HERE}/comments", typed)
    await office.post(f"{HERE}/return", {"text": ""})

    first, second = sorted(set(re.findall(r'name="answer-(\d+)"', (await officer.get(HERE)).text)), key=int)
    answers = {f"answer-{first}": "고치는 중입니다.", f"answer-{second}": "고맙습니다."}
    away = await officer.post(f"{HERE}/comments/{first}/answer", answers | {"to": "I-1"})
    assert away.headers["location"] == f"{EDIT}/node?code=I-1"
    back = (await officer.get(HERE)).text
    assert "고치는 중입니다.</textarea>" in back and "고맙습니다.</textarea>" in back
    await officer.post(f"{HERE}/submit", answers | {f"answer-{first}": "고쳤습니다. 다시 보아 주십시오."})
    assert "고쳤습니다. 다시 보아 주십시오." in (await office.get(HERE)).text


async def test_letters_go_to_the_other_side(db: Database, year: Year, officer: Visitor) -> None:
    await grown(officer)
    await officer.post(f"{HERE}/submit")
    handed_in = "[약속] 교통국의 2026년 계약을 검토해 주십시오"
    assert await letters(db) == [("office1@example.org", handed_in), ("office2@example.org", handed_in)]
    await year.office.post(f"{HERE}/comments", {"text": "산식을 더 자세히 적어 주십시오."})
    await year.office.post(f"{HERE}/return")
    assert (await letters(db))[2:] == [("officer3@example.org", "[약속] 2026년 계약에 고칠 곳이 있습니다")]
    number = comment_id((await officer.get(HERE)).text)
    await officer.post(f"{HERE}/comments/{number}/answer", {f"done-{number}": "yes"})
    await officer.post(f"{HERE}/submit")
    await year.office.post(f"{HERE}/accept")
    done = "[약속] 2026년 계약의 검토를 마쳤습니다"
    assert (await letters(db))[5:] == [("officer3@example.org", done), ("head4@example.org", done)]


async def test_comments_are_nobody_elses(
    year: Year, officer: Visitor, enter: Enter, visitor: Visitor
) -> None:
    await grown(officer)
    await officer.post(f"{HERE}/submit")
    await year.office.post(f"{HERE}/comments", {"text": "우리끼리 하는 말"})
    await year.office.post(f"{HERE}/return")
    for somebody in (year.officers["CU"], year.heads["CU"]):
        await somebody.get(HERE, expect=404)
    await (await enter(Role.EVALUATOR)).get(HERE, expect=403)
    await visitor.get(HERE, expect=303)
    assert "우리끼리 하는 말" in (await year.heads["TR"].get(HERE)).text
    for path in ("submit", "comments", "return", "accept"):
        await year.heads["TR"].post(f"{HERE}/{path}", {"text": "x"}, expect=403)
    for path in ("comments", "return", "accept"):
        await officer.post(f"{HERE}/{path}", {"text": "x"}, expect=403)
    await year.office.post(f"{HERE}/submit", expect=403)
    await year.officers["CU"].post(f"{HERE}/submit", expect=404)


async def test_a_decided_round_takes_no_more_comments(year: Year, officer: Visitor) -> None:
    await grown(officer)
    await year.office.post(f"{HERE}/comments", {"text": "이른 말"}, expect=409)
    await officer.post(f"{HERE}/submit")
    await year.office.post(f"{HERE}/comments", {"node": "X-9", "text": "없는 항목"}, expect=404)
    await year.office.post(f"{HERE}/accept")
    await year.office.post(f"{HERE}/comments", {"text": "늦은 말"}, expect=409)
    await year.second.post(f"{HERE}/return", expect=409)


async def test_the_offices_list_begins_with_what_waits(db: Database, year: Year, officer: Visitor) -> None:
    await grown(officer)
    culture = year.officers["CU"]
    await culture.post("/agency/contracts", {"start": "blank", "agency": "문화국"})
    assert "지금 기다리는 계약은 없습니다" in (await year.office.get(REVIEWS)).text
    await officer.post(f"{HERE}/submit")
    shown = (await year.office.get(REVIEWS)).text
    assert "1건이 기다립니다" in shown and shown.index("교통국</a>") < shown.index("문화국</a>")
    only = (await year.office.get(f"{REVIEWS}?state=draft")).text
    assert "문화국</a>" in only and "교통국</a>" not in only
    await officer.get(REVIEWS, expect=403)
    async with db.reading() as session:
        assert len(await contracts_of(session, await cycle_of(session, YEAR))) == 2
    assert (await tree_in(db)).agency == "교통국"


async def test_a_submission_is_taken_back_until_the_office_decides(
    db: Database, year: Year, officer: Visitor
) -> None:
    await grown(officer)
    await officer.post(f"{HERE}/withdraw", expect=409)
    await officer.post(f"{HERE}/submit")
    await year.office.post(f"{HERE}/comments", {"node": "I-1", "text": "산식이 없습니다."})
    assert "거두어들일까요?" in (await officer.get(HERE)).text
    assert "거두어들일까요?" not in (await year.office.get(HERE)).text
    await officer.post(f"{HERE}/withdraw")
    assert await state_in(db) is ContractState.DRAFT
    assert (await letters(db))[-1] == (
        "office2@example.org",
        "[약속] 교통국에서 2026년 계약을 거두어들였습니다",
    )
    shown = (await officer.get(HERE)).text
    assert "거두어들임" in shown and "산식이 없습니다." not in shown
    assert "산식이 없습니다." in (await year.office.get(HERE)).text
    await year.office.post(f"{HERE}/accept", expect=409)
    await write(officer, "I-1", SHEET | {"target": "8"})
    await officer.post(f"{HERE}/submit")
    assert "2번째 검토" in (await year.office.get(HERE)).text
    await year.office.post(f"{HERE}/accept")
    late = await officer.post(f"{HERE}/withdraw", expect=409)
    assert "이미 정했거나" in said(late)
    assert "contract.taken-back" in await acts(db)
    async with db.reading() as session:
        cycle = await cycle_of(session, YEAR)
        (contract, _) = (await contracts_of(session, cycle))[0]
        told = [event.said for event in await timeline_of(session, cycle, contract)]
    assert "검토를 요청한 계약을 거두어들였습니다." in told
