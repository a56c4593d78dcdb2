"""The settings of a method of rating as fields of a form: what they show, what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.terms.methods import CRITERIA_COUNT, Setting, Takes, tiers_of
from contracts.terms.tree import Measure
from office.i18n import N_

Form = Mapping[str, str]
TIER_ROWS = 4
"""Tiers with a limit that a form has room for at least; one more is for everything below them."""
NOT_A_NUMBER = N_("숫자가 아닙니다. 단위 없이 숫자만 적어 주십시오(예: 1,234.5)")

MISREAD = {
    Takes.YES: N_("목록에서 골라 주십시오"),
    Takes.YEAR: N_("연도를 네 자리 숫자로 적어 주십시오(예: 2027)"),
    Takes.NUMBER: NOT_A_NUMBER,
    Takes.POINTS: N_("0보다 크고 100을 넘지 않는 점수를 적어 주십시오"),
    Takes.NUMBERS: N_("다섯 칸을 모두 숫자로 적어 주십시오"),
    Takes.TIERS: N_("큰 값부터 차례로, 값과 기본 점수(0~100)를 짝지어 적고 '그 아래'의 점수도 적어 주십시오"),
}
"""What is said of a setting that cannot be read."""


def written(setting: Setting, form: Form) -> str:
    """What was typed for one setting, in the one line `read_setting` reads; empty where nothing was."""
    name = f"setting-{setting.name}"
    match setting.takes:
        case Takes.YES:
            return "yes" if form.get(name) == "yes" else ""
        case Takes.NUMBERS:
            parts = [form.get(f"{name}-{i}", "").strip() for i in range(1, CRITERIA_COUNT + 1)]
            return " ".join(part or "-" for part in parts) if any(parts) else ""
        case Takes.TIERS:
            rows = [
                (form.get(f"{name}-limit-{i}", "").strip(), form.get(f"{name}-base-{i}", "").strip())
                for i in range(1, max(TIER_ROWS, sum(each.startswith(f"{name}-limit-") for each in form)) + 1)
            ]
            rest = form.get(f"{name}-base-rest", "").strip()
            given = [f"{limit or '-'}:{base}" for limit, base in rows if limit or base]
            return " ".join([*given, f":{rest}"]) if given or rest else ""
    return form.get(name, "").strip()


def was_sent(setting: Setting, form: Form) -> bool:
    """Whether a form has any field of a setting; a box has a hidden `no` before it."""
    name = f"setting-{setting.name}"
    return name in form or any(each.startswith(f"{name}-") for each in form)


def first_field(setting: Setting, name: str) -> str:
    """The field a sentence about a setting stands at."""
    return {Takes.NUMBERS: f"{name}-1", Takes.TIERS: f"{name}-limit-1"}.get(setting.takes, name)


def setting_form(setting: Setting, value: str) -> dict[str, str]:
    """The fields of one setting with its value."""
    name = f"setting-{setting.name}"
    match setting.takes:
        case Takes.NUMBERS:
            return {f"{name}-{i}": each for i, each in enumerate(value.split(), start=1)}
        case Takes.TIERS:
            form: dict[str, str] = {}
            for i, pair in enumerate(value.split(), start=1):
                limit, _, base = pair.partition(":")
                form |= {f"{name}-limit-{i}": limit} if limit else {}
                form[f"{name}-base-{i if limit else 'rest'}"] = base
            return form
        case Takes.YES:
            return {name: value or "no"}
    return {name: value} if value else {}


def tier_rows(measure: Measure) -> int:
    """How many tiers with a limit the form of a sheet shows: an imported one may have more than there is room for."""
    return max(TIER_ROWS, len(tiers_of(measure.settings)) - 1)
