"""One record of JSON written differently in every way a program could be lenient about."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

Path = tuple[str | int, ...]
_Value = TypeVar("_Value")


def compact(value: Any) -> bytes:
    """JSON as the board writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def paths(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value within, the whole first."""
    yield at, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, found in inner:
        yield from paths(found, (*at, key))


def changed(raw: bytes, at: Path, change: Callable[[Any], Any]) -> bytes:
    """The record with the value at a path changed."""
    whole = json.loads(raw)
    if not at:
        return compact(change(whole))
    holder = whole
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = change(holder[at[-1]])
    return compact(whole)


def always(value: _Value) -> Callable[[Any], _Value]:
    """A change that does not look at what was there."""
    return lambda _: value


def having(**fields: Any) -> Callable[[Any], Any]:
    """A change that sets fields of an object."""
    return lambda found: {**found, **fields}


def without(field: str) -> Callable[[Any], Any]:
    """A change that takes a field out of an object."""
    return lambda found: {key: value for key, value in found.items() if key != field}


def named(at: Path) -> str:
    """A path in words."""
    return ".".join(map(str, at)) or "record"


_MARK = "\u0001here"


def spelled(raw: bytes, at: Path, text: str) -> bytes:
    """The record with the value at a path written as `text`, which need not be canonical, nor JSON."""
    return changed(raw, at, lambda _: _MARK).replace(
        json.dumps(_MARK).encode(), text.encode("utf-8", "surrogatepass")
    )


def rearranged(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Every object and list within, with a part missing, doubled, added or moved."""
    for at, value in paths(json.loads(raw)):
        where = named(at)
        if isinstance(value, dict):
            for field in value:
                yield (
                    f"{where} without {field}",
                    changed(raw, at, without(field)),
                )
            yield f"{where} with an unknown field first", changed(raw, at, lambda o: {"note": "x", **o})
            yield f"{where} with an unknown field last", changed(raw, at, lambda o: {**o, "note": "x"})
            if len(value) > 1:
                yield (
                    f"{where} with its fields turned around",
                    changed(raw, at, lambda o: dict(reversed(o.items()))),
                )
            first = next(iter(value))
            twice = (
                json.dumps(first) + ":" + compact(value[first]).decode() + "," + compact(value).decode()[1:]
            )
            yield f"{where} with {first} twice", spelled(raw, at, "{" + twice)
        elif isinstance(value, list):
            yield f"{where} empty", changed(raw, at, lambda _: [])
            yield f"{where} without its last", changed(raw, at, lambda o: o[:-1])
            yield f"{where} with its last twice", changed(raw, at, lambda o: [*o, o[-1]])
            if len(value) > 1 and value[0] != value[-1]:
                yield f"{where} turned around", changed(raw, at, lambda o: o[::-1])


def blanks(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The same record with blanks, escapes and bytes that a lenient reader passes over."""
    whole = json.loads(raw)
    yield "a newline at the end", raw + b"\n"
    yield "a blank in front", b" " + raw
    yield "a byte order mark in front", b"\xef\xbb\xbf" + raw
    yield "a zero byte at the end", raw + b"\0"
    yield "bytes that are no text at the end", raw + b"\xff"
    yield "written twice", raw + raw
    yield "indented", json.dumps(whole, indent=1, ensure_ascii=False).encode()
    yield "blanks after commas and colons", json.dumps(whole, ensure_ascii=False).encode()
    yield "a tab after the first token", raw[:1] + b"\t" + raw[1:]
    yield "a comma too many", raw[:-1] + b"," + raw[-1:]
    yield "a comment at the end", raw + b"//x"
    letter = next(i for i in range(raw.index(b'"') + 1, len(raw)) if chr(raw[i]).isalnum())
    yield "an escaped character", raw[:letter] + f"\\u{raw[letter]:04x}".encode() + raw[letter + 1 :]
    yield "its end missing", raw[:-1]
    yield "in a list", b"[" + raw + b"]"
    yield "in quotes", compact(raw.decode())
    yield "nothing", b""
    yield "null", b"null"


def numbers(raw: bytes) -> Iterator[tuple[Path, str]]:
    """Every value that is a decimal number in quotes."""
    for at, value in paths(json.loads(raw)):
        if isinstance(value, str) and value.isdecimal():
            yield at, value


FORMS: dict[str, Callable[[str], str]] = {
    "with a leading zero": lambda n: f'"0{n}"',
    "with a plus": lambda n: f'"+{n}"',
    "with a blank": lambda n: f'" {n}"',
    "with a newline": lambda n: f'"{n}\\n"',
    "with an underscore": lambda n: f'"{n[:1]}_{n[1:]}"',
    "in hexadecimal": lambda n: f'"{int(n):#x}"',
    "as a JSON number": lambda n: n,
    "as a decimal fraction": lambda n: f'"{n}.0"',
    "in Arabic digits": lambda n: '"' + "".join(chr(0x660 + int(d)) for d in n) + '"',
    "in full-width digits": lambda n: '"' + "".join(chr(0xFF10 + int(d)) for d in n) + '"',
    "with an escaped digit": lambda n: f'"\\u{ord(n[0]):04x}{n[1:]}"',
    "in a list": lambda n: f'["{n}"]',
    "negative": lambda n: f'"-{n}"',
    "empty": lambda _: '""',
    "null": lambda _: "null",
    "of ten thousand digits": lambda n: '"' + n * 130 + '"',
}
"""Other ways to write a number, none of them the canonical one."""
