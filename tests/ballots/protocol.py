"""The tables of docs/protocol.md, read for the tests that hold them against the code and the pages."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    section = re.split(rf"^#+ {re.escape(heading)}$", TEXT, flags=re.MULTILINE)[1]
    table = re.split(r"^#+ ", section, flags=re.MULTILINE)[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def names(heading: str) -> list[str]:
    """The names in the first column of a table."""
    return [row[0].strip("`") for row in rows(heading)]


CLAIMS = names("Claims")
LIMITS = names("What is not protected")
