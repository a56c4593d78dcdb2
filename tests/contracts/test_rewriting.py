"""A wish for another contract, as plain values: what nobody touched stays to the last character, and what may not be is named."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from contracts.changes.limits import Limit, limits
from contracts.changes.rewriting import (
    promised,
    removed,
    restored,
    with_new,
    with_node,
    with_nodes,
    without,
    worded,
)
from contracts.terms.branches import place_of
from contracts.terms.canonical import canonical_bytes, contract_record
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node, indicators, walk
from contracts.writing.wording import by_method, form_of_node
from office.errors import NotFound, Refused
from tests.seeding import CULTURE, TRANSPORT, YEAR

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


def node(tree: ContractTree, code: str) -> Node:
    place = place_of(tree, code)
    assert place is not None
    return place.node


def read(old: Node, form: dict[str, str], *, words_only: bool = False) -> Node:
    return worded(old, form, "TI", YEAR, words_only=words_only)


def as_promised(tree: ContractTree) -> ContractTree:
    record = json.loads(canonical_bytes(contract_record(tree, cycle=str(YEAR))))
    return replace(tree, children=promised(record))


MANY = with_node(
    TIERED,
    replace(
        TIERED.children[0].children[0],
        measure=replace(TIERS, settings=(("tiers", "600:10 500:20 400:30 300:40 200:50 100:60 :90"),)),
    ),
)


@pytest.mark.parametrize("tree", [TRANSPORT, TIERED, MANY], ids=["seeded", "tiered", "of many tiers"])
def test_every_form_sent_back_untouched_changes_nothing(tree: ContractTree) -> None:
    for _, each in walk(tree):
        form = {name: text.replace("\n", "\r\n") for name, text in form_of_node(each, YEAR).items()}
        assert read(each, form) == each, each.code


def test_what_is_promised_is_read_back_without_what_was_reported() -> None:
    stands = as_promised(TRANSPORT)
    assert contract_record(stands, cycle=str(YEAR)) == contract_record(TRANSPORT, cycle=str(YEAR))
    assert all(each.measure and each.measure.actual is None for each in indicators(stands))
    assert all(not each.result for _, each in walk(stands))


def test_every_field_of_a_definition_sheet_can_be_changed_in_its_own_box() -> None:
    old = node(TIERED, "I-1")
    form = form_of_node(old, YEAR) | {
        "target": "1,300", "unit": "천 명", "direction": "down", "baseline": "900", f"history-{YEAR - 1}": "880.5",
        "supplied_by": "총무과", "checked_by": "통계청", "setting-tiers-limit-1": "100", "setting-tiers-base-1": "10",
        "setting-tiers-limit-2": "", "setting-tiers-base-2": "", "setting-tiers-base-rest": "90", "setting-whole": "yes",
        "setting-main": "no",
    }  # fmt: skip
    new = read(old, form)
    assert new.measure == replace(
        TIERS,
        target=Decimal(1300),
        unit="천 명",
        direction=Direction.DOWN,
        baseline=Decimal(900),
        history=((YEAR - 1, Decimal("880.5")),),
        supplied_by="총무과",
        checked_by="통계청",
        settings=(("tiers", "100:10 :90"), ("whole", "yes")),
    )


def test_a_field_that_is_not_sent_leaves_what_is_stored_and_one_sent_empty_clears_it() -> None:
    old = node(TIERED, "I-1")
    assert read(old, {"title": "지표"}) == old
    shown = form_of_node(old, YEAR)
    # The fields of one setting are one line of the contract and come together.
    assert all(read(old, {name: shown[name]}) == old for name in shown if "tiers" not in name)
    assert read(old, {"setting-main": "no"}).measure == replace(TIERS, settings=TIERS.settings[1:])
    emptied = {name: "" for name in shown if name.startswith("setting-tiers-")}
    assert read(old, emptied).measure == replace(TIERS, settings=TIERS.settings[:1])
    task = replace(node(TIERED, "T"), on_ballot=True, promise="약속")
    assert read(task, {"title": "과제"}) == task
    assert not read(task, {"on_ballot": "no"}).on_ballot and not read(task, {"promise": ""}).promise


def test_a_promised_target_is_not_erased_and_after_scoring_began_only_words_are_read() -> None:
    old = node(TIERED, "I-1")
    with pytest.raises(Refused) as refused:
        read(old, {"target": ""})
    assert "지울 수 없습니다" in refused.value.fields["target"]
    form = {"title": "새 이름", "definition": "새 정의", "target": "1", "weight": "1", "unit": "개"}
    new = read(old, form, words_only=True)
    assert new == replace(old, title="새 이름", measure=replace(TIERS, definition="새 정의"))


def test_what_was_taken_out_comes_back_to_its_place_even_after_something_was_added() -> None:
    new = Node("I-9", "새 지표", Kind.INDICATOR, Decimal(1), measure=TIERS)
    wish = with_new(without(without(TIERED, "I-1"), "I-2"), "T", new)
    assert [each.code for each in removed(TIERED, wish)] == ["I-1", "I-2"]
    back = restored(restored(wish, TIERED, "I-2"), TIERED, "I-1")
    assert [each.code for each in indicators(back)] == ["I-1", "I-2", "I-9"]
    assert without(back, "I-9") == TIERED
    assert [each.code for each in removed(TIERED, without(TIERED, "T"))] == ["T"]
    with pytest.raises(NotFound):
        without(TIERED, "I-9")
    with pytest.raises(Refused):
        with_new(TIERED, "I-1", new)


def test_an_item_goes_back_to_its_own_words_and_keeps_what_was_added_below() -> None:
    new = Node("I-9", "새 지표", Kind.INDICATOR, Decimal(0), measure=TIERS)
    wish = with_new(with_node(TIERED, replace(node(TIERED, "T"), title="다른 과제")), "T", new)
    back = restored(wish, TIERED, "T")
    assert node(back, "T").title == "과제" and node(back, "I-9") == new


def limited(
    stands: ContractTree,
    wish: ContractTree,
    *,
    words_only: bool = False,
    traces: dict[str, str] | None = None,
    others: tuple[ContractTree, ...] = (),
) -> list[Limit]:
    return list(limits(stands, wish, YEAR, words_only=words_only, traces=traces or {}, others=others))


def test_what_lacked_at_publication_is_no_obstacle_but_points_that_no_longer_add_up_are_named() -> None:
    assert limited(TIERED, with_node(TIERED, replace(node(TIERED, "I-1"), title="다른 이름"))) == []
    even = with_nodes(
        TIERED,
        [
            replace(node(TIERED, "I-1"), weight=Decimal(60)),
            replace(node(TIERED, "I-2"), weight=Decimal(40)),
        ],
    )
    assert limited(TIERED, even) == []
    (uneven,) = limited(TIERED, without(TIERED, "I-2"))
    assert uneven.code == "T" and uneven.said() == "과제: 배점은 100점인데 아래 항목의 합은 60.5점입니다"
    (short,) = limited(TIERED, without(TIERED, "T"))[:1]
    assert "과제를 하나 이상" in short.said()


def test_what_left_a_trace_is_not_taken_out_with_the_task_above_it_either() -> None:
    said = [each.said() for each in limited(TIERED, without(TIERED, "T"), traces={"I-2": "증빙이 있습니다"})]
    assert "지표 둘: 증빙이 있습니다. 이 항목은 뺄 수 없습니다" in said
    assert not any("지표 둘" in each for each in said if "증빙" not in each)


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: without(tree, "I-2"),
        lambda tree: with_node(tree, by_method(node(tree, "I-2"), Method.SHOWN)),
        lambda tree: with_node(tree, replace(node(tree, "T"), on_ballot=True, promise="약속합니다.")),
        lambda tree: with_node(tree, replace(node(tree, "I-1"), measure=replace(TIERS, target=Decimal(1)))),
        lambda tree: with_new(tree, "T", Node("I-9", "새", Kind.INDICATOR, Decimal(0), measure=TIERS)),
    ],
    ids=["removed", "method", "ballot", "target", "added"],
)
def test_from_scoring_on_nothing_that_is_counted_changes(
    change: Callable[[ContractTree], ContractTree],
) -> None:
    assert any(
        "글만 고칠 수 있습니다" in each.text for each in limited(TIERED, change(TIERED), words_only=True)
    )
    reworded = with_node(TIERED, replace(node(TIERED, "T"), title="다른 과제", promise="다른 약속입니다."))
    assert limited(TIERED, reworded, words_only=True) == []


def test_a_joint_task_stays_what_both_bodies_signed() -> None:
    shares = (("TR", Decimal(60)), ("CU", Decimal(40)))
    lead = with_node(TRANSPORT, replace(node(TRANSPORT, "T-2"), shares=shares))
    partner = with_node(
        CULTURE,
        replace(node(CULTURE, "T-2"), shares=shares, children=(), on_ballot=False, weight=Decimal(40)),
    )
    other = (("TR", Decimal(50)), ("CU", Decimal(50)))
    for stands, beside in ((lead, partner), (partner, lead)):
        task = node(stands, "T-2")
        alone = replace(task, shares=()) if stands is lead else None
        wishes = [with_node(stands, replace(task, shares=other)), without(stands, "T-2")]
        for wish in [*wishes, *([with_node(stands, alone)] if alone else [])]:
            found = limited(stands, wish, others=(beside,))
            assert any("협업과제" in each.text and beside.agency in each.text for each in found)
        renamed = with_node(stands, replace(task, title="함께 하는 일"))
        assert limited(stands, renamed, others=(beside,)) == [], "names may follow one after the other"
    known = with_node(partner, replace(node(partner, "T-2"), shares=other))
    mended = with_node(known, replace(node(known, "T-2"), shares=shares))
    assert limited(known, mended, others=(lead,)) == [], "what did not agree may be made to"
