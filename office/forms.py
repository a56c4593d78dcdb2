"""Forms as they arrive: fields of a body, and an input model or a refusal that names every field."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from office.errors import Refused, TooLarge
from office.i18n import N_, translate

TOKEN_FIELD = "_csrf_token"  # noqa: S105 - the name of a field
MOST_FIELDS = 5000
Input = TypeVar("Input", bound=BaseModel)

_SAID = {
    "missing": N_("꼭 적어야 하는 칸입니다"),
    "string_too_short": N_("꼭 적어야 하는 칸입니다"),
    "string_too_long": N_("너무 깁니다. 줄여 주십시오"),
    "string_pattern_mismatch": N_("형식이 맞지 않습니다"),
    "int_parsing": N_("숫자로 적어 주십시오"),
    "decimal_parsing": N_("숫자로 적어 주십시오"),
    "enum": N_("목록에서 골라 주십시오"),
    "literal_error": N_("목록에서 골라 주십시오"),
}


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of an urlencoded body, without the form token.

    Read here and not by the framework, which remembers the last thousand bodies, passwords included.
    """
    return {name: value for name, value in _pairs(body) if name != TOKEN_FIELD}


def token_in(body: bytes) -> str | None:
    """The form token of an urlencoded body."""
    return next((value for name, value in _pairs(body) if name == TOKEN_FIELD), None)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise TooLarge from None


def read_form(model: type[Input], form: Mapping[str, Any]) -> Input:
    """The form as an input model, or a refusal that names every field."""
    given = {name: value for name, value in form.items() if name != TOKEN_FIELD}
    strange = {
        name: translate(N_("쓸 수 없는 글자가 있습니다. 지우고 다시 적어 주십시오"))
        for name, value in given.items()
        if isinstance(value, str) and _unwritable(value)
    }
    if not strange:
        try:
            return model.model_validate(given)
        except ValidationError as wrong:
            strange = {
                str(error["loc"][0]) if error["loc"] else "": translate(
                    _SAID.get(error["type"], N_("이 칸의 내용을 확인해 주십시오"))
                )
                for error in wrong.errors(include_input=False, include_url=False)
            }
    raise Refused(N_("입력한 내용을 확인해 주십시오. 표시한 칸을 고치면 됩니다"), fields=strange)


def _unwritable(text: str) -> bool:
    """Whether there are control characters in it (PostgreSQL stores no NUL) beside the ends of lines and tabs."""
    return any(
        unicodedata.category(character) in {"Cc", "Cs"} and character not in "\r\n\t" for character in text
    )
