"""What a changed target means for a figure that is already reported: whether it was reached before, and is after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.differences import MEASURE, Record
from contracts.changes.versions import amended_at, versions_of
from contracts.model import Contract, Cycle
from contracts.terms.branches import Place, walk_places
from contracts.terms.doubt import Doubt
from contracts.terms.standing import met
from contracts.terms.tree import ContractTree, Direction, Kind, Measure
from office.decimals import shown
from office.i18n import N_, translate

OUTCOMES = {True: N_("달성"), False: N_("미달"), None: N_("목표 없음")}


@dataclass(frozen=True, slots=True)
class Effect:
    """One figure, reported or found by the check, under the target before a change and after it."""

    title: str
    figure: str
    found: bool
    before: bool | None
    after: bool | None
    promise: str
    """The sentence of the task, where the change leaves it as it was: it may speak of the old target."""

    @property
    def turns(self) -> bool:
        """Whether the change makes another verdict of the same figure."""
        return self.before is not self.after

    def said(self) -> str:
        """The figure with both verdicts, in the language of the request."""
        reported = N_("보고한 실적 {figure}: 바꾸기 전 목표로는 {before}, 바꾼 뒤 목표로는 {after}")
        checked = N_("확인한 값 {figure}: 바꾸기 전 목표로는 {before}, 바꾼 뒤 목표로는 {after}")
        return translate(
            checked if self.found else reported,
            figure=self.figure,
            before=translate(OUTCOMES[self.before]),
            after=translate(OUTCOMES[self.after]),
        )


def effects(old: Record, new: Record, tree: ContractTree, doubts: Mapping[str, Doubt]) -> list[Effect]:
    """What the changes from `old` to `new` mean for the figures in `tree`; a doubted one is followed by the one found."""
    before, after = _nodes(old), _nodes(new)
    found = []
    for place in walk_places(tree):
        code, measure = place.node.code, place.node.measure
        was, now = (each.get(code, {}).get(MEASURE) for each in (before, after))
        if measure is None or measure.actual is None or not was or not now or _aim(was) == _aim(now):
            continue
        figures = [(measure.actual, False)]
        if (doubt := doubts.get(code)) and doubt.found is not None:
            figures.append((doubt.found, True))
        promise = _unchanged_promise(place, before, after)
        found += [
            Effect(
                place.node.title,
                f"{shown(figure, 6)}{measure.unit}",
                checked,
                _verdict(measure, figure, was),
                _verdict(measure, figure, now),
                promise,
            )
            for figure, checked in figures
        ]
    return found


def _aim(sheet: Record) -> tuple[Decimal | None, str]:
    return None if sheet["target"] is None else Decimal(sheet["target"]), sheet["direction"]


def _verdict(measure: Measure, figure: Decimal, sheet: Record) -> bool | None:
    target, direction = _aim(sheet)
    return met(replace(measure, target=target, direction=Direction(direction), actual=figure))


def _unchanged_promise(place: Place, old: Mapping[str, Record], new: Mapping[str, Record]) -> str:
    for node in reversed(place.path):
        if node.kind is Kind.TASK:
            was, now = (str(each.get(node.code, {}).get("promise", "")) for each in (old, new))
            return now if was == now else ""
    return ""


def _nodes(record: Record) -> dict[str, Record]:
    return {node["code"]: node for node in _each(record)}


def _each(record: Record) -> Iterator[Record]:
    for node in record.get("nodes") or ():
        yield node
        yield from _each(node)


async def retargeted(
    session: AsyncSession, cycle: Cycle, contract: Contract, tree: ContractTree
) -> dict[str, str]:
    """The indicators whose target is not the one first published, by code: both targets in words."""
    if await amended_at(session, contract) is None:
        return {}
    first = _nodes((await versions_of(session, cycle, contract))[0].content)
    found = {}
    for place in walk_places(tree):
        code, measure = place.node.code, place.node.measure
        was = first.get(code, {}).get(MEASURE)
        if measure is None or not was or _aim(was)[0] == measure.target:
            continue
        before, after = _said(_aim(was)[0], was["unit"]), _said(measure.target, measure.unit)
        found[code] = f"{before} → {after}"
    return found


def _said(target: Decimal | None, unit: str) -> str:
    return translate(N_("없음")) if target is None else f"{shown(target, 6)}{unit}"
