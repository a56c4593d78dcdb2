"""The report an agency head holds, and the pictures in it: right, readable by a machine, the same bytes each time."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from contracts.files.exporting import template_csv
from contracts.files.importing import parse
from contracts.public.original import Signature, contract_original
from contracts.terms.canonical import contract_fingerprint
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from office.charts import Size, wrapped
from office.decimals import shown
from office.i18n import language
from reports.documents import agency_report, simulated_notice
from reports.figures import comparison, league_table, mean_points, votes_bars
from reports.ranking import Result, evaluate
from reports.remarks import beside_the_target
from reports.sentences import three_sentences
from tests.reports.test_ranking import RULES, A, B, C, bundle

D = Decimal
NOW = datetime(2026, 11, 21, 5, 3, tzinfo=UTC)
RUN, BOOK = "ab" * 32, "cd" * 32


@pytest.fixture(scope="module")
def result() -> Result:
    return evaluate(
        RULES, bundle(("가", "50", B, (300, 100)), ("나", "100", A, (100, 50)), ("다", None, [], (160,)))
    )


def report(result: Result, code: str) -> bytes:
    return agency_report(result, code, run_sha256=RUN, rulebook_sha256=BOOK, made_at=NOW)


def words(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def test_the_report_says_rank_total_parts_and_how_to_check_it(result: Result) -> None:
    said = words(report(result, "나"))
    for expected in (
        "기관 나",
        "68.75",
        "공개되어 누구나 다시 계산할 수 있습니다",
        "잠정 결과",
        "2026년 11월 21일(토) 14:03 (한국 시각)",
    ):
        assert expected in said
    assert "총점은 68.75점으로, 순위를 매긴 2개 기관 가운데 2위입니다" in said
    assert RUN in said.replace(" ", "")
    assert BOOK in said.replace(" ", "")


def test_a_report_printed_before_publication_passes_for_no_published_one(result: Result) -> None:
    printed = agency_report(
        result, "나", run_sha256=RUN, rulebook_sha256=BOOK, made_at=NOW, status="unpublished"
    )
    said = words(printed)
    assert "아직 공개하지 않은 결과" in said and "공개할 때 함께 공개되어" in said
    assert "잠정 결과" not in said and "모두 공개되어" not in said


def test_a_full_rating_beside_a_missed_target_says_by_what_it_was_rated() -> None:
    past = ((2024, D("46")), (2025, D("46")))
    measure = Measure(
        Direction.DOWN, Method.TARGET_RANGE, unit="건", history=past, target=D("39.8"), actual=D("41")
    )
    accidents = Node("1-1", "보호구역 사고", Kind.INDICATOR, D(100), measure=measure)
    task = Node("1", "과제", Kind.TASK, D(100), on_ballot=True, children=(accidents,))
    kept = bundle(("가", "50", [], (9,)))
    told = evaluate(
        RULES, replace(kept, contracts=(ContractTree("가", "기관 가", children=(task,)),), grades={})
    )
    node = told.agency("가").tree.children[0].children[0]
    assert (node.met, node.rating) == (False, D("100.00"))
    said = beside_the_target(node)
    assert "최고·최저목표" in said and said in words(report(told, "가"))
    rated_by_the_target = evaluate(RULES, bundle(("가", "50", B, (9,)))).agency("가").tree
    assert beside_the_target(rated_by_the_target.children[0].children[0]) == ""


def test_the_report_is_tagged_in_korean_and_carries_its_fonts(result: Result) -> None:
    pdf = report(result, "가")
    assert b"pdfuaid" in pdf
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "ko-KR"
    assert reader.metadata is not None
    assert reader.metadata.title == "기관 가 2026 성과평가 보고서"
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = [font for each in resources for font in each["/Font"].values()]
    assert fonts
    assert all("PretendardGOV" in font.get_object()["/BaseFont"] for font in fonts)


def test_the_same_run_prints_the_same_bytes(result: Result) -> None:
    assert report(result, "가") == report(result, "가")


def test_an_unranked_agency_has_a_report_that_says_why(result: Result) -> None:
    said = words(report(result, "다"))
    assert "순위를 매기지 않았습니다: 점수를 매길 수 있는 지표가 없습니다" in said
    assert "점수 없음: 실적이 아직 없습니다" in said


def test_an_agency_that_is_not_in_the_run_has_no_report(result: Result) -> None:
    with pytest.raises(KeyError):
        report(result, "라")


def test_made_up_inputs_are_announced_on_the_first_page(result: Result) -> None:
    pretended = replace(result, simulated=("평정", "계약"))
    assert "모의 자료가 들어 있습니다: 평정, 계약. 실제 평가 결과가 아닙니다." in words(
        report(pretended, "가")
    )
    assert simulated_notice(result) == ""


def test_three_sentences_say_where_from_what_and_how_kept(result: Result) -> None:
    assert three_sentences(result, "나") == (
        "총점은 68.75점으로, 순위를 매긴 2개 기관 가운데 2위입니다(평균 76.38점, 최고 84.00점).",
        "부문별로는 이행 실적 50.00점(50점 만점), 도민 투표 18.75점(50점 만점)입니다.",
        "목표가 있는 지표 1개 가운데 1개가 목표를 이루었고, 투표에 오른 과제 2건은 평균 75.00표를 받았습니다.",
    )
    assert (
        three_sentences(result, "다")[1]
        == "부문별로는 이행 실적 점수 없음, 도민 투표 40.00점(50점 만점)입니다."
    )


def test_a_shared_rank_is_called_shared() -> None:
    tied = evaluate(RULES, bundle(("가", "50", C, (9,)), ("나", "50", C, (9,))))
    assert "공동 1위" in three_sentences(tied, "가")[0]


def test_the_mean_of_a_part_is_that_of_the_ranked(result: Result) -> None:
    assert [mean_points(result, place) for place in (0, 1)] == [D("42.00"), D("34.38")]


@pytest.mark.parametrize("size", Size)
def test_figures_say_what_the_result_says(result: Result, size: Size) -> None:
    league = league_table(result, highlight="나", size=size).decode()
    for said in ("1위", "기관 가", "84.00", "2위", "기관 나", "68.75"):
        assert f"<!-- {said} -->" in league
    assert "기관 다" not in league
    beside = comparison(result, "다", size=size).decode()
    assert "<!-- 평균(2개 기관) -->" in beside
    assert "76.38" in beside
    assert "<!-- 300표 -->" in votes_bars(result.agency("가").options, highlight="가", size=size).decode()


def test_an_empty_league_says_so() -> None:
    nobody = evaluate(RULES, bundle(("가", None, [], ())))
    assert ElementTree.fromstring(league_table(nobody)) is not None  # noqa: S314 - our own drawing
    assert words(report(nobody, "가"))


def test_long_names_are_broken_and_cut() -> None:
    lines = wrapped("교통약자 이동지원 강화와 대기시간 단축으로 누구나 편하게 다니는 고장을 만드는 과제", 120)
    assert len(lines) == 2
    assert lines[1].endswith("…")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("12048.7839777832", "12,048.784"),
        ("-0.5", "-0.5"),
        ("-1234", "-1,234"),
        ("30.00", "30"),
        ("0.0001", "0"),
    ],
)
def test_measured_figures_are_short(value: str, said: str) -> None:
    assert shown(D(value)) == said


# -- the printable original of a contract ----------------------------------------------------------------------------


def test_the_original_shows_parties_promises_points_signatures_and_fingerprint() -> None:
    (tree,) = parse(template_csv(), "template.csv").contracts
    signatures = [Signature("기관장", "김하나", NOW), Signature("성과관리 담당", "이두리", NOW)]
    pdf = contract_original(tree, cycle="2026", signatures=signatures, published_at=NOW, government="예시도")
    said = words(pdf)
    for expected in (
        "2026 성과계약서",
        "예시도 · 예시교통공사",
        "자정 이후 운행하는 노선",
        "김하나",
        "이두리",
        "평균 대기시간",
        "38.2분",
    ):
        assert expected in said
    assert contract_fingerprint(tree, cycle="2026") in said.replace(" ", "")
    assert b"pdfuaid" in pdf
    assert pdf == contract_original(
        tree, cycle="2026", signatures=signatures, published_at=NOW, government="예시도"
    )


def test_a_draft_and_a_made_up_contract_say_what_they_are() -> None:
    (tree,) = parse(template_csv(), "template.csv").contracts
    said = words(contract_original(tree, cycle="2026", simulated=True))
    assert "아직 서명하지 않은 초안입니다" in said
    assert "실제 계약이 아닙니다" in said


def test_paper_is_korean_whatever_the_language_of_the_request(result: Result) -> None:
    korean = report(result, "나")
    before = language.set("en")
    try:
        assert report(result, "나") == korean
    finally:
        language.reset(before)
