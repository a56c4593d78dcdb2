"""Files on disk, each named by the SHA-256 of its bytes: written whole or not at all, and looked at again when read."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import time
from collections.abc import Collection
from pathlib import Path

from office.errors import Gone
from office.i18n import N_

log = logging.getLogger(__name__)
_SHA256 = re.compile(r"[0-9a-f]{64}")
LEFT_ALONE = 3600.0
"""Seconds in which a file that nobody names yet may be on its way into the database."""


def put(folder: Path, data: bytes) -> str:
    """Keep the bytes; returns their SHA-256.  What is there already is not written again.

    Written under another name, flushed to disk and then named: no reader ever sees half of it.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    path = _path(folder, sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    if _intact(path, sha256):
        # The sweep leaves alone what has just been asked for.
        os.utime(path)
        return sha256
    half = path.with_name(f".{secrets.token_hex(8)}.half")
    try:
        with half.open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return sha256


def get(folder: Path, sha256: str) -> bytes:
    """The bytes behind a fingerprint; `Gone` when they are missing or no longer what they were."""
    try:
        data = _path(folder, sha256).read_bytes()
    except FileNotFoundError:
        data = None
    if data is None or hashlib.sha256(data).hexdigest() != sha256:
        log.error("the file %s is %s", sha256, "missing" if data is None else "not what it was")
        raise Gone(
            N_(
                "보관한 파일이 없어졌거나 지문이 맞지 않아 보여 드리지 않습니다. 성과관리 담당에게 알려 주십시오"
            )
        )
    return data


def sweep(folder: Path, known: Collection[str]) -> int:
    """Remove files that nothing names (removed before scoring, or never confirmed); returns how many."""
    removed = 0
    for path in folder.glob("??/*"):
        if path.name not in known and path.stat().st_mtime < time.time() - LEFT_ALONE:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _path(folder: Path, sha256: str) -> Path:
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return folder / sha256[:2] / sha256


def _intact(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False
