"""Cells of a CSV that a spreadsheet would take for a formula: written with an apostrophe before them, read back without."""

from __future__ import annotations

import re

_RISKY = re.compile(r"'*[=+\-@\t\r]")
"""What a formula begins with (OWASP, CSV injection), or an apostrophe that already stands before it."""


def guarded(text: str) -> str:
    """The text as it may stand in a cell; `unguarded` is its exact inverse."""
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` made the cell from; other cells are as they are."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell
