"""Verification spread over a real Dask cluster: a scheduler and workers in processes of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ballots.protocol import cluster as spreading
from ballots.protocol.cluster import ClusterTrouble, cluster
from ballots.protocol.verifier import verify
from tests.ballots.boards import Vote, question
from tests.data import PROJECT

pytestmark = pytest.mark.slow
PATIENCE = 60


@dataclass
class Site:
    """A running cluster."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@contextmanager
def running(folder: Path, workers: int) -> Iterator[Site]:
    """A scheduler and so many workers of one thread each, on this machine, until the block ends."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}

    def start(*command: str, log: str) -> subprocess.Popen[bytes]:
        with (folder / log).open("wb") as out:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "distributed.cli.dask_scheduler" if log == "scheduler" else "distributed.cli.dask_worker",
                    *command,
                ],
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=folder,
            )
        started.append(process)
        return process

    try:
        start("--host", "127.0.0.1", "--port", "0", "--no-dashboard", log="scheduler")
        address = _address(folder / "scheduler")
        common = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0")
        each = [start(address, *common, log=f"worker{n}") for n in range(workers)]
        logs = [folder / f"worker{number}" for number in range(workers)]
        wait_until(lambda: all("Registered to" in log.read_text() for log in logs))
        yield Site(address, each)
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for something that processes elsewhere bring about."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _address(log: Path) -> str:
    pattern = re.compile(r"tcp://127\.0\.0\.1:\d+")
    wait_until(lambda: pattern.search(log.read_text()) is not None)
    return str(pattern.findall(log.read_text())[0])


@pytest.fixture(scope="module")
def vote() -> Vote:
    """Sixty ballots, the last of them spoilt."""
    vote = Vote((question(8, 1, 3),), (1,) * 60, seed=50)
    for voter in range(59):
        vote.cast(voter, (voter % 8,))
    vote.post(vote.make(59, (1,)).replace(b'"response":"', b'"response":"1', 1))
    return vote


def test_a_lost_worker_changes_nothing_in_the_verdict(vote: Vote, tmp_path: Path) -> None:
    here = verify(vote.raw, jobs=1)
    assert not here.ok
    killed: list[int] = []
    with running(tmp_path, workers=2) as site, cluster(site.address) as pool:

        def kill_one(done: int, total: int) -> None:
            if done == 6 and not killed:
                site.workers[0].send_signal(signal.SIGKILL)
                killed.append(site.workers[0].wait())

        wait_until(lambda: pool.threads() == 2)
        there = verify(vote.raw, pool=pool, progress=kill_one)
        wait_until(lambda: pool.threads() == 1)
    assert killed == [-signal.SIGKILL]
    assert there.as_dict() == here.as_dict()


def test_the_command_verifies_on_a_cluster(vote: Vote, tmp_path: Path) -> None:
    good = Vote((question(2, 1, 1),), (1, 1), seed=51)
    good.cast(0, (0,))
    (tmp_path / "board.bel").write_bytes(good.finish())
    with running(tmp_path, workers=1) as site:
        done = command(tmp_path / "board.bel", "--cluster", site.address, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["result"] == [[1, 0]]


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", "verify", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )


def test_a_cluster_without_workers_is_said_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "PATIENCE", 5.0)
    with (
        running(tmp_path, workers=0) as site,
        pytest.raises(ClusterTrouble, match="작업자가 없습니다"),
        cluster(site.address),
    ):
        raise AssertionError("nobody is there")


def test_when_every_worker_is_lost_it_is_said(
    vote: Vote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path, workers=1) as site, cluster(site.address) as pool:
        monkeypatch.setattr(spreading, "PATIENCE", 2.0)

        def kill(done: int, _: int) -> None:
            if done == 3:
                site.workers[0].kill()

        with pytest.raises(ClusterTrouble, match="작업자가 없습니다"):
            verify(vote.raw, pool=pool, progress=kill)


def test_an_address_where_nobody_answers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "PATIENCE", 1.0)
    with (
        pytest.raises(ClusterTrouble, match=r"연결할 수 없습니다: tcp://127\.0\.0\.1:9"),
        cluster("tcp://127.0.0.1:9"),
    ):
        raise AssertionError("nobody is there")
    with pytest.raises(ClusterTrouble, match="연결할 수 없습니다"), cluster("nonsense://x"):
        raise AssertionError("nobody is there")


def test_the_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterTrouble, match=r"yaksok\[cluster\]"), cluster("tcp://127.0.0.1:9"):
        raise AssertionError("nothing to connect with")
