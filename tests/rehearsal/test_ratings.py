"""A small rehearsal with ratings, as an operator runs it: what was cast is what was counted, and everything fits."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from ballots import reconciliation
from rehearsal.panel import Member, made_up_ratings, roll_csv
from rehearsal.play import totals_of

HEAD = "META\nkey;value\nvote_type;approval\nmax_length;2\nPROJECTS\nproject_id;name\na;첫째\nb;둘째\nc;셋째\nVOTES\nvoter_id;vote\n"


def test_the_totals_are_how_often_each_point_was_given() -> None:
    assert totals_of([((4,), ()), ((4,), (0,)), ((2,), ())]) == [[0, 0, 1, 0, 2], [1, 0, 0, 0, 0]]
    assert totals_of([]) == []


def test_made_up_ratings_are_ratings_and_the_same_from_the_same_seed() -> None:
    made = made_up_ratings(30, 4, random.Random(5))
    assert made == made_up_ratings(30, 4, random.Random(5))
    assert {pick for voter in made for pick in voter} <= {(), (0,), (1,), (2,), (3,), (4,)}
    assert any(pick == () for voter in made for pick in voter)


def test_strata_and_weights_stand_in_the_roll_of_the_play() -> None:
    text = roll_csv([Member("1", "가", "", "a@example.kr", "청년", 3)]).decode("utf-8-sig")
    assert text.splitlines() == ["번호,이름,휴대전화,전자우편,계층,가중치", "1,가,,a@example.kr,청년,3"]


@pytest.mark.slow
def test_a_rehearsal_with_ratings_counts_what_was_cast_and_reconciles(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    votes = [f"{n};{'abc'[n % 3]},{'abc'[(n + 1) % 3]}" for n in range(1, 8)]
    (folder / "ballots.pb").write_text(HEAD + "\n".join([*votes, "8;"]) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "app", "rehearse", str(folder), "--out", str(out), "--ratings", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    summary = json.loads(done.stdout)
    verdicts = summary["verdicts"]
    assert verdicts["ratings_equal_what_was_cast"] is True
    assert verdicts["certificate_holds"] is True
    assert "도민의 기관별 평가" in summary["simulated"]
    certificate = reconciliation.decode((out / "certificate.json").read_bytes())
    assert certificate.roll.listed == certificate.roll.voted == summary["ballots"]["cast"]
    assert len(certificate.officers) == 2
