"""Decimals as this house counts them: exact until a named stage, then half-up; never binary floats, never `round()`."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
# 1,234.5 with its groups of three, or 1234.5; a sign in front, △ being the minus of Korean accounts
_NUMBER = re.compile(r"(?P<sign>[-+△]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?")
_MAXIMUM_DIGITS = 24
"""Nothing that is measured needs more; longer input is a mistake."""


def half_up(value: Decimal | Fraction | int, places: int = 2) -> Decimal:
    """The value to so many decimal places, halves away from zero, exactly (F35: half-up, the stage named by the caller).

    >>> half_up(Fraction(2525, 1000)), half_up(Decimal("-0.005"))
    (Decimal('2.53'), Decimal('-0.01'))
    """
    exact = Fraction(value)
    scale = 10**places
    doubled = 2 * abs(exact.numerator) * scale + exact.denominator
    units = doubled // (2 * exact.denominator)
    rounded = Decimal(units if exact >= 0 else -units).scaleb(-places, _WIDE)
    return abs(rounded) if rounded == 0 else rounded


def percentage(part: int, whole: int) -> str:
    """A part of a whole in per cent, half-up to one decimal place; of nothing it is 0.0.

    >>> percentage(2, 3), percentage(1, 0)
    ('66.7', '0.0')
    """
    return str(half_up(Fraction(100 * part, whole), 1)) if whole else "0.0"


def plain(value: Decimal) -> str:
    """The one way to write a decimal: no exponent, no zeros at the end, no minus zero."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def shown(value: Decimal | int, places: int = 3) -> str:
    """A measured figure as people read it: thousands apart, at most so many places, no zeros at the end."""
    whole, point, part = plain(half_up(value, places)).partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.removeprefix('-')):,}{point}{part}"


def number(text: str) -> Decimal | None:
    """Read a number as people write it (1,234.5 · △58,160 · −3 · ３．５); `None` for anything else, "45%" included."""
    tidy = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    found = _NUMBER.fullmatch(tidy)
    if found is None or len(tidy) > _MAXIMUM_DIGITS:
        return None
    size = Decimal(found["whole"].replace(",", "") + (found["part"] or ""))
    return -size if found["sign"] in {"-", "△"} and size else size
