"""What a rehearsal is played with: files where they are, made up and said to be where they are not."""

import random
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

import app
from contracts.files.exporting import write_csv
from contracts.terms.points import unbalanced
from contracts.terms.tree import indicators, tasks
from evaluation.arithmetic.marks import Grade
from rehearsal.made_up import made_up_contracts
from rehearsal.material import (
    CONTRACTS,
    EVALUATORS,
    MARKS,
    PEOPLE,
    NotThisFolder,
    figures_of,
    marked_indicators,
    read_folder,
    without_figures,
)
from rehearsal.play import choices_of, panel_of, positions_of, vote_of
from rehearsal.promises import demonstration_contracts
from tests.rehearsal.test_pabulib import SMALL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ballots.pb").write_text(SMALL, encoding="utf-8")
    return tmp_path


def test_everything_absent_is_made_up_and_said_to_be(folder: Path) -> None:
    material = read_folder(folder, seed=1)
    assert material.simulated == (PEOPLE, CONTRACTS, MARKS)
    assert len(material.trees) == 3
    assert all(not unbalanced(tree) for tree in material.trees)
    assert {key[2] for key in material.marks} == set(range(1, EVALUATORS + 1))


def test_the_same_seed_makes_up_the_same(folder: Path) -> None:
    assert read_folder(folder, seed=7) == read_folder(folder, seed=7)
    assert read_folder(folder, seed=7) != read_folder(folder, seed=8)


def test_project_i_stands_at_agency_i_mod_m_with_no_weight(folder: Path) -> None:
    trees = made_up_contracts(2, random.Random(1))
    (folder / "contracts.csv").write_bytes(write_csv(trees))
    material = read_folder(folder, seed=1)
    assert CONTRACTS not in material.simulated
    assert [material.task_of[project][0] for project in ("a", "b", "c")] == ["A01", "A02", "A01"]
    added = [task for tree in material.trees for task in tasks(tree) if task.on_ballot]
    assert [task.weight for task in added] == [Decimal(0)] * 3
    assert [tree.agency_code for tree in material.trees] == ["A01", "A02"]


def test_positions_follow_the_contracts_and_keep_every_choice(folder: Path) -> None:
    (folder / "contracts.csv").write_bytes(write_csv(made_up_contracts(2, random.Random(1))))
    material = read_folder(folder, seed=1)
    positions = positions_of(material)
    assert positions == {"a": 0, "c": 1, "b": 2}
    picks = [picks for _, picks in choices_of(material.ballots, panel_of(2), positions)]
    assert picks == [(0, 2), ()]


def test_an_empty_vote_is_a_choice_of_its_own_where_nobody_may_choose_nothing(folder: Path) -> None:
    assert not vote_of(read_folder(folder, seed=1).ballots).blank
    text = SMALL.replace("max_length;2", "min_length;1\nmax_length;2")
    (folder / "ballots.pb").write_text(text, encoding="utf-8")
    assert vote_of(read_folder(folder, seed=1).ballots).blank


def test_figures_come_after_the_signatures() -> None:
    trees = demonstration_contracts()
    assert all(
        node.measure and node.measure.actual is None for t in without_figures(trees) for node in indicators(t)
    )
    reported = figures_of(trees[0])
    assert reported["actual-D01-1-1"] == "35"
    assert reported["result-D01-1"].startswith("37개")


def test_marks_are_read_and_an_empty_grade_is_not_a_zero(folder: Path) -> None:
    code = marked_indicators(made_up_contracts(3, random.Random(1))[0])[0]
    rows = f"agency_code,indicator_code,evaluator,grade\nA01,{code},1,A0\nA01,{code},2,\n"
    (folder / "marks.csv").write_text(rows, encoding="utf-8")
    material = read_folder(folder, seed=1)
    assert material.marks == {("A01", code, 1): Grade("A0"), ("A01", code, 2): None}
    assert MARKS not in material.simulated
    assert material.evaluators == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("marks.csv", "agency_code,grade\n", "needs the columns"),
        ("marks.csv", "agency_code,indicator_code,evaluator,grade\nA01,x,one,A0\n", "row 2.*evaluator 'one'"),
        (
            "marks.csv",
            "agency_code,indicator_code,evaluator,grade\nA01,x,1,A+++\n",
            r"row 2.*grade 'A\+\+\+'",
        ),
        ("contracts.csv", "not,a,contract\n1,2,3\n", "contracts.csv: no contract can be taken"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_with_its_row(
    folder: Path, name: str, content: str, said: str
) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(NotThisFolder, match=said):
        read_folder(folder, seed=1)


def test_the_command_says_what_a_folder_lacks(tmp_path: Path) -> None:
    done = CliRunner().invoke(app.cli, ["rehearse", str(tmp_path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "there is no ballots.pb" in done.output


def test_the_command_refuses_other_votes_by_name(folder: Path) -> None:
    text = SMALL.replace("vote_type;approval", "vote_type;cumulative")
    (folder / "ballots.pb").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app.cli, ["rehearse", str(folder), "--out", str(folder / "out")])
    assert done.exit_code == 1
    assert "'cumulative'" in done.output


def test_the_command_does_not_mix_two_boards(folder: Path) -> None:
    (folder / "older.bel").write_bytes(b"")
    done = CliRunner().invoke(app.cli, ["rehearse", str(folder), "--out", str(folder)])
    assert done.exit_code == 1
    assert "older.bel" in done.output
