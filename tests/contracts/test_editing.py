"""Drafting over HTTP: written node by node, kept when mistyped, never overwritten unseen, ordered, weighed and removed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from contracts.cycles import cycle_of
from contracts.model import ContractState
from contracts.reading import contracts_of, trees_of
from contracts.terms.tree import ContractTree, Kind, Method, walk
from contracts.writing.drafting import public_id_of
from contracts.writing.wording import years_before
from office.database import Database
from office.people import Role
from rehearsal.visitor import Visitor, said
from tests.contracts.conftest import TR, Enter, Year
from tests.seeding import TRANSPORT, YEAR

EDIT = f"/agency/contracts/{TR}/edit"
SHEET = {
    "title": "버스 평균 대기시간",
    "weight": "60",
    "definition": "정류소에서 버스를 기다린 시간의 평균",
    "formula": "기다린 시간의 합 ÷ 탄 사람 수",
    "unit": "분",
    "direction": "down",
    "source": "버스정보시스템",
    "supplied_by": "교통국",
    "checked_by": "감사위원회",
    "baseline": "12.5",
    "target": "10",
}


async def tree_in(db: Database) -> ContractTree:
    async with db.reading() as session:
        return next(iter((await trees_of(session, await cycle_of(session, YEAR))).values()))


async def state_in(db: Database) -> ContractState:
    async with db.reading() as session:
        return (await contracts_of(session, await cycle_of(session, YEAR)))[0][0].state


def hidden(text: str, name: str) -> str:
    """What a page's form carries unseen, the first of that name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found[1]


async def write(visitor: Visitor, code: str, typed: Mapping[str, str], expect: int = 303) -> str:
    """Open a node's page and save what is typed into it."""
    shown = (await visitor.get(f"{EDIT}/node?code={code}")).text
    form = {"code": code, "seen": hidden(shown, "seen"), **typed}
    return (await visitor.post(f"{EDIT}/node", form, expect=expect)).text


@pytest.fixture
async def officer(year: Year) -> Visitor:
    """An officer whose agency has begun its first contract, in a cycle without any."""
    await year.office.post("/office/cycles", {"year": str(YEAR), "title": "올해의 성과평가"})
    officer = year.officers["TR"]
    assert "계약 쓰기 시작" in (await officer.get("/agency")).text
    await officer.post("/agency/contracts", {"start": "blank"}, expect=422)
    begun = await officer.post("/agency/contracts", {"start": "blank", "agency": "교통국"})
    assert begun.headers["location"].startswith(EDIT)
    return officer


async def grown(officer: Visitor) -> Visitor:
    """A goal of 100, a task below it, an indicator of 60 and one of 40 below that."""
    await officer.post(f"{EDIT}/new", {"kind": "goal", "title": "편한 이동", "weight": "100"})
    task = {"kind": "task", "under": "G-1", "title": "기다림 줄이기", "weight": "100"}
    await officer.post(f"{EDIT}/new", {**task, "promise": "10분 안에 버스가 옵니다.", "on_ballot": "yes"})
    indicator = {"kind": "indicator", "under": "T-1"}
    await officer.post(f"{EDIT}/new", {**indicator, "method": "target_ratio", **SHEET})
    graded = {
        "method": "nine_grade",
        "title": "불편 해소 노력",
        "weight": "40",
        "definition": "민원을 고친 과정",
    }
    facts = {name: SHEET[name] for name in ("source", "supplied_by", "checked_by")}
    await officer.post(f"{EDIT}/new", {**indicator, **graded, **facts})
    return officer


async def test_a_contract_is_written_from_nothing(db: Database, officer: Visitor) -> None:
    empty = (await officer.get(EDIT)).text
    assert "첫 항목부터 적어 주십시오" in empty
    await grown(officer)
    tree = await tree_in(db)
    assert [(node.code, node.kind, str(node.weight)) for _, node in walk(tree)] == [
        ("G-1", Kind.GOAL, "100"), ("T-1", Kind.TASK, "100"), ("I-1", Kind.INDICATOR, "60"), ("I-2", Kind.INDICATOR, "40"),
    ]  # fmt: skip
    waiting = tree.children[0].children[0].children[0].measure
    assert waiting and (waiting.method, waiting.target) == (Method.TARGET_RATIO, Decimal(10))
    assert (waiting.formula, waiting.checked_by) == (SHEET["formula"], "감사위원회")
    assert tree.children[0].children[0].on_ballot
    shown = (await officer.get(EDIT)).text
    assert "아래 항목의 합 100 / 100점, 꼭 맞습니다" in shown and "이제 제출할 수 있습니다" in shown


