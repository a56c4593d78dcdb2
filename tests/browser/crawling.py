"""Finds the pages of a site as a person would: by following the links of the pages seen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from litestar import Litestar
from playwright.async_api import Page

NOT_A_PAGE = re.compile(r"\.(pdf|csv|json|svg|bel|toml|xlsx|txt|html)$|^/(static|display|health)(/|$)|^/api/")
_PARAMETER = re.compile(r"\{[^}]+\}")


def templates_of(app: Litestar) -> list[str]:
    """The addresses of the application that are read, most particular first."""
    paths = [route.path_format for route in app.routes if "GET" in getattr(route, "methods", ())]
    return sorted(set(paths), key=lambda path: (path.count("{"), -len(path)))


def template_of(path: str, templates: list[str]) -> str:
    """The address with its parameters unnamed, as the application knows it."""
    for template in templates:
        parts = [re.escape(part) for part in _PARAMETER.split(template)]
        if re.fullmatch("[^/]+".join(parts), path):
            return template
    return path


@dataclass
class Trail:
    """Pages to visit: each address once, only so many that differ in nothing but a number or a name, and no `files`.

    The `limit` ends repetition, never discovery: a page of a route nobody has `known` so far is always visited.
    """

    templates: list[str]
    files: tuple[str, ...] = ()
    known: Collection[str] = ()
    limit: int = 70
    alike: int = 3
    taken: int = 0
    seen: set[str] = field(default_factory=set)
    noted: Counter[str] = field(default_factory=Counter)
    looked_at: Counter[str] = field(default_factory=Counter)
    _waiting: list[tuple[str, str]] = field(default_factory=list)

    def add(self, *addresses: str) -> None:
        """Note addresses (path and query) unless they were noted before or there are enough of their kind."""
        for address in addresses:
            parts = urlsplit(address)
            plain = parts.path + (f"?{parts.query}" if parts.query else "")
            template = self._route(address)
            kind = template + "".join(f" {name}" for name, _ in parse_qsl(parts.query))
            if template in self.files or NOT_A_PAGE.search(parts.path):
                continue
            if plain in self.seen or self.noted[kind] >= self.alike:
                continue
            self.seen.add(plain)
            self.noted[kind] += 1
            self._waiting.append((kind, plain))

    def next(self) -> str | None:
        """The next page to visit, of the kind looked at least so far, or none when there is nothing left."""
        waiting = self._waiting
        if self.taken >= self.limit:
            waiting = [one for one in waiting if self._route(one[1]) not in self.known]
        if not waiting:
            return None
        self.taken += 1
        first = min(waiting, key=lambda one: self.looked_at[one[0]])
        self._waiting.remove(first)
        kind, address = first
        self.looked_at[kind] += 1
        return address

    def _route(self, address: str) -> str:
        return template_of(urlsplit(address).path, self.templates)

    def leave(self) -> None:
        """Forget what was noted and not looked at, so that the next visitor may."""
        self.seen.difference_update(address for _, address in self._waiting)


async def links(page: Page) -> list[str]:
    """Where the page leads on this site, without what is downloaded."""
    found: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll("a[href]:not([download])")]
            .filter((link) => link.origin === location.origin)
            .map((link) => link.pathname + link.search)"""
    )
    return found
