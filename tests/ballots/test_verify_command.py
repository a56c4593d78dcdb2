"""`yaksok verify BOARD.bel` as a person and as a program use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ballots.verify_command import verify
from tests.ballots.boards import Vote, question


@pytest.fixture(scope="module")
def boards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("boards")
    vote = Vote((question(2, 1, 1),), (1, 1), seed=40)
    vote.cast(0, (0,))
    (folder / "open.bel").write_bytes(vote.raw)
    repeated = vote.raw + b"x"
    (folder / "wrong.bel").write_bytes(repeated)
    vote.cast(1, (0,))
    (folder / "done.bel").write_bytes(vote.finish())
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(verify, [str(argument) for argument in arguments])


def test_a_good_board_ends_with_0_and_says_what_was_checked(boards: Path) -> None:
    done = run(boards / "done.bel", "--jobs", "1")
    assert done.exit_code == 0
    assert done.stdout.count("[확인]") == 11
    assert "모든 확인을 통과했습니다" in done.stdout
    assert "투표지 확인 2/2" in done.stderr
    assert "투표지 확인" not in done.stdout


def test_a_board_in_the_middle_of_voting_ends_with_0_and_says_what_is_missing(boards: Path) -> None:
    done = run(boards / "open.bel")
    assert done.exit_code == 0
    assert "아직 개표 결과가 없습니다" in done.stdout
    assert "지금까지 올라온 것은 모두 올바릅니다" in done.stdout


def test_a_wrong_board_ends_with_1_and_points_at_the_place(boards: Path) -> None:
    done = run(boards / "wrong.bel")
    assert done.exit_code == 1
    assert "9번째 기록" in done.stdout
    assert "올바르지 않습니다" in done.stdout


@pytest.mark.parametrize(
    "arguments", [["absent.bel"], ["."], [], ["done.bel", "--jobs", "0"], ["done.bel", "--lang", "x"]]
)
def test_a_file_that_cannot_be_read_or_a_wrong_option_ends_with_2(
    arguments: list[str], boards: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(boards)
    assert run(*arguments).exit_code == 2


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "x.bel").write_bytes(Vote((question(2, 1, 1),), (1,), name="투표\x1b[2J\n모두 좋음").raw)
    done = run(tmp_path / "x.bel")
    assert "\x1b" not in done.stdout
    assert done.stdout.startswith("투표\ufffd[2J\ufffd모두 좋음 (")


def test_json_holds_the_verdict_and_nothing_else(boards: Path) -> None:
    good = json.loads(run(boards / "done.bel", "--json").stdout)
    assert good["ok"] is True
    assert good["result"] == [[2, 0]]
    assert good["counts"] == {"credentials": 2, "ballots": 2, "voters": 2, "total_weight": 2}
    wrong = json.loads(run(boards / "wrong.bel", "--json").stdout)
    assert wrong["ok"] is False
    assert wrong["problems"][0]["code"] == "board-form"
    assert wrong["problems"][0]["record"] == 9


def test_the_command_loads_neither_web_server_nor_database() -> None:
    code = (
        "import sys, ballots.verify_command, ballots.protocol.verifier\n"
        "heavy = {'litestar', 'sqlmodel', 'sqlalchemy', 'pydantic', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
