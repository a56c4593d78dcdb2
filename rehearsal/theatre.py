"""The theatre: a server process of its own on a fresh database, run by the operator's own commands."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from rehearsal.cycle import DOMAIN
from rehearsal.visitor import Unexpected

START_WITHIN = 180.0
SIGN_INS = "sign-ins.json"
_LOG_SHOWN = 3000


class DidNotStart(Exception):
    """A command failed or the server does not answer; the message holds what it said."""


def free_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def yaksok(*arguments: str) -> list[str]:
    """This installation's own command."""
    return [sys.executable, "-m", "app", *arguments]


def environment(folder: Path, address: str, *ports: int) -> dict[str, str]:
    """The settings of a demonstration that lives in a folder; its key is drawn once."""
    folder = folder.absolute()
    key = folder / "server.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32))
    hosts = [f"{host}:{port}" for host in ("localhost", "127.0.0.1") for port in ports]
    return {
        "YAKSOK_DEMONSTRATION": "true",
        "YAKSOK_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/yaksok.sqlite",
        "YAKSOK_SERVER_KEY": key.read_text(),
        "YAKSOK_BOARD_FOLDER": str(folder / "boards"),
        "YAKSOK_EVIDENCE_FOLDER": str(folder / "evidence"),
        "YAKSOK_DEMONSTRATION_SIGN_INS": str(folder / SIGN_INS),
        "YAKSOK_BASE_URL": address,
        "YAKSOK_ALLOWED_HOSTS": json.dumps(hosts),
    }


def run(settings: Mapping[str, str], *arguments: str) -> str:
    """Run one of our commands to its end; returns what it wrote.  Raises `DidNotStart` with what it complained of."""
    done = subprocess.run(  # noqa: S603 - our own command line
        yaksok(*arguments), env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DidNotStart(f"yaksok {arguments[0]} failed:\n{done.stderr[-_LOG_SHOWN:]}")
    return done.stdout


@asynccontextmanager
async def theatre(folder: Path, address: str = "") -> AsyncIterator[tuple[str, list[tuple[str, str]]]]:
    """A server on a fresh demonstration database in a folder, and the numbers its first two officers come in with.

    `address` is the one that links in messages will carry; without it, that of the server itself.
    """
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    settings = environment(folder, address or here, port)
    await asyncio.to_thread(run, settings, "migrate")
    officers = [f"office.{place}@{DOMAIN}" for place in (1, 2)]
    invited = await asyncio.to_thread(run, settings, "invite", "--json", *officers)
    log = folder / "server.log"
    process = _start(settings, port, log)
    try:
        await _ready(process, here, log)
        yield here, [(email, number) for email, number in json.loads(invited)]
    except Unexpected as trouble:
        said = _tail(log)
        raise Unexpected(
            f"{trouble}\n\nThe server's log ends with:\n{said}" if said else str(trouble)
        ) from None
    finally:
        _stop(process)


def _start(settings: Mapping[str, str], port: int, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - our own command line
            yaksok("serve", "--port", str(port)),
            env={**os.environ, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
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
            with suppress(httpx.TransportError):
                if (await client.get("/health/ready")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.1)
    raise DidNotStart(f"the server did not start:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-_LOG_SHOWN:]
