"""How many ballots a second are accepted, every proof checked, and how long a voter waits: beside a bare handler.

    python -m tests.bench.accept [--ballots 240] [--clients 8] [--options 10 30] [--json]

The application runs as a process of its own, with its checking processes, on a database of its own (SQLite as it is
operated: every acknowledged ballot is on disk).  Each voter shows a ballot, reads the code from the demonstration's
outbox and hands both in; what is measured is the handing in, by clients that each begin as soon as they are answered.
The bare handler in the same process takes the same request and commits the same row, and does nothing else.
Figures of one run hold for the machine as it was then; server, checking processes and clients share its processors.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar, Request, post

from ballots.model import BoxedBallot
from ballots.protocol.ballot import tracker
from office.clock import now
from office.database import Database, open_engine
from office.schema import migrate
from office.settings import Settings
from rehearsal.visitor import Visitor
from tests.ballots.polls import Poll, open_poll
from tests.serving import running, served

WARM = 16
"""Ballots handed in before the measurement, side by side: each checking process starts and builds its tables."""


@dataclass(frozen=True)
class Case:
    """A voter's request, ready to be sent."""

    challenge: str
    code: str
    ballot: bytes

    def body(self) -> dict[str, str]:
        return {"challenge": self.challenge, "code": self.code, "ballot": self.ballot.decode()}


@dataclass(frozen=True)
class Measured:
    """Requests a second over the whole phase, and milliseconds that half and 99 of 100 of them took."""

    per_second: float
    p50: float
    p99: float


def settings_for(folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite+aiosqlite:///{folder}/bench.sqlite",
        server_key="a key of the bench that is long enough",
        demonstration=True,
        board_folder=folder / "boards",
        demonstration_sign_ins=folder / "sign-ins.json",
    )


def bare_application(settings: Settings) -> Litestar:
    """A handler that reads the request and commits the row of a ballot: what a cast costs without being checked."""
    db = Database(open_engine(settings.database_url))

    @post("/bare/{election:int}/{entry:int}", status_code=201)
    async def bare(request: Request[Any, Any, Any], election: int, entry: int) -> dict[str, str]:
        asked = json.loads(await request.body())
        digest = tracker(asked["ballot"].encode() + b"bare")
        async with db.writing() as session:
            session.add(
                BoxedBallot(
                    election_id=election,
                    roll_entry_id=entry,
                    challenge_id=digest,
                    digest=digest,
                    body=asked["ballot"],
                    accepted_at=now(),
                )
            )
        return {"tracker": digest}

    return Litestar([bare], request_max_body_size=2**24, openapi_config=None)


