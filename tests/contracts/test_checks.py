"""The check of figures: a verifier's verdicts, the officer's corrections, and the gate before the experts."""

import pytest

from contracts.cycles import cycle_of
from contracts.keeping.checks import checks_of, findings_of, progress_of
from contracts.reading import seen_contract
from contracts.terms.doubt import Verdict
from office import journal
from office.database import Database
from office.people import Role
from rehearsal.visitor import Visitor, fields, said
from tests.contracts.conftest import CYCLE, TR, Enter, Year
from tests.contracts.test_evidence import PAPER
from tests.seeding import YEAR

PAGE = f"/checks/{TR}"
FIGURES = f"/agency/contracts/{TR}/figures"
EVIDENCE = f"/contracts/{TR}/evidence"
OK = {"code": "W-1", "verdict-W-1": "ok", "seen-W-1": "9.6", "source-W-1": "yes"}


@pytest.fixture
async def verifier(enter: Enter) -> Visitor:
    return await enter(Role.VERIFIER)


async def verdicts(db: Database) -> dict[str, Verdict]:
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, TR, None)
        return {code: check.verdict for code, check in (await checks_of(session, contract)).items()}


async def lay(officer: Visitor, node: str) -> None:
    form = {"node": node, "clean": "yes"}
    await officer.post(
        f"/agency/contracts/{TR}/evidence", form, files={"file": ("표.pdf", PAPER + node.encode())}
    )


async def found_right(verifier: Visitor, contract: str, **figures: str) -> None:
    """A verdict of "right" on each figure by itself: `W_1="9.6"`."""
    for name, seen in figures.items():
        code = name.replace("_", "-")
        form = {"code": code, f"verdict-{code}": "ok", f"seen-{code}": seen, f"source-{code}": "yes"}
        form |= {f"looked-{code}": "yes", f"note-{code}": "대장에서 보았습니다"}
        await verifier.post(f"/checks/{contract}", form)


async def test_a_verifier_sees_what_there_is_to_check_and_saves_figure_by_figure(
    db: Database, year: Year, verifier: Visitor, visitor: Visitor
) -> None:
    await year.reporting()
    listed = (await verifier.get("/checks")).text
    assert "확인할 실적이 4개 남았습니다" in listed and f'href="{PAGE}"' in listed
    shown = (await verifier.get(PAGE)).text
    for words in ("9.6분", "10분", "12.5분", "버스정보시스템", "이 지표에 올린 증빙자료가 없습니다"):
        assert words in shown
    await verifier.post(PAGE, OK)
    assert await verdicts(db) == {"W-1": Verdict.OK}
    public = (await visitor.get(f"/contracts/{TR}/evidence")).text
    assert "확인됨" in public and "아직 확인하지 않은 실적입니다" in public
    assert "verifier" not in public
    office = (await year.office.get(f"{CYCLE}/checks")).text
    assert "확인하지 않은 실적이 3개 있습니다" in office and "verifier" in office


async def test_what_a_verdict_needs_is_asked_for_and_what_was_typed_stays(
    db: Database, year: Year, verifier: Visitor
) -> None:
    await year.reporting()
    base = {"code": "W-1", "seen-W-1": "9.6"}
    for form, words in (
        ({}, "하나를 골라"),
        ({"verdict-W-1": "fine"}, "하나를 골라"),
        ({"verdict-W-1": "differs"}, "확인한 값이나 설명을"),
        ({"verdict-W-1": "differs", "found-W-1": "열"}, "숫자만"),
        ({"verdict-W-1": "differs", "found-W-1": "9.60"}, "보고한 실적과 같은 값"),
        ({"verdict-W-1": "unclear"}, "무엇이 없어"),
        ({"verdict-W-1": "unclear", "note-W-1": "가" * 501}, "500자까지"),
        ({"verdict-W-1": "unclear", "note-W-1": "=HYPERLINK(1)"}, "수식으로"),
        ({"verdict-W-1": "ok"}, "자료 출처에서 확인하고 표시해"),
        ({"code": "U-1", "seen-U-1": "103", "verdict-U-1": "ok"}, "다른 곳에서 확인하고 표시해"),
        ({"code": "U-1", "seen-U-1": "103", "verdict-U-1": "ok", "looked-U-1": "yes"}, "어디에서 확인했는지"),
    ):
        refused = await verifier.post(PAGE, {**base, **form}, expect=422)
        assert words in said(refused)
        assert form.get("note-W-1", "") in refused.text
    await verifier.post(PAGE, {"code": "E-1", "verdict-E-1": "ok"}, expect=404)
    assert await verdicts(db) == {}