async def test_a_second_officer_cannot_begin_what_has_been_begun(officer: Visitor, enter: Enter) -> None:
    colleague = await enter(Role.OFFICER, "TR")
    again = await colleague.post("/agency/contracts", {"start": "blank"}, expect=409)
    assert "이미 있습니다" in said(again)


async def test_a_tree_may_be_of_any_depth_and_says_the_sum_at_every_level(
    db: Database, officer: Visitor
) -> None:
    await officer.post(f"{EDIT}/new", {"kind": "goal", "title": "편한 이동", "weight": "100"})
    await officer.post(f"{EDIT}/new", {"kind": "goal", "under": "G-1", "title": "버스", "weight": "30"})
    for title, weight in (("노선", "20"), ("정류소", "8")):
        form = {"kind": "task", "under": "G-2", "title": title, "weight": weight}
        await officer.post(f"{EDIT}/new", form)
    shown = (await officer.get(EDIT)).text
    assert "아래 항목의 합 28 / 30점, 2점이 남았습니다" in shown
    assert "아래 항목의 합 30 / 100점, 70점이 남았습니다" in shown
    depths = {node.title: len(titles) for titles, node in walk(await tree_in(db))}
    assert depths == {"편한 이동": 1, "버스": 2, "노선": 3, "정류소": 3}
    await officer.post(f"{EDIT}/new", {"kind": "indicator", "under": "G-2", "title": "x"}, expect=404)


async def test_bad_input_keeps_what_was_typed_and_names_the_field(db: Database, officer: Visitor) -> None:
    await grown(officer)
    before = await tree_in(db)
    typed = {
        "title": "=HYPERLINK(1)",
        "weight": "많이",
        "target": "십",
        "history-2024": "1,2,3",
        "unit": "분" * 41,
    }
    page = await write(officer, "I-1", SHEET | typed, expect=422)
    for name in typed:
        assert f'id="field-{name}-error"' in page, name
    assert "=HYPERLINK(1)" in page and 'value="많이"' in page and 'value="1,2,3"' in page
    assert await tree_in(db) == before
    added = {"kind": "task", "under": "G-1", "title": "", "weight": "101", "promise": "적어 둔 약속"}
    refused = (await officer.post(f"{EDIT}/new", added, expect=422)).text
    assert "이름을 적어 주십시오" in refused and "0부터 100까지" in refused and "적어 둔 약속" in refused
    assert await tree_in(db) == before


@pytest.mark.parametrize(
    ("method", "typed", "stored"),
    [
        ("target_range", {"setting-main": "yes", "setting-outlier": "2023"}, {"main": "yes", "outlier": "2023"}),
        (
            "long_term",
            {"setting-start_year": "2023", "setting-start": "1,000", "setting-goal_year": "2030년", "setting-goal": "2000"},
            {"start_year": "2023", "start": "1000", "goal_year": "2030", "goal": "2000"},
        ),
        ("criteria", {f"setting-values-{i}": str(v) for i, v in enumerate((95, 90, 85, 80, 75), 1)}, {"values": "95 90 85 80 75"}),
        (
            "tiered",
            {"setting-tiers-limit-1": "200", "setting-tiers-base-1": "20", "setting-tiers-limit-2": "100",
             "setting-tiers-base-2": "60", "setting-tiers-base-rest": "80"},
            {"tiers": "200:20 100:60 :80"},
        ),
        ("bonus", {"setting-maximum": "3"}, {"maximum": "3"}),
    ],
)  # fmt: skip
async def test_every_method_has_its_settings_as_labelled_fields(
    db: Database, officer: Visitor, method: str, typed: dict[str, str], stored: dict[str, str]
) -> None:
    await officer.post(f"{EDIT}/new", {"kind": "task", "title": "과제", "weight": "100"})
    where = {"kind": "indicator", "under": "T-1", "method": method}
    shown = (await officer.get(f"{EDIT}/new?kind=indicator&under=T-1&method={method}")).text
    assert all(f'name="{name}"' in shown for name in typed)
    await officer.post(f"{EDIT}/new", {**where, "title": "지표", "direction": "up", **typed})
    measure = (await tree_in(db)).children[0].children[0].measure
    assert measure and dict(measure.settings) == stored
    page = (await officer.get(f"{EDIT}/node?code=I-1")).text
    for name, value in typed.items():
        if value != "yes":
            assert re.search(
                rf'name="{name}"[^>]*value="{value.removesuffix("년").replace(",", "")}"', page
            ), name


