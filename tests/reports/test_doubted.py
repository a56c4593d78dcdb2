"""A figure the check doubts: scored as reported, counted by itself, and said wherever the result is read."""

from decimal import Decimal

from sqlmodel import select

from contracts.cycles import cycle_of
from contracts.keeping.checks import FigureCheck, checks_of
from contracts.keeping.replies import ContractReply, Kind
from contracts.model import Contract
from contracts.public.survey import survey_of
from contracts.reading import published_pairs
from contracts.terms.doubt import Doubt, Verdict, doubts_among
from contracts.terms.standing import standing_of, together
from evaluation.arithmetic.branches import way_to
from office.clock import now
from office.database import Database
from office.people import Person, Role
from rehearsal.visitor import Visitor
from reports.recomputation import material_of, recompute
from reports.runs import make_run, opened
from tests.conftest import SignIn
from tests.reports.test_runs import RUNS, result, seed_counted, the_run
from tests.seeding import YEAR

D = Decimal
BOTH = "실적이 확인 결과와 다릅니다: 보고 9.6분, 확인 10.4분"


async def doubt(db: Database, by: Person) -> None:
    """W-1 of the transport bureau was found to be another figure, U-1 of the culture bureau cannot be told."""
    async with db.writing() as session:
        numbers = dict((await session.exec(select(Contract.public_id, Contract.id))).all())
        for code, indicator, verdict, figure, found in (
            ("TR", "W-1", Verdict.UNCLEAR, D("9.6"), None),
            ("TR", "W-1", Verdict.DIFFERS, D("9.6"), D("10.4")),
            ("TR", "U-1", Verdict.DIFFERS, D("77"), D("78")),
            ("CU", "W-1", Verdict.DIFFERS, D("11.2"), D("9")),
            ("CU", "W-1", Verdict.OK, D("11.2"), None),
            ("CU", "U-1", Verdict.UNCLEAR, D("99"), None),
        ):
            session.add(
                FigureCheck(
                    contract_id=numbers[f"{YEAR}-{code}"] or 0,
                    indicator_code=indicator,
                    verdict=verdict,
                    figure=figure,
                    found=found,
                    note="표를 다시 셌습니다",
                    checked_by=by.id or 0,
                    checked_at=now(),
                )
            )


async def test_the_same_figures_are_doubted_in_the_database_and_in_the_trees(db: Database) -> None:
    await doubt(db, await seed_counted(db, votes=False))
    async with db.reading() as session:
        cycle = await cycle_of(session, YEAR)
        survey = await survey_of(session, cycle)
        counted = {
            agency.code: standing_of([tree], doubts_among(await checks_of(session, contract)))
            for contract, agency, tree in await published_pairs(session, cycle)
        }
    assert {line.agency_code: line.standing for line in survey.lines} == counted
    assert survey.standing == together(counted.values())
    found = {code: (each.met, each.missed, each.doubted, each.unknown) for code, each in counted.items()}
    assert found == {"TR": (0, 1, 1, 0), "CU": (0, 1, 1, 0), "SA": (0, 1, 0, 1)}


async def test_a_doubted_figure_scores_as_reported_and_is_neither_kept_nor_failed(db: Database) -> None:
    officer = await seed_counted(db)
    await make_run(db, YEAR, officer)
    before = await result(db)
    await doubt(db, officer)
    await make_run(db, YEAR, officer)
    run = await the_run(db, 2)
    assert recompute(run.inputs.encode()) == run.result.encode()
    assert material_of(run.inputs.encode())[1].doubts == {
        "CU": {"U-1": Doubt(Verdict.UNCLEAR, D(99))},
        "TR": {"W-1": Doubt(Verdict.DIFFERS, D("9.6"), D("10.4"))},
    }
    after = await opened(run)
    for code, met, missed in (("TR", 0, 1), ("CU", 0, 1), ("SA", 0, 1)):
        was, now_is = before.agency(code), after.agency(code)
        assert (was.total, was.rank, was.tree.score) == (now_is.total, now_is.rank, now_is.tree.score)
        assert (now_is.met, now_is.missed) == (met, missed)
        assert was.met + was.missed == met + missed + now_is.apart
    leaf = way_to(after.agency("TR").tree, "W-1")[-1]
    assert (leaf.met, leaf.rating) == (None, D("100.00"))


