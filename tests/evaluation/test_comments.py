"""Comments of the experts: decided by one officer, confirmed by another, read by whom they are for, and by no name."""

from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import col, select

from contracts.cycles import cycle_of, enter_phase
from contracts.keeping.replies import Kind, reply_of
from contracts.letters import ANSWER
from contracts.model import Phase
from contracts.reading import contracts_of, seen_contract
from evaluation.arithmetic.marks import Grade
from evaluation.letters import RELEASED
from evaluation.marking.comments import Comment, Desk, ReleasedComment, Scope, desks_of, order_of, released_of
from evaluation.model import RECONCILED, Assignment, Mark
from office import journal
from office.clock import now
from office.database import Database
from office.people import Role
from rehearsal.visitor import Visitor, fields, said
from tests.conftest import SignIn
from tests.contracts.conftest import Enter, enter
from tests.letters import told
from tests.seeding import YEAR, seed_cycle, seed_sheet

__all__ = ["enter"]

TR = f"{YEAR}-TR"
DESK = f"/office/cycles/{YEAR}/comments/{TR}"
PUBLIC = f"/contracts/{TR}/comments"
OWN = f"/agency/contracts/{TR}/reply/comments"
GOOD, BAD, TIP = "민원을 듣고 곧 고쳤습니다.", "기록이 늦었습니다.", "자료를 먼저 공개하십시오."

Seed = Callable[..., Awaitable[None]]


@pytest.fixture
async def seeded(db: Database, signed_in: SignIn) -> Seed:
    """`await seeded(phase)`: two evaluators' filed sheets with words, and one that is still open."""

    async def seed(phase: Phase = Phase.TALLIED) -> None:
        async with (
            signed_in(Role.EVALUATOR) as (first, _),
            signed_in(Role.EVALUATOR) as (second, _),
            signed_in(Role.EVALUATOR) as (third, _),
            db.writing() as session,
        ):
            cycle = await seed_cycle(session, phase)
            contract = next(c for c, _ in await contracts_of(session, cycle) if c.public_id == TR)
            grades: dict[str, Grade | None] = {"E-1": Grade.A_ZERO}
            one = await seed_sheet(session, contract, first, grades, filed=True)
            two = await seed_sheet(session, contract, second, grades, filed=True)
            draft = await seed_sheet(session, contract, third, grades)
            for sheet, words in (
                (one, {"strength": GOOD, "weakness": BAD}),
                (two, {"recommendation": TIP}),
                (draft, {"strength": "아직 내지 않은 말"}),
            ):
                query = select(Mark).where(col(Mark.assignment_id) == sheet.id)
                mark = (await session.exec(query)).one()
                for name, text in words.items():
                    setattr(mark, name, text)
                session.add(mark)

    return seed


async def desk_of(db: Database) -> Desk:
    async with db.reading() as session:
        return (await desks_of(session, await cycle_of(session, YEAR), TR))[0]


async def by_text(db: Database) -> dict[str, Comment]:
    return {comment.text: comment for comment in (await desk_of(db)).comments}


async def decide(db: Database, office: Visitor, **scopes: str) -> None:
    known = await by_text(db)
    form = {f"scope-{known[text].key}": scope for text, scope in scopes.items()}
    form |= {f"reason-{known[text].key}": "이름이 보입니다" for text, s in scopes.items() if s == "hidden"}
    await office.post(DESK, form)


async def release(office: Visitor, expect: int = 303) -> str:
    content = fields(await office.get(DESK), "content")
    answer = await office.post(f"{DESK}/release", {"content": content[0] if content else ""}, expect=expect)
    return said(answer) if expect != 303 else str(answer.headers["location"])