async def test_half_a_setting_is_refused_at_its_field(officer: Visitor) -> None:
    await officer.post(f"{EDIT}/new", {"kind": "task", "title": "과제", "weight": "100"})
    where = {"kind": "indicator", "under": "T-1", "title": "지표"}
    form = {**where, "method": "criteria", "setting-values-1": "95", "setting-values-2": "90"}
    page = (await officer.post(f"{EDIT}/new", form, expect=422)).text
    assert (
        "다섯 칸을 모두 숫자로" in page
        and 'id="field-setting-values-1-error"' in page
        and 'value="90"' in page
    )
    form = {**where, "method": "tiered", "setting-tiers-limit-1": "200", "setting-tiers-base-1": "20"}
    page = (await officer.post(f"{EDIT}/new", form, expect=422)).text
    assert "&#39;그 아래&#39;의 점수도" in page


async def test_graded_values_out_of_order_are_refused_by_name_and_nobody_chooses_the_direction_for_the_officer(
    db: Database, officer: Visitor
) -> None:
    await officer.post(f"{EDIT}/new", {"kind": "task", "title": "과제", "weight": "100"})
    where = {"kind": "indicator", "under": "T-1", "title": "단속률", "method": "criteria", "unit": "%"}
    shown = (await officer.get(f"{EDIT}/new?kind=indicator&under=T-1&method=criteria")).text
    assert not re.search(r'name="direction"[^>]*checked', shown)
    values = {f"setting-values-{i}": str(v) for i, v in enumerate((80, 85, 90, 95, 70), 1)}
    page = (await officer.post(f"{EDIT}/new", {**where, **values, "direction": ""}, expect=422)).text
    assert 'href="#field-direction">좋아지는 방향: 값이 커지면' in page and 'value="85"' in page
    page = (await officer.post(f"{EDIT}/new", {**where, **values, "direction": "up"}, expect=422)).text
    assert "우수: 클수록 좋은 지표라서 &#39;탁월&#39; 값(80)이 &#39;우수&#39; 값(85)보다 커야 합니다" in page
    assert 'id="field-setting-values-5-error"' not in page
    values = {f"setting-values-{i}": str(v) for i, v in enumerate((95, 90, 85, 80, 70), 1)}
    await officer.post(f"{EDIT}/new", {**where, **values, "direction": "up", "target": "130"})
    assert "올해 목표 130%는 0%와 100% 사이의 값이 아닙니다" in (await officer.get(EDIT)).text
    form = {"direction": "down"}
    page = await write(officer, "I-1", form, expect=422)
    assert "작을수록 좋은 지표라서 &#39;탁월&#39; 값(95)이 &#39;우수&#39; 값(90)보다 작아야" in page


async def test_another_method_for_a_new_indicator_takes_along_what_was_typed(
    db: Database, officer: Visitor
) -> None:
    await officer.post(f"{EDIT}/new", {"kind": "task", "title": "과제", "weight": "100"})
    where = {"kind": "indicator", "under": "T-1"}
    form = {**where, "method": "criteria", **SHEET, "setting-whole": "yes", "next": "method"}
    choice = (await officer.post(f"{EDIT}/new", form, expect=200)).text
    assert (await tree_in(db)).children[0].children == ()
    carried = dict(re.findall(r'<input type="hidden" name="([a-z][^"]*)" value="([^"]*)">', choice))
    assert carried.items() >= SHEET.items() and 'name="next" value="sheet"' in choice
    sheet = await officer.post(
        f"{EDIT}/new", {**carried, "method": "nine_grade", "next": "sheet"}, expect=200
    )
    assert SHEET["definition"] in sheet.text and 'name="target" class="krds-input" value="10"' in sheet.text
    await officer.post(f"{EDIT}/new", {**carried, "method": "target_ratio", "next": "indicator"})
    measure = (await tree_in(db)).children[0].children[0].measure
    assert measure and (measure.target, measure.method) == (Decimal(10), Method.TARGET_RATIO)


