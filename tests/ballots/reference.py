"""Elections held by Debian's `belenios-tool`, the program nobody here wrote: what our own parts are tried against."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TOOL = shutil.which("belenios-tool")


def tool(*arguments: str, folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run it in a folder; an AssertionError with what it said when it refuses."""
    assert TOOL is not None, "belenios-tool is not installed"
    done = subprocess.run(
        [TOOL, *arguments], cwd=folder, input=stdin, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"belenios-tool {' '.join(arguments)}: {done.stderr}"
    return done


@dataclass
class ReferenceElection:
    """One election in a folder of its own; `trustee_key` adds a key made elsewhere to the tool's own.

    With `trustees_made` all trustees come from elsewhere: it is the whole record, and the tool has no key.
    """

    folder: Path
    question: dict[str, Any] | Sequence[dict[str, Any]]
    voters: int = 3
    trustee_key: dict[str, Any] | None = None
    trustees_made: bytes | None = None
    uuid: str = field(init=False)
    credentials: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.uuid = self._tool("setup", "generate-token").strip()
        self._make_trustees()
        template = {
            "description": "contracts sha256:0",
            "name": "약속 시험 투표",
            "questions": [self.question] if isinstance(self.question, dict) else list(self.question),
        }
        self._write("template.json", json.dumps(template, ensure_ascii=False))
        group = ("--group", "BELENIOS-2048")
        self._tool("setup", "make-election", *group, "--uuid", self.uuid, "--template", "template.json")
        count = ("--count", str(self.voters))
        self._tool("setup", "generate-credentials", *group, "--uuid", self.uuid, *count)
        lines = self._only("*.privcreds").read_text().splitlines()
        self.credentials = [line.split()[-1] for line in lines]
        self._tool("archive", "init", "--public-creds", self._only("*.pubcreds").name)

    @property
    def record(self) -> bytes:
        """The election record, byte for byte as it stands on the board (the tool's own file ends in a newline)."""
        return self._on_board(1)

    @property
    def credentials_record(self) -> bytes:
        """The public credentials as they stand on the board."""
        return self._on_board(3)

    @property
    def trustees(self) -> list[Any]:
        trustees: list[Any] = json.loads((self.folder / "trustees.json").read_text())
        return trustees

    def cast(self, ballot: str) -> None:
        self._tool("archive", "add-event", "--type", "Ballot", stdin=ballot)

    def close(self) -> list[list[dict[str, str]]]:
        """End the voting; the encrypted tally."""
        self._tool("archive", "add-event", "--type", "EndBallots")
        lines = self._tool("election", "compute-encrypted-tally")
        self._tool("archive", "add-event", "--type", "EncryptedTally", stdin=lines)
        tally: list[list[dict[str, str]]] = json.loads(lines.splitlines()[0])
        return tally

    def own_share(self) -> None:
        """The tool's own trustee answers; it stands second where a key came from elsewhere."""
        owner = 1 if self.trustee_key is None else 2
        key = self._only("*.privkey").name
        lines = self._tool("election", "decrypt", "--privkey", key, "--trustee-id", str(owner))
        self._tool("archive", "add-event", "--type", "PartialDecryption", stdin=lines)

    def add_share(self, owner: int, share: str) -> None:
        """A share computed elsewhere, as the board wants it: the data, then who owns it."""
        owned = {"owner": owner, "payload": hashlib.sha256(share.encode()).hexdigest()}
        lines = share + "\n" + json.dumps(owned, separators=(",", ":"))
        self._tool("archive", "add-event", "--type", "PartialDecryption", stdin=lines)

    def result(self) -> list[list[int]]:
        line = self._tool("election", "compute-result")
        self._tool("archive", "add-event", "--type", "Result", stdin=line)
        result: list[list[int]] = json.loads(line)["result"]
        return result

    def verify(self) -> str:
        """What the tool says of the board as it stands; anything wrong fails the test."""
        board = self.folder / "board"
        board.mkdir(exist_ok=True)
        shutil.copy(self.folder / f"{self.uuid}.bel", board)
        return tool("election", "verify", "--dir", "board", folder=self.folder).stderr

    def _make_trustees(self) -> None:
        if self.trustees_made is not None:
            self._write("trustees.json", self.trustees_made.decode())
            return
        self._tool("setup", "generate-trustee-key", "--group", "BELENIOS-2048")
        keys: Sequence[str] = [self._only("*.pubkey").read_text().strip()]
        if self.trustee_key is not None:
            keys = [json.dumps(self.trustee_key, separators=(",", ":")), *keys]
        self._write("public_keys.jsons", "".join(f"{key}\n" for key in keys))
        self._tool("setup", "make-trustees")

    def _on_board(self, place: int) -> bytes:
        """A record of the board's setup by its place, after the header."""
        with tarfile.open(self.folder / f"{self.uuid}.bel") as board:
            content = board.extractfile(board.getmembers()[place])
            assert content is not None
            return content.read()

    def _tool(self, *arguments: str, stdin: str = "") -> str:
        return tool(*arguments, folder=self.folder, stdin=stdin).stdout

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def _only(self, pattern: str) -> Path:
        (path,) = self.folder.glob(pattern)
        return path
