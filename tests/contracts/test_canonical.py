"""A fingerprint says what was promised: the same on every machine, and different when a word of it changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.terms.canonical import (
    Json,
    canonical_bytes,
    contract_fingerprint,
    contract_record,
    set_bytes,
    set_fingerprint,
    tree_from_record,
    tree_record,
)
from contracts.terms.tree import ContractTree, Kind, Node, tasks
from office.decimals import half_up, number, plain
from tests.contracts.drawn import contracts

D = Decimal


def with_first_task(tree: ContractTree, **changes: Any) -> ContractTree:
    """The contract with its first task changed, wherever it hangs."""

    def changed(node: Node) -> Node:
        if node.code == tasks(tree)[0].code:
            return replace(node, **changes)
        return replace(node, children=tuple(changed(child) for child in node.children))

    return replace(tree, children=tuple(changed(node) for node in tree.children))


def test_canonical_json_is_sorted_compact_and_has_no_floats() -> None:
    value: dict[str, Json] = {"나": D("8.00"), "가": [1, True, None, D("-0.50")], "a": "글\n"}
    assert canonical_bytes(value) == '{"a":"글\\n","가":[1,true,null,"-0.5"],"나":"8"}'.encode()
    with pytest.raises(TypeError, match="float"):
        canonical_bytes(cast("Any", [0.1]))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_contract_comes_back_from_its_record(data: st.DataObject) -> None:
    tree = data.draw(contracts("A"))
    stored = json.loads(canonical_bytes(tree_record(tree)))
    assert tree_from_record(stored) == tree


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_figures_reported_later_leave_the_fingerprint_and_promises_change_it(data: st.DataObject) -> None:
    tree = data.draw(contracts("A"))
    signed = contract_fingerprint(tree, cycle="2026")
    assert contract_fingerprint(with_first_task(tree, result="다 했습니다"), cycle="2026") == signed
    first = tasks(tree)[0]
    assert contract_fingerprint(with_first_task(tree, promise=first.promise + "."), cycle="2026") != signed
    assert contract_fingerprint(with_first_task(tree, on_ballot=not first.on_ballot), cycle="2026") != signed
    assert contract_fingerprint(tree, cycle="2027") != signed


def test_the_number_of_zeros_written_does_not_matter() -> None:
    tree = ContractTree("A", "가", children=(Node("1", "일", Kind.TASK, D("8.00")),))
    same = ContractTree("A", "가", children=(Node("1", "일", Kind.TASK, D(8)),))
    assert contract_fingerprint(tree, cycle="2026") == contract_fingerprint(same, cycle="2026")


def test_the_set_is_one_file_whose_sha256_is_its_fingerprint_in_any_order() -> None:
    one, two = ContractTree("A", "가"), ContractTree("B", "나")
    data = set_bytes([two, one], cycle="2026")
    assert data == set_bytes([one, two], cycle="2026")
    assert hashlib.sha256(data).hexdigest() == set_fingerprint([one, two], cycle="2026")
    assert json.loads(data)["contracts"] == [
        contract_record(one, cycle="2026"),
        contract_record(two, cycle="2026"),
    ]


@given(st.fractions(), st.integers(0, 6))
def test_half_up_is_exact_and_goes_away_from_zero_on_a_tie(value: Fraction, places: int) -> None:
    rounded = half_up(value, places)
    assert rounded.as_tuple().exponent == -places
    off = abs(Fraction(rounded) - value) * 10**places
    assert off < Fraction(1, 2) or (off == Fraction(1, 2) and abs(rounded) > abs(value))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1,234.5", "1234.5"), ("△58,160", "-58160"), ("−3", "-3"), ("３．５", "3.5"), ("+2", "2"), (" 7 ", "7"), ("-0", "0"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(written: str, read: str) -> None:
    assert number(written) == D(read)


@pytest.mark.parametrize(
    "written", ["", "1,23", "45%", "1e3", "NaN", "(3)", "1.2.3", "12분", "--1", "1 2", "9" * 25, "½"]
)
def test_what_is_not_a_number_is_not_read(written: str) -> None:
    assert number(written) is None


@given(st.decimals(-(10**12), 10**12, places=6))
def test_plain_text_keeps_the_value_and_is_the_same_for_equal_values(value: D) -> None:
    assert D(plain(value)) == value
    assert plain(value) == plain(value + D("0.000000"))
    assert "E" not in plain(value)
