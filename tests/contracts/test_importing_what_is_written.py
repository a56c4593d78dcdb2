"""Whatever is written is read back unchanged, and no bytes whatever raise."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.files.exporting import template_csv, write_csv
from contracts.files.importing import parse
from contracts.terms.tree import (
    Kind,
    Node,
)
from tests.contracts.drawn import contracts
from tests.contracts.rows import GOOD, D, lines, said


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_is_written_is_read_back_unchanged(data: st.DataObject) -> None:
    trees = tuple(data.draw(contracts(code)) for code in ("A", "B"))
    if data.draw(st.booleans()):
        both = Node("J", "함께", Kind.TASK, D(0), shares=(("A", D("62.5")), ("B", D("37.5"))))
        trees = tuple(replace(tree, children=(*tree.children, both)) for tree in trees)
    parsed = parse(write_csv(trees), "contracts.csv")
    assert said(parsed) == []
    assert parsed.contracts == trees
    assert parsed.notices == ()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_bytes_whatever_raise(data: bytes) -> None:
    parse(data, "contracts.csv")
    parse(lines(GOOD) + b"\n" + data, "contracts.csv")


def test_the_template_reads_without_a_problem() -> None:
    parsed = parse(template_csv(), "template.csv")
    assert (said(parsed), parsed.notices, len(parsed.contracts)) == ([], (), 1)