async def test_only_two_officers_together_release_comments(
    db: Database, seeded: Seed, enter: Enter, visitor: Visitor
) -> None:
    await seeded()
    first, second = await enter(Role.OFFICE), await enter(Role.OFFICE)
    assert set(await by_text(db)) == {GOOD, BAD, TIP}
    shown = (await first.get(DESK)).text
    assert "evaluator 1" not in shown and GOOD in shown and "아직 내지 않은 말" not in shown
    await decide(db, first, **{GOOD: "public", BAD: "agency"})
    assert "아직 정하지 않은 의견이 1개" in await release(first, 409)
    await decide(db, first, **{TIP: "hidden"})
    assert "done=asked" in await release(first)
    await first.post(f"{DESK}/release", {"content": (await desk_of(db)).content}, expect=409)
    assert GOOD not in (await visitor.get(PUBLIC)).text
    assert "done=released" in await release(second)
    public = (await visitor.get(PUBLIC)).text
    assert GOOD in public and BAD not in public and TIP not in public
    assert "공개한 의견 1개, 기관에만 전한 의견 1개, 가린 의견 1개" in public
    assert "evaluator 1" not in public
    officer = await enter(Role.OFFICER, "TR")
    own = (await officer.get(OWN)).text
    assert GOOD in own and BAD in own and TIP not in own and "evaluator 1" not in own
    await (await enter(Role.OFFICER, "CU")).get(OWN, expect=404)
    async with db.reading() as session:
        entries = await journal.latest(session)
        kept = (await session.exec(select(ReleasedComment))).all()
    assert not any(text in str(entry.details) for entry in entries for text in (GOOD, BAD, TIP, "이름이"))
    assert {(each.text, each.scope) for each in kept} == {(GOOD, "public"), (BAD, "agency")}
    assert [each.text for each in kept] == sorted([GOOD, BAD], key=order_of)


async def test_a_change_after_the_first_press_needs_two_officers_anew(
    db: Database, seeded: Seed, enter: Enter, visitor: Visitor
) -> None:
    await seeded()
    first, second = await enter(Role.OFFICE), await enter(Role.OFFICE)
    await decide(db, first, **{GOOD: "public", BAD: "public", TIP: "public"})
    content = (await desk_of(db)).content
    await release(first)
    await decide(db, second, **{BAD: "hidden"})
    stale = await second.post(f"{DESK}/release", {"content": content}, expect=409)
    assert "공개 범위가 바뀌었습니다" in said(stale)
    assert "done=asked" in await release(second)
    assert "done=released" in await release(first)
    assert BAD not in (await visitor.get(PUBLIC)).text
    assert "이미 이대로" in said(
        await first.post(f"{DESK}/release", {"content": (await desk_of(db)).content}, expect=409)
    )
    await decide(db, first, **{GOOD: "hidden"})
    assert GOOD in (await visitor.get(PUBLIC)).text
    await release(first)
    await release(second)
    assert GOOD not in (await visitor.get(PUBLIC)).text


async def test_what_is_hidden_needs_a_reason_and_the_original_stays(
    db: Database, seeded: Seed, enter: Enter
) -> None:
    await seeded()
    office = await enter(Role.OFFICE)
    key = (await by_text(db))[BAD].key
    refused = await office.post(DESK, {f"scope-{key}": "hidden"}, expect=422)
    assert "가리는 이유를" in said(refused)
    wrong = await office.post(DESK, {f"scope-{key}": "everybody"}, expect=422)
    assert "하나를 골라" in said(wrong)
    await office.post(
        DESK, {f"scope-{key}": "hidden", f"reason-{key}": "담당자 이름이 있습니다", "rest": "public"}
    )
    decided = await by_text(db)
    assert (decided[BAD].scope, decided[BAD].reason) == (Scope.HIDDEN, "담당자 이름이 있습니다")
    assert decided[GOOD].scope is decided[TIP].scope is Scope.PUBLIC
    async with db.reading() as session:
        assert BAD in {mark.weakness for mark in await session.exec(select(Mark))}


async def test_nothing_is_released_while_marks_or_votes_can_still_be_given(
    db: Database, seeded: Seed, enter: Enter
) -> None:
    await seeded(Phase.SCORING)
    office = await enter(Role.OFFICE)
    await decide(db, office, **{GOOD: "public", BAD: "public", TIP: "public"})
    assert "개표가 끝나야" in (await office.get(DESK)).text
    form = {"content": (await desk_of(db)).content}
    await office.post(f"{DESK}/release", form, expect=409)
    async with db.writing() as session:
        await enter_phase(session, await cycle_of(session, YEAR), Phase.VOTING, "test")
    await office.post(f"{DESK}/release", form, expect=409)


