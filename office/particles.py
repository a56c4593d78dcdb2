"""Korean particles that follow the last sound of a word: 은/는, 이/가, 을/를, 과/와, 으로/로."""

from __future__ import annotations

import unicodedata

from office.i18n import SOURCE, language

PAIRS = {"은": "는", "이": "가", "을": "를", "과": "와", "으로": "로"}
"""With a final consonant: without one."""
_FIRST, _LAST, _FINALS, _RIEUL = 0xAC00, 0xD7A3, 28, 8
# The final sounds of digits and of the letters' Korean names that end in one; the others end in a vowel.
_CLOSED = {
    "0": 21,
    "1": _RIEUL,
    "3": 16,
    "6": 1,
    "7": _RIEUL,
    "8": _RIEUL,
    "l": _RIEUL,
    "m": 16,
    "n": 4,
    "r": _RIEUL,
}


def josa(word: object, particle: str) -> str:
    """The word with the form of the particle that fits it; `particle` is the form after a consonant (은 이 을 과 으로).

    In another language than Korean the word stands alone.  Raises `KeyError` for a particle that has no pair.
    """
    text = str(word)
    if language.get() != SOURCE:
        return text
    open_form = PAIRS[particle]
    final = _final_sound(text)
    closed = final != 0 and not (particle == "으로" and final == _RIEUL)
    return text + (particle if closed else open_form)


def _final_sound(text: str) -> int:
    """Number of the final consonant of the last letter or digit that is spoken, 0 for an open syllable."""
    for character in reversed(unicodedata.normalize("NFC", text)):
        if character == "%":
            return 0  # spoken 퍼센트
        if _FIRST <= ord(character) <= _LAST:
            return (ord(character) - _FIRST) % _FINALS
        if character.isalnum():
            return _CLOSED.get(character.lower(), 0)
    return 0
