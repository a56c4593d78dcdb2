"""What a claim is, and how the code behind it is switched off."""

from __future__ import annotations
import __future__

import inspect
import sys
import textwrap
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from ballots.protocol.refusals import Invalid
from office.database import Database
from office.errors import Trouble
from office.settings import Settings

OURS = ("app", "office", "contracts", "ballots", "evaluation", "reports", "rehearsal", "tests")


class Broken(AssertionError):
    """The claim does not hold; nothing else raises this, so that a switch cannot pass by an accident."""


@dataclass(frozen=True)
class Place:
    """Where a check runs: an empty folder, and for claims about the running system an empty database."""

    folder: Path
    settings: Settings
    db: Database | None = None
    app: Litestar | None = None

    def database(self) -> Database:
        assert self.db is not None
        return self.db

    def application(self) -> Litestar:
        assert self.app is not None
        return self.app


@dataclass(frozen=True)
class Claim:
    """`sentence` stands word for word in docs/protocol.md, and so does `off`, what the switch does."""

    name: str
    sentence: str
    off: str
    check: Callable[[Place], Awaitable[None]]
    switch: Callable[[pytest.MonkeyPatch], None]


def must(holds: object) -> None:
    """The claim itself."""
    if not holds:
        raise Broken


def refused(act: Callable[..., object], *arguments: Any) -> bool:
    """Whether a pure function refuses these arguments."""
    try:
        act(*arguments)
    except Invalid:
        return True
    return False


async def turned_away(act: Awaitable[object]) -> bool:
    """Whether a service refuses, in whatever words."""
    try:
        await act
    except Trouble:
        return True
    return False


def put(patch: pytest.MonkeyPatch, original: object, stand_in: object) -> None:
    """Put something else in the place of a function, in every module of ours that holds it."""
    holders = [
        (module, name)
        for module in list(sys.modules.values())
        if getattr(module, "__name__", "").partition(".")[0] in OURS
        for name, value in list(vars(module).items())
        if value is original
    ]
    assert holders, f"nobody holds {original!r}"
    for module, name in holders:
        patch.setattr(module, name, stand_in)


def rewrite(patch: pytest.MonkeyPatch, function: Callable[..., Any], old: str, new: str) -> None:
    """Compile a function again with one piece of its source exchanged, and put that in its place.

    The piece must be there exactly once: a switch that no longer fits the code fails its test.
    """
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1, f"{function.__qualname__} no longer says {old!r}"
    namespace: dict[str, Any] = {}
    flags = __future__.annotations.compiler_flag
    code = compile(source.replace(old, new), inspect.getfile(function), "exec", flags, dont_inherit=True)
    exec(code, inspect.unwrap(function).__globals__, namespace)  # noqa: S102 - our own source
    owner, _, name = function.__qualname__.rpartition(".")
    if owner:
        patch.setattr(getattr(sys.modules[function.__module__], owner), name, namespace[name])
    else:
        put(patch, function, namespace[name])


async def nothing(*_: object, **__: object) -> None:
    """What an asynchronous check does once it is switched off."""


def yes(*_: object, **__: object) -> bool:
    """What a check answers once it is switched off."""
    return True
