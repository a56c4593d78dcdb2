"""Every act that is recorded has a name that people can read."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from office.acts import ACTS, actor, named

PROJECT = Path(__file__).parent.parent.parent
DEPARTMENTS = ("office", "contracts", "evaluation", "ballots", "reports")


def recorded(source: str) -> Iterator[str]:
    """The acts a module names in calls of `journal.record` and `agreed`, written out or as a constant of the module."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        said = call.args[2:3] if name == "record" else [k.value for k in call.keywords if k.arg == "act"]
        for value in said if name in ("record", "agreed") else []:
            if isinstance(value, ast.Constant):
                yield str(value.value)
            elif isinstance(value, ast.Name) and value.id in constants:
                yield str(constants[value.id])


def test_every_act_of_the_source_has_a_name() -> None:
    files = [path for department in DEPARTMENTS for path in (PROJECT / department).rglob("*.py")]
    acts = {act for path in files for act in recorded(path.read_text(encoding="utf-8"))}
    assert len(acts) > 30
    assert sorted(acts - set(ACTS)) == []


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("ballots.opened", ("투표 열기", "")),
        ("ballots.open.asked", ("투표 열기", "요청")),
        ("ballots.open.confirmed", ("투표 열기", "두 번째 담당자 확인")),
        ("something.else", ("something.else", "")),
    ],
)
def test_an_act_of_two_officers_says_how_far_it_is(act: str, said: tuple[str, str]) -> None:
    assert named(act) == said


def test_the_program_and_the_operator_have_names() -> None:
    assert (actor("system"), actor("operator"), actor("office:2")) == ("프로그램", "운영자", "office:2")
