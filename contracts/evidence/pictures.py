"""Pictures as evidence: only what draws the picture is kept; where and by whom it was taken is left out."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator

from PIL import Image

from office.errors import Refused
from office.i18n import N_

MAXIMUM_PIXELS = 50_000_000
"""About 8,600 x 5,800: more than any camera in an office, and 150 MB unpacked."""
PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
PNG_MAGIC, JPEG_MAGIC = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_FORMATS = {PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP"}
_DRAWING = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs acTL fcTL fdAT cICP".split()
)
"""PNG chunks that say how the picture looks; the others are texts, times and EXIF."""
_KEPT_RIFF = frozenset([b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"])
_KEPT_SEGMENTS = frozenset([0xE0, 0xE2, 0xEE])
"""JPEG application segments: JFIF, colour profile, Adobe's colour transform."""
_ORIENTATION = 0x0112
_BARE = frozenset([0x01, *range(0xD0, 0xD8)])
"""JPEG markers without a length."""


def media_type(data: bytes) -> str | None:
    """The media type of a picture by its first bytes, or None."""
    if data.startswith(PNG_MAGIC):
        return PNG
    if data.startswith(JPEG_MAGIC):
        return JPEG
    return WEBP if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def cleaned(data: bytes, kind: str) -> bytes:
    """The picture without EXIF, XMP, texts and anything behind its end; decoded once to see that it is one.

    A photograph that was taken sideways keeps the one number that turns it.
    """
    try:
        stripped = {PNG: _png, JPEG: _jpeg, WEBP: _webp}[kind](data)
        _decode(stripped, kind)
    except Refused:
        raise
    except Exception:
        # Decoders raise whatever they like on a broken file.
        raise Refused(N_("그림 파일이 깨져 있습니다. 다시 저장하여 올려 주십시오")) from None
    return stripped


def _decode(data: bytes, kind: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as picture:
            if picture.width * picture.height * getattr(picture, "n_frames", 1) > MAXIMUM_PIXELS:
                raise Refused(
                    N_("그림이 너무 큽니다. 가로와 세로의 화소를 곱해 {n}만이 넘지 않게 줄여 주십시오"),
                    n=MAXIMUM_PIXELS // 10_000,
                )
            picture.load()


def _png(data: bytes) -> bytes:
    kept, at = [data[:8]], 8
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        name, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise ValueError("a chunk runs past the end")
        if name in _DRAWING:
            kept.append(data[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end


def _jpeg(data: bytes) -> bytes:
    kept = [data[:2]]
    turned = _turn(data)
    if turned != 1:
        kept.append(_orientation_only(turned))
    for marker, segment in _segments(data):
        if marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in _KEPT_SEGMENTS):
            continue
        if marker == 0xE2 and not segment[4:].startswith(b"ICC_PROFILE\0"):
            continue
        kept.append(segment)
    return b"".join(kept)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers with their segments, a scan with its picture data, up to the end of the (first) image."""
    at = 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1
        if data[at] != 0xFF:
            raise ValueError("no marker")
        marker = data[at + 1]
        if marker == 0xD9:
            yield marker, b"\xff\xd9"
            return
        if marker in _BARE:
            yield marker, data[at : at + 2]
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if marker == 0xDA:
            end = _scan_end(data, end)
        if length < 2 or end > len(data):
            raise ValueError("a segment runs past the end")
        yield marker, data[at:end]
        at = end


def _scan_end(data: bytes, at: int) -> int:
    """Where the compressed data of a scan ends: at the next marker that is neither stuffing nor a restart."""
    while True:
        at = data.index(b"\xff", at)
        following = data[at + 1]
        if following not in (0x00, 0xFF) and following not in _BARE:
            return at
        at += 1 if following == 0xFF else 2


def _turn(data: bytes) -> int:
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
        turned = picture.getexif().get(_ORIENTATION, 1)
    return turned if isinstance(turned, int) and 1 <= turned <= 8 else 1


def _orientation_only(turned: int) -> bytes:
    """An EXIF segment that says which way is up, and nothing else (TIFF 6.0, one entry of type SHORT)."""
    tiff = b"MM\0\x2a" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    payload = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload


def _webp(data: bytes) -> bytes:
    (size,) = struct.unpack_from("<I", data, 4)
    end = min(8 + size, len(data))
    kept, at = [], 12
    while at + 8 <= end:
        name = data[at : at + 4]
        (length,) = struct.unpack_from("<I", data, at + 4)
        following = at + 8 + length + length % 2
        if at + 8 + length > end:
            raise ValueError("a chunk runs past the end")
        chunk = data[at : at + 8 + length] + b"\0" * (length % 2)
        if name == b"VP8X":
            # The flags say that EXIF (8) and XMP (4) follow; they no longer do.
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C & 0xFF]) + chunk[9:]
        if name in _KEPT_RIFF:
            kept.append(chunk)
        at = following
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
