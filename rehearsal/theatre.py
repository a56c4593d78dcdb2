"""The theatre: a server process of its own, on a fresh database, for as long as the play lasts."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

START_WITHIN = 60.0


class DidNotStart(Exception):
    """The server process ended or does not answer; the message holds what it said."""


def free_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def server(
    command: Sequence[str], environment: Mapping[str, str], address: str, log: Path
) -> AsyncIterator[None]:
    """Run a server command until the block ends; ready when `/health/ready` answers."""
    process = _start(command, environment, log)
    try:
        await _ready(process, address, log)
        yield
    finally:
        _stop(process)


def _start(command: Sequence[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - our own command line
            list(command), env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def _ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = asyncio.get_running_loop().time() + START_WITHIN
    async with httpx.AsyncClient(base_url=address) as client:
        while process.poll() is None and asyncio.get_running_loop().time() < deadline:
            try:
                if (await client.get("/health/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise DidNotStart(f"the server did not start:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


def yaksok(*arguments: str) -> list[str]:
    """This installation's own command."""
    return [sys.executable, "-c", "import app; app.main()", *arguments]
