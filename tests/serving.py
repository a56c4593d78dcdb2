"""The application served on localhost, as a browser meets it: a real server in a thread with its own event loop.

    async def test_…(own_db, checker):
        db, settings = own_db
        with served(settings, checker) as site:
            await page.goto(site.address + "/contracts")

The server opens the database that `settings` names with an engine of its own; the test keeps using its own for what it
looks up or prepares.  Due work (messages, the board) runs by itself, every second.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from litestar import Litestar

import app as house
from ballots.checking import Checker
from office.commands import IDLE
from office.settings import Settings

PATIENCE = 60
"""Seconds for a server to start or stop on a busy machine."""


@dataclass(frozen=True)
class Served:
    """A running site: its address (no slash at the end), its settings and the application object."""

    address: str
    settings: Settings
    app: Litestar


@contextmanager
def served(settings: Settings, checker: Checker | None = None) -> Iterator[Served]:
    """Serve the application on a free port until the block ends; `settings` say which database, not which address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = f"localhost:{listening.getsockname()[1]}"
        settings = settings.model_copy(update={"base_url": f"http://{host}", "allowed_hosts": [host]})
        application = house.create_app(settings, checker=checker)
        with running(application, listening) as address:
            yield Served(address, settings, application)


@contextmanager
def running(application: Litestar, listening: socket.socket) -> Iterator[str]:
    """Serve any application on a socket until the block ends; its address, without a slash at the end."""
    server = uvicorn.Server(
        uvicorn.Config(application, lifespan="on", log_level="warning", timeout_keep_alive=IDLE)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the server did not start")
        time.sleep(0.02)
    try:
        yield f"http://localhost:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        if thread.is_alive():
            raise RuntimeError("the server did not stop")