async def test_the_office_is_told_before_a_run_and_everybody_after_it(
    db: Database, signed_in: SignIn, visitor: Visitor
) -> None:
    seeded = await seed_counted(db)
    await doubt(db, seeded)
    async with signed_in(Role.OFFICE) as (_, one), signed_in(Role.OFFICE) as (_, two):
        told = "확인 결과와 다르거나 확인할 수 없는 실적 2개가 보고한 값으로 계산됩니다"
        assert told in (await one.get("/office")).text
        waiting = (await one.get(RUNS)).text
        assert BOTH in waiting and "소명을 내지 않았습니다" in waiting and "보고한 값 그대로" in waiting
        await one.post(RUNS)
        await one.post(f"{RUNS}/1/publish")
        assert BOTH in (await two.get(RUNS)).text
        await two.post(f"{RUNS}/1/publish")
    ranking = (await visitor.get(f"/ranking/{YEAR}")).text
    assert "기관 2곳에 확인 결과와 다르거나 확인할 수 없는 실적이 있습니다" in ranking
    assert f"/reports/{YEAR}/TR#doubts" in ranking and "다름·확인 불가 1개" in ranking
    report = (await visitor.get(f"/reports/{YEAR}/TR")).text
    for words in (
        BOTH,
        "점수는 기관이 보고한 실적으로 냈습니다",
        "확인한 값 10.4분",
        "소명을 내지도 않았습니다",
    ):
        assert words in report
    async with db.writing() as session:
        for row in await session.exec(select(FigureCheck)):
            row.answer, row.answered_at = "공사 구간을 뺀 값입니다", row.checked_at
    answered = (await visitor.get(f"/reports/{YEAR}/TR")).text
    assert "소명을 내지도 않았습니다" not in answered and "기관의 소명 읽기" in answered
    assert f"/contracts/{YEAR}-TR/evidence" in report and "1개는 따로 셉니다" in report
    assert (await visitor.get(f"/reports/{YEAR}/TR/report.pdf")).content.startswith(b"%PDF")
    assert BOTH in (await visitor.get(f"/reports/{YEAR}/TR/steps/W-1")).text
    assert "실적을 확인할 수 없었습니다: 보고 99천 명" in (await visitor.get(f"/reports/{YEAR}/CU")).text
    scores = (await visitor.get(f"/api/v1/cycles/{YEAR}/results")).json()["agencies"]
    assert {each["agency_code"]: each["doubted"] for each in scores} == {"TR": 1, "CU": 1, "SA": 0}
    line = (await visitor.get(f"/api/v1/contracts/{YEAR}-TR/indicators/W-1")).json()
    assert (line["actual"], line["reached"], line["check"], line["found"]) == ("9.6", None, "differs", "10.4")
    contract = (await visitor.get(f"/api/v1/contracts/{YEAR}-TR")).json()["contract"]
    assert (contract["reached"], contract["missed"], contract["doubted"]) == (0, 1, 1)
    rows = (await visitor.get(f"/contracts/{YEAR}/data/indicators.csv")).content.decode("utf-8-sig")
    assert any(",9.6,,differs,10.4," in row for row in rows.splitlines())
    listed = (await visitor.get("/contracts")).text
    assert "지표 2개는 따로 셉니다" in listed and BOTH in listed
    home = (await visitor.get("/")).text
    assert BOTH in home and "확인할 수 없는 2개는 따로 셉니다" in home
    async with db.writing() as session:
        of = select(Contract.id).where(Contract.public_id == f"{YEAR}-TR")
        number = (await session.exec(of)).one() or 0
        reply = ContractReply(
            contract_id=number,
            kind=Kind.REPLY,
            text="다시 셌습니다.",
            written_by=seeded.id or 0,
            written_at=now(),
        )
        reply.released_by, reply.released_at = seeded.id, now()
        session.add(reply)
    assert f'href="/contracts/{YEAR}-TR#reply"' in (await visitor.get(f"/reports/{YEAR}/TR")).text
