"""What a verifier said of a reported figure, and when that makes it a doubted one: neither kept nor failed."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from office.decimals import shown
from office.i18n import N_, translate


class Verdict(enum.StrEnum):
    """What a verifier finds of a figure."""

    OK = "ok"
    DIFFERS = "differs"
    UNCLEAR = "unclear"


VERDICT_LABELS = {
    Verdict.OK: N_("맞음"),
    Verdict.DIFFERS: N_("다름"),
    Verdict.UNCLEAR: N_("확인할 수 없음"),
}
DOUBTING = (Verdict.DIFFERS, Verdict.UNCLEAR)
"""A figure under one of these is counted by itself wherever kept promises are counted (contracts/terms/standing.py)."""
DOUBT_LABELS = {
    Verdict.DIFFERS: N_("확인 결과와 다름"),
    Verdict.UNCLEAR: N_("확인할 수 없음"),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reported figure that the check could not call right; `found` is the one it found instead, where it found one."""

    verdict: Verdict
    figure: Decimal
    found: Decimal | None = None

    def label(self) -> str:
        """What kind of doubt, in the language of the request."""
        return translate(DOUBT_LABELS[self.verdict])

    def said(self, unit: str) -> str:
        """The reported figure beside what the check found, in the language of the request."""
        reported = f"{shown(self.figure)}{unit}"
        if self.verdict is Verdict.UNCLEAR:
            return translate(N_("실적을 확인할 수 없었습니다: 보고 {reported}"), reported=reported)
        if self.found is None:
            return translate(N_("실적이 확인 결과와 다릅니다: 보고 {reported}"), reported=reported)
        return translate(
            N_("실적이 확인 결과와 다릅니다: 보고 {reported}, 확인 {found}"),
            reported=reported,
            found=f"{shown(self.found)}{unit}",
        )


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict with what was written beside it; `found` is the figure the verifier found instead of `figure`.

    `backed`: there was a file to compare it with.  `answer` is what the body says of a verdict that doubts its figure.
    """

    verdict: Verdict
    note: str
    at: datetime
    figure: Decimal
    found: Decimal | None = None
    backed: bool = False
    answer: str = ""
    answered_at: datetime | None = None

    @property
    def doubt(self) -> Doubt | None:
        """What makes the figure a doubted one; nothing where it was found right."""
        return Doubt(self.verdict, self.figure, self.found) if self.verdict in DOUBTING else None


def doubts_among(checks: Mapping[str, Check]) -> dict[str, Doubt]:
    """The figures that are doubted, by code."""
    return {code: check.doubt for code, check in checks.items() if check.doubt}
