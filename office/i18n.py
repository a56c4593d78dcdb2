"""Two languages: Korean is the source of every sentence, English is one catalogue compiled in memory.

Korean does not count: a sentence with a number is one message.  Where English does, the catalogue says both words at the
number, "{n} {n:task is|tasks are} left": the first goes with exactly one.  So the code need not know which language counts.
"""

from __future__ import annotations

import gettext
import io
import string
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = "ko"
LANGUAGES = ("ko", "en")
LOCALE = Path(__file__).parent / "locale"

language: ContextVar[str] = ContextVar("language", default=SOURCE)
"""The language of the request (or command) being served."""


def N_(text: str) -> str:  # noqa: N802 - the customary gettext name, which the extractor looks for
    """Mark a Korean sentence for the catalogue without translating it yet."""
    return text


@cache
def catalogue(lang: str) -> gettext.NullTranslations:
    """The translations of one language; the source language and unknown ones translate nothing."""
    path = LOCALE / f"{lang}.po"
    if lang == SOURCE or not path.exists():
        return gettext.NullTranslations()
    # Babel costs a tenth of a second to import and English is the exception.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(file, locale=lang))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Fields(string.Formatter):
    """Fills in the fields of a sentence, and of `{n:one|many}` the word that goes with the number."""

    def format_field(self, value: Any, spec: str) -> Any:
        one, counts, many = spec.partition("|")
        if counts:
            return one if str(value) == "1" else many
        return super().format_field(value, spec)


def counted(unit: str, n: object) -> str:
    """A unit of the catalogue as it goes with a number; any other stays as it is."""
    return Fields().vformat(unit, (), {"n": n}) if unit.startswith("{n:") else unit


def translate(text: str, lang: str | None = None, /, **values: object) -> str:
    """The sentence in the given (or current) language, with its named fields filled in."""
    said = catalogue(lang or language.get()).gettext(text) if text else ""
    return Fields().vformat(said, (), values) if values else said


def negotiate(chosen: str | None, accept: str) -> str:
    """The language of a page: what was chosen by hand, else the most wanted one we speak, else Korean."""
    if chosen in LANGUAGES:
        return chosen
    wanted = []
    for part in accept.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        primary = name.split("-")[0]
        if primary in LANGUAGES:
            wanted.append((_quality(weight), primary))
    # Of equals the first: max() keeps it.
    quality, best = max(wanted, key=lambda one: one[0], default=(0.0, SOURCE))
    return best if quality > 0 else SOURCE


def _quality(weight: str) -> float:
    """What a language is worth to the visitor (RFC 9110, 12.4.2); nonsense is worth nothing."""
    try:
        return float(weight or 1) if len(weight) <= len("0.000") else 0.0
    except ValueError:
        return 0.0
