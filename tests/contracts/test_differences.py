"""The difference of two records: nothing for equal ones, and always enough to make the newer one from the older."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.changes.differences import LABELS, NODE, ORDER, How, applied, changes, worded
from contracts.terms.canonical import canonical_bytes, contract_record, tree_record
from contracts.terms.tree import ContractTree, Direction, HeadContract, Kind, Measure, Method, Node
from contracts.web.differing import differences
from tests.contracts.test_together import joint_trees
from tests.seeding import CULTURE, TRANSPORT, YEAR

TEXT = st.sampled_from(["가", "나", "다 라", ""])


def record(tree: ContractTree) -> Any:
    return json.loads(canonical_bytes(contract_record(tree, cycle=str(YEAR))))


@st.composite
def sheets(draw: st.DrawFn) -> dict[str, Any] | None:
    if draw(st.booleans()):
        return None
    names = draw(st.sets(st.sampled_from(["target", "definition", "unit", "actual"]), min_size=1))
    return {name: draw(st.none() | TEXT) for name in names}


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """A tree of nodes with codes of their own, in any order and depth, with fields that may be missing."""
    codes = draw(st.permutations("abcdefg"))[: draw(st.integers(0, 7))]
    root: dict[str, Any] = {"agency": draw(TEXT), "nodes": []}
    places = [root]
    for code in codes:
        node: dict[str, Any] = {
            "code": code, "title": draw(TEXT), "weight": draw(TEXT), "measure": draw(sheets()), "nodes": [],
        }  # fmt: skip
        if draw(st.booleans()):
            node["shares"] = draw(st.lists(TEXT, max_size=2))
        draw(st.sampled_from(places))["nodes"].append(node)
        places.append(node)
    return root


@given(records())
def test_nothing_differs_from_itself(one: dict[str, Any]) -> None:
    assert changes(one, json.loads(json.dumps(one))) == ()


@given(records(), records())
def test_the_changes_make_the_newer_record_from_the_older(old: dict[str, Any], new: dict[str, Any]) -> None:
    made = changes(old, new)
    before = json.dumps(old)
    assert applied(old, made) == new
    assert json.dumps(old) == before, "the older one is left as it is"
    assert bool(made) == (old != new)


@given(records(), records())
def test_the_way_back_undoes_the_way_there(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert applied(applied(old, changes(old, new)), changes(new, old)) == old


def test_a_changed_target_is_named_with_its_path_and_both_values() -> None:
    goal = TRANSPORT.children[0]
    task = goal.children[0]
    wait = task.children[0]
    assert wait.measure is not None
    later = replace(wait, measure=replace(wait.measure, target=Decimal("9.5")))
    newer = replace(
        TRANSPORT,
        children=(
            replace(goal, children=(replace(task, children=(later, task.children[1])),)),
            TRANSPORT.children[1],
        ),
    )
    (change,) = changes(record(TRANSPORT), record(newer))
    assert change.path == ("도민이 편한 이동", "교통국 기다림 줄이기", "버스 평균 대기시간")
    assert (change.code, change.field, change.label) == ("W-1", "measure.target", "목표치")
    assert (change.before, change.after, change.how) == ("10", "9.5", How.CHANGED)


def test_a_node_that_came_one_that_went_and_a_new_order_are_each_one_change() -> None:
    first, second = TRANSPORT.children
    extra = Node("T-3", "새 과제", second.kind, Decimal(0))
    assert [(c.field, c.how, c.code) for c in changes(record(TRANSPORT), record(replace(TRANSPORT, children=(first, second, extra))))] == [(NODE, How.ADDED, "T-3")]  # fmt: skip
    assert [(c.field, c.how, c.code) for c in changes(record(TRANSPORT), record(replace(TRANSPORT, children=(first,))))] == [(NODE, How.REMOVED, "T-2")]  # fmt: skip
    (turned,) = changes(record(TRANSPORT), record(replace(TRANSPORT, children=(second, first))))
    assert (turned.field, turned.before, turned.after) == (ORDER, ["G-1", "T-2"], ["T-2", "G-1"])


def test_every_field_of_a_contract_has_a_korean_name() -> None:
    full = json.loads(canonical_bytes(tree_record(TRANSPORT)))
    assert {name for name in record(TRANSPORT) if name != "nodes"} <= set(LABELS)

    def fields(node: dict[str, Any]) -> set[str]:
        own = {name for name in node if name != "nodes"}
        own |= {f"measure.{name}" for name in node["measure"] or ()}
        return own.union(*(fields(child) for child in node["nodes"]))

    assert set().union(*(fields(node) for node in full["nodes"])) <= set(LABELS)


def test_contracts_of_two_agencies_differ_in_what_they_promise() -> None:
    assert {c.field for c in changes(record(TRANSPORT), record(CULTURE))} >= {"agency", "agency_code"}


@given(st.text(alphabet="가나 다\n", max_size=30), st.text(alphabet="가나 다\n", max_size=30))
def test_parts_put_together_are_the_texts(before: str, after: str) -> None:
    left, right = worded(before, after)
    assert ("".join(p for p, _ in left), "".join(p for p, _ in right)) == (before, after)
    assert [p for p, only in left if not only] == [p for p, only in right if not only]


def test_only_the_words_that_changed_are_marked() -> None:
    left, right = worded("버스를 10분 안에", "버스를 9분 안에")
    assert [part for part, only in left if only] == ["10분"]
    assert [part for part, only in right if only] == ["9분"]


def test_what_the_head_promised_and_the_parts_of_a_joint_task_are_read_in_words() -> None:
    tree = joint_trees()[0]
    old = record(tree)
    own = Node(
        "HEAD-Q1", "사고 줄이기", Kind.INDICATOR, None,
        measure=Measure(Direction.DOWN, Method.TARGET_RATIO, unit="건", target=Decimal(20)),
    )  # fmt: skip
    new = record(replace(tree, head=HeadContract((own,), date(2020, 1, 1))))
    (line,) = differences(old, new)
    assert (line.within, line.item) == ("기관장 성과계약", "사고 줄이기")
    assert line.after == (("지표 '사고 줄이기', 목표 대 실적, 목표 20건", True),)

    bodies = {"TR": "교통국", "CU": "문화재단"}
    later = json.loads(
        json.dumps(new).replace('"target": "20"', '"target": "25"').replace('["CU", "40"]', '["CU", "45"]')
    )
    shares, target = differences(new, later, bodies)
    assert (shares.label, shares.after) == ("기관별 실적 배분", (("교통국 60%, 문화재단 45%", True),))
    assert (target.item, target.label, target.before, target.after) == (
        "사고 줄이기", "목표치", (("20건", True),), (("25건", True),)
    )  # fmt: skip
