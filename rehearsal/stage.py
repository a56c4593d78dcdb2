"""The stage: one running application, the people of the play, and the letters they receive."""

from __future__ import annotations

import asyncio
import re
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from rehearsal.visitor import Authenticator, Unexpected, Visitor

T = TypeVar("T")
R = TypeVar("R")

_NUMBER = re.compile(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}")
_LINK = re.compile(r"https?://\S+")
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_SECRET = re.compile(r"(?<![A-Z2-7])([A-Z2-7]{32})(?![A-Z2-7])")
_TRUST = ssl.create_default_context()
"""Made once: reading the certificates costs more than a vote."""
PATIENCE = 30.0
"""Seconds to wait for a letter."""


@dataclass
class Actor:
    """Somebody of the play who signs in."""

    name: str
    role: str
    email: str
    agency: str = ""
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)
    secret: str = field(default="", repr=False)
    visitor: Visitor | None = field(default=None, repr=False)

    @property
    def browser(self) -> Visitor:
        """The actor's browser, signed in."""
        if self.visitor is None:
            raise Unexpected(f"{self.name} has not signed in yet")
        return self.visitor


@dataclass
class Progress:
    """Says how far the play is and keeps how long each scene took."""

    say: Callable[[str], None]
    times: dict[str, float] = field(default_factory=dict)

    @asynccontextmanager
    async def scene(self, name: str) -> AsyncIterator[None]:
        """Announce a scene and time it."""
        self.say(f"{name} …")
        begun = time.perf_counter()
        yield
        self.times[name] = self.times.get(name, 0.0) + time.perf_counter() - begun
        self.say(f"{name}: {self.times[name]:.1f} s")

    def count(self, name: str, done: int, total: int) -> None:
        """Say how far a long scene is, about twenty times."""
        if done == total or done % max(1, total // 20) == 0:
            self.say(f"  {name}: {done}/{total}")


@dataclass
class Stage:
    """Where the play happens: the address of the application and everybody who has come in."""

    base_url: str
    progress: Progress
    actors: list[Actor] = field(default_factory=list)
    _clients: list[httpx.AsyncClient] = field(default_factory=list)

    def newcomer(self) -> Visitor:
        """A browser of its own, without cookies."""
        client = httpx.AsyncClient(base_url=self.base_url, timeout=120.0, verify=_TRUST)
        self._clients.append(client)
        return Visitor(client)

    async def close(self) -> None:
        """Close every browser."""
        for client in self._clients:
            await client.aclose()

    def of(self, role: str) -> list[Actor]:
        """Everybody of a role, in the order they came in."""
        return [actor for actor in self.actors if actor.role == role]

    def of_agency(self, role: str, agency: str) -> Actor:
        """The officer or the head of an agency."""
        return next(actor for actor in self.of(role) if actor.agency == agency)

    def rested(self, role: str, count: int) -> list[Actor]:
        """Those of a role whose authenticators are free soonest: nobody waits for a code that another could give."""

        def used(actor: Actor) -> int:
            return actor.browser.authenticator.last if actor.browser.authenticator else 0

        return sorted(self.of(role), key=used)[:count]

    async def letters(self, recipient: str, purpose: str) -> list[dict[str, Any]]:
        """The messages somebody has received, newest first; waits until there is one."""
        reader = self.newcomer_for_letters()
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = await reader.http.get(
                "/demonstration/outbox",
                params={"recipient": recipient, "purpose": purpose},
                headers={"Accept": "application/json"},
            )
            found: list[dict[str, Any]] = answer.json() if answer.status_code == 200 else []
            if found or time.monotonic() > deadline:
                if not found:
                    raise Unexpected(f"no message '{purpose}' arrived ({answer.status_code})")
                return found
            await asyncio.sleep(0.1)

    def newcomer_for_letters(self) -> Visitor:
        """The browser that looks at the demonstration outbox."""
        if not self._clients:
            return self.newcomer()
        return Visitor(self._clients[0])

    async def join(self, actor: Actor, number: str) -> None:
        """Come in with an invitation number, and sign in."""
        browser = self.newcomer()
        await browser.get("/join")
        known = {"email": actor.email, "invitation": number}
        second = await browser.post("/join", known, expect=200)
        found = _SECRET.search(second.text)
        if not found:
            raise Unexpected(f"{actor.name}: the page to join shows no authenticator secret")
        actor.secret = found[1]
        browser.authenticator = Authenticator(actor.secret)
        chosen = {"password": actor.password, "password_again": actor.password}
        await browser.post("/join", {**known, **chosen, "totp": browser.totp()})
        await browser.sign_in(actor.email, actor.password, actor.secret)
        actor.visitor = browser
        self.actors.append(actor)

    async def invite(self, by: Actor, actor: Actor) -> None:
        """Have an officer invite somebody, two of them another officer, and follow the letter in."""
        form = {"email": actor.email, "name": actor.name, "role": actor.role, "agency": actor.agency}
        for officer in self.of("office")[:2] if actor.role == "office" else [by]:
            await officer.browser.get("/office/people")
            await officer.browser.post("/office/people", form)
        letter = (await self.letters(actor.email, "invitation"))[0]
        number = _NUMBER.search(letter["text"])
        if not number:
            raise Unexpected("the invitation holds no number")
        await self.join(actor, number[0])

    async def together(self, press: Callable[[Actor], Awaitable[object]]) -> None:
        """A critical act: two different officers press the same button."""
        first, second = self.of("office")[:2]
        await press(first)
        await press(second)

    async def both_send(self, path: str, form: dict[str, str]) -> None:
        """A critical act that is a form: two different officers send the same."""
        await self.together(lambda officer: officer.browser.post(path, form))


def link_in(letter: dict[str, Any]) -> str:
    """The address in a message."""
    found = _LINK.search(letter["text"])
    if not found:
        raise Unexpected("the message holds no link")
    return found[0]


def code_in(letter: dict[str, Any]) -> str:
    """The one-time code in a message."""
    found = _CODE.search(_LINK.sub("", letter["text"]))
    if not found:
        raise Unexpected("the message holds no code")
    return found[0]


async def some_at_once(items: Iterable[T], work: Callable[[T], Awaitable[R]], *, at_once: int = 8) -> list[R]:
    """Do the same for everybody, a few at a time, answers in the order of the items."""
    gate = asyncio.Semaphore(at_once)

    async def one(item: T) -> R:
        async with gate:
            return await work(item)

    results: Sequence[R] = await asyncio.gather(*(one(item) for item in items))
    return list(results)
