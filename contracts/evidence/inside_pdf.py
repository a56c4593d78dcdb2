"""What a PDF may do when it is opened: one that runs, launches, sends or carries something is found out."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from office.errors import Refused
from office.i18n import N_

MAGIC = b"%PDF-"
MAXIMUM_INFLATED = 400 * 1024 * 1024
"""Bytes of unpacked streams that are looked through."""
MAXIMUM_STREAMS = 100_000
_PIECE, _FED = 1024 * 1024, 64 * 1024
_OVERLAP = 64
_TOO_MUCH = N_("풀면 지나치게 커지는 파일은 받을 수 없습니다. 내용을 나누어 올려 주십시오")

_NAME_END = rb"(?=[\x00\t\n\x0c\r ()<>\[\]{}/%]|$)"
_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToE|XFA)" + _NAME_END
)
_ENCRYPTED = re.compile(rb"/Encrypt" + _NAME_END)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_PACKED_OBJECTS = re.compile(rb"/ObjStm" + _NAME_END)
_OTHER_FILTER = re.compile(
    rb"/(?:ASCIIHexDecode|AHx|ASCII85Decode|A85|LZWDecode|LZW|RunLengthDecode|RL|Crypt|Predictor)" + _NAME_END
)
_NEAR = 2048
"""Bytes around the name of an object stream that hold the rest of its dictionary."""


def require_still(data: bytes) -> None:
    """Refuse a PDF that is broken, encrypted, or does anything but show its pages (ISO 32000-1, 12.6 and 7.11.4).

    Names are looked for with their escapes undone, in the file itself and in every stream that unpacks, since objects
    may lie packed in streams; object streams that are packed in a way that is not looked into are refused.
    """
    if not data.startswith(MAGIC) or b"%%EOF" not in data[-2048:]:
        raise Refused(N_("PDF 파일이 깨져 있습니다. 다시 저장하여 올려 주십시오"))
    plainly = _unescaped(data)
    if _ENCRYPTED.search(plainly):
        raise Refused(N_("암호가 걸린 파일은 받을 수 없습니다. 암호 없이 다시 저장하여 올려 주십시오"))
    if _ACTIVE.search(plainly) or _packed_strangely(plainly) or _inside_streams(data):
        raise Refused(
            N_(
                "실행되는 내용이나 다른 파일이 들어 있는 PDF는 받을 수 없습니다. 인쇄용 PDF로 다시 저장하여 올려 주십시오"
            )
        )


def _unescaped(data: bytes) -> bytes:
    """`/J#61vaScript` is `/JavaScript`."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)


def _packed_strangely(data: bytes) -> bool:
    for found in _PACKED_OBJECTS.finditer(data):
        before = data[max(0, found.start() - _NEAR) : found.start()]
        after = data[found.end() : found.end() + _NEAR]
        dictionary = before[before.rfind(b" obj") + 1 :] + after[: (after.find(b"stream") + 1 or _NEAR)]
        if _OTHER_FILTER.search(dictionary):
            return True
    return False


def _inside_streams(data: bytes) -> bool:
    whole, budget = memoryview(data), MAXIMUM_INFLATED
    for place, found in enumerate(_STREAM.finditer(data)):
        if place > MAXIMUM_STREAMS:
            raise Refused(_TOO_MUCH)
        tail = b""
        for piece in _inflated(whole[found.end() :]):
            budget -= len(piece)
            if budget < 0:
                raise Refused(_TOO_MUCH)
            if _ACTIVE.search(_unescaped(tail + piece)):
                return True
            tail = piece[-_OVERLAP:]
    return False


def _inflated(packed: memoryview) -> Iterator[bytes]:
    """What a stream unpacks to, in pieces; nothing, or no more, where it is not (or no longer) deflated."""
    inflating = zlib.decompressobj()
    for at in range(0, len(packed), _FED):
        waiting: bytes | memoryview = packed[at : at + _FED]
        while waiting and not inflating.eof:
            try:
                yield inflating.decompress(waiting, _PIECE)
            except zlib.error:
                return
            waiting = inflating.unconsumed_tail
        if inflating.eof:
            return
