"""Figures of a run that the check doubts: they score as the body reported them, and are called neither kept nor failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from contracts.terms.canonical import Json
from contracts.terms.doubt import DOUBTING, Doubt, Verdict
from contracts.terms.standing import met
from contracts.terms.tree import ContractTree, indicators
from evaluation.arithmetic.scoring import ScoredNode

Doubts = Mapping[str, Mapping[str, Doubt]]
"""By agency code and indicator code."""


@dataclass(frozen=True, slots=True)
class Doubted:
    """A doubted figure of one agency; `judged` where it would otherwise be counted as kept or failed."""

    code: str
    title: str
    unit: str
    doubt: Doubt
    judged: bool

    def said(self) -> str:
        """Both figures, in the language of the request."""
        return self.doubt.said(self.unit)

    def in_full(self) -> str:
        """The same with the name of what is measured."""
        return f"{self.title}: {self.said()}"


def doubted_in(tree: ContractTree, doubts: Mapping[str, Doubt]) -> tuple[Doubted, ...]:
    """The doubted figures of a contract in its order, those of the head's own tasks last.

    `ValueError` for a doubt on a figure that is not in it.
    """
    own = tree.head.tasks if tree.head else ()
    found = tuple(
        Doubted(
            node.code,
            node.title,
            node.measure.unit,
            doubts[node.code],
            judged=node not in own and not node.is_beside and met(node.measure) is not None,
        )
        for node in (*indicators(tree), *own)
        if node.measure and node.code in doubts and node.measure.actual == doubts[node.code].figure
    )
    if len(found) != len(doubts) or any(each.verdict not in DOUBTING for each in doubts.values()):
        raise ValueError(f"a doubt on a figure that {tree.agency_code} did not report")
    return found


def without_verdicts(node: ScoredNode, doubts: Mapping[str, Doubt]) -> ScoredNode:
    """The same scores, with no word on whether a target was reached where the figure is doubted."""
    return replace(
        node,
        met=None if node.code in doubts else node.met,
        children=tuple(without_verdicts(child, doubts) for child in node.children),
    )


def doubts_record(doubts: Doubts) -> dict[str, Json]:
    """Doubts among the inputs of a run; nothing of them stands in a record where there are none."""
    found: dict[str, Json] = {
        agency: {code: _record(doubt) for code, doubt in of.items()} for agency, of in doubts.items() if of
    }
    return {"doubts": found} if found else {}


def doubted_record(doubted: tuple[Doubted, ...]) -> dict[str, Json]:
    """The same among the results of one agency."""
    return {"doubted": [{"code": each.code, **_record(each.doubt)} for each in doubted]} if doubted else {}


def doubts_from(record: Mapping[str, Any]) -> Doubts:
    """What `doubts_record` wrote."""
    return {
        agency: {
            code: Doubt(
                Verdict(each["verdict"]),
                Decimal(each["figure"]),
                None if each["found"] is None else Decimal(each["found"]),
            )
            for code, each in of.items()
        }
        for agency, of in record.items()
    }


def _record(doubt: Doubt) -> dict[str, Json]:
    return {"verdict": doubt.verdict.value, "figure": doubt.figure, "found": doubt.found}
