"""How a fault of ours is written to the log: where it happened and what kind it is, without what others put in its text."""

from __future__ import annotations

import traceback

_QUOTING = {"sqlalchemy", "psycopg", "sqlite3", "aiosqlite", "pydantic_core"}
"""Packages whose errors quote what was stored or sent: a phone number, a name, a ballot."""


def told(fault: BaseException) -> str:
    """The chain of errors, innermost first, each with its frames."""
    chain: list[BaseException] = []
    one: BaseException | None = fault
    while one is not None and one not in chain:
        chain.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\nthen\n".join(_one(each) for each in reversed(chain))


def _one(fault: BaseException) -> str:
    kind = type(fault)
    frames = "".join(traceback.format_tb(fault.__traceback__))
    text = "" if kind.__module__.partition(".")[0] in _QUOTING else f": {fault}"
    within = "".join(
        f"\n{told(each)}" for each in (fault.exceptions if isinstance(fault, BaseExceptionGroup) else ())
    )
    return f"{frames}{kind.__module__}.{kind.__qualname__}{text}{within}"
