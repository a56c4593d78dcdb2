"""A tiny web site on localhost for browser tests of static modules: a folder, some pages, some answers.

    with local_site() as site:                       # /static/ballots/... is ballots/static/ballots/...
        site.pages["/page"] = "<!doctype html>..."
        site.answers["/ballots"] = lambda request: Answer(201, {"challenge": "1"})

localhost is a secure context, as `crypto.subtle` requires.  The content security policy is the product's.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
EMPTY_PAGE = '<!doctype html><html lang="ko"><meta charset="utf-8"><title>-</title>'


@dataclass(frozen=True)
class Request:
    """What a page sent."""

    path: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Answer:
    """What it gets: a status, JSON content, further headers.  Status 0 cuts the connection."""

    status: int
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


@dataclass
class Site:
    """Pages and files by path, answers to POST by path, and every POST seen so far."""

    address: str = ""
    pages: dict[str, str | bytes] = field(default_factory=dict)
    answers: dict[str, Callable[[Request], Answer]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            page = site.pages.get(path)
            if page is not None:
                raw = page if isinstance(page, bytes) else page.encode()
                kind = "application/json" if isinstance(page, bytes) else "text/html; charset=utf-8"
                return self.answer(200, raw, kind)
            parts = path.removeprefix("/static/").split("/")
            file = PROJECT.joinpath("office" if parts[0] == "vendor" else parts[0], "static", *parts)
            if path.startswith("/static/") and ".." not in parts and file.is_file():
                return self.answer(200, file.read_bytes(), TYPES.get(file.suffix, "application/octet-stream"))
            # A browser asks for this by itself; 404 would be an error in its console.
            return self.answer(204 if path == "/favicon.ico" else 404, b"", "text/plain")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            request = Request(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            site.requests.append(request)
            answer = site.answers[self.path](request)
            if answer.status == 0:
                self.close_connection = True
                return None
            raw = json.dumps(answer.content, ensure_ascii=False).encode()
            return self.answer(answer.status, raw, answer.media_type, answer.headers)

        def answer(self, status: int, raw: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(raw)))
            self.send_header("Content-Security-Policy", POLICY)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *arguments: Any) -> None:
            return None

    return Handler


@contextmanager
def local_site() -> Iterator[Site]:
    """The site, served from a thread for as long as the block lasts."""
    site = Site(pages={"/": EMPTY_PAGE})
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    site.address = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
