"""Two languages: Korean is the source of every sentence, English is one catalogue compiled in memory."""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path

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


def translate(text: str, lang: str | None = None, /, **values: object) -> str:
    """The sentence in the given (or current) language, with its named fields filled in."""
    said = catalogue(lang or language.get()).gettext(text) if text else ""
    return said.format(**values) if values else said


def negotiate(chosen: str | None, accept: str) -> str:
    """The language of a page: what was chosen by hand, else the first one we speak, else Korean."""
    if chosen in LANGUAGES:
        return chosen
    for part in accept.lower().split(","):
        primary = part.split(";")[0].strip().split("-")[0]
        if primary in LANGUAGES:
            return primary
    return SOURCE


def texts(values: Mapping[str, str]) -> dict[str, str]:
    """Translate every value of a small table of labels."""
    return {key: translate(value) for key, value in values.items()}
