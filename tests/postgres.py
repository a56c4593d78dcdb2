"""A throw-away PostgreSQL cluster: made for one test process, gone with it, however that process ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

# Short and outside of the checkout: a socket's path has at most 107 bytes, and user postgres cannot enter
# every home directory.
PLACE = Path("/tmp")  # noqa: S108 - the directory itself is made by mkdtemp, private and unguessable
SUPERUSER = "postgres"

# One shell is the keeper of the cluster.  Its standard input is a pipe from the test process; the pipe's end
# (the process closed it, or died, even by kill -9) is the order to stop the server and remove everything.
KEEPER = """
bin=$1 directory=$2; shift 2
trap 'rm -rf -- "$directory"' EXIT
cd "$directory" || exit 1
{
    "$bin/initdb" -D data -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions &&
    "$bin/pg_ctl" -D data -l server.log -w -t 120 -o "$*" start
} >start.log 2>&1 </dev/null || { cat start.log server.log 2>/dev/null; exit 1; }
echo ready
read -r order
"$bin/pg_ctl" -D data -m immediate -w stop >/dev/null 2>&1
"""


class ClusterFailed(Exception):
    """PostgreSQL is not installed or did not start; the message holds what it said."""


@dataclass(frozen=True)
class Cluster:
    """A running server, reached only through a socket in its own directory."""

    directory: Path

    def url(self, name: str) -> str:
        """Address of a database for SQLAlchemy."""
        return f"postgresql+psycopg://{SUPERUSER}@/{name}?host={self.directory}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or a copy of a template nobody is connected to, and return its address."""
        source = sql.Identifier(template or "template0")
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), source))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database together with whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        address = f"host={self.directory} user={SUPERUSER} dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


def programs() -> Path | None:
    """Folder of `initdb` and `pg_ctl`, the newest version's, or None where PostgreSQL is not installed."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: int(path.parts[-3]), default=None)
    found = str(newest) if newest else shutil.which("initdb")
    return Path(found).parent if found else None


def settings(*, durable: bool) -> list[str]:
    """Server options of a test cluster."""
    return [
        "-c listen_addresses=''",  # the socket only: no port to collide with, nothing reachable from outside
        "-c max_connections=200",
        "-c shared_buffers=64MB",
        "-c synchronous_commit=on",  # as in production: a commit is acknowledged after it is written
        # Without fsync a written page survives a killed process, not a power failure; ordinary tests kill only
        # processes.  Measurements of durable speed ask for durable=True.
        *([] if durable else ["-c fsync=off", "-c full_page_writes=off"]),
    ]


@contextlib.contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Start a cluster of one's own (about two seconds) and remove it at the end.

    Each process of a parallel test run starts its own: nothing is shared, nothing needs a lock.
    """
    bin_folder = programs()
    if bin_folder is None:
        raise ClusterFailed("PostgreSQL is not installed: apt-get install postgresql")
    # initdb refuses root; root lends the directory to Debian's user postgres.
    root = os.geteuid() == 0
    as_postgres = ["runuser", "-u", SUPERUSER, "--"] if root else []
    with _private_directory(owner=SUPERUSER if root else None) as directory:
        keeper = subprocess.Popen(
            [
                *as_postgres,
                "sh",
                "-c",
                KEEPER,
                "keeper",
                bin_folder,
                directory,
                *settings(durable=durable),
                f"-c unix_socket_directories={directory}",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=directory,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            start_new_session=True,  # Ctrl-C is for the tests; the keeper hears of it through the pipe
        )
        with keeper:  # leaving closes both pipes and waits
            assert keeper.stdout is not None
            if keeper.stdout.readline() != "ready\n":
                raise ClusterFailed(keeper.stdout.read())
            yield Cluster(directory)


@contextlib.contextmanager
def _private_directory(owner: str | None) -> Iterator[Path]:
    """A directory of mode 0700 that is ours as long as we hold the lock of its file `owner.lock`."""
    prefix = f"yaksok-pg-{os.geteuid()}-"
    with (PLACE / f"{prefix}lock").open(
        "w"
    ) as everyone:  # one at a time looks for leftovers and makes its own
        fcntl.flock(everyone, fcntl.LOCK_EX)
        for leftover in PLACE.glob(f"{prefix}*/"):
            _remove_if_abandoned(leftover)
        directory = Path(tempfile.mkdtemp(prefix=prefix, dir=PLACE))
        lock = (directory / "owner.lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        if owner is not None:
            shutil.chown(directory, owner)
    with lock:
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)


def _remove_if_abandoned(directory: Path) -> None:
    """Stop and remove a cluster whose owner is gone and whose keeper was killed before it could."""
    with contextlib.suppress(FileNotFoundError), (directory / "owner.lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
            postmaster = int((directory / "data/postmaster.pid").read_text().split("\n")[0])
            # The number may belong to somebody else by now: only a process that works in this directory is meant.
            if Path(f"/proc/{postmaster}/cwd").readlink() == directory / "data":
                os.kill(postmaster, signal.SIGQUIT)
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":  # make test-setup: does PostgreSQL run here at all?
    with (
        cluster() as trial,
        psycopg.connect(f"host={trial.directory} user={SUPERUSER} dbname=postgres") as link,
    ):
        for row in link.execute("SELECT 'PostgreSQL ' || current_setting('server_version')"):
            print(row[0])