def serve(folder: Path) -> None:
    """The server's process: say both addresses, and stop when the other end of the pipe is closed."""
    settings = settings_for(folder)
    with (
        served(settings) as site,
        socket.create_server(("127.0.0.1", 0)) as listening,
        running(bare_application(settings), listening) as bare,
    ):
        print(site.address, bare, flush=True)
        sys.stdin.read()


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, str]]:
    """Addresses of the application and of the bare handler, in a process of their own."""
    command = [sys.executable, "-m", "tests.bench.accept", "--serve", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout
        try:
            application, bare = process.stdout.readline().split()
            yield application, bare
        finally:
            process.stdin.close()
            process.wait(60)


async def drive(
    clients: int, work: Sequence[Callable[[httpx.AsyncClient], Awaitable[None]]], at: str
) -> Measured:
    """Every piece of work once, by so many clients side by side, each with a connection of its own."""
    waiting = iter(work)
    spent: list[float] = []

    async def client(http: httpx.AsyncClient) -> None:
        for piece in waiting:
            began = time.perf_counter()
            await piece(http)
            spent.append(time.perf_counter() - began)

    async with AsyncExitStack() as stack:
        connections = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=at, timeout=120))
            for _ in range(clients)
        ]
        for http in connections:
            await http.get("/nothing")
        began = time.perf_counter()
        await asyncio.gather(*(client(http) for http in connections))
        elapsed = time.perf_counter() - began
    spent.sort()
    middle, late = spent[len(spent) // 2], spent[min(len(spent) - 1, len(spent) * 99 // 100)]
    return Measured(len(spent) / elapsed, middle * 1000, late * 1000)


async def prepare(poll: Poll, visitor: Visitor, voter: int) -> Case:
    """A ballot that was shown, and the code that came for it."""
    ballot = poll.ballot(voter, voter % len(poll.context.election.questions[0].answers))
    asked = await poll.ask(visitor, ballot)
    return Case(asked["challenge"], (await poll.codes(visitor, voter))[0], ballot)


async def measure(folder: Path, options: int, ballots: int, clients: int) -> dict[str, Measured]:
    """One election of so many options: the bare handler, the real one, and the bare one again (the better counts)."""
    settings = settings_for(folder)
    migrate(settings.database_url)
    engine = open_engine(settings.database_url)
    db = Database(engine)
    poll = await open_poll(db, voters=ballots + WARM, options=options, blank=False, seed=1)
    other = await open_poll(db, voters=1, options=options, blank=False, seed=2)
    await engine.dispose()
    with server(folder) as (address, bare):
        async with httpx.AsyncClient(base_url=address, timeout=120) as http:
            visitor = Visitor(http)
            cases = [await prepare(poll, visitor, voter) for voter in range(ballots + WARM)]
            token = {"x-csrftoken": await visitor._csrf(), "cookie": _cookies(http)}

        def casting(case: Case) -> Callable[[httpx.AsyncClient], Awaitable[None]]:
            return lambda http: _created(http, f"{poll.address}/casts", case, token)

        def storing(case: Case) -> Callable[[httpx.AsyncClient], Awaitable[None]]:
            return lambda http: _created(http, f"/bare/{other.id}/{other.entries[0]}", case, {})

        await drive(clients, [casting(case) for case in cases[:WARM]], address)
        measured = cases[WARM:]
        half = len(measured) // 2
        before = await drive(clients, [storing(case) for case in measured[:half]], bare)
        accepted = await drive(clients, [casting(case) for case in measured], address)
        after = await drive(clients, [storing(case) for case in measured[half:]], bare)
    return {"accept": accepted, "bare": max(before, after, key=lambda found: found.per_second)}


def _cookies(http: httpx.AsyncClient) -> str:
    return "; ".join(f"{name}={value}" for name, value in http.cookies.items())


async def _created(http: httpx.AsyncClient, path: str, case: Case, headers: dict[str, str]) -> None:
    answer = await http.post(path, json=case.body(), headers=headers)
    if answer.status_code != 201:
        raise SystemExit(f"{path}: {answer.status_code}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--ballots", type=int, default=240)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--options", type=int, nargs="+", default=[10, 30])
    parser.add_argument("--json", action="store_true", help="the figures once more, as a last line of JSON")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve)
        return
    print(f"{arguments.ballots} ballots, {arguments.clients} clients; p50 and p99 in ms")
    print(f"{'options':>8} {'':16} {'per second':>10} {'p50':>8} {'p99':>8}")
    figures: dict[str, float] = {}
    for options in arguments.options:
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(measure(Path(folder), options, arguments.ballots, arguments.clients))
        for name, text in (("accept", "accepted"), ("bare", "bare handler")):
            one = found[name]
            print(f"{options:>8} {text:16} {one.per_second:10.1f} {one.p50:8.1f} {one.p99:8.1f}")
            figures |= {
                f"{name}_{options}_per_second": round(one.per_second, 2),
                f"{name}_{options}_p50_ms": round(one.p50, 1),
                f"{name}_{options}_p99_ms": round(one.p99, 1),
            }
    if arguments.json:
        print(json.dumps({"ballots": arguments.ballots, "clients": arguments.clients, **figures}))


if __name__ == "__main__":
    main()
