"""What is worth a second look: a target that asks for less than last year's value."""

from decimal import Decimal

import pytest

from contracts.terms.notes import notes, notes_of
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
    [(UP, "90", "96", "낮습니다. 클수록"), (UP, "96", "96", None), (UP, "97", "96", None),
     (DOWN, "97", "96", "높습니다. 작을수록"), (DOWN, "90", "96", None),
     (UP, None, "96", None), (UP, "90", None, None)],
)  # fmt: skip
def test_a_target_worse_than_last_year_is_noted_by_the_direction(
    direction: Direction, target: str | None, last: str | None, words: str | None
) -> None:
    said = [note.said() for note in notes_of(indicator(direction, target, last, Method.TARGET_RATIO), YEAR)]
    wanted = f"올해 목표 {target}%는 지난해 값 96%보다 {words} 좋은 지표로 적혀 있으니 지난해보다 못한 목표입니다. "
    assert said == ([f"{wanted}좋아지는 방향이 맞습니까?"] if words else [])


def test_grades_have_no_target_to_compare_and_a_sound_contract_has_no_note() -> None:
    assert notes_of(indicator(UP, "90", "96", Method.NINE_GRADE), YEAR) == ()
    assert notes(TRANSPORT, YEAR) == ()


def test_a_share_beyond_a_hundred_is_asked_about_unless_it_was_there_before() -> None:
    (note,) = notes_of(indicator(UP, "130", "96", Method.CRITERIA), YEAR)
    assert note.said().startswith("올해 목표 130%는 0%와 100% 사이의 값이 아닙니다")
    assert notes_of(indicator(UP, "130", "104", Method.CRITERIA), YEAR) == ()
    assert notes_of(indicator(UP, "100", "96", Method.CRITERIA), YEAR) == ()
