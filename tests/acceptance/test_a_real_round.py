"""The main job on real input: 520 residents' ballots and 17 agencies' contracts, from the draft to the printed reports.

The whole rehearsal runs as one command in a process of its own, as an operator would run it; the published results it
has to meet lie with the data.
"""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests import nyc
from tests.data import acceptance_data

pytestmark = pytest.mark.slow
BALLOTS = "ballots/Hungary_Budapest_2022_VIII_Jozsefvaros"


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The rehearsal of the real round: its summary, and the folder it wrote."""
    folder, out = tmp_path_factory.mktemp("round"), tmp_path_factory.mktemp("out")
    shutil.copyfile(acceptance_data(f"{BALLOTS}.pb"), folder / "ballots.pb")
    indicators = acceptance_data("contracts/nyc_mmr_fy23/indicators.csv")
    (folder / "contracts.csv").write_bytes(nyc.import_csv(indicators))
    command = [sys.executable, "-m", "app", "rehearse", str(folder), "--out", str(out), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    print(done.stderr)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert json.loads(done.stdout) == summary
    return summary, out


def test_every_option_has_the_published_votes(round_: tuple[dict[str, Any], Path]) -> None:
    summary, _ = round_
    key = json.loads(acceptance_data(f"{BALLOTS}.expected.json").read_text())
    assert summary["votes"] == key["strict_votes"]
    assert summary["ballots"]["cast"] == key["n_ballots"] - key["strict_rejected_ballots"]


def test_both_verifiers_pass_the_board(round_: tuple[dict[str, Any], Path]) -> None:
    summary, out = round_
    assert summary["verdicts"] == {
        "votes_equal_the_file": True,
        "run_holds_the_same_votes": True,
        "yaksok_verify": True,
        "belenios_tool": True,
        "certificate_holds": True,
    }
    assert [path.name for path in out.glob("*.bel")] == [summary["election"]["board"]]


def test_met_and_missed_targets_equal_the_published_table(round_: tuple[dict[str, Any], Path]) -> None:
    summary, _ = round_
    published = nyc.published_table(
        acceptance_data("contracts/nyc_mmr_fy23/published_all_indicators_by_agency.csv")
    )
    counted = {agency["code"]: (agency["met"], agency["missed"]) for agency in summary["agencies"]}
    assert counted == {code: row[:2] for code, row in published.items() if code in counted}
    assert len(counted) == 17


def test_the_nameless_rows_are_listed_as_refused(round_: tuple[dict[str, Any], Path]) -> None:
    summary, _ = round_
    refused = {problem["row"] for problem in summary["contracts"]["refused_rows"]}
    assert summary["contracts"]["rows_read"] == 735
    assert len(refused) == 164


def test_every_agency_has_a_report_in_korean(round_: tuple[dict[str, Any], Path]) -> None:
    summary, out = round_
    reports = sorted((out / "reports").glob("*.pdf"))
    assert len(reports) == 17
    text = "".join(page.extract_text() for page in PdfReader(reports[0]).pages)
    assert "순위" in text
    with (out / "ranking.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 18
    assert summary["simulated"] == ["참여한 사람들", "평가위원의 평정"]
