"""A text cut down to where the words stand that somebody looked for, with those words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

AROUND = 36
"""Letters kept before the first word found, and twice as many after it."""

Part = tuple[str, bool]
"""Some text, and whether it is one of the words."""


def excerpt(text: str, words: Sequence[str], around: int = AROUND) -> tuple[Part, ...]:
    """The parts of the text around the first word found, the words marked; the beginning where none is found.

    The parts put together are the text from which ellipses stand for what is left out.

    >>> excerpt("버스를 기다리는 시간을 줄이겠습니다.", ["시간"], around=5)
    (('…기다리는 ', False), ('시간', True), ('을 줄이겠습니다.', False))
    """
    tidy = " ".join(text.split())
    found = pattern.search(tidy) if (pattern := _any_of(words)) else None
    at = found.start() if found else 0
    start = at - around if at > around else 0
    end = min(len(tidy), (found.end() if found else 0) + 2 * around)
    cut = ("…" if start else "") + tidy[start:end].strip() + ("…" if end < len(tidy) else "")
    return marked(cut, words)


def marked(text: str, words: Sequence[str]) -> tuple[Part, ...]:
    """The whole text in parts, the words marked."""
    pattern = _any_of(words)
    if pattern is None:
        return ((text, False),)
    pieces = pattern.split(text)
    return tuple((piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece)


def _any_of(words: Sequence[str]) -> re.Pattern[str] | None:
    longest_first = sorted(filter(None, words), key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})", re.IGNORECASE)