async def test_a_correction_reopens_the_check_and_both_verdicts_are_kept(
    db: Database, year: Year, verifier: Visitor, visitor: Visitor
) -> None:
    officer = (await year.reporting()).officers["TR"]
    form = {
        "code": "W-1",
        "verdict-W-1": "differs",
        "found-W-1": "9.8",
        "note-W-1": "표의 마지막 줄",
        "seen-W-1": "9.6",
    }
    await verifier.post(PAGE, form)
    own = (await officer.get(FIGURES)).text
    assert "확인할 수 없다고 본 실적이 1개" in own and "9.8분" in own and "표의 마지막 줄" in own
    assert "다름" in (await visitor.get(f"/contracts/{TR}/evidence")).text
    # The body stands by its figure, in public and beside the finding; then it corrects it after all.
    finding = fields(await officer.get(FIGURES), "finding-W-1")[0]
    answer = {"actual-W-1": "9.6", "answer-W-1": "마지막 줄은 지난해 값입니다", "finding-W-1": finding}
    await officer.post(FIGURES, answer | {"finding-W-1": "2026-01-01"}, expect=409)
    await officer.post(FIGURES, answer)
    assert "마지막 줄은 지난해 값입니다" in (await visitor.get(EVIDENCE)).text
    assert "기관의 설명 1개" in (await verifier.get("/checks")).text
    assert "기관의 설명을 읽고" in (await verifier.get(PAGE)).text
    await officer.post(FIGURES, {"actual-W-1": "9.8"})
    assert await verdicts(db) == {}
    assert "다시 확인해 주십시오" in (await verifier.get(PAGE)).text
    corrected = (await visitor.get(EVIDENCE)).text
    for words in (
        "고친 뒤 아직 확인하지 않음",
        "실적 확인 담당은 9.8분으로",
        "표의 마지막 줄",
        "지난해 값입니다",
    ):
        assert words in corrected
    assert "고친 뒤 확인 전" in (await visitor.get(f"/contracts/{TR}")).text
    stale = await verifier.post(PAGE, OK, expect=409)
    assert "그 사이에 기관이 실적을 고쳤습니다" in said(stale)
    await verifier.post(PAGE, {**OK, "seen-W-1": "9.8"})
    assert await verdicts(db) == {"W-1": Verdict.OK}
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, TR, None)
        kept = (await findings_of(session, contract))[1]["W-1"]
        entries = [entry for entry in await journal.latest(session) if entry.act == "contract.checked"]
    assert [(each.verdict, str(each.figure)) for each in kept] == [("differs", "9.6"), ("ok", "9.8")]
    for address in (EVIDENCE, f"/contracts/{TR}/indicators/W-1"):
        shown = (await visitor.get(address)).text
        assert "앞서 확인한 결과 1번" in shown and "표의 마지막 줄" in shown and "지난해 값입니다" in shown
        assert "증빙자료와 견주어 확인했습니다" not in shown, "there was no file"
    told = (await visitor.get(f"/contracts/{TR}/timeline")).text
    assert "다르다고 보았습니다: 버스 평균 대기시간, 보고 9.6분, 확인 9.8분" in told
    assert "기관의 설명을 적었습니다: 버스 평균 대기시간" in told
    assert all("표의 마지막" not in str(entry.details) for entry in entries) and len(entries) == 2


