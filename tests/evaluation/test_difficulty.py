"""Difficulty before the signature: blind, apart from each other, stopped only where the office opened it, then released."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlmodel import col, select, update

from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import contracts_of, tree_of
from contracts.writing.drafting import store_contracts
from contracts.writing.stops import stop_of
from evaluation.difficulty.blinding import blind_tasks
from evaluation.difficulty.levels import median, result_of
from evaluation.difficulty.ratings import DifficultyRating, levels_of, own_rounds, rate
from evaluation.difficulty.results import release
from evaluation.difficulty.rounds import open_round, rounds_of, withdraw
from evaluation.experts.barring import TieKind
from evaluation.experts.conflicts import state_tie
from evaluation.letters import DIFFICULTY
from office.database import Database
from office.errors import Conflict, NotFound, Refused
from office.journal import latest
from office.outbox import Message
from office.people import Person, Role
from rehearsal.visitor import Authenticator
from tests.conftest import SECRET, SignIn
from tests.evaluation.test_assigning import people
from tests.seeding import CULTURE, TRANSPORT, YEAR, seed_cycle

OFFICE = f"/office/cycles/{YEAR}/difficulty"
TWO = {"level-1": "4", "level-2": "2"}


async def drafted(db: Database) -> Cycle:
    """A cycle in drafting with contracts that were accepted."""
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.DRAFTING)
        await session.exec(update(Contract).values(state=ContractState.ACCEPTED))
    return cycle


def test_the_middle_of_the_levels() -> None:
    assert median([]) is None
    assert median([5, 1, 2]) == 2
    assert median([1, 2, 4, 5]) == Decimal(3)
    assert median([2, 3]) == Decimal("2.5")


def test_the_result_has_median_spread_and_agreement() -> None:
    laid = [{"code": "T-1", "title": "하나"}, {"code": "T-2", "title": "둘"}]
    result = result_of(laid, {7: {1: 4, 2: 1}, 8: {1: 4, 2: 1}, 9: {1: 4, 2: 1}})
    assert (result.raters, result.agreement) == (3, Fraction(1))
    assert [(task.median, task.lowest, task.highest) for task in result.tasks] == [
        (Decimal(4), 4, 4),
        (Decimal(1), 1, 1),
    ]
    assert result.tasks[0].counts == (0, 0, 0, 3, 0)
    assert result_of(laid, {}).tasks[0].median is None
    alike = result_of(laid, {7: {1: 3, 2: 3}, 8: {1: 3, 2: 3}})
    assert alike.agreement is None  # nothing to agree on


def test_what_is_laid_before_the_committee_holds_no_name_code_or_result() -> None:
    tree = replace(TRANSPORT, agency_code="TR")
    blind = blind_tasks(tree, ["교통국", "TR"], ["문화국"])
    assert "교통국" not in str(blind)
    assert blind[0]["title"] == "A기관 기다림 줄이기"
    first = blind[0]["targets"][0]
    assert (first["target"], first["baseline"], first["unit"]) == ("10", "12.5", "분")
    assert blind[1]["targets"][0]["history"] == [[2023, "90"], [2024, "95"], [2025, "101"]]
    assert "노선 12개" not in str(blind)
    assert "9.6" not in str(blind)


async def test_members_rate_blind_and_apart_and_the_result_is_released(
    db: Database, signed_in: SignIn
) -> None:
    cycle = await drafted(db)
    others = await people(db, Role.EVALUATOR, 2)
    async with signed_in(Role.OFFICE) as (_, office), signed_in(Role.EVALUATOR) as (rater, member):
        assert "열지 않으면 서명을 막지 않습니다" in (await office.get(OFFICE)).text
        look = await office.get(f"{OFFICE}/{YEAR}-TR")
        assert "A기관 기다림 줄이기" in look.text
        more = await office.post(f"{OFFICE}/{YEAR}-TR", {"hidden": "버스", "then": "look"}, expect=200)
        assert "A기관를" not in more.text
        assert "정류소에서 A기관" in more.text
        await office.post(f"{OFFICE}/{YEAR}-TR", {"hidden": "가" * 1001, "then": "open"}, expect=422)
        await office.post(f"{OFFICE}/{YEAR}-TR", {"hidden": "버스", "then": "open"})
        await office.post(f"{OFFICE}/{YEAR}-TR", {"then": "open"}, expect=409)
        await office.get(f"{OFFICE}/{YEAR}-XX", expect=404)
        async with db.reading() as session:
            (opened,) = await rounds_of(session, cycle)
            query = select(Message).where(col(Message.purpose) == DIFFICULTY.purpose)
            told = list(await session.exec(query))
        assert sorted(letter.recipient for letter in told) == sorted(
            [rater.email, *(other.email for other in others)]
        )
        assert all(
            name not in f"{letter.subject} {letter.body}" for letter in told for name in ("교통국", "TR")
        )
        address = f"/evaluation/difficulty/{opened.round.id}"
        for page in (await member.get("/evaluation/difficulty"), await member.get(address)):
            for name in ("교통국", "TR", "버스"):
                assert name not in page.text, name
        kept = await member.post(address, {"level-1": "4", "level-2": "9"}, expect=422)
        assert "고르지 않은 과제" in kept.text
        await member.post(address, TWO)
        await member.post(address, {**TWO, "level-2": "3"})
        await office.post(
            f"{OFFICE}/rounds/{opened.round.id}/release", expect=422
        )  # one rating says too little
        async with db.writing() as session:
            for other in others:
                await rate(session, cycle, other, opened.round.id or 0, TWO)
        page = await member.get(address)
        assert page.text.count("checked") == 2
        assert "3명이 매겼습니다" in (await office.get(OFFICE)).text
        async with signed_in(Role.OFFICER, "TR") as (_, officer):
            own = f"/agency/contracts/{YEAR}-TR/difficulty"
            assert "결과는 없습니다" in (await officer.get(own)).text
            await office.post(f"{OFFICE}/rounds/{opened.round.id}/release")
            assert "평가위원 3명이" in (await officer.get(own)).text
            await officer.get(f"/contracts/{YEAR}-TR/difficulty", expect=404)
        async with signed_in(Role.HEAD, "CU") as (_, stranger):
            await stranger.get(own, expect=404)
        await member.post(address, TWO, expect=404)
        await office.post(f"{OFFICE}/rounds/{opened.round.id}/withdraw", expect=409)
        async with db.writing() as session:
            await session.exec(update(Contract).values(state=ContractState.PUBLISHED))
        public = await member.get(f"/contracts/{YEAR}-TR/difficulty")
        assert "평가위원 3명이" in public.text
        assert "교통국 기다림 줄이기" in public.text
        assert all(other.name not in public.text for other in others)
        empty = await member.get(f"/contracts/{YEAR}-CU/difficulty")
        assert "결과는 없습니다" in empty.text


async def test_a_contract_is_signed_only_after_the_release_but_others_do_not_wait(
    db: Database, signed_in: SignIn
) -> None:
    cycle = await drafted(db)
    raters = await people(db, Role.EVALUATOR, 3)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        opened = await open_round(session, cycle, f"{YEAR}-TR", [], officer)
    async with signed_in(Role.HEAD, "TR") as (_, head), signed_in(Role.HEAD, "CU") as (_, free):
        refused = await head.post(
            f"/agency/contracts/{YEAR}-TR/sign", {"totp": Authenticator(SECRET).code()}, expect=409
        )
        assert "난이도 평가가 끝나야" in refused.text
        await free.post(f"/agency/contracts/{YEAR}-CU/sign", {"totp": Authenticator(SECRET).code()})
        async with db.writing() as session:
            for rater in raters:
                await rate(session, cycle, rater, opened.id or 0, TWO)
            await release(session, cycle, opened.id or 0, officer)
        await head.post(f"/agency/contracts/{YEAR}-TR/sign", {"totp": Authenticator(SECRET).code()})


async def test_a_round_that_is_withdrawn_frees_the_contract_and_can_be_opened_anew(db: Database) -> None:
    cycle = await drafted(db)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        first = await open_round(session, cycle, f"{YEAR}-TR", [], officer)
        contract = await session.get(Contract, first.contract_id)
        assert contract is not None
        assert await stop_of(session, contract) is not None
        await withdraw(session, cycle, first.id or 0, officer)
        assert await stop_of(session, contract) is None
        again = await open_round(session, cycle, f"{YEAR}-TR", [], officer)
        assert [each.round.id for each in await rounds_of(session, cycle)] == [again.id]
        acts = [entry.act for entry in await latest(session, 3)]
        assert acts == ["difficulty.opened", "difficulty.withdrawn", "difficulty.opened"]


async def test_who_has_a_conflict_of_interest_does_not_know_of_the_round(
    db: Database, signed_in: SignIn
) -> None:
    cycle = await drafted(db)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with signed_in(Role.EVALUATOR) as (person, member):
        async with db.writing() as session:
            opened = await open_round(session, cycle, f"{YEAR}-TR", [], officer)
            assert len(await own_rounds(session, cycle, person)) == 1
            await state_tie(
                session,
                cycle,
                person,
                kind=TieKind.SHARES,
                body_code="TR",
                body_name="",
                since=None,
                until=None,
                note="",
            )
        await member.get(f"/evaluation/difficulty/{opened.id}", expect=404)
        await member.post(f"/evaluation/difficulty/{opened.id}", TWO, expect=404)
        async with db.reading() as session:
            assert not await levels_of(session, [opened.id])


async def test_what_changed_after_the_opening_is_not_released(db: Database) -> None:
    cycle = await drafted(db)
    raters = await people(db, Role.EVALUATOR, 3)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        opened = await open_round(session, cycle, f"{YEAR}-CU", [], officer)
        for rater in raters:
            await rate(session, cycle, rater, opened.id or 0, TWO)
        first, second = CULTURE.children
        changed = replace(CULTURE, children=(first, replace(second, promise="더 쉬운 약속")))
        await store_contracts(session, cycle, [changed], "test")
        (contract,) = [each for each, agency in await contracts_of(session, cycle) if agency.code == "CU"]
        assert "더 쉬운" in str(await tree_of(session, contract))
        with pytest.raises(Conflict):
            await release(session, cycle, opened.id or 0, officer)


@pytest.mark.parametrize("state", [ContractState.DRAFT, ContractState.HEAD_SIGNED, ContractState.SIGNED])
async def test_only_submitted_and_accepted_contracts_are_rated(db: Database, state: ContractState) -> None:
    cycle = await drafted(db)
    (officer,) = await people(db, Role.OFFICE, 1)
    async with db.writing() as session:
        await session.exec(update(Contract).values(state=state))
        with pytest.raises(Conflict):
            await open_round(session, cycle, f"{YEAR}-TR", [], officer)


async def test_after_drafting_nothing_is_opened_or_rated(db: Database) -> None:
    (officer,) = await people(db, Role.OFFICE, 1)
    rater = Person(email="rater@example.org", name="매기는 이", role=Role.EVALUATOR)
    cycle = await drafted(db)
    async with db.writing() as session:
        session.add(rater)
        opened = await open_round(session, cycle, f"{YEAR}-TR", [], officer)
        with pytest.raises(Refused):
            await rate(session, cycle, rater, opened.id or 0, {})
        with pytest.raises(NotFound):
            await rate(session, cycle, rater, 999, TWO)
        cycle.phase = Phase.PUBLISHED
        with pytest.raises(Conflict):
            await rate(session, cycle, rater, opened.id or 0, TWO)
        with pytest.raises(Conflict):
            await open_round(session, cycle, f"{YEAR}-CU", [], officer)
        assert not list(await session.exec(select(DifficultyRating)))


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.HEAD, Role.OFFICER, Role.TRUSTEE])
async def test_opening_and_releasing_are_the_offices_alone(
    db: Database, signed_in: SignIn, role: Role
) -> None:
    await drafted(db)
    async with signed_in(role, "TR") as (_, visitor):
        await visitor.get(OFFICE, expect=403)
        await visitor.post(f"{OFFICE}/{YEAR}-TR", {"then": "open"}, expect=403)
        await visitor.post(f"{OFFICE}/rounds/1/release", expect=403)
        if role is not Role.EVALUATOR:
            await visitor.get("/evaluation/difficulty", expect=403)
