"""The processes that check ballots."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.workers import check_proofs_in_worker, checking_pool
from tests.ballots.boards import Vote, question
from tests.data import PROJECT

PROGRAM = """
print("the main program was imported")
from ballots.protocol.workers import checking_pool, cores
if __name__ == "__main__":
    with checking_pool(1) as pool:
        assert pool.submit(cores).result() >= 1
"""


def test_a_worker_checks_ballots_of_several_elections_and_hands_back_the_refusal() -> None:
    votes = [Vote((question(2, 1, 1),), seed=seed) for seed in (1, 2)]
    with checking_pool(1) as pool:
        for vote in votes:
            raw = vote.make(0, (1,))
            assert pool.submit(check_proofs_in_worker, vote.context.raw, raw).result() is None
            wrong = raw.replace(b'"response":"', b'"response":"1', 1)
            with pytest.raises(Invalid) as caught:
                pool.submit(check_proofs_in_worker, vote.context.raw, wrong).result()
            assert caught.value.reason in (Reason.BAD_PROOF, Reason.NOT_CANONICAL)


def test_a_worker_does_not_import_the_main_program_again(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, str(program)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    assert done.stdout.count("the main program was imported") == 1