async def test_saving_one_figure_leaves_what_is_typed_beside_the_others(
    db: Database, year: Year, verifier: Visitor
) -> None:
    officer = (await year.reporting()).officers["TR"]
    typed = {
        "verdict-U-1": "differs",
        "found-U-1": "95",
        "note-U-1": "아직 쓰는 중",
        "seen-U-1": "103",
    }
    saved = await verifier.post(PAGE, OK | typed, expect=200)
    assert await verdicts(db) == {"W-1": Verdict.OK}
    assert "아직 저장하지 않은 지표가 1개 있습니다: 공공시설 이용자" in saved.text
    assert 'value="95"' in saved.text and "아직 쓰는 중" in saved.text
    nameless = {name: value for name, value in typed.items() if name != "verdict-U-1"}
    await verifier.post(PAGE, nameless | {"note-W-1": "이것도"}, expect=422)
    await verifier.post(PAGE, nameless, expect=422)  # Enter: the one figure meant, which lacks its verdict
    await lay(officer, "T-2")
    kept = await verifier.post(f"{PAGE}/rest", typed, expect=422)
    assert await verdicts(db) == {"W-1": Verdict.OK} and "아직 쓰는 중" in kept.text
    # What was typed was said of the figure that page showed.
    await officer.post(FIGURES, {"actual-U-1": "104"})
    again = await verifier.post(PAGE, OK | typed, expect=200)
    late = {name: fields(again, name)[0] for name in ("seen-U-1", "found-U-1")}
    await verifier.post(PAGE, typed | late | {"code": "U-1"}, expect=409)
    assert await verdicts(db) == {"W-1": Verdict.OK}


async def test_a_figure_found_to_be_another_one_is_nowhere_said_to_have_reached_its_target(
    year: Year, verifier: Visitor, visitor: Visitor
) -> None:
    officer = (await year.reporting()).officers["TR"]
    claim = "가운데 1개를 이루었습니다"
    before = (await visitor.get(f"/contracts/{TR}")).text
    assert claim in before and "목표를 이루었습니다" in before
    form = {"code": "W-1", "verdict-W-1": "differs", "found-W-1": "10.4", "seen-W-1": "9.6"}
    await verifier.post(PAGE, form)
    for who, address in (
        (visitor, f"/contracts/{TR}"),
        (officer, "/agency"),
        (visitor, f"/contracts/{TR}/indicators/W-1"),
    ):
        shown = (await who.get(address)).text
        assert "실적이 확인 결과와 다릅니다: 보고 9.6분, 확인 10.4분" in shown, address
        assert "목표를 이루었습니다" not in shown and "지금 9.6분: 이루었습니다" not in shown, address
    after = (await visitor.get(f"/contracts/{TR}")).text
    assert claim not in after and "실적이 확인 결과와 다르거나 확인할 수 없는 지표 1개는 따로 셉니다" in after


async def test_the_rest_is_right_where_something_backs_it_and_as_the_page_showed_it(
    db: Database, year: Year, verifier: Visitor, visitor: Visitor
) -> None:
    officer = (await year.reporting()).officers["TR"]
    await verifier.post(f"{PAGE}/rest", {}, expect=409)
    seen = {"seen-W-1": "9.6", "seen-U-1": "103"}
    bare = await verifier.post(f"{PAGE}/rest", {**seen, "source-U-1": "yes"}, expect=422)
    assert "견주어 볼 증빙자료가 없습니다" in said(bare) and await verdicts(db) == {}
    above, _, shown = bare.text.partition('id="rest"')
    assert 'name="source-W-1"' in above and 'name="source-U-1"' not in above
    assert "하나씩 확인할 실적 1개" in shown
    await verifier.post(f"{PAGE}/rest", {**seen, "seen-W-1": "9.7", "source-W-1": "yes"}, expect=409)
    await officer.post(FIGURES, {"actual-W-1": "9.7"})
    done = await verifier.post(f"{PAGE}/rest", {**seen, "seen-W-1": "9.7", "source-W-1": "yes"})
    assert await verdicts(db) == {"W-1": Verdict.OK}
    told = (await verifier.get(done.headers["location"])).text
    assert "실적 1개를 ‘맞음’으로 저장했습니다. 견줄 증빙자료가 없는 1개는 남아 있습니다" in told
    assert "자료 출처에서 확인: 버스정보시스템" in (await visitor.get(f"/contracts/{TR}/evidence")).text
    # A file of the whole contract speaks of no figure in particular; one beside the task speaks of its indicators.
    await lay(officer, "")
    await verifier.post(f"{PAGE}/rest", seen, expect=422)
    await lay(officer, "T-2")
    await verifier.post(f"{PAGE}/rest", seen)
    assert await verdicts(db) == {"W-1": Verdict.OK, "U-1": Verdict.OK}