async def test_past_years_and_a_changed_method_keep_the_rest(db: Database, officer: Visitor) -> None:
    await grown(officer)
    years = years_before(YEAR)
    past = {f"history-{year}": str(10 + i) for i, year in enumerate(years)}
    await write(officer, "I-1", SHEET | past)
    await officer.post(f"{EDIT}/method", {"code": "I-1", "method": "target_range"})
    measure = (await tree_in(db)).children[0].children[0].children[0].measure
    assert measure and measure.method is Method.TARGET_RANGE and measure.definition == SHEET["definition"]
    assert measure.history == tuple((year, Decimal(10 + i)) for i, year in enumerate(years))


async def test_the_later_save_of_the_same_node_is_refused_and_shows_both(
    db: Database, officer: Visitor, enter: Enter
) -> None:
    await grown(officer)
    colleague = await enter(Role.OFFICER, "TR")
    mine = (await officer.get(f"{EDIT}/node?code=I-1")).text
    await write(colleague, "I-1", SHEET | {"target": "9", "definition": "동료가 적은 정의"})
    form = {"code": "I-1", "seen": hidden(mine, "seen"), **SHEET, "target": "8"}
    refused = await officer.post(f"{EDIT}/node", form, expect=409)
    assert "다른 분이 이 항목을 고쳤습니다" in said(refused) and "동료가 적은 정의" in refused.text
    assert 'value="8"' in refused.text
    assert (found := (await tree_in(db)).children[0].children[0].children[0].measure) and found.target == 9
    # Seen side by side, the officer's own words may stand.
    await officer.post(f"{EDIT}/node", form | {"seen": hidden(refused.text, "seen")})
    assert (found := (await tree_in(db)).children[0].children[0].children[0].measure) and found.target == 8
    # Another node was not in the way of anybody.
    await write(colleague, "T-1", {"title": "기다림 줄이기", "weight": "100", "promise": "짧게 기다립니다."})


async def test_what_was_typed_into_a_node_somebody_removed_is_offered_as_a_new_one(
    db: Database, officer: Visitor, enter: Enter
) -> None:
    await grown(officer)
    colleague = await enter(Role.OFFICER, "TR")
    mine = (await officer.get(f"{EDIT}/node?code=I-1")).text
    theirs = (await colleague.get(f"{EDIT}/node?code=I-1")).text
    branch = re.search(r'action="[^"]*/remove".*?name="seen" value="([^"]*)"', theirs, re.DOTALL)
    assert branch
    await colleague.post(f"{EDIT}/remove", {"code": "I-1", "seen": branch[1]})
    form = {
        "code": "I-1",
        "seen": hidden(mine, "seen"),
        "under": "T-1",
        "kind": "indicator",
        "method": "target_ratio",
    }
    offered = await officer.post(f"{EDIT}/node", form | SHEET, expect=409)
    assert "이 항목을 지웠습니다" in said(offered) and SHEET["definition"] in offered.text
    await officer.post(f"{EDIT}/new", form | SHEET)
    titles = [node.title for _, node in walk(await tree_in(db))]
    assert titles == ["편한 이동", "기다림 줄이기", "불편 해소 노력", SHEET["title"]]


