"""Static files of all departments, each with a mark of its content, packed once and kept in memory."""

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
"""What pages use; the machine's own table of types differs from machine to machine.  Other files are not served."""
PACKED = {".css", ".js", ".json", ".svg", ".txt"}
SMALLEST = 512
"""Bytes; below, packing saves nothing."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served; `packed` is its gzip form where that is smaller."""

    mark: str
    media_type: str
    body: bytes
    packed: bytes | None


class Assets:
    """Finds files under several folders by their path; a file that changes on disk is read again."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._read: dict[str, tuple[tuple[int, int], Asset]] = {}

    def find(self, path: str) -> Asset | None:
        """The file of this path, or None where there is none to serve."""
        file = self._file(path)
        if file is None:
            return None
        status = file.stat()
        state = (status.st_mtime_ns, status.st_size)
        known = self._read.get(path)
        if known is None or known[0] != state:
            known = self._read[path] = (state, _asset(file))
        return known[1]

    def address(self, path: str) -> str:
        """Where a page finds the file; the address changes with the content.  Raises `KeyError` for an unknown file."""
        asset = self.find(path)
        if asset is None:
            raise KeyError(f"no static file {path}")
        return f"/static/{path}?v={asset.mark}"

    def _file(self, path: str) -> Path | None:
        named = PurePosixPath(path)
        if named.is_absolute() or ".." in named.parts or "\0" in path or named.suffix not in TYPES:
            return None
        return next((file for folder in self._folders if (file := folder / named).is_file()), None)


def _asset(file: Path) -> Asset:
    body = file.read_bytes()
    mark = hashlib.sha256(body).hexdigest()[:12]
    packed = gzip.compress(body, 9, mtime=0) if file.suffix in PACKED and len(body) >= SMALLEST else None
    return Asset(mark, TYPES[file.suffix], body, packed)
