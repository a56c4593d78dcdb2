"""One classic script from ES modules, and one style sheet without addresses: what a page needs that is a single file.

Our modules keep to a plain form (named imports at the head, exports in front of what they export, no cycles), so that
each can become a function that returns its exports; anything else is an error here, never a broken file.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from hashlib import sha256
from posixpath import dirname, normpath
from urllib.parse import quote

Read = Callable[[str], str]
"""path of a file → its text"""

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function\*?|function\*?|class|const) (\w+))", re.MULTILINE)
_LEFT_OVER = re.compile(
    r"^\s*(?:import|export)\b|\bimport\s*[.(]|</script|<!--", re.MULTILINE | re.IGNORECASE
)
_FACE = re.compile(r"@font-face \{[^}]*\}\n?")
_ADDRESS = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
_CHARSET = re.compile(r'@charset "[^"]*";')


def script_of(entry: str, read: Read) -> str:
    """The module `entry` with everything it imports, each once and before whoever needs it.

    Raises `ValueError` for a module in another form or in a circle.
    """
    done: dict[str, str] = {}
    _add(entry, read, done, ())
    return '"use strict";\nconst modules = {};\n' + "".join(done.values())


def _add(path: str, read: Read, done: dict[str, str], within: tuple[str, ...]) -> None:
    if path in within:
        raise ValueError(f"modules in a circle: {' '.join((*within, path))}")
    if path in done:
        return
    text = read(path)

    def imported(match: re.Match[str]) -> str:
        source = normpath(f"{dirname(path) or '.'}/{match[2]}")
        _add(source, read, done, (*within, path))
        names = re.sub(r"(\w+) as (\w+)", r"\1: \2", " ".join(match[1].split()).rstrip(","))
        return f'const {{ {names.strip()} }} = modules["{source}"];\n'

    exported = _EXPORT.findall(text)
    body = _EXPORT.sub("", _IMPORT.sub(imported, text))
    if found := _LEFT_OVER.search(body):
        raise ValueError(f"{path} has a form that cannot be joined: {found[0].strip()}")
    done[path] = (
        f'modules["{path}"] = (() => {{\n{body.rstrip()}\nreturn {{ {", ".join(exported)} }};\n}})();\n'
    )


def style_of(sheets: list[str], read: Read) -> str:
    """The style sheets in their order, pictures inside, without fonts: text is shown in the reader's own."""

    whole = ""
    for path in sheets:
        folder = dirname(path) or "."

        def inside(match: re.Match[str], folder: str = folder) -> str:
            picture = read(normpath(f"{folder}/{match[1]}"))
            return f'url("data:image/svg+xml,{quote(picture)}")'

        whole += _ADDRESS.sub(inside, _CHARSET.sub("", _FACE.sub("", read(path)))) + "\n"
    return whole


def source_of(text: str) -> str:
    """How a content security policy names an inline script or style: by its SHA-256."""
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"
