"""The commands refuse at once what would fail after a minute."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from rehearsal.commands import demo
from rehearsal.theatre import SIGN_INS


@pytest.mark.parametrize("kind", ["folder with a file", "file", "link"])
def test_a_demonstration_does_not_begin_in_a_place_that_is_taken(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    if kind == "folder with a file":
        place.mkdir()
        (place / "letter.txt").write_text("mine")
    elif kind == "file":
        place.write_text("mine")
    else:
        place.symlink_to(tmp_path)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    answer = CliRunner().invoke(demo, ["--folder", str(place)])
    assert answer.exit_code == 1 and isinstance(answer.exception, SystemExit)
    assert "name an" in answer.output and str(place) in answer.output
    assert (SIGN_INS in answer.output) == (kind == "folder with a file")
    assert "Filling" not in answer.output
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
