"""Where the acceptance data lies; tests that read it skip, saying so, where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
DATA = Path(os.environ.get("ACCEPTANCE_DATA") or PROJECT.parent / "shared" / "data")


def acceptance_data(name: str) -> Path:
    """A file or folder of the acceptance data, or a skip with the reason."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"acceptance data absent: {name} (set ACCEPTANCE_DATA to its folder)")
    return path
