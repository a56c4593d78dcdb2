"""Documents that are zip files (XLSX, HWPX): what is in them, and what must not be."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from office.errors import Refused
from office.i18n import N_

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HWPX = "application/hwp+zip"
ZIP_MAGIC = b"PK\x03\x04"
MAXIMUM_MEMBERS = 5_000
MAXIMUM_UNPACKED = 200 * 1024 * 1024
MAXIMUM_RATIO = 200
"""Unpacked to packed bytes of one member; sheets of repeated text reach about 50."""
RATIO_FROM = 1024 * 1024
"""Bytes from which the ratio counts: a small file of blanks is no bomb."""
_READ = 1024 * 1024

_MACROS = re.compile(
    r"vbaproject|vbadata|/macrosheets/|/activex/|/embeddings/|/ctrlprops/|customui|\.(?:exe|dll|vbs|js|jar|bat|ps1|ole|bin)$",
    re.IGNORECASE,
)
_HARMLESS_BINARY = re.compile(r"^xl/printerSettings/printerSettings\d+\.bin$")
_SCRIPT = re.compile(r"^scripts/", re.IGNORECASE)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_EMPTY_SCRIPT = re.compile(r"var\s+\w+\s*=\s*[\w.]+\s*;|function\s+\w+\([^)]*\)\s*\{\s*\}|\s")
_MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)


def recognised(data: bytes) -> str:
    """The media type of a zipped document that may be kept; `Refused` says what is wrong with any other."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _bounded(members, len(data))
            kind = _kind(archive, {member.filename for member in members})
            for member in members:
                _read_through(archive, member)
            _without_macros(archive, kind, members)
            return kind
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
        zlib.error,
    ):
        raise Refused(
            N_("파일이 깨져 있거나 암호가 걸려 있습니다. 암호 없이 다시 저장하여 올려 주십시오")
        ) from None


def _bounded(members: list[zipfile.ZipInfo], size: int) -> None:
    names = [member.filename for member in members]
    if any(member.flag_bits & 1 for member in members):
        raise Refused(N_("암호가 걸린 파일은 받을 수 없습니다. 암호 없이 다시 저장하여 올려 주십시오"))
    if (
        len(members) > MAXIMUM_MEMBERS
        or sum(member.file_size for member in members) > MAXIMUM_UNPACKED
        # Members that lie on top of each other unpack to more than there is.
        or sum(member.compress_size for member in members) > size
        or any(
            member.file_size > RATIO_FROM and member.file_size > MAXIMUM_RATIO * member.compress_size
            for member in members
        )
    ):
        raise Refused(N_("풀면 지나치게 커지는 파일은 받을 수 없습니다. 내용을 나누어 올려 주십시오"))
    if len({name.casefold() for name in names}) != len(names) or any(map(_strays, names)):
        raise Refused(N_("파일 안의 이름이 잘못되어 있습니다. 프로그램에서 다시 저장하여 올려 주십시오"))


def _strays(name: str) -> bool:
    return name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/")


def _kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names and archive.getinfo("mimetype").file_size <= 100:
        said = archive.read("mimetype").strip()
        if said == HWPX.encode() and {"version.xml", "Contents/content.hpf"} <= names:
            return HWPX
    if {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        return XLSX
    raise Refused(N_("엑셀(XLSX)이나 한글(HWPX) 문서가 아닌 압축 파일은 받을 수 없습니다"))


def _read_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpack a member piece by piece: its checksum is compared, and it is no longer than it says."""
    with archive.open(member) as content:
        while content.read(_READ):
            pass


def _without_macros(archive: zipfile.ZipFile, kind: str, members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    active = any(
        _MACROS.search(name) and not _HARMLESS_BINARY.match(name) and not _SCRIPT.match(name)
        for name in names
    )
    if kind == XLSX:
        active = active or _MACRO_TYPE.search(archive.read("[Content_Types].xml")) is not None
    else:
        active = active or any(_says_something(archive.read(name)) for name in names if _SCRIPT.match(name))
    if active:
        raise Refused(
            N_("매크로나 다른 파일이 들어 있는 문서는 받을 수 없습니다. 빼고 다시 저장하여 올려 주십시오")
        )


def _says_something(script: bytes) -> bool:
    """Whether a script does more than the empty one that word processors put into every document."""
    encoding = (
        "utf-16"
        if script[:2] in (b"\xff\xfe", b"\xfe\xff")
        else "utf-16-le"
        if b"\0" in script[:8]
        else "utf-8"
    )
    return bool(_EMPTY_SCRIPT.sub("", _COMMENT.sub("", script.decode(encoding, "replace"))))