async def test_removing_takes_what_is_below_and_only_what_was_seen(
    db: Database, officer: Visitor, enter: Enter
) -> None:
    await grown(officer)
    shown = (await officer.get(f"{EDIT}/node?code=T-1")).text
    assert "아래에 있는 항목 2개와 거기 적은 내용도 함께 지웁니다" in shown
    branch = re.search(r'action="[^"]*/remove".*?name="seen" value="([^"]*)"', shown, re.DOTALL)
    assert branch
    colleague = await enter(Role.OFFICER, "TR")
    await write(colleague, "I-2", {"title": "불편 해소 노력", "weight": "39"})
    refused = await officer.post(f"{EDIT}/remove", {"code": "T-1", "seen": branch[1]}, expect=409)
    assert "지우지 않았습니다" in said(refused)
    again = re.search(r'action="[^"]*/remove".*?name="seen" value="([^"]*)"', refused.text, re.DOTALL)
    assert again
    await officer.post(f"{EDIT}/remove", {"code": "T-1", "seen": again[1]})
    assert [node.code for _, node in walk(await tree_in(db))] == ["G-1"]


async def test_nodes_move_up_down_and_below_another(db: Database, officer: Visitor) -> None:
    await grown(officer)
    await officer.post(f"{EDIT}/new", {"kind": "task", "title": "시설 넓히기"})
    await officer.post(f"{EDIT}/move", {"code": "I-2", "to": "up"})
    await officer.post(f"{EDIT}/move", {"code": "I-1", "to": "under:T-2"})
    await officer.post(f"{EDIT}/move", {"code": "T-2", "to": "under:G-1"})
    order = [(node.code, len(titles)) for titles, node in walk(await tree_in(db))]
    assert order == [("G-1", 1), ("T-1", 2), ("I-2", 3), ("T-2", 2), ("I-1", 3)]
    await officer.post(f"{EDIT}/move", {"code": "G-1", "to": "under:T-1"}, expect=422)
    await officer.post(f"{EDIT}/move", {"code": "I-1", "to": "under:"}, expect=422)
    assert [(node.code, len(titles)) for titles, node in walk(await tree_in(db))] == order


async def test_blank_weights_are_shared_only_when_asked(db: Database, officer: Visitor) -> None:
    await officer.post(f"{EDIT}/new", {"kind": "goal", "title": "목표", "weight": "100"})
    for title, weight in (("가", "40"), ("나", ""), ("다", ""), ("라", "")):
        await officer.post(f"{EDIT}/new", {"kind": "task", "under": "G-1", "title": title, "weight": weight})
    weights = [node.weight for node in (await tree_in(db)).children[0].children]
    assert weights == [40, None, None, None]
    await officer.get(f"/agency/contracts/{TR}")
    shown = (await officer.get(f"{EDIT}/weights?under=G-1")).text
    assert "빈칸에 똑같이 나누기" in shown and "60점이 남았습니다" in shown
    form = {"under": "G-1", "weight-T-1": "39", "seen-T-1": "40", "share": "yes"}
    await officer.post(f"{EDIT}/weights", form)
    weights = [node.weight for node in (await tree_in(db)).children[0].children]
    assert weights == [39, Decimal("20.34"), Decimal("20.33"), Decimal("20.33")]
    late = await officer.post(
        f"{EDIT}/weights", {"under": "G-1", "weight-T-1": "38", "seen-T-1": "40"}, expect=422
    )
    assert "그 사이에 다른 분이 이 배점을 고쳤습니다" in late.text and 'value="38"' in late.text
    assert "가: 그 사이에" in late.text and "99.00 / 100점" in late.text.replace("99 /", "99.00 /")
    await officer.post(f"{EDIT}/weights", {"under": "G-1", "weight-T-1": "390", "seen-T-1": "39"}, expect=422)
    await officer.post(f"{EDIT}/weights", {"under": "G-1", "weight-T-1": "50", "seen-T-1": "39"})
    stored = (await officer.get(f"{EDIT}/weights?under=G-1&done=weighed")).text
    assert "저장했지만 배점의 합이 맞지 않습니다" in stored and "11점이 넘칩니다" in stored
    assert "notice-success" not in stored
    top = (await officer.get(EDIT)).text.partition('id="outline"')[0]
    assert (
        "배점의 합이 맞지 않는 곳이 5군데" in top and "합은 111점입니다" in top and "꼭 맞습니다" not in top
    )


