"""The file format under the board: an old-style tar that must be right to the byte (specification 4.4).

No library writes it: header blocks without "ustar" magic, one constant time for all records, nothing after the last.
The constant time is on purpose: the board never says when a ballot came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ballots.protocol.records import ArchiveHeader, decode, encode, sha256_hex
from ballots.protocol.refusals import Invalid, Reason
from office.i18n import N_

_BLOCK: Final = 512
_LATEST: Final = 8**11 - 1  # what eleven octal digits hold
_FIRST: Final = "BELENIOS"
DATA: Final = "data"
EVENT: Final = "event"


@dataclass(frozen=True)
class ArchiveRecord:
    """One record of the file: `data` or `event`, named by the hash of its body; `place` counts from 1, the header."""

    kind: str
    body: bytes
    digest: str
    place: int


def header_record(timestamp: int) -> bytes:
    """The first record: version 1 and the election's timestamp (Unix seconds, kept as the time of every record)."""
    return _record(_FIRST, encode(ArchiveHeader(1, str(timestamp))), timestamp)


def record(kind: str, body: bytes, timestamp: int) -> bytes:
    """A data or event record, padded to whole blocks."""
    return _record(f"{sha256_hex(body)}.{kind}.json", body, timestamp)


def read_timestamp(raw: bytes) -> tuple[int, int]:
    """Timestamp and length of the header record, which is refused unless it is exactly what we would write."""
    body = _body(raw, 0, 1)
    timestamp = int(decode(body, ArchiveHeader).timestamp)
    expected = header_record(timestamp)
    if timestamp > _LATEST or not raw.startswith(expected):
        raise _misformed(1, N_("머리말이 정해진 것과 다릅니다"))
    return timestamp, len(expected)


def read_records(raw: bytes, start: int, timestamp: int) -> Iterator[ArchiveRecord]:
    """The records from `start` on; a byte that we would have written otherwise raises `Invalid(BOARD_FORM)`."""
    place = 1
    while start < len(raw):
        place += 1
        body = _body(raw, start, place)
        kind = EVENT if raw[start + 64 : start + 76] == b".event.json\0" else DATA
        expected = record(kind, body, timestamp)
        if raw[start : start + len(expected)] != expected:
            raise _misformed(place, N_("이름, 크기, 시각, 검사합 또는 채움이 내용과 맞지 않습니다"))
        yield ArchiveRecord(kind, body, sha256_hex(body), place)
        start += len(expected)


def _record(name: str, body: bytes, timestamp: int) -> bytes:
    header = bytearray(_BLOCK)
    for offset, text in (
        (0, name),
        (100, "0000644"),
        (108, "0000000"),
        (116, "0000000"),
        (124, f"{len(body):011o}"),
        (136, f"{timestamp:011o}"),
        (148, " " * 8),
        (156, "0"),
    ):
        header[offset : offset + len(text)] = text.encode()
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return bytes(header) + body + bytes(-len(body) % _BLOCK)


def _body(raw: bytes, start: int, place: int) -> bytes:
    """The body of the record at `start`, as long as its header block says."""
    size = raw[start + 124 : start + 135]
    if len(size) != 11 or size.translate(None, b"01234567"):
        raise _misformed(place, N_("크기를 읽을 수 없습니다"))
    end = start + _BLOCK + int(size, 8)
    if end > len(raw):
        raise _misformed(place, N_("파일이 중간에서 끝났습니다"))
    return raw[start + _BLOCK : end]


def _misformed(place: int, what: str) -> Invalid:
    return Invalid(Reason.BOARD_FORM, record=place, what=what)
