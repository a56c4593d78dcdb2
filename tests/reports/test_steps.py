"""How a score came about: every step with its rule, up to the total; refusals say why; another figure stores nothing."""

import pytest
from sqlmodel import col, select, update

from contracts.model import ContractNode, IndicatorMeasure, Phase
from contracts.reading import contracts_of
from evaluation.arithmetic.marks import Grade
from office.database import Database
from office.people import Role
from rehearsal.visitor import Visitor
from reports.model import Run
from reports.runs import material_from, opened
from reports.steps import steps_in
from tests.conftest import SignIn
from tests.reports.test_pages import seed_run
from tests.seeding import YEAR, seed_cycle, seed_sheet

REPORT = f"/reports/{YEAR}"
OWN = f"/agency/contracts/{YEAR}-TR/indicators"


async def test_a_figure_is_followed_from_the_past_to_the_total(db: Database, visitor: Visitor) -> None:
    await seed_run(db, published=True)
    page = (await visitor.get(f"{REPORT}/TR/steps/U-1")).text
    # F5: base 101, hi 111.1, lo 80.8, x = 103 → 78.61; 25 points → 19.65
    for said in ("평점 78.61점", "20 + 80 × (103 − 80.8) ÷ (111.1 − 80.8)", "max(101, 95.3333)", "19.65"):
        assert said in page
    for said in ("경영평가편람 43쪽", "클수록 좋습니다", "소수 2자리로 사사오입", "총점"):
        assert said in page
    picture = await visitor.get(f"{REPORT}/TR/steps/U-1/figure.svg")
    assert picture.content.startswith(b"<?xml")
    assert f"{REPORT}/TR/steps/U-1" in (await visitor.get(f"{REPORT}/TR")).text


async def test_marks_are_shown_with_what_was_left_out(db: Database, visitor: Visitor) -> None:
    await seed_run(db, published=True)
    page = (await visitor.get(f"{REPORT}/TR/steps/E-1")).text
    for said in ("A+ 1, A0 1, B+ 1", "(100 + 90 + 80) ÷ 3", "평점 90.00점", "하나씩 뺀 평균"):
        assert said in page
    assert "실적이 달랐다면" not in page
    assert (await visitor.get(f"{REPORT}/TR/steps/E-1/figure.svg")).content.startswith(b"<?xml")


async def test_a_refusal_says_why_what_to_do_and_that_it_is_not_a_zero(
    db: Database, visitor: Visitor
) -> None:
    await seed_run(db, published=True)
    page = (await visitor.get(f"{REPORT}/SA/steps/S-2")).text
    for said in ("점수 없음", "실적이 아직 없습니다", "실적을 적으면 계산합니다", "0점으로 치지 않고"):
        assert said in page
    await visitor.get(f"{REPORT}/SA/steps/S-2/figure.svg")
    # F15: 50 of 100 points are available; 96 of a target of 80 rates 20 + 80 ÷ 1.2 = 86.67
    for where in (f"{REPORT}/SA/steps/S-1", f"{REPORT}/SA"):
        other = (await visitor.get(where)).text
        assert "안전교육 (50.00점): 실적이 아직 없습니다" in other
        assert "43.33 ÷ 50 × 100 = 86.66" in other


async def test_the_stages_lead_to_the_published_total(db: Database) -> None:
    await seed_run(db, published=True)
    async with db.reading() as session:
        run = (await session.exec(select(Run))).one()
    result = await opened(run)
    rulebook, bundle = material_from(run.inputs)
    for code, indicator in (("TR", "W-1"), ("TR", "E-1"), ("CU", "U-1"), ("SA", "S-1")):
        agency = result.agency(code)
        steps = steps_in(rulebook, bundle, agency, indicator, "")
        assert steps.stages[-1].value == agency.total
        assert agency.tree.rating in {stage.value for stage in steps.stages}


