"""The throw-away PostgreSQL cluster keeps its promises: Unicode, copies, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgres import SUPERUSER, Cluster, cluster

PROJECT = Path(__file__).parent.parent
PATIENCE = 30
"""Seconds for a server to stop on a busy machine."""


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    with cluster() as made:
        yield made


def connected(made: Cluster, name: str) -> psycopg.Connection:
    return psycopg.connect(f"host={made.directory} user={SUPERUSER} dbname={name}", autocommit=True)


def soon(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.05)
    return happened()


def test_korean_text_comes_back_as_it_went_in(running: Cluster) -> None:
    with connected(running, "postgres") as link:
        assert link.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert link.execute("SELECT length('약속'), %s", ["똠방각하 펲시"]).fetchone() == (2, "똠방각하 펲시")


def test_a_copied_database_holds_what_its_template_holds(running: Cluster) -> None:
    running.create_database("original")
    with connected(running, "original") as link:
        link.execute("CREATE TABLE promise AS SELECT 1 AS kept")
    running.create_database("copy", template="original")
    with connected(running, "copy") as link:
        assert link.execute("SELECT kept FROM promise").fetchone() == (1,)
        running.drop_database("copy")  # although somebody is connected
    running.drop_database("original")


def test_nothing_is_left_of_a_cluster_whose_process_was_killed() -> None:
    program = "from tests.postgres import cluster\nwith cluster() as made: print(made.directory, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        directory = Path(process.stdout.readline().strip())
        server = int((directory / "data/postmaster.pid").read_text().splitlines()[0])
        os.kill(process.pid, signal.SIGKILL)
    assert soon(lambda: not directory.exists())
    assert soon(lambda: not Path(f"/proc/{server}/cwd").exists())  # a zombie has none
