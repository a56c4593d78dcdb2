"""What an evidence file really is: told by its content, never by its name, and refused unless it is quite harmless."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from contracts.evidence import inside_pdf, pictures, zipped
from office.errors import Refused
from office.i18n import N_

PDF = "application/pdf"
EXTENSIONS = {
    PDF: ".pdf",
    pictures.PNG: ".png",
    pictures.JPEG: ".jpg",
    pictures.WEBP: ".webp",
    zipped.XLSX: ".xlsx",
    zipped.HWPX: ".hwpx",
}
PICTURES = frozenset([pictures.PNG, pictures.JPEG, pictures.WEBP])
ACCEPT = ",".join([*EXTENSIONS.values(), ".jpeg"])
"""For the field of a form; a help to people, and no check."""
LONGEST_NAME = 100
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RESERVED = re.compile(r'[<>:"|?*%#;&]')
_EXTENSION = re.compile(r"\.(?:pdf|png|jpe?g|webp|xlsx|hwpx)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that may be kept: its media type, and its bytes as they are kept (pictures without their metadata)."""

    media_type: str
    data: bytes


def recognise(data: bytes, name: str = "") -> Kept:
    """The file as it may be kept; `Refused` says in a sentence why any other is not taken.

    The name only serves to say that it promises another content.  PDF that only shows its pages, PNG, JPEG and WebP up to 50 million pixels, XLSX and HWPX without macros.
    """
    if data.startswith(inside_pdf.MAGIC):
        inside_pdf.require_still(data)
        return Kept(PDF, data)
    picture = pictures.media_type(data)
    if picture is not None:
        return Kept(picture, pictures.cleaned(data, picture))
    if data.startswith(zipped.ZIP_MAGIC):
        return Kept(zipped.recognised(data), data)
    if data.startswith(_OLE):
        raise Refused(
            N_(
                "암호가 걸렸거나 예전 형식(XLS, HWP)인 파일입니다. 암호 없이 XLSX나 HWPX, PDF로 저장하여 올려 주십시오"
            )
        )
    if said := _EXTENSION.search(name):
        raise Refused(
            N_(
                "파일 이름은 {ending}인데 내용은 {kind} 파일이 아닙니다. 원본을 열어 그 형식으로 다시 저장한 뒤 올려 주십시오"
            ),
            ending=said[0].lower(),
            kind=said[0][1:].upper(),
        )
    raise Refused(N_("PDF, 그림(PNG·JPEG·WebP), 엑셀(XLSX), 한글(HWPX) 파일만 올릴 수 있습니다"))


def promises_another(name: str, media_type: str) -> bool:
    """Whether a name ends as files of another kind do: it is shown with the ending of what the file really is."""
    said = _EXTENSION.search(name)
    return said is not None and said[0].lower().replace(".jpeg", ".jpg") != EXTENSIONS[media_type]


def clean_name(name: str, media_type: str) -> str:
    """A name to show and to save under: the last part of what was sent, visible characters only, the right ending.

    Korean stays (composed, NFC).  It never becomes a path on the server.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(ch for ch in last if unicodedata.category(ch)[0] not in "CZ" or ch == " ")
    bare = _EXTENSION.sub("", _RESERVED.sub("_", seen)).strip(" ._-")[: LONGEST_NAME - 5].strip()
    return (bare or "증빙자료") + EXTENSIONS[media_type]