async def test_another_figure_is_tried_out_and_nothing_is_stored(db: Database, visitor: Visitor) -> None:
    await seed_run(db, published=True)
    page = (await visitor.get(f"{REPORT}/TR/steps/U-1?actual=111.1")).text
    assert "평점 100.00점, 득점 25.00점입니다. 저장하지 않았습니다" in page
    assert "평점 78.61점" in page
    wrong = (await visitor.get(f"{REPORT}/TR/steps/U-1?actual=많이")).text
    assert "숫자가 아닙니다" in wrong
    assert 'value="많이"' in wrong
    await visitor.get(f"{REPORT}/TR/steps/U-1/figure.svg?actual=0")
    async with db.reading() as session:
        query = select(IndicatorMeasure).join(
            ContractNode, col(ContractNode.id) == col(IndicatorMeasure.node_id)
        )
        stored = (await session.exec(query.where(col(ContractNode.code) == "U-1"))).all()
    assert sorted(str(measure.actual) for measure in stored) == ["103", "99"]


@pytest.mark.parametrize("code", ["nothing", "T-1", "G-1"])
async def test_only_indicators_have_steps(db: Database, visitor: Visitor, code: str) -> None:
    await seed_run(db, published=True)
    await visitor.get(f"{REPORT}/TR/steps/{code}", expect=404)
    await visitor.get(f"{REPORT}/TR/steps/{code}/figure.svg", expect=404)


async def test_before_publication_the_steps_are_the_own_agencys_alone(
    db: Database, signed_in: SignIn, visitor: Visitor
) -> None:
    await seed_run(db, published=False)
    await visitor.get(f"{REPORT}/TR/steps/U-1", expect=404)
    async with signed_in(Role.HEAD, "TR") as (_, head):
        await head.get(f"{REPORT}/TR/steps/U-1")
        await head.get(f"{REPORT}/CU/steps/U-1", expect=404)
        await head.get(f"{REPORT}/CU/steps/U-1/figure.svg", expect=404)


async def test_a_past_year_that_stands_out_is_pointed_out_before_anybody_sets_it_aside(
    db: Database, signed_in: SignIn
) -> None:
    values = {"2021": "90", "2022": "92", "2023": "140", "2024": "95", "2025": "101"}
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING)
        await session.exec(
            update(IndicatorMeasure)
            .where(
                col(IndicatorMeasure.node_id).in_(
                    select(ContractNode.id).where(col(ContractNode.code) == "U-1")
                )
            )
            .values(history=values)
        )
    async with signed_in(Role.OFFICE) as (_, office):
        page = (await office.get(f"{OWN}/U-1/steps")).text
        assert "2023년 실적은 다른 해와 뚜렷이 다릅니다" in page
        assert "뚜렷이" not in (await office.get(f"{OWN}/W-1/steps")).text


async def test_an_officer_sees_what_to_expect_and_nobodys_marks(db: Database, signed_in: SignIn) -> None:
    async with db.writing() as session:
        cycle = await seed_cycle(session, Phase.REPORTING)
        contracts = {agency.code: contract for contract, agency in await contracts_of(session, cycle)}
    async with signed_in(Role.EVALUATOR) as (evaluator, _), signed_in(Role.OFFICER, "TR") as (_, officer):
        async with db.writing() as session:
            await seed_sheet(session, contracts["TR"], evaluator, {"E-1": Grade.A_PLUS}, filed=True)
        page = (await officer.get(f"{OWN}/U-1/steps")).text
        for said in ("예상 평점 78.61점", "결과가 아닙니다", "19.65"):
            assert said in page
        assert "총점" not in page.partition("<main")[2].partition("실적이 달랐다면")[0].replace(
            "총점까지", ""
        )
        await officer.get(f"{OWN}/U-1/figure.svg")
        graded = (await officer.get(f"{OWN}/E-1/steps")).text
        assert "A+ 1" not in graded
        assert "점수 없음" in graded
        await officer.get(f"{OWN}/E-1/figure.svg", expect=404)
        await officer.get(f"/agency/contracts/{YEAR}-CU/indicators/U-1/steps", expect=404)
        await officer.get(f"/agency/contracts/{YEAR}-CU/indicators/U-1/figure.svg", expect=404)


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.TRUSTEE])
async def test_expected_scores_are_for_the_agency_and_the_office(
    db: Database, signed_in: SignIn, role: Role
) -> None:
    async with db.writing() as session:
        await seed_cycle(session, Phase.REPORTING)
    async with signed_in(role) as (_, somebody):
        await somebody.get(f"{OWN}/U-1/steps", expect=403)
    async with signed_in(Role.OFFICE) as (_, office):
        await office.get(f"{OWN}/U-1/steps")
