"""What the demonstration shows without a server: full definition sheets, files that are what they say, years that fit."""

from decimal import Decimal

import pytest

from contracts.evidence.kinds import recognise
from contracts.terms.gaps import gaps
from contracts.terms.points import unbalanced
from contracts.terms.tree import BESIDE, ContractTree, Method, Node, indicators, tasks
from evaluation.published.reading import read_published
from rehearsal import evidence_files, story
from rehearsal.checking import mistaken
from rehearsal.past_years import PastSheet
from rehearsal.promises import YEARS, demonstration_contracts
from rehearsal.years import LAST, THIS, a_year_before, in_the_middle

TREES = demonstration_contracts()


def measured(trees: tuple[ContractTree, ...]) -> dict[str, Node]:
    return {node.code: node for tree in trees for node in indicators(tree) if node.measure}


def test_every_definition_sheet_is_full() -> None:
    assert [gap for tree in TREES for gap in gaps(tree, THIS)] == []
    for code, node in measured(TREES).items():
        assert node.measure, code
        if node.measure.method not in BESIDE | {Method.NINE_GRADE}:
            assert len(node.measure.history) == len(YEARS) and node.measure.formula, code


def test_every_method_of_rating_is_to_be_seen_and_one_figure_is_missing() -> None:
    nodes = measured(TREES)
    assert {node.measure.method for node in nodes.values() if node.measure} == set(Method)
    assert [code for code, node in nodes.items() if _without_figure(node)] == ["D06-2-2"]


def _without_figure(node: Node) -> bool:
    return node.measure is not None and node.measure.history != () and node.measure.actual is None


def test_last_years_actual_is_what_this_years_contract_calls_last_year() -> None:
    this, last = measured(TREES), measured(a_year_before(TREES))
    compared = [code for code, node in this.items() if node.measure and node.measure.history]
    assert len(compared) == 16
    for code in compared:
        now, then = this[code].measure, last[code].measure
        assert now and then
        assert then.actual == now.history[-1][1]
        assert now.baseline in (None, then.actual)
        assert then.history[1:] == now.history[:-1] and then.history[-1][0] == LAST - 1
    assert all(not unbalanced(tree) for tree in a_year_before(TREES))


def test_in_the_middle_of_the_year_figures_are_half_way_and_whole_where_places_are_counted() -> None:
    half = measured(in_the_middle(TREES))
    assert half["D01-1-1"].measure and half["D01-1-1"].measure.actual == Decimal(30)
    assert half["D05-1-1"].measure and half["D05-1-1"].measure.actual == Decimal(21)
    assert half["D06-2-2"].measure and half["D06-2-2"].measure.actual is None
    assert not any(task.result for tree in in_the_middle(TREES) for task in tasks(tree))


def test_a_doubt_of_the_verifier_is_about_a_figure_that_is_reported() -> None:
    nodes, reported = measured(TREES), measured(mistaken(TREES, story.DOUBTS))
    for doubt in story.DOUBTS:
        right, first = nodes[doubt.code].measure, reported[doubt.code].measure
        assert right and first and right.actual is not None
        assert first.actual == (right.actual if doubt.mistaken is None else doubt.mistaken)


@pytest.mark.parametrize(
    ("make", "media_type"),
    [
        (evidence_files.table, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (evidence_files.paper, "application/pdf"),
        (evidence_files.picture, "image/png"),
    ],
)
def test_an_evidence_file_is_what_its_name_says(make: evidence_files.Make, media_type: str) -> None:
    kept = recognise(make(measured(TREES)["D05-1-1"], THIS))
    assert kept.media_type == media_type
    assert len(kept.data) < 100_000


@pytest.mark.parametrize("sheet", story.PAST_SHEETS, ids=lambda sheet: f"{sheet.agency}-{sheet.year}")
def test_a_past_year_is_read_as_published_and_only_the_misprint_is_flagged(sheet: PastSheet) -> None:
    read = read_published(sheet.file(), sheet.filename)
    assert read.year == sheet.year
    assert read.scores and len(read.scores.items) == len({field for field, *_ in sheet.rows})
    assert bool(read.flags) == bool(sheet.slip)
    assert "시연용" in sheet.filename
