"""Figures that are asked about before they are stored: ones that past values and the target make unlikely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from contracts.terms.tree import Measure, Node
from office.decimals import plain
from office.errors import Refused
from office.i18n import N_, translate

FAR = 10
"""By how many times a figure leaves everything known of its indicator before it is asked about."""
_WHOLE = Decimal(100)


class Unlikely(Refused):
    """Nothing is stored until whoever typed the figures in `asked` (by code) says that they are right."""

    def __init__(self, asked: Mapping[str, str], reasons: Mapping[str, str]) -> None:
        super().__init__(
            N_("아직 저장하지 않았습니다. 이 실적이 맞습니까?"),
            fields={f"actual-{code}": reason for code, reason in reasons.items()},
        )
        self.asked = asked


def require_likely(figures: Iterable[tuple[Node, Decimal | None]], form: Mapping[str, str]) -> None:
    """`Unlikely` where a figure needs a second look, unless the form says (`sure`) that this very one is right (`sure-CODE`)."""
    asked, reasons = {}, {}
    for node, value in figures:
        if node.measure is None or value is None:
            continue
        sure = form.get("sure") == "yes" and form.get(f"sure-{node.code}") == plain(value)
        if not sure and (reason := unlikely(node.measure, value)):
            asked[node.code], reasons[node.code] = plain(value), f"{node.title}: {reason}"
    if reasons:
        raise Unlikely(asked, reasons)


def unlikely(measure: Measure, value: Decimal) -> str:
    """Why a figure is asked about, in the language of the request; nothing where it may well be right.

    Compared with the target, the baseline and the past values; where none is known, nothing is unlikely.
    """
    known = [figure for _, figure in measure.history]
    known += [figure for figure in (measure.target, measure.baseline) if figure is not None]
    if not known:
        return ""
    if value < 0 <= min(known):
        return translate(N_("0보다 작습니다. 지난 값과 목표는 모두 0 이상입니다"))
    if measure.unit.strip() == "%" and max(known) <= _WHOLE < value:
        return translate(N_("100%를 넘습니다. 지난 값과 목표는 모두 100% 이하입니다"))
    sizes = [abs(figure) for figure in known if figure]
    if sizes and abs(value) >= FAR * max(sizes):
        return translate(N_("지난 값과 목표의 {n}배가 넘습니다. 단위와 소수점을 확인해 주십시오"), n=FAR)
    if sizes and value and FAR * abs(value) <= min(sizes):
        return translate(
            N_("지난 값과 목표의 {n}분의 1도 되지 않습니다. 단위와 소수점을 확인해 주십시오"), n=FAR
        )
    return ""
