"""Fetch the parts of other people's packages that the pages need, as `static/vendor.toml` lists them.

Run by hand (`make vendor`) when a version changes; what it writes is committed, so that nobody needs npm to run Yaksok.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

STATIC = Path(__file__).parent / "static"
MANIFEST = STATIC / "vendor.toml"
VENDOR = STATIC / "vendor"

HEAD_IMPORT = re.compile(r'^@import "[^"]+";\r?\n', re.MULTILINE)
SOURCE_MAP = re.compile(r"\n/\*# sourceMappingURL=[^*]*\*/\s*$")
URL = re.compile(r"url\(\s*[\"']?([^)\"']+?)[\"']?\s*\)")


def integrity(data: bytes) -> str:
    """The subresource-integrity string npm publishes for a package file."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def packed(name: str, version: str, expected: str) -> bytes:
    """The package file as the registry serves it now, refused unless it is the expected one."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"{name}@{version}", "--silent", "--pack-destination", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - names come from our manifest
        data = next(Path(folder).glob("*.tgz")).read_bytes()
    # Other bytes than the ones this repository was reviewed with are never unpacked.
    if not hmac.compare_digest(integrity(data), expected):
        raise ValueError(f"{name}@{version}: the bytes served differ from the integrity in vendor.toml")
    return data


def named_urls(css: str, home: PurePosixPath) -> Iterator[PurePosixPath]:
    """Every file a stylesheet names by `url()`, seen from the top of its tree; `data:` is no file."""
    for address in sorted(set(URL.findall(css))):
        if address.startswith("data:"):
            continue
        parts: list[str] = []
        for part in (home / address).parts:
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        yield PurePosixPath(*parts)


def chosen(package: Mapping[str, Any], archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    """Pairs of destination and bytes: the listed files, then the pictures their stylesheets name."""

    def read(inside: str) -> bytes:
        member = archive.extractfile(f"package/{inside}")
        if member is None:
            raise FileNotFoundError(inside)
        return member.read()

    sources = {destination: source for source, destination in package["files"].items()}
    for destination, source in sources.items():
        data = read(source)
        if destination in package.get("strip_import", ()):
            data = SOURCE_MAP.sub("\n", HEAD_IMPORT.sub("", data.decode(), count=1)).encode()
        yield destination, data
    for destination in package.get("follow_urls", ()):
        source = sources[destination]
        css = read(source).decode()
        there = named_urls(css, PurePosixPath(destination).parent)
        for target, inside in zip(there, named_urls(css, PurePosixPath(source).parent), strict=True):
            yield str(target), read(str(inside))


def vendor() -> int:
    """Write every chosen file under `static/vendor`; the number of files written."""
    written = 0
    for package in tomllib.loads(MANIFEST.read_text("utf-8"))["package"]:
        data = packed(package["name"], package["version"], package["integrity"])
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.seek(0)
            with tarfile.open(fileobj=file) as archive:
                for destination, content in chosen(package, archive):
                    path = VENDOR / destination
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
                    written += 1
    return written


if __name__ == "__main__":
    sys.stdout.write(f"{vendor()} files written under {VENDOR.relative_to(STATIC.parent.parent)}\n")
