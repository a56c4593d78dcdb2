"""How a contract is going: what counts as met, what is shown first, and a bar that never says the wrong thing."""

from decimal import Decimal

import pytest

from contracts.terms.doubt import Doubt, Verdict
from contracts.terms.standing import lead_indicator, lead_task, met, standing_of, way_of
from contracts.terms.tree import Direction, Kind, Measure, Method, Node, indicators, tasks
from tests.seeding import SAFETY, TRANSPORT, TREES

UP, DOWN = Direction.UP, Direction.DOWN


def measure(
    direction: Direction, target: str | None, actual: str | None, start: str | None = None
) -> Measure:
    figure = [None if text is None else Decimal(text) for text in (target, actual, start)]
    return Measure(direction, Method.TARGET_RATIO, target=figure[0], actual=figure[1], baseline=figure[2])


def indicator(what: Measure) -> Node:
    return Node("I", "지표", Kind.INDICATOR, Decimal(100), measure=what)


@pytest.mark.parametrize(
    ("direction", "target", "actual", "expected"),
    [(UP, "10", "10", True), (UP, "10", "9.99", False), (DOWN, "10", "10", True), (DOWN, "10", "10.01", False),
     (UP, None, "3", None), (UP, "3", None, None)],
)  # fmt: skip
def test_equal_counts_as_met_and_missing_as_neither(
    direction: Direction, target: str | None, actual: str | None, expected: bool | None
) -> None:
    assert met(measure(direction, target, actual)) is expected


def test_graded_indicators_wait_for_no_figure() -> None:
    standing = standing_of(TREES)
    assert (standing.tasks, standing.indicators, standing.measured) == (5, 10, 6)
    assert (standing.reported, standing.with_target, standing.met, standing.missed) == (5, 6, 1, 4)
    assert standing.state == "reported" and standing_of([]).state == "waiting"
    assert standing.said() == "5/6 보고", "not that all is reported"


def test_a_figure_the_check_found_to_be_another_one_is_neither_met_nor_missed() -> None:
    before, doubted = standing_of([TRANSPORT]), standing_of([TRANSPORT], {"W-1"})
    assert (before.met, before.missed, before.doubted) == (1, 1, 0)
    assert (doubted.met, doubted.missed, doubted.doubted) == (0, 1, 1)
    assert doubted.with_target == before.with_target and doubted.state == "reported"


def test_a_contract_is_introduced_by_its_weightiest_promise() -> None:
    lead = lead_task(TRANSPORT)
    assert lead is tasks(TRANSPORT)[0]
    assert (found := lead_indicator(lead)) and found.code == "W-1"
    assert (task := lead_task(SAFETY)) and (found := lead_indicator(task)) and found.code == "S-1"


def test_a_bar_starts_at_the_baseline_or_at_the_last_year() -> None:
    wait, _, use, _ = indicators(TRANSPORT)
    assert (way := way_of(wait, 2026)) and (way.start, way.start_label) == (Decimal("12.5"), "기준")
    assert (way := way_of(use, 2026)) and (way.start, way.start_label) == (Decimal(101), "2025년")
    assert way_of(indicator(measure(UP, None, None, "5")), 2026) is None


def test_a_figure_is_shortened_for_the_bar_but_never_across_its_target() -> None:
    long = way_of(indicator(measure(UP, "140000", "135207.187982471")), 2026)
    assert long and long.actual == Decimal("135207.19")
    near = way_of(indicator(measure(UP, "90", "89.996")), 2026)
    assert near and near.actual == Decimal("89.996")
    small = way_of(indicator(measure(UP, None, "0.00123")), 2026)
    assert small and small.actual == Decimal("0.0012")


def test_of_a_year_that_is_over_a_figure_is_an_outcome_and_no_more_on_its_way() -> None:
    missed, reached = (indicator(measure(DOWN, "40", actual)) for actual in ("41", "40"))
    running, past = way_of(missed, 2025), way_of(missed, 2025, over=True)
    assert running and (running.actual_label, running.outcome) == ("지금", None)
    assert past and (past.actual_label, past.outcome) == ("2025년 실적", False)
    assert (way := way_of(reached, 2025, over=True)) and way.outcome is True
    assert (way := way_of(indicator(measure(DOWN, "40", None)), 2025, over=True)) and way.outcome is None
    doubt = Doubt(Verdict.DIFFERS, Decimal(41), Decimal(39))
    assert (way := way_of(missed, 2025, doubt, over=True)) and way.outcome is None and way.differs
