"""What the form of one goal, task or indicator is made of, and what differs from somebody else's version."""

from typing import Any

from contracts.files.columns import LONGEST
from contracts.terms.gaps import needed_fields, sum_below
from contracts.terms.methods import CRITERIA_LABELS, SETTINGS, UNDIRECTED, Setting
from contracts.terms.notes import notes_of
from contracts.terms.tree import (
    DIRECTION_NAMES,
    KIND_NAMES,
    METHOD_NAMES,
    ContractTree,
    Measure,
    Method,
    Node,
)
from contracts.web.manuscript import Text
from contracts.writing.advice import METHOD_NOTES, SETTING_HINTS
from contracts.writing.setting_fields import tier_rows
from contracts.writing.wording import takes_figures, years_before
from office.errors import Trouble
from office.i18n import N_, translate


def around(text: Text, node: Node, above: Node | ContractTree) -> dict[str, Any]:
    """What the form of a node needs, a stored or a new one, below another or below the contract itself."""
    measure = node.measure
    return {
        "contract": text.contract,
        "agency": text.agency,
        "cycle": text.cycle,
        "node": node,
        "beside": sum_below(above),
        "above": above if isinstance(above, Node) else None,
        "kinds": KIND_NAMES,
        "directions": DIRECTION_NAMES,
        "methods": METHOD_NAMES,
        "notes": METHOD_NOTES,
        "settings": _settings(measure) if measure else (),
        "directed": measure is not None and measure.method not in UNDIRECTED,
        "needed": needed_fields(measure, text.cycle.year) if measure else (),
        "hints": SETTING_HINTS,
        "criteria": CRITERIA_LABELS,
        "tier_rows": tier_rows(measure) if measure else 0,
        "years": years_before(text.cycle.year),
        "figures": takes_figures(measure) if measure else False,
        "longest": LONGEST,
        "remarks": notes_of(node, text.cycle.year, text.carried),
    }


def _settings(measure: Measure) -> tuple[Setting, ...]:
    """The settings a sheet asks for: nothing about a target where experts grade without one."""
    untargeted = measure.method is Method.NINE_GRADE and measure.target is None
    return tuple(each for each in SETTINGS[measure.method] if not (untargeted and each.name == "whole"))


def differing(stored: dict[str, str], typed: dict[str, str]) -> list[tuple[str, str, str]]:
    """Fields that stand otherwise than they were typed: name, what stands, what was typed."""
    names = [name for name in typed if name in LABELS or name.startswith(("history-", "setting-"))]
    pairs = [(name, stored.get(name, ""), typed.get(name, "")) for name in names]
    return [(_label(name), now, mine) for name, now, mine in pairs if now != mine]


LABELS = {
    "title": N_("이름"),
    "weight": N_("배점"),
    "promise": N_("약속 문장"),
    "on_ballot": N_("도민투표 대상"),
    "shares": N_("함께 하는 기관"),
    "task_code": N_("과제 코드"),
    "definition": N_("정의"),
    "formula": N_("산식"),
    "unit": N_("단위"),
    "direction": N_("좋아지는 방향"),
    "source": N_("자료 출처"),
    "baseline": N_("기준값"),
    "target": N_("올해 목표"),
    "method": N_("점수 매기는 방법"),
    "supplied_by": N_("자료를 내는 곳"),
    "checked_by": N_("자료를 확인하는 곳"),
}


def labels_of(problem: Trouble | None) -> dict[str, str]:
    """What the fields of a node's form are called that a problem speaks of."""
    return {name: _label(name) for name in problem.fields if name != "to"} if problem else {}


def _label(name: str) -> str:
    if name.startswith("history-"):
        return translate(N_("{year}년"), year=name.removeprefix("history-"))
    if name.startswith("setting-"):
        first, _, rest = name.removeprefix("setting-").partition("-")
        label = next((each.label for per in SETTINGS.values() for each in per if each.name == first), first)
        return translate(CRITERIA_LABELS[int(rest) - 1] if first == "values" else label)
    return translate(LABELS[name])