async def test_a_year_begins_from_the_last_with_its_figures_in_the_past(db: Database, year: Year) -> None:
    officer = (await year.reporting()).officers["TR"]
    await officer.post(f"/agency/contracts/{TR}/figures", {"actual-W-1": "9.6", "actual-U-1": "103"})
    await year.office.post("/office/cycles", {"year": str(YEAR + 1), "title": "다음 해"})
    assert "지난해 계약을 바탕으로 시작" in (await officer.get("/agency")).text
    await officer.post("/agency/contracts", {"start": "last"})
    async with db.reading() as session:
        (tree,) = (await trees_of(session, await cycle_of(session, YEAR + 1))).values()
    measures = {node.code: node.measure for _, node in walk(tree) if node.measure}
    assert measures["W-1"] and measures["W-1"].history == ((YEAR, Decimal("9.6")),)
    users = measures["U-1"]
    assert users and [(year, str(value)) for year, value in users.history] == [
        (2023, "90"), (2024, "95"), (2025, "101"), (2026, "103"),
    ]  # fmt: skip
    assert (users.target, users.actual) == (None, None)
    assert measures["W-1"].baseline is None, "12.5 was where the last year began"
    assert [node.promise for _, node in walk(tree)] == [node.promise for _, node in walk(TRANSPORT)]
    assert [node.weight for _, node in walk(tree)] == [node.weight for _, node in walk(TRANSPORT)]
    edit = f"/agency/contracts/{public_id_of(YEAR + 1, 'TR')}/edit"
    page = (await officer.get(edit)).text
    assert "목표를 적어 주십시오" in page
    promised, as_it_was = sum(bool(node.promise) for _, node in walk(tree)), "약속 문장이 지난해 문장 그대로"
    assert promised and page.count(as_it_was) == promised
    weights = {f"seen-{node.code}": str(node.weight) for node in tree.children}
    await officer.post(f"{edit}/weights", {**weights, f"weight-{tree.children[0].code}": "59"})
    task = next(node for _, node in walk(tree) if node.promise)
    shown = (await officer.get(f"{edit}/node?code={task.code}")).text
    assert as_it_was in shown, "points say nothing about the sentence"
    await officer.post(f"{edit}/node", {"code": task.code, "seen": hidden(shown, "seen")})
    assert (await officer.get(edit)).text.count(as_it_was) == promised - 1


async def test_what_was_imported_is_a_draft_again_once_it_is_changed(db: Database, year: Year) -> None:
    officer = (await year.drafted()).officers["TR"]
    assert await state_in(db) is ContractState.ACCEPTED
    assert "고치면 다시 검토를 받습니다" in (await officer.get(EDIT)).text
    await write(officer, "T-2", {"title": "시설 넓히기", "weight": "40", "on_ballot": "yes"})
    assert await state_in(db) is ContractState.DRAFT
    await officer.post(f"{EDIT}/abandon", expect=409)
    expected = replace(TRANSPORT.children[1], title="시설 넓히기")
    assert (await tree_in(db)).children[1] == expected


async def test_a_draft_begun_by_mistake_is_taken_out_and_what_the_office_stored_is_not(
    year: Year, officer: Visitor
) -> None:
    await grown(officer)
    await officer.post(f"{EDIT}/abandon")
    assert "계약 쓰기 시작" in (await officer.get("/agency")).text
    await officer.post("/agency/contracts", {"start": "blank"})
    await grown(officer)
    await officer.post(f"/agency/contracts/{TR}/review/submit")
    await year.office.post(f"/agency/contracts/{TR}/review/comments", {"text": "의견"})
    await year.office.post(f"/agency/contracts/{TR}/review/return")
    await officer.post(f"{EDIT}/abandon", expect=409)
    assert "계약 지우기" not in (await officer.get(EDIT)).text


async def test_a_signed_contract_is_not_drafted(year: Year) -> None:
    await year.signed()
    officer = year.officers["TR"]
    refused = await officer.get(EDIT, expect=409)
    assert "이미 서명한 계약" in refused.text
    await officer.post(f"{EDIT}/new", {"kind": "goal", "title": "늦은 목표"}, expect=409)
    for officer_of_office in (year.office, year.second):
        await officer_of_office.post(f"/office/cycles/{YEAR}/publish")
    published = (await officer.get(EDIT, expect=409)).text
    assert "변경을 요청하여 바꿀 수" in published and f'href="/agency/contracts/{TR}/amendments"' in published