async def test_words_of_the_second_round_take_the_place_of_the_first_and_are_decided_anew(
    db: Database, seeded: Seed, enter: Enter
) -> None:
    await seeded()
    await decide(db, await enter(Role.OFFICE), **{GOOD: "public"})
    async with db.writing() as session:
        mark = (await session.exec(select(Mark).where(col(Mark.strength) == GOOD))).one()
        session.add(
            Mark(
                assignment_id=mark.assignment_id,
                indicator_code="E-1",
                round=RECONCILED,
                grade=Grade.A_ZERO,
                strength="다시 보니 더 잘했습니다.",
                weakness=BAD,
            )
        )
    assert GOOD in await by_text(db)
    async with db.writing() as session:
        assignment = (
            await session.exec(select(Assignment).where(col(Assignment.id) == mark.assignment_id))
        ).one()
        assignment.reconciled_at = now()
        session.add(assignment)
    known = await by_text(db)
    assert set(known) == {"다시 보니 더 잘했습니다.", BAD, TIP}
    assert known["다시 보니 더 잘했습니다."].scope is None


async def test_the_body_answers_public_comments_once(
    db: Database, seeded: Seed, enter: Enter, visitor: Visitor
) -> None:
    await seeded()
    officer, head = await enter(Role.OFFICER, "TR"), await enter(Role.HEAD, "TR")
    early = await officer.post(OWN, {"text": "고맙습니다."}, expect=409)
    assert "공개된 평가 의견이 없어" in said(early)
    first, second = await enter(Role.OFFICE), await enter(Role.OFFICE)
    await decide(db, first, **{GOOD: "public", BAD: "public", TIP: "agency"})
    await release(first)
    await release(second)
    assert len(await told(db, RELEASED.purpose)) == len(("officer", "head"))
    assert "평가 의견에 답변하실 수 있습니다" in (await officer.get("/agency")).text
    assert "1000자 안으로" in said(await officer.post(OWN, {"text": "가" * 1001}, expect=422))
    await officer.post(OWN, {"text": "기록을 앞당기겠습니다."})
    assert len(await told(db, ANSWER.purpose)) == 1
    assert "답변하실 수 있습니다" not in (await officer.get("/agency")).text
    assert "답변이 내보내기를 기다립니다" in (await head.get("/agency")).text
    assert "앞당기겠습니다" not in (await visitor.get(PUBLIC)).text
    read = await head.get(OWN)
    await head.post(f"{OWN}/release", {"mark": fields(read, "mark")[0]})
    public = (await visitor.get(PUBLIC)).text
    assert "기관의 답변" in public and "앞당기겠습니다" in public
    await officer.post(OWN, {"text": "또"}, expect=409)
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, TR, None)
        assert await reply_of(session, contract) is None
        assert await reply_of(session, contract, Kind.ANSWER) is not None
        _, found = await released_of(session, contract, Scope.PUBLIC)
    assert [each.aspect for each in found["E-1"]] == ["strength", "weakness"]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.EVALUATOR, Role.VERIFIER, Role.TRUSTEE])
async def test_moderating_is_the_office_s(seeded: Seed, enter: Enter, role: Role) -> None:
    await seeded()
    somebody = await enter(role, "TR" if role in (Role.OFFICER, Role.HEAD) else None)
    for address in (f"/office/cycles/{YEAR}/comments", DESK):
        await somebody.get(address, expect=403)
    await somebody.post(DESK, {}, expect=403)
    await somebody.post(f"{DESK}/release", {}, expect=403)


async def test_the_list_says_how_far_every_contract_is(db: Database, seeded: Seed, enter: Enter) -> None:
    await seeded()
    first, second = await enter(Role.OFFICE), await enter(Role.OFFICE)
    listed = f"/office/cycles/{YEAR}/comments"
    assert "정하는 중" in (await first.get(listed)).text
    await decide(db, first, **{GOOD: "public", BAD: "public", TIP: "public"})
    assert "모두 정함" in (await first.get(listed)).text
    await release(first)
    assert "두 번째 담당자 기다림" in (await first.get(listed)).text
    await release(second)
    assert "공개함" in (await first.get(listed)).text
    await first.get(f"/office/cycles/{YEAR}/comments/{YEAR}-XX", expect=404)
