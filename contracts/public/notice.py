"""Sheets for the notice board: one contract, or all of a year, on one page with a QR code that leads to it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import segno

from office.paper import compile_pdf

TEMPLATE = Path(__file__).with_name("notice.typ")
LONG_SENTENCE, VERY_LONG = 60, 140
"""Letters from which the headline is set smaller, so that everything stays on one page."""
MANY_LETTERS, MOST_LETTERS = 500, 1700
"""Letters of the bodies' names from which they are set smaller, and that fit on the page at all."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a sheet says, in Korean: whose it is, the sentence that stands out, what follows, and where it leads."""

    over: str
    headline: str
    said: str
    address: str
    invitation: str
    facts: tuple[tuple[str, str], ...] = ()
    bodies: tuple[str, ...] = ()
    foot: str = ""
    simulated: bool = False


def qr_svg(address: str) -> str:
    """The address as a QR code, with its quiet zone; medium correction survives a fold or a drawing pin."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", xmldecl=False, border=4, scale=4)
    return out.getvalue().decode()


def notice_pdf(notice: Notice) -> bytes:
    """The sheet as PDF/UA-1, one page of A4; the same notice is the same bytes."""
    return compile_pdf(TEMPLATE, _facts(notice))


def _facts(notice: Notice) -> dict[str, object]:
    return {
        "title": f"{notice.over} – {notice.headline}",
        "over": notice.over,
        "headline": notice.headline,
        "size": _size(notice.headline),
        "said": notice.said,
        "facts": [{"label": label, "value": value} for label, value in notice.facts],
        "qr": qr_svg(notice.address),
        "qr_alt": f"QR 코드: {notice.address}",
        "invitation": notice.invitation,
        "address": _breakable(notice.address),
        "bodies": _named(notice.bodies),
        "names": 12 if len(" · ".join(notice.bodies)) <= MANY_LETTERS else 8,
        "foot": notice.foot,
        "simulated": notice.simulated,
    }


def _size(sentence: str) -> int:
    """Points of the headline."""
    if len(sentence) > VERY_LONG:
        return 20
    return 26 if len(sentence) > LONG_SENTENCE else 36


def _named(bodies: Sequence[str]) -> list[str]:
    """As many names as fit, and how many more there are."""
    room, named = MOST_LETTERS, list[str]()
    for body in bodies:
        room -= len(body) + len(" · ")
        if room < 0:
            return [*named, f"그 밖에 {len(bodies) - len(named)}곳"]
        named.append(body)
    return named


def _breakable(address: str) -> str:
    """The address with places where a narrow column may break it, and nothing else changed."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://" + rest.replace("/", "/\u200b")
