"""A request's form read into a tree: what nobody touched stays, to the last character."""

from dataclasses import replace
from decimal import Decimal

import pytest

from contracts.changes.rewriting import fields_of, rewritten
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node, indicators
from office.errors import Refused
from tests.seeding import TRANSPORT

TIERS = Measure(
    Direction.UP,
    Method.TIERED,
    unit="명",
    definition="첫째 줄\n둘째 줄",
    target=Decimal("1234.50"),
    settings=(("main", "yes"), ("tiers", "200:20 150:40 :80")),
)
TIERED = ContractTree(
    "TI",
    "구간청",
    "",
    (
        Node("T", "과제", Kind.TASK, Decimal("100.00"), children=(
            Node("I-1", "지표", Kind.INDICATOR, Decimal("60.5"), measure=TIERS),
            Node("I-2", "지표 둘", Kind.INDICATOR, Decimal("39.5"), measure=Measure(Direction.UP, Method.NINE_GRADE)),
        )),
    ),
)  # fmt: skip


@pytest.mark.parametrize("tree", [TRANSPORT, TIERED], ids=["seeded", "tiered"])
def test_the_whole_form_sent_back_untouched_changes_nothing(tree: ContractTree) -> None:
    form = {name: text.replace("\n", "\r\n") for name, text in fields_of(tree).items()}
    with pytest.raises(Refused, match="바뀐 것이 없습니다"):
        rewritten(tree, form)


def test_only_what_was_typed_anew_changes() -> None:
    form = fields_of(TIERED) | {"target-I-1": "1,300", "settings-I-1": "구간=100:10 :90"}
    new = rewritten(TIERED, form)
    first, second = indicators(new)
    measure = replace(TIERS, target=Decimal(1300), settings=(("tiers", "100:10 :90"),))
    assert first == replace(indicators(TIERED)[0], measure=measure)
    assert second == indicators(TIERED)[1]


def test_points_move_between_items_and_parents_with_them() -> None:
    new = rewritten(TIERED, {"weight-I-1": "60", "weight-I-2": "40.00"})
    assert [str(node.weight) for node in indicators(new)] == ["60", "40.00"]
    with pytest.raises(Refused) as refused:
        rewritten(TIERED, {"weight-I-1": "60"})
    assert list(refused.value.fields) == ["weight-T"]
    with pytest.raises(Refused, match="100점이어야") as refused:
        rewritten(TIERED, {"weight-T": "99", "weight-I-1": "59.5"})
    with pytest.raises(Refused):
        rewritten(TIERED, {"weight-I-1": "60.12345", "weight-I-2": "39.87655"})


def test_a_field_of_another_contract_is_nothing_to_this_one() -> None:
    with pytest.raises(Refused, match="바뀐 것이 없습니다"):
        rewritten(TIERED, {"target-NONE": "1", "result-T": "몰래", "actual-I-1": "9"})
