"""What is worth a second look: a target that asks for less than last year's value."""

from decimal import Decimal

import pytest

from contracts.terms.notes import note_of, notes
from contracts.terms.tree import Direction, Kind, Measure, Method, Node
from tests.seeding import TRANSPORT, YEAR

UP, DOWN = Direction.UP, Direction.DOWN


def indicator(direction: Direction, target: str | None, last: str | None, method: Method) -> Node:
    history = ((YEAR - 2, Decimal(1)), (YEAR - 1, Decimal(last))) if last else ((YEAR - 2, Decimal(99)),)
    goal = None if target is None else Decimal(target)
    measure = Measure(direction, method, unit="%", history=history, target=goal)
    return Node("I", "지표", Kind.INDICATOR, Decimal(100), measure=measure)


@pytest.mark.parametrize(
    ("direction", "target", "last", "words"),
    [(UP, "90", "96", "올해 목표 90%는 지난해 값 96%보다 낮습니다"), (UP, "96", "96", None), (UP, "97", "96", None),
     (DOWN, "97", "96", "올해 목표 97%는 지난해 값 96%보다 높습니다"), (DOWN, "90", "96", None),
     (UP, None, "96", None), (UP, "90", None, None)],
)  # fmt: skip
def test_a_target_worse_than_last_year_is_noted_by_the_direction(
    direction: Direction, target: str | None, last: str | None, words: str | None
) -> None:
    note = note_of(indicator(direction, target, last, Method.TARGET_RATIO), YEAR)
    assert (note.said() if note else None) == words


def test_grades_have_no_target_to_compare_and_a_sound_contract_has_no_note() -> None:
    assert note_of(indicator(UP, "90", "96", Method.NINE_GRADE), YEAR) is None
    assert notes(TRANSPORT, YEAR) == ()
