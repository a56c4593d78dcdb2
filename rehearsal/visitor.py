"""One person at one browser, over HTTP: keeps cookies, sends CSRF tokens, reads what a page refuses."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
import pyotp

_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]*)"')
_PROBLEM = re.compile(r'role="alert"[^>]*>(.*?)</(?:div|section)>', re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
STEP = 30
MARGIN = 12
"""Seconds a code may be on its way to a busy server."""


class Unexpected(Exception):
    """The application answered other than the play expects; holds what it said, never what was sent."""


@dataclass
class Authenticator:
    """An authenticator app that never offers the same step twice; waits where it must."""

    secret: str
    last: int = 0

    def code(self) -> str:
        """A code the server will take: the oldest unused step it still allows (one either way)."""
        while True:
            current, second = divmod(int(time.time()), STEP)
            # The step before is still allowed, unless it would end on the way.
            step = max(self.last + 1, current - 1 if second < STEP - MARGIN else current)
            if step <= current + 1:
                self.last = step
                return pyotp.TOTP(self.secret).generate_otp(step)
            time.sleep(1)


@dataclass
class Visitor:
    """Somebody at a browser; `http` is a client with its own cookie jar and the site as base address."""

    http: httpx.AsyncClient
    authenticator: Authenticator | None = None
    _token: str = field(default="", repr=False)

    async def get(self, path: str, expect: int = 200, **options: Any) -> httpx.Response:
        """Open a page."""
        options.setdefault("headers", {"Accept": "text/html"})
        return self._checked(await self.http.get(path, **options), expect)

    async def post(
        self, path: str, form: Mapping[str, Any] | None = None, *, files: Any = None, expect: int = 303
    ) -> httpx.Response:
        """Send a form, as a page would: with the token of the last page seen."""
        data = {**(form or {}), "_csrf_token": await self._csrf()}
        answer = await self.http.post(path, data=data, files=files, headers={"Accept": "text/html"})
        return self._checked(answer, expect)

    async def send(self, path: str, content: Any, *, expect: int | tuple[int, ...] = 201) -> httpx.Response:
        """Send JSON, as a script of a page would."""
        headers = {"x-csrftoken": await self._csrf(), "Accept": "application/json"}
        raw = isinstance(content, bytes | str)
        options = {"content": content} if raw else {"json": content}
        answer = await self.http.post(
            path, headers={**headers, "Content-Type": "application/json"}, **options
        )
        return self._checked(answer, expect)

    async def sign_in(self, email: str, password: str, secret: str) -> None:
        """Sign in with password and authenticator."""
        self.authenticator = self.authenticator or Authenticator(secret)
        await self.get("/sign-in")
        await self.post("/sign-in", {"email": email, "password": password, "code": self.authenticator.code()})

    def totp(self) -> str:
        """A fresh authenticator code of this person."""
        if self.authenticator is None:
            raise Unexpected("this visitor has no authenticator")
        return self.authenticator.code()

    async def _csrf(self) -> str:
        if not self._token:
            await self.get("/sign-in")
        return self._token

    def _checked(self, answer: httpx.Response, expect: int | tuple[int, ...]) -> httpx.Response:
        if found := _TOKEN.search(answer.text if "html" in answer.headers.get("content-type", "") else ""):
            self._token = unescape(found[1])
        expected = expect if isinstance(expect, tuple) else (expect,)
        if answer.status_code not in expected:
            request = answer.request
            raise Unexpected(
                f"{request.method} {request.url.path}: {answer.status_code}, expected {expected}: {said(answer)}"
            )
        return answer


def said(answer: httpx.Response) -> str:
    """What a refusal says, from a page or a problem document."""
    if "json" in answer.headers.get("content-type", ""):
        return str(answer.json().get("detail", ""))
    found = _PROBLEM.search(answer.text)
    text = found[1] if found else answer.text
    return " ".join(unescape(_TAGS.sub(" ", text)).split())[:400]


def fields(answer: httpx.Response, name: str) -> list[str]:
    """The values of a page's inputs of this name, in order, whatever the order of their attributes."""
    found = []
    for tag in _INPUT.findall(answer.text):
        attributes = {key: unescape(value) for key, value in _ATTRIBUTE.findall(tag)}
        if attributes.get("name") == name:
            found.append(attributes.get("value", ""))
    return found