async def test_the_result_of_a_task_stands_at_the_task(year: Year, verifier: Visitor) -> None:
    officer = (await year.reporting()).officers["TR"]
    await officer.post(FIGURES, {"actual-W-1": "9.6", "result-T-1": "배차 간격을 줄였습니다"})
    shown = (await verifier.get(PAGE)).text
    assert shown.count("배차 간격을 줄였습니다") == 1
    assert shown.index("배차 간격을 줄였습니다") < shown.index("버스 평균 대기시간")


async def test_experts_begin_when_every_figure_is_checked_or_a_reason_is_public(
    db: Database, year: Year, verifier: Visitor, visitor: Visitor
) -> None:
    await year.reporting()
    refused = await year.office.post(f"{CYCLE}/advance", {"to": "scoring"}, expect=422)
    assert "확인을 마치지 않은 실적이 4개 있습니다: 교통국 2, 문화국 2" in said(refused)
    assert 'name="reason"' in refused.text
    await found_right(verifier, TR, W_1="9.6", U_1="103")
    again = await year.office.post(f"{CYCLE}/advance", {"to": "scoring", "reason": " "}, expect=422)
    assert "문화국 2" in said(again) and "교통국" not in said(again)
    why = "확인할 사람이 병으로 자리를 비웠습니다"
    await year.office.post(f"{CYCLE}/advance", {"to": "scoring", "reason": why})
    assert why in (await visitor.get(f"/contracts/{YEAR}-CU/evidence")).text
    assert why not in (await visitor.get(f"/contracts/{TR}/evidence")).text
    async with db.reading() as session:
        entries = [entry for entry in await journal.latest(session) if entry.act == "contract.unchecked"]
    assert [(entry.subject, entry.details) for entry in entries] == [
        (f"{YEAR}-CU", {"figures": 2, "reason": why})
    ]
    told = (await visitor.get(f"/contracts/{YEAR}-CU/timeline")).text
    assert f"확인을 마치지 않은 실적 2개가 있는 채로 평가를 시작했습니다. 까닭: {why}" in told
    late = await verifier.post(PAGE, OK, expect=409)
    assert "이행·실적 보고" in said(late)
    await verifier.get(PAGE)


async def test_a_figure_known_to_be_wrong_needs_a_reason_too(year: Year, verifier: Visitor) -> None:
    await year.reporting()
    await verifier.post(PAGE, {"code": "W-1", "verdict-W-1": "differs", "found-W-1": "11", "seen-W-1": "9.6"})
    await found_right(verifier, TR, U_1="103")
    await found_right(verifier, f"{YEAR}-CU", W_1="11.2", U_1="99")
    refused = await year.office.post(f"{CYCLE}/advance", {"to": "scoring"}, expect=422)
    assert "교통국 1" in said(refused)
    assert "실적 1개가 증빙자료와 다릅니다" in (await year.office.get(f"{CYCLE}/checks")).text


async def test_with_everything_checked_no_reason_is_asked(
    db: Database, year: Year, verifier: Visitor
) -> None:
    await year.reporting()
    await found_right(verifier, TR, W_1="9.6", U_1="103")
    await found_right(verifier, f"{YEAR}-CU", W_1="11.2", U_1="99")
    assert "모두 확인했습니다" in (await verifier.get("/checks")).text
    async with db.reading() as session:
        lines = await progress_of(session, await cycle_of(session, YEAR))
    assert [(line.reported, line.waiting, line.unsettled) for line in lines] == [(2, 0, 0), (2, 0, 0)]
    await year.office.post(f"{CYCLE}/advance", {"to": "scoring"})


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.OFFICE, Role.EVALUATOR, Role.TRUSTEE])
async def test_only_verifiers_check(year: Year, enter: Enter, role: Role) -> None:
    await year.reporting()
    somebody = await enter(role, "TR" if role in (Role.OFFICER, Role.HEAD) else None)
    for address in ("/checks", PAGE):
        await somebody.get(address, expect=403)
    await somebody.post(PAGE, OK, expect=403)
    await somebody.post(f"{PAGE}/rest", {"seen-W-1": "9.6"}, expect=403)
    if role is not Role.OFFICE:
        await somebody.get(f"{CYCLE}/checks", expect=403)


async def test_nothing_is_checked_before_reporting(year: Year, verifier: Visitor) -> None:
    await year.drafted()
    await verifier.get(PAGE, expect=404)
    await verifier.post(PAGE, OK, expect=404)
    assert "아직 확인할 실적이 없습니다" in (await verifier.get("/checks")).text
